"""The lognormal distribution behind a hurdle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import equal, log, log1m, where
from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.distributions.lognormal import Lognormal
from partialpool.families.inflation import log_interval_above_zero
from partialpool.families.parameters import STANDARD, location
from partialpool.families.responses import NONNEGATIVE, Array

__all__ = ["HurdleLognormal"]

_LOGNORMAL = Lognormal()


@dataclass(frozen=True, repr=False)
class HurdleLognormal(Family):
    """Responses that are 0 with probability hu, else lognormal.

    The density is hu at 0, and 1 - hu times that of `lognormal` above; the mean is (1 - hu) * m, m = exp(mu + sigma^2 / 2),
    the variance (1 - hu) * m^2 * (exp(sigma^2) - 1 + hu).

    Parameters
    ----------
    link
        Link of mu.
    link_sigma, link_hu
        Links of sigma and hu, where they are predicted.

    Examples
    --------
    >>> from partialpool.families import hurdle_lognormal
    >>> hurdle_lognormal().cdf(1.0, mu=0.0, sigma=1.0, hu=0.25)
    0.625
    """

    link: str = "identity"
    link_sigma: str = "log"
    link_hu: str = "logit"

    name = "hurdle_lognormal"
    parameters = (location("identity", "inverse"), STANDARD["sigma"], STANDARD["hu"])
    response = NONNEGATIVE
    additions = DISCRETE_ADDITIONS
    log_scale = True

    def log_density(self, y: Any, mu: Any, sigma: Any, hu: Any) -> Any:
        """Return the log density, at 0 the log probability."""
        above = log1m(hu) + _LOGNORMAL.log_density(where(equal(y, 0), 1.0, y), mu, sigma)
        return where(equal(y, 0), log(hu), above)

    def mean(self, mu: Any, sigma: Any, hu: Any) -> Any:
        """Return (1 - hu) * exp(mu + sigma^2 / 2)."""
        return (1 - hu) * _LOGNORMAL.mean(mu, sigma)

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any, hu: Any) -> Array:
        """Return zeros and lognormal draws."""
        shape = np.broadcast_shapes(np.shape(mu), np.shape(sigma), np.shape(hu))
        zero = rng.random(shape) < hu
        return np.where(zero, 0.0, _LOGNORMAL.draw(rng, np.broadcast_to(mu, shape), sigma))

    def cdf(self, y: Any, mu: Any, sigma: Any, hu: Any) -> Any:
        """Return 0 below 0, and hu + (1 - hu) times the distribution function of the lognormal distribution above."""
        return where(y < 0, 0.0, hu + (1 - hu) * _LOGNORMAL.cdf(y, mu, sigma))

    def survival(self, y: Any, mu: Any, sigma: Any, hu: Any) -> Any:
        """Return the probability of a response above y."""
        return where(y < 0, 1.0, (1 - hu) * _LOGNORMAL.survival(y, mu, sigma))

    def log_interval(self, lower: Any, upper: Any, mu: Any, sigma: Any, hu: Any) -> Any:
        """Return the log probability of a response above `lower`, which is at least 0, and at most `upper`."""
        return log1m(hu) + log_interval_above_zero(_LOGNORMAL, lower, upper, {"mu": mu, "sigma": sigma})

    def size_biased(self, mu: Any, sigma: Any, hu: Any) -> tuple[Family, dict[str, Any], float]:
        """Return that of the lognormal distribution, as zeros do not count."""
        return _LOGNORMAL.size_biased(mu, sigma)
