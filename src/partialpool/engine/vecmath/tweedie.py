"""The series in the density of sums of a Poisson number of gamma quantities (Tweedie distributions of power 1 to 2).

With a Poisson mean `rate` and gamma quantities of shape `alpha` and unit scale, the density of the sum s at its mean,
s = rate * alpha, times s is the sum over j >= 1 of

    rate^j (alpha rate)^(j alpha) exp(-rate (1 + alpha)) / (j! gamma(j alpha))
        = sqrt(alpha)/(2 pi) exp(-(1 + alpha) D(j) - e(j) - e(j alpha)),   D(j) = j log(j/rate) - j + rate,

e the error of Stirling's formula: no term cancels against another. Terms are near to a normal density of variance
rate/(1 + alpha). Where that is large, only every h-th is added up, h times: by Poisson's summation formula the error is of the
order exp(-2 pi^2 variance/h^2). So at most about a hundred terms are needed. Relative errors are in
`tests/engine/test_vecmath_tweedie.py`.

Dunn and Smyth (2005). Series evaluation of Tweedie exponential dispersion model densities. Statistics and Computing, 15(4),
267-280.
"""

from __future__ import annotations

import math

from partialpool.engine.vecmath.elementary import exp, log, log_less, sqrt
from partialpool.engine.vecmath.gamma import DIGAMMA_TAIL, STIRLING, STIRLING_FROM
from partialpool.engine.vecmath.primitives import iterative_function, polynomial, vector_function
from partialpool.engine.vecmath.remainders import stirling_error, stirling_error_slope

__all__ = ["log_tweedie_series", "log_tweedie_series_alpha", "log_tweedie_series_and_slopes", "log_tweedie_series_rate"]

_INF = math.inf
_NAN = math.nan
_LOG_2PI = 1.8378770664093454
_ENOUGH = 1e-18
_ROUNDS = 100_000
_FAR_FROM_ZERO = 80.0
_WIDE = 3.0
_STEP = 0.6
_MANY = 20.0
_STIRLING_HEAD = STIRLING[:6]
_DIGAMMA_HEAD = DIGAMMA_TAIL[:6]


@vector_function
def _deviance(rate: float, excess: float) -> float:
    """Return j log(j/rate) - j + rate, j = rate + excess."""
    j = rate + excess
    return -j * log_less(rate / j, -excess / j)


@iterative_function
def _error(x: float) -> float:
    """Return the error of Stirling's formula at x; a branch spares what `stirling_error` computes in vain."""
    if x >= _MANY:
        return polynomial(1.0 / (x * x), _STIRLING_HEAD) / x
    return polynomial(1.0 / (x * x), STIRLING) / x if x >= STIRLING_FROM else stirling_error(1.0 / x)


@iterative_function
def _error_slope(x: float) -> float:
    """Return the derivative of the error."""
    w = 1.0 / (x * x)
    if x >= _MANY:
        return -w * polynomial(w, _DIGAMMA_HEAD)
    return -w * (polynomial(w, DIGAMMA_TAIL) if x >= STIRLING_FROM else stirling_error_slope(1.0 / x))


@vector_function
def _exponent(rate: float, alpha: float, excess: float) -> float:
    """Return the logarithm of the term of number rate + excess, without what all have in common."""
    j = rate + excess
    return -(1.0 + alpha) * _deviance(rate, excess) - _error(j) - _error(j * alpha)


@iterative_function
def _largest_term(rate: float, alpha: float) -> float:
    """Return the number of the largest term."""
    j = max(1.0, math.floor(rate + 0.5))
    here = _exponent(rate, alpha, j - rate)
    for step in (1.0, -1.0):
        while j + step >= 1.0:
            there = _exponent(rate, alpha, j + step - rate)
            if there <= here:
                break
            j, here = j + step, there
    return j


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
    width = sqrt(rate / (1.0 + alpha))
    coarse = rate * (1.0 + alpha) > _FAR_FROM_ZERO and width > _WIDE
    start = 0.0 if coarse else _largest_term(rate, alpha) - rate
    stride = _STEP * width if coarse else 1.0
    top = _exponent(rate, alpha, start)
    total, mean, change = 0.0, 0.0, 0.0
    for direction in (1.0, -1.0):
        for k in range(0 if direction > 0.0 else 1, _ROUNDS):
            excess = start + direction * k * stride
            if rate + excess < 0.5:
                break
            weight = exp(_exponent(rate, alpha, excess) - top)
            j = rate + excess
            total += weight
            mean += weight * excess
            change -= weight * (j * _error_slope(j * alpha) + _deviance(rate, excess))
            if weight < _ENOUGH * total:
                break
    value = top + log(total * stride) + 0.5 * log(alpha) - _LOG_2PI
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
