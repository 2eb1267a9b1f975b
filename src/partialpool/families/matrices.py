"""Responses that are matrices with a column for each category: counts, and proportions that add up to 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from partialpool.errors import DataError
from partialpool.families.categories import CategoryFamily
from partialpool.families.responses import Array, Mask, Observed, Response
from partialpool.frame.values import Factor, Matrix, Value

__all__ = ["COUNT_MATRIX", "SIMPLEX", "MatrixFamily", "MatrixResponse"]

_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class MatrixResponse(Response):
    """What a family demands of a matrix.

    Attributes
    ----------
    usage
        How to write such a response.
    demands
        For each demand of a row: which rows meet it, given the matrix and the addition terms, the demand in words, and
        what to do about rows that do not.
    """

    usage: str = ""
    demands: tuple[tuple[Callable[[Array, Mapping[str, Array]], Mask], str, str], ...] = ()

    def check(self, observed: Observed) -> Array:
        """Return the matrix, [row, category].

        Raises
        ------
        DataError
            If it is not what the family demands: names the response, the first offending row with its values, and what
            to do.
        """
        matrix = self.matrix(observed.values, observed.family)
        values = np.asarray(matrix.values, dtype=np.float64)
        if np.isnan(values).any():
            row = int(np.argmax(np.isnan(values).any(axis=1)))
            raise observed.error(f"is missing in {observed.row_name(row)}", "drop such rows")
        for holds, demand, remedy in self.demands:
            _refuse_rows(observed, values, ~holds(values, observed.additions), demand, remedy)
        return values

    def matrix(self, y: Value, family: str) -> Matrix:
        """Return a response that must be a matrix.

        Raises
        ------
        DataError
            If it is one column, or a factor.
        """
        if isinstance(y, Matrix):
            return y
        found = "a factor" if isinstance(y, Factor) else "one column"
        raise DataError(f"family {family} takes a matrix with a column for each category, not {found}: {self.usage}")


def _refuse_rows(observed: Observed, values: Array, offending: Mask, demand: str, remedy: str) -> None:
    """Refuse a matrix some of whose rows are not what they must be, naming the first with its values."""
    if not offending.any():
        return
    row = int(np.argmax(offending))
    shown = ", ".join(f"{value:.15g}" for value in values[row])
    more = int(offending.sum()) - 1
    others = f" and so {'are' if more > 1 else 'is'} {more} more row{'s' * (more > 1)}" if more else ""
    called = observed.row_name(row)
    trials = observed.additions.get("trials")
    if trials is not None and "trials" in demand:
        shown += f" with {trials[row]:.15g} trials"
    raise observed.error(f"must be {demand}, but {called} is ({shown}){others}", remedy)


def _counts(y: Array, additions: Mapping[str, Array]) -> Mask:
    return np.asarray((np.isfinite(y) & (y >= 0) & (y == np.floor(y))).all(axis=1))


def _complete(y: Array, additions: Mapping[str, Array]) -> Mask:
    trials = additions.get("trials")
    return np.full(len(y), True) if trials is None else np.equal(y.sum(axis=1), trials)


def _positive(y: Array, additions: Mapping[str, Array]) -> Mask:
    return np.asarray((np.isfinite(y) & (y > 0)).all(axis=1))


def _whole(y: Array, additions: Mapping[str, Array]) -> Mask:
    return np.asarray(np.abs(y.sum(axis=1) - 1.0) <= _SUM_TOLERANCE)


COUNT_MATRIX = MatrixResponse(
    kind="counts",
    demand="non-negative integers that add up to the number of trials",
    holds=_counts,
    discrete=True,
    usage="write cbind(a, b, c) | trials(n) ~ ...",
    demands=(
        (_counts, "non-negative integers", "family dirichlet takes proportions that add up to 1"),
        (_complete, "counts that add up to the number of trials", "pass the sum of the columns to trials()"),
    ),
)
SIMPLEX = MatrixResponse(
    kind="simplex",
    demand="positive proportions that add up to 1",
    holds=_positive,
    usage="write cbind(a, b, c) ~ ...",
    demands=(
        (
            _positive,
            "proportions above 0",
            "replace zeros by a small share and divide each row by its sum, or join categories; "
            "family multinomial takes counts, zeros among them",
        ),
        (_whole, "proportions that add up to 1", "divide each row by its sum"),
    ),
)


class MatrixFamily(CategoryFamily):
    """A family whose response is a matrix; its categories are the columns."""

    response: MatrixResponse

    def _categories_of(self, y: Value) -> tuple[str, ...]:
        return self.response.matrix(y, self.name).names
