"""Tails of distributions within bounds, and the responses at which they have a given probability."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.families.events import log_probability, support
from partialpool.families.responses import Array

if TYPE_CHECKING:
    from partialpool.families.base import Family

__all__ = ["LogTail", "quantile", "smallest", "tails", "where_tail_is"]

LogTail: TypeAlias = Callable[[Array], Array]
"""Log probability of a tail that begins at a response."""


def smallest(
    holds: Callable[[Array], NDArray[np.bool_]], lower: Array, upper: Array, discrete: bool, halvings: int = 64
) -> Array:
    """Return the smallest response above `lower` and up to `upper` for which something that stays true becomes true.

    Halves the number of doubles between the bounds, so that it does not matter how large the response is.
    """
    low, high = _position(lower), _position(upper)
    for _ in range(halvings):
        middle = (low >> 1) + (high >> 1) + (low & high & 1)  # their difference may be too large for an integer
        y = _double(middle)
        reached = holds(np.floor(y) if discrete else y)
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return np.ceil(_double(high)) if discrete else _double(high)


def _position(x: Array) -> NDArray[np.int64]:
    """Return the place of doubles in their order."""
    bits = np.ascontiguousarray(x, dtype=np.float64).view(np.int64)
    return np.where(bits < 0, -(bits & np.int64(2**63 - 1)), bits)


def _double(position: NDArray[np.int64]) -> Array:
    """Return the double at a place."""
    magnitude = np.abs(position).view(np.float64)
    return np.where(position < 0, -magnitude, magnitude)


def tails(family: Family, lower: Array, upper: Array, given: Mapping[str, Any]) -> tuple[LogTail, LogTail]:
    """Return the log probabilities of a response of at most, and above, a number, given that it is within the bounds."""
    total = log_probability(family, lower, upper, given)
    first, last = support(family, lower, upper, given)

    def log_below(y: Array) -> Array:
        inside = np.where((y > first) & (y < last), y, np.nan)
        below = log_probability(family, lower, inside, given) - total
        return np.asarray(np.select([y <= first, y >= last], [-np.inf, 0.0], below))

    def log_above(y: Array) -> Array:
        inside = np.where((y > first) & (y < last), y, np.nan)
        above = log_probability(family, inside, upper, given) - total
        return np.asarray(np.select([y <= first, y >= last], [0.0, -np.inf], above))

    return log_below, log_above


def where_tail_is(
    log_tail: LogTail, level: float, lower: Array, upper: Array, *, of_upper: bool, halvings: int
) -> Array:
    """Return the responses between two ends, to as many halvings, at which the log probability of a tail is `level`."""

    def beyond(y: Array) -> NDArray[np.bool_]:
        return np.asarray(log_tail(y) <= level if of_upper else log_tail(y) >= level)

    return smallest(beyond, lower, upper, False, halvings)


def quantile(family: Family, p: Array, lower: Array, upper: Array, given: Mapping[str, Any]) -> Array:
    """Return the smallest response with a probability of at least p up to it, within bounds.

    Parameters
    ----------
    family
        The family.
    p
        Probabilities between 0 and 1.
    lower, upper
        Bounds, infinite where there is none (see `events.region`).
    given
        Parameters of the rows. All arrays are of one shape.

    Examples
    --------
    >>> from partialpool.families import exponential
    >>> none = np.full(2, np.inf)
    >>> quantile(exponential(), np.array([0.5, 1 - 1e-9]), -none, none, {"mu": np.ones(2)}).round(6)
    array([ 0.693147, 20.723266])
    """
    log_below, log_above = tails(family, lower, upper, given)
    with np.errstate(divide="ignore"):
        log_p, log_q = np.log(p), np.log1p(-p)

    def reached(y: Array) -> NDArray[np.bool_]:
        return np.where(p < 0.5, log_below(y) >= log_p, log_above(y) <= log_q)

    return smallest(reached, *support(family, lower, upper, given), family.response.discrete)
