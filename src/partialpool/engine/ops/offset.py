"""Row op: adds a data column to a predictor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, Kernel, doubles_at, kernel
from partialpool.engine.tape import Argument, Slot

__all__ = ["Offset"]


@kernel
def _offset(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    eta, x = a[0], doubles_at(a[1] + 8 * row0)
    if not phase & BACKWARD:
        for i in range(n):
            v[eta + i] += x[i]
    return 0.0


@dataclass(frozen=True)
class Offset:
    """`eta[row] += x[row]`."""

    eta: Slot
    x: NDArray[np.float64]
    kernel: Kernel = _offset

    def arguments(self) -> Sequence[Argument]:
        """Return predictor and data."""
        return self.eta, self.x
