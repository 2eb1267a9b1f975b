"""The modified Bessel functions I0 and I1 as the von Mises distribution needs them: log I0 and the ratio I1/I0.

Below 10 the series in x^2/4, refitted; above, the logarithm's (the ratio's) asymptotic series in 1/x, refitted on the
whole range. Errors are relative, the largest seen against 60-digit arithmetic in `tests/engine/test_vecmath.py`.
"""

from __future__ import annotations

import math

from partialpool.engine.vecmath.elementary import log_sum
from partialpool.engine.vecmath.primitives import polynomial, select, two_sum, vector_function

__all__ = ["bessel_ratio", "bessel_ratio_m1", "log_bessel_i0", "log_bessel_i0e"]

_INF = math.inf
_TAIL_FROM = 10.0
_TWO_PI = 6.283185307179586

# I0(x) = 1 + q P(q), I1(x) = x/2 Q(q), q = x^2/4, 0 <= x <= 10
_I0 = (
    1.0,
    0.25,
    0.027777777777777814,
    0.0017361111111110416,
    6.944444444451249e-05,
    1.929012345639328e-06,
    3.936759890639788e-08,
    6.151187288046468e-10,
    7.594059138095133e-12,
    7.594048982772389e-14,
    6.276173774690926e-16,
    4.35772156039158e-18,
    2.5824819421515907e-20,
    1.3021082539900074e-22,
    6.216334688253514e-25,
    1.6319772583108495e-27,
    1.4514714008379444e-29,
)
_I1 = (
    1.0,
    0.49999999999999994,
    0.08333333333333365,
    0.006944444444443778,
    0.0003472222222229375,
    1.1574074073623095e-05,
    2.7557319242224805e-07,
    4.9209498113704805e-09,
    6.834653552942957e-11,
    7.594044929747174e-13,
    6.903827293464962e-15,
    5.22903271763445e-17,
    3.3583029327283682e-19,
    1.819488025583471e-21,
    9.398209318808219e-24,
    2.5179894678872166e-26,
    2.520444853035512e-28,
)

# log I0(x) = x - log(2 pi x)/2 + y P(y), I1(x)/I0(x) = 1 + y Q(y), y = 1/x, x >= 10
_LOG_I0_TAIL = (
    0.12499999999999983,
    0.06250000000129037,
    0.06510416495742097,
    0.1015633973921964,
    0.20932170791706195,
    0.5783988513946366,
    -3.0513763827861395,
    372.74593688762747,
    -20813.99010819013,
    880167.300715476,
    -28082946.739668105,
    683109729.0315168,
    -12698466260.38868,
    179745222408.0958,
    -1916635778050.9072,
    15091705949558.709,
    -84841475011423.81,
    321325376734025.9,
    -733378373943228.6,
    761217224971935.4,
)
_RATIO_TAIL = (
    -0.49999999999999967,
    -0.12500000000257852,
    -0.12499999658429693,
    -0.1953142934081326,
    -0.40575314754275305,
    -1.131676627110313,
    6.154355595040076,
    -744.9248985033437,
    41607.193151774445,
    -1759532.8603698092,
    56143611.50684941,
    -1365759772.5482676,
    25390002563.533073,
    -359416572627.1509,
    3832759271649.376,
    -30181700113995.137,
    169687318197745.8,
    -642723873040574.1,
    1467060398454672.5,
    -1522898642411019.8,
)


@vector_function
def log_bessel_i0(x: float) -> float:
    """Return log(I0(x)), I0 the modified Bessel function of order 0. Relative error 1e-15, also near 0.

    Examples
    --------
    >>> log_bessel_i0(0.0)
    0.0
    """
    size = abs(x)
    tail = size > _TAIL_FROM
    q = 0.25 * size * size
    total, low = two_sum(1.0, q * polynomial(q, _I0))
    log_term = log_sum(select(tail, _TWO_PI * size, total), select(tail, 0.0, low))
    y = 1.0 / size
    above = size - (0.5 * log_term - y * polynomial(y, _LOG_I0_TAIL))
    return select(tail, select(size < _INF, above, _INF), log_term)


@vector_function
def bessel_ratio(x: float) -> float:
    """Return I1(x)/I0(x), the derivative of log_bessel_i0. Relative error 1e-15.

    Examples
    --------
    >>> bessel_ratio(0.0)
    0.0
    """
    size = abs(x)
    q = 0.25 * size * size
    y = 1.0 / size
    below = 0.5 * size * polynomial(q, _I1) / (1.0 + q * polynomial(q, _I0))
    ratio = select(size > _TAIL_FROM, 1.0 + y * polynomial(y, _RATIO_TAIL), below)
    return select(x < 0.0, -ratio, ratio)


@vector_function
def log_bessel_i0e(x: float) -> float:
    """Return log(I0(x)) - |x|. Relative error 4e-15.

    Examples
    --------
    >>> round(log_bessel_i0e(1e10) + 0.5 * math.log(2e10 * math.pi), 10)
    0.0
    """
    size = abs(x)
    y = 1.0 / size
    tail = y * polynomial(y, _LOG_I0_TAIL) - 0.5 * log_sum(_TWO_PI * size, 0.0)
    return select(size > _TAIL_FROM, tail, log_bessel_i0(x) - size)


@vector_function
def bessel_ratio_m1(x: float) -> float:
    """Return I1(x)/I0(x) - 1 for x >= 0, the derivative of log_bessel_i0e. Relative error 4e-15.

    Examples
    --------
    >>> round(1e10 * bessel_ratio_m1(1e10), 9)
    -0.5
    """
    y = 1.0 / x
    return select(x > _TAIL_FROM, y * polynomial(y, _RATIO_TAIL), bessel_ratio(x) - 1.0)
