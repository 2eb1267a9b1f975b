"""The beta-binomial distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import lchoose, lgamma_diff
from partialpool.families.base import COMMON_ADDITIONS, Family
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
        """Return the log probability, as ratios of gamma functions that keep their digits for a large phi."""
        successes = lgamma_diff(mu * phi, y)
        failures = lgamma_diff((1 - mu) * phi, trials - y)
        return lchoose(trials, y) + successes + failures - lgamma_diff(phi, trials)

    def mean(self, mu: Any, phi: Any, trials: Any) -> Any:
        """Return trials * mu."""
        return trials * mu

    def draw(self, rng: np.random.Generator, mu: Any, phi: Any, trials: Any) -> Array:
        """Return numbers of successes, each with a probability of its own."""
        probability = rng.beta(mu * phi, (1 - mu) * phi)
        return rng.binomial(np.asarray(trials, dtype=np.int64), probability).astype(np.float64)
