"""The vocabulary on SymPy expressions: each function stands for itself until `engine.expression` rewrites it."""

from __future__ import annotations

from typing import Any

import sympy as sp

from partialpool.engine.mathematics import count_symbols as counts
from partialpool.engine.mathematics import integral_symbols as integrals
from partialpool.engine.mathematics import process_symbols as processes
from partialpool.engine.mathematics import remainder_symbols as remainders
from partialpool.engine.mathematics import special_symbols as special
from partialpool.engine.mathematics import symbols
from partialpool.engine.mathematics import tail_symbols as tails

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

_LOWEST = -1e300

exp, log, sqrt, power = sp.exp, sp.log, sp.sqrt, sp.Pow
sin, cos, tan, atan, tanh = sp.sin, sp.cos, sp.tan, sp.atan, sp.tanh
expm1, log1p = symbols.Expm1, symbols.Log1p
inv_logit, log1p_exp = symbols.InvLogit, symbols.Log1pExp
log1m_exp, log_sum_exp = symbols.Log1mExp, symbols.LogSumExp
lgamma, digamma, trigamma = special.LGamma, special.Digamma, special.Trigamma
lgamma_diff, lbeta, log_bessel_i0 = special.LGammaDiff, special.LBeta, special.LogBesselI0
Phi, log_Phi, erf = special.NormalCdf, special.LogNormalCdf, special.Erf  # noqa: N816
Phi_inverse, log_Phi_diff, cauchy_cdf = special.NormalQuantile, special.LogNormalCdfDiff, special.CauchyCdf  # noqa: N816
gamma_p, gamma_q, beta_inc = special.GammaP, special.GammaQ, special.BetaInc
log_gamma_p, log_gamma_q, log_beta_inc = special.LogGammaP, special.LogGammaQ, special.LogBetaInc
log_beta_binomial_cdf = tails.LogBetaBinomialCdf
log_com_poisson_cdf, log_com_poisson_survival = tails.LogComPoissonCdf, tails.LogComPoissonSurvival
student_cdf, log_student_cdf = special.StudentCdf, special.LogStudentCdf
floor, absolute, sign, where = symbols.Floor, symbols.Absolute, symbols.Sign, symbols.Where
log_bessel_i0e, log_mills, exp_remainder = remainders.LogBesselI0e, remainders.LogMills, remainders.ExpRemainder
log1p_ratio, stirling_error = remainders.Log1pRatio, remainders.StirlingError
log_tweedie_series = remainders.LogTweedieSeries
log_first_passage = processes.LogFirstPassage
binomial_ratio, log_com_poisson = counts.BinomialRatio, counts.LogComPoisson
log_skew_normal_cdf, von_mises_integral = integrals.LogSkewNormalCdf, integrals.VonMisesIntegral
equal, both, either = sp.Eq, sp.And, sp.Or


def logit(p: Any) -> Any:
    """Return log(p) - log1p(-p)."""
    return sp.log(p) - symbols.Log1p(-p)


def log_diff_exp(a: Any, b: Any) -> Any:
    """Return a + log1m_exp(b - a)."""
    return a + symbols.Log1mExp(b - a)


def xlogy(x: Any, y: Any) -> Any:
    """Return x*log(y), and 0 where x is 0."""
    return symbols.Where(sp.Eq(x, 0), sp.S.Zero, x * sp.log(y))


def xlog1py(x: Any, y: Any) -> Any:
    """Return x*log1p(y), and 0 where x is 0."""
    return symbols.Where(sp.Eq(x, 0), sp.S.Zero, x * symbols.Log1p(y))


def minimum(a: Any, b: Any) -> Any:
    """Return the smaller of a and b."""
    return symbols.Where(sp.Lt(a, b), a, b)


def maximum(a: Any, b: Any) -> Any:
    """Return the larger of a and b."""
    return symbols.Where(sp.Gt(a, b), a, b)


def lgamma_rest(x: Any) -> Any:
    """Return LGammaRest of x and its logarithm."""
    return counts.LGammaRest(x, sp.log(x))


def log_less_linear(t: Any) -> Any:
    """Return LogLessLinear of t and its logarithm."""
    return counts.LogLessLinear(t, sp.log(t))


def log_share(k: Any, r: Any) -> Any:
    """Return -log1p(r/k)."""
    return sp.S.NegativeInfinity if k == 0 else -symbols.Log1p(r / k)


def log_beta_negative_binomial(y: Any, r: Any, a: Any, b: Any) -> Any:
    """Return LogBetaNegativeBinomial of the arguments and two logarithms."""
    return counts.LogBetaNegativeBinomial(y, r, a, b, sp.log(a), sp.log(b))


def log_beta_binomial(y: Any, m: Any, a: Any, b: Any) -> Any:
    """Return LogBetaBinomial of the arguments and their logarithms."""
    # An infinite logarithm of a shape that underflows has no derivative.
    log_a, log_b = maximum(sp.log(a), _LOWEST), maximum(sp.log(b), _LOWEST)
    return counts.LogBetaBinomial(y, m, a, b, log_share(y, m), log_share(m, y), log_a, log_b)
