"""The pages of the documentation name what there is, and call it with arguments that it has."""

import ast
import inspect
import re
import sys
from pathlib import Path

import pytest

import partialpool as pp

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))
import constructs  # noqa: E402

PAGES = sorted(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)
PAGES.append(ROOT / "README.md")
CELL = re.compile(r"^ *```(?:\{code-cell\} )?python\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
HEAD = re.compile(r"\A(?:---\n.*?^---\n|(?::[\w-]+:.*\n)+)", re.MULTILINE | re.DOTALL)


def named(path):
    return str(path.relative_to(ROOT))


def programs(path):
    """Return the pieces of Python on a page, without the options of cells."""
    return [HEAD.sub("", piece) for piece in CELL.findall(path.read_text())]


def is_fit_attribute(name):
    own = ("recipe", "model", "settings", "sampler_stats", "warmup", "warmup_stats")
    return hasattr(pp.Fit, name) or name in own


def test_there_are_pages_with_programs():
    assert len(PAGES) > 10
    assert sum(len(programs(path)) for path in PAGES) > 50


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_names_exist(path):
    text = path.read_text()
    for name in re.findall(r"\bpp\.(\w+)", text):
        assert name in pp.__all__, f"pp.{name}"
    for name in re.findall(r"(?<![\"'\w.])fit\.(\w+)", text):
        assert is_fit_attribute(name), f"fit.{name}"
    for name in re.findall(r"\{py:\w+\}`~partialpool\.(\w+)`", text):
        assert name in pp.__all__, name


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_arguments_exist(path):
    for program in programs(path):
        for call in ast.walk(ast.parse(program)):
            if isinstance(call, ast.Call):
                check_call(call)


def check_call(call):
    match call.func:
        case ast.Attribute(value=ast.Name(id="pp"), attr=name):
            function = getattr(pp, name)
        case ast.Attribute(value=ast.Name(id="fit"), attr=name):
            function = getattr(pp.Fit, name)
        case _:
            return
    accepted = inspect.signature(function).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in accepted):
        return
    known = {parameter.name for parameter in accepted}
    for keyword in call.keywords:
        assert keyword.arg in known or keyword.arg is None, f"{name}({keyword.arg}=...)"


def test_every_term_of_the_language_has_an_example():
    assert constructs.without_example() == []


@pytest.mark.parametrize("construct", constructs.OPERATORS, ids=lambda construct: construct.written)
def test_operators_work(construct):
    assert constructs.status(construct) is not None


def test_what_is_not_supported_is_told_from_what_is_wrong():
    nonsense = constructs.Construct("nonsense", "", "y ~ no_such_column")
    with pytest.raises(pp.DataError):
        constructs.status(nonsense)
