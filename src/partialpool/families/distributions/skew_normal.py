"""The skew normal distribution, by mean and standard deviation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import exp, log, log_Phi, log_skew_normal_cdf, sqrt
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.parameters import ANY_LINKS, STANDARD, location
from partialpool.families.responses import REAL, Array

__all__ = ["SkewNormal"]


@dataclass(frozen=True, repr=False)
class SkewNormal(Family):
    """Responses of mean mu and standard deviation sigma, skewed to the right where alpha > 0, to the left where alpha < 0.

    With d = alpha / sqrt(1 + alpha^2), omega = sigma / sqrt(1 - 2 * d^2 / pi), xi = mu - omega * d * sqrt(2 / pi) and
    z = (y - xi) / omega the density is 2 / omega * phi(z) * Phi(alpha * z), phi and Phi the standard normal density and
    distribution function.

    Parameters
    ----------
    link
        Link of mu.
    link_sigma, link_alpha
        Links of sigma and alpha, where they are predicted.

    Notes
    -----
    Azzalini (1985). A class of distributions which includes the normal ones. Scandinavian Journal of Statistics, 12(2),
    171-178.

    Examples
    --------
    >>> from partialpool.families import skew_normal
    >>> round(skew_normal().log_density(1.0, mu=0.0, sigma=1.0, alpha=0.0), 6)
    -1.418939
    """

    link: str = "identity"
    link_sigma: str = "log"
    link_alpha: str = "identity"

    name = "skew_normal"
    parameters = (location(*ANY_LINKS), STANDARD["sigma"], STANDARD["alpha"])
    response = REAL
    additions = CONTINUOUS_ADDITIONS | {"se"}

    def log_density(self, y: Any, mu: Any, sigma: Any, alpha: Any) -> Any:
        """Return the log density."""
        z, narrowing = _standardised(y, mu, sigma, alpha), _standard(alpha)[1]
        return math.log(2 / math.pi) / 2 - log(sigma) + log(narrowing) / 2 - z**2 / 2 + log_Phi(alpha * z)

    def mean(self, mu: Any, sigma: Any, alpha: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any, alpha: Any) -> Array:
        """Return skew normal draws: a half-normal part and a normal one."""
        shape = np.broadcast_shapes(np.shape(mu), np.shape(sigma), np.shape(alpha))
        half, normal = np.abs(rng.standard_normal(shape)), rng.standard_normal(shape)
        offset, narrowing = _standard(alpha)
        z = (alpha * half + normal) / np.sqrt(1 + np.square(alpha))
        return np.asarray(mu + sigma * (z - offset) / np.sqrt(narrowing))

    def cdf(self, y: Any, mu: Any, sigma: Any, alpha: Any) -> Any:
        """Return Phi(z) - 2 * T(z, alpha), T Owen's function."""
        return exp(self.log_cdf(y, mu, sigma, alpha))

    def survival(self, y: Any, mu: Any, sigma: Any, alpha: Any) -> Any:
        """Return the distribution function of the reflected response."""
        return exp(self.log_survival(y, mu, sigma, alpha))

    def log_cdf(self, y: Any, mu: Any, sigma: Any, alpha: Any) -> Any:
        """Return the logarithm of the distribution function."""
        return log_skew_normal_cdf(_standardised(y, mu, sigma, alpha), alpha)

    def log_survival(self, y: Any, mu: Any, sigma: Any, alpha: Any) -> Any:
        """Return the logarithm of the probability of a response above y."""
        return log_skew_normal_cdf(-_standardised(y, mu, sigma, alpha), -alpha)


def _standardised(y: Any, mu: Any, sigma: Any, alpha: Any) -> Any:
    """Return the response on the scale of the distribution of location 0 and scale 1."""
    offset, narrowing = _standard(alpha)
    return (y - mu) / sigma * sqrt(narrowing) + offset


def _standard(alpha: Any) -> tuple[Any, Any]:
    """Return mean and variance of the distribution of location 0 and scale 1."""
    d = alpha / sqrt(1 + alpha**2)
    return d * math.sqrt(2 / math.pi), 1 - 2 * d**2 / math.pi
