"""The Poisson distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import gamma_p, gamma_q, log_gamma_p, log_gamma_q, where
from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.densities import log_poisson_probability
from partialpool.families.parameters import COUNT_LINKS, location
from partialpool.families.random import poisson_counts
from partialpool.families.responses import COUNT, Array

__all__ = ["Poisson"]


@dataclass(frozen=True, repr=False)
class Poisson(Family):
    """Counts of mean and variance mu.

    Parameters
    ----------
    link
        Link of mu.
    """

    link: str = "log"

    name = "poisson"
    parameters = (location(*COUNT_LINKS, lower=0.0),)
    response = COUNT
    additions = DISCRETE_ADDITIONS | {"rate"}

    def log_density(self, y: Any, mu: Any) -> Any:
        """Return the log probability."""
        return log_poisson_probability(y, mu)

    def mean(self, mu: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any) -> Array:
        """Return counts."""
        return poisson_counts(rng, mu)

    def cdf(self, y: Any, mu: Any) -> Any:
        """Return the probability of a count of at most y, from the incomplete gamma function."""
        return where(y < 0, 0.0, gamma_q(where(y < 0, 0, y) + 1, mu))

    def survival(self, y: Any, mu: Any) -> Any:
        """Return the probability of a count above y."""
        return where(y < 0, 1.0, gamma_p(where(y < 0, 0, y) + 1, mu))

    def log_cdf(self, y: Any, mu: Any) -> Any:
        """Return log(cdf)."""
        return log_gamma_q(y + 1, mu)

    def log_survival(self, y: Any, mu: Any) -> Any:
        """Return log(survival)."""
        return log_gamma_p(y + 1, mu)

    def size_biased(self, mu: Any) -> tuple[Family, dict[str, Any], float]:
        """Return the same distribution, larger by 1."""
        return self, {"mu": mu}, 1.0
