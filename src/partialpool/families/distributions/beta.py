"""The beta distribution, by mean and precision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import (
    beta_inc,
    log,
    log1m,
    log_beta_inc,
    maximum,
    minimum,
)
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.densities import log_beta_density
from partialpool.families.parameters import PROBABILITY_LINKS, STANDARD, location
from partialpool.families.responses import PROPORTION, Array

__all__ = ["Beta"]


@dataclass(frozen=True, repr=False)
class Beta(Family):
    """Responses strictly between 0 and 1, of mean mu and variance mu * (1 - mu) / (1 + phi).

    Parameters
    ----------
    link
        Link of mu.
    link_phi
        Link of phi, where it is predicted.
    """

    link: str = "logit"
    link_phi: str = "log"

    name = "beta"
    parameters = (location(*PROBABILITY_LINKS, lower=0.0, upper=1.0), STANDARD["phi"])
    response = PROPORTION
    additions = CONTINUOUS_ADDITIONS

    def log_density(self, y: Any, mu: Any, phi: Any) -> Any:
        """Return the log density."""
        return log_beta_density(log(y), log1m(y), mu, phi)

    def mean(self, mu: Any, phi: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, phi: Any) -> Array:
        """Return beta draws."""
        return np.asarray(rng.beta(mu * phi, (1 - mu) * phi))

    def cdf(self, y: Any, mu: Any, phi: Any) -> Any:
        """Return the distribution function, an incomplete beta function."""
        return beta_inc(mu * phi, (1 - mu) * phi, minimum(maximum(y, 0), 1))

    def survival(self, y: Any, mu: Any, phi: Any) -> Any:
        """Return the probability of a response above y."""
        inside = minimum(maximum(y, 0), 1)
        return beta_inc((1 - mu) * phi, mu * phi, 1 - inside, inside)

    def log_cdf(self, y: Any, mu: Any, phi: Any) -> Any:
        """Return log(cdf)."""
        return log_beta_inc(mu * phi, (1 - mu) * phi, y)

    def log_survival(self, y: Any, mu: Any, phi: Any) -> Any:
        """Return log(survival)."""
        return log_beta_inc((1 - mu) * phi, mu * phi, 1 - y, y)

    def size_biased(self, mu: Any, phi: Any) -> tuple[Family, dict[str, Any], float]:
        """Return the beta distribution with the first shape larger by 1."""
        return self, {"mu": (mu * phi + 1) / (phi + 1), "phi": phi + 1}, 0.0
