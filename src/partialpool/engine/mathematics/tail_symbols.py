"""SymPy functions for tails that are summed, term by term; see `symbols`."""

from __future__ import annotations

from typing import Any

import sympy as sp

from partialpool.engine.mathematics.symbols import Joint, Real

__all__ = [
    "LogBetaBinomialCdf",
    "LogBetaBinomialCdfA",
    "LogBetaBinomialCdfB",
    "LogComPoissonCdf",
    "LogComPoissonCdfLocation",
    "LogComPoissonCdfShape",
    "LogComPoissonSurvival",
    "LogComPoissonSurvivalLocation",
    "LogComPoissonSurvivalShape",
]


class LogBetaBinomialCdf(Real):
    """The log probability of at most y successes, y and m (failures at y) being data, of y, m and the shapes a, b."""

    code = "log_beta_binomial_cdf"
    joint = Joint("log_beta_binomial_cdf_and_slopes", 3, 0)

    def _partials(self, y: Any, m: Any, a: Any, b: Any) -> tuple[Any, ...]:
        return sp.S.Zero, sp.S.Zero, LogBetaBinomialCdfA(y, m, a, b), LogBetaBinomialCdfB(y, m, a, b)


class LogBetaBinomialCdfA(Real):
    """The derivative of LogBetaBinomialCdf by a."""

    code = "log_beta_binomial_cdf_a"
    joint = Joint("log_beta_binomial_cdf_and_slopes", 3, 1)


class LogBetaBinomialCdfB(Real):
    """The derivative of LogBetaBinomialCdf by b."""

    code = "log_beta_binomial_cdf_b"
    joint = Joint("log_beta_binomial_cdf_and_slopes", 3, 2)


class LogComPoissonCdf(Real):
    """The log probability of at most y of a Conway-Maxwell-Poisson distribution, of y, log(mu), nu; y is data."""

    code = "log_com_poisson_cdf"
    joint = Joint("log_com_poisson_tails_and_slopes", 6, 0)

    def _partials(self, y: Any, log_mu: Any, nu: Any) -> tuple[Any, ...]:
        return sp.S.Zero, LogComPoissonCdfLocation(y, log_mu, nu), LogComPoissonCdfShape(y, log_mu, nu)


class LogComPoissonCdfLocation(Real):
    """The derivative of LogComPoissonCdf by log(mu)."""

    code = "log_com_poisson_cdf_location"
    joint = Joint("log_com_poisson_tails_and_slopes", 6, 1)


class LogComPoissonCdfShape(Real):
    """The derivative of LogComPoissonCdf by nu."""

    code = "log_com_poisson_cdf_shape"
    joint = Joint("log_com_poisson_tails_and_slopes", 6, 2)


class LogComPoissonSurvival(Real):
    """The log probability of more than y; arguments as of LogComPoissonCdf."""

    code = "log_com_poisson_survival"
    joint = Joint("log_com_poisson_tails_and_slopes", 6, 3)

    def _partials(self, y: Any, log_mu: Any, nu: Any) -> tuple[Any, ...]:
        return sp.S.Zero, LogComPoissonSurvivalLocation(y, log_mu, nu), LogComPoissonSurvivalShape(y, log_mu, nu)


class LogComPoissonSurvivalLocation(Real):
    """The derivative of LogComPoissonSurvival by log(mu)."""

    code = "log_com_poisson_survival_location"
    joint = Joint("log_com_poisson_tails_and_slopes", 6, 4)


class LogComPoissonSurvivalShape(Real):
    """The derivative of LogComPoissonSurvival by nu."""

    code = "log_com_poisson_survival_shape"
    joint = Joint("log_com_poisson_tails_and_slopes", 6, 5)
