"""The binomial distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import beta_inc, log, log1m, log_beta_inc, where
from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.densities import log_binomial_probability
from partialpool.families.parameters import PROBABILITY_LINKS, location
from partialpool.families.responses import SUCCESSES, Array

__all__ = ["Binomial"]


@dataclass(frozen=True, repr=False)
class Binomial(Family):
    """Numbers of successes in `trials(n)`, each with probability mu: mean n * mu, variance n * mu * (1 - mu).

    Parameters
    ----------
    link
        Link of mu.
    """

    link: str = "logit"

    name = "binomial"
    parameters = (location(*PROBABILITY_LINKS, lower=0.0, upper=1.0),)
    response = SUCCESSES
    additions = DISCRETE_ADDITIONS | {"trials"}
    data = ("trials",)

    def log_density(self, y: Any, mu: Any, trials: Any) -> Any:
        """Return the log probability."""
        return log_binomial_probability(y, trials, log(mu), log1m(mu))

    def mean(self, mu: Any, trials: Any) -> Any:
        """Return trials * mu."""
        return trials * mu

    def draw(self, rng: np.random.Generator, mu: Any, trials: Any) -> Array:
        """Return numbers of successes."""
        return rng.binomial(np.asarray(trials, dtype=np.int64), mu).astype(np.float64)

    def cdf(self, y: Any, mu: Any, trials: Any) -> Any:
        """Return the probability of at most y successes, from the incomplete beta function of 1 - mu."""
        inside = beta_inc(where(y < trials, trials - y, 1), where(y < 0, 0, y) + 1, 1 - mu, mu)
        return where(y < 0, 0.0, where(y < trials, inside, 1.0))

    def survival(self, y: Any, mu: Any, trials: Any) -> Any:
        """Return the probability of more than y successes, from the incomplete beta function of mu."""
        inside = beta_inc(where(y < 0, 0, y) + 1, where(y < trials, trials - y, 1), mu, 1 - mu)
        return where(y < 0, 1.0, where(y < trials, inside, 0.0))

    def log_cdf(self, y: Any, mu: Any, trials: Any) -> Any:
        """Return log(cdf)."""
        return log_beta_inc(trials - y, y + 1, 1 - mu, mu)

    def log_survival(self, y: Any, mu: Any, trials: Any) -> Any:
        """Return log(survival)."""
        return log_beta_inc(y + 1, trials - y, mu, 1 - mu)

    def size_biased(self, mu: Any, trials: Any) -> tuple[Family, dict[str, Any], float]:
        """Return the distribution of one trial less, larger by 1."""
        return self, {"mu": mu, "trials": trials - 1}, 1.0
