"""Linear map of a slot, out = base + A x: coefficients behind a QR decomposition, the intercept at zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, Kernel, doubles_at, kernel
from partialpool.engine.tape import Argument, Slot

__all__ = ["Affine"]


@kernel
def _affine(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
    out, base, x, A, n, k = a[0], a[1], a[2], doubles_at(a[3]), a[4], a[5]
    if phase & BACKWARD:
        for i in range(n):
            g[base + i] += g[out + i]
            for j in range(k):
                g[x + j] += A[i * k + j] * g[out + i]
    else:
        for i in range(n):
            total = v[base + i]
            for j in range(k):
                total += A[i * k + j] * v[x + j]
            v[out + i] = total
    return 0.0


@dataclass(frozen=True)
class Affine:
    """`target = base + A x`, with a constant matrix A [target, x]."""

    target: Slot
    base: Slot
    x: Slot
    A: NDArray[np.float64]
    kernel: Kernel = _affine

    def arguments(self) -> Sequence[Argument]:
        """Return target, base, x, A and its shape."""
        return self.target, self.base, self.x, np.ascontiguousarray(self.A, dtype=np.float64), *self.A.shape
