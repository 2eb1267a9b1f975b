"""The Conway-Maxwell-Poisson distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.mathematics import (
    exp,
    log,
    log_com_poisson,
    log_com_poisson_cdf,
    log_com_poisson_survival,
    maximum,
    where,
)
from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.densities import log_poisson_probability
from partialpool.families.parameters import COUNT_LINKS, STANDARD, location
from partialpool.families.random import log_concave_counts
from partialpool.families.responses import COUNT, Array

__all__ = ["ComPoisson"]


@dataclass(frozen=True, repr=False)
class ComPoisson(Family):
    """Counts with probabilities in proportion to (mu^y / y!)^shape: less variable than Poisson counts if shape > 1.

    mu is not the mean, but where the counts are most probable: the mode is mu rounded down. For large mu the mean is about
    mu + 1 / (2 * shape) - 1 / 2, the variance mu / shape. A shape of 1 makes the Poisson distribution
    (Guikema and Goffelt 2008, Risk Analysis 28, 213-223).

    Parameters
    ----------
    link
        Link of mu.
    link_shape
        Link of shape, where it is predicted.

    Examples
    --------
    >>> from partialpool.families import com_poisson
    >>> round(com_poisson().mean(mu=4.0, shape=2.0), 4)
    3.7409
    """

    link: str = "log"
    link_shape: str = "log"

    name = "com_poisson"
    parameters = (location(*COUNT_LINKS, lower=0.0), STANDARD["shape"])
    response = COUNT
    additions = DISCRETE_ADDITIONS

    def log_density(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the log probability."""
        return log_com_poisson(y, log(mu), shape)

    def mean(self, mu: Any, shape: Any) -> Any:
        """Return the mean, from the derivative of the normalising sum."""
        from partialpool.engine import vecmath

        rate, power = np.broadcast_arrays(np.asarray(log(mu)), np.asarray(shape, dtype=np.float64))
        means = np.empty(rate.size)
        vecmath.fill_com_poisson_means(rate.ravel(), power.ravel(), means)
        return means.reshape(rate.shape) if rate.ndim else float(means[0])

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any) -> Array:
        """Return counts."""
        mu, shape = np.broadcast_arrays(np.asarray(mu, dtype=np.float64), np.asarray(shape, dtype=np.float64))
        mode = np.floor(mu)
        at_mode = np.asarray(log_poisson_probability(mode, mu))

        def log_ratio(counts: Array, place: NDArray[np.intp]) -> Array:
            excess = log_poisson_probability(counts, mu.ravel()[place]) - at_mode.ravel()[place]
            return np.asarray(shape.ravel()[place] * excess)

        return log_concave_counts(rng, mode, np.asarray(np.exp(log_com_poisson(mode, log(mu), shape))), log_ratio)

    def cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the probability of a count of at most y."""
        return where(y < 0, 0.0, exp(self.log_cdf(maximum(y, 0), mu, shape)))

    def survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the probability of a count above y."""
        return where(y < 0, 1.0, exp(self.log_survival(maximum(y, 0), mu, shape)))

    def log_cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return log(cdf), a sum over the tail that does not hold mu."""
        return log_com_poisson_cdf(y, log(mu), shape)

    def log_survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return log(survival)."""
        return log_com_poisson_survival(y, log(mu), shape)
