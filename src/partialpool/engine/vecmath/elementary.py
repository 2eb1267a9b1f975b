"""Exponential, logarithm and their kin.

Errors are in units in the last place (ulp), the largest seen against 60-digit arithmetic on the arguments of
`tests/engine/test_vecmath.py`. Polynomials are minimax fits (Remez exchange, 50 digits). The sign of a zero
result is not kept.
"""

from __future__ import annotations

import math

import numpy as np

from partialpool.engine.vecmath.primitives import bits, fma, from_bits, polynomial, select, two_sum, vector_function

__all__ = ["exp", "exp_sum", "expm1", "log", "log1p", "log_less", "log_less_near", "log_sum", "pow", "scale", "sqrt"]

_INF = math.inf
_NAN = math.nan
_LOG2_E = 1.4426950408889634
# ln 2 in two parts; the first has 32 bits, so that its product with an exponent is exact.
_LN2_HIGH = 0.6931471803691238
_LN2_LOW = 1.9082149292705877e-10
# Adding 1.5 * 2^52 rounds to an integer, which then stands in the low bits.
_ROUND = 6755399441055744.0
_SHIFT = np.uint64(52)
_ONE_BITS = np.uint64(0x3FF0000000000000)
_SQRT_HALF_BITS = np.uint64(0x3FE6A09E667F3BCD)
_MANTISSA = np.uint64(0x000FFFFFFFFFFFFF)
_TWO_52_BITS = np.uint64(0x4330000000000000)
_SMALLEST_NORMAL = 2.2250738585072014e-308

# exp(r) = 1 + r + r^2 P(r), |r| <= ln(2)/2
_EXP = (
    0.5,
    0.16666666666666677,
    0.0416666666666667,
    0.008333333333321624,
    0.0013888888888866906,
    0.0001984126988613866,
    2.480158736029146e-05,
    2.755724420211655e-06,
    2.7557243053165256e-07,
    2.5109037907108347e-08,
    2.0924339859050248e-09,
)

# log((1 + s)/(1 - s)) = 2 s + s z P(z), z = s^2 <= (3 - sqrt(8))^2
_LOG = (
    0.6666666666666666,
    0.4000000000000454,
    0.2857142856950708,
    0.22222222595175892,
    0.18181779151183455,
    0.15386958795328154,
    0.13252744220637316,
    0.13229940535114415,
)
_LOG_TAIL = _LOG[1:]
# what rounding _LOG[0] left off
_LOG_FIRST_LOW = 5.640169383006482e-18


@vector_function
def scale(x: float, n: float) -> float:
    """Return x * 2**n for a whole number n in [-2000, 2000], rounded once even where the result is subnormal.

    Examples
    --------
    >>> scale(1.5, -1074.0)
    1e-323
    """
    half = 0.5 * n + _ROUND
    rest = (n - (half - _ROUND)) + _ROUND
    return x * from_bits((bits(half) << _SHIFT) + _ONE_BITS) * from_bits((bits(rest) << _SHIFT) + _ONE_BITS)


@vector_function
def _reduced(x: float) -> tuple[float, float]:
    """Return n, r with x = n ln 2 + r, |r| <= ln(2)/2."""
    n = (x * _LOG2_E + _ROUND) - _ROUND
    return n, (x - n * _LN2_HIGH) - n * _LN2_LOW


@vector_function
def exp_sum(x: float, low: float) -> float:
    """Return exp(x + low) where |low| is at most some units in the last place of x. 1 ulp.

    Examples
    --------
    >>> exp_sum(0.0, 0.0)
    1.0
    """
    n, r = _reduced(select(x > 710.0, 710.0, select(x < -746.0, -746.0, x)))
    r = r + low
    return scale(1.0 + (r + r * r * polynomial(r, _EXP)), n)


@vector_function
def exp(x: float) -> float:
    """Return e**x. 1 ulp; overflows to inf above 709.78, underflows gradually to 0 below -745.13.

    Examples
    --------
    >>> exp(0.0)
    1.0
    """
    return exp_sum(x, 0.0)


@vector_function
def expm1(x: float) -> float:
    """Return exp(x) - 1 without cancellation near 0. 1.6 ulp.

    Examples
    --------
    >>> expm1(1e-20)
    1e-20
    """
    n, r = _reduced(select(x > 710.0, 710.0, select(x < -40.0, -40.0, x)))
    inverse = from_bits((bits(_ROUND - select(n > 64.0, 64.0, n)) << _SHIFT) + _ONE_BITS)
    return scale((1.0 - inverse) + (r + r * r * polynomial(r, _EXP)), n)


@vector_function
def _split(x: float) -> tuple[float, float]:
    """Return k, m with x = m 2**k, m in [sqrt(1/2), sqrt(2)), for finite x > 0."""
    tiny = x < _SMALLEST_NORMAL
    pattern = bits(select(tiny, x * 18014398509481984.0, x)) + (_ONE_BITS - _SQRT_HALF_BITS)
    k = from_bits((pattern >> _SHIFT) | _TWO_52_BITS) - 4503599627371519.0
    return select(tiny, k - 54.0, k), from_bits((pattern & _MANTISSA) + _SQRT_HALF_BITS)


@vector_function
def _limits(x: float, value: float) -> float:
    """Return the logarithm at 0, inf, nan and below 0, else `value`."""
    return select(x > 0.0, select(x < _INF, value, x), select(x == 0.0, -_INF, _NAN))


@vector_function
def _log_scaled(k: float, m: float, correction: float) -> float:
    """Return k ln 2 + log(m) + correction."""
    f = m - 1.0
    s = f / (m + 1.0)
    z = s * s
    half_square = 0.5 * f * f
    low = s * (half_square + z * polynomial(z, _LOG)) + (k * _LN2_LOW + correction)
    return k * _LN2_HIGH - ((half_square - low) - f)


@vector_function
def log(x: float) -> float:
    """Return the natural logarithm of x: -inf at 0, NaN below. 0.9 ulp.

    Examples
    --------
    >>> log(1.0)
    0.0
    """
    k, m = _split(x)
    return _limits(x, _log_scaled(k, m, 0.0))


@vector_function
def log_sum(x: float, low: float) -> float:
    """Return log(x + low) where |low| is at most some units in the last place of x. 0.9 ulp.

    Examples
    --------
    >>> log_sum(1.0, 1e-20)
    1e-20
    """
    k, m = _split(x)
    return _limits(x, _log_scaled(k, m, low / x))


@vector_function
def log1p(x: float) -> float:
    """Return log(1 + x) without cancellation near 0. 0.9 ulp.

    Examples
    --------
    >>> log1p(1e-20)
    1e-20
    """
    u, low = two_sum(1.0, x)
    return log_sum(u, low)


@vector_function
def log_less_near(excess: float) -> float:
    """Return log(1 + excess) - excess for an excess between -0.29 and 0.41. Relative error 1e-15.

    Examples
    --------
    >>> log_less_near(0.0)
    0.0
    """
    s = excess / (2.0 + excess)
    z = s * s
    return s * (z * polynomial(z, _LOG) - excess)


@vector_function
def log_less(ratio: float, excess: float) -> float:
    """Return log(ratio) - excess, where ratio = 1 + excess and each is given to full precision. Relative error 1e-15.

    Examples
    --------
    >>> log_less(1.0, 0.0)
    0.0
    """
    return select((excess > -0.29) & (excess < 0.41), log_less_near(excess), log(ratio) - excess)


@vector_function
def sqrt(x: float) -> float:
    """Return the square root of x, correctly rounded; NaN below 0.

    Examples
    --------
    >>> sqrt(2.25)
    1.5
    """
    return math.sqrt(x)


@vector_function
def _log_double(x: float) -> tuple[float, float]:
    """Return log(x) as a sum of two doubles, relative error below 2**-64."""
    k, m = _split(x)
    f = m - 1.0
    d = m + 1.0
    s = f / d
    s_low = (fma(-s, d, f) - s * (m - (d - 1.0))) / d
    z = s * s
    z_low = fma(s, s, -z) + 2.0 * s * s_low
    # q = P(z), t = s z, both as two doubles, and their product u
    tail = z * polynomial(z, _LOG_TAIL)
    q = _LOG[0] + tail
    q_low = (tail - (q - _LOG[0])) + _LOG_FIRST_LOW
    t = s * z
    t_low = fma(s, z, -t) + s * z_low + s_low * z
    u = t * q
    u_low = fma(t, q, -u) + t * q_low + t_low * q
    high, low = two_sum(k * _LN2_HIGH, 2.0 * s)
    high, more = two_sum(high, u)
    return _limits(x, high), (low + more) + (k * _LN2_LOW + (2.0 * s_low + u_low))


@vector_function
def pow(x: float, y: float) -> float:  # noqa: A001 - the name in formulas
    """Return x**y for x >= 0, as exp(y log(x)) with the logarithm in two doubles; NaN for x < 0. 1 ulp.

    x**0 and 1**y are 1; a whole power of a negative number is not taken care of.

    Examples
    --------
    >>> pow(2.0, 10.0)
    1024.0
    """
    log_x, log_x_low = _log_double(x)
    high = y * log_x
    low = fma(y, log_x, -high) + y * log_x_low
    power = exp_sum(high, select(abs(high) < 1000.0, low, 0.0))
    return select((x == 1.0) | (y == 0.0), 1.0, power)
