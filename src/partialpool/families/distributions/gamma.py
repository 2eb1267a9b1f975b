"""The gamma distribution, by mean and shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import (
    gamma_p,
    gamma_q,
    lgamma_rest,
    log,
    log_gamma_p,
    log_gamma_q,
    log_less_linear,
    where,
)
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.parameters import POSITIVE_LINKS, STANDARD, location
from partialpool.families.responses import POSITIVE, Array

__all__ = ["Gamma"]


@dataclass(frozen=True, repr=False)
class Gamma(Family):
    """Positive responses of mean mu and variance mu^2 / shape.

    Parameters
    ----------
    link
        Link of mu.
    link_shape
        Link of the shape, where it is predicted.
    """

    link: str = "log"
    link_shape: str = "log"

    name = "gamma"
    parameters = (location(*POSITIVE_LINKS, lower=0.0), STANDARD["shape"])
    response = POSITIVE
    additions = CONTINUOUS_ADDITIONS

    def log_density(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the log density."""
        return shape * log_less_linear(y / mu) - lgamma_rest(shape) - log(y)

    def mean(self, mu: Any, shape: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any) -> Array:
        """Return gamma draws."""
        return np.asarray(rng.gamma(shape, mu / shape))

    def cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the distribution function, an incomplete gamma function."""
        return where(y > 0, gamma_p(shape, where(y > 0, y, 0) * shape / mu), 0.0)

    def survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the probability of a response above y."""
        return where(y > 0, gamma_q(shape, where(y > 0, y, 0) * shape / mu), 1.0)

    def log_cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return log(cdf)."""
        return log_gamma_p(shape, y * shape / mu)

    def log_survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return log(survival)."""
        return log_gamma_q(shape, y * shape / mu)

    def size_biased(self, mu: Any, shape: Any) -> tuple[Family, dict[str, Any], float]:
        """Return the gamma distribution of the same scale and of a shape larger by 1."""
        return self, {"mu": mu * (shape + 1) / shape, "shape": shape + 1}, 0.0
