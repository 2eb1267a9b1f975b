"""The negative binomial distribution, by mean and shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import beta_inc, log_beta_inc, where
from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.densities import log_negative_binomial_probability
from partialpool.families.parameters import COUNT_LINKS, STANDARD, location
from partialpool.families.random import negative_binomial_counts
from partialpool.families.responses import COUNT, Array

__all__ = ["Negbinomial"]


@dataclass(frozen=True, repr=False)
class Negbinomial(Family):
    """Counts of mean mu and variance mu + mu^2 / shape.

    Parameters
    ----------
    link
        Link of mu.
    link_shape
        Link of the shape, where it is predicted.
    """

    link: str = "log"
    link_shape: str = "log"

    name = "negbinomial"
    parameters = (location(*COUNT_LINKS, lower=0.0), STANDARD["shape"].with_prior("inv_gamma(0.4, 0.3)"))
    response = COUNT
    additions = DISCRETE_ADDITIONS | {"rate"}

    def log_density(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the log probability."""
        return log_negative_binomial_probability(y, mu, shape)

    def mean(self, mu: Any, shape: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any) -> Array:
        """Return counts."""
        return negative_binomial_counts(rng, mu, shape)

    def cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the probability of a count of at most y, from the incomplete beta function."""
        return where(y < 0, 0.0, beta_inc(shape, where(y < 0, 0, y) + 1, *_chances(mu, shape)))

    def survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the probability of a count above y."""
        stop, proceed = _chances(mu, shape)
        return where(y < 0, 1.0, beta_inc(where(y < 0, 0, y) + 1, shape, proceed, stop))

    def exposed(self, parameters: Mapping[str, Any], denom: Any) -> dict[str, Any]:
        """Return the parameters of a sum of `denom` independent counts: mean and shape grow alike."""
        return {"mu": parameters["mu"] * denom, "shape": parameters["shape"] * denom}

    def log_cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return log(cdf)."""
        return log_beta_inc(shape, y + 1, *_chances(mu, shape))

    def log_survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return log(survival)."""
        stop, proceed = _chances(mu, shape)
        return log_beta_inc(y + 1, shape, proceed, stop)

    def size_biased(self, mu: Any, shape: Any) -> tuple[Family, dict[str, Any], float]:
        """Return the distribution of a shape larger by 1 and the same variance factor, larger by 1."""
        return self, {"mu": mu * (shape + 1) / shape, "shape": shape + 1}, 1.0


def _chances(mu: Any, shape: Any) -> tuple[Any, Any]:
    """Return shape / (mu + shape) and mu / (mu + shape)."""
    return shape / (mu + shape), mu / (mu + shape)
