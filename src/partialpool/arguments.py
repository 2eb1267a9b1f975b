"""What users pass as arguments: whether it is a number, and names one by one or in a list."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any, TypeGuard

from partialpool.errors import DataError

__all__ = ["is_number", "is_pair", "is_whole", "listed"]


def is_number(value: object) -> TypeGuard[float]:
    """Return whether this is a real number, of Python or of numpy; truth values are none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether this is a whole number, of Python or of numpy; truth values are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_pair(value: Any) -> TypeGuard[tuple[float, float]]:
    """Return whether these are two numbers, the lower first."""
    try:
        low, high = value
    except (TypeError, ValueError):
        return False
    return is_number(low) and is_number(high) and low < high


def listed(name: str, value: object) -> list[str]:
    """Return texts that are passed alone or as several.

    Parameters
    ----------
    name
        What the argument is called.
    value
        A text, or texts in a list, a tuple, an index, ...

    Raises
    ------
    DataError
        If something else is passed, or nothing at all.

    Examples
    --------
    >>> listed("pars", "sigma"), listed("pars", ("b_x", "sigma"))
    (['sigma'], ['b_x', 'sigma'])
    """
    texts: list[Any] = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    if odd := [text for text in texts if not isinstance(text, str)]:
        raise DataError(f"`{name}` takes a text or several, not {odd[0]!r}")
    if not texts:
        raise DataError(f"`{name}` is empty; leave it out, or name something")
    return texts
