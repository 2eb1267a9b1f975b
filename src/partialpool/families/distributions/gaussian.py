"""The normal distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import Phi, exp, log, log_Phi, log_Phi_diff
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.events import log_probability
from partialpool.families.parameters import ANY_LINKS, STANDARD, location
from partialpool.families.responses import REAL, Array

__all__ = ["Gaussian"]


@dataclass(frozen=True, repr=False)
class Gaussian(Family):
    """Normal responses of mean mu and standard deviation sigma.

    Parameters
    ----------
    link
        Link of mu.
    link_sigma
        Link of sigma, where it is predicted.
    """

    link: str = "identity"
    link_sigma: str = "log"

    name = "gaussian"
    parameters = (location(*ANY_LINKS), STANDARD["sigma"])
    response = REAL
    additions = CONTINUOUS_ADDITIONS | {"se"}

    def log_density(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return the log density."""
        return -(((y - mu) / sigma) ** 2) / 2 - log(sigma) - math.log(2 * math.pi) / 2

    def mean(self, mu: Any, sigma: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any) -> Array:
        """Return normal draws."""
        return np.asarray(rng.normal(mu, sigma))

    def cdf(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return Phi((y - mu) / sigma)."""
        return Phi((y - mu) / sigma)

    def survival(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return Phi((mu - y) / sigma)."""
        return Phi((mu - y) / sigma)

    def log_cdf(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return log(cdf)."""
        return log_Phi((y - mu) / sigma)

    def log_survival(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return log(survival)."""
        return log_Phi((mu - y) / sigma)

    def log_interval(self, lower: Any, upper: Any, mu: Any, sigma: Any) -> Any:
        """Return the log probability of a response between the bounds."""
        return log_Phi_diff((upper - mu) / sigma, (lower - mu) / sigma)

    def truncated_mean(self, lower: Any, upper: Any, mu: Any, sigma: Any) -> Any:
        """Return the mean of a response between the bounds: mu + sigma * (phi(a) - phi(b)) / (Phi(b) - Phi(a))."""
        a, b = (lower - mu) / sigma, (upper - mu) / sigma
        total = log_probability(self, lower, upper, {"mu": mu, "sigma": sigma})
        return mu + sigma * (exp(-(a**2) / 2 - total) - exp(-(b**2) / 2 - total)) / math.sqrt(2 * math.pi)
