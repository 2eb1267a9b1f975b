"""Row op over all rows: the shape of an extreme value distribution from a free number, within what the data allow.

The density at standardised responses x needs 1 + xi x > 0: xi between -1/max(x) and -1/min(x). The free number is mapped to
that interval by the logistic function, without a Jacobian: its prior is one of the free number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, Kernel, doubles_at, kernel
from partialpool.engine.tape import Argument, Slot
from partialpool.engine.vecmath import inv_logit

__all__ = ["AdmissibleShape"]


@kernel
def _admissible_shape(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    out, free, mu, sigma, step, y = a[0], a[1], a[2], a[3], a[4], doubles_at(a[5])
    low, high = 0, 0
    smallest, largest = np.inf, -np.inf
    for i in range(n):
        x = (y[row0 + i] - v[mu + i]) / v[sigma + step * i]
        if x < smallest:
            low, smallest = i, x
        if x > largest:
            high, largest = i, x
    share = inv_logit(v[free])
    lower, upper = -1.0 / largest, -1.0 / smallest
    if not phase & BACKWARD:
        v[out] = lower + share * (upper - lower)
        return 0.0
    adjoint = g[out]
    g[free] += adjoint * share * inv_logit(-v[free]) * (upper - lower)
    by_high, by_low = adjoint * (1.0 - share) * lower * lower, adjoint * share * upper * upper
    g[mu + high] -= by_high / v[sigma + step * high]
    g[mu + low] -= by_low / v[sigma + step * low]
    g[sigma + step * high] -= by_high * largest / v[sigma + step * high]
    g[sigma + step * low] -= by_low * smallest / v[sigma + step * low]
    return 0.0


@dataclass(frozen=True)
class AdmissibleShape:
    """`target = lower + inv_logit(free) (upper - lower)`, lower = -1/max(x), upper = -1/min(x), x = (y - mu)/sigma.

    In a section whose block is all rows. `mu` and `sigma` are on their natural scale, `sigma` by row or one number.
    """

    target: Slot
    free: Slot
    mu: Slot
    sigma: Slot
    y: NDArray[np.float64]
    kernel: Kernel = _admissible_shape

    def arguments(self) -> Sequence[Argument]:
        """Return target, free number, mu, sigma with the distance between its rows, and the responses."""
        y = np.ascontiguousarray(self.y, dtype=np.float64)
        return self.target, self.free, self.mu, self.sigma, int(self.sigma.region == "row"), y
