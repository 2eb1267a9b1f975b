"""The asymmetric Laplace distribution with additional zeros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import equal, log, log1m, where
from partialpool.families.base import DISCRETE_ADDITIONS, Family
from partialpool.families.distributions.asym_laplace import AsymLaplace
from partialpool.families.events import log_probability
from partialpool.families.parameters import REAL_LINKS, STANDARD, location
from partialpool.families.responses import REAL, Array

__all__ = ["ZeroInflatedAsymLaplace"]

_ASYM_LAPLACE = AsymLaplace()


@dataclass(frozen=True, repr=False)
class ZeroInflatedAsymLaplace(Family):
    """Responses that are 0 with probability zi, else of the asymmetric Laplace distribution.

    The density is zi at 0, and 1 - zi times that of `asym_laplace` elsewhere; the mean is 1 - zi times its mean m, the
    variance (1 - zi) * (its variance + zi * m^2).

    Parameters
    ----------
    link
        Link of mu.
    link_sigma, link_quantile, link_zi
        Links of the other parameters, where they are predicted.

    Examples
    --------
    >>> from partialpool.families import zero_inflated_asym_laplace
    >>> zero_inflated_asym_laplace().mean(mu=2.0, sigma=1.0, quantile=0.5, zi=0.25)
    1.5
    """

    link: str = "identity"
    link_sigma: str = "log"
    link_quantile: str = "logit"
    link_zi: str = "logit"

    name = "zero_inflated_asym_laplace"
    parameters = (location(*REAL_LINKS), STANDARD["sigma"], STANDARD["quantile"], STANDARD["zi"])
    response = REAL
    additions = DISCRETE_ADDITIONS

    def log_density(self, y: Any, mu: Any, sigma: Any, quantile: Any, zi: Any) -> Any:
        """Return the log density, at 0 the log probability."""
        elsewhere = log1m(zi) + _ASYM_LAPLACE.log_density(y, mu, sigma, quantile)
        return where(equal(y, 0), log(zi), elsewhere)

    def mean(self, mu: Any, sigma: Any, quantile: Any, zi: Any) -> Any:
        """Return (1 - zi) times the mean of the asymmetric Laplace distribution."""
        return (1 - zi) * _ASYM_LAPLACE.mean(mu, sigma, quantile)

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any, quantile: Any, zi: Any) -> Array:
        """Return zeros and asymmetric Laplace draws."""
        shape = np.broadcast_shapes(np.shape(mu), np.shape(sigma), np.shape(quantile), np.shape(zi))
        zero = rng.random(shape) < zi
        return np.where(zero, 0.0, _ASYM_LAPLACE.draw(rng, np.broadcast_to(mu, shape), sigma, quantile))

    def cdf(self, y: Any, mu: Any, sigma: Any, quantile: Any, zi: Any) -> Any:
        """Return the distribution function, which has a step of zi at 0."""
        return where(y < 0, 0.0, zi) + (1 - zi) * _ASYM_LAPLACE.cdf(y, mu, sigma, quantile)

    def survival(self, y: Any, mu: Any, sigma: Any, quantile: Any, zi: Any) -> Any:
        """Return the probability of a response above y."""
        return where(y < 0, zi, 0.0) + (1 - zi) * _ASYM_LAPLACE.survival(y, mu, sigma, quantile)

    def truncated_mean(self, lower: Any, upper: Any, mu: Any, sigma: Any, quantile: Any, zi: Any) -> Any:
        """Return the mean of a response between the bounds, to which zeros add nothing."""
        given = {"mu": mu, "sigma": sigma, "quantile": quantile}
        total = log_probability(self, lower, upper, {**given, "zi": zi})
        share = (1 - zi) * np.exp(log_probability(_ASYM_LAPLACE, lower, upper, given) - total)
        return share * _ASYM_LAPLACE.truncated_mean(lower, upper, **given)
