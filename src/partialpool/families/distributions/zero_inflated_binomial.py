"""The binomial distribution with additional zeros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from partialpool.engine.mathematics import log1m
from partialpool.families.base import DISCRETE_ADDITIONS
from partialpool.families.distributions.binomial import Binomial
from partialpool.families.inflation import ZeroInflated
from partialpool.families.parameters import STANDARD
from partialpool.families.responses import SUCCESSES

__all__ = ["ZeroInflatedBinomial"]


@dataclass(frozen=True, repr=False)
class ZeroInflatedBinomial(ZeroInflated):
    """Numbers of successes in `trials(n)` that are 0 with probability zi, else binomial, which may be 0 as well.

    The probability is zi + (1 - zi) * (1 - mu)^n at 0, and (1 - zi) times the binomial one above; the mean is
    (1 - zi) * n * mu, the variance (1 - zi) * n * mu * (1 - mu + zi * n * mu) (Hall 2000, Biometrics 56, 1030-1039).

    Parameters
    ----------
    link
        Link of mu.
    link_zi
        Link of zi, where it is predicted.

    Examples
    --------
    >>> from partialpool.families import zero_inflated_binomial
    >>> zero_inflated_binomial().mean(mu=0.5, zi=0.25, trials=8.0)
    3.0
    """

    link: str = "logit"
    link_zi: str = "logit"

    name = "zero_inflated_binomial"
    parameters = (*Binomial.parameters, STANDARD["zi"])
    response = SUCCESSES
    additions = DISCRETE_ADDITIONS | {"trials"}
    data = ("trials",)
    counts = Binomial()

    def log_zero(self, mu: Any, trials: Any) -> Any:
        """Return the log probability that a binomial number is 0."""
        return trials * log1m(mu)
