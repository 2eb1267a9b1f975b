"""The vocabulary on mpmath numbers, at mpmath's working precision: the reference for accuracy.

Each function is its definition. Where a definition has no value (the logarithm of zero in the branch of `where` that is
not taken), it is NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import mpmath as mp  # type: ignore[import-untyped]

__all__ = [
    "Phi",
    "Phi_inverse",
    "absolute",
    "atan",
    "bessel_ratio",
    "bessel_ratio_m1",
    "beta_inc",
    "beta_inc_a",
    "beta_inc_b",
    "binomial_ratio",
    "both",
    "cauchy_cdf",
    "cos",
    "digamma",
    "digamma_diff",
    "digamma_rest",
    "either",
    "equal",
    "erf",
    "exp",
    "exp_remainder",
    "exp_remainder_slope",
    "expm1",
    "floor",
    "gamma_p",
    "gamma_p_slope",
    "gamma_q",
    "inv_logit",
    "inv_mills",
    "lbeta",
    "lgamma",
    "lgamma_diff",
    "lgamma_rest",
    "log",
    "log1m_exp",
    "log1p",
    "log1p_exp",
    "log1p_ratio",
    "log1p_ratio_slope",
    "log_Phi",
    "log_Phi_diff",
    "log_bessel_i0",
    "log_bessel_i0e",
    "log_beta_binomial",
    "log_beta_binomial_a",
    "log_beta_binomial_b",
    "log_beta_binomial_cdf",
    "log_beta_binomial_cdf_a",
    "log_beta_binomial_cdf_b",
    "log_beta_inc",
    "log_beta_inc_a",
    "log_beta_inc_b",
    "log_beta_negative_binomial",
    "log_beta_term",
    "log_cauchy_cdf",
    "log_cloglog",
    "log_com_poisson",
    "log_com_poisson_cdf",
    "log_com_poisson_cdf_location",
    "log_com_poisson_cdf_shape",
    "log_com_poisson_location",
    "log_com_poisson_shape",
    "log_com_poisson_survival",
    "log_com_poisson_survival_location",
    "log_com_poisson_survival_shape",
    "log_diff_exp",
    "log_first_passage",
    "log_first_passage_start",
    "log_first_passage_time",
    "log_gamma_p",
    "log_gamma_p_slope",
    "log_gamma_q",
    "log_gamma_q_slope",
    "log_gamma_term",
    "log_less_linear",
    "log_mills",
    "log_mills_slope",
    "log_share",
    "log_skew_normal_cdf",
    "log_softplus",
    "log_student_cdf",
    "log_student_cdf_nu",
    "log_sum_exp",
    "log_tweedie_series",
    "log_tweedie_series_alpha",
    "log_tweedie_series_rate",
    "logit",
    "maximum",
    "minimum",
    "phi",
    "power",
    "ratio_expm1",
    "sign",
    "sin",
    "softplus_slope",
    "sqrt",
    "stirling_error",
    "stirling_error_slope",
    "student_cdf",
    "tan",
    "tanh",
    "trigamma",
    "von_mises_integral",
    "von_mises_integral_kappa",
    "where",
    "xlog1py",
    "xlogy",
]

_TERMS = 2000
"""Of a series that are added one by one at most."""


def _total(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function that is NaN where mpmath finds a pole or leaves the real line."""

    @wraps(function)
    def total(*arguments: Any) -> Any:
        try:
            result = function(*(mp.mpf(argument) for argument in arguments))
        except (ValueError, ZeroDivisionError):
            return mp.nan
        return mp.nan if isinstance(result, mp.mpc) else result

    return total


def _student_cdf(z: Any, nu: Any) -> Any:
    if abs(z) < 1:
        middle = mp.betainc(mp.mpf(1) / 2, nu / 2, 0, z**2 / (nu + z**2), regularized=True)
        return (1 + mp.sign(z) * middle) / 2
    tail = mp.betainc(nu / 2, mp.mpf(1) / 2, 0, nu / (nu + z**2), regularized=True) / 2
    return tail if z < 0 else 1 - tail


def _exp_remainder(x: Any) -> Any:
    with mp.extradps(mp.mp.dps):
        return (mp.expm1(x) - x) / x**2 if x else mp.mpf(1) / 2


def _stirling_error(t: Any) -> Any:
    if not t:
        return mp.mpf(0)
    x = 1 / t
    with mp.extradps(mp.mp.dps):
        return mp.loggamma(x) - ((x - mp.mpf(1) / 2) * mp.log(x) - x + mp.log(2 * mp.pi) / 2)


def _log_first_passage(u: Any, w: Any) -> Any:
    """Add up images of the start, or eigenfunctions where these fade faster."""
    with mp.extradps(mp.mp.dps):
        if u < 1:
            images = ((w + 2 * k) * mp.exp(-((w + 2 * k) ** 2) / (2 * u)) for k in range(-40, 41))
            return mp.log(mp.fsum(images) / mp.sqrt(2 * mp.pi * u**3))
        waves = (k * mp.exp(-(k**2) * mp.pi**2 * u / 2) * mp.sin(k * mp.pi * w) for k in range(1, 41))
        return mp.log(mp.pi * mp.fsum(waves))


def _log_tweedie_series(rate: Any, alpha: Any) -> Any:
    """Add up terms, from the largest in both directions."""
    if rate <= 0 or alpha <= 0:
        return mp.nan

    def log_term(j: int) -> Any:
        powers = j * mp.log(rate) + j * alpha * mp.log(alpha * rate)
        return powers - rate * (1 + alpha) - mp.loggamma(j + 1) - mp.loggamma(j * alpha)

    top = max(1, int(rate))
    while log_term(top + 1) > log_term(top):
        top += 1
    total = mp.mpf(0)
    for step in (1, -1):
        j = top if step > 0 else top - 1
        while j > 0:
            term = mp.exp(log_term(j) - log_term(top))
            total += term
            if term < mp.eps * total:
                break
            j += step
    return log_term(top) + mp.log(total)


def _xlogx(x: Any) -> Any:
    return x * mp.log(x) if x else mp.mpf(0)


def _binomial_ratio(k: Any, r: Any, log_p: Any, log_q: Any, log_k: Any, log_r: Any) -> Any:
    return (k * (log_p - mp.log(k / (k + r))) if k else 0) + (r * (log_q - mp.log(r / (k + r))) if r else 0)


def _log_beta_binomial_cdf(y: Any, m: Any, a: Any, b: Any) -> Any:
    terms = (mp.binomial(y + m, k) * mp.beta(a + k, b + y + m - k) for k in range(int(y) + 1))
    return mp.log(mp.fsum(terms) / mp.beta(a, b))


def _log_beta_binomial(y: Any, m: Any, a: Any, b: Any, *logs: Any) -> Any:
    return mp.log(mp.beta(a + y, b + m)) - mp.log(mp.beta(a, b)) + _xlogx(y + m) - _xlogx(y) - _xlogx(m)


def _log_beta_negative_binomial(y: Any, r: Any, a: Any, b: Any, *logs: Any) -> Any:
    ways = mp.loggamma(y + r) - mp.loggamma(r) + y - _xlogx(y)
    return ways + mp.log(mp.beta(a + y, b + r)) - mp.log(mp.beta(a, b))


def _com_poisson_terms(start: Any, log_mu: Any, nu: Any, step: int) -> tuple[Any, bool]:
    """Return the sum of the terms on one side of a term, in its units, and whether it came to an end."""
    term, total, j = mp.mpf(1), mp.mpf(0), start
    for _ in range(_TERMS):
        if j + step < 0:
            return total, True
        term *= mp.exp(step * nu * (log_mu - mp.log(max(j, j + step))))
        total, j = total + term, j + step
        if term < mp.eps * total:
            return total, True
    return total, False


def _com_poisson_integral(top: Any, log_mu: Any, nu: Any) -> Any:
    """Return the sum of all terms in units of that at `top`, by the formula of Euler and Maclaurin."""

    def term(t: Any) -> Any:
        return mp.exp(nu * ((t - top) * log_mu - mp.loggamma(t + 1) + mp.loggamma(top + 1)))

    first, scale = 40, 1 / nu + top
    ends = [first + scale * mp.mpf(2) ** k for k in range(-12, 8)]
    near = mp.fsum(term(mp.mpf(j)) for j in range(first))
    slopes = mp.taylor(term, mp.mpf(first), 7)
    corrections = term(mp.mpf(first)) / 2 - slopes[1] / 12 + slopes[3] / 120 - slopes[5] / 252 + slopes[7] / 240
    return near + mp.quad(term, [first, *ends]) + corrections


def _log_com_poisson(y: Any, log_mu: Any, nu: Any) -> Any:
    top = mp.floor(mp.exp(log_mu))
    above, ended = _com_poisson_terms(top, log_mu, nu, 1)
    below, _ = _com_poisson_terms(top, log_mu, nu, -1) if ended else (0, False)
    total = 1 + above + below if ended else _com_poisson_integral(top, log_mu, nu)
    with mp.extradps(mp.mp.dps):
        return nu * ((y - top) * log_mu - mp.loggamma(y + 1) + mp.loggamma(top + 1)) - mp.log(total)


def _log_com_poisson_tail(first: Any, log_mu: Any, nu: Any, step: int) -> Any:
    """Return the log probability of a count and of all beyond it, upwards or downwards."""
    total, _ = _com_poisson_terms(first, log_mu, nu, step)
    return _log_com_poisson(first, log_mu, nu) + mp.log(1 + total)


def _log_skew_normal_cdf(z: Any, a: Any) -> Any:
    if z > 0:
        return mp.log1p(-mp.exp(_log_skew_normal_cdf(-z, -a)))
    scale = 1 / (1 + abs(z)) / (1 + (a * a if a > 0 else 0))
    points = [z - scale * mp.mpf(2) ** k for k in range(8, -5, -1)]
    density = mp.quad(lambda t: mp.npdf(t) * mp.erfc(-a * t / mp.sqrt(2)), [-mp.inf, *points, z])
    return mp.log(density)


def _von_mises_integral(angle: Any, kappa: Any) -> Any:
    points = mp.linspace(0, angle, 8 + int(abs(angle) * mp.sqrt(kappa)))
    integral = mp.quad(lambda t: mp.exp(kappa * (mp.cos(t) - 1)), points)
    return integral / (2 * mp.pi * mp.besseli(0, kappa) * mp.exp(-kappa))


def _normal_difference(x: Any, y: Any) -> Any:
    """Return Phi(x) - Phi(y) from the tail that is nearer."""
    upper, lower = (-y, -x) if x + y > 0 else (x, y)
    with mp.extradps(mp.mp.dps):
        return (mp.erfc(-upper / mp.sqrt(2)) - mp.erfc(-lower / mp.sqrt(2))) / 2


exp, expm1, log, log1p, sqrt = map(_total, (mp.exp, mp.expm1, mp.log, mp.log1p, mp.sqrt))
sin, cos, tan, atan, tanh = map(_total, (mp.sin, mp.cos, mp.tan, mp.atan, mp.tanh))
floor, absolute, sign = map(_total, (mp.floor, mp.fabs, mp.sign))
power = _total(mp.power)
minimum, maximum = _total(min), _total(max)
xlogy = _total(lambda x, y: mp.mpf(0) if x == 0 else x * mp.log(y))
xlog1py = _total(lambda x, y: mp.mpf(0) if x == 0 else x * mp.log1p(y))
inv_logit = _total(lambda x: 1 / (1 + mp.exp(-x)))
logit = _total(lambda p: mp.log(p / (1 - p)))
log1p_exp = _total(lambda x: mp.log1p(mp.exp(x)))
log1m_exp = _total(lambda x: mp.log(-mp.expm1(x)))
log_sum_exp = _total(lambda a, b: a + mp.log1p(mp.exp(b - a)))
log_diff_exp = _total(lambda a, b: a + mp.log(-mp.expm1(b - a)))
lgamma, digamma = _total(mp.loggamma), _total(mp.digamma)
trigamma = _total(lambda x: mp.polygamma(1, x))
lgamma_diff = _total(lambda a, n: mp.loggamma(a + n) - mp.loggamma(a))
lbeta = _total(lambda a, b: mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b))
log_bessel_i0 = _total(lambda x: mp.log(mp.besseli(0, x)))
Phi = _total(mp.ncdf)
log_Phi = _total(lambda x: mp.log(mp.erfc(-x / mp.sqrt(2)) / 2))  # noqa: N816
Phi_inverse = _total(lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1))
log_Phi_diff = _total(lambda x, y: mp.log(_normal_difference(x, y)))  # noqa: N816
cauchy_cdf = _total(lambda x: mp.atan2(1, -x) / mp.pi)
log_cauchy_cdf = _total(lambda x: mp.log(mp.atan2(1, -x) / mp.pi))
erf = _total(mp.erf)
gamma_p = _total(lambda a, x: mp.gammainc(a, 0, x, regularized=True))
gamma_q = _total(lambda a, x: mp.gammainc(a, x, mp.inf, regularized=True))
beta_inc = _total(lambda a, b, x, y: mp.betainc(a, b, 0, x, regularized=True))
student_cdf = _total(_student_cdf)

log_gamma_p = _total(lambda a, x: mp.log(mp.gammainc(a, 0, x, regularized=True)))
log_gamma_q = _total(lambda a, x: mp.log(mp.gammainc(a, x, mp.inf, regularized=True)))
log_beta_inc = _total(lambda a, b, x, y: mp.log(mp.betainc(a, b, 0, x, regularized=True)))
log_student_cdf = _total(lambda z, nu: mp.log(_student_cdf(z, nu)))

log_bessel_i0e = _total(lambda x: mp.log(mp.besseli(0, x)) - x)
log_mills = _total(lambda x: mp.log(mp.sqrt(mp.pi / 2) * mp.erfc(x / mp.sqrt(2))) + x**2 / 2)
exp_remainder, stirling_error = map(_total, (_exp_remainder, _stirling_error))
log_tweedie_series = _total(_log_tweedie_series)
log_first_passage = _total(lambda u, w, v: _log_first_passage(u, w))
log_first_passage_time = _total(lambda u, w, v: mp.diff(lambda t: _log_first_passage(t, w), u))
log_first_passage_start = _total(lambda u, w, v: mp.diff(lambda t: _log_first_passage(u, t), w))
log1p_ratio = _total(lambda x: mp.log1p(x) / x if x else mp.mpf(1))

# Of the logarithms that some take beside their arguments, only the arguments count.
lgamma_rest = _total(lambda x, *log_x: mp.loggamma(x) - x * mp.log(x) + x)
log_less_linear = _total(lambda t, *log_t: mp.log(t) - t + 1)
log_share = _total(lambda k, r: mp.log(k / (k + r)))
binomial_ratio = _total(_binomial_ratio)
log_beta_binomial = _total(_log_beta_binomial)
log_beta_binomial_cdf = _total(_log_beta_binomial_cdf)
log_beta_binomial_cdf_a = _total(lambda y, m, a, b: mp.diff(lambda t: _log_beta_binomial_cdf(y, m, t, b), a))
log_beta_binomial_cdf_b = _total(lambda y, m, a, b: mp.diff(lambda t: _log_beta_binomial_cdf(y, m, a, t), b))
log_beta_negative_binomial = _total(_log_beta_negative_binomial)
log_com_poisson = _total(_log_com_poisson)
log_com_poisson_cdf = _total(lambda y, x, nu: _log_com_poisson_tail(y, x, nu, -1))
log_com_poisson_survival = _total(lambda y, x, nu: _log_com_poisson_tail(y + 1, x, nu, 1))

log_skew_normal_cdf, von_mises_integral = map(_total, (_log_skew_normal_cdf, _von_mises_integral))

# Functions that occur in derivatives only.
digamma_rest = _total(lambda x, log_x: x * (mp.digamma(x) - mp.log(x)))
log_com_poisson_location = _total(lambda y, x, nu: mp.diff(lambda t: _log_com_poisson(y, t, nu), x))
log_com_poisson_shape = _total(lambda y, x, nu: mp.diff(lambda t: _log_com_poisson(y, x, t), nu))
log_com_poisson_cdf_location = _total(lambda y, x, nu: mp.diff(lambda t: log_com_poisson_cdf(y, t, nu), x))
log_com_poisson_cdf_shape = _total(lambda y, x, nu: mp.diff(lambda t: log_com_poisson_cdf(y, x, t), nu))
log_com_poisson_survival_location = _total(lambda y, x, nu: mp.diff(lambda t: log_com_poisson_survival(y, t, nu), x))
log_com_poisson_survival_shape = _total(lambda y, x, nu: mp.diff(lambda t: log_com_poisson_survival(y, x, t), nu))
log_beta_binomial_a = _total(
    lambda y, m, a, b: a * (mp.digamma(a + y) - mp.digamma(a) - mp.digamma(a + b + y + m) + mp.digamma(a + b))
)
log_beta_binomial_b = _total(
    lambda y, m, a, b: b * (mp.digamma(b + m) - mp.digamma(b) - mp.digamma(a + b + y + m) + mp.digamma(a + b))
)
ratio_expm1 = _total(lambda x: x / mp.expm1(x) if x else mp.mpf(1))
log_cloglog = _total(lambda x: mp.log(-mp.expm1(-mp.exp(x))))
log_softplus = _total(lambda x: mp.log(mp.log1p(mp.exp(x))))
softplus_slope = _total(lambda x: 1 / ((1 + mp.exp(-x)) * mp.log1p(mp.exp(x))))
digamma_diff = _total(lambda a, n: mp.digamma(a + n) - mp.digamma(a))
bessel_ratio = _total(lambda x: mp.besseli(1, x) / mp.besseli(0, x))
phi = _total(mp.npdf)
inv_mills = _total(lambda x: mp.npdf(x) / mp.ncdf(x))
gamma_p_slope = _total(lambda a, x: mp.diff(lambda t: mp.gammainc(t, 0, x, regularized=True), a))
log_gamma_p_slope = _total(lambda a, x: gamma_p_slope(a, x) / gamma_p(a, x))
log_gamma_q_slope = _total(lambda a, x: -gamma_p_slope(a, x) / gamma_q(a, x))
beta_inc_a = _total(lambda a, b, x, y: mp.diff(lambda t: mp.betainc(t, b, 0, x, regularized=True), a))
beta_inc_b = _total(lambda a, b, x, y: mp.diff(lambda t: mp.betainc(a, t, 0, x, regularized=True), b))
log_beta_inc_a = _total(lambda a, b, x, y: beta_inc_a(a, b, x, y) / beta_inc(a, b, x, y))
log_beta_inc_b = _total(lambda a, b, x, y: beta_inc_b(a, b, x, y) / beta_inc(a, b, x, y))
log_gamma_term = _total(lambda a, x: a * mp.log(x) - x - mp.loggamma(a + 1))
log_beta_term = _total(lambda a, b, x, y: a * mp.log(x) + b * mp.log(y) - mp.log(mp.beta(a, b)))
log_student_cdf_nu = _total(lambda z, nu: mp.diff(lambda t: mp.log(_student_cdf(z, t)), nu))

bessel_ratio_m1 = _total(lambda x: mp.besseli(1, x) / mp.besseli(0, x) - 1)
log_mills_slope = _total(lambda x: x - mp.npdf(x) / mp.ncdf(-x))
exp_remainder_slope = _total(lambda x: mp.diff(_exp_remainder, x))
log1p_ratio_slope = _total(lambda x: mp.diff(log1p_ratio, x))
stirling_error_slope = _total(lambda t: mp.diff(_stirling_error, t))
log_tweedie_series_rate = _total(lambda rate, alpha: mp.diff(lambda t: _log_tweedie_series(t, alpha), rate))
log_tweedie_series_alpha = _total(lambda rate, alpha: mp.diff(lambda t: _log_tweedie_series(rate, t), alpha))

von_mises_integral_kappa = _total(lambda angle, kappa: mp.diff(lambda t: _von_mises_integral(angle, t), kappa))


def where(condition: Any, a: Any, b: Any) -> Any:
    """Return a if the condition holds, b if not."""
    return a if condition else b


def equal(a: Any, b: Any) -> bool:
    """Return whether a equals b."""
    return bool(a == b)


def both(a: Any, b: Any) -> bool:
    """Return whether a and b hold."""
    return bool(a and b)


def either(a: Any, b: Any) -> bool:
    """Return whether a or b holds."""
    return bool(a or b)
