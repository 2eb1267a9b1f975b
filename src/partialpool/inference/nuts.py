"""Draws from a density by the no-U-turn sampler: several chains side by side, in threads that never touch Python."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import ConvergenceWarning, SamplingError, warn
from partialpool.inference.density import Density
from partialpool.inference.progress import progress_display
from partialpool.inference.sampler_library import Batch, Chain, Progress
from partialpool.inference.settings import Control, Init, Settings
from partialpool.inference.starting import find_starting_point

__all__ = ["Density", "Samples", "Settings", "sample"]

_POLL = 0.005  # seconds between two looks at the running chains

# ArviZ's name, the library's name, type.
_STATISTICS: tuple[tuple[str, str, type], ...] = (
    ("lp", "logp", np.float64),
    ("acceptance_rate", "mean_tree_accept", np.float64),
    ("step_size", "step_size", np.float64),
    ("tree_depth", "depth", np.int64),
    ("reached_max_treedepth", "maxdepth_reached", np.bool_),
    ("n_steps", "n_steps", np.int64),
    ("diverging", "diverging", np.bool_),
    ("energy", "energy", np.float64),
    ("energy_error", "energy_error", np.float64),
    ("index_in_trajectory", "index_in_trajectory", np.int64),
)


@dataclass(frozen=True)
class Samples:
    """What a run has made.

    Attributes
    ----------
    names
        Names of the values.
    values
        Draws after the warm-up: shape [chain, draw, n_values].
    stats
        Sampler statistics by ArviZ's names, each of shape [chain, draw]: `lp`, `acceptance_rate`, `step_size`,
        `tree_depth`, `reached_max_treedepth`, `n_steps`, `diverging`, `energy`, `energy_error`, `index_in_trajectory`.
    warmup_values, warmup_stats
        The same for the warm-up if it was to be saved, else None.
    settings
        The request, with the seed that was used.
    seconds
        Wall time.
    interrupted
        Whether the run was ended early; all chains then have as many draws as the shortest that is kept.
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]
    stats: dict[str, NDArray[Any]]
    warmup_values: NDArray[np.float64] | None
    warmup_stats: dict[str, NDArray[Any]] | None
    settings: Settings
    seconds: float
    interrupted: bool = False


def sample(
    density: Density,
    settings: Settings,
    *,
    names: Sequence[str],
    initial: Callable[[int], NDArray[np.float64]] | None = None,
    explain: Callable[[NDArray[np.float64]], str] | None = None,
    middle: Callable[[], NDArray[np.float64]] | None = None,
    coordinates: Sequence[str] = (),
) -> Samples:
    """Return draws from a density.

    Chains differ in their seeds and starts alone: the same seed gives the same draws on any number of cores, and the
    first chains stay what they are when more are asked for. Ctrl-C ends the run and keeps what has been drawn.

    Parameters
    ----------
    density
        What to sample.
    settings
        How.
    names
        Names of the values that `density.expand` writes.
    initial
        Returns the unconstrained point at which a chain (counted from 0) starts; comes before `settings.init`.
    explain
        Says, for an error message, what in the model makes an unconstrained point impossible.
    coordinates
        What error messages call the unconstrained coordinates.
    middle
        Returns the point near which random starts lie if none near zero serves.

    Raises
    ------
    SamplingError
        If a chain finds no point to start from, or fails.
    KeyboardInterrupt
        If the run is interrupted before there is any draw.

    Notes
    -----
    The algorithm is that of Hoffman and Gelman (2014), Journal of Machine Learning Research 15, with multinomial
    sampling along trajectories, as implemented in nutpie (Seyboldt, Carlson and Carpenter 2026, arXiv 2603.18845).
    """
    if len(names) != density.n_values:
        raise SamplingError(f"{len(names)} names for {density.n_values} values")
    started = time.perf_counter()
    settings = settings.seeded()
    run = _Run(density, settings, initial if initial is not None else settings.init, explain, coordinates, middle)
    with _noted_interrupts() as interrupted:
        run.go(interrupted)
    return run.samples(tuple(names), time.perf_counter() - started)


class _Record:
    """Arrays that the draws of all chains are written into, as each chain ends."""

    def __init__(self, n_chains: int, n_draws: int, n_values: int) -> None:
        self.values = np.empty((n_chains, n_draws, n_values))
        self.stats: dict[str, NDArray[Any]] = {
            name: np.empty((n_chains, n_draws), dtype) for name, _, dtype in _STATISTICS
        }
        self.lengths = np.zeros(n_chains, dtype=np.int64)

    def write(self, chain: int, batch: Batch, first: int, last: int, thin: int) -> None:
        values = batch.values(first)[: last - first : thin]
        length = len(values)
        self.lengths[chain] = length
        self.values[chain, :length] = values
        for name, theirs, _ in _STATISTICS:
            self.stats[name][chain, :length] = batch.statistic(theirs)[first:last:thin]


class _Run:
    def __init__(
        self,
        density: Density,
        settings: Settings,
        init: Init,
        explain: Callable[[NDArray[np.float64]], str] | None,
        coordinates: Sequence[str],
        middle: Callable[[], NDArray[np.float64]] | None,
    ) -> None:
        self._density, self._settings = density, settings
        self._control = Control.read(settings.control)
        sources = [np.random.SeedSequence(settings.seed, spawn_key=(chain,)) for chain in range(settings.chains)]
        self._seeds = [int(source.generate_state(1, np.uint64)[0]) for source in sources]
        self._starts = [
            find_starting_point(density, init, chain, np.random.default_rng(source), explain, coordinates, middle)
            for chain, source in enumerate(sources)
        ]
        self._states = [Progress()] * settings.chains
        self._draws = _Record(settings.chains, settings.n_kept, density.n_values)
        self._warmup = _Record(settings.chains, settings.n_kept_warmup, density.n_values)

    def go(self, interrupted: threading.Event) -> None:
        waiting, running = list(range(self._settings.chains)), dict[int, Chain]()
        with progress_display(self._settings, self._states) as display:
            try:
                while (waiting or running) and not interrupted.is_set():
                    while waiting and len(running) < self._settings.n_parallel:
                        number = waiting.pop(0)
                        running[number] = self._start(number, reports=display is not None)
                    for number in [number for number, chain in running.items() if chain.wait(_POLL)]:
                        self._keep(number, running.pop(number))
                    if display is not None:
                        display.show(self._states)
            finally:
                for chain in running.values():
                    chain.abort()
            for number, chain in running.items():
                self._keep(number, chain)

    def _start(self, number: int, *, reports: bool) -> Chain:
        def report(progress: Progress) -> None:
            self._states[number] = progress

        return Chain(
            self._density,
            self._control,
            self._starts[number],
            seed=self._seeds[number],
            n_warmup=self._settings.n_warmup,
            n_draws=self._settings.iter - self._settings.n_warmup,
            report=report if reports else None,
        )

    def _keep(self, number: int, chain: Chain) -> None:
        batch = chain.take()
        if batch is None:
            return
        n_warmup, thin = self._settings.n_warmup, self._settings.thin
        self._states[number] = self._states[number]._replace(finished=batch.n_rows)
        if batch.n_rows > n_warmup:
            self._draws.write(number, batch, n_warmup, batch.n_rows, thin)
        if self._settings.save_warmup:
            self._warmup.write(number, batch, 0, min(batch.n_rows, n_warmup), thin)

    def samples(self, names: tuple[str, ...], seconds: float) -> Samples:
        chains, length = _most_draws(self._draws.lengths)
        interrupted = len(chains) * length < self._settings.chains * self._settings.n_kept
        if length == 0:
            raise KeyboardInterrupt("interrupted before the warm-up was over: there are no draws")
        if interrupted:
            warn(
                f"The sampling was interrupted: {len(chains)} of {self._settings.chains} chains are kept, with {length}"
                f" of {self._settings.n_kept} draws each.",
                ConvergenceWarning,
            )
        values, stats = _cut(self._draws, chains, length)
        if not self._settings.save_warmup:
            return Samples(names, values, stats, None, None, self._settings, seconds, interrupted)
        warmup_values, warmup_stats = _cut(self._warmup, chains, self._settings.n_kept_warmup)
        return Samples(names, values, stats, warmup_values, warmup_stats, self._settings, seconds, interrupted)


def _most_draws(lengths: NDArray[np.int64]) -> tuple[NDArray[np.intp], int]:
    """Return the chains, and the length to cut them to, that leave the most draws."""
    longest_first = np.sort(lengths)[::-1]
    n_chains = int(np.argmax(longest_first * np.arange(1, len(lengths) + 1))) + 1
    length = int(longest_first[n_chains - 1])
    return np.flatnonzero(lengths >= length)[:n_chains], length


def _cut(record: _Record, chains: NDArray[np.intp], length: int) -> tuple[NDArray[np.float64], dict[str, NDArray[Any]]]:
    if len(chains) == len(record.lengths) and length == record.values.shape[1]:
        return record.values, record.stats
    return record.values[chains, :length], {name: kept[chains, :length] for name, kept in record.stats.items()}


@contextmanager
def _noted_interrupts() -> Iterator[threading.Event]:
    """Give an event that Ctrl-C sets, instead of raising KeyboardInterrupt at some unforeseen place."""
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted  # signals reach the main thread alone
        return
    before = signal.signal(signal.SIGINT, lambda _number, _frame: interrupted.set())
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.default_int_handler)
