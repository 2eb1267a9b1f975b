"""The normal distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import Phi, log
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
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
