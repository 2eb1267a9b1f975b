"""Elementwise operators and functions of expressions, on numbers, booleans, texts and factors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError
from partialpool.frame.collation import sorted_levels
from partialpool.frame.columns import printed
from partialpool.frame.values import Factor

__all__ = [
    "ELEMENTWISE",
    "SECOND_ARGUMENT",
    "VARIADIC",
    "apply_binary",
    "apply_unary",
    "as_number",
    "choose",
    "rounded",
]

Floats = NDArray[np.float64]


def _inv_logit(x: Any) -> Any:
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))


def _logit(p: Any) -> Any:
    return np.log(p) - np.log1p(-p)


def rounded(x: Any, digits: Any = 0) -> Any:
    """Return numbers rounded as R rounds them: to the nearer neighbour with so many digits, to the even one of two.

    Which is nearer is seen in double precision: 19.95 and 20.05, which no double equals, both round to 20.

    Examples
    --------
    >>> rounded(np.array([19.95, 20.05, -0.25, 2.675]), 1).tolist(), float(rounded(1250.0, -2))
    ([20.0, 20.0, -0.2, 2.7], 1200.0)
    """
    size, digits = np.abs(x), np.asarray(digits, dtype=np.float64)
    power = np.power(10.0, np.abs(digits))
    scaled = np.where(digits < 0, size / power, size * power)
    below, above = np.floor(scaled), np.ceil(scaled)
    low, high = (np.where(digits < 0, whole * power, whole / power) for whole in (below, above))
    up, down = high - size, size - low
    nearest = np.where((down < up) | ((down == up) & (below % 2 == 0)), low, high)
    # From 2^52 on there is nothing to round.
    return np.copysign(np.where(scaled < 2.0**52, nearest, size), x)


def _log(x: Any, base: Any = None) -> Any:
    return np.log(x) if base is None else np.log(x) / np.log(base)


ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "log": _log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "exp": np.exp,
    "expm1": np.expm1,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "plogis": _inv_logit,
    "inv_logit": _inv_logit,
    "qlogis": _logit,
    "logit": _logit,
    "round": rounded,
    "floor": np.floor,
    "ceiling": np.ceil,
    "sign": np.sign,
}
"""Functions of one value a row; `log` takes a base and `round` a number of digits as well."""

SECOND_ARGUMENT = {"log": "base", "round": "digits"}
"""Name of the second argument of the functions that take two."""

VARIADIC: dict[str, Callable[[Any, Any], Any]] = {"pmin": np.minimum, "pmax": np.maximum}
"""Functions of any number of values a row, folded from the left."""

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "%%": np.mod,
    "%/%": np.floor_divide,
}
_COMPARISON: dict[str, Callable[[Any, Any], Any]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}
_LOGICAL: dict[str, Callable[[Any, Any], Any]] = {
    "&": np.logical_and,
    "&&": np.logical_and,
    "|": np.logical_or,
    "||": np.logical_or,
}


def apply_unary(operator: str, value: Any) -> Any:
    """Return `-x`, `+x` or `!x`.

    Raises
    ------
    DataError
        If the value is a factor or a text, or the operator is another one.
    """
    if operator == "!":
        return np.logical_not(np.asarray(as_number(value, operator)).astype(bool))
    if operator not in "+-":
        raise DataError(f"the operator {operator!r} has no meaning inside an expression")
    return -as_number(value, operator) if operator == "-" else as_number(value, operator)


def apply_binary(operator: str, left: Any, right: Any) -> Any:
    """Return what an infix operator gives.

    Raises
    ------
    DataError
        If the operator has no meaning for such values.
    """
    if operator in _ARITHMETIC:
        return _ARITHMETIC[operator](as_number(left, operator), as_number(right, operator))
    if operator in _LOGICAL:
        return _LOGICAL[operator](
            np.asarray(as_number(left, operator)).astype(bool), np.asarray(as_number(right, operator)).astype(bool)
        )
    if operator in _COMPARISON:
        return _compared(operator, left, right)
    if operator == "%in%":
        members = right if isinstance(right, tuple) else (right,)
        found = [np.asarray(_compared("==", left, member)) for member in members]
        return np.logical_or.reduce(found)
    raise DataError(f"the operator {operator!r} has no meaning inside an expression")


def as_number(value: Any, what: str) -> Any:
    """Return an array or a number as float64; a boolean counts 0 or 1.

    Raises
    ------
    DataError
        If the value is a factor, a text or a matrix.
    """
    if isinstance(value, Factor):
        raise DataError(f"{what!r} has no meaning for a factor; as.numeric() turns levels into 1, 2, 3, ...")
    if isinstance(value, (str, tuple)) or value is None:
        raise DataError(f"{what!r} has no meaning for {value!r}; it needs a number")
    if not isinstance(value, (np.ndarray, np.generic, float, int)):
        raise DataError(f"{what!r} has no meaning for a matrix")
    return np.asarray(value, dtype=np.float64)


def choose(test: Any, yes: Any, no: Any) -> Any:
    """Return `yes` where the test holds, `no` elsewhere, NaN where it is missing; texts give a factor of texts."""
    if isinstance(yes, str) and isinstance(no, str):
        hold = np.asarray(as_number(test, "ifelse"))
        levels = sorted_levels((yes, no))
        codes = np.where(hold != 0, levels.index(yes), levels.index(no))
        return Factor(np.where(np.isnan(hold), -1, codes).astype(np.int32), levels)
    test, yes, no = (as_number(value, "ifelse") for value in (test, yes, no))
    return np.where(np.isnan(test), np.nan, np.where(test != 0, yes, no))


def _compared(operator: str, left: Any, right: Any) -> Any:
    if isinstance(left, Factor) or isinstance(right, Factor):
        return _compared_levels(operator, left, right)
    if isinstance(left, str) and isinstance(right, str):
        return np.asarray(_COMPARISON[operator](np.array(left), np.array(right)))
    return _COMPARISON[operator](as_number(left, operator), as_number(right, operator))


def _compared_levels(operator: str, left: Any, right: Any) -> Any:
    factor = left if isinstance(left, Factor) else right
    if operator not in ("==", "!=") and not factor.ordered:
        raise DataError(f"{operator!r} has no meaning for a factor whose levels have no order; make it ordered")
    if (factor.codes < 0).any():
        raise DataError(f"{operator!r} meets missing values of a factor; drop or fill those rows first")
    positions = [_positions(side, factor.levels, operator) for side in (left, right)]
    return _COMPARISON[operator](*positions)


def _positions(side: Any, levels: tuple[str, ...], operator: str) -> NDArray[np.int64]:
    """Positions of values among the levels; a text that is no level stands before all of them."""
    if isinstance(side, Factor):
        place = np.array([levels.index(level) if level in levels else -1 for level in side.levels], dtype=np.int64)
        return place[side.codes]
    if not isinstance(side, (str, float, int)):
        raise DataError(f"{operator!r} has no meaning between a factor and a column that is none")
    text = printed(side)
    if text not in levels and operator not in ("==", "!="):
        raise DataError(f"{text!r} is not a level of the factor it is compared with; levels: {', '.join(levels)}")
    return np.asarray(levels.index(text) if text in levels else -1)
