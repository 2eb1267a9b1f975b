"""Transforms of single numbers to an interval: Stan's exponential and scaled logistic maps, with their log-Jacobian."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from partialpool.engine.kernel import BACKWARD, WITHOUT_JACOBIAN, Kernel, as_double, kernel
from partialpool.engine.tape import Argument, Slot

__all__ = ["HalfLine", "Interval"]


@kernel
def _half_line(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
    x, y, n, bound, sign = a[0], a[1], a[2], as_double(a[3]), as_double(a[4])
    jacobian = 0.0 if phase & WITHOUT_JACOBIAN else 1.0
    total = 0.0
    if phase & BACKWARD:
        for i in range(n):
            g[x + i] += g[y + i] * (v[y + i] - bound) + jacobian
    else:
        for i in range(n):
            v[y + i] = bound + sign * math.exp(v[x + i])
            total += v[x + i]
    return jacobian * total


@dataclass(frozen=True)
class HalfLine:
    """`target = bound + sign * exp(source)`: greater (sign 1) or less (sign -1) than the bound."""

    source: Slot
    target: Slot
    bound: float
    sign: float
    kernel: Kernel = _half_line

    def arguments(self) -> Sequence[Argument]:
        """Return source, target, size, bound, sign."""
        return self.source, self.target, self.source.size, float(self.bound), float(self.sign)


@kernel
def _interval(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
    x, y, n, lower, upper = a[0], a[1], a[2], as_double(a[3]), as_double(a[4])
    jacobian = 0.0 if phase & WITHOUT_JACOBIAN else 1.0
    width = upper - lower
    total = 0.0
    for i in range(n):
        tail = math.exp(-abs(v[x + i]))
        small, large = tail / (1.0 + tail), 1.0 / (1.0 + tail)
        below, above = (large, small) if v[x + i] > 0 else (small, large)
        if phase & BACKWARD:
            g[x + i] += g[y + i] * width * small * large + jacobian * (above - below)
        else:
            v[y + i] = lower + width * below if v[x + i] < 0 else upper - width * above
            total += math.log(width) - abs(v[x + i]) - 2.0 * math.log1p(tail)
    return jacobian * total


@dataclass(frozen=True)
class Interval:
    """`target = lower + (upper - lower) * inv_logit(source)`."""

    source: Slot
    target: Slot
    lower: float
    upper: float
    kernel: Kernel = _interval

    def arguments(self) -> Sequence[Argument]:
        """Return source, target, size, lower, upper."""
        return self.source, self.target, self.source.size, float(self.lower), float(self.upper)
