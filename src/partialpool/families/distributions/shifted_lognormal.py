"""The lognormal distribution, shifted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import exp, where
from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.distributions.lognormal import Lognormal
from partialpool.families.parameters import STANDARD, location
from partialpool.families.responses import POSITIVE, Array

__all__ = ["ShiftedLognormal"]

_LOGNORMAL = Lognormal()


@dataclass(frozen=True, repr=False)
class ShiftedLognormal(Family):
    """Responses above ndt that exceed it by a lognormal amount: response times after a non-decision time.

    The logarithm of y - ndt is normal of mean mu and standard deviation sigma; the density is
    exp(-((log(y - ndt) - mu) / sigma)^2 / 2) / ((y - ndt) * sigma * sqrt(2 * pi)), the mean
    ndt + exp(mu + sigma^2 / 2), the variance (exp(sigma^2) - 1) * exp(2 * mu + sigma^2).

    Parameters
    ----------
    link
        Link of mu.
    link_sigma, link_ndt
        Links of sigma and ndt, where they are predicted.

    Notes
    -----
    Heathcote (2004). Fitting Wald and ex-Wald distributions to response time data. Behavior Research Methods,
    Instruments, & Computers, 36(4), 678-694.

    Examples
    --------
    >>> import math
    >>> from partialpool.families import shifted_lognormal
    >>> round(shifted_lognormal().cdf(0.3 + math.exp(-1.0), mu=-1.0, sigma=0.5, ndt=0.3), 12)
    0.5
    """

    link: str = "identity"
    link_sigma: str = "log"
    link_ndt: str = "log"

    name = "shifted_lognormal"
    parameters = (location("identity", "inverse"), STANDARD["sigma"], STANDARD["ndt"])
    response = POSITIVE
    additions = DISCRETE_ADDITIONS
    log_scale = True

    def log_density(self, y: Any, mu: Any, sigma: Any, ndt: Any) -> Any:
        """Return the log density, minus infinity where y is not above ndt."""
        inside = _LOGNORMAL.log_density(where(y > ndt, y - ndt, 1.0), mu, sigma)
        return where(y > ndt, inside, -math.inf)

    def mean(self, mu: Any, sigma: Any, ndt: Any) -> Any:
        """Return ndt + exp(mu + sigma^2 / 2)."""
        return ndt + exp(mu + sigma**2 / 2)

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any, ndt: Any) -> Array:
        """Return draws of ndt plus a lognormal."""
        shape = np.broadcast_shapes(np.shape(mu), np.shape(sigma), np.shape(ndt))
        return np.asarray(ndt + rng.lognormal(mu, sigma, shape))

    def cdf(self, y: Any, mu: Any, sigma: Any, ndt: Any) -> Any:
        """Return Phi((log(y - ndt) - mu) / sigma)."""
        return _LOGNORMAL.cdf(y - ndt, mu, sigma)

    def survival(self, y: Any, mu: Any, sigma: Any, ndt: Any) -> Any:
        """Return Phi((mu - log(y - ndt)) / sigma)."""
        return _LOGNORMAL.survival(y - ndt, mu, sigma)

    def truncated_mean(self, lower: Any, upper: Any, mu: Any, sigma: Any, ndt: Any) -> Any:
        """Return ndt plus the mean of the lognormal part between the shifted bounds."""
        above = np.where(lower > ndt, lower - ndt, -np.inf)
        return ndt + _LOGNORMAL.truncated_mean(above, upper - ndt, mu=mu, sigma=sigma)
