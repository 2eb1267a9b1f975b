"""The order of rows in prior tables: that of R's `order()` in an English locale."""

from __future__ import annotations

from collections.abc import Iterable

from partialpool.priors.prior import Prior, PriorTable

__all__ = ["collation_key", "order_by_class", "order_rows"]

# Signs stand before digits, digits before letters (the default table of the Unicode Collation Algorithm).
_SIGNS = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_FIRST_DIGIT, _FIRST_LETTER = len(_SIGNS), len(_SIGNS) + 10


def collation_key(text: str) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """Return a sort key: letters without regard to case first, then lower case before upper case.

    Examples
    --------
    >>> sorted(["wt", "Intercept", "hp", "x10", "x2", "x:z", "x1"], key=collation_key)
    ['hp', 'Intercept', 'wt', 'x:z', 'x1', 'x10', 'x2']
    """
    return tuple(_rank(sign) for sign in text.casefold()), tuple(sign.isupper() for sign in text)


def _rank(sign: str) -> int:
    if sign in _SIGNS:
        return _SIGNS.index(sign)
    return _FIRST_DIGIT + int(sign) if sign in "0123456789" else _FIRST_LETTER + ord(sign)


def order_rows(rows: Iterable[Prior]) -> PriorTable:
    """Return rows in the order in which `default_prior` lists them: by resp, dpar, nlpar, then class, group, coef."""
    return _ordered(rows, ("resp", "dpar", "nlpar", "class_", "group", "coef"))


def order_by_class(rows: Iterable[Prior]) -> PriorTable:
    """Return rows in the order of the table in force: by class, group, resp, dpar, nlpar, coef."""
    return _ordered(rows, ("class_", "group", "resp", "dpar", "nlpar", "coef"))


def _ordered(rows: Iterable[Prior], columns: tuple[str, ...]) -> PriorTable:
    return PriorTable(tuple(sorted(rows, key=lambda row: [collation_key(getattr(row, name)) for name in columns])))
