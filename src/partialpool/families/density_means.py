"""Means of responses within bounds from their density, where it is smooth enough: fewer and cheaper values than tails take.

The density is integrated piece by piece; that its integral is the probability that the distribution function says shows that
the pieces were small enough. Where they were not, there is no answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from partialpool.families.events import log_probability, support
from partialpool.families.quantiles import tails, where_tail_is
from partialpool.families.responses import Array

if TYPE_CHECKING:
    from partialpool.families.base import Family

__all__ = ["from_density"]

_NODES, _WEIGHTS = (part / 2 for part in np.polynomial.legendre.leggauss(16))

_PIECES = (6, 48)
"""Numbers of pieces that are tried."""

_TOLERANCE = 1e-10
"""Relative error of the integral of the density up to which it is taken for exact."""

_NEGLIGIBLE = math.log(1e-18)
"""Log probability of a tail that is left out, if it falls fast."""

_COARSE = 32
"""Halvings that place a quantile to six digits, of any magnitude."""

_FEW = 512
"""So many whole numbers are summed one by one."""


def from_density(family: Family, lower: Array, upper: Array, given: Mapping[str, Array]) -> Array:
    """Return the means of responses above `lower` and at most `upper`, NaN where the density does not give them.

    Parameters
    ----------
    family
        The family.
    lower, upper
        Bounds, infinite where there is none (see `events.region`), shape [cell].
    given
        Parameters of the rows, shape [cell].

    Examples
    --------
    >>> from partialpool.families import von_mises
    >>> one = {"mu": np.array([0.0]), "kappa": np.array([1e-12])}
    >>> from_density(von_mises(), np.array([0.0]), np.array([1.0]), one).round(9)
    array([0.5])
    """
    with np.errstate(all="ignore"):
        total = log_probability(family, lower, upper, given)
        if family.response.discrete:
            return _summed(family, lower, upper, given, total)
        first, last = _ends(family, lower, upper, given)
        return _integrated(family, first, last, given, total)


def _ends(family: Family, lower: Array, upper: Array, given: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return the bounds of the support, infinite ones replaced by where a light tail begins, NaN where it is heavy."""
    ends = support(family, lower, upper, given)
    first, last = (np.broadcast_to(end, lower.shape).copy() for end in ends)
    large = np.finfo(np.float64).max
    for end, other, sign in ((last, first, 1), (first, last, -1)):
        open_ = np.flatnonzero(end == sign * large)
        if not open_.size:
            continue
        own = {name: value[open_] for name, value in given.items()}
        log_below, log_above = tails(family, lower[open_], upper[open_], own)
        low, high = (np.broadcast_to(bound, lower.shape)[open_] for bound in ends)
        log_tail = log_above if sign > 0 else log_below
        middle = where_tail_is(log_below, math.log(0.5), low, high, of_upper=False, halvings=_COARSE)
        start = where_tail_is(log_tail, _NEGLIGIBLE, low, high, of_upper=sign > 0, halvings=_COARSE)
        light = log_tail(start + (start - middle)) <= 1.5 * _NEGLIGIBLE
        end[open_] = np.where(light, start, np.nan)
        other[open_] = np.where(light, other[open_], np.nan)
    return first, last


def _integrated(family: Family, first: Array, last: Array, given: Mapping[str, Array], total: Array) -> Array:
    """Return means from integrals between two ends."""
    found = np.full(first.shape, np.nan)
    left: NDArray[np.int64] = np.flatnonzero(np.isfinite(first) & np.isfinite(last) & np.isfinite(total))
    for pieces in _PIECES:
        if not left.size:
            break
        own = {name: value[left] for name, value in given.items()}
        width = (last[left] - first[left]) / pieces
        mass, moment = np.zeros(left.size), np.zeros(left.size)
        for piece in range(pieces):
            for node, weight in zip(_NODES + 0.5, _WEIGHTS, strict=True):
                offset = (piece + node) * width
                density = np.exp(family.log_density(first[left] + offset, **own) - total[left]) * weight * width
                mass += density
                moment += density * offset
        exact = np.abs(mass - 1.0) < _TOLERANCE
        found[left[exact]] = (first[left] + moment / mass)[exact]
        left = left[~exact]
    return found


def _summed(family: Family, lower: Array, upper: Array, given: Mapping[str, Array], total: Array) -> Array:
    """Return means from sums of few whole numbers."""
    first, last = (np.broadcast_to(end, lower.shape) for end in support(family, lower, upper, given))
    found = np.full(first.shape, np.nan)
    left = np.flatnonzero((last - first <= _FEW) & np.isfinite(total))
    if not left.size:
        return found
    own = {name: value[left] for name, value in given.items()}
    mass, moment = np.zeros(left.size), np.zeros(left.size)
    for step in range(1, int(np.max(last[left] - first[left])) + 1):
        y = first[left] + step
        inside = y <= last[left]
        log_share = family.log_density(np.where(inside, y, last[left]), **own) - total[left]
        share = np.where(inside, np.exp(log_share), 0.0)
        mass += share
        moment += share * y
    exact = np.abs(mass - 1.0) < _TOLERANCE
    found[left[exact]] = (moment / mass)[exact]
    return found
