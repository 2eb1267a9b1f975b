"""Transform to a simplex by breaking a stick, with logit offsets that send the zero vector to equal parts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from partialpool.engine.kernel import BACKWARD, WITHOUT_JACOBIAN, Kernel, kernel
from partialpool.engine.tape import Argument, Slot

__all__ = ["Simplex"]


@kernel
def _simplex(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
    x, y, size = a[0], a[1], a[2]
    jacobian = 0.0 if phase & WITHOUT_JACOBIAN else 1.0
    total = 0.0
    if phase & BACKWARD:
        stick, carried = v[y + size - 1], g[y + size - 1]
        for i in range(size - 2, -1, -1):
            stick += v[y + i]
            odds = math.exp(v[x + i] - math.log(size - 1.0 - i))
            share, rest = odds / (1.0 + odds), 1.0 / (1.0 + odds)
            pull = g[y + i] - carried
            g[x + i] += pull * stick * share * rest + jacobian * (rest - share)
            carried += pull * share + jacobian / stick
    else:
        stick = 1.0
        for i in range(size - 1):
            logit = v[x + i] - math.log(size - 1.0 - i)
            total += math.log(stick) - abs(logit) - 2.0 * math.log1p(math.exp(-abs(logit)))
            v[y + i] = stick / (1.0 + math.exp(-logit))
            stick -= v[y + i]
        v[y + size - 1] = stick
    return jacobian * total


@dataclass(frozen=True)
class Simplex:
    """Positive numbers that sum to one: `target` has one element more than `source`."""

    source: Slot
    target: Slot
    kernel: Kernel = _simplex

    def arguments(self) -> Sequence[Argument]:
        """Return source, target, size of the simplex."""
        return self.source, self.target, self.target.size
