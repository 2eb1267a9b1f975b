"""The order of texts: that of R in an English locale, for levels of factors, groups, and rows of prior tables."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

__all__ = ["collation", "sorted_levels"]

# Signs stand before digits, digits before letters (the default table of the Unicode Collation Algorithm).
_SIGNS = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_PLACES = {sign: place for place, sign in enumerate(_SIGNS)}


def sorted_levels(values: Iterable[str]) -> tuple[str, ...]:
    """Return distinct texts sorted as R sorts them in an English locale.

    Signs come before digits and digits before letters; accents and then case only break ties, lower case first.

    Examples
    --------
    >>> sorted_levels(["b", "A", "a", "B", "s10", "s_1", "s2", "s:1", "s.1"])
    ('a', 'A', 'b', 'B', 's_1', 's:1', 's.1', 's10', 's2')
    """
    return tuple(sorted(set(values), key=collation))


def collation(text: str) -> tuple[list[tuple[int, int]], str, str]:
    """Return the key by which R sorts texts in an English locale; see `sorted_levels`."""
    base = text.casefold()
    if not base.isascii():
        base = "".join(c for c in unicodedata.normalize("NFKD", base) if not unicodedata.combining(c))
    return [_rank(sign) for sign in base], text.casefold(), text.swapcase()


def _rank(sign: str) -> tuple[int, int]:
    if sign.isalpha():
        return 2, ord(sign)
    return (1, ord(sign)) if sign.isdigit() else (0, _PLACES.get(sign, ord(sign)))
