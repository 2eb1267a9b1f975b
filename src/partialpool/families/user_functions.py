"""Functions that users write for custom families: what they take, how they are called, where they fail."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from partialpool.engine.expression import source_key
from partialpool.errors import FamilyError, PartialPoolError, nearest

__all__ = ["called", "check_arguments", "code_digest", "is_compiled", "wanted"]

_OF_SYMBOLS = ("log_density", "cdf")
"""Functions that are called with symbols."""

_OPEN = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


def is_compiled(function: Any) -> bool:
    """Return whether a function was made by `numba.njit`."""
    return hasattr(function, "py_func") and hasattr(function, "overloads")


def check_arguments(name: str, density: Callable[..., Any], dpars: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse a log density that does not take what it must.

    Parameters
    ----------
    name
        Name of the family.
    density
        Function of the response, then of parameters and columns by name; one that numba compiled takes them by place,
        and the gradient at last.
    dpars, columns
        Names of the parameters, and of the columns.

    Raises
    ------
    FamilyError
        Naming what is missing, or not known.

    Examples
    --------
    >>> check_arguments("poisson2", lambda y, mu: y * mu, ["mu"], [])
    """
    arguments = list(inspect.signature(_plain(density)).parameters.values())
    if is_compiled(density):
        expected = ["y", *dpars, *columns, "gradient"]
        if len(arguments) != len(expected):
            raise FamilyError(
                f"log_density of custom family {name!r} takes {len(arguments)} arguments; compiled, it must take "
                f"{len(expected)}: {', '.join(expected)}"
            )
        return
    known = [*dpars, *columns]
    takes_all = any(argument.kind is inspect.Parameter.VAR_KEYWORD for argument in arguments)
    named = {argument.name: argument for argument in arguments[1:]}
    for dpar in dpars:
        if dpar not in named and not takes_all:
            raise FamilyError(
                f"log_density of custom family {name!r} does not take the parameter {dpar!r}: it takes "
                f"({', '.join(argument.name for argument in arguments)})"
            )
    for unknown in named.keys() - set(known):
        if named[unknown].default is inspect.Parameter.empty and named[unknown].kind not in _OPEN:
            raise FamilyError(
                f"log_density of custom family {name!r} takes {unknown!r}, which is neither one of dpars nor of vars; "
                + nearest(unknown, known)
            )


def wanted(function: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the named values that a function takes.

    Examples
    --------
    >>> wanted(lambda y, mu: y, {"mu": 1.0, "sigma": 2.0})
    {'mu': 1.0}
    """
    arguments = inspect.signature(_plain(function)).parameters.values()
    if any(argument.kind is inspect.Parameter.VAR_KEYWORD for argument in arguments):
        return dict(given)
    names = {argument.name for argument in arguments}
    return {name: value for name, value in given.items() if name in names}


def called(name: str, role: str, function: Any, first: tuple[Any, ...], given: Mapping[str, Any]) -> Any:
    """Return what a function of a custom family returns.

    Parameters
    ----------
    name
        Name of the family.
    role
        What the function is: `log_density`, `cdf`, `mean`, ...
    function, first, given
        The function, what it takes by place, and by name.

    Raises
    ------
    FamilyError
        If it fails, saying where.

    Examples
    --------
    >>> called("poisson2", "mean", lambda mu: 2 * mu, (), {"mu": 3.0})
    6.0
    """
    try:
        return function(*first, **given)
    except PartialPoolError:
        raise
    except Exception as error:  # the function may do anything
        advice = ""
        if role in _OF_SYMBOLS:
            advice = (
                "; it is called with symbols: use the functions of partialpool.mathematics (log, exp, where, ...) instead "
                "of those of math or numpy, and where() instead of if"
            )
        place = _place(error, _plain(function))
        raise FamilyError(f"{role} of custom family {name!r} failed{place}: {error}{advice}") from error


def code_digest(function: Any) -> str:
    """Return a digest of a function's code and of what it uses, behind the version of Python that made the code."""
    return f"{sys.version_info.major}.{sys.version_info.minor} {source_key(_plain(function))}"


def _plain(function: Any) -> Any:
    return function.py_func if is_compiled(function) else function


def _place(error: Exception, function: Any) -> str:
    """Return the line of a function at which an error arose, as far as it is known."""
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if not frames:
        return ""
    shown = f", {frames[-1].line!r}" if frames[-1].line else ""
    return f" in line {frames[-1].lineno}{shown}"
