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
    "both",
    "cauchy_cdf",
    "cos",
    "digamma",
    "either",
    "equal",
    "erf",
    "exp",
    "expm1",
    "floor",
    "gamma_p",
    "gamma_q",
    "inv_logit",
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
    "log_diff_exp",
    "log_sum_exp",
    "logit",
    "maximum",
    "minimum",
    "power",
    "sign",
    "sin",
    "sqrt",
    "tan",
    "tanh",
    "trigamma",
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
Phi, log_Phi, Phi_inverse, erf = map(  # noqa: N816
    _quiet, (special.ndtr, special.log_ndtr, special.ndtri, special.erf)
)
log_Phi_diff = _quiet(_log_normal_difference)  # noqa: N816
cauchy_cdf = _quiet(lambda x: np.where(x < -1, -np.arctan(1 / x), np.arctan(x) + np.pi / 2) / np.pi)
gamma_p, gamma_q, beta_inc = map(_quiet, (special.gammainc, special.gammaincc, special.betainc))


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
