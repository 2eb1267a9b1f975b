"""LKJ prior of a correlation matrix, as a density of its Cholesky factor.

Lewandowski, Kurowicka and Joe (2009), Generating random correlation matrices based on vines and extended onion method,
Journal of Multivariate Analysis 100.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from partialpool.engine.kernel import BACKWARD, Kernel, as_double, kernel
from partialpool.engine.tape import Argument, Slot

__all__ = ["LKJPrior"]


@kernel
def _lkj(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
    L, size, eta = a[0], a[1], as_double(a[2])
    total = as_double(a[3])
    for i in range(1, size):
        diagonal = L + i * (size + 1)
        power = size - 1.0 - i + 2.0 * (eta - 1.0)  # from the volume element of the factor, and from det(R)^(eta - 1)
        if phase & BACKWARD:
            g[diagonal] += power / v[diagonal]
        else:
            total += power * math.log(v[diagonal])
    return total


@dataclass(frozen=True)
class LKJPrior:
    """Log density of the factor L in `source`, `size * size` doubles row by row.

    `log_constant` is the log of the normalising constant of the density of the correlation matrix.
    """

    source: Slot
    size: int
    eta: float
    log_constant: float
    kernel: Kernel = _lkj

    def arguments(self) -> Sequence[Argument]:
        """Return source, size of the matrix, eta, log of the normalising constant."""
        return self.source, self.size, float(self.eta), float(self.log_constant)
