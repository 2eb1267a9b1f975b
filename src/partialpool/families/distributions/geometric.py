"""The geometric distribution, by its mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.distributions.negbinomial import Negbinomial
from partialpool.families.parameters import COUNT_LINKS, location
from partialpool.families.responses import COUNT, Array

__all__ = ["Geometric"]

_NEGBINOMIAL = Negbinomial()


@dataclass(frozen=True, repr=False)
class Geometric(Family):
    """Counts of mean mu and variance mu + mu^2: failures before the first success.

    It is the negative binomial of shape 1; `rate(denom)`, which sums `denom` such counts, makes the shape `denom`.

    Parameters
    ----------
    link
        Link of mu.
    """

    link: str = "log"

    name = "geometric"
    parameters = (location(*COUNT_LINKS, lower=0.0),)
    response = COUNT
    additions = DISCRETE_ADDITIONS | {"rate"}

    def log_density(self, y: Any, mu: Any, shape: Any = 1.0) -> Any:
        """Return the log probability."""
        return _NEGBINOMIAL.log_density(y, mu, shape)

    def mean(self, mu: Any, shape: Any = 1.0) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any = 1.0) -> Array:
        """Return counts."""
        return _NEGBINOMIAL.draw(rng, mu, shape)

    def cdf(self, y: Any, mu: Any, shape: Any = 1.0) -> Any:
        """Return the probability of a count of at most y."""
        return _NEGBINOMIAL.cdf(y, mu, shape)

    def survival(self, y: Any, mu: Any, shape: Any = 1.0) -> Any:
        """Return the probability of a count above y."""
        return _NEGBINOMIAL.survival(y, mu, shape)

    def exposed(self, parameters: Mapping[str, Any], denom: Any) -> dict[str, Any]:
        """Return the parameters of a sum of `denom` independent counts."""
        return {"mu": parameters["mu"] * denom, "shape": denom}

    def log_cdf(self, y: Any, mu: Any, shape: Any = 1.0) -> Any:
        """Return log(cdf)."""
        return _NEGBINOMIAL.log_cdf(y, mu, shape)

    def log_survival(self, y: Any, mu: Any, shape: Any = 1.0) -> Any:
        """Return log(survival)."""
        return _NEGBINOMIAL.log_survival(y, mu, shape)

    def size_biased(self, mu: Any, shape: Any = 1.0) -> tuple[Family, dict[str, Any], float]:
        """Return that of the negative binomial."""
        return _NEGBINOMIAL.size_biased(mu, shape)
