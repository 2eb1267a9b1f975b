"""The log-logistic distribution, by median and shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import inv_logit, log, log1p_exp, where
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.parameters import POSITIVE_LINKS, STANDARD, location
from partialpool.families.responses import POSITIVE, Array

__all__ = ["Loglogistic"]


@dataclass(frozen=True, repr=False)
class Loglogistic(Family):
    """Positive responses of median mu whose logarithm is logistic of scale 1 / shape: the odds of y are (y / mu)^shape.

    With r = (y / mu)^shape the density is shape / y * r / (1 + r)^2. The mean, mu * b / sin(b) with b = pi / shape, is
    infinite for shape <= 1; the variance, mu^2 * (2 * b / sin(2 * b) - b^2 / sin(b)^2), for shape <= 2.

    Parameters
    ----------
    link
        Link of mu.
    link_shape
        Link of the shape, where it is predicted.

    Notes
    -----
    Bennett (1983). Log-logistic regression models for survival data. Applied Statistics, 32(2), 165-171.

    Examples
    --------
    >>> from partialpool.families import loglogistic
    >>> loglogistic().cdf(3.0, mu=3.0, shape=2.0)
    0.5
    """

    link: str = "log"
    link_shape: str = "log"

    name = "loglogistic"
    parameters = (location(*POSITIVE_LINKS, lower=0.0), STANDARD["shape"])
    response = POSITIVE
    additions = CONTINUOUS_ADDITIONS

    def log_density(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the log density."""
        log_odds = shape * (log(y) - log(mu))
        return log(shape) - log(y) - log1p_exp(log_odds) - log1p_exp(-log_odds)

    def mean(self, mu: Any, shape: Any) -> Any:
        """Return mu * b / sin(b), b = pi / shape; infinite for shape <= 1."""
        with np.errstate(divide="ignore"):  # sin(b) is sin(pi - b)
            return mu * (math.pi / shape) / np.sin(math.pi * (np.maximum(shape, 1.0) - 1) / shape)

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any) -> Array:
        """Return exponentials of logistic draws."""
        size = np.broadcast_shapes(np.shape(mu), np.shape(shape))
        return np.asarray(mu * np.exp(rng.logistic(size=size) / shape))

    def cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return r / (1 + r)."""
        return where(y > 0, inv_logit(shape * (log(where(y > 0, y, 1)) - log(mu))), 0.0)

    def survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return 1 / (1 + r)."""
        return where(y > 0, inv_logit(shape * (log(mu) - log(where(y > 0, y, 1)))), 1.0)

    def log_cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the logarithm of the distribution function."""
        return where(y > 0, -log1p_exp(shape * (log(mu) - log(where(y > 0, y, 1)))), -math.inf)

    def log_survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the logarithm of the probability of a response above y."""
        return where(y > 0, -log1p_exp(shape * (log(where(y > 0, y, 1)) - log(mu))), 0.0)
