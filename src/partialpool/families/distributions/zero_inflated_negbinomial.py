"""The negative binomial distribution with additional zeros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from partialpool.engine.mathematics import log1p
from partialpool.families.base import DISCRETE_ADDITIONS
from partialpool.families.distributions.negbinomial import Negbinomial
from partialpool.families.inflation import ZeroInflated
from partialpool.families.parameters import STANDARD
from partialpool.families.responses import COUNT

__all__ = ["ZeroInflatedNegbinomial"]


@dataclass(frozen=True, repr=False)
class ZeroInflatedNegbinomial(ZeroInflated):
    """Counts that are 0 with probability zi, else of the negative binomial distribution, which may be 0 as well.

    The probability is zi + (1 - zi) * f(0) at 0, and (1 - zi) * f(y) above, f that of `negbinomial` of mean mu and shape;
    the mean is (1 - zi) * mu, the variance (1 - zi) * mu * (1 + mu * (zi + 1 / shape)).

    Parameters
    ----------
    link
        Link of mu.
    link_shape, link_zi
        Links of shape and zi, where they are predicted.

    Examples
    --------
    >>> from partialpool.families import zero_inflated_negbinomial
    >>> zero_inflated_negbinomial().mean(mu=4.0, shape=2.0, zi=0.25)
    3.0
    """

    link: str = "log"
    link_shape: str = "log"
    link_zi: str = "logit"

    name = "zero_inflated_negbinomial"
    parameters = (*Negbinomial.parameters, STANDARD["zi"])
    response = COUNT
    additions = DISCRETE_ADDITIONS
    counts = Negbinomial()

    def log_zero(self, mu: Any, shape: Any) -> Any:
        """Return the log probability that a negative binomial count is 0."""
        return -shape * log1p(mu / shape)
