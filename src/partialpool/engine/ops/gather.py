"""Row op: adds to a predictor each row's effect of its group, times the row's covariate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, Kernel, doubles_at, ints_at, kernel
from partialpool.engine.tape import Argument, Slot

__all__ = ["Gather"]


@kernel
def _gather(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    eta, r, level, width = a[0], a[1] + a[3], ints_at(a[2] + 4 * row0), a[4]
    covariate = doubles_at(a[5] + 8 * row0)
    if phase & BACKWARD:
        if a[5] == 0:
            for i in range(n):
                g[r + level[i] * width] += g[eta + i]
        else:
            for i in range(n):
                g[r + level[i] * width] += g[eta + i] * covariate[i]
    elif a[5] == 0:
        for i in range(n):
            v[eta + i] += v[r + level[i] * width]
    else:
        for i in range(n):
            v[eta + i] += v[r + level[i] * width] * covariate[i]
    return 0.0


@dataclass(frozen=True)
class Gather:
    """Group-level contribution of one coefficient.

    Attributes
    ----------
    eta
        Row slot of the predictor.
    r
        Effects [level][coefficient].
    level
        Level of each row, from 0, int32.
    coefficient, n_coefficients
        Which column of `r`, and how many it has.
    covariate
        Value of each row that the effect is multiplied by, or None for an intercept.
    """

    eta: Slot
    r: Slot
    level: NDArray[np.int32]
    coefficient: int
    n_coefficients: int
    covariate: NDArray[np.float64] | None
    kernel: Kernel = _gather

    def arguments(self) -> Sequence[Argument]:
        """Return predictor, effects, levels, column, number of columns, covariate (0 for none)."""
        covariate: Argument = 0 if self.covariate is None else self.covariate
        return self.eta, self.r, self.level, self.coefficient, self.n_coefficients, covariate
