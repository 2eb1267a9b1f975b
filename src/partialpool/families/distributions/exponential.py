"""The exponential distribution, by its mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import exp, expm1, log, log1m_exp, where
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.distributions.gamma import Gamma
from partialpool.families.parameters import POSITIVE_LINKS, location
from partialpool.families.responses import POSITIVE, Array

__all__ = ["Exponential"]


@dataclass(frozen=True, repr=False)
class Exponential(Family):
    """Positive responses of mean mu and variance mu^2, without memory.

    Parameters
    ----------
    link
        Link of mu.
    """

    link: str = "log"

    name = "exponential"
    parameters = (location(*POSITIVE_LINKS, lower=0.0),)
    response = POSITIVE
    additions = CONTINUOUS_ADDITIONS

    def log_density(self, y: Any, mu: Any) -> Any:
        """Return the log density."""
        return -log(mu) - y / mu

    def mean(self, mu: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any) -> Array:
        """Return exponential draws."""
        return np.asarray(rng.exponential(mu))

    def cdf(self, y: Any, mu: Any) -> Any:
        """Return 1 - exp(-y / mu)."""
        return where(y > 0, -expm1(-y / mu), 0.0)

    def survival(self, y: Any, mu: Any) -> Any:
        """Return exp(-y / mu)."""
        return where(y > 0, exp(-y / mu), 1.0)

    def log_cdf(self, y: Any, mu: Any) -> Any:
        """Return log(1 - exp(-y / mu))."""
        return log1m_exp(-y / mu)

    def log_survival(self, y: Any, mu: Any) -> Any:
        """Return -y / mu."""
        return -y / mu

    def log_interval(self, lower: Any, upper: Any, mu: Any) -> Any:
        """Return the log probability of a response between the bounds."""
        return -lower / mu + log1m_exp((lower - upper) / mu)

    def size_biased(self, mu: Any) -> tuple[Family, dict[str, Any], float]:
        """Return the gamma distribution of shape 2."""
        return Gamma(), {"mu": 2 * mu, "shape": 2.0}, 0.0
