"""Row op: proportions from one predictor for each category, p_k = exp(eta_k) / sum_j exp(eta_j), and their logarithms.

Log densities of categories and simplexes act on the logarithms. The sum leaves out its largest term, so that a proportion
that is nearly 1 has a logarithm with all its digits, and so has its complement in the backward phase.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba

from partialpool.engine.kernel import BACKWARD, FLAGS, Kernel, kernel
from partialpool.engine.tape import Argument, Section, Slot
from partialpool.engine.vecmath import exp, log1p
from partialpool.engine.vecmath.primitives import select

__all__ = ["Proportions", "Softmax", "side_by_side"]


def side_by_side(section: Section, n: int) -> Slot:
    """Reserve row slots next to one another: their doubles as one slot, [slot][row of a block]."""
    slots = [section.slot() for _ in range(n)]
    return Slot("row", slots[0].offset, n * section.block)


@dataclass(frozen=True)
class Proportions:
    """Row slots of the proportions of each category, side by side.

    Attributes
    ----------
    log_p, p
        Logarithms, which densities pass their adjoints to, and the proportions.
    size
        Number of categories.
    """

    log_p: Slot
    p: Slot
    size: int

    @classmethod
    def reserve(cls, section: Section, size: int) -> Proportions:
        """Reserve the slots in a section."""
        return cls(side_by_side(section, size), side_by_side(section, size), size)

    @property
    def stride(self) -> int:
        """Doubles from one category to the next."""
        return self.p.size // self.size


@numba.njit(error_model="numpy", fastmath=set(FLAGS))
def pull_simplex(v: Any, g: Any, log_p: int, p: int, scratch: int, stride: int, size: int, n: int) -> None:
    """Turn the adjoints of log_p into those of predictors whose softmax p is, in place."""
    total, rest = scratch, scratch + stride
    for i in range(n):
        v[total + i] = 0.0
        v[rest + i] = 0.0
    for k in range(size):
        at = k * stride
        for i in range(n):
            p_k = v[p + at + i]
            v[total + i] += g[log_p + at + i]
            v[rest + i] += select(p_k <= 0.5, p_k, 0.0)
    for k in range(size):
        at = k * stride
        for i in range(n):
            p_k, pull = v[p + at + i], g[log_p + at + i]
            # at most one proportion is above one half: its complement is the sum of the others
            complement = select(p_k > 0.5, v[rest + i], 1.0 - p_k)
            g[log_p + at + i] = pull * complement - p_k * (v[total + i] - pull)


@kernel
def _softmax(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    log_p, p, scratch, stride, size = a[0], a[1], a[2], a[3], a[4]
    if phase & BACKWARD:
        pull_simplex(v, g, log_p, p, scratch, stride, size, n)
        for k in range(size):
            eta, at = a[5 + k], log_p + k * stride
            if eta >= 0:
                for i in range(n):
                    g[eta + i] += g[at + i]
        return 0.0
    for k in range(size):
        eta, at = a[5 + k], log_p + k * stride
        if eta >= 0:
            for i in range(n):
                v[at + i] = v[eta + i]
        else:
            for i in range(n):
                v[at + i] = 0.0
    largest, excess = scratch, scratch + stride
    for i in range(n):
        v[largest + i] = v[log_p + i]
        v[excess + i] = 0.0
    for k in range(1, size):
        at = log_p + k * stride
        for i in range(n):
            x, most, others = v[at + i], v[largest + i], v[excess + i]
            rise = x - most
            ratio = exp(-abs(rise))
            v[excess + i] = select(rise > 0.0, (others + 1.0) * ratio, others + ratio)
            v[largest + i] = select(rise > 0.0, x, most)
    for i in range(n):
        v[excess + i] = log1p(v[excess + i])
    for k in range(size):
        at = k * stride
        for i in range(n):
            log_share = (v[log_p + at + i] - v[largest + i]) - v[excess + i]
            v[log_p + at + i] = log_share
            v[p + at + i] = exp(log_share)
    return 0.0


@dataclass(frozen=True)
class Softmax:
    """Proportions of categories.

    Attributes
    ----------
    etas
        Row slot of each category's predictor; None for the reference category, whose predictor is 0.
    target
        What is computed.
    scratch
        Two row slots side by side.
    """

    etas: tuple[Slot | None, ...]
    target: Proportions
    scratch: Slot
    kernel: Kernel = _softmax

    def arguments(self) -> Sequence[Argument]:
        """Return targets, scratch, stride, number of categories, predictors."""
        etas: list[Argument] = [-1 if eta is None else eta for eta in self.etas]
        to = self.target
        return to.log_p, to.p, self.scratch, to.stride, to.size, *etas
