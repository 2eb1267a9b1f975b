"""The negative binomial distribution behind a hurdle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import log1p
from partialpool.families.base import DISCRETE_ADDITIONS
from partialpool.families.distributions.negbinomial import Negbinomial
from partialpool.families.inflation import Hurdle
from partialpool.families.parameters import STANDARD
from partialpool.families.random import positive_negative_binomial_counts
from partialpool.families.responses import COUNT, Array

__all__ = ["HurdleNegbinomial"]


@dataclass(frozen=True, repr=False)
class HurdleNegbinomial(Hurdle):
    """Counts that are 0 with probability hu, else of the negative binomial distribution and not 0.

    The probability is hu at 0, and (1 - hu) * f(y) / (1 - f(0)) above, f that of `negbinomial` of mean mu and shape. With
    m = mu / (1 - f(0)), the mean is (1 - hu) * m, the variance (1 - hu) * m * (1 + mu + mu / shape - (1 - hu) * m).

    Parameters
    ----------
    link
        Link of mu, the mean of the counts before zeros are left out.
    link_shape, link_hu
        Links of shape and hu, where they are predicted.

    Examples
    --------
    >>> from partialpool.families import hurdle_negbinomial
    >>> round(hurdle_negbinomial().mean(mu=2.0, shape=1.0, hu=0.25), 6)
    2.25
    """

    link: str = "log"
    link_shape: str = "log"
    link_hu: str = "logit"

    name = "hurdle_negbinomial"
    parameters = (*Negbinomial.parameters, STANDARD["hu"])
    response = COUNT
    additions = DISCRETE_ADDITIONS
    counts = Negbinomial()

    def log_zero(self, mu: Any, shape: Any) -> Any:
        """Return the log probability that a negative binomial count is 0."""
        return -shape * log1p(mu / shape)

    def draw_positive(self, rng: np.random.Generator, mu: Any, shape: Any) -> Array:
        """Return negative binomial counts that are not 0."""
        return positive_negative_binomial_counts(rng, mu, shape)
