"""The Weibull distribution, by mean and shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import exp, expm1, lgamma_diff, log, log1m_exp, where
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.distributions.generalized_gamma import GeneralizedGamma
from partialpool.families.parameters import POSITIVE_LINKS, STANDARD, location
from partialpool.families.responses import POSITIVE, Array

__all__ = ["Weibull"]


@dataclass(frozen=True, repr=False)
class Weibull(Family):
    """Positive responses of mean mu whose hazard is proportional to y^(shape - 1).

    With s = mu / gamma(1 + 1 / shape) the density is shape / s * (y / s)^(shape - 1) * exp(-(y / s)^shape), the variance
    mu^2 * (gamma(1 + 2 / shape) / gamma(1 + 1 / shape)^2 - 1).

    Parameters
    ----------
    link
        Link of mu.
    link_shape
        Link of the shape, where it is predicted.

    Notes
    -----
    Johnson, Kotz and Balakrishnan (1994). Continuous univariate distributions, volume 1, chapter 21.

    Examples
    --------
    >>> from partialpool.families import weibull
    >>> round(weibull().survival(2.0, mu=1.0, shape=1.0), 6)
    0.135335
    """

    link: str = "log"
    link_shape: str = "log"

    name = "weibull"
    parameters = (location(*POSITIVE_LINKS, lower=0.0), STANDARD["shape"])
    response = POSITIVE
    additions = CONTINUOUS_ADDITIONS

    def log_density(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the log density."""
        log_ratio = _log_ratio(y, mu, shape)
        return log(shape) - log(y) + shape * log_ratio - exp(shape * log_ratio)

    def mean(self, mu: Any, shape: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any) -> Array:
        """Return Weibull draws."""
        exponential = rng.standard_exponential(np.broadcast_shapes(np.shape(mu), np.shape(shape)))
        return np.asarray(mu * np.exp(np.log(exponential) / shape - lgamma_diff(1.0, 1 / shape)))

    def cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return 1 - exp(-(y / s)^shape)."""
        return where(y > 0, -expm1(-exp(shape * _log_ratio(where(y > 0, y, 1), mu, shape))), 0.0)

    def survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return exp(-(y / s)^shape)."""
        return where(y > 0, exp(-exp(shape * _log_ratio(where(y > 0, y, 1), mu, shape))), 1.0)

    def log_cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return log(1 - exp(-(y / s)^shape))."""
        return log1m_exp(-exp(shape * _log_ratio(y, mu, shape)))

    def log_survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return -(y / s)^shape."""
        return -exp(shape * _log_ratio(y, mu, shape))

    def size_biased(self, mu: Any, shape: Any) -> tuple[Family, dict[str, Any], float]:
        """Return the distribution where (y / s)^shape is a gamma variable of shape 1 + 1 / shape."""
        return _power_of_gamma(_log_ratio(1.0, mu, shape), 1 + 1 / shape, 1 / shape)


def _power_of_gamma(log_rate: Any, n: Any, power: Any) -> tuple[Family, dict[str, Any], float]:
    """Return the distribution of G^power / rate, G a gamma variable of shape n."""
    alpha = 1 / np.sqrt(n)
    return GeneralizedGamma(), {"mu": power * np.log(n) - log_rate, "sigma": power * alpha, "alpha": alpha}, 0.0


def _log_ratio(y: Any, mu: Any, shape: Any) -> Any:
    """Return the logarithm of response over scale."""
    return log(y) - log(mu) + lgamma_diff(1.0, 1 / shape)
