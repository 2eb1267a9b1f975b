"""The beta distribution with probabilities of 0 and of 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import either, equal, log, log1m, where
from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.distributions.beta import Beta
from partialpool.families.parameters import STANDARD
from partialpool.families.responses import CLOSED_PROPORTION, Array

__all__ = ["ZeroOneInflatedBeta"]

_BETA = Beta()


@dataclass(frozen=True, repr=False)
class ZeroOneInflatedBeta(Family):
    """Responses that are 0 or 1 with probability zoi, else of the beta distribution of mean mu and precision phi.

    The density is zoi * (1 - coi) at 0, zoi * coi at 1, and 1 - zoi times that of `beta` between; the mean is
    zoi * coi + (1 - zoi) * mu. With v = mu * (1 - mu) / (1 + phi), the variance is
    (1 - zoi) * v + zoi * coi * (1 - coi) + zoi * (1 - zoi) * (coi - mu)^2
    (Ospina and Ferrari 2010, Statistical Papers 51, 111-126).

    Parameters
    ----------
    link
        Link of mu.
    link_phi, link_zoi, link_coi
        Links of the other parameters, where they are predicted.

    Examples
    --------
    >>> from partialpool.families import zero_one_inflated_beta
    >>> zero_one_inflated_beta().mean(mu=0.5, phi=3.0, zoi=0.25, coi=0.5)
    0.5
    """

    link: str = "logit"
    link_phi: str = "log"
    link_zoi: str = "logit"
    link_coi: str = "logit"

    name = "zero_one_inflated_beta"
    parameters = (*Beta.parameters, STANDARD["zoi"], STANDARD["coi"])
    response = CLOSED_PROPORTION
    additions = COMMON_ADDITIONS

    def log_density(self, y: Any, mu: Any, phi: Any, zoi: Any, coi: Any) -> Any:
        """Return the log density, at 0 and 1 the log probability."""
        at_end = either(equal(y, 0), equal(y, 1))
        end = log(zoi) + where(equal(y, 1), log(coi), log1m(coi))
        return where(at_end, end, log1m(zoi) + _BETA.log_density(where(at_end, 0.5, y), mu, phi))

    def mean(self, mu: Any, phi: Any, zoi: Any, coi: Any) -> Any:
        """Return zoi * coi + (1 - zoi) * mu."""
        return zoi * coi + (1 - zoi) * mu

    def draw(self, rng: np.random.Generator, mu: Any, phi: Any, zoi: Any, coi: Any) -> Array:
        """Return zeros, ones and beta draws."""
        shape = np.broadcast_shapes(*map(np.shape, (mu, phi, zoi, coi)))
        at_end, one = rng.random(shape) < zoi, rng.random(shape) < coi
        return np.where(at_end, one, _BETA.draw(rng, np.broadcast_to(mu, shape), phi))

    def cdf(self, y: Any, mu: Any, phi: Any, zoi: Any, coi: Any) -> Any:
        """Return the distribution function, which has steps at 0 and 1."""
        below = zoi * (1 - coi) + (1 - zoi) * _BETA.cdf(y, mu, phi)
        return where(y < 0, 0.0, where(y < 1, below, 1.0))

    def survival(self, y: Any, mu: Any, phi: Any, zoi: Any, coi: Any) -> Any:
        """Return the probability of a response above y."""
        above = zoi * coi + (1 - zoi) * _BETA.survival(y, mu, phi)
        return where(y < 0, 1.0, where(y < 1, above, 0.0))
