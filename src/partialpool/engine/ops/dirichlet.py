"""Dirichlet prior of a simplex."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, Kernel, as_double, doubles_at, kernel
from partialpool.engine.tape import Argument, Slot

__all__ = ["DirichletPrior"]


@kernel
def _dirichlet(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
    x, size, alpha = a[0], a[1], doubles_at(a[2])
    total = as_double(a[3])
    for i in range(size):
        power = alpha[i] - 1.0
        if power == 0.0:  # contributes nothing, also at the border of the simplex, where log(x) is not finite
            continue
        if phase & BACKWARD:
            g[x + i] += power / v[x + i]
        else:
            total += power * math.log(v[x + i])
    return total


@dataclass(frozen=True)
class DirichletPrior:
    """Log density of the simplex in `source`; `alpha` has one concentration for each element."""

    source: Slot
    alpha: NDArray[np.float64]
    log_constant: float
    kernel: Kernel = _dirichlet

    def arguments(self) -> Sequence[Argument]:
        """Return source, size, concentrations, log of the normalising constant."""
        alpha = np.ascontiguousarray(self.alpha, dtype=np.float64)
        return self.source, self.source.size, alpha, float(self.log_constant)
