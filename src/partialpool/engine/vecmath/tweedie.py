"""The series in the density of sums of a Poisson number of gamma quantities (Tweedie distributions of power 1 to 2).

With a Poisson mean `rate` and gamma quantities of shape `alpha` and unit scale, the density of the sum s at its mean,
s = rate * alpha, times s is the sum over j >= 1 of

    rate^j (alpha rate)^(j alpha) exp(-rate (1 + alpha)) / (j! gamma(j alpha))
        = sqrt(alpha)/(2 pi) exp(-(1 + alpha) D(j) - e(j) - e(j alpha)),   D(j) = j log(j/rate) - j + rate,

e the error of Stirling's formula: no term cancels against another. Terms are near to a normal density of variance
rate/(1 + alpha). Where that is large, only every h-th is added up, h times: by Poisson's summation formula the error is of the
order exp(-2 pi^2 variance/h^2). So some thirty terms are usually enough, and they are computed side by side. Relative errors
are in `tests/engine/test_vecmath_tweedie.py`.

Dunn and Smyth (2005). Series evaluation of Tweedie exponential dispersion model densities. Statistics and Computing, 15(4),
267-280.
"""

from __future__ import annotations

import math

from partialpool.engine.vecmath.elementary import exp, log, log_less_near, sqrt
from partialpool.engine.vecmath.gamma import DIGAMMA_TAIL, STIRLING, STIRLING_FROM
from partialpool.engine.vecmath.primitives import add, iterative_function, polynomial, select, vector_function

__all__ = ["log_tweedie_series", "log_tweedie_series_alpha", "log_tweedie_series_and_slopes", "log_tweedie_series_rate"]

_INF = math.inf
_NAN = math.nan
_LOG_2PI = 1.8378770664093454
_ERROR_1 = 0.08106146679532726
_ERROR_2 = 0.0413406959554093
"""Errors of Stirling's formula at 1 and 2."""

_NOTHING = 39.0
"""What logarithms of terms fall by until they do not matter."""

_NEAR = 0.25
_FAR_FROM_ZERO = 80.0
_WIDE = 3.0
_STEP = 0.7
_LANES = 8
"""Terms that are computed side by side."""


@vector_function
def _deviance(j: float, excess: float, log_ratio: float) -> float:
    """Return j log(j/rate) - j + rate for rate = j - excess, given log(j/rate)."""
    share = -excess / j
    return select(abs(share) < _NEAR, -j * log_less_near(share), j * log_ratio - excess)


@vector_function
def _error(j: float) -> float:
    """Return the error of Stirling's formula at 1, at 2, and from 2.5."""
    r = 1.0 / select(j < STIRLING_FROM, STIRLING_FROM, j)
    return select(j == 1.0, _ERROR_1, select(j == 2.0, _ERROR_2, r * polynomial(r * r, STIRLING)))


@vector_function
def _error_and_slope(x: float) -> tuple[float, float]:
    """Return the error of Stirling's formula at x >= 2.5 and its derivative."""
    r = 1.0 / x
    w = r * r
    return r * polynomial(w, STIRLING), -w * polynomial(w, DIGAMMA_TAIL)


@vector_function
def _low_error_and_slope(x: float, log_x: float) -> tuple[float, float]:
    """Return the error of Stirling's formula at x > 0 and its derivative, from those at x + 3."""
    error, slope = _error_and_slope(x + 3.0)
    log_s, product = log(x + 3.0), (x + 1.0) * (x + 2.0)
    error += (x + 2.5) * log_s - (x + 0.5) * log_x - log(product) - 3.0
    return error, slope + log_s - log_x - 0.5 / (x + 3.0) - 0.5 / x - (2.0 * x + 3.0) / product


@iterative_function
def log_tweedie_series_and_slopes(rate: float, alpha: float) -> tuple[float, float, float]:
    """Return the logarithm of the series and its derivatives with respect to rate and alpha.

    Examples
    --------
    >>> log_tweedie_series_and_slopes(5.0, 0.5)[1] == log_tweedie_series_rate(5.0, 0.5)
    True
    """
    if not (rate > 0.0 and alpha > 0.0 and rate < _INF and alpha < _INF):
        return _NAN, _NAN, _NAN
    log_rate, log_alpha = log(rate), log(alpha)
    width = sqrt(rate / (1.0 + alpha))
    # Where the deviance, which is at least excess^2/(2 (rate + excess/3)), makes terms vanish.
    fall = _NOTHING / (1.0 + alpha)
    above = fall / 3.0 + sqrt(fall * fall / 9.0 + 2.0 * fall * rate)
    below = sqrt(2.0 * _NOTHING) * width
    middle, stride = max(1.0, math.floor(rate + 0.5)), 1.0
    if rate * (1.0 + alpha) > _FAR_FROM_ZERO and width > _WIDE:
        middle, stride = rate, _STEP * width
    reach = stride * math.floor(min(below, middle - 0.5) / stride)
    count = int((reach + above) / stride) + 2
    start = _deviance(middle, middle - rate, log(middle) - log_rate)
    total, mean, change = 0.0, 0.0, 0.0
    for k in range(0, count, _LANES):
        low = alpha * (middle + stride * k - reach) < STIRLING_FROM
        for lane in range(_LANES):
            step = stride * (k + lane) - reach
            j, excess = middle + step, (middle - rate) + step
            log_j = log(j)
            deviance = _deviance(j, excess, log_j - log_rate)
            if low:
                error, slope = _low_error_and_slope(j * alpha, log_j + log_alpha)
            else:
                error, slope = _error_and_slope(j * alpha)
            weight = exp((1.0 + alpha) * (start - deviance) - _error(j) - error)
            total = add(total, weight)
            mean = add(mean, weight * excess)
            change = add(change, -weight * (j * slope + deviance))
    value = log(total * stride) - (1.0 + alpha) * start + 0.5 * log_alpha - _LOG_2PI
    return value, (1.0 + alpha) * mean / (total * rate), 0.5 / alpha + change / total


@vector_function
def log_tweedie_series(rate: float, alpha: float) -> float:
    """Return the logarithm of the series.

    Examples
    --------
    >>> round(log_tweedie_series(1.0, 1.0), 6)
    -1.535866
    """
    return log_tweedie_series_and_slopes(rate, alpha)[0]


@vector_function
def log_tweedie_series_rate(rate: float, alpha: float) -> float:
    """Return the derivative of log_tweedie_series with respect to rate.

    Examples
    --------
    >>> round(1e-6 * log_tweedie_series_rate(1e-6, 1.0), 5)
    2.0
    """
    return log_tweedie_series_and_slopes(rate, alpha)[1]


@vector_function
def log_tweedie_series_alpha(rate: float, alpha: float) -> float:
    """Return the derivative of log_tweedie_series with respect to alpha.

    Examples
    --------
    >>> log_tweedie_series_alpha(5.0, 0.5) > 0.0
    True
    """
    return log_tweedie_series_and_slopes(rate, alpha)[2]
