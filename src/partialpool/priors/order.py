"""The order of rows in prior tables."""

from __future__ import annotations

from collections.abc import Iterable

from partialpool.frame.collation import collation
from partialpool.priors.prior import Prior, PriorTable

__all__ = ["order_by_class", "order_rows"]


def order_rows(rows: Iterable[Prior]) -> PriorTable:
    """Return rows in the order in which `default_prior` lists them: by resp, dpar, nlpar, then class, group, coef.

    Examples
    --------
    >>> rows = [Prior(coef=name) for name in ("wt", "Intercept", "hp", "x10", "x2", "x:z", "x1")]
    >>> [row.coef for row in order_rows(rows)]
    ['hp', 'Intercept', 'wt', 'x:z', 'x1', 'x10', 'x2']
    """
    return _ordered(rows, ("resp", "dpar", "nlpar", "class_", "group", "coef"))


def order_by_class(rows: Iterable[Prior]) -> PriorTable:
    """Return rows in the order of the table in force: by class, group, resp, dpar, nlpar, coef."""
    return _ordered(rows, ("class_", "group", "resp", "dpar", "nlpar", "coef"))


def _ordered(rows: Iterable[Prior], columns: tuple[str, ...]) -> PriorTable:
    return PriorTable(tuple(sorted(rows, key=lambda row: [collation(getattr(row, name)) for name in columns])))
