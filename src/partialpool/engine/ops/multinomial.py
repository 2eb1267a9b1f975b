"""Row op: log probability of counts by category, given the proportions.

With n counts in all it is R(n) - sum R(y_k) - sum D(y_k, n p_k), where R(x) = log(x!) - x log(x) + x and
D(x, m) = x log(x/m) - x + m: no term is large where the log probability is not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, Kernel, doubles_at, kernel, summed
from partialpool.engine.ops.softmax import Proportions
from partialpool.engine.tape import Argument, Section, Slot
from partialpool.engine.vecmath.deviance import deviance

__all__ = ["CountTable", "Multinomial"]

_SERIES_FROM = 16.0


@dataclass(frozen=True)
class CountTable:
    """Counts by category, as kernels read them.

    Attributes
    ----------
    counts, log_counts
        Counts and their logarithms (0 for that of 0), [block][category][row].
    total, log_total
        Sum of each row's counts, and its logarithm (0 for that of 0).
    constant
        What the log probability has of the counts alone: R(n) - sum R(y_k).
    """

    counts: NDArray[np.float64]
    log_counts: NDArray[np.float64]
    total: NDArray[np.float64]
    log_total: NDArray[np.float64]
    constant: NDArray[np.float64]

    @classmethod
    def of(cls, counts: NDArray[np.float64], section: Section) -> CountTable:
        """Return the table of counts [row, category]."""
        total = counts.sum(axis=1)
        constant = _factorial_rest(total) - _factorial_rest(counts).sum(axis=1)
        return cls(section.blocked(counts), section.blocked(_log(counts)), total, _log(total), constant)


def _log(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(np.where(counts > 0, counts, 1.0))


def _factorial_rest(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log(x!) - x log(x) + x of counts: exact for small ones, by Stirling's series for large ones."""
    small = np.array([math.lgamma(k + 1.0) - (k * math.log(k) - k if k else 0.0) for k in np.arange(_SERIES_FROM)])
    large = np.maximum(x, _SERIES_FROM)
    w = 1.0 / (large * large)
    series = (1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w / 1188)))) / large
    rest = 0.5 * np.log(2.0 * math.pi * large) + series
    return np.where(x < _SERIES_FROM, small[np.minimum(x, _SERIES_FROM - 1).astype(np.int64)], rest)


@kernel
def _multinomial(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    if phase & BACKWARD:
        return 0.0
    out, log_p, p, stride, size = a[0], a[1], a[2], a[3], a[4]
    counts, log_counts, total = doubles_at(a[5]), doubles_at(a[6]), doubles_at(a[7])
    log_total, constant, weights = doubles_at(a[8]), doubles_at(a[9]), doubles_at(a[10])
    for i in range(n):
        v[out + i] = constant[row0 + i]
    for k in range(size):
        at, data = k * stride, row0 * size + k * stride
        for i in range(n):
            y, log_share = counts[data + i], v[log_p + at + i]
            log_ratio = log_counts[data + i] - log_total[row0 + i] - log_share
            v[out + i] -= deviance(y, total[row0 + i] * v[p + at + i], log_ratio)
        if a[10] != 0:
            for i in range(n):
                g[log_p + at + i] += weights[row0 + i] * counts[data + i]
        else:
            for i in range(n):
                g[log_p + at + i] += counts[data + i]
    if a[10] != 0:
        for i in range(n):
            v[out + i] *= weights[row0 + i]
    return summed(v, out, n)


@dataclass(frozen=True)
class Multinomial:
    """Log probability of counts by category.

    Attributes
    ----------
    out
        Row slot of the log probability of each row.
    proportions
        Proportions of the categories.
    table
        The counts.
    weights
        Weight of each row, or None.
    """

    out: Slot
    proportions: Proportions
    table: CountTable
    weights: NDArray[np.float64] | None = None
    kernel: Kernel = _multinomial

    def arguments(self) -> Sequence[Argument]:
        """Return output, proportions, stride, number of categories, counts, weights."""
        of, t = self.proportions, self.table
        weights = 0 if self.weights is None else self.weights
        data = (t.counts, t.log_counts, t.total, t.log_total, t.constant, weights)
        return self.out, of.log_p, of.p, of.stride, of.size, *data
