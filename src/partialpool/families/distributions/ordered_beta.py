"""The ordered beta distribution."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from partialpool.engine.mathematics import (
    both,
    equal,
    exp,
    inv_logit,
    log,
    log1m,
    log1m_exp,
    log1p_exp,
    logit,
    minimum,
    where,
)
from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.distributions.beta import Beta
from partialpool.families.parameters import STANDARD, Parameter
from partialpool.families.responses import CLOSED_PROPORTION, Array

__all__ = ["OrderedBeta"]

_BETA = Beta()
_HIGHEST = 1e300
"""Log odds from which on nothing changes; infinite ones have no derivative."""

_XI = Parameter("xi", ("identity",), None, None, "student_t(3, 0, 2.5)", "student_t(3, 0, 2.5)")
_KAPPA = replace(STANDARD["kappa"], prior="gamma(2, 0.5)", intercept_prior="normal(1, 1)")


@dataclass(frozen=True, repr=False)
class OrderedBeta(Family):
    """Responses that are 0, 1 or of a beta distribution, which of them as in an ordinal model of the same predictor.

    The cutpoints of the ordinal part are xi and xi + kappa: with e = logit(mu), the probability of 0 is
    1 - inv_logit(e - xi), that of 1 is p = inv_logit(e - xi - kappa), and between the density is
    inv_logit(e - xi) - p times that of `beta` of mean mu and precision phi. The mean is p + (inv_logit(e - xi) - p) * mu
    (Kubinec 2023, Political Analysis 31, 519-536).

    Parameters
    ----------
    link
        Link of mu.
    link_phi, link_xi, link_kappa
        Links of phi, of the first cutpoint and of the distance to the second, where they are predicted.

    Examples
    --------
    >>> from partialpool.families import ordered_beta
    >>> ordered_beta().mean(mu=0.5, phi=2.0, xi=-1.0, kappa=2.0)
    0.5
    """

    link: str = "logit"
    link_phi: str = "log"
    link_xi: str = "identity"
    link_kappa: str = "log"

    name = "ordered_beta"
    parameters = (*Beta.parameters, _XI, _KAPPA)
    response = CLOSED_PROPORTION
    additions = COMMON_ADDITIONS

    def log_density(self, y: Any, mu: Any, phi: Any, xi: Any, kappa: Any) -> Any:
        """Return the log density, at 0 and 1 the log probability."""
        inside = both(y > 0, y < 1)
        e = minimum(log(mu) - log1m(mu), _HIGHEST) - xi
        below, above = -log1p_exp(e), -log1p_exp(kappa - e)
        between = log1m_exp(-kappa) - log1p_exp(-e) - log1p_exp(e - kappa)
        density = between + _BETA.log_density(where(inside, y, 0.5), mu, phi)
        return where(inside, density, where(equal(y, 0), below, above))

    def mean(self, mu: Any, phi: Any, xi: Any, kappa: Any) -> Any:
        """Return the probability of 1 plus mu times that of a response between."""
        _, between, one = _probabilities(mu, xi, kappa)
        return one + between * mu

    def draw(self, rng: np.random.Generator, mu: Any, phi: Any, xi: Any, kappa: Any) -> Array:
        """Return zeros, ones and beta draws."""
        shape = np.broadcast_shapes(*map(np.shape, (mu, phi, xi, kappa)))
        zero, _, one = _probabilities(mu, xi, kappa)
        at, draws = rng.random(shape), _BETA.draw(rng, np.broadcast_to(mu, shape), phi)
        return np.asarray(np.select([at < zero, at < zero + one], [0.0, 1.0], draws))

    def cdf(self, y: Any, mu: Any, phi: Any, xi: Any, kappa: Any) -> Any:
        """Return the distribution function, which has steps at 0 and 1."""
        zero, between, _ = _probabilities(mu, xi, kappa)
        return where(y < 0, 0.0, where(y < 1, zero + between * _BETA.cdf(y, mu, phi), 1.0))

    def survival(self, y: Any, mu: Any, phi: Any, xi: Any, kappa: Any) -> Any:
        """Return the probability of a response above y."""
        _, between, one = _probabilities(mu, xi, kappa)
        return where(y < 0, 1.0, where(y < 1, one + between * _BETA.survival(y, mu, phi), 0.0))


def _probabilities(mu: Any, xi: Any, kappa: Any) -> tuple[Any, Any, Any]:
    """Return the probabilities of 0, of a response between, and of 1."""
    e = logit(mu) - xi
    return inv_logit(-e), inv_logit(e) * inv_logit(kappa - e) * (1 - exp(-kappa)), inv_logit(e - kappa)
