"""The Poisson distribution with additional zeros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from partialpool.families.base import DISCRETE_ADDITIONS
from partialpool.families.distributions.poisson import Poisson
from partialpool.families.inflation import ZeroInflated
from partialpool.families.parameters import COUNT_LINKS, STANDARD, location
from partialpool.families.responses import COUNT

__all__ = ["ZeroInflatedPoisson"]


@dataclass(frozen=True, repr=False)
class ZeroInflatedPoisson(ZeroInflated):
    """Counts that are 0 with probability zi, else Poisson counts of mean mu, which may be 0 as well.

    The probability is zi + (1 - zi) * exp(-mu) at 0, and (1 - zi) * mu^y * exp(-mu) / y! above; the mean is
    (1 - zi) * mu, the variance (1 - zi) * mu * (1 + zi * mu) (Lambert 1992, Technometrics 34, 1-14).

    Parameters
    ----------
    link
        Link of mu.
    link_zi
        Link of zi, where it is predicted.

    Examples
    --------
    >>> from partialpool.families import zero_inflated_poisson
    >>> zero_inflated_poisson().mean(mu=4.0, zi=0.25)
    3.0
    """

    link: str = "log"
    link_zi: str = "logit"

    name = "zero_inflated_poisson"
    parameters = (location(*COUNT_LINKS, lower=0.0), STANDARD["zi"])
    response = COUNT
    additions = DISCRETE_ADDITIONS
    counts = Poisson()

    def log_zero(self, mu: Any) -> Any:
        """Return the log probability that a Poisson count is 0."""
        return -mu
