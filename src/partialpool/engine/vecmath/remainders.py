"""What is left of exp, log1p and lgamma when their leading terms are taken away, as densities near a limit need it.

Errors are relative, the largest seen against 60-digit arithmetic in `tests/engine/test_vecmath_remainders.py`.
"""

from __future__ import annotations

import math

from partialpool.engine.vecmath.elementary import expm1, log, log1p, log_less
from partialpool.engine.vecmath.gamma import DIGAMMA_TAIL, STIRLING, STIRLING_FROM, digamma, lgamma
from partialpool.engine.vecmath.primitives import polynomial, select, vector_function

__all__ = [
    "exp_remainder",
    "exp_remainder_slope",
    "log1p_ratio",
    "log1p_ratio_slope",
    "stirling_error",
    "stirling_error_slope",
]

_HALF_LOG_2PI = 0.9189385332046728
_LARGE = 1e3
_TINY = 1e-9

# (exp(x) - 1 - x)/x^2 = the sum of x^k/(k + 2)!, |x| <= 1/2
_EXP_REMAINDER = tuple(1.0 / math.factorial(k + 2) for k in range(14))
# its derivative, |x| <= 1
_EXP_REMAINDER_SLOPE = tuple((k + 1.0) / math.factorial(k + 3) for k in range(18))


@vector_function
def exp_remainder(x: float) -> float:
    """Return (exp(x) - 1 - x)/x^2, which is 1/2 at 0. Relative error 1e-15.

    Examples
    --------
    >>> exp_remainder(0.0)
    0.5
    """
    y = select(x > _LARGE, _LARGE, x)
    return select(abs(x) < 0.5, polynomial(x, _EXP_REMAINDER), (expm1(y) / y - 1.0) / y)


@vector_function
def exp_remainder_slope(x: float) -> float:
    """Return the derivative of exp_remainder, which is 1/6 at 0. Relative error 3e-15.

    Examples
    --------
    >>> 6.0 * exp_remainder_slope(0.0)
    1.0
    """
    y = select(x > _LARGE, _LARGE, x)
    ratio = expm1(y) / y
    return select(abs(x) < 1.0, polynomial(x, _EXP_REMAINDER_SLOPE), ((1.0 - 2.0 / y) * ratio + 2.0 / y) / y)


@vector_function
def log1p_ratio(x: float) -> float:
    """Return log(1 + x)/x, which is 1 at 0. Relative error 4e-16.

    Examples
    --------
    >>> log1p_ratio(0.0)
    1.0
    """
    return select(x == 0.0, 1.0, log1p(x) / x)


@vector_function
def log1p_ratio_slope(x: float) -> float:
    """Return the derivative of log1p_ratio, which is -1/2 at 0. Relative error 5e-15.

    Examples
    --------
    >>> log1p_ratio_slope(0.0)
    -0.5
    """
    r = 1.0 / (1.0 + x)
    return select(abs(x) < _TINY, (2.0 / 3.0) * x - 0.5, log_less(r, -x * r) / x / x)


@vector_function
def stirling_error(t: float) -> float:
    """Return what Stirling's formula leaves of lgamma at x = 1/t, 0 at t = 0. Relative error 5e-15.

    It is lgamma(x) - ((x - 1/2) log(x) - x + log(2 pi)/2).

    Examples
    --------
    >>> stirling_error(0.0)
    0.0
    """
    x = 1.0 / t
    near = (x - 0.5) * log(x) - x + _HALF_LOG_2PI
    return select(x >= STIRLING_FROM, t * polynomial(t * t, STIRLING), lgamma(x) - near)


@vector_function
def stirling_error_slope(t: float) -> float:
    """Return the derivative of stirling_error, which is 1/12 at 0. Relative error 8e-15.

    Examples
    --------
    >>> round(12.0 * stirling_error_slope(0.0), 12)
    1.0
    """
    x = 1.0 / t
    return select(x >= STIRLING_FROM, polynomial(t * t, DIGAMMA_TAIL), x * x * (log(x) - digamma(x) - 0.5 * t))
