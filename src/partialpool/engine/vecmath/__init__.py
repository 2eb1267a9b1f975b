"""Scalar functions for kernels, written so that LLVM vectorises a loop over them; none calls the C library."""

from partialpool.engine.vecmath.bessel import bessel_ratio, log_bessel_i0
from partialpool.engine.vecmath.elementary import exp, expm1, log, log1p, pow, sqrt  # noqa: A004
from partialpool.engine.vecmath.gamma import digamma, lgamma, trigamma
from partialpool.engine.vecmath.gamma_differences import digamma_diff, lbeta, lgamma_diff
from partialpool.engine.vecmath.logistic import (
    inv_logit,
    log1m_exp,
    log1p_exp,
    log_diff_exp,
    log_inv_logit,
    log_sum_exp,
    logit,
)
from partialpool.engine.vecmath.normal import (
    Phi,
    Phi_inverse,
    erf,
    erfc,
    inv_mills,
    log_Phi,
    log_phi,
    log_Phi_diff,
    phi,
)
from partialpool.engine.vecmath.primitives import vector_function
from partialpool.engine.vecmath.trigonometric import atan, cauchy_cdf, cos, log_cauchy_cdf, sin, tan, tanh

__all__ = [
    "Phi",
    "Phi_inverse",
    "atan",
    "bessel_ratio",
    "cauchy_cdf",
    "cos",
    "digamma",
    "digamma_diff",
    "erf",
    "erfc",
    "exp",
    "expm1",
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
    "log_cauchy_cdf",
    "log_diff_exp",
    "log_inv_logit",
    "log_phi",
    "log_sum_exp",
    "logit",
    "phi",
    "pow",
    "sin",
    "sqrt",
    "tan",
    "tanh",
    "trigamma",
    "vector_function",
]
