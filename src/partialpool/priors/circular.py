"""The von Mises distribution on [-pi, pi]: what differs for a distribution on a circle."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from partialpool.priors.univariate import Distribution

__all__ = ["VonMises"]

_HALVINGS = 54  # of an interval of at most 2 pi, down to the last digit


class VonMises(Distribution):
    """A distribution whose SciPy twin lives on the whole line, with a cdf that gains 1 at each turn of the circle."""

    def log_probability(self, arguments: Sequence[float], lb: float, ub: float) -> float:
        """Return the log of the probability of [lb, ub] within [-pi, pi]."""
        if lb <= -math.pi and math.pi <= ub:
            return 0.0
        law = self.reference(*arguments)
        mass = float(law.cdf(min(ub, math.pi)) - law.cdf(max(lb, -math.pi)))
        return math.log(mass) if mass > 0.0 else -math.inf

    def quantiles(
        self, arguments: Sequence[float], u: NDArray[np.float64], lb: float, ub: float
    ) -> NDArray[np.float64]:
        """Return the quantiles of the distribution truncated to [lb, ub] within [-pi, pi]."""
        law = self.reference(*arguments)
        low, high = np.full(u.shape, max(lb, -math.pi)), np.full(u.shape, min(ub, math.pi))
        wanted = law.cdf(low) + u * (law.cdf(high) - law.cdf(low))
        for _ in range(_HALVINGS):
            middle = 0.5 * (low + high)
            below = law.cdf(middle) < wanted
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.asarray(0.5 * (low + high))
