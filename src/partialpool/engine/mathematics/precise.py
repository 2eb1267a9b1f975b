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
    "beta_inc",
    "beta_inc_a",
    "beta_inc_b",
    "both",
    "cauchy_cdf",
    "cos",
    "digamma",
    "digamma_diff",
    "either",
    "equal",
    "erf",
    "exp",
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
    "log",
    "log1m_exp",
    "log1p",
    "log1p_exp",
    "log_Phi",
    "log_Phi_diff",
    "log_bessel_i0",
    "log_beta_inc",
    "log_beta_inc_a",
    "log_beta_inc_b",
    "log_beta_term",
    "log_cauchy_cdf",
    "log_cloglog",
    "log_diff_exp",
    "log_gamma_p",
    "log_gamma_p_slope",
    "log_gamma_q",
    "log_gamma_q_slope",
    "log_gamma_term",
    "log_softplus",
    "log_student_cdf",
    "log_student_cdf_nu",
    "log_sum_exp",
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
    "student_cdf",
    "tan",
    "tanh",
    "trigamma",
    "where",
    "xlog1py",
    "xlogy",
]


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
    tail = mp.betainc(nu / 2, mp.mpf(1) / 2, 0, nu / (nu + z**2), regularized=True) / 2
    return tail if z < 0 else 1 - tail


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

# Functions that occur in derivatives only.
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
