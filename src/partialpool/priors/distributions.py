"""The univariate distributions that a prior may be, in Stan's parametrisations.

Each is one record: parameters with their constraints, the log density as mathematics, SciPy's twin, the support.
The parametrisations are those of the Stan Functions Reference, part "Continuous Distributions".
"""

from __future__ import annotations

import math
from typing import Any

from partialpool.engine.mathematics import (
    absolute,
    cos,
    exp,
    lbeta,
    lgamma,
    log,
    log1p,
    log1p_exp,
    log_bessel_i0,
    log_Phi,
)
from partialpool.priors.circular import VonMises
from partialpool.priors.univariate import Distribution, Parameter, positive, real

__all__ = ["DISTRIBUTIONS"]

_LOG_2, _LOG_PI = math.log(2.0), math.log(math.pi)
_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


def _twin(name: str, **arguments: float) -> Any:
    """Return a frozen distribution of scipy.stats."""
    import scipy.stats

    return getattr(scipy.stats, name)(**arguments)


def _from_zero(*values: float) -> tuple[float, float]:
    return 0.0, math.inf


def _unit_interval(*values: float) -> tuple[float, float]:
    return 0.0, 1.0


def _gamma(x: Any, alpha: Any, beta: Any) -> Any:
    return alpha * log(beta) - lgamma(alpha) + (alpha - 1) * log(x) - beta * x


def _inv_gamma(x: Any, alpha: Any, beta: Any) -> Any:
    return alpha * log(beta) - lgamma(alpha) - (alpha + 1) * log(x) - beta / x


def _beta(x: Any, alpha: Any, beta: Any) -> Any:
    return (alpha - 1) * log(x) + (beta - 1) * log1p(-x) - lbeta(alpha, beta)


def _student_t(x: Any, nu: Any, mu: Any, sigma: Any) -> Any:
    tail = (nu + 1) / 2 * log1p(((x - mu) / sigma) ** 2 / nu)
    return lgamma((nu + 1) / 2) - lgamma(nu / 2) - (log(nu) + _LOG_PI) / 2 - log(sigma) - tail


def _logistic(x: Any, mu: Any, sigma: Any) -> Any:
    z = (x - mu) / sigma
    return -z - log(sigma) - 2 * log1p_exp(-z)


def _skew_double_exponential(x: Any, mu: Any, sigma: Any, tau: Any) -> Any:
    # At distance d from mu: 2 tau d above it, 2 (1 - tau) |d| below.
    distance = absolute(x - mu) + (2 * tau - 1) * (x - mu)
    return _LOG_2 + log(tau) + log1p(-tau) - log(sigma) - distance / sigma


def _gumbel(x: Any, mu: Any, beta: Any) -> Any:
    z = (x - mu) / beta
    return -log(beta) - z - exp(-z)


def _exp_mod_normal(x: Any, mu: Any, sigma: Any, rate: Any) -> Any:
    scaled = rate * sigma
    return log(rate) + rate * (mu - x) + scaled**2 / 2 + log_Phi((x - mu) / sigma - scaled)


def _skew_normal(x: Any, xi: Any, omega: Any, alpha: Any) -> Any:
    z = (x - xi) / omega
    return _LOG_2 - _HALF_LOG_2PI - log(omega) - z**2 / 2 + log_Phi(alpha * z)


def _frechet(x: Any, alpha: Any, sigma: Any) -> Any:
    return log(alpha) - log(sigma) - (alpha + 1) * log(x / sigma) - exp(-alpha * log(x / sigma))


def _weibull(x: Any, alpha: Any, sigma: Any) -> Any:
    return log(alpha) - log(sigma) + (alpha - 1) * log(x / sigma) - exp(alpha * log(x / sigma))


_ON_THE_LINE = (
    Distribution(
        "normal",
        real("mu") + positive("sigma"),
        lambda x, mu, sigma: -_HALF_LOG_2PI - log(sigma) - ((x - mu) / sigma) ** 2 / 2,
        lambda mu, sigma: _twin("norm", loc=mu, scale=sigma),
    ),
    Distribution("std_normal", (), lambda x: -_HALF_LOG_2PI - x**2 / 2, lambda: _twin("norm")),
    Distribution(
        "student_t",
        positive("nu") + real("mu") + positive("sigma"),
        _student_t,
        lambda nu, mu, sigma: _twin("t", df=nu, loc=mu, scale=sigma),
    ),
    Distribution(
        "cauchy",
        real("mu") + positive("sigma"),
        lambda x, mu, sigma: -_LOG_PI - log(sigma) - log1p(((x - mu) / sigma) ** 2),
        lambda mu, sigma: _twin("cauchy", loc=mu, scale=sigma),
    ),
    Distribution(
        "double_exponential",
        real("mu") + positive("sigma"),
        lambda x, mu, sigma: -_LOG_2 - log(sigma) - absolute(x - mu) / sigma,
        lambda mu, sigma: _twin("laplace", loc=mu, scale=sigma),
    ),
    Distribution(
        "skew_double_exponential",
        real("mu") + positive("sigma") + (Parameter("tau", 0.0, 1.0),),
        _skew_double_exponential,
        lambda mu, sigma, tau: _twin(
            "laplace_asymmetric", kappa=math.sqrt(tau / (1 - tau)), loc=mu, scale=sigma / math.sqrt(4 * tau * (1 - tau))
        ),
    ),
    Distribution(
        "logistic",
        real("mu") + positive("sigma"),
        _logistic,
        lambda mu, sigma: _twin("logistic", loc=mu, scale=sigma),
    ),
    Distribution(
        "gumbel",
        real("mu") + positive("beta"),
        _gumbel,
        lambda mu, beta: _twin("gumbel_r", loc=mu, scale=beta),
    ),
    Distribution(
        "skew_normal",
        real("xi") + positive("omega") + real("alpha"),
        _skew_normal,
        lambda xi, omega, alpha: _twin("skewnorm", a=alpha, loc=xi, scale=omega),
    ),
    Distribution(
        "exp_mod_normal",
        real("mu") + positive("sigma", "lambda"),
        _exp_mod_normal,
        lambda mu, sigma, rate: _twin("exponnorm", K=1.0 / (sigma * rate), loc=mu, scale=sigma),
    ),
)

_POSITIVE = (
    Distribution(
        "lognormal",
        real("mu") + positive("sigma"),
        lambda x, mu, sigma: -_HALF_LOG_2PI - log(sigma) - log(x) - ((log(x) - mu) / sigma) ** 2 / 2,
        lambda mu, sigma: _twin("lognorm", s=sigma, scale=math.exp(mu)),
        _from_zero,
    ),
    Distribution(
        "chi_square",
        positive("nu"),
        lambda x, nu: _gamma(x, nu / 2, 0.5),
        lambda nu: _twin("chi2", df=nu),
        _from_zero,
    ),
    Distribution(
        "inv_chi_square",
        positive("nu"),
        lambda x, nu: _inv_gamma(x, nu / 2, 0.5),
        lambda nu: _twin("invgamma", a=nu / 2.0, scale=0.5),
        _from_zero,
    ),
    Distribution(
        "scaled_inv_chi_square",
        positive("nu", "sigma"),
        lambda x, nu, sigma: _inv_gamma(x, nu / 2, nu / 2 * sigma**2),
        lambda nu, sigma: _twin("invgamma", a=nu / 2.0, scale=nu / 2.0 * sigma**2),
        _from_zero,
    ),
    Distribution(
        "exponential",
        positive("beta"),
        lambda x, beta: log(beta) - beta * x,
        lambda beta: _twin("expon", scale=1.0 / beta),
        _from_zero,
    ),
    Distribution(
        "gamma",
        positive("alpha", "beta"),
        _gamma,
        lambda alpha, beta: _twin("gamma", a=alpha, scale=1.0 / beta),
        _from_zero,
    ),
    Distribution(
        "inv_gamma",
        positive("alpha", "beta"),
        _inv_gamma,
        lambda alpha, beta: _twin("invgamma", a=alpha, scale=beta),
        _from_zero,
    ),
    Distribution(
        "weibull",
        positive("alpha", "sigma"),
        _weibull,
        lambda alpha, sigma: _twin("weibull_min", c=alpha, scale=sigma),
        _from_zero,
    ),
    Distribution(
        "frechet",
        positive("alpha", "sigma"),
        _frechet,
        lambda alpha, sigma: _twin("invweibull", c=alpha, scale=sigma),
        _from_zero,
    ),
    Distribution(
        "rayleigh",
        positive("sigma"),
        lambda x, sigma: log(x) - 2 * log(sigma) - (x / sigma) ** 2 / 2,
        lambda sigma: _twin("rayleigh", scale=sigma),
        _from_zero,
    ),
    Distribution(
        "loglogistic",
        positive("alpha", "beta"),
        lambda x, alpha, beta: log(beta) - log(x) + _logistic(beta * log(x / alpha), 0, 1),
        lambda alpha, beta: _twin("fisk", c=beta, scale=alpha),
        _from_zero,
    ),
    Distribution(
        "pareto",
        positive("y_min", "alpha"),
        lambda x, y_min, alpha: log(alpha) + alpha * log(y_min) - (alpha + 1) * log(x),
        lambda y_min, alpha: _twin("pareto", b=alpha, scale=y_min),
        lambda y_min, alpha: (y_min, math.inf),
    ),
    Distribution(
        "pareto_type_2",
        real("mu") + positive("lambda", "alpha"),
        lambda x, mu, scale, alpha: log(alpha) - log(scale) - (alpha + 1) * log1p((x - mu) / scale),
        lambda mu, scale, alpha: _twin("lomax", c=alpha, loc=mu, scale=scale),
        lambda mu, scale, alpha: (mu, math.inf),
    ),
)

_ON_AN_INTERVAL = (
    Distribution(
        "beta",
        positive("alpha", "beta"),
        _beta,
        lambda alpha, beta: _twin("beta", a=alpha, b=beta),
        _unit_interval,
    ),
    Distribution(
        "beta_proportion",
        (Parameter("mu", 0.0, 1.0), *positive("kappa")),
        lambda x, mu, kappa: _beta(x, mu * kappa, (1 - mu) * kappa),
        lambda mu, kappa: _twin("beta", a=mu * kappa, b=(1.0 - mu) * kappa),
        _unit_interval,
    ),
    Distribution(
        "uniform",
        real("alpha", "beta"),
        lambda x, alpha, beta: -log(beta - alpha) + 0 * x,
        lambda alpha, beta: _twin("uniform", loc=alpha, scale=beta - alpha),
        lambda alpha, beta: (alpha, beta),
    ),
    VonMises(
        "von_mises",
        real("mu") + positive("kappa"),
        lambda x, mu, kappa: kappa * cos(x - mu) - 2 * _HALF_LOG_2PI - log_bessel_i0(kappa),
        lambda mu, kappa: _twin("vonmises", kappa=kappa, loc=mu),
        lambda mu, kappa: (-math.pi, math.pi),
    ),
)

DISTRIBUTIONS = {law.name: law for law in _ON_THE_LINE + _POSITIVE + _ON_AN_INTERVAL}
"""All univariate distributions by name."""
