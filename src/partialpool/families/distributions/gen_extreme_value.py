"""The generalised extreme value distribution."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from partialpool.engine.mathematics import exp, expm1, log, log1m_exp, log1p_ratio, where
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.parameters import REAL_LINKS, STANDARD, location
from partialpool.families.responses import REAL, Array

if TYPE_CHECKING:
    from partialpool.engine.tape import Section, Slot

__all__ = ["GenExtremeValue"]


@dataclass(frozen=True, repr=False)
class GenExtremeValue(Family):
    """Responses that are maxima: location mu, scale sigma, and shape xi, positive for heavy upper tails.

    With t = 1 + xi * (y - mu) / sigma, which must be positive, the density is
    t^(-1 - 1 / xi) * exp(-t^(-1 / xi)) / sigma, for xi = 0 that of Gumbel's distribution. With g(k) = gamma(1 - k * xi) the
    mean is mu + sigma * (g(1) - 1) / xi for xi < 1, the variance sigma^2 * (g(2) - g(1)^2) / xi^2 for xi < 1/2.

    Where xi is estimated as one number, the model has a free number `tmp_xi` which the logistic function maps to the values
    of xi that the responses allow, and the prior of xi is that of `tmp_xi`.

    Parameters
    ----------
    link
        Link of mu.
    link_sigma, link_xi
        Links of sigma and xi, where they are predicted.

    Notes
    -----
    Coles (2001). An introduction to statistical modeling of extreme values, chapter 3.

    Examples
    --------
    >>> from partialpool.families import gen_extreme_value
    >>> round(gen_extreme_value().cdf(0.0, mu=0.0, sigma=1.0, xi=0.0), 6)
    0.367879
    """

    link: str = "identity"
    link_sigma: str = "log"
    link_xi: str = "log1p"

    name = "gen_extreme_value"
    parameters = (location(*REAL_LINKS), STANDARD["sigma"], STANDARD["xi"])
    response = REAL
    additions = CONTINUOUS_ADDITIONS
    rescaled = ("xi",)

    def log_density(self, y: Any, mu: Any, sigma: Any, xi: Any) -> Any:
        """Return the log density, minus infinity outside the support."""
        inside, u = _reduced(y, mu, sigma, xi)
        return where(inside, -(1 + xi) * u - exp(-u) - log(sigma), -math.inf)

    def mean(self, mu: Any, sigma: Any, xi: Any) -> Any:
        """Return mu + sigma * (gamma(1 - xi) - 1) / xi, infinite for xi >= 1."""
        from scipy import special

        small = np.abs(xi) < 1e-6
        given = np.where(small | np.greater_equal(xi, 1), -1.0, xi)
        excess = np.expm1(special.gammaln(1 - given)) / given
        series = np.euler_gamma + np.multiply(xi, np.euler_gamma**2 + math.pi**2 / 6) / 2
        return np.where(np.less(xi, 1), mu + sigma * np.where(small, series, excess), np.inf)

    def draw(self, rng: np.random.Generator, mu: Any, sigma: Any, xi: Any) -> Array:
        """Return generalised extreme value draws."""
        shape = np.broadcast_shapes(np.shape(mu), np.shape(sigma), np.shape(xi))
        gumbel = -np.log(rng.standard_exponential(shape))
        given = np.where(np.equal(xi, 0), 1.0, xi)
        return np.asarray(mu + sigma * np.where(np.equal(xi, 0), gumbel, np.expm1(given * gumbel) / given))

    def cdf(self, y: Any, mu: Any, sigma: Any, xi: Any) -> Any:
        """Return exp(-t^(-1 / xi))."""
        inside, u = _reduced(y, mu, sigma, xi)
        return where(inside, exp(-exp(-u)), where(xi > 0, 0.0, 1.0))

    def survival(self, y: Any, mu: Any, sigma: Any, xi: Any) -> Any:
        """Return 1 - exp(-t^(-1 / xi))."""
        inside, u = _reduced(y, mu, sigma, xi)
        return where(inside, -expm1(-exp(-u)), where(xi > 0, 1.0, 0.0))

    def log_cdf(self, y: Any, mu: Any, sigma: Any, xi: Any) -> Any:
        """Return the logarithm of the distribution function."""
        inside, u = _reduced(y, mu, sigma, xi)
        return where(inside, -exp(-u), where(xi > 0, -math.inf, 0.0))

    def log_survival(self, y: Any, mu: Any, sigma: Any, xi: Any) -> Any:
        """Return the logarithm of the probability of a response above y."""
        inside, u = _reduced(y, mu, sigma, xi)
        return where(inside, log1m_exp(-exp(-u)), where(xi > 0, 0.0, -math.inf))

    def add_rescaled(self, section: Section, dpar: str, slots: Mapping[str, Slot], columns: Mapping[str, Any]) -> Slot:
        """Add the op that maps the free number to the values of xi that the responses allow; return the slot of xi."""
        from partialpool.engine.ops.admissible_shape import AdmissibleShape
        from partialpool.engine.ops.inverse_link import InverseLink

        natural = {}
        for name in ("mu", "sigma"):
            natural[name] = slots[name]
            if slots[name].region == "row":
                natural[name] = section.slot()
                section.add(InverseLink(slots[name], natural[name], self.link_of(name).name))
        target = section.slot()[0]
        section.add(AdmissibleShape(target, slots["xi"], natural["mu"], natural["sigma"], columns["y"]))
        return target


def _reduced(y: Any, mu: Any, sigma: Any, xi: Any) -> tuple[Any, Any]:
    """Return whether y is in the support, and log(t) / xi."""
    z = (y - mu) / sigma
    inside = xi * z > -1
    return inside, z * log1p_ratio(where(inside, xi * z, 0.0))
