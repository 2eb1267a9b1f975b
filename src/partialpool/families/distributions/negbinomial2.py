"""The negative binomial distribution, by mean and overdispersion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.distributions.negbinomial import Negbinomial
from partialpool.families.parameters import COUNT_LINKS, STANDARD, location
from partialpool.families.responses import COUNT, Array

__all__ = ["Negbinomial2"]

_NEGBINOMIAL = Negbinomial()


@dataclass(frozen=True, repr=False)
class Negbinomial2(Family):
    """Counts of mean mu and variance mu + sigma * mu^2: `negbinomial` of shape 1 / sigma.

    Parameters
    ----------
    link
        Link of mu.
    link_sigma
        Link of sigma, where it is predicted.

    Examples
    --------
    >>> import math
    >>> from partialpool.families import negbinomial2
    >>> round(math.exp(negbinomial2().log_density(0.0, mu=2.0, sigma=0.5)), 6)
    0.25
    """

    link: str = "log"
    link_sigma: str = "log"

    name = "negbinomial2"
    parameters = (location(*COUNT_LINKS, lower=0.0), STANDARD["sigma"].with_prior("gamma(0.4, 0.3)"))
    response = COUNT
    additions = DISCRETE_ADDITIONS | {"rate"}

    def log_density(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return the log probability."""
        return _NEGBINOMIAL.log_density(y, mu, 1 / sigma)

    def mean(self, mu: Any, sigma: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any) -> Array:
        """Return counts."""
        return _NEGBINOMIAL.draw(rng, mu, 1 / sigma)

    def cdf(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return the probability of a count of at most y."""
        return _NEGBINOMIAL.cdf(y, mu, 1 / sigma)

    def survival(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return the probability of a count above y."""
        return _NEGBINOMIAL.survival(y, mu, 1 / sigma)

    def log_cdf(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return log(cdf)."""
        return _NEGBINOMIAL.log_cdf(y, mu, 1 / sigma)

    def log_survival(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return log(survival)."""
        return _NEGBINOMIAL.log_survival(y, mu, 1 / sigma)

    def size_biased(self, mu: Any, sigma: Any) -> tuple[Family, dict[str, Any], float]:
        """Return that of `negbinomial`."""
        return _NEGBINOMIAL.size_biased(mu, 1 / sigma)

    def exposed(self, parameters: Mapping[str, Any], denom: Any) -> dict[str, Any]:
        """Return the parameters of a sum of `denom` independent counts: the mean grows, the overdispersion falls."""
        return {"mu": parameters["mu"] * denom, "sigma": parameters["sigma"] / denom}
