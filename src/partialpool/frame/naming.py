"""Public names of coefficients: R's column names without what brms takes out of them."""

from __future__ import annotations

__all__ = ["sanitise"]

_REPLACED = {
    **dict.fromkeys(" ()[],\"'?`", ""),
    "+": "P",
    "-": "M",
    "*": "MU",
    "/": "D",
    "^": "E",
    "=": "EQ",
    "$": "USD",
}
_TABLE = str.maketrans(_REPLACED)


def sanitise(label: str) -> str:
    """Return the public name of what R calls `label`.

    Examples
    --------
    >>> sanitise("poly(Holders, 2)1"), sanitise("I(Holders/100):District1"), sanitise("I(x^2)"), sanitise("(Intercept)")
    ('polyHolders21', 'IHoldersD100:District1', 'IxE2', 'Intercept')
    """
    return label.translate(_TABLE)
