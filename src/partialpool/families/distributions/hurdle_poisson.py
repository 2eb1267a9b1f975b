"""The Poisson distribution behind a hurdle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.families.base import DISCRETE_ADDITIONS
from partialpool.families.distributions.poisson import Poisson
from partialpool.families.inflation import Hurdle
from partialpool.families.parameters import COUNT_LINKS, STANDARD, location
from partialpool.families.random import positive_poisson_counts
from partialpool.families.responses import COUNT, Array

__all__ = ["HurdlePoisson"]


@dataclass(frozen=True, repr=False)
class HurdlePoisson(Hurdle):
    """Counts that are 0 with probability hu, else Poisson counts that are not 0.

    The probability is hu at 0, and (1 - hu) * mu^y / (y! * (exp(mu) - 1)) above. With m = mu / (1 - exp(-mu)), the mean
    is (1 - hu) * m, the variance (1 - hu) * m * (1 + mu - (1 - hu) * m) (Mullahy 1986, J. Econometrics 33, 341-365).

    Parameters
    ----------
    link
        Link of mu, the mean of the Poisson counts before zeros are left out.
    link_hu
        Link of hu, where it is predicted.

    Examples
    --------
    >>> from partialpool.families import hurdle_poisson
    >>> round(hurdle_poisson().mean(mu=2.0, hu=0.25), 6)
    1.734776
    """

    link: str = "log"
    link_hu: str = "logit"

    name = "hurdle_poisson"
    parameters = (location(*COUNT_LINKS, lower=0.0), STANDARD["hu"])
    response = COUNT
    additions = DISCRETE_ADDITIONS
    counts = Poisson()

    def log_zero(self, mu: Any) -> Any:
        """Return the log probability that a Poisson count is 0."""
        return -mu

    def draw_positive(self, rng: np.random.Generator, mu: Any) -> Array:
        """Return Poisson counts that are not 0."""
        return positive_poisson_counts(rng, mu)
