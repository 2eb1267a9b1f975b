"""What a family demands of its response, and the check that says so clearly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError
from partialpool.frame.values import Factor, Matrix, Value

__all__ = [
    "ANGLE",
    "BINARY",
    "CLOSED_PROPORTION",
    "COUNT",
    "NONNEGATIVE",
    "POSITIVE",
    "PROPORTION",
    "PROPORTION_OR_ZERO",
    "REAL",
    "SUCCESSES",
    "Array",
    "Observed",
    "Response",
    "fitting_families",
    "numbered",
]

Array: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]

_SHOWN = 3
"""Offending rows that a message lists."""


def numbered(row: int) -> str:
    """Return how to call a row of which only the position is known."""
    return f"row {row + 1}"


@dataclass(frozen=True, eq=False)
class Observed:
    """The response as the user gave it, and what a message about it needs.

    Attributes
    ----------
    values
        Shape [row]: numbers, truth values or a factor.
    name
        What stands left of `~` or `|`.
    family
        Name of the family.
    additions
        Columns of the addition terms by name (`trials`, ...), shape [row].
    missing_allowed
        Whether NaN stands for a value that the model will estimate.
    row_name
        How to call a row (0-based position).
    """

    values: Value
    name: str
    family: str
    additions: Mapping[str, Array]
    missing_allowed: bool = False
    row_name: Callable[[int], str] = numbered

    def error(self, found: str, remedy: str) -> DataError:
        """Return an error that says what the response must be, what was found and what to do."""
        return DataError(f"response {self.name!r} of family {self.family} {found}; {remedy}")

    def listed(self, offending: Mask, values: Array) -> str:
        """Return the first offending rows with their values, and how many more there are."""
        rows = np.flatnonzero(offending)
        shown = [f"{self.row_name(int(row))} is {values[row]:.15g}" for row in rows[:_SHOWN]]
        more = len(rows) - len(shown)
        return ", ".join(shown) + (f" and {more} more row{'s' if more > 1 else ''} are out of range" if more else "")


@dataclass(frozen=True)
class Response:
    """What a family demands of its response.

    Attributes
    ----------
    kind
        `real`, `positive`, `nonnegative`, `count`, `successes`, `proportion`, `proportion_or_zero`,
        `closed_proportion`, `angle` or `binary`.
    demand
        The demand in words.
    holds
        Which of the values meet it, given the values and the addition terms.
    discrete
        Whether the response takes whole numbers only.
    levels
        Whether a factor of two levels and truth values are taken, the second level and True as 1.
    remedy
        What to do about other numbers; by default a message names families that take them.
    """

    kind: str
    demand: str
    holds: Callable[[Array, Mapping[str, Array]], Mask]
    discrete: bool = False
    levels: bool = False
    remedy: str = ""

    def check(self, observed: Observed) -> Array:
        """Return the response as float64 numbers, shape [row].

        Raises
        ------
        DataError
            If it is not what the family demands: names the response, the first offending rows with their values, and
            the families that would take them.
        """
        values = self._numbers(observed)
        gone = np.isnan(values)
        if gone.any() and not observed.missing_allowed:
            raise observed.error(f"is missing in {observed.row_name(int(np.argmax(gone)))}", "drop such rows")
        offending = ~gone & ~(np.isfinite(values) & self.holds(values, observed.additions))
        if offending.any():
            found = f"must be {self.demand}, but {observed.listed(offending, values)}"
            raise observed.error(found, self.remedy or _remedy(values[~gone], observed))
        return values

    def _numbers(self, observed: Observed) -> Array:
        values = observed.values
        if isinstance(values, Matrix):
            raise observed.error(f"has {values.values.shape[1]} columns", "this family takes one")
        if isinstance(values, Factor):
            return self._codes(values, observed)
        if values.dtype == np.bool_ and not self.levels:
            raise observed.error("holds truth values", "family bernoulli takes them")
        return np.asarray(values, dtype=np.float64)

    def _codes(self, factor: Factor, observed: Observed) -> Array:
        n = len(factor.levels)
        shown = ", ".join(repr(level) for level in factor.levels[:4]) + (", ..." if n > 4 else "")
        if not self.levels:
            fitting = "bernoulli" if n == 2 else "cumulative" if factor.ordered else "categorical"
            raise observed.error(f"has levels {shown}, and must be {self.demand}", f"family {fitting} takes levels")
        if n != 2:
            fitting = "cumulative" if factor.ordered else "categorical"
            raise observed.error(f"must have two levels and has {n} ({shown})", f"family {fitting} takes any number")
        return np.where(factor.codes < 0, np.nan, factor.codes.astype(np.float64))


def _remedy(values: Array, observed: Observed) -> str:
    """Return which families take such values."""
    if "trials" in observed.additions and bool(np.all(values >= 0)):
        whole = bool(_whole(values).all())
        return "check the numbers of trials" if whole else "multiply proportions by the numbers of trials"
    if np.isinf(values).any():
        return "remove the infinite values"
    return f"such values suit {fitting_families(values)}"


def fitting_families(y: Array) -> str:
    """Return the names of families that take such values.

    Examples
    --------
    >>> fitting_families(np.array([0.0, 0.5]))
    'zero_inflated_beta'
    """
    low, high = y.min(), y.max()
    if low < 0:
        return "gaussian or student"
    if _whole(y).all():
        return "bernoulli" if high <= 1 else "poisson or negbinomial"
    if high <= 1:
        return "beta" if low > 0 and high < 1 else "zero_inflated_beta" if high < 1 else "zero_one_inflated_beta"
    return "gamma or lognormal" if low > 0 else "hurdle_gamma or hurdle_lognormal"


def _whole(y: Array) -> Mask:
    return np.equal(y, np.floor(y))


def _real(y: Array, additions: Mapping[str, Array]) -> Mask:
    return np.isfinite(y)


def _angle(y: Array, additions: Mapping[str, Array]) -> Mask:
    return np.abs(y) <= np.pi


def _positive(y: Array, additions: Mapping[str, Array]) -> Mask:
    return y > 0


def _nonnegative(y: Array, additions: Mapping[str, Array]) -> Mask:
    return y >= 0


def _count(y: Array, additions: Mapping[str, Array]) -> Mask:
    return (y >= 0) & _whole(y)


def _successes(y: Array, additions: Mapping[str, Array]) -> Mask:
    return _count(y, additions) & (y <= additions["trials"])


def _proportion(y: Array, additions: Mapping[str, Array]) -> Mask:
    return (y > 0) & (y < 1)


def _proportion_or_zero(y: Array, additions: Mapping[str, Array]) -> Mask:
    return (y >= 0) & (y < 1)


def _closed_proportion(y: Array, additions: Mapping[str, Array]) -> Mask:
    return (y >= 0) & (y <= 1)


def _binary(y: Array, additions: Mapping[str, Array]) -> Mask:
    return np.equal(y, 0) | np.equal(y, 1)


REAL = Response("real", "finite numbers", _real)
ANGLE = Response(
    "angle",
    "angles in radians, from -pi to pi",
    _angle,
    remedy="turn degrees into radians by the factor pi / 180, and angles above pi by subtracting 2 * pi",
)
POSITIVE = Response("positive", "positive numbers", _positive)
NONNEGATIVE = Response("nonnegative", "non-negative numbers", _nonnegative)
COUNT = Response("count", "non-negative integers", _count, discrete=True)
SUCCESSES = Response("successes", "integers from 0 to the number of trials", _successes, discrete=True)
PROPORTION = Response("proportion", "strictly between 0 and 1", _proportion)
PROPORTION_OR_ZERO = Response("proportion_or_zero", "0 or between 0 and 1, but not 1", _proportion_or_zero)
CLOSED_PROPORTION = Response("closed_proportion", "between 0 and 1, which may be 0 or 1", _closed_proportion)
BINARY = Response("binary", "0 or 1, true or false, or a factor of two levels", _binary, discrete=True, levels=True)
