"""The vocabulary on numbers and NumPy arrays, as used after fitting. Numbers in, numbers out; nothing warns."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
from scipy import special

__all__ = [
    "Phi",
    "Phi_inverse",
    "absolute",
    "atan",
    "beta_inc",
    "binomial_ratio",
    "both",
    "cauchy_cdf",
    "cos",
    "digamma",
    "either",
    "equal",
    "erf",
    "exp",
    "exp_remainder",
    "expm1",
    "floor",
    "gamma_p",
    "gamma_q",
    "inv_logit",
    "lbeta",
    "lgamma",
    "lgamma_diff",
    "lgamma_rest",
    "log",
    "log1m_exp",
    "log1p",
    "log1p_exp",
    "log1p_ratio",
    "log_Phi",
    "log_Phi_diff",
    "log_bessel_i0",
    "log_bessel_i0e",
    "log_beta_binomial",
    "log_beta_binomial_cdf",
    "log_beta_inc",
    "log_beta_negative_binomial",
    "log_com_poisson",
    "log_com_poisson_cdf",
    "log_com_poisson_survival",
    "log_diff_exp",
    "log_first_passage",
    "log_gamma_p",
    "log_gamma_q",
    "log_less_linear",
    "log_mills",
    "log_share",
    "log_skew_normal_cdf",
    "log_student_cdf",
    "log_sum_exp",
    "log_tweedie_series",
    "logit",
    "maximum",
    "minimum",
    "power",
    "sign",
    "sin",
    "sqrt",
    "stirling_error",
    "student_cdf",
    "tan",
    "tanh",
    "trigamma",
    "von_mises_integral",
    "where",
    "xlog1py",
    "xlogy",
]

_LARGE = 1e3
"""From here on lgamma(a + n) - lgamma(a) is taken from Stirling's series."""


def _quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function of float64 arrays that returns a float where all arguments are numbers, and never warns."""

    @wraps(function)
    def quiet(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            result = function(*(np.asarray(argument, dtype=np.float64) for argument in arguments))
        return result if any(np.ndim(argument) for argument in arguments) else float(result)

    return quiet


def _log1m_exp(x: Any) -> Any:
    return np.where(x > -np.log(2.0), np.log(-np.expm1(x)), np.log1p(-np.exp(x)))


def _stirling_correction(a: Any) -> Any:
    return (1 / 12 - (1 / 360 - 1 / (1260 * a * a)) / (a * a)) / a


def _lgamma_diff(a: Any, n: Any) -> Any:
    large = (
        (a + n - 0.5) * np.log1p(n / a) + n * (np.log(a) - 1) + _stirling_correction(a + n) - _stirling_correction(a)
    )
    return np.where(a > _LARGE, large, special.gammaln(a + n) - special.gammaln(a))


def _lbeta(a: Any, b: Any) -> Any:
    smaller = np.minimum(a, b)
    return special.gammaln(smaller) - _lgamma_diff(np.maximum(a, b), smaller)


def _log_normal_difference(x: Any, y: Any) -> Any:
    """Return log(Phi(x) - Phi(y)) from the lower tails; narrow intervals as density times width."""
    upper, lower = np.where(x + y > 0, -y, x), np.where(x + y > 0, -x, y)
    middle, width = (upper + lower) / 2, upper - lower
    square = (width / 2) ** 2
    narrow = np.log(width) - middle**2 / 2 - np.log(2 * np.pi) / 2
    narrow += np.log1p(square * (middle**2 - 1) / 6 + square**2 * ((middle**2 - 6) * middle**2 + 3) / 120)
    log_upper = special.log_ndtr(upper)
    return np.where(
        width * (1 + np.abs(middle)) < 1e-2, narrow, log_upper + _log1m_exp(special.log_ndtr(lower) - log_upper)
    )


def _beta_inc(a: Any, b: Any, x: Any, y: Any) -> Any:
    """Return the incomplete beta function, from the smaller of x and y = 1 - x."""
    return np.where(x < y, special.betainc(a, b, x), special.betaincc(b, a, y))


def _log_of_probability(lower: Any, upper: Any, name: str, *arguments: Any) -> Any:
    """Return log(lower), given upper = 1 - lower; where that underflows, by the function of `vecmath` of this name."""
    result = np.where(lower < 0.5, np.log(lower), np.log1p(-upper))
    tiny = lower < np.finfo(float).tiny
    if not np.any(tiny):
        return result
    from partialpool.engine import vecmath

    parts = [np.broadcast_to(argument, result.shape)[tiny].tolist() for argument in arguments]
    result[tiny] = [getattr(vecmath, name)(*point) for point in zip(*parts, strict=True)]
    return result


def _log_gamma_p(a: Any, x: Any) -> Any:
    return _log_of_probability(special.gammainc(a, x), special.gammaincc(a, x), "log_gamma_p", a, x)


def _log_gamma_q(a: Any, x: Any) -> Any:
    return _log_of_probability(special.gammaincc(a, x), special.gammainc(a, x), "log_gamma_q", a, x)


def _log_beta_inc(a: Any, b: Any, x: Any, y: Any) -> Any:
    return _log_of_probability(_beta_inc(a, b, x, y), _beta_inc(b, a, y, x), "log_beta_inc", a, b, x, y)


def _student_cdf(z: Any, nu: Any) -> Any:
    ratio = (np.abs(z) / np.sqrt(nu)) ** 2
    tail = _beta_inc(nu / 2, 0.5, 1 / (1 + ratio), 1 / (1 + 1 / ratio)) / 2
    return np.where(z > 0, 1 - tail, tail)


def _log_student_cdf(z: Any, nu: Any) -> Any:
    return _log_of_probability(_student_cdf(z, nu), _student_cdf(-z, nu), "log_student_cdf", z, nu)


def _log_mills(x: Any) -> Any:
    below = special.log_ndtr(-x) + x * x / 2 + np.log(2 * np.pi) / 2
    return np.where(x < 0, below, np.log(special.erfcx(np.abs(x) / np.sqrt(2))) + np.log(np.pi / 2) / 2)


def _exp_remainder(x: Any) -> Any:
    series = sum(x**k / special.factorial(k + 2) for k in range(14))
    return np.where(np.abs(x) < 0.5, series, np.where(x > 700, np.inf, (np.expm1(x) / x - 1) / x))


def _stirling_error(t: Any) -> Any:
    x, w = 1 / t, t * t
    series = t * (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * 691 / 360360)))))
    return np.where(t < 0.1, series, special.gammaln(x) - ((x - 0.5) * np.log(x) - x + np.log(2 * np.pi) / 2))


def _compiled(name: str) -> Callable[..., Any]:
    """Make the function that applies one of `vecmath` element by element."""

    def apply(*arguments: Any) -> Any:
        from partialpool.engine import vecmath

        return np.vectorize(getattr(vecmath, name), otypes=[np.float64])(*arguments)

    return apply


def _lgamma_rest(x: Any) -> Any:
    large = np.maximum(x, _LARGE)
    tail = np.log(2 * np.pi / large) / 2 + _stirling_correction(large)
    return np.where(x > _LARGE, tail, special.gammaln(1 + x) - (1 + x) * np.log(x) + x)


def _log_less_linear(t: Any) -> Any:
    log_t = np.log(t)
    return np.where(np.abs(log_t) < 0.5, -log_t * log_t * _exp_remainder(log_t), log_t - (t - 1))


def _binomial_ratio(k: Any, r: Any, log_p: Any, log_q: Any, log_k: Any, log_r: Any) -> Any:
    odds = (log_p - log_k) - (log_q - log_r)
    smaller, d = np.minimum(k, r), np.where(k < r, odds, -odds)
    near = smaller * d - (k + r) * np.log1p(smaller / (k + r) * np.expm1(d))
    far = np.where(k == 0, 0.0, k * (log_p - log_k)) + np.where(r == 0, 0.0, r * (log_q - log_r))
    return np.where((np.abs(odds) < 1) & (smaller > 0), near, far)


def _log_beta_binomial(y: Any, m: Any, a: Any, b: Any) -> Any:
    from partialpool.engine import vecmath

    logs = (-np.log1p(m / y), -np.log1p(y / m), np.log(a), np.log(b))
    return np.vectorize(vecmath.log_beta_binomial, otypes=[np.float64])(y, m, a, b, *logs)


def _log_beta_negative_binomial(y: Any, r: Any, a: Any, b: Any) -> Any:
    from partialpool.engine import vecmath

    function = np.vectorize(vecmath.log_beta_negative_binomial, otypes=[np.float64])
    return function(y, r, a, b, np.log(a), np.log(b))


def _log_com_poisson(y: Any, log_mu: Any, nu: Any) -> Any:
    from partialpool.engine import vecmath

    shape = np.broadcast_shapes(np.shape(y), np.shape(log_mu), np.shape(nu))
    first, second, third = (np.broadcast_to(argument, shape).ravel() for argument in (y, log_mu, nu))
    result = np.empty(first.size)
    vecmath.fill_log_com_poisson(first, second, third, result)
    return result.reshape(shape)


exp, expm1, log, log1p, sqrt = map(_quiet, (np.exp, np.expm1, np.log, np.log1p, np.sqrt))
sin, cos, tan, atan, tanh = map(_quiet, (np.sin, np.cos, np.tan, np.arctan, np.tanh))
floor, absolute, sign = map(_quiet, (np.floor, np.abs, np.sign))
power, minimum, maximum = map(_quiet, (np.power, np.minimum, np.maximum))
xlogy, xlog1py = map(_quiet, (special.xlogy, special.xlog1py))
inv_logit, logit = map(_quiet, (special.expit, special.logit))
log1p_exp = _quiet(lambda x: np.logaddexp(0.0, x))
log1m_exp = _quiet(_log1m_exp)
log_sum_exp = _quiet(np.logaddexp)
log_diff_exp = _quiet(lambda a, b: a + _log1m_exp(b - a))
lgamma, digamma = map(_quiet, (special.gammaln, special.digamma))
lbeta = _quiet(_lbeta)
trigamma = _quiet(lambda x: special.polygamma(1, x))
lgamma_diff = _quiet(_lgamma_diff)
log_bessel_i0 = _quiet(lambda x: np.log(special.i0e(x)) + np.abs(x))
log_bessel_i0e = _quiet(lambda x: np.log(special.i0e(x)))
log_mills, exp_remainder, stirling_error = map(_quiet, (_log_mills, _exp_remainder, _stirling_error))
log1p_ratio = _quiet(lambda x: np.where(x == 0, 1.0, np.log1p(x) / x))
log_tweedie_series = _quiet(_compiled("log_tweedie_series"))
log_skew_normal_cdf = _quiet(_compiled("log_skew_normal_cdf"))
von_mises_integral = _quiet(_compiled("von_mises_integral"))
log_first_passage = _quiet(_compiled("log_first_passage"))
Phi, log_Phi, Phi_inverse, erf = map(  # noqa: N816
    _quiet, (special.ndtr, special.log_ndtr, special.ndtri, special.erf)
)
lgamma_rest, log_less_linear = map(_quiet, (_lgamma_rest, _log_less_linear))
log_share = _quiet(lambda k, r: -np.log1p(r / k))
binomial_ratio = _quiet(_binomial_ratio)
log_beta_binomial = _quiet(_log_beta_binomial)
log_beta_binomial_cdf = _quiet(_compiled("log_beta_binomial_cdf"))
log_com_poisson_cdf = _quiet(_compiled("log_com_poisson_cdf"))
log_com_poisson_survival = _quiet(_compiled("log_com_poisson_survival"))
log_beta_negative_binomial = _quiet(_log_beta_negative_binomial)
log_com_poisson = _quiet(_log_com_poisson)
log_Phi_diff = _quiet(_log_normal_difference)  # noqa: N816
cauchy_cdf = _quiet(lambda x: np.where(x < -1, -np.arctan(1 / x), np.arctan(x) + np.pi / 2) / np.pi)
gamma_p, gamma_q, beta_inc = _quiet(special.gammainc), _quiet(special.gammaincc), _quiet(_beta_inc)
log_gamma_p, log_gamma_q, log_beta_inc = _quiet(_log_gamma_p), _quiet(_log_gamma_q), _quiet(_log_beta_inc)
student_cdf, log_student_cdf = _quiet(_student_cdf), _quiet(_log_student_cdf)


def where(condition: Any, a: Any, b: Any) -> Any:
    """Return a where the condition holds, b elsewhere."""
    if any(np.ndim(argument) for argument in (condition, a, b)):
        return np.where(condition, a, b)
    return a if condition else b


def equal(a: Any, b: Any) -> Any:
    """Return whether a equals b, element by element."""
    return np.asarray(a) == np.asarray(b) if np.ndim(a) or np.ndim(b) else bool(a == b)


def both(a: Any, b: Any) -> Any:
    """Return whether a and b hold, element by element."""
    return np.logical_and(a, b) if np.ndim(a) or np.ndim(b) else bool(a and b)


def either(a: Any, b: Any) -> Any:
    """Return whether a or b holds, element by element."""
    return np.logical_or(a, b) if np.ndim(a) or np.ndim(b) else bool(a or b)
