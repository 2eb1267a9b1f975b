"""Scalar functions for kernels, written so that LLVM vectorises a loop over them; none calls the C library."""

from partialpool.engine.vecmath.elementary import exp, expm1, log, log1p, pow, sqrt  # noqa: A004
from partialpool.engine.vecmath.gamma import digamma, lgamma, trigamma
from partialpool.engine.vecmath.logistic import (
    inv_logit,
    log1m_exp,
    log1p_exp,
    log_diff_exp,
    log_inv_logit,
    log_sum_exp,
)
from partialpool.engine.vecmath.normal import Phi, erfc, inv_mills, log_Phi, log_phi, phi
from partialpool.engine.vecmath.primitives import vector_function

__all__ = [
    "Phi",
    "digamma",
    "erfc",
    "exp",
    "expm1",
    "inv_logit",
    "inv_mills",
    "lgamma",
    "log",
    "log1m_exp",
    "log1p",
    "log1p_exp",
    "log_Phi",
    "log_diff_exp",
    "log_inv_logit",
    "log_phi",
    "log_sum_exp",
    "phi",
    "pow",
    "sqrt",
    "trigamma",
    "vector_function",
]
