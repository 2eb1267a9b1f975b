"""What the documents of the project say, tried: the example of the README, the pins."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import partialpool as pp
from documents import ROOT, code_after, module_of


@pytest.mark.filterwarnings("ignore::partialpool.ConvergenceWarning")  # a divergence or two, as in brms
def test_the_example_of_the_readme_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = code_after("README.md")
    assert len([line for line in source.splitlines() if line.strip()]) <= 15
    found = module_of(source, tmp_path / "readme_example.py")
    assert "sd(promoBundle)" in capsys.readouterr().out
    fit = found["fit"]
    assert isinstance(fit, pp.Fit)
    assert fit.ndraws() == 20_000


def test_pins_are_names_and_versions_alone() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 50
    for pin in pins:
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*==[\w.]+( ; [\w.'<>=!* ()]+)?", pin), pin


def test_import_costs_next_to_nothing() -> None:
    heavy = ("pandas", "plotnine", "matplotlib", "numba", "scipy", "xarray", "sympy", "arviz_stats", "nutpie", "rich")
    code = f"import partialpool, sys; print([name for name in {heavy!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert result.stdout == "[]\n"
