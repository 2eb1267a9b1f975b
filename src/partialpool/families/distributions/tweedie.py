"""The Tweedie distribution of power 1 to 2: sums of a Poisson number of gamma quantities."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import equal, exp, exp_remainder, log, log_tweedie_series, where
from partialpool.errors import FamilyError
from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.parameters import POSITIVE_LINKS, STANDARD, Parameter, location
from partialpool.families.random import poisson_counts
from partialpool.families.responses import NONNEGATIVE, Array

__all__ = ["Tweedie"]


@dataclass(frozen=True, repr=False)
class Tweedie(Family):
    """Non-negative responses of mean mu and variance phi * mu^power, 1 < power < 2, with a mass at 0: rain, claims, catches.

    A response is the sum of a Poisson number, of mean mu^(2 - power) / (phi * (2 - power)), of gamma quantities of shape
    (2 - power) / (power - 1) and scale phi * (power - 1) * mu^(power - 1). As the power goes to 1 the distribution becomes
    the Poisson one (in units of phi), as it goes to 2 the gamma one.

    Parameters
    ----------
    link
        Link of mu.
    link_phi, link_power
        Links of phi and power, where they are predicted.

    Notes
    -----
    Dunn and Smyth (2005). Series evaluation of Tweedie exponential dispersion model densities. Statistics and Computing,
    15(4), 267-280. `phi` is the dispersion: larger means more spread, other than in `beta`.

    Examples
    --------
    >>> from partialpool.families import tweedie
    >>> round(tweedie().log_density(0.0, mu=4.0, phi=2.0, power=1.5), 12)
    -2.0
    """

    link: str = "log"
    link_phi: str = "log"
    link_power: str = "logitm1"

    name = "tweedie"
    parameters = (
        location(*POSITIVE_LINKS, lower=0.0),
        STANDARD["phi"],
        Parameter("power", ("logitm1", "identity"), 1.0, 2.0, "uniform(1, 2)", "logistic(0, 1)"),
    )
    response = NONNEGATIVE
    additions = COMMON_ADDITIONS

    def log_density(self, y: Any, mu: Any, phi: Any, power: Any) -> Any:
        """Return the log density, at 0 the log probability.

        Above 0 that is the density for the mean y, less half the deviance; neither has terms that cancel.
        """
        zero = -exp((2 - power) * log(mu)) / (phi * (2 - power))
        log_y = log(where(equal(y, 0), 1.0, y))
        scale = exp((2 - power) * log_y) / phi
        off = log(mu) - log_y
        up, down = (2 - power) * exp_remainder((2 - power) * off), (power - 1) * exp_remainder((1 - power) * off)
        series = log_tweedie_series(scale / (2 - power), (2 - power) / (power - 1))
        return where(equal(y, 0), zero, series - log_y - scale * off**2 * (up + down))

    def mean(self, mu: Any, phi: Any, power: Any) -> Any:
        """Return mu."""
        return mu

    def draw(self, rng: np.random.Generator, mu: Any, phi: Any, power: Any) -> Array:
        """Return sums of gamma draws."""
        size = np.broadcast_shapes(np.shape(mu), np.shape(phi), np.shape(power))
        events = poisson_counts(rng, np.broadcast_to(mu ** (2 - power) / (phi * (2 - power)), size))
        return np.asarray(rng.gamma(events * (2 - power) / (power - 1), phi * (power - 1) * mu ** (power - 1)))

    def arranged(self, predicted: Collection[str], fixed: Mapping[str, float | str]) -> Family:
        """Return the family, refusing a power fixed at a limit.

        Raises
        ------
        FamilyError
            If the power is fixed at 1 or 2.
        """
        power = fixed.get("power")
        if power in (1, 2):
            instead = "poisson" if power == 1 else "gamma"
            raise FamilyError(f"power = {power:g} is the limit that family {instead} is; fix it between 1 and 2")
        return self
