"""The normal distribution, accurate in both tails.

Everything stands on Mills' ratio M(x) = (1 - Phi(x))/phi(x), x >= 0, one polynomial in (x - 5)/(x + 5) for the whole half
line. Errors are relative, the largest seen against 60-digit arithmetic in `tests/engine/test_vecmath.py`.
"""
# ruff: noqa: N802 - Phi is the name of the function

from __future__ import annotations

from partialpool.engine.vecmath.elementary import exp_sum, log_sum
from partialpool.engine.vecmath.primitives import fma, polynomial, select, two_sum, vector_function

__all__ = ["Phi", "erfc", "inv_mills", "log_Phi", "log_phi", "phi"]

_HALF_LOG_2PI = 0.9189385332046728
_ONE_OVER_SQRT_2PI = 0.3989422804014327
_SQRT_2 = 1.4142135623730951
_SQRT_2_OVER_PI = 0.7978845608028654

# M(x) = P(t) / (1 + x), t = (x - 5)/(x + 5), x >= 0
_MILLS = (
    1.1568486282918946,
    -0.2294875382521129,
    0.07778159886873555,
    0.025072179301612048,
    -0.0661776007789942,
    0.06150504584101015,
    -0.038026592187746254,
    0.01634823126926747,
    -0.004201290310827912,
    1.9530732430250396e-05,
    0.00045704381918472344,
    -0.00013437474355042895,
    -2.4805462173430312e-05,
    2.2711114446890373e-05,
    -1.7722512942437364e-07,
    -3.2805473838250264e-06,
    3.219560343493786e-07,
    4.967883065479002e-07,
    -6.736660660430632e-08,
    -8.229159081457858e-08,
    1.0071448404303457e-08,
    1.3989379319229956e-08,
    -1.0801749121378946e-09,
    -2.031514361926331e-09,
    6.210525612420633e-11,
    1.71949529119582e-10,
)


@vector_function
def _scaled_mills(x: float) -> float:
    """Return (1 + x) M(x) for x >= 0."""
    return polynomial(1.0 - 10.0 / (x + 5.0), _MILLS)


@vector_function
def _exp_square(x: float, factor: float) -> float:
    """Return exp(factor * x**2) for a factor that is minus a power of two."""
    square = x * x
    low = fma(x, x, -square)
    return exp_sum(factor * square, select(square < 1e4, factor * low, 0.0))


@vector_function
def phi(x: float) -> float:
    """Return the standard normal density. Relative error 4e-16.

    Examples
    --------
    >>> phi(0.0)
    0.3989422804014327
    """
    return _ONE_OVER_SQRT_2PI * _exp_square(x, -0.5)


@vector_function
def log_phi(x: float) -> float:
    """Return the logarithm of the standard normal density. Relative error 2e-16.

    Examples
    --------
    >>> log_phi(0.0)
    -0.9189385332046728
    """
    return -0.5 * x * x - _HALF_LOG_2PI


@vector_function
def erfc(x: float) -> float:
    """Return the complementary error function. Relative error 1e-15.

    Examples
    --------
    >>> round(erfc(1.0), 6)
    0.157299
    """
    y = _SQRT_2 * abs(x)
    tail = _SQRT_2_OVER_PI * _exp_square(x, -1.0) * (_scaled_mills(y) / (1.0 + y))
    return select(x < 0.0, 2.0 - tail, tail)


@vector_function
def Phi(x: float) -> float:
    """Return the standard normal distribution function. Relative error 1e-15 down to its underflow at -37.5.

    Examples
    --------
    >>> round(Phi(1.96), 6)
    0.975002
    """
    y = abs(x)
    tail = phi(x) * (_scaled_mills(y) / (1.0 + y))
    return select(x > 0.0, 1.0 - tail, tail)


@vector_function
def log_Phi(x: float) -> float:
    """Return log(Phi(x)) for any x. Relative error 1e-15.

    Examples
    --------
    >>> log_Phi(-1e10)
    -5e+19
    """
    y = abs(x)
    mills = _scaled_mills(y) / (1.0 + y)
    below = x < 0.0
    total, low = two_sum(1.0, -phi(x) * mills)
    return select(below, log_phi(x), 0.0) + log_sum(select(below, mills, total), select(below, 0.0, low))


@vector_function
def inv_mills(x: float) -> float:
    """Return phi(x)/Phi(x), the derivative of log_Phi, for any x. Relative error 1e-15.

    Examples
    --------
    >>> round(inv_mills(-10.0), 6)
    10.098093
    """
    y = abs(x)
    scaled = _scaled_mills(y)
    density = phi(x)
    below = x < 0.0
    numerator = select(below, 1.0 + y, density)
    return numerator / select(below, scaled, 1.0 - density * (scaled / (1.0 + y)))
