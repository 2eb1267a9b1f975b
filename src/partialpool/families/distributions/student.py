"""Student's t distribution with location and scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import exp, lgamma_diff, log, log1p, log_student_cdf, student_cdf
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.events import log_probability
from partialpool.families.parameters import ANY_LINKS, STANDARD, location
from partialpool.families.responses import REAL, Array

__all__ = ["Student"]


@dataclass(frozen=True, repr=False)
class Student(Family):
    """Responses of location mu and scale sigma with the tails of Student's t of nu > 1 degrees of freedom.

    The mean is mu, the variance sigma^2 * nu / (nu - 2) for nu > 2, and infinite otherwise.

    Parameters
    ----------
    link
        Link of mu.
    link_sigma, link_nu
        Links of sigma and nu, where they are predicted.
    """

    link: str = "identity"
    link_sigma: str = "log"
    link_nu: str = "logm1"

    name = "student"
    parameters = (location(*ANY_LINKS), STANDARD["sigma"], STANDARD["nu"])
    response = REAL
    additions = CONTINUOUS_ADDITIONS | {"se"}

    def log_density(self, y: Any, mu: Any, sigma: Any, nu: Any) -> Any:
        """Return the log density."""
        z = (y - mu) / sigma
        constant = lgamma_diff(nu / 2, 0.5) - log(nu) / 2 - log(sigma) - math.log(math.pi) / 2
        return constant - (nu + 1) / 2 * log1p(z**2 / nu)

    def mean(self, mu: Any, sigma: Any, nu: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any, nu: Any) -> Array:
        """Return draws of mu + sigma * t."""
        shape = np.broadcast_shapes(np.shape(mu), np.shape(sigma), np.shape(nu))
        return np.asarray(mu + sigma * rng.standard_t(nu, shape))

    def cdf(self, y: Any, mu: Any, sigma: Any, nu: Any) -> Any:
        """Return the distribution function."""
        return student_cdf((y - mu) / sigma, nu)

    def survival(self, y: Any, mu: Any, sigma: Any, nu: Any) -> Any:
        """Return the distribution function of the reflected response."""
        return student_cdf((mu - y) / sigma, nu)

    def log_cdf(self, y: Any, mu: Any, sigma: Any, nu: Any) -> Any:
        """Return log(cdf)."""
        return log_student_cdf((y - mu) / sigma, nu)

    def log_survival(self, y: Any, mu: Any, sigma: Any, nu: Any) -> Any:
        """Return log(survival)."""
        return log_student_cdf((mu - y) / sigma, nu)

    def truncated_mean(self, lower: Any, upper: Any, mu: Any, sigma: Any, nu: Any) -> Any:
        """Return the mean of a response between the bounds, from f(z) (nu + z^2) / (nu - 1), whose slope is -z f(z)."""
        total = log_probability(self, lower, upper, {"mu": mu, "sigma": sigma, "nu": nu})
        ends = (_log_moment((bound - mu) / sigma, nu) for bound in (lower, upper))
        above, below = (exp(end - total) for end in ends)
        return mu + sigma * (above - below)


def _log_moment(z: Any, nu: Any) -> Any:
    """Return log(f(z) (nu + z^2) / (nu - 1)), f being the density."""
    constant = lgamma_diff(nu / 2, 0.5) - math.log(math.pi) / 2
    return constant + log(nu) / 2 - log(nu - 1) - (nu - 1) / 2 * log1p(z**2 / nu)
