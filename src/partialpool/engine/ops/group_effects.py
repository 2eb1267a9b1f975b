"""Group-level effects from standardised ones: r = (diag(sd) L z)', with the standard normal density of z."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from partialpool.engine.kernel import BACKWARD, Kernel, as_double, kernel
from partialpool.engine.tape import Argument, Slot

__all__ = ["GroupEffects"]

_LOG_ROOT_TWO_PI = 0.5 * math.log(2.0 * math.pi)


@kernel
def _group_effects(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
    sd, z, L, r = a[0], a[1], a[2], a[3]
    n_coefs, n_levels, coef_stride, level_stride = a[4], a[5], a[6], a[7]
    total = 0.0
    if phase & BACKWARD:
        for j in range(n_levels):
            for m in range(n_coefs):
                pull = g[r + j * n_coefs + m]
                if L < 0:
                    at = z + m * coef_stride + j * level_stride
                    g[sd + m] += pull * v[at]
                    g[at] += pull * v[sd + m]
                else:
                    scaled, mixed = pull * v[sd + m], 0.0
                    for k in range(m + 1):
                        at = z + k * coef_stride + j * level_stride
                        weight = v[L + m * n_coefs + k]
                        mixed += weight * v[at]
                        g[L + m * n_coefs + k] += scaled * v[at]
                        g[at] += scaled * weight
                    g[sd + m] += pull * mixed
        for i in range(n_coefs * n_levels):
            g[z + i] -= v[z + i]
        return 0.0
    for j in range(n_levels):
        for m in range(n_coefs):
            mixed = 0.0
            if L < 0:
                mixed = v[z + m * coef_stride + j * level_stride]
            else:
                for k in range(m + 1):
                    mixed += v[L + m * n_coefs + k] * v[z + k * coef_stride + j * level_stride]
            v[r + j * n_coefs + m] = v[sd + m] * mixed
    for i in range(n_coefs * n_levels):
        total += v[z + i] * v[z + i]
    return -0.5 * total - n_coefs * n_levels * as_double(a[8])


@dataclass(frozen=True)
class GroupEffects:
    """Effects of one group.

    Attributes
    ----------
    sd
        Standard deviations, one for each coefficient.
    z
        Standardised effects: coefficient by coefficient within each level where they are correlated (a matrix
        [coefficient, level] column by column), else level by level within each coefficient.
    L
        Cholesky factor of their correlations, or None.
    r
        Effects, [level][coefficient].
    """

    sd: Slot
    z: Slot
    L: Slot | None
    r: Slot
    kernel: Kernel = _group_effects

    def arguments(self) -> Sequence[Argument]:
        """Return the slots, the numbers of coefficients and levels, the strides of z, the constant of the density."""
        n_coefs, n_levels = self.sd.size, self.z.size // self.sd.size
        strides = (n_levels, 1) if self.L is None else (1, n_coefs)
        L = -1 if self.L is None else self.L
        return self.sd, self.z, L, self.r, n_coefs, n_levels, *strides, _LOG_ROOT_TWO_PI
