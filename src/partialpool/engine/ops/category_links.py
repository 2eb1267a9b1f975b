"""Distribution functions behind the links of ordinal models: logarithms of F, 1 - F and the density, without cancellation.

A link is an int64 that is constant where the functions are inlined, so that one branch is left of each.
"""

from __future__ import annotations

import math
from typing import Any

from partialpool.engine.vecmath import (
    exp,
    inv_logit,
    inv_mills,
    log,
    log1m_exp,
    log1p,
    log1p_exp,
    log_cauchy_cdf,
    log_inv_logit,
    log_Phi,
)
from partialpool.engine.vecmath.primitives import vector_function

__all__ = ["LINK_CODES", "log_ccdf", "log_ccdf_slope", "log_cdf", "log_cdf_slope", "log_pdf"]

LINK_CODES = {"logit": 0, "probit": 1, "probit_approx": 2, "cloglog": 3, "cauchit": 4, "softit": 5}
"""Code of each link."""

_CUBIC, _LINEAR = 0.07056, 1.5976
_LOG_ROOT_TWO_PI = 0.5 * math.log(2.0 * math.pi)
_LOG_PI = math.log(math.pi)
_NEGLIGIBLE = -37.0  # exp of it is less than half a unit in the last place of 1


@vector_function
def _approximate(x: float) -> float:
    """Return the argument at which the logistic function is close to the normal one at x."""
    return (_CUBIC * x * x + _LINEAR) * x


@vector_function
def _log_softplus(x: float) -> float:
    """Return log(log(1 + exp(x))), which is x where exp(x) vanishes beside 1."""
    return x if x < _NEGLIGIBLE else log(log1p_exp(x))


@vector_function
def log_cdf(link: Any, x: float) -> float:
    """Return log F(x)."""
    if link == 0:
        return log_inv_logit(x)
    if link == 1:
        return log_Phi(x)
    if link == 2:
        return log_inv_logit(_approximate(x))
    if link == 3:
        return x if x < _NEGLIGIBLE else log1m_exp(-exp(x))
    if link == 4:
        return log_cauchy_cdf(x)
    return _log_softplus(x) - log1p(log1p_exp(x))


@vector_function
def log_ccdf(link: Any, x: float) -> float:
    """Return log(1 - F(x))."""
    if link == 0:
        return log_inv_logit(-x)
    if link == 1:
        return log_Phi(-x)
    if link == 2:
        return log_inv_logit(-_approximate(x))
    if link == 3:
        return -exp(x)
    if link == 4:
        return log_cauchy_cdf(-x)
    return -log1p(log1p_exp(x))


@vector_function
def log_pdf(link: Any, x: float) -> float:
    """Return log F'(x)."""
    if link == 0:
        return log_inv_logit(x) + log_inv_logit(-x)
    if link == 1:
        return -0.5 * x * x - _LOG_ROOT_TWO_PI
    if link == 2:
        g = _approximate(x)
        return log_inv_logit(g) + log_inv_logit(-g) + log(3.0 * _CUBIC * x * x + _LINEAR)
    if link == 3:
        return x - exp(x)
    if link == 4:
        return -_LOG_PI - log1p(x * x)
    return log_inv_logit(x) - 2.0 * log1p(log1p_exp(x))


@vector_function
def log_cdf_slope(link: Any, x: float) -> float:
    """Return the derivative of log F(x)."""
    if link == 0:
        return inv_logit(-x)
    if link == 1:
        return inv_mills(x)
    if link == 2:
        return inv_logit(-_approximate(x)) * (3.0 * _CUBIC * x * x + _LINEAR)
    return exp(log_pdf(link, x) - log_cdf(link, x))


@vector_function
def log_ccdf_slope(link: Any, x: float) -> float:
    """Return the derivative of log(1 - F(x))."""
    if link == 3:
        return -exp(x)
    if link == 5:
        return -exp(log_pdf(link, x) - log_ccdf(link, x))
    return -log_cdf_slope(link, -x)
