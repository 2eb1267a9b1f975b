"""The beta distribution with a probability of 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import equal, log, log1m, log_sum_exp, where
from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.distributions.beta import Beta
from partialpool.families.inflation import log_interval_above_zero
from partialpool.families.parameters import STANDARD
from partialpool.families.responses import PROPORTION_OR_ZERO, Array

__all__ = ["ZeroInflatedBeta"]

_BETA = Beta()


@dataclass(frozen=True, repr=False)
class ZeroInflatedBeta(Family):
    """Responses that are 0 with probability zi, else of the beta distribution of mean mu and precision phi.

    The density is zi at 0, and 1 - zi times that of `beta` above; the mean is (1 - zi) * mu, the variance
    (1 - zi) * (mu * (1 - mu) / (1 + phi) + zi * mu^2) (Ospina and Ferrari 2012, Comput. Stat. Data Anal. 56, 1609-1623).

    Parameters
    ----------
    link
        Link of mu.
    link_phi, link_zi
        Links of phi and zi, where they are predicted.

    Examples
    --------
    >>> from partialpool.families import zero_inflated_beta
    >>> zero_inflated_beta().mean(mu=0.5, phi=3.0, zi=0.25)
    0.375
    """

    link: str = "logit"
    link_phi: str = "log"
    link_zi: str = "logit"

    name = "zero_inflated_beta"
    parameters = (*Beta.parameters, STANDARD["zi"])
    response = PROPORTION_OR_ZERO
    additions = DISCRETE_ADDITIONS

    def log_density(self, y: Any, mu: Any, phi: Any, zi: Any) -> Any:
        """Return the log density, at 0 the log probability."""
        above = log1m(zi) + _BETA.log_density(where(equal(y, 0), 0.5, y), mu, phi)
        return where(equal(y, 0), log(zi), above)

    def mean(self, mu: Any, phi: Any, zi: Any) -> Any:
        """Return (1 - zi) * mu."""
        return (1 - zi) * mu

    def draw(self, rng: np.random.Generator, mu: Any, phi: Any, zi: Any) -> Array:
        """Return zeros and beta draws."""
        shape = np.broadcast_shapes(np.shape(mu), np.shape(phi), np.shape(zi))
        zero = rng.random(shape) < zi
        return np.where(zero, 0.0, _BETA.draw(rng, np.broadcast_to(mu, shape), phi))

    def cdf(self, y: Any, mu: Any, phi: Any, zi: Any) -> Any:
        """Return 0 below 0, and zi + (1 - zi) times the distribution function of the beta distribution above."""
        return where(y < 0, 0.0, zi + (1 - zi) * _BETA.cdf(y, mu, phi))

    def survival(self, y: Any, mu: Any, phi: Any, zi: Any) -> Any:
        """Return the probability of a response above y."""
        return where(y < 0, 1.0, (1 - zi) * _BETA.survival(y, mu, phi))

    def log_cdf(self, y: Any, mu: Any, phi: Any, zi: Any) -> Any:
        """Return log(cdf)."""
        below = _BETA.log_cdf(where(equal(y, 0), 0.5, y), mu, phi)
        return where(equal(y, 0), log(zi), log_sum_exp(log(zi), log1m(zi) + below))

    def log_survival(self, y: Any, mu: Any, phi: Any, zi: Any) -> Any:
        """Return log(survival)."""
        above = _BETA.log_survival(where(equal(y, 0), 0.5, y), mu, phi)
        return log1m(zi) + where(equal(y, 0), 0.0, above)

    def log_interval(self, lower: Any, upper: Any, mu: Any, phi: Any, zi: Any) -> Any:
        """Return the log probability of a response above `lower`, which is at least 0, and at most `upper`."""
        return log1m(zi) + log_interval_above_zero(_BETA, lower, upper, {"mu": mu, "phi": phi})

    def size_biased(self, mu: Any, phi: Any, zi: Any) -> tuple[Family, dict[str, Any], float]:
        """Return that of the beta distribution, as zeros do not count."""
        return _BETA.size_biased(mu, phi)
