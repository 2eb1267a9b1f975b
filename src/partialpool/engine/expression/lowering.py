"""Writes functions out in terms of what a kernel computes, so that values and derivatives share the costly parts.

log(1 + exp(x)), 1/(1 + exp(-x)) and both of -x are all made of exp(-|x|); with x and -x written alike, the search for common
subexpressions finds one exponential, one logarithm and one division for all four.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from partialpool.engine.mathematics.special_symbols import LogStudentCdf, StudentCdf
from partialpool.engine.mathematics.symbols import (
    Absolute,
    Expm1,
    InvLogit,
    Log1mExp,
    Log1p,
    Log1pExp,
    LogCloglog,
    LogSoftplus,
    LogSumExp,
    RatioExpm1,
    Real,
    Sign,
    SoftplusSlope,
    Where,
)

__all__ = ["Reciprocal", "is_written_out", "lower"]


class Reciprocal(Real):
    """1/x: so that a row divides once by what it divides by twice, or by its square."""

    code = "reciprocal"

    def _eval_evalf(self, prec: int) -> Any:
        return (1 / self.args[0])._eval_evalf(prec)


_TAIL = -40
"""Below, log(1 + exp(x)) and 1 - exp(-exp(x)) are exp(x) to the last place, as long as that is no subnormal number."""

_LARGEST_WRITTEN_POWER = 8

_EXPM1_TINY, _EXPM1_LARGE = sp.Float(1e-300), 800
"""Outside, x/expm1(x) is 1 or 0."""


def lower(expression: Any) -> Any:
    """Return the expression in terms of functions that kernels call."""
    return _lower(expression, {})


def _lower(expression: Any, done: dict[Any, Any]) -> Any:
    if expression.is_Atom:
        return expression
    if expression not in done:
        arguments = [_lower(argument, done) for argument in expression.args]
        done[expression] = _RULES.get(expression.func, expression.func)(*arguments)
    return done[expression]


def _oriented(x: Any) -> tuple[Any, bool]:
    """Return x or -x, the same for both, and whether it is -x."""
    mirrored = x.could_extract_minus_sign()
    return (-x, True) if mirrored else (x, False)


def _decay(x: Any) -> Any:
    return sp.exp(-Absolute(_oriented(x)[0]))


def _below_zero(x: Any) -> Any:
    base, mirrored = _oriented(x)
    return base > 0 if mirrored else base < 0


def _above_zero(x: Any) -> Any:
    return _below_zero(-x)


def _log1p_exp(x: Any) -> Any:
    return Where(_above_zero(x), x, 0) + Log1p(_decay(x))


def _inv_logit(x: Any) -> Any:
    decay = _decay(x)
    return Where(_below_zero(x), decay, 1) * _reciprocal(1 + decay)


def _log_sum_exp(a: Any, b: Any) -> Any:
    return Where(_above_zero(a - b), a, b) + Log1p(_decay(a - b))


def _log_cloglog(x: Any) -> Any:
    return Where(x < _TAIL, x, Log1mExp(-sp.exp(x)))


def _log_softplus(x: Any) -> Any:
    return Where(x < _TAIL, x, sp.log(_log1p_exp(x)))


def _softplus_slope(x: Any) -> Any:
    return Where(x < _TAIL, 1, _inv_logit(x) * _reciprocal(_log1p_exp(x)))


def _ratio_expm1(x: Any) -> Any:
    return Where(Absolute(x) < _EXPM1_TINY, 1, Where(x > _EXPM1_LARGE, 0, x * _reciprocal(Expm1(x))))


def _student_cdf(z: Any, nu: Any) -> Any:
    return sp.exp(LogStudentCdf(z, nu))


def _sign(x: Any) -> Any:
    return Where(x > 0, 1, Where(x < 0, -1, 0))


def _reciprocal(x: Any) -> Any:
    return 1 / x if x.is_number else Reciprocal(x)


def is_written_out(exponent: Any) -> bool:
    """Return whether a kernel computes this power as a product."""
    return bool(exponent.is_Integer and 0 < exponent <= _LARGEST_WRITTEN_POWER)


def _power(base: Any, exponent: Any) -> Any:
    if exponent.is_Integer and exponent.is_negative:
        return _power(_reciprocal(base), -exponent)
    if exponent.is_Integer and exponent > _LARGEST_WRITTEN_POWER and not base.is_nonnegative:
        even = exponent - exponent % 2
        return sp.Pow(Absolute(base), even) * base ** (
            exponent - even
        )  # the kernels' power wants a base that is not negative
    return sp.Pow(base, exponent)


_RULES: dict[Any, Callable[..., Any]] = {
    sp.Pow: _power,
    Log1pExp: _log1p_exp,
    InvLogit: _inv_logit,
    LogSumExp: _log_sum_exp,
    LogCloglog: _log_cloglog,
    LogSoftplus: _log_softplus,
    SoftplusSlope: _softplus_slope,
    RatioExpm1: _ratio_expm1,
    Sign: _sign,
    StudentCdf: _student_cdf,
}
