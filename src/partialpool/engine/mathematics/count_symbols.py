"""SymPy functions in which the densities of counts keep their digits; see `symbols`.

Those that take a logarithm beside its argument, or logarithms of what the other arguments determine, have formal partial
derivatives: together they make the derivative by what the arguments are made of.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from partialpool.engine.mathematics.symbols import Joint, Real

__all__ = [
    "BinomialRatio",
    "DigammaRest",
    "LGammaRest",
    "LogBetaBinomial",
    "LogBetaBinomialA",
    "LogBetaBinomialB",
    "LogBetaNegativeBinomial",
    "LogComPoisson",
    "LogComPoissonLocation",
    "LogComPoissonShape",
    "LogLessLinear",
]


class LogLessLinear(Real):
    """log(t) - t + 1 of t and log(t)."""

    code = "log_less_linear"

    def _partials(self, t: Any, log_t: Any) -> tuple[Any, ...]:
        return -sp.S.One, sp.S.One


class LGammaRest(Real):
    """lgamma(x) - x*log(x) + x of x and log(x); differentiated by the latter."""

    code = "lgamma_rest"

    def _partials(self, x: Any, log_x: Any) -> tuple[Any, ...]:
        return sp.S.Zero, DigammaRest(x, log_x)


class DigammaRest(Real):
    """x*(digamma(x) - log(x)) of x and log(x)."""

    code = "digamma_rest"


class BinomialRatio(Real):
    """k*log(p*n/k) + r*log(q*n/r), n = k + r, of k, r and the logarithms of p, q, k/n, r/n."""

    code = "binomial_ratio"

    def _partials(self, k: Any, r: Any, log_p: Any, log_q: Any, log_k: Any, log_r: Any) -> tuple[Any, ...]:
        return log_p - log_k, log_q - log_r, k, r, sp.S.Zero, sp.S.Zero


class LogBetaBinomial(Real):
    """log(B(a + y, b + m)/B(a, b)) + n*log(n) - y*log(y) - m*log(m), n = y + m; y and m are data.

    Of y, m, a, b and the logarithms of y/n, m/n, a, b; differentiated by log(a) and log(b).
    """

    code = "log_beta_binomial"

    def _partials(
        self, y: Any, m: Any, a: Any, b: Any, log_y: Any, log_m: Any, log_a: Any, log_b: Any
    ) -> tuple[Any, ...]:
        return *[sp.S.Zero] * 6, LogBetaBinomialA(y, m, a, b), LogBetaBinomialB(y, m, a, b)


class LogBetaBinomialA(Real):
    """The derivative of LogBetaBinomial by log(a)."""

    code = "log_beta_binomial_a"


class LogBetaBinomialB(Real):
    """The derivative of LogBetaBinomial by log(b)."""

    code = "log_beta_binomial_b"


class LogBetaNegativeBinomial(Real):
    """log(gamma(y + r)/gamma(r)*B(a + y, b + r)/B(a, b)) - y*log(y) + y of y, r, a, b, log(a), log(b); y is data."""

    code = "log_beta_negative_binomial"

    def _partials(self, y: Any, r: Any, a: Any, b: Any, log_a: Any, log_b: Any) -> tuple[Any, ...]:
        zero = sp.S.Zero
        by_r = LogBetaBinomialA(y, a, r, b) / r  # digamma_diff(r, b) - digamma_diff(y + r, a + b), without cancellation
        return zero, by_r, zero, zero, LogBetaBinomialA(y, r, a, b), LogBetaBinomialB(y, r, a, b)


class LogComPoisson(Real):
    """The log probability of y of a Conway-Maxwell-Poisson distribution, of y, log(mu), nu; y is data."""

    code = "log_com_poisson"
    joint = Joint("log_com_poisson_and_slopes", 3, 0)

    def _partials(self, y: Any, log_mu: Any, nu: Any) -> tuple[Any, ...]:
        return sp.S.Zero, LogComPoissonLocation(y, log_mu, nu), LogComPoissonShape(y, log_mu, nu)


class LogComPoissonLocation(Real):
    """The derivative of LogComPoisson by log(mu)."""

    code = "log_com_poisson_location"
    joint = Joint("log_com_poisson_and_slopes", 3, 1)


class LogComPoissonShape(Real):
    """The derivative of LogComPoisson by nu."""

    code = "log_com_poisson_shape"
    joint = Joint("log_com_poisson_and_slopes", 3, 2)
