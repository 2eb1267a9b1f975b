"""The Gompertz distribution, by median and shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import exp, expm1, log, log1m_exp, log1p_exp, where
from partialpool.families.base import CONTINUOUS_ADDITIONS, Family
from partialpool.families.parameters import POSITIVE_LINKS, STANDARD, location
from partialpool.families.responses import POSITIVE, Array

__all__ = ["Gompertz"]

_LOG_LOG_2 = math.log(math.log(2.0))


@dataclass(frozen=True, repr=False)
class Gompertz(Family):
    """Positive responses of median mu whose hazard grows like exp(shape * y): times until death, say.

    With b = shape * log(2) / (exp(shape * mu) - 1) the density is b * exp(shape * y - b / shape * (exp(shape * y) - 1)), the
    mean exp(c) * E1(c) / shape, c = b / shape and E1 the exponential integral. Predictors of mu act as proportional
    hazards; as the shape goes to 0 the distribution becomes the exponential one. The shape is in units of 1 / y.

    Parameters
    ----------
    link
        Link of mu.
    link_shape
        Link of the shape, where it is predicted.

    Notes
    -----
    Lenart (2014). The moments of the Gompertz distribution and maximum likelihood estimation of its parameters. Scandinavian
    Actuarial Journal, 2014(3), 255-277.

    Examples
    --------
    >>> from partialpool.families import gompertz
    >>> round(gompertz().cdf(70.0, mu=70.0, shape=0.1), 12)
    0.5
    """

    link: str = "log"
    link_shape: str = "log"

    name = "gompertz"
    parameters = (location(*POSITIVE_LINKS, lower=0.0), STANDARD["shape"])
    response = POSITIVE
    additions = CONTINUOUS_ADDITIONS

    def log_density(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return the log density."""
        log_slope = log(shape) + _LOG_LOG_2 + shape * (y - mu) - log1m_exp(-shape * mu)
        return log_slope - exp(_log_hazard(y, mu, shape))

    def mean(self, mu: Any, shape: Any) -> Any:
        """Return exp(c) * E1(c) / shape."""
        grown = np.multiply(shape, mu)
        return _scaled_exponential_integral(_LOG_LOG_2 - grown - log1m_exp(-grown)) / shape

    def draw(self, rng: np.random.Generator, mu: Any, shape: Any) -> Array:
        """Return Gompertz draws: times at which the accumulated hazard reaches an exponential draw."""
        exponential = rng.standard_exponential(np.broadcast_shapes(np.shape(mu), np.shape(shape)))
        grown = np.log(exponential) - _LOG_LOG_2 + shape * mu + log1m_exp(-np.multiply(shape, mu))
        return np.asarray(log1p_exp(grown) / shape)

    def cdf(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return 1 - exp(-H), H = log(2) * (exp(shape * y) - 1) / (exp(shape * mu) - 1)."""
        return where(y > 0, -expm1(-exp(_log_hazard(where(y > 0, y, 1), mu, shape))), 0.0)

    def survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return exp(-H)."""
        return where(y > 0, exp(-exp(_log_hazard(where(y > 0, y, 1), mu, shape))), 1.0)

    def log_survival(self, y: Any, mu: Any, shape: Any) -> Any:
        """Return -H."""
        return where(y > 0, -exp(_log_hazard(where(y > 0, y, 1), mu, shape)), 0.0)


def _log_hazard(y: Any, mu: Any, shape: Any) -> Any:
    """Return the logarithm of the accumulated hazard."""
    return _LOG_LOG_2 + shape * (y - mu) + log1m_exp(-shape * y) - log1m_exp(-shape * mu)


def _scaled_exponential_integral(log_x: Any) -> Any:
    """Return exp(x) * E1(x), by its continued fraction 1 / (x + 1 - 1 / (x + 3 - 4 / (x + 5 - ...))) for large x."""
    from scipy import special

    x = np.exp(np.minimum(log_x, 700.0))
    rest: Any = 0.0
    for k in range(20, 0, -1):
        rest = k * k / (x + 2 * k + 1 - rest)
    middle = np.clip(x, 1e-20, 50.0)
    tiny, large = x < 1e-20, x > 50.0
    return np.select(
        [tiny, large], [-np.euler_gamma - log_x, 1 / (x + 1 - rest)], np.exp(middle) * special.exp1(middle)
    )
