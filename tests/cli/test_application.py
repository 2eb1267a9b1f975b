"""The program as a whole: help, version, exit codes."""

from __future__ import annotations

import subprocess
import sys

import pytest

import partialpool


def test_version(run) -> None:
    assert run("--version").output == f"partialpool, version {partialpool.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--help"], "partialpool demo season-pass        a whole analysis"),
        (["fit", "-h"], '--prior "class=sd, group=herd: exponential(2)"'),
        (["demo", "season-pass", "--help"], "[default: 10000; x>=100]"),
    ],
)
def test_help_keeps_its_examples_line_by_line(run, arguments: list[str], expected: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 0
    assert expected in result.output


@pytest.mark.parametrize(
    "arguments",
    [["fit"], ["fit", "no-such-file.csv", "y ~ x"], ["demo", "season-pass", "--iter", "ten"], ["fits"], ["--vresion"]],
)
def test_misuse_is_exit_code_2(run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


def test_interruption_is_exit_code_130(run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("partialpool.demos.season_pass.run.run", interrupted)
    result = run("demo", "season-pass")
    assert result.exit_code == 130
    assert result.stderr == "Interrupted.\n"


def test_the_program_starts_without_heavy_packages() -> None:
    """Help and mistakes must come at once."""
    heavy = ("pandas", "plotnine", "matplotlib", "numba", "scipy", "xarray", "sympy", "arviz_stats")
    code = f"import partialpool.cli, sys; print([name for name in {heavy!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert result.stdout == "[]\n"


def test_the_package_can_be_run() -> None:
    command = [sys.executable, "-m", "partialpool", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == f"partialpool, version {partialpool.__version__}\n"
