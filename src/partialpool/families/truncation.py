"""Means and draws of responses within bounds, for arrays of draws and rows.

A mean comes from the distribution with the density y f(y) / E(y) where the family knows it (`Family.size_biased`): the mean
of the part of f in (lower, upper] is E(y) times the ratio of the two probabilities of that interval. Otherwise it is found
by quadrature of the tails between quantiles, which bisection places. Draws are tried again until they fall within the
bounds, and those that do not by then are taken from the inverse of the distribution function.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from partialpool.families.density_means import from_density
from partialpool.families.events import log_probability, support, within_support
from partialpool.families.quantiles import LogTail, quantile, smallest, tails, where_tail_is
from partialpool.families.responses import Array

if TYPE_CHECKING:
    from partialpool.families.base import Family

__all__ = ["draw_part", "mean_of_part"]

_TRIES = 16
"""Times that draws outside of the bounds are drawn again before the distribution function is inverted."""

_LEVELS = np.log([0.5, 0.2, 5e-2, 1e-2, 1e-3, 1e-5, 1e-8, 1e-12, 1e-17, 1e-30, 1e-60, 1e-120, 1e-250])
"""Log probabilities of the tails between whose quantiles they are integrated; the last only matter in heavy tails."""

_NODES, _WEIGHTS = (part / 2 for part in np.polynomial.legendre.leggauss(20))

_LARGEST = np.finfo(np.float64).max

_COARSE = 44
"""Halvings that place a quantile to nine digits, of any magnitude; 64 place it exactly."""

_PER_STRIDE = 128.0
"""So many whole numbers are summed one by one; then strides grow in this proportion to the distance."""


def mean_of_part(family: Family, lower: Any, upper: Any, given: Mapping[str, Any]) -> Array:
    """Return the mean of responses above `lower` and at most `upper`.

    Parameters
    ----------
    family
        The family.
    lower, upper
        Bounds, infinite where there is none (see `events.region`).
    given
        Parameters of the rows. All broadcast to [draw, row].

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.families import weibull
    >>> mean_of_part(weibull(), np.array([2.0]), np.array([np.inf]), {"mu": np.array([[1.0]]), "shape": 1.0}).round(9)
    array([[3.]])
    """
    biased = family.size_biased(**given)
    shape = np.broadcast_shapes(*(np.shape(value) for value in (lower, upper, *given.values())))
    mean = (
        np.full(shape, np.nan)
        if biased is None
        else np.broadcast_to(_share(family, biased, lower, upper, given), shape)
    )
    # A mean or a ratio of probabilities that is beyond the doubles says nothing of the part.
    left = np.flatnonzero(np.isnan(mean) | (np.isinf(mean) & np.isfinite(upper)))
    if not left.size:
        return np.array(mean)
    lower, upper = (np.broadcast_to(bound, shape).ravel()[left] for bound in (lower, upper))
    flat = {name: np.broadcast_to(value, shape).ravel()[left] for name, value in given.items()}
    found = mean.ravel().copy()
    found[left] = from_density(family, lower, upper, flat)
    again = np.isnan(found[left])
    if again.any():
        rest = {name: value[again] for name, value in flat.items()}
        find = _sum if family.response.discrete else _integral
        found[left[again]] = find(family, lower[again], upper[again], rest)
    return found.reshape(shape)


def _share(
    family: Family, biased: tuple[Family, dict[str, Any], float], lower: Any, upper: Any, given: Mapping[str, Any]
) -> Array:
    """Return the mean of a part, given the distribution of the density y f(y) / E(y)."""
    law, parameters, shift = biased
    none = family.response.discrete & (upper < shift)  # only the response 0 is left, which adds nothing
    bounds = within_support(law, lower - shift, np.where(none, np.inf, upper - shift), parameters)
    with np.errstate(all="ignore"):
        ratio = log_probability(law, *bounds, parameters) - log_probability(family, lower, upper, given)
        return np.where(none, 0.0, family.mean(**given) * np.exp(ratio))


def draw_part(family: Family, rng: np.random.Generator, lower: Any, upper: Any, given: Mapping[str, Any]) -> Array:
    """Return random responses above `lower` and at most `upper`; parameters as of `mean_of_part`, all of one shape."""
    shape = np.broadcast_shapes(*(np.shape(value) for value in (lower, upper, *given.values())))
    lower, upper = (np.broadcast_to(bound, shape).ravel() for bound in (lower, upper))
    flat = {name: np.broadcast_to(value, shape).ravel() for name, value in given.items()}
    drawn = np.full(lower.shape, np.nan)
    left = np.arange(lower.size)
    for _ in range(_TRIES):
        if not left.size:
            return drawn.reshape(shape)
        drawn[left] = family.draw(rng, **_at(flat, left))
        # A draw at the horizon stands for all beyond it, which a bound leaves out.
        within = (drawn[left] < family.horizon) | np.isposinf(upper[left])
        left = left[~((drawn[left] > lower[left]) & (drawn[left] <= upper[left]) & within)]
    drawn[left] = quantile(family, rng.random(left.size), lower[left], upper[left], _at(flat, left))
    return drawn.reshape(shape)


def _at(flat: Mapping[str, Array], index: NDArray[np.int64]) -> dict[str, Array]:
    return {name: value[index] for name, value in flat.items()}


def _integral(family: Family, lower: Array, upper: Array, given: Mapping[str, Any]) -> Array:
    """Return the mean as the median, plus the area of the upper tail above it, less that of the lower tail below it."""
    log_below, log_above = tails(family, lower, upper, given)
    ends = support(family, lower, upper, given)

    def place(log_tail: LogTail, level: float, *, of_upper: bool) -> Array:
        return where_tail_is(log_tail, level, *ends, of_upper=of_upper, halvings=_COARSE)

    middle = place(log_below, _LEVELS[0], of_upper=False)
    anchor = np.where(ends[0] == -_LARGEST, middle, ends[0])
    mean = middle.copy()
    start = middle
    for level in _LEVELS[1:]:
        end = np.maximum(start, place(log_above, level, of_upper=True))
        mean += _area(log_above, start, end, middle)
        start = end
    mean += _area(log_above, start, np.where(np.isfinite(upper), upper, start), middle)
    start = middle
    for level in _LEVELS[1:]:
        end = np.minimum(start, place(log_below, level, of_upper=False))
        mean -= _area(log_below, end, start, anchor)
        start = end
    return mean - _area(log_below, np.where(np.isfinite(lower), lower, start), start, anchor)


def _area(log_tail: LogTail, start: Array, end: Array, anchor: Array) -> Array:
    """Return the integral of a tail from start to end, its nodes spaced by their distance from an anchor."""
    near, far = start - anchor, end - anchor
    with np.errstate(all="ignore"):
        growth = np.log(far / near)
    geometric = np.isfinite(growth) & (np.abs(growth) > math.log(1.5))
    growth = np.where(geometric, growth, 0.0)
    total = np.zeros_like(start)
    for node, weight in zip(_NODES + 0.5, _WEIGHTS, strict=True):
        stretch = np.exp(growth * node)
        y = np.where(geometric, anchor + near * stretch, start + (end - start) * node)
        slope = np.where(geometric, near * stretch * growth, end - start)
        total += weight * np.where(slope != 0, np.exp(log_tail(y)) * slope, 0.0)
    return total


def _sum(family: Family, lower: Array, upper: Array, given: Mapping[str, Any]) -> Array:
    """Return the mean of whole numbers: the first that counts, plus the probabilities of responses above each."""
    log_below, log_above = tails(family, lower, upper, given)
    ends = support(family, lower, upper, given)
    first = smallest(lambda y: log_below(y) >= _LEVELS[8], *ends, True)
    last = np.maximum(first, smallest(lambda y: log_above(y) <= _LEVELS[8], *ends, True))
    total, start = np.zeros_like(first), first
    while np.any(start < last):
        end = np.minimum(start + np.maximum(1.0, np.floor((start - first + 1) / _PER_STRIDE)), last)
        total += _run(log_above, start, end)
        start = end
    return first + total


def _run(log_above: LogTail, start: Array, end: Array) -> Array:
    """Return the sum of a tail from start up to, but without, end, by the rule of Euler and Maclaurin."""
    length = end - start
    left, right = np.exp(log_above(start)), np.exp(log_above(end))
    total = length * (left + right) / 2 + (left - right) / 2
    if np.max(length, initial=0) > 1:
        slopes = [(np.exp(log_above(y + 1)) - np.exp(log_above(y - 1))) / 2 for y in (start, end)]
        total -= np.where(length > 1, (length**2 - 1) / 12 * (slopes[1] - slopes[0]), 0.0)
    return np.where(length > 0, total, 0.0)
