"""The Frechet distribution, by its mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import exp, expm1, lgamma_diff, log, log1m_exp, where
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.parameters import POSITIVE_LINKS, STANDARD, location
from partialpool.families.responses import POSITIVE, Array

__all__ = ["Frechet"]


@dataclass(frozen=True, repr=False)
class Frechet(Family):
    """Positive responses of mean mu with a tail like y^(-nu), nu > 1: maxima of heavy-tailed quantities.

    With s = mu / gamma(1 - 1 / nu) the density is nu / s * (y / s)^(-1 - nu) * exp(-(y / s)^(-nu)); the variance,
    mu^2 * (gamma(1 - 2 / nu) / gamma(1 - 1 / nu)^2 - 1), is infinite for nu <= 2.

    Parameters
    ----------
    link
        Link of mu.
    link_nu
        Link of nu, where it is predicted.

    Notes
    -----
    Kotz and Nadarajah (2000). Extreme value distributions, chapter 1.

    Examples
    --------
    >>> from partialpool.families import frechet
    >>> round(frechet().cdf(1.0, mu=1.0, nu=2.0), 6)
    0.727377
    """

    link: str = "log"
    link_nu: str = "logm1"

    name = "frechet"
    parameters = (location(*POSITIVE_LINKS, lower=0.0), STANDARD["nu"])
    response = POSITIVE
    additions = CONTINUOUS_ADDITIONS

    def log_density(self, y: Any, mu: Any, nu: Any) -> Any:
        """Return the log density."""
        log_ratio = _log_ratio(y, mu, nu)
        return log(nu) - log(y) - nu * log_ratio - exp(-nu * log_ratio)

    def mean(self, mu: Any, nu: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, nu: Any) -> Array:
        """Return Frechet draws."""
        exponential = rng.standard_exponential(np.broadcast_shapes(np.shape(mu), np.shape(nu)))
        return np.asarray(mu * np.exp(-np.log(exponential) / nu - _log_gamma(nu)))

    def cdf(self, y: Any, mu: Any, nu: Any) -> Any:
        """Return exp(-(y / s)^(-nu))."""
        return where(y > 0, exp(-exp(-nu * _log_ratio(where(y > 0, y, 1), mu, nu))), 0.0)

    def survival(self, y: Any, mu: Any, nu: Any) -> Any:
        """Return 1 - exp(-(y / s)^(-nu))."""
        return where(y > 0, -expm1(-exp(-nu * _log_ratio(where(y > 0, y, 1), mu, nu))), 1.0)

    def log_cdf(self, y: Any, mu: Any, nu: Any) -> Any:
        """Return -(y / s)^(-nu)."""
        return -exp(-nu * _log_ratio(y, mu, nu))

    def log_survival(self, y: Any, mu: Any, nu: Any) -> Any:
        """Return log(1 - exp(-(y / s)^(-nu)))."""
        return log1m_exp(-exp(-nu * _log_ratio(y, mu, nu)))


def _log_gamma(nu: Any) -> Any:
    """Return lgamma(1 - 1 / nu), as a difference that keeps its digits for large nu."""
    return -lgamma_diff((nu - 1) / nu, 1 / nu)


def _log_ratio(y: Any, mu: Any, nu: Any) -> Any:
    """Return the logarithm of response over scale."""
    return log(y) - log(mu) + _log_gamma(nu)
