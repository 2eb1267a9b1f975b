"""Sine, cosine, tangent and its inverse, the hyperbolic tangent, and the distribution function of the Cauchy distribution.

Errors as in `elementary`.
"""

from __future__ import annotations

import math

import numpy as np

from partialpool.engine.vecmath.elementary import expm1, log_sum
from partialpool.engine.vecmath.primitives import bits, fma, from_bits, polynomial, select, two_sum, vector_function

__all__ = ["atan", "cauchy_cdf", "cos", "log_cauchy_cdf", "sin", "tan", "tanh"]

_NAN = math.nan
_TWO_OVER_PI = 0.6366197723675814
# pi/2 in three doubles
_HALF_PI = 1.5707963267948966
_HALF_PI_LOW = 6.123233995736766e-17
_HALF_PI_LOWEST = -1.4973849048591698e-33
_ONE_OVER_PI = 0.3183098861837907
_ROUND = 6755399441055744.0
_LARGEST = 1e15
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_TO_SIGN = np.uint64(62)
_TAN_PI_8 = 0.41421356237309503
_TAN_3PI_8 = 2.414213562373095

# sin(r) = r + r z P(z), cos(r) = 1 - z/2 + z^2 Q(z), z = r^2, |r| <= pi/4
_SIN = (
    -0.16666666666666638,
    0.008333333333323355,
    -0.00019841269830406488,
    2.7557313865978853e-06,
    -2.5050781756908708e-08,
    1.5898012977520882e-10,
)
_COS = (
    0.04166666666666664,
    -0.00138888888888791,
    2.480158729220166e-05,
    -2.7557315055725886e-07,
    2.087581027300731e-09,
    -1.1363796826262013e-11,
)

# atan(t) = t + t z P(z), z = t^2, |t| <= tan(pi/8)
_ATAN = (
    -0.3333333333333333,
    0.19999999999998785,
    -0.1428571428549792,
    0.1111111109383733,
    -0.09090908318944277,
    0.07692286207747527,
    -0.06666272095364754,
    0.058774224631286495,
    -0.05220757776354465,
    0.04512360345540774,
    -0.033664756363182086,
    0.015375604794368348,
)


@vector_function
def _quadrant(x: float) -> tuple[float, float, float]:
    """Return n, r and r's rounding error, with x = n pi/2 + r, |r| <= pi/4, for |x| <= 1e15; r is NaN beyond."""
    n = (x * _TWO_OVER_PI + _ROUND) - _ROUND
    product = n * _HALF_PI_LOW
    r, low = two_sum(fma(-n, _HALF_PI, x), -product)
    r, low = two_sum(r, low - (fma(n, _HALF_PI_LOW, -product) + n * _HALF_PI_LOWEST))
    return n, select(abs(x) <= _LARGEST, r, _NAN), low


@vector_function
def _sin_cos(r: float, low: float) -> tuple[float, float]:
    """Return the sine and cosine of r + low, |r| <= pi/4."""
    z = r * r
    sine = r + (r * z * polynomial(z, _SIN) + low * (1.0 - 0.5 * z))
    half = 0.5 * z
    one = 1.0 - half
    return sine, one + (((1.0 - one) - half) + (z * z * polynomial(z, _COS) - r * low))


@vector_function
def _turned(n: float, sine: float, cosine: float) -> float:
    """Return the sine of n quarter turns more."""
    quarter = bits(n + _ROUND)
    value = select((quarter & _ONE) == _ONE, cosine, sine)
    return from_bits(bits(value) ^ ((quarter & _TWO) << _TO_SIGN))


@vector_function
def sin(x: float) -> float:
    """Return the sine of x (radians) for |x| <= 1e15, NaN beyond. 0.8 ulp.

    Examples
    --------
    >>> sin(0.0)
    0.0
    """
    n, r, low = _quadrant(x)
    sine, cosine = _sin_cos(r, low)
    return _turned(n, sine, cosine)


@vector_function
def cos(x: float) -> float:
    """Return the cosine of x (radians) for |x| <= 1e15, NaN beyond. 0.8 ulp.

    Examples
    --------
    >>> cos(0.0)
    1.0
    """
    n, r, low = _quadrant(x)
    sine, cosine = _sin_cos(r, low)
    return _turned(n + 1.0, sine, cosine)


@vector_function
def tan(x: float) -> float:
    """Return the tangent of x (radians) for |x| <= 1e15, NaN beyond. 2 ulp.

    Examples
    --------
    >>> tan(0.0)
    0.0
    """
    n, r, low = _quadrant(x)
    sine, cosine = _sin_cos(r, low)
    return _turned(n, sine, cosine) / _turned(n + 1.0, sine, cosine)


@vector_function
def _angle(rise: float, run: float) -> float:
    """Return atan(rise / run) for rise >= 0, run >= 0, of which at most one is 0 or inf."""
    steep = rise > _TAN_3PI_8 * run
    middle = rise > _TAN_PI_8 * run
    numerator = select(steep, -run, select(middle, rise - run, rise))
    t = numerator / select(steep, rise, select(middle, rise + run, run))
    low = select(steep, _HALF_PI_LOW, select(middle, 0.5 * _HALF_PI_LOW, 0.0))
    z = t * t
    return select(steep, _HALF_PI, select(middle, 0.5 * _HALF_PI, 0.0)) + (t + (t * z * polynomial(z, _ATAN) + low))


@vector_function
def atan(x: float) -> float:
    """Return the inverse tangent of x (radians). 1.5 ulp.

    Examples
    --------
    >>> atan(0.0)
    0.0
    """
    angle = _angle(abs(x), 1.0)
    return select(x < 0.0, -angle, angle)


@vector_function
def tanh(x: float) -> float:
    """Return the hyperbolic tangent of x. 2 ulp.

    Examples
    --------
    >>> tanh(100.0)
    1.0
    """
    y = abs(x)
    e = expm1(2.0 * select(y > 22.0, 22.0, y))
    t = e / (e + 2.0)
    return select(x < 0.0, -t, t)


@vector_function
def cauchy_cdf(x: float) -> float:
    """Return the distribution function of the standard Cauchy distribution, accurate in both tails. 2 ulp.

    Examples
    --------
    >>> cauchy_cdf(0.0)
    0.5
    """
    tail = _ONE_OVER_PI * _angle(1.0, abs(x))
    return select(x > 0.0, 1.0 - tail, tail)


@vector_function
def log_cauchy_cdf(x: float) -> float:
    """Return log(cauchy_cdf(x)), accurate in both tails. Relative error 1e-15.

    Examples
    --------
    >>> log_cauchy_cdf(1e300) < 0.0
    True
    """
    tail = _ONE_OVER_PI * _angle(1.0, abs(x))
    total, low = two_sum(1.0, -tail)
    above = x > 0.0
    return log_sum(select(above, total, tail), select(above, low, 0.0))
