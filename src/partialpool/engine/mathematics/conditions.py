"""Choices between values, and conditions to choose by; rounding and signs."""

from __future__ import annotations

from partialpool.engine.mathematics.dispatch import Quantity, call

__all__ = [
    "absolute",
    "both",
    "either",
    "equal",
    "floor",
    "maximum",
    "minimum",
    "sign",
    "where",
]


def where(condition: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """Return a where the condition holds, b elsewhere.

    Examples
    --------
    >>> where(equal(0.0, 0.0), 1.0, 2.0)
    1.0
    """
    return call("where", condition, a, b)


def equal(a: Quantity, b: Quantity) -> Quantity:
    """Return the condition a == b (Python's `==` compares SymPy expressions as texts, not as numbers)."""
    return call("equal", a, b)


def both(a: Quantity, b: Quantity) -> Quantity:
    """Return the condition that a and b hold."""
    return call("both", a, b)


def either(a: Quantity, b: Quantity) -> Quantity:
    """Return the condition that a or b holds."""
    return call("either", a, b)


def minimum(a: Quantity, b: Quantity) -> Quantity:
    """Return the smaller of a and b."""
    return call("minimum", a, b)


def maximum(a: Quantity, b: Quantity) -> Quantity:
    """Return the larger of a and b."""
    return call("maximum", a, b)


def absolute(x: Quantity) -> Quantity:
    """Return the absolute value of x."""
    return call("absolute", x)


def sign(x: Quantity) -> Quantity:
    """Return -1, 0 or 1."""
    return call("sign", x)


def floor(x: Quantity) -> Quantity:
    """Return the largest whole number that is not larger than x."""
    return call("floor", x)
