"""Row op: log density of simplexes whose log ratios to one category are normal.

With z_k = log(y_k / y_ref), e = (z - mu)/sigma and u = L^-1 e, where L is the Cholesky factor of the correlations, it is
-u'u/2 - sum log(sigma_k) - log det L - sum_k log(y_k) - (K - 1) log(2 pi)/2.

Aitchison and Shen (1980), Logistic-normal distributions: some properties and uses, Biometrika 67.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, FLAGS, Kernel, doubles_at, kernel, summed
from partialpool.engine.tape import Argument, Section, Slot
from partialpool.engine.vecmath import log

__all__ = ["LogRatioTable", "LogisticNormalRows"]

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


@dataclass(frozen=True)
class LogRatioTable:
    """Simplexes as the kernel reads them.

    Attributes
    ----------
    z
        log(y_k / y_ref) of all categories but the reference, [block][category][row].
    constant
        What the log density has of the data alone.
    """

    z: NDArray[np.float64]
    constant: NDArray[np.float64]

    @classmethod
    def of(cls, y: NDArray[np.float64], reference: int, section: Section) -> LogRatioTable:
        """Return the table of proportions [row, category]."""
        log_y = np.log(y)
        z = np.delete(log_y - log_y[:, [reference]], reference, axis=1)
        return cls(section.blocked(z), -log_y.sum(axis=1) - z.shape[1] * _HALF_LOG_2PI)


@numba.njit(error_model="numpy", fastmath={"contract", "nsz", "reassoc"})
def _product(v: Any, x: int, y: int, n: int) -> float:
    total = 0.0
    for i in range(n):
        total += v[x + i] * v[y + i]
    return total


@numba.njit(error_model="numpy", fastmath=set(FLAGS))
def _standardise(a: Any, v: Any, z: Any, data: int, k: int, e: int, out: int, n: int) -> None:
    """Set the standardised residual of category k, and subtract log(sigma) from the density."""
    mu, sigma = a[9 + 3 * k], a[10 + 3 * k]
    if a[11 + 3 * k]:
        for i in range(n):
            v[e + i] = (z[data + i] - v[mu + i]) / v[sigma + i]
            v[out + i] -= log(v[sigma + i])
    else:
        log_sigma, one_over = log(v[sigma]), 1.0 / v[sigma]
        for i in range(n):
            v[e + i] = (z[data + i] - v[mu + i]) * one_over
            v[out + i] -= log_sigma


@numba.njit(error_model="numpy", fastmath=set(FLAGS))
def _pull(a: Any, v: Any, g: Any, k: int, e: int, t: int, weight: int, n: int) -> None:
    """Pass adjoints to location and scale of category k, given t = R^-1 e, already weighted."""
    mu, sigma = a[9 + 3 * k], a[10 + 3 * k]
    if a[11 + 3 * k]:
        for i in range(n):
            g[mu + i] += v[t + i] / v[sigma + i]
            g[sigma + i] += (v[t + i] * v[e + i] - v[weight + i]) / v[sigma + i]
    else:
        one_over = 1.0 / v[sigma]
        for i in range(n):
            g[mu + i] += v[t + i] * one_over
        g[sigma] += (_product(v, t, e, n) - summed(v, weight, n)) * one_over


@kernel
def _logistic_normal(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    if phase & BACKWARD:
        return 0.0
    out, L, size, scratch, stride = a[0], a[1], a[2], a[3], a[4]
    z, constant, weights, weighted = doubles_at(a[5]), doubles_at(a[6]), doubles_at(a[7]), a[7] != 0
    e, u, t, weight = scratch, scratch + size * stride, scratch + 2 * size * stride, a[8]
    log_det = 0.0
    for j in range(size):
        log_det += math.log(v[L + j * size + j])
    for i in range(n):
        v[out + i] = constant[row0 + i] - log_det
        v[weight + i] = weights[row0 + i] if weighted else 1.0
    for j in range(size):
        e_j, u_j, row = e + j * stride, u + j * stride, L + j * size
        _standardise(a, v, z, row0 * size + j * stride, j, e_j, out, n)
        for i in range(n):
            v[u_j + i] = v[e_j + i]
        for k in range(j):
            L_jk, u_k = v[row + k], u + k * stride
            for i in range(n):
                v[u_j + i] -= L_jk * v[u_k + i]
        one_over = 1.0 / v[row + j]
        for i in range(n):
            v[u_j + i] *= one_over
            v[out + i] -= 0.5 * v[u_j + i] * v[u_j + i]
    for j in range(size - 1, -1, -1):
        t_j, u_j = t + j * stride, u + j * stride
        for i in range(n):
            v[t_j + i] = v[weight + i] * v[u_j + i]
        for k in range(j + 1, size):
            L_kj, t_k = v[L + k * size + j], t + k * stride
            for i in range(n):
                v[t_j + i] -= L_kj * v[t_k + i]
        one_over = 1.0 / v[L + j * size + j]
        for i in range(n):
            v[t_j + i] *= one_over
        for k in range(j + 1):
            g[L + j * size + k] += _product(v, t_j, u + k * stride, n)
        g[L + j * size + j] -= summed(v, weight, n) * one_over
        _pull(a, v, g, j, e + j * stride, t_j, weight, n)
    for i in range(n):
        v[out + i] *= v[weight + i]
    return summed(v, out, n)


@dataclass(frozen=True)
class LogisticNormalRows:
    """Log density of simplexes.

    Attributes
    ----------
    out
        Row slot of the log density of each row.
    L
        Cholesky factor of the correlations, row by row.
    mus, sigmas
        Location (row slots) and scale (row slots or one number each) of each log ratio.
    table
        The simplexes.
    scratch
        `3 * len(mus) + 1` row slots side by side.
    weights
        Weight of each row, or None.
    """

    out: Slot
    L: Slot
    mus: tuple[Slot, ...]
    sigmas: tuple[Slot, ...]
    table: LogRatioTable
    scratch: Slot
    weights: NDArray[np.float64] | None = None
    kernel: Kernel = _logistic_normal

    def arguments(self) -> Sequence[Argument]:
        """Return slots and sizes, data, then location, scale and whether it varies by row of each log ratio."""
        size, stride = len(self.mus), self.out.size
        weights: Argument = 0 if self.weights is None else self.weights
        pairs: list[Argument] = []
        for mu, sigma in zip(self.mus, self.sigmas, strict=True):
            pairs += [mu, sigma, 1 if sigma.region == "row" else 0]
        last = self.scratch.part(3 * size * stride, stride)
        head = (self.out, self.L, size, self.scratch, stride)
        return *head, self.table.z, self.table.constant, weights, last, *pairs
