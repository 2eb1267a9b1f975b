"""Addition terms: what they demand of their column, and what they do to the parameters of a family.

`weights` multiply the log density. The others act on the parameters, alike when a model is fitted and when it predicts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.mathematics import sqrt
from partialpool.errors import DataError, FamilyError

if TYPE_CHECKING:
    from partialpool.families.base import Family

__all__ = [
    "NUMBERED",
    "Addition",
    "addition_of",
    "adjusted",
    "check_additions",
    "check_column",
    "column_of",
    "refuse_unknown",
]


@dataclass(frozen=True)
class Addition:
    """An addition term that brings a column of numbers.

    Attributes
    ----------
    column
        Name of its column among the data of a likelihood.
    usage
        How to write it.
    demand
        What its values must be, in words.
    holds
        Which of the values are so.
    """

    column: str
    usage: str
    demand: str
    holds: Callable[[NDArray[np.float64]], NDArray[np.bool_]]


_NUMERIC: dict[str, Addition] = {
    "trials": Addition(
        *("trials", "y | trials(n) ~ ...", "non-negative integers"), lambda n: (n >= 0) & (n == np.floor(n))
    ),
    "weights": Addition("weights", "y | weights(w) ~ ...", "non-negative", lambda w: w >= 0),
    "rate": Addition("denom", "y | rate(exposure) ~ ...", "positive", lambda d: d > 0),
    "se": Addition("se", "y | se(s) ~ ...", "non-negative", lambda s: s >= 0),
    "cens": Addition(
        *("cens", "y | cens(status) ~ ...", "-1, 0, 1 or 2 (left, none, right, interval)"),
        lambda c: np.isin(c, (-1, 0, 1, 2)),
    ),
    "dec": Addition("dec", "y | dec(upper) ~ ...", "0 or 1", lambda d: (d == 0) | (d == 1)),
}


NUMBERED = ("vint", "vreal")
"""Addition terms of any number of columns, which are `vint1`, `vint2`, ..."""


def addition_of(column: str) -> str:
    """Return the addition term that brings a column for the density of a custom family.

    Examples
    --------
    >>> addition_of("vint2"), addition_of("trials")
    ('vint', 'trials')
    """
    plain = column.rstrip("0123456789")
    return plain if plain in NUMBERED else column


def column_of(addition: str) -> str:
    """Return the name under which the column of an addition term stands among the data.

    Examples
    --------
    >>> column_of("rate"), column_of("trials")
    ('denom', 'trials')
    """
    return _NUMERIC[addition].column if addition in _NUMERIC else addition


def check_additions(family: Family, columns: Mapping[str, NDArray[Any]], row_name: Callable[[int], str]) -> None:
    """Refuse columns of addition terms that are missing, not for this family, or hold what they must not.

    Parameters
    ----------
    family
        The family.
    columns
        Columns by name (`trials`, `weights`, `denom`, `se`, ...), shape [row].
    row_name
        How to call a row (0-based position).

    Raises
    ------
    FamilyError
        If the family needs an addition term that is not there, or does not take one that is.
    DataError
        If a value is not what the term demands.
    """
    for needed in family.data:
        if column_of(needed) not in columns:
            term = addition_of(needed)
            found = f"the addition term {term}()" if term == needed else f"the column {needed} of {term}()"
            usage = _NUMERIC[needed].usage if needed in _NUMERIC else f"y | {term}(a, b, ...) ~ ..."
            if family.response.kind == "counts":
                usage = usage.replace("y ", "cbind(a, b, c) ", 1)
            raise FamilyError(f"family {family.name} needs {found}: write {usage}")
    for name, addition in _NUMERIC.items():
        if addition.column in columns:
            refuse_unknown(family, [name])
            check_column(name, np.asarray(columns[addition.column], dtype=np.float64), row_name)


def refuse_unknown(family: Family, additions: Collection[str]) -> None:
    """Refuse addition terms that the family does not take; names such as `se_sigma` stand for what an argument asks for.

    Raises
    ------
    FamilyError
        Naming the term and those that the family takes.
    """
    for name in additions:
        if "_" not in name and name not in family.additions:
            taken = ", ".join(sorted(family.additions))
            raise FamilyError(f"family {family.name} does not take the addition term {name}(); it takes {taken}")


def check_column(name: str, values: NDArray[np.float64], row_name: Callable[[int], str]) -> None:
    """Refuse values that an addition term does not take; every value is good for one that demands nothing of it.

    Parameters
    ----------
    name
        Name of the term.
    values
        Its column, shape [row].
    row_name
        How to call a row (0-based position).

    Raises
    ------
    DataError
        Naming the first offending row.
    """
    if name not in _NUMERIC:
        return
    addition = _NUMERIC[name]
    offending = np.atleast_1d(~(np.isfinite(values) & addition.holds(values)))
    if offending.any():
        row = int(np.argmax(offending))
        value = np.atleast_1d(values)[row]
        raise DataError(f"the values of {name}() must be {addition.demand}, but {row_name(row)} is {value:.15g}")


def adjusted(
    family: Family, parameters: Mapping[str, Any], additions: Collection[str], data: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the parameters that the rows have once the addition terms have acted on them.

    Parameters
    ----------
    family
        The family.
    parameters
        Distributional parameters by name, on the natural scale: symbols or arrays.
    additions
        Names of the addition terms; `se_sigma` beside `se` stands for `se(s, sigma = TRUE)`.
    data
        Columns by name: `denom`, `se`.

    Examples
    --------
    >>> from partialpool.families import gaussian, negbinomial
    >>> adjusted(negbinomial(), {"mu": 2.0, "shape": 5.0}, {"rate"}, {"denom": 3.0})
    {'mu': 6.0, 'shape': 15.0}
    >>> adjusted(gaussian(), {"mu": 2.0}, {"se"}, {"se": 0.5})
    {'mu': 2.0, 'sigma': 0.5}
    """
    changed = dict(parameters)
    if "rate" in additions:
        changed = family.exposed(changed, data["denom"])
    if "se" in additions:
        se = data["se"]
        changed["sigma"] = sqrt(changed["sigma"] ** 2 + se**2) if "se_sigma" in additions else se
    return changed
