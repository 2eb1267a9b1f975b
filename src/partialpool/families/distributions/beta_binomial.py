"""The beta-binomial distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import exp, log_beta_binomial_cdf, maximum, minimum, where
from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.densities import log_beta_binomial_probability
from partialpool.families.parameters import PROBABILITY_LINKS, STANDARD, location
from partialpool.families.responses import SUCCESSES, Array

__all__ = ["BetaBinomial"]


@dataclass(frozen=True, repr=False)
class BetaBinomial(Family):
    """Numbers of successes in `trials(n)` of a probability that is beta-distributed: mean mu, precision phi.

    The mean is n * mu, the variance n * mu * (1 - mu) * (phi + n) / (phi + 1).

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
    additions = DISCRETE_ADDITIONS | {"trials"}
    data = ("trials",)

    def log_density(self, y: Any, mu: Any, phi: Any, trials: Any) -> Any:
        """Return the log probability."""
        return log_beta_binomial_probability(y, trials, mu * phi, (1 - mu) * phi)

    def mean(self, mu: Any, phi: Any, trials: Any) -> Any:
        """Return trials * mu."""
        return trials * mu

    def draw(self, rng: np.random.Generator, mu: Any, phi: Any, trials: Any) -> Array:
        """Return numbers of successes, each with a probability of its own."""
        probability = rng.beta(mu * phi, (1 - mu) * phi)
        return rng.binomial(np.asarray(trials, dtype=np.int64), probability).astype(np.float64)

    def cdf(self, y: Any, mu: Any, phi: Any, trials: Any) -> Any:
        """Return the probability of at most y successes."""
        inside = exp(self.log_cdf(minimum(maximum(y, 0), trials - 1), mu, phi, trials))
        return where(y < 0, 0.0, where(y < trials, inside, 1.0))

    def survival(self, y: Any, mu: Any, phi: Any, trials: Any) -> Any:
        """Return the probability of more than y successes."""
        inside = exp(self.log_survival(minimum(maximum(y, 0), trials - 1), mu, phi, trials))
        return where(y < 0, 1.0, where(y < trials, inside, 0.0))

    def log_cdf(self, y: Any, mu: Any, phi: Any, trials: Any) -> Any:
        """Return log(cdf), a sum over the smaller tail."""
        return log_beta_binomial_cdf(y, trials - y, mu * phi, (1 - mu) * phi)

    def log_survival(self, y: Any, mu: Any, phi: Any, trials: Any) -> Any:
        """Return log(survival): the failures are likewise distributed."""
        return log_beta_binomial_cdf(trials - y - 1, y + 1, (1 - mu) * phi, mu * phi)

    def size_biased(self, mu: Any, phi: Any, trials: Any) -> tuple[Family, dict[str, Any], float]:
        """Return the distribution of one trial less and a first shape larger by 1, larger by 1."""
        return self, {"mu": (mu * phi + 1) / (phi + 1), "phi": phi + 1, "trials": trials - 1}, 1.0
