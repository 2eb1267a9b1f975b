"""Censored and truncated responses: the interval that is known to hold a response, and its probability.

A response that is not observed exactly lies in an interval (lower, upper], which censoring leaves within the region
(lower, upper] of truncation. The bounds of whole-numbered responses are whole numbers, so that a truncation from `lb` on,
which includes `lb`, is the region above `lb - 1`. Fit and predictions use this one definition.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from partialpool.engine.mathematics import equal, where
from partialpool.errors import DataError
from partialpool.families.responses import Array

if TYPE_CHECKING:
    from partialpool.families.base import Family

__all__ = [
    "EVENT_COLUMNS",
    "REGION_COLUMNS",
    "by_kind",
    "check_events",
    "event_columns",
    "log_probability",
    "region",
    "support",
    "within_support",
]

EVENT_COLUMNS = ("event", "event_lower", "event_upper")
"""Columns of the likelihood of a censored response: kind of the interval of each row, its bounds."""

REGION_COLUMNS = ("region", "region_lower", "region_upper")
"""Columns of the likelihood of a truncated response: likewise for the region."""

_KINDS = ("exact", "below", "above", "between", "everywhere")
"""Kinds of intervals; the code of a kind is its place."""

_ABOVE_ZERO = ("positive", "proportion")
_FROM_ZERO = ("nonnegative", "count", "successes", "proportion_or_zero", "closed_proportion")
_ZERO_BY_ITSELF = ("nonnegative", "proportion_or_zero", "closed_proportion")
"""Kinds of continuous responses of which 0 may have a probability; a truncation from 0 on includes it, as for counts."""
_BELOW_ONE = ("proportion", "proportion_or_zero", "closed_proportion")


def region(family: Family, columns: Mapping[str, Any]) -> tuple[Array, Array]:
    """Return the bounds of the region that truncation leaves, infinite where the support of the family ends before.

    Parameters
    ----------
    family
        The family.
    columns
        Columns of the addition terms: `lb`, `ub` (either may be absent), `trials`.

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.families import gaussian, poisson
    >>> region(poisson(), {"lb": np.array([0.0, 1.0, 2.5]), "ub": np.array([9.5, 9.0, np.inf])})
    (array([-inf,   0.,   2.]), array([ 9.,  9., inf]))
    >>> region(gaussian(), {"lb": np.array([0.0])})
    (array([0.]), array([inf]))
    """
    lower = np.asarray(columns.get("lb", -np.inf), dtype=np.float64)
    upper = np.asarray(columns.get("ub", np.inf), dtype=np.float64)
    if family.response.discrete:
        lower, upper = np.ceil(lower) - 1, np.floor(upper)
    if family.response.kind in _ZERO_BY_ITSELF:
        lower = np.where(lower == 0, -np.inf, lower)
    lower, upper = np.broadcast_arrays(*within_support(family, lower, upper, columns))
    return lower, upper


def check_events(y: Array, columns: Mapping[str, Any], name: str, row_name: Callable[[int], str]) -> None:
    """Refuse bounds of censoring and truncation that contradict the response or each other.

    Parameters
    ----------
    y
        The response, shape [row]; NaN where it is missing.
    columns
        Columns of the addition terms: `cens`, `y2`, `lb`, `ub`.
    name, row_name
        What to call the response, and a row (0-based position).

    Raises
    ------
    DataError
        Naming the first offending row.
    """
    if "cens" in columns:
        _check_intervals(y, columns, row_name)
    lower, upper = (
        np.broadcast_to(columns.get(bound, end), y.shape) for bound, end in (("lb", -np.inf), ("ub", np.inf))
    )
    for row in np.flatnonzero(~(lower < upper))[:1]:
        raise DataError(f"trunc(): in {row_name(row)} the lower bound {lower[row]:.15g} is not below {upper[row]:.15g}")
    for row in np.flatnonzero((y < lower) | (y > upper))[:1]:
        raise DataError(
            f"response {name!r} is {y[row]:.15g} in {row_name(row)}, out of the bounds of trunc(), "
            f"{lower[row]:.15g} and {upper[row]:.15g}; remove such rows, or mend the bounds"
        )


def _check_intervals(y: Array, columns: Mapping[str, Any], row_name: Callable[[int], str]) -> None:
    interval = np.asarray(columns["cens"]) == 2
    if not interval.any():
        return
    if "y2" not in columns:
        raise DataError("interval censoring needs the upper end of each interval: write y | cens(censored, y2) ~ ...")
    upper = np.asarray(columns["y2"])
    for row in np.flatnonzero(interval & ~(upper > y))[:1]:
        found = "missing" if np.isnan(upper[row]) else f"{upper[row]:.15g}, not above its lower end {y[row]:.15g}"
        raise DataError(f"cens(): {row_name(row)} is interval-censored, but the upper end of its interval is {found}")


def within_support(family: Family, lower: Any, upper: Any, columns: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return bounds that are infinite where the support of the family ends before; `columns` may hold `trials`."""
    kind = family.response.kind
    if kind in _ABOVE_ZERO:
        lower = np.where(lower <= 0, -np.inf, lower)
    if kind in _FROM_ZERO:
        lower = np.where(lower < 0, -np.inf, lower)
    if kind in _BELOW_ONE:
        upper = np.where(upper >= 1, np.inf, upper)
    if kind == "angle":
        lower, upper = np.where(lower <= -np.pi, -np.inf, lower), np.where(upper >= np.pi, np.inf, upper)
    if kind == "successes":
        upper = np.where(upper >= columns["trials"], np.inf, upper)
    return lower, upper


def support(family: Family, lower: Array, upper: Array, columns: Mapping[str, Any]) -> tuple[Array, Array]:
    """Return bounds of which those that are infinite are replaced by the ends of the support, or the largest doubles."""
    kind, largest = family.response.kind, np.finfo(np.float64).max
    first = -1.0 if family.response.discrete else 0.0 if kind in (*_ABOVE_ZERO, *_FROM_ZERO) else -largest
    if kind in _ZERO_BY_ITSELF:
        first = float(np.nextafter(0.0, -1.0))  # the end below which there is nothing
    if kind == "angle":
        return np.maximum(lower, -np.pi), np.minimum(upper, np.pi)
    last = columns["trials"] if kind == "successes" else 1.0 if kind in _BELOW_ONE else min(largest, family.horizon)
    return np.where(np.isinf(lower), first, lower), np.where(np.isinf(upper), last, upper)


def event_columns(family: Family, columns: Mapping[str, Any]) -> tuple[dict[str, Array], frozenset[str]]:
    """Return the columns of a censored or truncated likelihood, and which kinds of intervals occur in them.

    Parameters
    ----------
    family
        The family.
    columns
        The response, `y`, and the columns of its addition terms: `cens` (-1, 0, 1, 2), `y2`, `lb`, `ub`, `trials`.

    Returns
    -------
    Columns by their names in `EVENT_COLUMNS` and `REGION_COLUMNS`; kinds as `event_below`, `region_above`.

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.families import exponential
    >>> found, kinds = event_columns(exponential(), {"y": np.array([3.0, 4.0]), "cens": np.array([0.0, 1.0])})
    >>> sorted(kinds), found["event_lower"]
    (['event_above', 'event_exact'], array([nan,  4.]))
    """
    found: dict[str, Array] = {}
    kinds: set[str] = set()
    y = np.asarray(columns["y"], dtype=np.float64)
    first, last = (np.broadcast_to(bound, y.shape) for bound in region(family, columns))
    if "cens" in columns:
        lower, upper = _intervals(family, y, columns)
        lower, upper = np.maximum(lower, first), np.minimum(upper, last)
        kinds |= _describe(found, "event", lower, upper, np.asarray(columns["cens"]) == 0)
    if "lb" in columns or "ub" in columns:
        kinds |= _describe(found, "region", first, last, np.zeros(y.shape, dtype=bool))
    return found, frozenset(kinds)


def _intervals(family: Family, y: Array, columns: Mapping[str, Any]) -> tuple[Array, Array]:
    """Return the interval that censoring says holds each response."""
    status = columns["cens"]
    lower = np.where(status == -1, -np.inf, y)
    upper = np.select([status == 1, status == 2], [np.inf, columns.get("y2", y)], y)
    return within_support(family, lower, upper, columns)


def _describe(found: dict[str, Array], name: str, lower: Array, upper: Array, exact: Any) -> set[str]:
    """Add the columns of intervals; return the kinds that occur. Bounds that are not used are NaN: they cost nothing."""
    below, above = lower == -np.inf, upper == np.inf
    code = np.select([exact, below & above, below, above], [0.0, 4.0, 1.0, 2.0], 3.0)
    found[name] = code
    found[f"{name}_lower"] = np.where((code == 2) | (code == 3), lower, np.nan)
    found[f"{name}_upper"] = np.where((code == 1) | (code == 3), upper, np.nan)
    return {f"{name}_{_KINDS[int(c)]}" for c in np.unique(code)}


def by_kind(
    family: Family, name: str, kinds: Collection[str], data: Mapping[str, Any], given: Mapping[str, Any], exact: Any
) -> Any:
    """Return the log probability of an interval in mathematics, chosen by the kinds that occur.

    Parameters
    ----------
    family
        The family.
    name
        `event` or `region`.
    kinds
        Kinds that occur, as `event_columns` returns them.
    data
        Symbols of the columns.
    given
        Parameters of the rows.
    exact
        What stands for a response that is observed exactly.
    """
    lower, upper = data[f"{name}_lower"], data[f"{name}_upper"]
    choices: dict[str, Callable[[], Any]] = {
        "exact": lambda: exact,
        "below": lambda: family.log_cdf(upper, **given),
        "above": lambda: family.log_survival(lower, **given),
        "between": lambda: family.log_interval(lower, upper, **given),
        "everywhere": lambda: 0,
    }
    *first, last = [kind for kind in _KINDS if f"{name}_{kind}" in kinds]
    expression = choices[last]()
    for kind in reversed(first):
        expression = where(equal(data[name], _KINDS.index(kind)), choices[kind](), expression)
    return expression


def log_probability(family: Family, lower: Any, upper: Any, given: Mapping[str, Any]) -> Array:
    """Return the log probability of a response in (lower, upper], bounds and parameters being arrays.

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.families import exponential
    >>> log_probability(exponential(), np.array([-np.inf, 2.0]), np.array([np.inf, np.inf]), {"mu": 1.0})
    array([ 0., -2.])
    """
    lower, upper = np.broadcast_arrays(lower, upper)
    below, above = np.isneginf(lower), np.isposinf(upper)
    kinds = (below & above, below & ~above, above & ~below, ~below & ~above)
    computed: tuple[Callable[[], Any], ...] = (
        lambda: np.zeros(np.broadcast_shapes(below.shape, *(np.shape(value) for value in given.values()))),
        lambda: family.log_cdf(np.where(np.isfinite(upper), upper, 0.0), **given),
        lambda: family.log_survival(np.where(np.isfinite(lower), lower, 0.0), **given),
        lambda: family.log_interval(np.where(kinds[3], lower, 0.0), np.where(kinds[3], upper, 1.0), **given),
    )
    # Of four things, of which each may be costly, only those that occur.
    occurring = [i for i, kind in enumerate(kinds) if kind.any()]
    if len(occurring) == 1:
        return np.asarray(computed[occurring[0]]())
    return np.asarray(np.select([kinds[i] for i in occurring], [computed[i]() for i in occurring]))
