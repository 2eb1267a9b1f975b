"""The discrete Weibull distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import equal, exp, expm1, log, log1m, log1m_exp, log1p, power, where
from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.parameters import PROBABILITY_LINKS, STANDARD, location
from partialpool.families.responses import COUNT, Array

__all__ = ["DiscreteWeibull"]

_DIRECT = 64
"""Terms of the mean that are added one by one before the rest is taken as an integral."""

_SMOOTH = 1 / 16
"""Relative change of the terms from one to the next up to which the formula of Euler and Maclaurin is exact."""

_NEGLIGIBLE = 40.0
"""exp of its negative is nothing beside 1."""


@dataclass(frozen=True, repr=False)
class DiscreteWeibull(Family):
    """Counts above y with probability mu^((y + 1)^shape): whole years survived, if survival is of a Weibull distribution.

    The probability of y is mu^(y^shape) - mu^((y + 1)^shape), so that mu is the probability that the count is not 0. The
    mean is the sum of mu^(k^shape) over k = 1, 2, ..., the second moment that of (2 * k - 1) * mu^(k^shape)
    (Nakagawa and Osaki 1975, IEEE Trans. Reliability R-24, 300-301).

    Parameters
    ----------
    link
        Link of mu.
    link_shape
        Link of shape, where it is predicted.

    Examples
    --------
    >>> from partialpool.families import discrete_weibull
    >>> round(discrete_weibull().mean(mu=0.75, shape=1.0), 6)
    3.0
    """

    link: str = "logit"
    link_shape: str = "log"

    name = "discrete_weibull"
    parameters = (
        location(*(name for name in PROBABILITY_LINKS if name != "log"), lower=0.0, upper=1.0),
        STANDARD["shape"],
    )
    response = COUNT
    additions = DISCRETE_ADDITIONS

    def log_density(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the log probability."""
        count = where(equal(y, 0), 1.0, y)
        reached = power(count, shape)
        step = reached * expm1(shape * log1p(1 / count))
        positive = reached * log(mu) + log1m_exp(step * log(mu))
        return where(equal(y, 0), log1m(mu), positive)

    def mean(self, mu: Any, shape: Any) -> Any:
        """Return the sum of the probabilities to reach 1, 2, ..."""
        rate, power_of = np.broadcast_arrays(-np.log(mu), np.asarray(shape, dtype=np.float64))
        with np.errstate(all="ignore"):
            mean = _mean(rate.ravel(), power_of.ravel())
        return mean.reshape(rate.shape) if rate.ndim else float(mean[0])

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any) -> Array:
        """Return Weibull draws, rounded down."""
        size = np.broadcast_shapes(np.shape(mu), np.shape(shape))
        return np.asarray(np.floor((rng.standard_exponential(size) / -np.log(mu)) ** (1 / np.asarray(shape))))

    def cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the probability of a count of at most y."""
        return where(y < 0, 0.0, -expm1(power(where(y < 0, 0, y) + 1, shape) * log(mu)))

    def survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the probability of a count above y."""
        return where(y < 0, 1.0, exp(power(where(y < 0, 0, y) + 1, shape) * log(mu)))

    def log_cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return log(cdf)."""
        return log1m_exp(power(y + 1, shape) * log(mu))

    def log_survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return log(survival)."""
        return power(y + 1, shape) * log(mu)


def _mean(rate: Array, shape: Array) -> Array:
    """Return the sum of exp(-rate * k^shape) over k = 1, 2, ... by the formula of Euler and Maclaurin.

    Where the terms fall too steeply for it, they are all added.
    """
    total = np.zeros(rate.shape)
    for k in range(1, _DIRECT):
        total += np.exp(-rate * k**shape)
    last = (1 + _NEGLIGIBLE / rate) ** (1 / shape)
    exponent = np.maximum(rate * _DIRECT**shape, 1.0)
    steep = shape * exponent > _SMOOTH * np.maximum(rate ** (-1 / shape), _DIRECT)
    total += np.where((last >= _DIRECT) & ~steep, _rest(rate, shape), 0.0)
    for i in np.flatnonzero((last >= _DIRECT) & steep):
        total[i] += np.exp(-rate[i] * np.arange(_DIRECT, last[i] + 1) ** shape[i]).sum()
    return total


def _rest(rate: Array, shape: Array) -> Array:
    """Return the sum from k = _DIRECT on: the integral, half the first term, and the first corrections by its slopes."""
    from scipy.special import gammaincc, gammaln

    exponent = rate * float(_DIRECT) ** shape
    integral = np.exp(gammaln(1 + 1 / shape) - np.log(rate) / shape) * gammaincc(1 / shape, exponent)
    u = exponent * shape / _DIRECT
    v = u * (shape - 1) / _DIRECT
    w = v * (shape - 2) / _DIRECT
    return np.asarray(integral + np.exp(-exponent) * (0.5 + u / 12 - (u**3 - 3 * u * v + w) / 720))
