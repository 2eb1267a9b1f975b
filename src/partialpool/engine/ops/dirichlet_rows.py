"""Row ops: log densities that are gamma functions of a precision phi and proportions p: Dirichlet, Dirichlet-multinomial.

With alpha = phi p, R(x) = lgamma(x) - x log(x) + x and D(x, m) = x log(x/m) - x + m, no term below is large where the log
density is not:

- Dirichlet: R(phi) - sum R(alpha_k) - phi sum D(p_k, y_k) - phi (1 - sum y_k) - sum log(y_k);
- Dirichlet-multinomial, n counts in all, m = (y + alpha)/(n + phi): log multinomial coefficient without its leading terms
  + R(phi) - R(n + phi) + sum R(y_k + alpha_k) - R(alpha_k) - D(y_k, n m_k) - D(alpha_k, phi m_k).
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
from partialpool.engine.ops.multinomial import CountTable
from partialpool.engine.ops.softmax import Proportions
from partialpool.engine.tape import Argument, Section, Slot
from partialpool.engine.vecmath import digamma_diff, log
from partialpool.engine.vecmath.deviance import deviance, digamma_rest, lgamma_rest
from partialpool.engine.vecmath.primitives import select, vector_function

__all__ = ["SCRATCH", "DirichletMultinomialRows", "DirichletRows", "SimplexTable"]

SCRATCH = 4
"""Row slots side by side that the ops need: phi, its logarithm, the adjoint of phi, weights."""


@dataclass(frozen=True)
class SimplexTable:
    """Proportions that are data, as kernels read them.

    Attributes
    ----------
    y, log_y
        Proportions and their logarithms, [block][category][row].
    gap
        1 - sum y_k of each row, which rounding has left.
    constant
        - sum log(y_k) of each row.
    """

    y: NDArray[np.float64]
    log_y: NDArray[np.float64]
    gap: NDArray[np.float64]
    constant: NDArray[np.float64]

    @classmethod
    def of(cls, y: NDArray[np.float64], section: Section) -> SimplexTable:
        """Return the table of proportions [row, category]."""
        log_y = np.log(y)
        gap = np.array([math.fsum((1.0, *(-row))) for row in y])
        return cls(section.blocked(y), section.blocked(log_y), gap, -log_y.sum(axis=1))


@numba.njit(error_model="numpy", fastmath=set(FLAGS))
def _open(
    a: Any, v: Any, out: int, phi: int, by_row: int, scratch: int, stride: int, row0: int, n: int, w: Any
) -> None:
    """Set phi, its logarithm and the weights of the rows, R(phi) in out and phi (digamma(phi) - log(phi)) in its adjoint."""
    log_phi, pull, weight = scratch + stride, scratch + 2 * stride, scratch + 3 * stride
    if by_row:
        for i in range(n):
            x = v[phi + i]
            log_x = log(x)
            v[scratch + i] = x
            v[log_phi + i] = log_x
            v[out + i] = lgamma_rest(x, log_x)
            v[pull + i] = digamma_rest(x, log_x)
    else:
        x = v[phi]
        log_x = log(x)
        at_zero, slope = lgamma_rest(x, log_x), digamma_rest(x, log_x)
        for i in range(n):
            v[scratch + i] = x
            v[log_phi + i] = log_x
            v[out + i] = at_zero
            v[pull + i] = slope
    if w != 0:
        weights = doubles_at(w)
        for i in range(n):
            v[weight + i] = weights[row0 + i]
    else:
        for i in range(n):
            v[weight + i] = 1.0


@numba.njit(error_model="numpy", fastmath=set(FLAGS))
def _close(v: Any, g: Any, out: int, phi: int, by_row: int, scratch: int, stride: int, n: int) -> float:
    """Weight densities and adjoints of phi, hand the latter on, return the sum of the densities."""
    pull, weight = scratch + 2 * stride, scratch + 3 * stride
    for i in range(n):
        v[out + i] *= v[weight + i]
        v[pull + i] *= v[weight + i]
    if by_row:
        for i in range(n):
            g[phi + i] += v[pull + i]
    else:
        g[phi] += summed(v, pull, n)
    total: float = summed(v, out, n)
    return total


@kernel
def _dirichlet_rows(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    if phase & BACKWARD:
        return 0.0
    out, log_p, p, phi, by_row, scratch, stride, size = a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]
    y, log_y, gap, constant = doubles_at(a[9]), doubles_at(a[10]), doubles_at(a[11]), doubles_at(a[12])
    far = a[13]
    _open(a, v, out, phi, by_row, scratch, stride, row0, n, a[8])
    log_phi, pull, weight = scratch + stride, scratch + 2 * stride, scratch + 3 * stride
    for i in range(n):
        v[far + i] = gap[row0 + i]
    for k in range(size):
        at, data = k * stride, row0 * size + k * stride
        for i in range(n):
            share, log_share = v[p + at + i], v[log_p + at + i]
            alpha, log_ratio = v[scratch + i] * share, log_share - log_y[data + i]
            log_alpha = v[log_phi + i] + log_share
            slope = digamma_rest(alpha, log_alpha)
            v[out + i] -= lgamma_rest(alpha, log_alpha)
            v[pull + i] -= slope
            v[far + i] += deviance(share, y[data + i], log_ratio)
            g[log_p + at + i] -= v[weight + i] * (slope + alpha * log_ratio)
    for i in range(n):
        v[out + i] += constant[row0 + i] - v[scratch + i] * v[far + i]
        v[pull + i] = v[pull + i] / v[scratch + i] - v[far + i]
    return _close(v, g, out, phi, by_row, scratch, stride, n)


@vector_function
def _counted_slope(alpha: float, y: float) -> float:
    """Return alpha (digamma(alpha + y) - digamma(alpha)) for a count y; alpha may have underflowed to 0."""
    some = y > 0.0
    more = select(some, y - 1.0, 0.0)
    return select(some, 1.0 + alpha * digamma_diff(1.0 + alpha, more), 0.0)


@kernel
def _dirichlet_multinomial_rows(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    if phase & BACKWARD:
        return 0.0
    out, log_p, p, phi, by_row, scratch, stride, size = a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]
    counts, log_counts, total = doubles_at(a[9]), doubles_at(a[10]), doubles_at(a[11])
    log_total, constant, log_whole = doubles_at(a[12]), doubles_at(a[13]), a[14]
    _open(a, v, out, phi, by_row, scratch, stride, row0, n, a[8])
    log_phi, pull, weight = scratch + stride, scratch + 2 * stride, scratch + 3 * stride
    for i in range(n):
        whole = total[row0 + i] + v[scratch + i]
        log_whole_i = log(whole)
        v[log_whole + i] = log_whole_i
        v[out + i] += constant[row0 + i] - lgamma_rest(whole, log_whole_i)
        v[pull + i] = 0.0
    for k in range(size):
        at, data = k * stride, row0 * size + k * stride
        for i in range(n):
            y, log_share, size_i = counts[data + i], v[log_p + at + i], v[scratch + i]
            alpha, log_alpha = size_i * v[p + at + i], v[log_phi + i] + log_share
            both = y + alpha
            log_both = select(y > 0.0, log(both), log_alpha)
            mixed, log_mixed = both / (total[row0 + i] + size_i), log_both - v[log_whole + i]
            log_ratio = log_counts[data + i] - log_total[row0 + i] - log_mixed
            v[out + i] += (
                lgamma_rest(both, log_both)
                - lgamma_rest(alpha, log_alpha)
                - deviance(y, total[row0 + i] * mixed, log_ratio)
                - deviance(alpha, size_i * mixed, log_share - log_mixed)
            )
            slope = _counted_slope(alpha, y)
            v[pull + i] += slope
            g[log_p + at + i] += v[weight + i] * slope
    for i in range(n):
        x = v[scratch + i]
        v[pull + i] = v[pull + i] / x - digamma_diff(x, total[row0 + i])
    return _close(v, g, out, phi, by_row, scratch, stride, n)


@dataclass(frozen=True)
class DirichletRows:
    """Log density of simplexes.

    Attributes
    ----------
    out
        Row slot of the log density of each row.
    proportions
        Means of the categories.
    phi
        Precision: a row slot, or one number.
    table
        The simplexes.
    scratch
        `SCRATCH + 1` row slots side by side.
    weights
        Weight of each row, or None.
    """

    out: Slot
    proportions: Proportions
    phi: Slot
    table: SimplexTable
    scratch: Slot
    weights: NDArray[np.float64] | None = None
    kernel: Kernel = _dirichlet_rows

    def arguments(self) -> Sequence[Argument]:
        """Return slots and sizes, weights, data, a row of scratch."""
        t, last = self.table, self.scratch.part(SCRATCH * self.proportions.stride, self.proportions.stride)
        return *_words(self), t.y, t.log_y, t.gap, t.constant, last


@dataclass(frozen=True)
class DirichletMultinomialRows:
    """Log probability of counts by category whose probabilities are Dirichlet-distributed.

    Attributes
    ----------
    out, proportions, phi, scratch, weights
        As of `DirichletRows`.
    table
        The counts.
    """

    out: Slot
    proportions: Proportions
    phi: Slot
    table: CountTable
    scratch: Slot
    weights: NDArray[np.float64] | None = None
    kernel: Kernel = _dirichlet_multinomial_rows

    def arguments(self) -> Sequence[Argument]:
        """Return slots and sizes, weights, data, a row of scratch."""
        t, last = self.table, self.scratch.part(SCRATCH * self.proportions.stride, self.proportions.stride)
        return *_words(self), t.counts, t.log_counts, t.total, t.log_total, t.constant, last


def _words(op: DirichletRows | DirichletMultinomialRows) -> tuple[Argument, ...]:
    of, by_row = op.proportions, 1 if op.phi.region == "row" else 0
    weights: Argument = 0 if op.weights is None else op.weights
    return op.out, of.log_p, of.p, op.phi, by_row, op.scratch, of.stride, of.size, weights
