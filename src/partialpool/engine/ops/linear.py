"""Row op: predictor of a dense design, eta = intercept + X b, over columns stored block by block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, Kernel, doubles_at, kernel, summed
from partialpool.engine.tape import Argument, Slot

__all__ = ["Linear"]

_REORDER = {"contract", "nsz", "reassoc"}


@numba.njit(error_model="numpy", fastmath=_REORDER)
def _products(g: Any, eta: int, n: int, x: Any, at: int, stride: int) -> tuple[float, float, float, float]:
    """Return the products of the adjoints with four columns."""
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        pull = g[eta + i]
        s0 += pull * x[at + i]
        s1 += pull * x[at + stride + i]
        s2 += pull * x[at + 2 * stride + i]
        s3 += pull * x[at + 3 * stride + i]
    return s0, s1, s2, s3


@numba.njit(error_model="numpy", fastmath=_REORDER)
def _product(g: Any, eta: int, n: int, x: Any, at: int) -> float:
    s = 0.0
    for i in range(n):
        s += g[eta + i] * x[at + i]
    return s


@kernel
def _linear(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    eta, intercept, b, k, x, stride = a[0], a[1], a[2], a[3], doubles_at(a[4]), a[5]
    at = row0 * k
    if phase & BACKWARD:
        if intercept >= 0:
            g[intercept] += summed(g, eta, n)
        j = 0
        while j + 4 <= k:
            s0, s1, s2, s3 = _products(g, eta, n, x, at + j * stride, stride)
            g[b + j] += s0
            g[b + j + 1] += s1
            g[b + j + 2] += s2
            g[b + j + 3] += s3
            j += 4
        while j < k:
            g[b + j] += _product(g, eta, n, x, at + j * stride)
            j += 1
        return 0.0
    start = v[intercept] if intercept >= 0 else 0.0
    for i in range(n):
        v[eta + i] = start
    j = 0
    while j + 4 <= k:
        b0, b1, b2, b3 = v[b + j], v[b + j + 1], v[b + j + 2], v[b + j + 3]
        c = at + j * stride
        for i in range(n):
            v[eta + i] += (
                b0 * x[c + i] + b1 * x[c + stride + i] + (b2 * x[c + 2 * stride + i] + b3 * x[c + 3 * stride + i])
            )
        j += 4
    while j < k:
        bj, c = v[b + j], at + j * stride
        for i in range(n):
            v[eta + i] += bj * x[c + i]
        j += 1
    return 0.0


@dataclass(frozen=True)
class Linear:
    """Sets a predictor; other ops add to it.

    Attributes
    ----------
    eta
        Row slot of the predictor.
    intercept
        Slot of a single number, or None.
    b
        Coefficients, or None where there are no columns.
    X
        Columns in blocks, [block][column][row] (`Section.blocked`).
    """

    eta: Slot
    intercept: Slot | None
    b: Slot | None
    X: NDArray[np.float64]
    kernel: Kernel = _linear

    def arguments(self) -> Sequence[Argument]:
        """Return predictor, intercept, coefficients, number of columns, columns, rows of a block."""
        intercept = -1 if self.intercept is None else self.intercept
        b = 0 if self.b is None else self.b
        return self.eta, intercept, b, self.X.shape[1], self.X, self.X.shape[2]
