"""The generalised gamma distribution in Prentice's form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import (
    Phi,
    absolute,
    exp,
    exp_remainder,
    gamma_p,
    gamma_q,
    log,
    log1p_ratio,
    sqrt,
    stirling_error,
    where,
)
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.parameters import STANDARD, location
from partialpool.families.responses import POSITIVE, Array

__all__ = ["GeneralizedGamma"]

_NEARLY_NORMAL = 1e-5
"""Below this alpha the distribution function comes from the normal one, with an error of alpha^2."""


@dataclass(frozen=True, repr=False)
class GeneralizedGamma(Family):
    """Positive responses, with location mu and scale sigma of their logarithm, and shape alpha of either sign.

    It is the lognormal distribution for alpha = 0, the Weibull of shape 1 / sigma for alpha = 1, the gamma of shape
    1 / sigma^2 for alpha = sigma, and for alpha < 0 the distribution of the reciprocal of such a response.
    With w = (log(y) - mu) / sigma and n = 1 / alpha^2 the density is
    abs(alpha) * n^n / (gamma(n) * sigma * y) * exp(n * (alpha * w - exp(alpha * w))); the mean is
    exp(mu) * alpha^(2 * sigma / alpha) * gamma(n + sigma / alpha) / gamma(n) where alpha * sigma > -1, and infinite elsewhere.

    Parameters
    ----------
    link
        Link of mu.
    link_sigma, link_alpha
        Links of sigma and alpha, where they are predicted.

    Notes
    -----
    Prentice (1974). A log gamma model and its maximum likelihood estimation. Biometrika, 61(3), 539-544.

    Examples
    --------
    >>> from partialpool.families import generalized_gamma
    >>> round(generalized_gamma().survival(2.0, mu=0.0, sigma=1.0, alpha=1.0), 6)
    0.135335
    """

    link: str = "identity"
    link_sigma: str = "log"
    link_alpha: str = "identity"

    name = "generalized_gamma"
    parameters = (location("identity", "inverse"), STANDARD["sigma"], STANDARD["alpha"])
    response = POSITIVE
    additions = CONTINUOUS_ADDITIONS
    log_scale = True

    def log_density(self, y: Any, mu: Any, sigma: Any, alpha: Any) -> Any:
        """Return the log density: that of the lognormal distribution, its square replaced by what has it as limit."""
        w = (log(y) - mu) / sigma
        constant = log(sigma) + log(y) + math.log(2 * math.pi) / 2 + stirling_error(alpha**2)
        return -(w**2) * exp_remainder(alpha * w) - constant

    def mean(self, mu: Any, sigma: Any, alpha: Any) -> Any:
        """Return the mean, infinite where alpha * sigma <= -1."""
        product = np.multiply(alpha, sigma)
        t = np.maximum(product, np.nextafter(-1.0, 0.0))
        ratio = log1p_ratio(t)
        square = (1 + t) * np.square(sigma * ratio) * exp_remainder(-t * ratio)
        errors = stirling_error(np.square(alpha) / (1 + t)) - stirling_error(np.square(alpha))
        return np.where(product > -1, np.exp(np.minimum(mu + square - t * ratio / 2 + errors, 709.0)), np.inf)

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any, alpha: Any) -> Array:
        """Return powers of gamma draws; where alpha is next to 0, lognormal draws."""
        shape = np.broadcast_shapes(np.shape(mu), np.shape(sigma), np.shape(alpha))
        near = np.abs(alpha) < 1e-7
        given = np.where(near, 1.0, alpha)
        n = 1 / np.square(given)
        # A gamma draw of shape n as one of shape n + 1 times a power of a uniform one: its logarithm does not overflow.
        log_gamma = np.log(rng.standard_gamma(n + 1, shape)) - rng.standard_exponential(shape) / n
        w = np.where(near, rng.standard_normal(shape), (log_gamma - np.log(n)) / given)
        return np.asarray(np.exp(mu + sigma * w))

    def cdf(self, y: Any, mu: Any, sigma: Any, alpha: Any) -> Any:
        """Return the distribution function, an incomplete gamma function."""
        return where(y > 0, _cdf((log(where(y > 0, y, 1)) - mu) / sigma, alpha), 0.0)

    def survival(self, y: Any, mu: Any, sigma: Any, alpha: Any) -> Any:
        """Return the probability of a response above y: the distribution function of the reciprocal."""
        return where(y > 0, _cdf((mu - log(where(y > 0, y, 1))) / sigma, -alpha), 1.0)


def _cdf(w: Any, alpha: Any) -> Any:
    """Return the probability that a standardised logarithm is at most w."""
    near = absolute(alpha) < _NEARLY_NORMAL
    given = where(near, 1.0, alpha)
    n = 1 / given**2
    x = n * exp(given * w)
    root = w * sqrt(2 * exp_remainder(alpha * w))
    normal = Phi(root) + alpha / 3 * exp(-(root**2) / 2) / math.sqrt(2 * math.pi)
    return where(near, normal, where(alpha > 0, gamma_p(n, x), gamma_q(n, x)))
