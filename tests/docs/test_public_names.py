"""Public names are what they are, whatever was imported before."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import partialpool as pp

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_ext"))
import public_names


def test_functions_are_not_hidden_by_the_modules_of_the_same_name():
    code = (
        "import partialpool as pp, partialpool.brm, partialpool.tidy; pp.default_prior, pp.plogis; "
        "assert callable(pp.brm) and callable(pp.tidy)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


def test_every_public_name_exists_and_is_documented():
    for name in pp.__all__:
        assert name == "__version__" or getattr(pp, name).__doc__, name


@pytest.mark.parametrize("name", pp.__all__)
def test_every_public_name_is_in_the_reference(name):
    entry = rf"^   {name}$|``{name}``|``pp\.{name}``"
    assert re.search(entry, public_names.reference_page(), re.MULTILINE)


@pytest.mark.parametrize("theme", public_names.THEMES, ids=lambda theme: theme.title)
def test_names_beyond_the_public_ones_exist(theme):
    for name in theme.more:
        module, _, last = f"partialpool.{name}".rpartition(".")
        assert getattr(importlib.import_module(module), last).__doc__
