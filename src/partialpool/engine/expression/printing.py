"""SymPy expressions as the source of kernels: float64 arithmetic and calls of `engine.vecmath`."""

from __future__ import annotations

import math
from typing import Any

import sympy as sp
from sympy.logic.boolalg import And, BooleanFalse, BooleanTrue, Not, Or

from partialpool.engine.expression.lowering import Reciprocal, is_written_out
from partialpool.engine.mathematics.symbols import Absolute, Real, Where

__all__ = ["function_names", "source_of"]

_CALLS = {sp.exp: "exp", sp.log: "log", sp.sin: "sin", sp.cos: "cos", sp.tan: "tan", sp.atan: "atan", sp.tanh: "tanh"}
_COMPARISONS = {sp.Eq: "==", sp.Ne: "!=", sp.Lt: "<", sp.Le: "<=", sp.Gt: ">", sp.Ge: ">="}


def function_names(expression: Any) -> set[str]:
    """Return the names of the functions of `vecmath` that the source of an expression calls."""
    return set().union(*(_called(part) for part in sp.preorder_traversal(expression)))


def _called(part: Any) -> set[str]:
    match part:
        case Where():
            return {"select"}
        case Absolute() | Reciprocal():
            return set()
        case Real():
            return {part.code}
        case sp.Pow():
            return _called_by_power(part.exp)
    return {_CALLS[part.func]} if part.func in _CALLS else set()


def _called_by_power(exponent: Any) -> set[str]:
    if exponent == -1 or is_written_out(exponent):
        return set()
    return {"sqrt"} if abs(exponent) == sp.Rational(1, 2) else {"pow"}


def _divisor(factor: Any) -> Any:
    """Return x of a factor 1/x; None of another."""
    reciprocal = isinstance(factor, Reciprocal) or (isinstance(factor, sp.Pow) and factor.exp == -1)
    return factor.args[0] if reciprocal else None


def source_of(expression: Any) -> str:
    """Return Python source of an expression.

    Raises
    ------
    NotImplementedError
        If no kernel has a function in it.

    Examples
    --------
    >>> x, y = sp.symbols("x y", real=True)
    >>> source_of(x**2 * Reciprocal(y) - 1)
    '-1.0 + (x * x) / y'
    """
    match expression:
        case sp.Symbol():
            return str(expression.name)
        case BooleanTrue() | BooleanFalse():
            return str(bool(expression))
        case sp.Add():
            return _sum(expression)
        case sp.Mul():
            return _product(expression)
        case Where():
            return "select({}, {}, {})".format(*map(source_of, expression.args))
        case Absolute():
            return f"abs({source_of(expression.args[0])})"
        case Reciprocal():
            return f"1.0 / {_grouped(expression.args[0])}"
        case Real():
            return _call(expression.code, expression.args)
        case And() | Or():
            return {And: " & ", Or: " | "}[expression.func].join(f"({source_of(a)})" for a in expression.args)
        case Not():
            return f"not ({source_of(expression.args[0])})"
    return _other_source(expression)


def _other_source(expression: Any) -> str:
    if expression.is_number:
        return _number(expression)
    if expression.func in _CALLS:
        return _call(_CALLS[expression.func], expression.args)
    if expression.func in _COMPARISONS:
        left, right = map(source_of, expression.args)
        return f"{left} {_COMPARISONS[expression.func]} {right}"
    if isinstance(expression, sp.Pow):
        return _power(expression.base, expression.exp)
    raise NotImplementedError(f"no kernel has the function {expression.func.__name__}")


def _call(name: str, arguments: Any) -> str:
    return f"{name}({', '.join(map(source_of, arguments))})"


def _number(number: Any) -> str:
    value = float(number)
    if math.isfinite(value):
        return repr(value)
    return "math.nan" if math.isnan(value) else ("math.inf" if value > 0 else "-math.inf")


def _grouped(expression: Any) -> str:
    """Return the source of a factor."""
    text = source_of(expression)
    single = isinstance(expression, (sp.Symbol, sp.exp, sp.log, Where, Real)) and not isinstance(expression, Reciprocal)
    return text if single or (expression.is_number and not text.startswith("-")) else f"({text})"


def _sum(expression: Any) -> str:
    text = ""
    for term in expression.args:
        negative = term.as_coeff_Mul()[0].is_negative
        sign = "-" if negative else "+" if text else ""
        text += (f" {sign} " if text else sign) + source_of(-term if negative else term)
    return text


def _product(expression: Any) -> str:
    number, rest = expression.as_coeff_Mul()
    if number.is_negative:
        return f"-{_product_of(-number, rest)}"
    return _product_of(number, rest)


def _product_of(number: Any, rest: Any) -> str:
    above = [] if number == 1 else [_number(number)]
    below = []
    for factor in sp.Mul.make_args(rest):
        divisor = _divisor(factor)
        if divisor is not None:
            below.append(_grouped(divisor))
        else:
            above.append(_power(factor.base, factor.exp) if isinstance(factor, sp.Pow) else _grouped(factor))
    numerator = " * ".join(above) or "1.0"
    if not below:
        return numerator
    return f"{numerator} / {below[0]}" if len(below) == 1 else f"{numerator} / ({' * '.join(below)})"


def _power(base: Any, exponent: Any) -> str:
    if exponent == -1:
        return f"(1.0 / {_grouped(base)})"
    if abs(exponent) == sp.Rational(1, 2):
        root = f"sqrt({source_of(base)})"
        return root if exponent.is_positive else f"(1.0 / {root})"
    if is_written_out(exponent):
        return f"({' * '.join([_grouped(base)] * int(exponent))})"
    return f"pow({source_of(base)}, {source_of(exponent)})"
