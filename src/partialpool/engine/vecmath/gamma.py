"""The gamma function's family: lgamma, digamma, trigamma, and differences of them that do not cancel.

Above 2.5 Stirling's formula, its remainder a polynomial in 1/x^2 that is fitted on the whole range and so does not
diverge; below, a polynomial about 2, reached by the recurrence. Both are computed and one is selected. Errors are
relative, the largest seen against 60-digit arithmetic in `tests/engine/test_vecmath.py`.
"""

from __future__ import annotations

import math

from partialpool.engine.vecmath.elementary import log, log1p
from partialpool.engine.vecmath.primitives import polynomial, select, vector_function

__all__ = [
    "DIGAMMA_TAIL",
    "STIRLING",
    "STIRLING_FROM",
    "digamma",
    "lgamma",
    "lgamma1p",
    "stirling_remainder",
    "trigamma",
]

_NAN = math.nan
STIRLING_FROM = 2.5
_HALF_LOG_2PI_MINUS_HALF = 0.4189385332046727

# lgamma(x) = (x - 1/2) log(x) - x + log(2 pi)/2 + P(w)/x, w = 1/x^2
STIRLING = (
    0.08333333333333333,
    -0.002777777777771626,
    0.0007936507909374425,
    -0.000595237620949583,
    0.0008417070811841144,
    -0.001915062762846855,
    0.0063176774205317915,
    -0.027076565068798134,
    0.1299142180588398,
    -0.5925943909552605,
    2.2307600243934282,
    -6.126294365966828,
    10.589886224917505,
    -8.524852582451159,
)

# lgamma(2 + t) = t P(t), |t| <= 1/2
_LGAMMA_NEAR_2 = (
    0.42278433509846713,
    0.32246703342411326,
    -0.06735230105319831,
    0.020580808427780563,
    -0.007385551028649711,
    0.0028905103310237997,
    -0.001192753912757671,
    0.0005096695156777532,
    -0.0002231547351870363,
    9.945766998365835e-05,
    -4.4926530839870145e-05,
    2.0505617920003137e-05,
    -9.437238901280355e-06,
    4.384587001066234e-06,
    -2.049745166071573e-06,
    9.203217857414792e-07,
    -4.2006357951158697e-07,
    2.784871863171285e-07,
    -1.43276081387016e-07,
)

# digamma(x) = log(x) - 1/(2 x) - w P(w), w = 1/x^2
DIGAMMA_TAIL = (
    0.08333333333333316,
    -0.008333333332972797,
    0.003968253840413835,
    -0.004166648235772827,
    0.007574310421559517,
    -0.021021448041787218,
    0.08092569496297775,
    -0.3840379844251865,
    1.9292885920631262,
    -8.829566796765153,
    32.53870411019604,
    -86.46242638224412,
    143.95549521955692,
    -111.51219851265058,
)

# digamma(2 + t) = P(t), |t| <= 1/2
_DIGAMMA_NEAR_2 = (
    0.42278433509846713,
    0.6449340668482264,
    -0.20205690315959526,
    0.08232323371114154,
    -0.03692775514324255,
    0.0173430619841838,
    -0.008349277388410242,
    0.004077356207639774,
    -0.002008392658520803,
    0.0009945749322275775,
    -0.0004941910846845306,
    0.00024608893182609577,
    -0.00012269106775048406,
    6.12299917479313e-05,
    -3.0711355824120844e-05,
    1.5369427298980936e-05,
    -7.230895323721991e-06,
    3.5629362873124555e-06,
    -2.6286090995678295e-06,
    1.3572647631162386e-06,
)

# trigamma(x) = 1/x + w/2 + w P(w)/x, w = 1/x^2
_TRIGAMMA_TAIL = (
    0.1666666666666659,
    -0.033333333331476915,
    0.02380952304131464,
    -0.03333320434347289,
    0.07574578381322873,
    -0.25243548957870904,
    1.1398940329717555,
    -6.318804000806436,
    37.688052597992574,
    -211.37951493722633,
    998.9735324273603,
    -3642.774082299312,
    9379.974025607706,
    -14994.427086630187,
    11115.194311198782,
)

# trigamma(2 + t) = P(t), |t| <= 1/2
_TRIGAMMA_NEAR_2 = (
    0.6449340668482264,
    -0.4041138063191885,
    0.2469697011334146,
    -0.14771102057350066,
    0.08671530992224687,
    -0.05009566428972683,
    0.028541493385167056,
    -0.016067142680228037,
    0.008951176174657037,
    -0.004941884489027123,
    0.002706951471566898,
    -0.0014725803486964513,
    0.0007962345100510368,
    -0.00042807158592718213,
    0.00022915844086367104,
    -0.00012302814847411838,
    6.529477311038147e-05,
    -3.1784628542956336e-05,
    1.685114676659258e-05,
    -1.3804636579512958e-05,
    7.184066108310488e-06,
)


@vector_function
def _from_2(x: float) -> float:
    """Return x + k - 2 with the whole k for which |x + k - 2| <= 1/2, for 0 < x < 2.5, exactly."""
    return select(x < 0.5, x, select(x < 1.5, x - 1.0, x - 2.0))


@vector_function
def lgamma1p(x: float) -> float:
    """Return lgamma(1 + x) for |x| <= 1/2. Relative error 1e-15, also near 0.

    Examples
    --------
    >>> lgamma1p(0.0)
    0.0
    """
    return x * polynomial(x, _LGAMMA_NEAR_2) - log1p(x)


@vector_function
def stirling_remainder(x: float) -> float:
    """Return lgamma(x) - ((x - 1/2) log(x) - x + log(2 pi)/2) for x >= 2.5. Absolute error 1e-17.

    Examples
    --------
    >>> round(12.0 * 1e6 * stirling_remainder(1e6), 9)
    1.0
    """
    r = 1.0 / x
    return r * polynomial(r * r, STIRLING)


@vector_function
def lgamma(x: float) -> float:
    """Return log(gamma(x)) for x >= 0: inf at 0, NaN below. Relative error 1e-15, also about the zeros at 1 and 2.

    Examples
    --------
    >>> lgamma(1.0)
    0.0
    """
    tail = x >= STIRLING_FROM
    t = _from_2(x)
    rising = select(x < 0.5, x * (x + 1.0), select(x < 1.5, x, 1.0))
    log_x = log(select(tail, x, rising))
    stirling = (x - 0.5) * (log_x - 1.0) + (_HALF_LOG_2PI_MINUS_HALF + stirling_remainder(x))
    return select(tail, stirling, select(x < 0.0, _NAN, t * polynomial(t, _LGAMMA_NEAR_2) - log_x))


@vector_function
def digamma(x: float) -> float:
    """Return the derivative of lgamma for x >= 0: -inf at 0, NaN below.

    Relative error 1e-15; near the zero at 1.4616 absolute error 3e-16.

    Examples
    --------
    >>> digamma(1.0)
    -0.5772156649015329
    """
    tail = x >= STIRLING_FROM
    low = x < 0.5
    r = 1.0 / select(low, x * (x + 1.0), x)
    w = r * r
    below = polynomial(_from_2(x), _DIGAMMA_NEAR_2) - select(x < 1.5, select(low, 2.0 * x + 1.0, 1.0) * r, 0.0)
    return select(tail, log(x) - (0.5 * r + w * polynomial(w, DIGAMMA_TAIL)), select(x < 0.0, _NAN, below))


@vector_function
def trigamma(x: float) -> float:
    """Return the second derivative of lgamma for x >= 0: inf at 0, NaN below. Relative error 1e-15.

    Examples
    --------
    >>> trigamma(1.0)
    1.6449340668482264
    """
    tail = x >= STIRLING_FROM
    low = x < 0.5
    product = x * (x + 1.0)
    r = 1.0 / select(low, product, x)
    w = r * r
    below = polynomial(_from_2(x), _TRIGAMMA_NEAR_2) + select(x < 1.5, select(low, 2.0 * product + 1.0, 1.0) * w, 0.0)
    stirling = r + w * (0.5 + r * polynomial(w, _TRIGAMMA_TAIL))
    return select(tail, stirling, select(x < 0.0, _NAN, below))
