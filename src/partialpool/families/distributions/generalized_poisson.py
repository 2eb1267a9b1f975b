"""The generalized Poisson distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import equal, log, where
from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.densities import log_poisson_probability, positive_part
from partialpool.families.parameters import COUNT_LINKS, Parameter, location
from partialpool.families.random import poisson_counts
from partialpool.families.responses import COUNT, Array

__all__ = ["GeneralizedPoisson"]

_DELTA = Parameter("delta", ("logit", "identity"), 0.0, 1.0, "beta(1, 1)", "logistic(0, 1)")


@dataclass(frozen=True, repr=False)
class GeneralizedPoisson(Family):
    """Counts of mean mu and variance mu / (1 - delta)^2: Poisson counts, each of which sets off delta more on average.

    With t = mu * (1 - delta), the probability of y is t * (t + delta * y)^(y - 1) * exp(-t - delta * y) / y!. Counts less
    variable than Poisson counts (delta < 0) are left out, as their probabilities do not add up to 1; `com_poisson` has them
    (Consul and Jain 1973, Technometrics 15, 791-799).

    Parameters
    ----------
    link
        Link of mu.
    link_delta
        Link of delta, where it is predicted.

    Examples
    --------
    >>> import math
    >>> from partialpool.families import generalized_poisson
    >>> round(math.exp(generalized_poisson().log_density(0.0, mu=2.0, delta=0.5)), 6)
    0.367879
    """

    link: str = "log"
    link_delta: str = "logit"

    name = "generalized_poisson"
    parameters = (location(*COUNT_LINKS, lower=0.0), _DELTA)
    response = COUNT
    additions = COMMON_ADDITIONS

    def log_density(self, y: Any, mu: Any, delta: Any) -> Any:
        """Return the log probability: that of a Poisson count of the rate which y itself adds to."""
        spontaneous = mu * (1 - delta)
        rate = spontaneous + delta * y
        positive = log_poisson_probability(positive_part(y), rate) + log(spontaneous) - log(rate)
        return where(equal(y, 0), -spontaneous, positive)

    def mean(self, mu: Any, delta: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, delta: Any) -> Array:
        """Return counts, generation by generation of what they set off."""
        mu, delta = np.broadcast_arrays(np.asarray(mu, dtype=np.float64), np.asarray(delta, dtype=np.float64))
        counts = poisson_counts(rng, mu * (1 - delta))
        total, share = counts.ravel(), delta.ravel()
        newest = total.copy()
        active = np.flatnonzero((newest > 0) & np.isfinite(newest))
        while active.size:
            newest[active] = poisson_counts(rng, newest[active] * share[active])
            total[active] += newest[active]
            active = active[newest[active] > 0]
        return total.reshape(mu.shape)
