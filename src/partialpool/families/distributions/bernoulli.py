"""The Bernoulli distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import equal, log, log1m, where
from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.parameters import PROBABILITY_LINKS, location
from partialpool.families.responses import BINARY, Array

__all__ = ["Bernoulli"]


@dataclass(frozen=True, repr=False)
class Bernoulli(Family):
    """Responses that are 1 with probability mu, else 0: mean mu, variance mu * (1 - mu).

    The response may be numbers 0 and 1, truth values, or a factor of two levels, of which the second counts as 1.

    Parameters
    ----------
    link
        Link of mu.
    """

    link: str = "logit"

    name = "bernoulli"
    parameters = (location(*PROBABILITY_LINKS, lower=0.0, upper=1.0),)
    response = BINARY
    additions = COMMON_ADDITIONS

    def log_density(self, y: Any, mu: Any) -> Any:
        """Return the log probability."""
        return where(equal(y, 1), log(mu), log1m(mu))

    def mean(self, mu: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any) -> Array:
        """Return draws of 0 and 1."""
        return np.asarray(rng.random(np.shape(mu)) < mu, dtype=np.float64)

    def cdf(self, y: Any, mu: Any) -> Any:
        """Return 0 below 0, 1 - mu below 1, and 1 from there on."""
        return where(y < 0, 0.0, where(y < 1, 1 - mu, 1.0))
