"""The gamma distribution behind a hurdle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import equal, log, log1m, where
from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.distributions.gamma import Gamma
from partialpool.families.inflation import log_interval_above_zero
from partialpool.families.parameters import POSITIVE_LINKS, STANDARD, location
from partialpool.families.responses import NONNEGATIVE, Array

__all__ = ["HurdleGamma"]

_GAMMA = Gamma()


@dataclass(frozen=True, repr=False)
class HurdleGamma(Family):
    """Responses that are 0 with probability hu, else of the gamma distribution of mean mu.

    The density is hu at 0, and 1 - hu times that of `gamma` above; the mean is (1 - hu) * mu, the variance
    (1 - hu) * mu^2 * (1 / shape + hu).

    Parameters
    ----------
    link
        Link of mu.
    link_shape, link_hu
        Links of shape and hu, where they are predicted.

    Examples
    --------
    >>> from partialpool.families import hurdle_gamma
    >>> hurdle_gamma().mean(mu=4.0, shape=2.0, hu=0.25)
    3.0
    """

    link: str = "log"
    link_shape: str = "log"
    link_hu: str = "logit"

    name = "hurdle_gamma"
    parameters = (location(*POSITIVE_LINKS, lower=0.0), STANDARD["shape"], STANDARD["hu"])
    response = NONNEGATIVE
    additions = DISCRETE_ADDITIONS

    def log_density(self, y: Any, mu: Any, shape: Any, hu: Any) -> Any:
        """Return the log density, at 0 the log probability."""
        above = log1m(hu) + _GAMMA.log_density(where(equal(y, 0), 1.0, y), mu, shape)
        return where(equal(y, 0), log(hu), above)

    def mean(self, mu: Any, shape: Any, hu: Any) -> Any:
        """Return (1 - hu) * mu."""
        return (1 - hu) * mu

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any, hu: Any) -> Array:
        """Return zeros and gamma draws."""
        size = np.broadcast_shapes(np.shape(mu), np.shape(shape), np.shape(hu))
        zero = rng.random(size) < hu
        return np.where(zero, 0.0, _GAMMA.draw(rng, np.broadcast_to(mu, size), shape))

    def cdf(self, y: Any, mu: Any, shape: Any, hu: Any) -> Any:
        """Return 0 below 0, and hu + (1 - hu) times the distribution function of the gamma distribution above."""
        return where(y < 0, 0.0, hu + (1 - hu) * _GAMMA.cdf(y, mu, shape))

    def survival(self, y: Any, mu: Any, shape: Any, hu: Any) -> Any:
        """Return the probability of a response above y."""
        return where(y < 0, 1.0, (1 - hu) * _GAMMA.survival(y, mu, shape))

    def log_interval(self, lower: Any, upper: Any, mu: Any, shape: Any, hu: Any) -> Any:
        """Return the log probability of a response above `lower`, which is at least 0, and at most `upper`."""
        return log1m(hu) + log_interval_above_zero(_GAMMA, lower, upper, {"mu": mu, "shape": shape})

    def size_biased(self, mu: Any, shape: Any, hu: Any) -> tuple[Family, dict[str, Any], float]:
        """Return that of the gamma distribution, as zeros do not count."""
        return _GAMMA.size_biased(mu, shape)
