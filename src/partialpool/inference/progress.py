"""What a user sees while chains run: a line for each chain, in a terminal or in a notebook."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from partialpool.inference.sampler_library import Progress
from partialpool.inference.settings import Settings

__all__ = ["Display", "progress_display"]

_PATIENCE = 0.3  # seconds that a run may take before it shows progress unasked
_INTERVAL = 0.1  # seconds between two pictures


class Display(Protocol):
    """Shows the progress of all chains."""

    def show(self, states: list[Progress]) -> None:
        """Show the chains as they are now."""

    def close(self) -> None:
        """Leave the last picture standing."""


class _Paced:
    """A display that comes up when a run has gone on for a while, and is renewed ten times a second."""

    def __init__(self, settings: Settings, patience: float) -> None:
        self._settings = settings
        self._next = time.perf_counter() + patience
        self._display: Display | None = None

    def show(self, states: list[Progress]) -> None:
        """Show the chains as they are now, if it is time for a new picture."""
        now = time.perf_counter()
        if now >= self._next:
            self._next = now + _INTERVAL
            if self._display is None:
                self._display = _Notebook(self._settings) if _in_notebook() else _Terminal(self._settings)
            self._display.show(states)

    def finish(self, states: list[Progress]) -> None:
        if self._display is not None:
            self._display.show(states)
            self._display.close()


class _Terminal:
    def __init__(self, settings: Settings) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars
        from rich.table import Column

        self._settings = settings
        self._bars = Bars(
            TextColumn("{task.description}", table_column=Column(no_wrap=True)),
            BarColumn(bar_width=20),
            TextColumn("{task.completed:.0f}/{task.total:.0f}", table_column=Column(no_wrap=True)),
            TextColumn("{task.fields[phase]}", table_column=Column(no_wrap=True)),
            TimeRemainingColumn(elapsed_when_finished=True, table_column=Column(no_wrap=True)),
            TextColumn("{task.fields[steps]}", style="dim"),
            TextColumn("{task.fields[divergences]}", style="red"),
            console=Console(stderr=True),
            auto_refresh=False,
        )
        self._tasks = [
            self._bars.add_task(f"Chain {chain + 1}", total=settings.iter, phase="", steps="", divergences="")
            for chain in range(settings.chains)
        ]
        self._bars.start()

    def show(self, states: list[Progress]) -> None:
        for task, state in zip(self._tasks, states, strict=True):
            if state.finished and not self._bars.tasks[task].completed:
                self._bars.reset(task)  # its time counts from here
            self._bars.update(
                task,
                completed=state.finished,
                phase=_phase(state, self._settings),
                steps=f"{state.n_steps} steps" if state.finished else "",
                divergences=f"{state.divergences} divergent" if state.divergences else "",
            )
        self._bars.refresh()

    def close(self) -> None:
        self._bars.stop()


class _Notebook:
    def __init__(self, settings: Settings) -> None:
        import IPython.display

        self._settings = settings
        self._started = time.perf_counter()
        display: Any = IPython.display.display  # with types in some versions only
        self._handle: Any = display(_Html(""), display_id=True)

    def show(self, states: list[Progress]) -> None:
        self._handle.update(_Html(_table(states, self._settings, time.perf_counter() - self._started)))

    def close(self) -> None:
        """Nothing to do: the table stays."""


class _Html:
    def __init__(self, text: str) -> None:
        self._text = text

    def _repr_html_(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "<sampling progress>"


@contextmanager
def progress_display(settings: Settings, states: list[Progress]) -> Iterator[_Paced | None]:
    """Give a display of the states of all chains, or None where nobody is watching.

    Parameters
    ----------
    settings
        `progress` says whether to show anything; if it is None, terminals and notebooks do.
    states
        Of all chains; shown as they are at the end, too.
    """
    watched = (sys.stderr is not None and sys.stderr.isatty()) or _in_notebook()
    if settings.progress is False or (settings.progress is None and not watched):
        yield None
        return
    paced = _Paced(settings, 0.0 if settings.progress else _PATIENCE)
    try:
        yield paced
    finally:
        paced.finish(states)


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return type(shell).__name__ in ("ZMQInteractiveShell", "Shell")  # Jupyter, Colab


def _phase(state: Progress, settings: Settings) -> str:
    if state.finished == 0:
        return "waiting"
    if state.finished >= settings.iter:
        return "done"
    return "warm-up" if state.finished < settings.n_warmup else "sampling"


def _table(states: list[Progress], settings: Settings, seconds: float) -> str:
    rows = "".join(
        f"<tr><td>{chain + 1}</td><td><progress max='{settings.iter}' value='{state.finished}'></progress></td>"
        f"<td>{state.finished} / {settings.iter}</td><td>{_phase(state, settings)}</td>"
        f"<td>{state.divergences}</td><td>{state.step_size:.2g}</td><td>{state.n_steps}</td></tr>"
        for chain, state in enumerate(states)
    )
    head = "".join(
        f"<th>{title}</th>"
        for title in ("Chain", "", "Iterations", "Phase", "Divergences", "Step size", "Steps a draw")
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{seconds:.1f} s</p>"
