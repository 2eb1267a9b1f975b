"""The exponentially modified normal distribution, by its mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import Phi, exp, expm1, log, log1m_exp, log_mills, log_Phi, log_sum_exp, where
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.parameters import REAL_LINKS, STANDARD, location
from partialpool.families.responses import REAL, Array

__all__ = ["Exgaussian"]


@dataclass(frozen=True, repr=False)
class Exgaussian(Family):
    """Responses that are the sum of a normal part of standard deviation sigma and an exponential part of mean beta.

    mu is the mean of the sum, so that of the normal part is mu - beta; the variance is sigma^2 + beta^2. With
    z = (y - mu + beta) / sigma and s = sigma / beta the density is exp(s^2 / 2 - s * z) * Phi(z - s) / beta.

    Parameters
    ----------
    link
        Link of mu.
    link_sigma, link_beta
        Links of sigma and beta, where they are predicted.

    Notes
    -----
    Grushka (1972). Characterization of exponentially modified Gaussian peaks in chromatography. Analytical Chemistry,
    44(11), 1733-1738.

    Examples
    --------
    >>> from partialpool.families import exgaussian
    >>> round(exgaussian().cdf(0.0, mu=0.0, sigma=0.01, beta=1.0), 5)
    0.6321
    """

    link: str = "identity"
    link_sigma: str = "log"
    link_beta: str = "log"

    name = "exgaussian"
    parameters = (location(*REAL_LINKS), STANDARD["sigma"], STANDARD["beta"])
    response = REAL
    additions = CONTINUOUS_ADDITIONS

    def log_density(self, y: Any, mu: Any, sigma: Any, beta: Any) -> Any:
        """Return the log density."""
        z, s = _standard(y, mu, sigma, beta)
        return _log_exponential(z, s, (y - mu) / beta + 1) - log(beta)

    def mean(self, mu: Any, sigma: Any, beta: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any, beta: Any) -> Array:
        """Return sums of a normal and an exponential draw."""
        shape = np.broadcast_shapes(np.shape(mu), np.shape(sigma), np.shape(beta))
        return np.asarray(rng.normal(mu - beta, sigma, shape) + rng.exponential(beta, shape))

    def cdf(self, y: Any, mu: Any, sigma: Any, beta: Any) -> Any:
        """Return Phi(z) - exp(s^2 / 2 - s * z) * Phi(z - s)."""
        z, s = _standard(y, mu, sigma, beta)
        return -Phi(z) * expm1(_log_share(z, s))

    def survival(self, y: Any, mu: Any, sigma: Any, beta: Any) -> Any:
        """Return Phi(-z) + exp(s^2 / 2 - s * z) * Phi(z - s)."""
        z, s = _standard(y, mu, sigma, beta)
        return Phi(-z) + exp(_log_exponential(z, s, s * z))

    def log_cdf(self, y: Any, mu: Any, sigma: Any, beta: Any) -> Any:
        """Return the logarithm of the distribution function."""
        z, s = _standard(y, mu, sigma, beta)
        return log_Phi(z) + log1m_exp(_log_share(z, s))

    def log_survival(self, y: Any, mu: Any, sigma: Any, beta: Any) -> Any:
        """Return the logarithm of the probability of a response above y."""
        z, s = _standard(y, mu, sigma, beta)
        return log_sum_exp(log_Phi(-z), _log_exponential(z, s, s * z))


def _standard(y: Any, mu: Any, sigma: Any, beta: Any) -> tuple[Any, Any]:
    """Return the response in standard deviations of the normal part, from its mean; and sigma / beta."""
    return (y - mu + beta) / sigma, sigma / beta


def _log_exponential(z: Any, s: Any, product: Any) -> Any:
    """Return s^2 / 2 - s * z + log(Phi(z - s)), given s * z, in which sigma cancels.

    Where z is below s that is the normal density at z times Mills' ratio at s - z, and the squares of s cancel.
    """
    below = -(z**2) / 2 - math.log(2 * math.pi) / 2 + log_mills(s - z)
    return where(z > s, s**2 / 2 - product + log_Phi(z - s), below)


def _log_share(z: Any, s: Any) -> Any:
    """Return the logarithm of what `_log_exponential` is the logarithm of, over Phi(z)."""
    return where(z > 0, _log_exponential(z, s, s * z) - log_Phi(z), log_mills(s - z) - log_mills(-z))
