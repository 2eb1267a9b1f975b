"""Where chains start: points at which the log density and its gradient can be computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import SamplingError
from partialpool.inference.density import Density, Evaluation
from partialpool.inference.settings import Init

__all__ = ["find_starting_point"]

_ATTEMPTS = 100
_RADIUS = 2.0  # of Stan's random starts
_JITTER = 1e-2


def find_starting_point(
    density: Density,
    init: Init,
    chain: int,
    rng: np.random.Generator,
    explain: Callable[[NDArray[np.float64]], str] | None = None,
    coordinates: Sequence[str] = (),
    middle: Callable[[], NDArray[np.float64]] | None = None,
) -> NDArray[np.float64]:
    """Return a point from which a chain can start: shape [n_unconstrained].

    A given point is tried as it is; if it does not serve, points close to it are.

    Parameters
    ----------
    density
        What is to be sampled.
    init
        See `Settings`.
    chain
        Number of the chain, from 0.
    rng
        Source of random starts.
    explain
        Says what in the model makes the density of a point infinite or undefined.
    coordinates
        What users call the unconstrained coordinates; their numbers, from 1, unless given.
    middle
        Returns the point about which random starts lie where half of the attempts, which are about zero, have not served.

    Raises
    ------
    SamplingError
        If there is no such point among a hundred.
    """
    names = coordinates or [f"unconstrained parameter {i + 1}" for i in range(density.n_unconstrained)]
    point, fault, reason = np.empty(0), "", ""
    for attempt in range(_ATTEMPTS):
        point = _propose(density.n_unconstrained, init, chain, attempt, rng)
        if middle is not None and isinstance(init, str) and attempt >= _ATTEMPTS // 2:
            point = middle() + point
        evaluation = density.evaluate(point)
        fault = _fault(evaluation, names)
        if not fault:
            return point
    if explain is not None and not np.isfinite(evaluation.value):
        reason = explain(point)
    raise SamplingError(
        f"chain {chain + 1} finds no point to start from: at the last of {_ATTEMPTS} tried, {fault}."
        + (f" {reason}" if reason else "")
        + " Give starting values with `init`, or check data and priors."
    )


def _propose(size: int, init: Init, chain: int, attempt: int, rng: np.random.Generator) -> NDArray[np.float64]:
    if isinstance(init, str):
        return rng.uniform(-_RADIUS, _RADIUS, size)
    if isinstance(init, int | float) and init > 0:
        return rng.uniform(-init, init, size)
    centre = _centre(size, init, chain)
    # Zeros are the mode of many a prior: a gradient of exactly 0, which the sampler refuses, is likely there.
    jitter = _JITTER if attempt > 0 or not centre.any() else 0.0
    return centre + rng.uniform(-jitter, jitter, size)


def _centre(size: int, init: Init, chain: int) -> NDArray[np.float64]:
    if isinstance(init, int | float):
        return np.zeros(size)
    point = np.asarray(init(chain) if callable(init) else init, dtype=np.float64)
    if point.ndim == 2 and chain < len(point):
        point = point[chain]
    if point.shape != (size,):
        raise SamplingError(
            f"`init` has shape {point.shape} for chain {chain + 1}; the model has {size} unconstrained parameters"
        )
    return point


def _fault(evaluation: Evaluation, names: Sequence[str]) -> str:
    if evaluation.code:
        return "the log density could not be computed"
    if not np.isfinite(evaluation.value):
        return f"the log density is {evaluation.value}"
    if not np.isfinite(evaluation.gradient).all():
        return f"the gradient is not finite in {_listed(names, ~np.isfinite(evaluation.gradient))}"
    if not evaluation.gradient.all():
        return f"the log density does not change with {_listed(names, evaluation.gradient == 0)}"
    return ""


def _listed(names: Sequence[str], which: NDArray[np.bool_]) -> str:
    chosen = [name for name, is_one in zip(names, which, strict=True) if is_one]
    return ", ".join(chosen[:5]) + (f" and {len(chosen) - 5} more" if len(chosen) > 5 else "")
