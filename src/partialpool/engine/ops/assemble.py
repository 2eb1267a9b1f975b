"""Vector of free and fixed elements: the free ones are copied to their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, Kernel, kernel, longs_at
from partialpool.engine.tape import Argument, Slot

__all__ = ["Assemble"]


@kernel
def _assemble(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
    fixed, free, target, n, places, n_free = a[0], a[1], a[2], a[3], longs_at(a[4]), a[5]
    if phase & BACKWARD:
        for i in range(n_free):
            g[free + i] += g[target + places[i]]
    else:
        for i in range(n):
            v[target + i] = v[fixed + i]
        for i in range(n_free):
            v[target + places[i]] = v[free + i]
    return 0.0


@dataclass(frozen=True)
class Assemble:
    """`target` is `fixed` with the elements at `places` taken from `free`."""

    fixed: Slot
    free: Slot
    target: Slot
    places: NDArray[np.int64]
    kernel: Kernel = _assemble

    def arguments(self) -> Sequence[Argument]:
        """Return the slots, the size of the vector, the places and their number."""
        return self.fixed, self.free, self.target, self.target.size, self.places, self.free.size
