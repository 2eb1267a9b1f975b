import io
import sys
import types

import pytest

from partialpool.inference.nuts import Settings, sample
from partialpool.inference.progress import progress_display
from partialpool.inference.sampler_library import Progress

NAMES = ("x", "y", "x + y")


def test_nothing_is_shown_where_nobody_watches(normal, capfd):
    sample(normal, Settings(iter=100, seed=1), names=NAMES)
    sample(normal, Settings(iter=100, seed=1, progress=False), names=NAMES)
    assert capfd.readouterr() == ("", "")


def test_terminal_shows_a_line_for_each_chain(half_forbidden, capfd):
    sample(half_forbidden, Settings(iter=1000, seed=1, chains=3, progress=True), names=("x", "sum"))
    out, err = capfd.readouterr()
    assert out == ""
    for chain in (1, 2, 3):
        (line,) = [line for line in err.splitlines() if line.startswith(f"Chain {chain}")]
        assert "1000/1000" in line
        assert "done" in line


def test_terminal_distinguishes_the_phases(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    states = [Progress(), Progress(10, 0, 0.5, 7), Progress(1500, 12, 0.5, 7), Progress(2000, 0, 0.5, 1)]
    with progress_display(Settings(progress=True), states) as display:
        display.show(states)
    lines = sys.stderr.getvalue().splitlines()
    for line, phase in zip(lines, ("waiting", "warm-up", "sampling", "done"), strict=True):
        assert phase in line
    assert "12 divergent" in lines[2]


def test_notebooks_get_a_table(normal, monkeypatch):
    shown = []

    class ZMQInteractiveShell:
        """What IPython calls the shell of a notebook."""

    class Handle:
        def update(self, picture):
            shown.append(picture)

    ipython = types.ModuleType("IPython")
    ipython.get_ipython = ZMQInteractiveShell
    ipython.display = types.ModuleType("IPython.display")
    ipython.display.display = lambda *_args, **_kwargs: Handle()
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", ipython.display)
    sample(normal, Settings(iter=100, seed=1, chains=2, progress=True), names=NAMES)
    html = shown[-1]._repr_html_()
    assert html.count("<progress max='100' value='100'>") == 2
    assert html.count("<td>done</td>") == 2


def test_short_runs_show_nothing_unasked(monkeypatch):
    stream = io.StringIO()
    stream.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", stream)
    states = [Progress(2000)] * 4
    with progress_display(Settings(), states) as display:
        display.show(states)
    assert stream.getvalue() == ""
    with progress_display(Settings(progress=False), states) as display:
        assert display is None


@pytest.mark.parametrize("stderr", [None, io.StringIO()])
def test_streams_that_are_no_terminals_show_nothing_unasked(monkeypatch, stderr):
    monkeypatch.setattr(sys, "stderr", stderr)
    with progress_display(Settings(), []) as display:
        assert display is None
