"""The normal distribution, accurate in both tails.

Everything stands on Mills' ratio M(x) = (1 - Phi(x))/phi(x), x >= 0, one polynomial in (x - 5)/(x + 5) for the whole half
line. Errors are relative, the largest seen against 60-digit arithmetic in `tests/engine/test_vecmath.py`.
"""
# ruff: noqa: N802 - Phi is the name of the function

from __future__ import annotations

import math

from partialpool.engine.vecmath.elementary import exp_sum, log, log_sum, sqrt
from partialpool.engine.vecmath.primitives import fma, polynomial, select, two_sum, vector_function

__all__ = [
    "Phi",
    "Phi_inverse",
    "erf",
    "erfc",
    "inv_mills",
    "log_Phi",
    "log_Phi_diff",
    "log_mills",
    "log_mills_slope",
    "log_phi",
    "phi",
]

_INF = math.inf
_NAN = math.nan
_HALF_LOG_2PI = 0.9189385332046728
_ONE_OVER_SQRT_2PI = 0.3989422804014327
_ERF_BY_SERIES_TO = 0.75
_SQRT_2 = 1.4142135623730951
_SQRT_2_OVER_PI = 0.7978845608028654

# erf(x) = x P(x^2), |x| <= 3/4
_ERF = (
    1.1283791670955126,
    -0.37612638903183715,
    0.11283791670952482,
    -0.026866170644402696,
    0.005223977615124203,
    -0.0008548326169186207,
    0.00012055288779975639,
    -1.4924176683082207e-05,
    1.6430388610664248e-06,
    -1.5937601144617582e-07,
    1.146375499912527e-08,
)

# the quantile of exp(-r^2) times 1 - t, t = (r - 2)/(r + 2), sqrt(ln 2) <= r <= 28
_QUANTILE = (
    -2.0898499937232105,
    -4.432683709129315,
    1.2029852149727194,
    -0.5925539278377085,
    0.41091209775294396,
    -0.28835874837308895,
    0.2290187956332116,
    -0.20637299834577283,
    0.21602391727558332,
    -0.1632981072414512,
    0.057013013882270494,
)

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

# 1/M(x) - x = P(t) / (1 + x), t as there
_MILLS_SLOPE = (
    1.1190238027550528,
    -0.0967464057683122,
    -0.11866051557252501,
    0.1844706539141396,
    -0.12577698207141508,
    0.033328485161112115,
    0.020872159166179648,
    -0.025048879970950483,
    0.007468530947351267,
    0.0047328091249316945,
    -0.005198405246830961,
    0.0010221954579218838,
    0.0012864289739112004,
    -0.0009640302337162738,
    2.3505750933040084e-05,
    0.0003018947104379877,
    -0.00014328870370746766,
    -2.9443930720147063e-05,
    5.674558941486454e-05,
    -1.7126516217273675e-05,
    -9.05804471244757e-06,
    9.790266581028353e-06,
    -1.8415118059999495e-06,
    -2.528332876645594e-06,
    1.6389210035154049e-06,
    3.0070294465329335e-07,
    -5.272753560850006e-07,
    1.0785238592991397e-08,
    9.459955098238857e-08,
    -5.771947235305562e-09,
    -7.875611485267208e-09,
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
def erf(x: float) -> float:
    """Return the error function. Relative error 4e-16, also near 0.

    Examples
    --------
    >>> round(erf(1.0), 6)
    0.842701
    """
    tail = 1.0 - erfc(abs(x))
    return select(abs(x) < _ERF_BY_SERIES_TO, x * polynomial(x * x, _ERF), select(x < 0.0, -tail, tail))


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


@vector_function
def log_mills(x: float) -> float:
    """Return the logarithm of Mills' ratio (1 - Phi(x))/phi(x) for any x. Relative error 1e-15, absolute error 4e-16.

    Examples
    --------
    >>> round(log_mills(1e10) + log(1e10), 12)
    0.0
    """
    y = abs(x)
    mills = _scaled_mills(y) / (1.0 + y)
    below = x < 0.0
    total, low = two_sum(1.0, -phi(x) * mills)
    return log_sum(select(below, total, mills), select(below, low, 0.0)) - select(below, log_phi(x), 0.0)


@vector_function
def log_mills_slope(x: float) -> float:
    """Return x - phi(x)/(1 - Phi(x)), the derivative of log_mills, for any x. Relative error 2e-15.

    Examples
    --------
    >>> round(1e10 * log_mills_slope(1e10), 12)
    -1.0
    """
    y = select(x < 0.0, 0.0, x)
    return select(x < 0.0, x - inv_mills(-x), -polynomial(1.0 - 10.0 / (y + 5.0), _MILLS_SLOPE) / (1.0 + y))


@vector_function
def Phi_inverse(p: float) -> float:
    """Return the standard normal quantile of a probability: -inf at 0, inf at 1, NaN outside.

    A polynomial in sqrt(-log(p)), error below 1e-6, and one step of Halley's method on log_Phi. Relative error 1e-15 in
    the tails, absolute error 4e-16 near 1/2.

    Examples
    --------
    >>> round(Phi_inverse(0.975), 6)
    1.959964
    """
    above = p > 0.5
    log_p = log(select(above, 1.0 - p, p))
    r = sqrt(-log_p)
    t = (r - 2.0) / (r + 2.0)
    x = polynomial(t, _QUANTILE) / (1.0 - t)
    gap = log_Phi(x) - log_p
    slope = inv_mills(x)
    x = x - 2.0 * gap / (2.0 * slope + gap * (x + slope))
    x = select(p == 0.5, 0.0, select((p == 0.0) | (p == 1.0), -_INF, x))
    return select(above, -x, x)


@vector_function
def _hermite_series(m: float, s: float) -> float:
    """Return the mean of phi(m + u)/phi(m) over |u| < sqrt(s): the sum of He_2k(m) s^k / (2 k + 1)!, k <= 8."""
    odd = m
    even = m * m - 1.0
    term = s / 6.0
    total = 1.0 + term * even
    for k in range(1, 8):
        odd = m * even - 2.0 * k * odd
        even = m * odd - (2.0 * k + 1.0) * even
        term = term * s / ((2.0 * k + 2.0) * (2.0 * k + 3.0))
        total = total + term * even
    return total


@vector_function
def log_Phi_diff(x: float, y: float) -> float:
    """Return log(Phi(x) - Phi(y)) for x >= y: -inf where they are equal, NaN where x < y.

    Narrow intervals by a series about their middle, others by what the tails leave. Relative error 2e-15, absolute error
    4e-16 where the interval holds nearly everything or its logarithm is small.

    Examples
    --------
    >>> round(log_Phi_diff(41.0, 40.0), 6)
    -804.608442
    """
    mirrored = x + y > 0.0
    upper, lower = select(mirrored, -y, x), select(mirrored, -x, y)
    half = 0.5 * (upper - lower)
    middle = 0.5 * (upper + lower)
    narrow = half * select(middle < -1.0, -middle, 1.0) < 0.5
    mills_upper = _scaled_mills(abs(upper)) / (1.0 + abs(upper))
    mills_lower = _scaled_mills(abs(lower)) / (1.0 + abs(lower))
    below = upper <= 0.0
    ratio = exp_sum(2.0 * half * middle, 0.0) * mills_lower / mills_upper
    left_out = select(below, ratio, phi(upper) * mills_upper + phi(lower) * mills_lower)
    total, low = two_sum(1.0, -left_out)
    inside = select(narrow, 2.0 * half * _hermite_series(middle, half * half), total)
    base = select(narrow, log_phi(middle), select(below, log_phi(upper) + log(mills_upper), 0.0))
    return select(x < y, _NAN, base + log_sum(inside, select(narrow, 0.0, low)))
