"""The beta negative binomial distribution, by mean, shape and tail index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import minimum
from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.densities import log_beta_negative_binomial_probability
from partialpool.families.distributions.negbinomial import Negbinomial
from partialpool.families.parameters import STANDARD
from partialpool.families.random import poisson_counts
from partialpool.families.responses import COUNT, Array

__all__ = ["BetaNegbinomial"]

_HIGHEST = 1e300
"""Largest shape of the beta distribution."""


@dataclass(frozen=True, repr=False)
class BetaNegbinomial(Family):
    """Counts of mean mu with a heavy tail: negative binomial ones whose probability is beta-distributed.

    With b = mu * (nu - 1) / shape, the probability of y is
    gamma(shape + y) / (y! * gamma(shape)) * B(nu + shape, b + y) / B(nu, b), B the beta function. It falls like y^-(nu + 1);
    the variance is mu * (nu + shape - 1) * (1 + mu / shape) / (nu - 2) where nu > 2, and infinite otherwise. As nu grows, the
    counts become those of `negbinomial` of mean mu and shape (Irwin 1968, J. R. Stat. Soc. A 131, 205-225).

    Parameters
    ----------
    link
        Link of mu.
    link_shape, link_nu
        Links of shape and of nu, where they are predicted.

    Examples
    --------
    >>> import math
    >>> from partialpool.families import beta_negbinomial
    >>> round(math.exp(beta_negbinomial().log_density(0.0, mu=2.0, shape=1.0, nu=2.0)), 6)
    0.5
    """

    link: str = "log"
    link_shape: str = "log"
    link_nu: str = "logm1"

    name = "beta_negbinomial"
    parameters = (*Negbinomial.parameters, STANDARD["nu"])
    response = COUNT
    additions = COMMON_ADDITIONS

    def log_density(self, y: Any, mu: Any, shape: Any, nu: Any) -> Any:
        """Return the log probability."""
        return log_beta_negative_binomial_probability(y, shape, minimum(mu * (nu - 1) / shape, _HIGHEST), nu)

    def mean(self, mu: Any, shape: Any, nu: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any, nu: Any) -> Array:
        """Return Poisson counts, their means being ratios of gamma draws."""
        shapes = (shape, mu * (nu - 1) / shape, nu)
        size = np.broadcast_shapes(*map(np.shape, shapes))
        first, second, third = (rng.standard_gamma(np.broadcast_to(value, size)) for value in shapes)
        return poisson_counts(rng, first * second / third)
