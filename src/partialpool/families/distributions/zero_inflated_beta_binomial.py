"""The beta-binomial distribution with additional zeros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from partialpool.engine.mathematics import log_beta_binomial
from partialpool.families.base import DISCRETE_ADDITIONS
from partialpool.families.distributions.beta_binomial import BetaBinomial
from partialpool.families.inflation import ZeroInflated
from partialpool.families.parameters import PROBABILITY_LINKS, STANDARD
from partialpool.families.responses import SUCCESSES

__all__ = ["ZeroInflatedBetaBinomial"]


@dataclass(frozen=True, repr=False)
class ZeroInflatedBetaBinomial(ZeroInflated):
    """Numbers of successes in `trials(n)` that are 0 with probability zi, else beta-binomial, which may be 0 as well.

    The probability is zi + (1 - zi) * f(0) at 0, and (1 - zi) * f(y) above, f that of `beta_binomial` of mean mu and
    precision phi. The mean is (1 - zi) * n * mu; with v = n * mu * (1 - mu) * (phi + n) / (phi + 1), the variance is
    (1 - zi) * (v + zi * (n * mu)^2).

    Parameters
    ----------
    link
        Link of mu.
    link_phi, link_zi
        Links of phi and zi, where they are predicted.

    Examples
    --------
    >>> from partialpool.families import zero_inflated_beta_binomial
    >>> zero_inflated_beta_binomial().mean(mu=0.5, phi=2.0, zi=0.25, trials=8.0)
    3.0
    """

    link: str = "logit"
    link_phi: str = "log"
    link_zi: str = "logit"

    name = "zero_inflated_beta_binomial"
    parameters = (BetaBinomial.parameters[0].with_links(*PROBABILITY_LINKS), STANDARD["phi"], STANDARD["zi"])
    response = SUCCESSES
    additions = DISCRETE_ADDITIONS | {"trials"}
    data = ("trials",)
    counts = BetaBinomial()

    def log_zero(self, mu: Any, phi: Any, trials: Any) -> Any:
        """Return the log probability that a beta-binomial number is 0."""
        return log_beta_binomial(0, trials, mu * phi, (1 - mu) * phi)
