"""Transform to an increasing vector: y1 = x1, yk = y(k-1) + exp(xk)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from partialpool.engine.kernel import BACKWARD, WITHOUT_JACOBIAN, Kernel, kernel
from partialpool.engine.tape import Argument, Slot

__all__ = ["Ordered"]


@kernel
def _ordered(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
    x, y, n = a[0], a[1], a[2]
    jacobian = 0.0 if phase & WITHOUT_JACOBIAN else 1.0
    total = 0.0
    if phase & BACKWARD:
        carried = 0.0
        for i in range(n - 1, 0, -1):
            carried += g[y + i]
            g[x + i] += carried * (v[y + i] - v[y + i - 1]) + jacobian
        if n > 0:
            g[x] += carried + g[y]
    else:
        for i in range(n):
            if i == 0:
                v[y] = v[x]
            else:
                v[y + i] = v[y + i - 1] + math.exp(v[x + i])
                total += v[x + i]
    return jacobian * total


@dataclass(frozen=True)
class Ordered:
    """An increasing vector, unconstrained by the logs of its differences."""

    source: Slot
    target: Slot
    kernel: Kernel = _ordered

    def arguments(self) -> Sequence[Argument]:
        """Return source, target, size."""
        return self.source, self.target, self.source.size
