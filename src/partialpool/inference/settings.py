"""What a run of the sampler is asked for, under the names and with the defaults of brms."""

from __future__ import annotations

import dataclasses
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.arguments import is_number, is_whole
from partialpool.errors import SamplingError, nearest

__all__ = ["Control", "Init", "Settings"]

_Point = NDArray[np.float64]
Init = str | float | _Point | Callable[[int], _Point]

_ALIASES = {"stepsize": "step_size", "stepsize_jitter": "step_size_jitter"}
_METRICS = {"diag": "diag", "draw_diag": "draw_diag", "diag_e": "draw_diag", "low_rank": "low_rank"}


@dataclass(frozen=True)
class Control:
    """How the sampler adapts and how far its trajectories go.

    Attributes
    ----------
    adapt_delta
        Mean acceptance rate that the step size is adapted to, between 0 and 1.
    max_treedepth
        A trajectory has at most 2 ** max_treedepth steps.
    step_size
        Step size at which the adaptation starts.
    step_size_jitter
        Relative size of the random changes to the adapted step size, between 0 and 1.
    max_energy_error
        A trajectory whose energy is off by more than this is divergent.
    metric
        Mass matrix: `"draw_diag"` (Stan's `"diag_e"`), a diagonal from the variances of the draws; `"diag"`, from those of
        draws and gradients, of fewer steps and often fewer effective draws; `"low_rank"`, a diagonal with a low-rank part
        for posteriors with a few strong correlations.

    Examples
    --------
    >>> Control.read({"adapt_delta": 0.95}).adapt_delta
    0.95
    """

    adapt_delta: float = 0.8
    max_treedepth: int = 10
    step_size: float = 0.1
    step_size_jitter: float = 0.1
    max_energy_error: float = 1000.0
    metric: str = "draw_diag"

    def __post_init__(self) -> None:
        _check_between("adapt_delta", self.adapt_delta, 0, 1)
        _check_whole("max_treedepth", self.max_treedepth, 1)
        _check_between("step_size", self.step_size, 0, np.inf)
        _check_between("max_energy_error", self.max_energy_error, 0, np.inf)
        if self.step_size_jitter != 0:
            _check_between("step_size_jitter", self.step_size_jitter, 0, 1)
        if self.metric not in _METRICS:
            hint = " ('low_rank' is what comes nearest)" if self.metric == "dense_e" else ""
            raise SamplingError(f"there is no metric {self.metric!r}{hint}; known: {', '.join(map(repr, _METRICS))}")

    @classmethod
    def read(cls, control: Mapping[str, Any]) -> Control:
        """Return the control with these entries, all others at their defaults.

        Raises
        ------
        SamplingError
            If a key is unknown or a value out of range.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        entries: dict[str, Any] = {}
        for key, value in control.items():
            name = _ALIASES.get(key, key)
            if name not in known:
                raise SamplingError(f"`control` has no entry {key!r}; {nearest(key, known)}")
            entries[name] = value
        return cls(**entries)


@dataclass(frozen=True)
class Settings:
    """A request for draws.

    Attributes
    ----------
    iter
        Iterations of each chain, warm-up included.
    warmup
        Iterations of the warm-up; half of `iter` unless given.
    chains
        Number of chains.
    cores
        Number of chains that run at the same time; by default as many as there are processors.
    thin
        Every how many iterations a draw is kept.
    seed
        Makes a run repeatable, whatever `cores`. Without one a seed is drawn, and recorded in the samples.
    init
        Where chains start on unconstrained space: `"random"`, uniformly between -2 and 2; another radius; 0 for zeros;
        an array of shape [n_unconstrained] or [chains, n_unconstrained]; or a function that returns a point for a chain
        (counted from 0).
    control
        Entries of `Control`.
    progress
        Whether to show progress; by default where someone may be watching: in terminals and notebooks.
    save_warmup
        Whether to keep the draws of the warm-up too.

    Raises
    ------
    SamplingError
        If a value is out of range.

    Examples
    --------
    >>> settings = Settings(iter=3000, warmup=1000, thin=2)
    >>> settings.n_warmup, settings.n_kept
    (1000, 1000)
    """

    iter: int = 2000
    warmup: int | None = None
    chains: int = 4
    cores: int | None = None
    thin: int = 1
    seed: int | None = None
    init: Init = field(default="random", compare=False)
    control: Mapping[str, Any] = field(default_factory=dict)
    progress: bool | None = None
    save_warmup: bool = False

    def __post_init__(self) -> None:
        _check_whole("iter", self.iter, 2)
        _check_whole("chains", self.chains, 1)
        _check_whole("thin", self.thin, 1)
        if self.cores is not None:
            _check_whole("cores", self.cores, 1)
        if self.seed is not None:
            _check_whole("seed", self.seed, 0)
        _check_whole("warmup", self.n_warmup, 1)
        if self.n_warmup >= self.iter:
            raise SamplingError(
                f"`warmup` ({self.n_warmup}) must be smaller than `iter` ({self.iter}), which includes the warm-up"
            )
        _check_init(self.init)
        if isinstance(self.init, np.number):
            object.__setattr__(self, "init", float(self.init))
        Control.read(self.control)

    @property
    def n_warmup(self) -> int:
        """Iterations of the warm-up of each chain."""
        return self.iter // 2 if self.warmup is None else self.warmup

    @property
    def n_kept(self) -> int:
        """Draws that each chain keeps after warm-up and thinning."""
        return -(-(self.iter - self.n_warmup) // self.thin)

    @property
    def n_kept_warmup(self) -> int:
        """Draws of its warm-up that each chain keeps."""
        return -(-self.n_warmup // self.thin) if self.save_warmup else 0

    @property
    def n_parallel(self) -> int:
        """Number of chains that run at the same time."""
        return min(self.chains, self.cores or _available_processors())

    def seeded(self) -> Settings:
        """Return the settings with a seed, drawn at random where there is none."""
        return self if self.seed is not None else dataclasses.replace(self, seed=secrets.randbits(31))


def _available_processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def _check_whole(name: str, value: object, least: int) -> None:
    if not is_whole(value) or value < least:
        raise SamplingError(f"`{name}` must be a whole number of at least {least}, not {value!r}")


def _check_between(name: str, value: object, low: float, high: float) -> None:
    if not is_number(value) or not low < value < high:
        raise SamplingError(f"`{name}` must be a number between {low} and {high} (exclusive), not {value!r}")


def _check_init(init: object) -> None:
    number = isinstance(init, int | float | np.number) and not isinstance(init, bool)
    if number and np.isfinite(init) and init >= 0:  # type: ignore[call-overload, operator]
        return
    if callable(init) or isinstance(init, np.ndarray) or (isinstance(init, str) and init == "random"):
        return
    raise SamplingError(
        f"`init` must be 'random', 0, a positive radius, values by name of the parameter, a point or a function, not {init!r}"
    )
