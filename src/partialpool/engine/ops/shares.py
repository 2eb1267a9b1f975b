"""Row op: positive numbers, one for each category, as their sum and the proportions that they have in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from partialpool.engine.kernel import BACKWARD, Kernel, kernel
from partialpool.engine.ops.softmax import Proportions, pull_simplex
from partialpool.engine.tape import Argument, Slot
from partialpool.engine.vecmath import log
from partialpool.engine.vecmath.primitives import select

__all__ = ["Shares"]

_SMALLEST = 1e-300  # what has underflowed to 0 is taken for this


@kernel
def _shares(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    log_p, p, total, scratch, stride, size = a[0], a[1], a[2], a[3], a[4], a[5]
    if phase & BACKWARD:
        pull_simplex(v, g, log_p, p, scratch, stride, size, n)
        for k in range(size):
            alpha, at = a[6 + k], log_p + k * stride
            for i in range(n):
                x = v[alpha + i]
                g[alpha + i] += g[total + i] + g[at + i] / select(x < _SMALLEST, _SMALLEST, x)
        return 0.0
    for i in range(n):
        v[total + i] = 0.0
    for k in range(size):
        alpha = a[6 + k]
        for i in range(n):
            x = v[alpha + i]
            v[total + i] += select(x < _SMALLEST, _SMALLEST, x)
    for i in range(n):
        v[scratch + i] = log(v[total + i])
    for k in range(size):
        alpha, at = a[6 + k], k * stride
        for i in range(n):
            x = v[alpha + i]
            x = select(x < _SMALLEST, _SMALLEST, x)
            v[log_p + at + i] = log(x) - v[scratch + i]
            v[p + at + i] = x / v[total + i]
    return 0.0


@dataclass(frozen=True)
class Shares:
    """Sum and proportions.

    Attributes
    ----------
    alphas
        Row slot of each category's positive number.
    target, total
        Proportions, and row slot of the sum.
    scratch
        Two row slots side by side.
    """

    alphas: tuple[Slot, ...]
    target: Proportions
    total: Slot
    scratch: Slot
    kernel: Kernel = _shares

    def arguments(self) -> Sequence[Argument]:
        """Return targets, scratch, stride, number of categories, the numbers."""
        to = self.target
        return to.log_p, to.p, self.total, self.scratch, to.stride, to.size, *self.alphas
