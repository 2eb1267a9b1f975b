"""Correlations from their Cholesky factor: the lower triangle of L L', row by row without the diagonal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from partialpool.engine.kernel import Kernel, kernel
from partialpool.engine.tape import Argument, Slot

__all__ = ["Correlations"]


@kernel
def _correlations(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
    L, out, size = a[0], a[1], a[2]
    at = out
    for i in range(size):
        for j in range(i):
            total = 0.0
            for k in range(j + 1):
                total += v[L + i * size + k] * v[L + j * size + k]
            v[at] = total
            at += 1
    return 0.0


@dataclass(frozen=True)
class Correlations:
    """Derived quantity only: it passes nothing back."""

    L: Slot
    target: Slot
    size: int
    kernel: Kernel = _correlations

    def arguments(self) -> Sequence[Argument]:
        """Return factor, target, size of the matrix."""
        return self.L, self.target, self.size
