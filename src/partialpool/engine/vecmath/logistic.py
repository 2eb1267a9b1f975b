"""Sums, differences and complements of numbers given by their logarithms; the logistic function.

Errors as in `elementary`.
"""

from __future__ import annotations

import math

from partialpool.engine.vecmath.elementary import exp, expm1, log1p, log_sum
from partialpool.engine.vecmath.primitives import select, two_sum, vector_function

__all__ = ["inv_logit", "log1m_exp", "log1p_exp", "log_diff_exp", "log_inv_logit", "log_sum_exp", "logit"]

_INF = math.inf
_LN2 = 0.6931471805599453


@vector_function
def log1p_exp(x: float) -> float:
    """Return log(1 + exp(x)) for any x. 1.2 ulp.

    Examples
    --------
    >>> log1p_exp(1000.0)
    1000.0
    """
    return select(x > 0.0, x, 0.0) + log1p(exp(-abs(x)))


@vector_function
def inv_logit(x: float) -> float:
    """Return 1 / (1 + exp(-x)), accurate in both tails. 2 ulp.

    Examples
    --------
    >>> inv_logit(0.0)
    0.5
    """
    e = exp(-abs(x))
    return select(x < 0.0, e, 1.0) / (1.0 + e)


@vector_function
def logit(p: float) -> float:
    """Return log(p / (1 - p)): -inf at 0, inf at 1, NaN outside. 2 ulp, also near 1/2.

    Examples
    --------
    >>> logit(0.5)
    0.0
    """
    small = p < 0.25
    total, low = two_sum(1.0, (2.0 * p - 1.0) / (1.0 - p))
    return log_sum(select(small, p / (1.0 - p), total), select(small, 0.0, low))


@vector_function
def log_inv_logit(x: float) -> float:
    """Return log(inv_logit(x)) = -log(1 + exp(-x)). 1.2 ulp.

    Examples
    --------
    >>> log_inv_logit(-1000.0)
    -1000.0
    """
    return -log1p_exp(-x)


@vector_function
def log1m_exp(x: float) -> float:
    """Return log(1 - exp(x)) for x < 0: -inf at 0, NaN above. 1.5 ulp.

    By expm1 where x > -ln 2, by the sum 1 - exp(x) with its rounding error below (Mächler 2012).

    Examples
    --------
    >>> log1m_exp(-1e-300) < -690.0
    True
    """
    near = x > -_LN2
    total, low = two_sum(1.0, -exp(x))
    return log_sum(select(near, -expm1(x), total), select(near, 0.0, low))


@vector_function
def log_sum_exp(x: float, y: float) -> float:
    """Return log(exp(x) + exp(y)). Absolute error 1 ulp of the larger argument or of ln 2.

    Examples
    --------
    >>> log_sum_exp(1000.0, -1000.0)
    1000.0
    """
    larger = select(x > y, x, y)
    gap = select(x == y, 0.0, -abs(x - y))
    return larger + log1p(exp(gap))


@vector_function
def log_diff_exp(x: float, y: float) -> float:
    """Return log(exp(x) - exp(y)) for x >= y: -inf where they are equal, NaN where x < y.

    Absolute error 1 ulp of x, and the error that the rounding of y - x means for log(1 - exp(y - x)).

    Examples
    --------
    >>> log_diff_exp(1000.0, -1000.0)
    1000.0
    """
    return select(x == y, -_INF, x + log1m_exp(y - x))
