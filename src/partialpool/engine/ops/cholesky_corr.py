"""Transform to the Cholesky factor of a correlation matrix, by the hyperbolic tangent of partial correlations.

Lewandowski, Kurowicka and Joe (2009), Generating random correlation matrices based on vines and extended onion method,
Journal of Multivariate Analysis 100.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba

from partialpool.engine.kernel import BACKWARD, WITHOUT_JACOBIAN, Kernel, kernel
from partialpool.engine.tape import Argument, Slot

__all__ = ["CholeskyCorr"]


@numba.njit(error_model="numpy")
def _one_minus_tanh_squared(x: float) -> float:
    tail = math.exp(-2.0 * abs(x))
    return 4.0 * tail / ((1.0 + tail) * (1.0 + tail))


@kernel
def _cholesky_corr(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
    x, L, size = a[0], a[1], a[2]
    jacobian = 0.0 if phase & WITHOUT_JACOBIAN else 1.0
    total = 0.0
    if phase & BACKWARD:
        for i in range(1, size):
            first, row = x + i * (i - 1) // 2, L + i * size
            rest = v[row + i] * v[row + i]
            carried = -0.5 * g[row + i] / v[row + i]
            for j in range(i - 1, -1, -1):
                z, shrink = math.tanh(v[first + j]), _one_minus_tanh_squared(v[first + j])
                rest /= shrink
                root = math.sqrt(rest)
                pull = g[row + j] + 2.0 * carried * v[row + j]
                carried -= 0.5 * pull * z / root
                if j > 0:
                    carried -= 0.5 * jacobian / rest
                g[first + j] += pull * root * shrink - 2.0 * jacobian * z
    else:
        for i in range(size):
            first, row = x + i * (i - 1) // 2, L + i * size
            rest = 1.0
            for j in range(i):
                shrink = _one_minus_tanh_squared(v[first + j])
                total += math.log(shrink)
                if j > 0:
                    total += 0.5 * math.log(rest)
                v[row + j] = math.tanh(v[first + j]) * math.sqrt(rest)
                rest *= shrink
            v[row + i] = math.sqrt(rest)
            for j in range(i + 1, size):
                v[row + j] = 0.0
    return jacobian * total


@dataclass(frozen=True)
class CholeskyCorr:
    """`target` is the factor L, `size * size` doubles row by row; `source` has `size * (size - 1) / 2` numbers."""

    source: Slot
    target: Slot
    size: int
    kernel: Kernel = _cholesky_corr

    def arguments(self) -> Sequence[Argument]:
        """Return source, target, size of the matrix."""
        return self.source, self.target, self.size
