"""The beta-binomial distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.counting import log_beta_binomial_probability
from partialpool.families.parameters import PROBABILITY_LINKS, STANDARD, location
from partialpool.families.responses import SUCCESSES, Array

__all__ = ["BetaBinomial"]


@dataclass(frozen=True, repr=False)
class BetaBinomial(Family):
    """Numbers of successes in `trials(n)` of a probability that is beta-distributed: mean mu, precision phi.

    Parameters
    ----------
    link
        Link of mu.
    link_phi
        Link of phi, where it is predicted.
    """

    link: str = "logit"
    link_phi: str = "log"

    name = "beta_binomial"
    parameters = (
        location(*(name for name in PROBABILITY_LINKS if name != "log"), lower=0.0, upper=1.0),
        STANDARD["phi"],
    )
    response = SUCCESSES
    additions = COMMON_ADDITIONS | {"trials"}
    data = ("trials",)

    def log_density(self, y: Any, mu: Any, phi: Any, trials: Any) -> Any:
        """Return the log probability."""
        return log_beta_binomial_probability(y, trials - y, mu * phi, (1 - mu) * phi)

    def mean(self, mu: Any, phi: Any, trials: Any) -> Any:
        """Return trials * mu."""
        return trials * mu

    def draw(self, rng: np.random.Generator, mu: Any, phi: Any, trials: Any) -> Array:
        """Return numbers of successes, each with a probability of its own."""
        probability = rng.beta(mu * phi, (1 - mu) * phi)
        return rng.binomial(np.asarray(trials, dtype=np.int64), probability).astype(np.float64)
