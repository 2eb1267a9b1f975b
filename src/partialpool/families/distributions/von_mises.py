"""The von Mises distribution of angles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import log, log_bessel_i0e, maximum, minimum, sin, von_mises_integral
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.parameters import STANDARD, location
from partialpool.families.responses import ANGLE, Array

__all__ = ["VonMises"]


@dataclass(frozen=True, repr=False)
class VonMises(Family):
    """Angles in radians, from -pi to pi, of mean direction mu and concentration kappa.

    The density is exp(kappa * cos(y - mu)) / (2 * pi * I0(kappa)), I0 a modified Bessel function; about 1 - I1 / I0 is the
    circular variance.

    Parameters
    ----------
    link
        Link of mu.
    link_kappa
        Link of kappa, where it is predicted.

    Notes
    -----
    Mardia and Jupp (2000). Directional statistics, chapter 3.

    Examples
    --------
    >>> from partialpool.families import von_mises
    >>> round(von_mises().log_density(1.0, mu=0.3, kappa=0.0), 6)
    -1.837877
    """

    link: str = "tan_half"
    link_kappa: str = "log"

    name = "von_mises"
    parameters = (
        location("tan_half", "identity", intercept_prior="student_t(1, 0, 1)"),
        STANDARD["kappa"],
    )
    response = ANGLE
    additions = CONTINUOUS_ADDITIONS

    def log_density(self, y: Any, mu: Any, kappa: Any) -> Any:
        """Return the log density."""
        return -2 * kappa * sin((y - mu) / 2) ** 2 - log_bessel_i0e(kappa) - math.log(2 * math.pi)

    def mean(self, mu: Any, kappa: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, kappa: Any) -> Array:
        """Return von Mises draws, from -pi to pi."""
        return np.asarray(rng.vonmises(mu, kappa))

    def cdf(self, y: Any, mu: Any, kappa: Any) -> Any:
        """Return the integral of the density from -pi to y."""
        return von_mises_integral(_within(y) - mu, kappa) - von_mises_integral(-math.pi - mu, kappa)

    def survival(self, y: Any, mu: Any, kappa: Any) -> Any:
        """Return the integral of the density from y to pi."""
        return von_mises_integral(math.pi - mu, kappa) - von_mises_integral(_within(y) - mu, kappa)

    def log_interval(self, lower: Any, upper: Any, mu: Any, kappa: Any) -> Any:
        """Return the logarithm of the integral of the density from `lower` to `upper`."""
        up_to, below = von_mises_integral(_within(upper) - mu, kappa), von_mises_integral(_within(lower) - mu, kappa)
        return log(maximum(up_to - below, 0.0))


def _within(y: Any) -> Any:
    return minimum(maximum(y, -math.pi), math.pi)
