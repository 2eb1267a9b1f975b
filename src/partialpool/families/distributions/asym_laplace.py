"""The asymmetric Laplace distribution, for quantile regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import exp, expm1, log, log1m, where
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.events import log_probability
from partialpool.families.parameters import REAL_LINKS, STANDARD, location
from partialpool.families.responses import REAL, Array

__all__ = ["AsymLaplace"]


@dataclass(frozen=True, repr=False)
class AsymLaplace(Family):
    """Responses whose quantile of order `quantile` is mu; that order is usually fixed, as in `bf("y ~ x", quantile=0.9)`.

    With p = quantile and u = (y - mu) / sigma the density is p * (1 - p) / sigma * exp(-u * p) for u >= 0 and
    p * (1 - p) / sigma * exp(u * (1 - p)) below, the mean mu + sigma * (1 - 2 * p) / (p * (1 - p)), the variance
    sigma^2 * (1 - 2 * p + 2 * p^2) / (p * (1 - p))^2.

    Parameters
    ----------
    link
        Link of mu.
    link_sigma, link_quantile
        Links of sigma and of the order of the quantile, where they are predicted.

    Notes
    -----
    Yu and Zhang (2005). A three-parameter asymmetric Laplace distribution and its extension. Communications in
    Statistics - Theory and Methods, 34(9-10), 1867-1879.

    Examples
    --------
    >>> from partialpool.families import asym_laplace
    >>> asym_laplace().cdf(4.0, mu=4.0, sigma=2.0, quantile=0.9)
    0.9
    """

    link: str = "identity"
    link_sigma: str = "log"
    link_quantile: str = "logit"

    name = "asym_laplace"
    parameters = (location(*REAL_LINKS), STANDARD["sigma"], STANDARD["quantile"])
    response = REAL
    additions = CONTINUOUS_ADDITIONS

    def log_density(self, y: Any, mu: Any, sigma: Any, quantile: Any) -> Any:
        """Return the log density."""
        u = (y - mu) / sigma
        return log(quantile) + log1m(quantile) - log(sigma) + where(y < mu, u * (1 - quantile), -(u * quantile))

    def mean(self, mu: Any, sigma: Any, quantile: Any) -> Any:
        """Return mu + sigma * (1 / quantile - 1 / (1 - quantile))."""
        return mu + sigma * (1 / quantile - 1 / (1 - quantile))

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any, quantile: Any) -> Array:
        """Return mu plus the difference of two exponential draws."""
        shape = np.broadcast_shapes(np.shape(mu), np.shape(sigma), np.shape(quantile))
        above, below = rng.standard_exponential(shape), rng.standard_exponential(shape)
        return np.asarray(mu + sigma * (above / quantile - below / (1 - quantile)))

    def cdf(self, y: Any, mu: Any, sigma: Any, quantile: Any) -> Any:
        """Return the distribution function, which is `quantile` at mu."""
        u = (y - mu) / sigma
        below = where(y < mu, u, 0.0) * (1 - quantile)
        above = where(y < mu, 0.0, u) * quantile
        return where(y < mu, quantile * exp(below), quantile - (1 - quantile) * expm1(-above))

    def survival(self, y: Any, mu: Any, sigma: Any, quantile: Any) -> Any:
        """Return the probability of a response above y."""
        u = (y - mu) / sigma
        below = where(y < mu, u, 0.0) * (1 - quantile)
        above = where(y < mu, 0.0, u) * quantile
        return where(y < mu, (1 - quantile) - quantile * expm1(below), (1 - quantile) * exp(-above))

    def truncated_mean(self, lower: Any, upper: Any, mu: Any, sigma: Any, quantile: Any) -> Any:
        """Return the mean of a response between the bounds: exponential parts above and below mu, by their shares."""
        given = {"mu": mu, "sigma": sigma, "quantile": quantile}
        high, low = np.maximum(lower, mu), np.minimum(upper, mu)
        above = mu + _mean_of_exponential(high - mu, upper - mu, sigma / quantile)
        below = mu - _mean_of_exponential(mu - low, mu - lower, sigma / (1 - quantile))
        with np.errstate(all="ignore"):
            share = np.exp(log_probability(self, high, upper, given) - log_probability(self, lower, upper, given))
        share = np.where(upper <= mu, 0.0, np.where(lower >= mu, 1.0, share))
        return np.where(share > 0, share * above, 0.0) + np.where(share < 1, (1 - share) * below, 0.0)


def _mean_of_exponential(first: Any, last: Any, scale: Any) -> Any:
    """Return the mean of an exponential variable between bounds of at least 0, of which the last may be infinite."""
    width = (last - first) / scale
    with np.errstate(all="ignore"):
        cut = np.where(np.isfinite(width), width / np.expm1(width), 0.0)
    return first + scale * (1 - cut)
