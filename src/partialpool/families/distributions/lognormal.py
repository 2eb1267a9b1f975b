"""The lognormal distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import Phi, exp, log, log_Phi, log_Phi_diff, where
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.parameters import STANDARD, location
from partialpool.families.responses import POSITIVE, Array

__all__ = ["Lognormal"]


@dataclass(frozen=True, repr=False)
class Lognormal(Family):
    """Positive responses whose logarithm is normal of mean mu and standard deviation sigma.

    The mean is exp(mu + sigma^2 / 2), the variance (exp(sigma^2) - 1) * exp(2 * mu + sigma^2).

    Parameters
    ----------
    link
        Link of mu.
    link_sigma
        Link of sigma, where it is predicted.
    """

    link: str = "identity"
    link_sigma: str = "log"

    name = "lognormal"
    parameters = (location("identity", "inverse"), STANDARD["sigma"])
    response = POSITIVE
    additions = CONTINUOUS_ADDITIONS
    log_scale = True

    def log_density(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return the log density."""
        return -(((log(y) - mu) / sigma) ** 2) / 2 - log(sigma) - log(y) - math.log(2 * math.pi) / 2

    def mean(self, mu: Any, sigma: Any) -> Any:
        """Return exp(mu + sigma^2 / 2)."""
        return exp(mu + sigma**2 / 2)

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any) -> Array:
        """Return exponentials of normal draws."""
        return np.asarray(rng.lognormal(mu, sigma))

    def cdf(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return Phi((log(y) - mu) / sigma)."""
        return where(y > 0, Phi((log(where(y > 0, y, 1)) - mu) / sigma), 0.0)

    def survival(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return Phi((mu - log(y)) / sigma)."""
        return where(y > 0, Phi((mu - log(where(y > 0, y, 1))) / sigma), 1.0)

    def log_cdf(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return log(cdf)."""
        return log_Phi((log(y) - mu) / sigma)

    def log_survival(self, y: Any, mu: Any, sigma: Any) -> Any:
        """Return log(survival)."""
        return log_Phi((mu - log(y)) / sigma)

    def log_interval(self, lower: Any, upper: Any, mu: Any, sigma: Any) -> Any:
        """Return the log probability of a response between the bounds."""
        return log_Phi_diff((log(upper) - mu) / sigma, (log(lower) - mu) / sigma)

    def size_biased(self, mu: Any, sigma: Any) -> tuple[Family, dict[str, Any], float]:
        """Return the lognormal distribution of mu + sigma^2."""
        return self, {"mu": mu + sigma**2, "sigma": sigma}, 0.0
