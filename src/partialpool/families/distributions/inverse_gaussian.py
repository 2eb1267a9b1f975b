"""The inverse Gaussian distribution, by mean and shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import Phi, exp, expm1, log, log1m_exp, log_mills, log_Phi, log_sum_exp, sqrt, where
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.parameters import STANDARD, location
from partialpool.families.responses import POSITIVE, Array

__all__ = ["InverseGaussian"]


@dataclass(frozen=True, repr=False)
class InverseGaussian(Family):
    """Positive responses of mean mu and variance mu^3 / shape: the time that a drifting Brownian motion takes to a barrier.

    The density is sqrt(shape / (2 * pi * y^3)) * exp(-shape * (y - mu)^2 / (2 * mu^2 * y)).

    Parameters
    ----------
    link
        Link of mu.
    link_shape
        Link of the shape, where it is predicted.

    Notes
    -----
    Chhikara and Folks (1989). The inverse Gaussian distribution. Draws: Michael, Schucany and Haas (1976). Generating
    random variates using transformations with multiple roots. The American Statistician, 30(2), 88-90.

    Examples
    --------
    >>> from partialpool.families import inverse_gaussian
    >>> round(inverse_gaussian().log_density(1.0, mu=1.0, shape=1.0), 6)
    -0.918939
    """

    link: str = "1/mu^2"
    link_shape: str = "log"

    name = "inverse_gaussian"
    parameters = (
        location("1/mu^2", "inverse", "identity", "log", "softplus", "squareplus", lower=0.0),
        STANDARD["shape"],
    )
    response = POSITIVE
    additions = CONTINUOUS_ADDITIONS

    def log_density(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the log density."""
        deviance = shape * (y / mu - 1) ** 2 / y
        return (log(shape) - 3 * log(y) - math.log(2 * math.pi) - deviance) / 2

    def mean(self, mu: Any, shape: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any) -> Array:
        """Return inverse Gaussian draws."""
        size = np.broadcast_shapes(np.shape(mu), np.shape(shape))
        t = np.square(rng.standard_normal(size)) * mu / (2 * shape)
        root = 1 + t + np.sqrt(t * (t + 2))  # of the quadratic equation, in units of mu: 1 / root is the other
        return np.asarray(mu * np.where(rng.random(size) * (1 + root) < root, 1 / root, root))

    def cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return Phi(a) + exp(2 * shape / mu) * Phi(-b), a = sqrt(shape / y) * (y / mu - 1), b the same with y / mu + 1."""
        a, b = _standard(y, mu, shape)
        return where(y > 0, Phi(a) + exp(_log_reflected(a, b)), 0.0)

    def survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return Phi(-a) - exp(2 * shape / mu) * Phi(-b)."""
        a, b = _standard(y, mu, shape)
        return where(y > 0, -Phi(-a) * expm1(log_mills(b) - log_mills(a)), 1.0)

    def log_cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the logarithm of the distribution function."""
        a, b = _standard(y, mu, shape)
        return where(y > 0, log_sum_exp(log_Phi(a), _log_reflected(a, b)), -math.inf)

    def log_survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the logarithm of the probability of a response above y."""
        a, b = _standard(y, mu, shape)
        return where(y > 0, log_Phi(-a) + log1m_exp(log_mills(b) - log_mills(a)), 0.0)


def _standard(y: Any, mu: Any, shape: Any) -> tuple[Any, Any]:
    """Return a and b, at 1 for responses that are not positive."""
    given = where(y > 0, y, 1)
    root = sqrt(shape / given)
    return root * (given / mu - 1), root * (given / mu + 1)


def _log_reflected(a: Any, b: Any) -> Any:
    """Return 2 * shape / mu + log(Phi(-b)), which is the normal density at a times Mills' ratio at b."""
    return -(a**2) / 2 - math.log(2 * math.pi) / 2 + log_mills(b)
