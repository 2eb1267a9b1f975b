"""The negative binomial distribution, by mean and shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import beta_inc, lgamma, lgamma_diff, log, log1p, where
from partialpool.families.base import DISCRETE_ADDITIONS, Family
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
        """Return the log probability.

        The terms that grow with the shape cancel within `lgamma_diff` and `log1p`, so that no digits are lost on the way
        to the Poisson limit.
        """
        counting = lgamma_diff(shape, y) - lgamma(y + 1)
        return counting + y * (log(mu) - log(shape)) - (y + shape) * log1p(mu / shape)

    def mean(self, mu: Any, shape: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any) -> Array:
        """Return counts."""
        return negative_binomial_counts(rng, mu, shape)

    def cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the probability of a count of at most y, from the incomplete beta function."""
        return where(y < 0, 0.0, beta_inc(shape, where(y < 0, 0, y) + 1, shape / (mu + shape)))

    def survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the probability of a count above y."""
        return where(y < 0, 1.0, beta_inc(where(y < 0, 0, y) + 1, shape, mu / (mu + shape)))

    def exposed(self, parameters: Mapping[str, Any], denom: Any) -> dict[str, Any]:
        """Return the parameters of a sum of `denom` independent counts: mean and shape grow alike."""
        return {"mu": parameters["mu"] * denom, "shape": parameters["shape"] * denom}
