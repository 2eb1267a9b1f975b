"""The extended-support beta distribution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from partialpool.engine.mathematics import (
    beta_inc,
    both,
    equal,
    log,
    log1p,
    log_beta_inc,
    maximum,
    where,
)
from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.densities import log_beta_density
from partialpool.families.distributions.beta import Beta
from partialpool.families.parameters import STANDARD
from partialpool.families.responses import CLOSED_PROPORTION, Array

__all__ = ["Xbeta"]

_TINY = 1e-300
"""Smallest shape of an incomplete beta function."""

_KAPPA = replace(STANDARD["kappa"], prior="gamma(0.01, 0.01)", intercept_prior="student_t(3, 0, 2.5)")


@dataclass(frozen=True, repr=False)
class Xbeta(Family):
    """Responses of a beta distribution that is stretched to [-kappa, 1 + kappa], those below 0 being 0, those above 1 being 1.

    With z = (y + kappa) / (1 + 2 * kappa) and I the distribution function of beta(mu * phi, (1 - mu) * phi), the density is
    that of `beta` at z divided by 1 + 2 * kappa between 0 and 1, the probability of 0 is I(kappa / (1 + 2 * kappa)), that of
    1 is 1 - I((1 + kappa) / (1 + 2 * kappa)) (Kosmidis and Zeileis 2024, arXiv 2409.07233).

    Parameters
    ----------
    link
        Link of mu, the mean of the beta distribution; by symmetry that of the response where mu is 1/2.
    link_phi, link_kappa
        Links of phi and kappa, where they are predicted.

    Examples
    --------
    >>> from partialpool.families import xbeta
    >>> round(xbeta().mean(mu=0.8, phi=2.0, kappa=0.25), 6)
    0.843666
    """

    link: str = "logit"
    link_phi: str = "log"
    link_kappa: str = "log"

    name = "xbeta"
    parameters = (*Beta.parameters, _KAPPA)
    response = CLOSED_PROPORTION
    additions = COMMON_ADDITIONS

    def log_density(self, y: Any, mu: Any, phi: Any, kappa: Any) -> Any:
        """Return the log density, at 0 and 1 the log probability."""
        inside, one = both(y > 0, y < 1), equal(y, 1)
        width = log1p(2 * kappa)
        density = log_beta_density(log(y + kappa) - width, log(1 - y + kappa) - width, mu, phi) - width
        a, b = maximum(mu * phi, _TINY), maximum((1 - mu) * phi, _TINY)
        # Between 0 and 1, where it does not matter, an empty interval costs nothing.
        low, high = _place(0, kappa)
        beyond = log_beta_inc(where(one, b, a), where(one, a, b), where(inside, 0.0, low), where(inside, 1.0, high))
        return where(inside, density, beyond)

    def mean(self, mu: Any, phi: Any, kappa: Any) -> Any:
        """Return the mean, from distribution functions of beta distributions."""
        a, b = mu * phi, (1 - mu) * phi
        low, high = _place(0, kappa), _place(1, kappa)
        stretched = (1 + 2 * kappa) * mu * (beta_inc(a + 1, b, *high) - beta_inc(a + 1, b, *low))
        shifted = kappa * (beta_inc(a, b, *high) - beta_inc(a, b, *low))
        return stretched - shifted + beta_inc(b, a, *reversed(high))

    def draw(self, rng: np.random.Generator, mu: Any, phi: Any, kappa: Any) -> Array:
        """Return stretched beta draws, moved into [0, 1]."""
        shape = np.broadcast_shapes(*map(np.shape, (mu, phi, kappa)))
        draws = rng.beta(np.broadcast_to(mu * phi, shape), (1 - mu) * phi)
        return np.asarray(np.clip((1 + 2 * kappa) * draws - kappa, 0.0, 1.0))

    def cdf(self, y: Any, mu: Any, phi: Any, kappa: Any) -> Any:
        """Return the distribution function, which has steps at 0 and 1."""
        inside = where(both(y >= 0, y < 1), y, 0.5)
        below = beta_inc(mu * phi, (1 - mu) * phi, *_place(inside, kappa))
        return where(y < 0, 0.0, where(y < 1, below, 1.0))

    def survival(self, y: Any, mu: Any, phi: Any, kappa: Any) -> Any:
        """Return the probability of a response above y."""
        inside = where(both(y >= 0, y < 1), y, 0.5)
        above = beta_inc((1 - mu) * phi, mu * phi, *reversed(_place(inside, kappa)))
        return where(y < 0, 1.0, where(y < 1, above, 0.0))


def _place(y: Any, kappa: Any) -> tuple[Any, Any]:
    """Return which response of the beta distribution becomes y, and 1 minus it."""
    return (y + kappa) / (1 + 2 * kappa), (1 - y + kappa) / (1 + 2 * kappa)
