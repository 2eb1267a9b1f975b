"""Row op: log probability of the category that a row has, given the logarithms of the proportions of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, Kernel, doubles_at, ints_at, kernel, summed
from partialpool.engine.ops.softmax import Proportions
from partialpool.engine.tape import Argument, Slot

__all__ = ["Categorical"]


@kernel
def _categorical(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    if phase & BACKWARD:
        return 0.0
    out, log_p, stride, y, weights = a[0], a[1], a[2], ints_at(a[3]), doubles_at(a[4])
    weighted = a[4] != 0
    for i in range(n):
        at = log_p + y[row0 + i] * stride + i
        w = weights[row0 + i] if weighted else 1.0
        v[out + i] = w * v[at]
        g[at] += w
    return summed(v, out, n)


@dataclass(frozen=True)
class Categorical:
    """Log probability of categories.

    Attributes
    ----------
    out
        Row slot of the log probability of each row.
    proportions
        Proportions of the categories.
    y
        Categories, counted from 0.
    weights
        Weight of each row, or None.
    """

    out: Slot
    proportions: Proportions
    y: NDArray[np.int32]
    weights: NDArray[np.float64] | None = None
    kernel: Kernel = _categorical

    def arguments(self) -> Sequence[Argument]:
        """Return output, logarithms of the proportions, stride, categories, weights."""
        weights = 0 if self.weights is None else self.weights
        return self.out, self.proportions.log_p, self.proportions.stride, self.y, weights
