"""Row op of a log density that somebody else compiled: a numba function that also writes its derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numba.np.unsafe.ndarray import to_fixed_tuple
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, Kernel, doubles_at
from partialpool.engine.tape import Argument, Slot

__all__ = ["CompiledRows", "compiled_kernel"]


@cache
def compiled_kernel(density: Any, n_parameters: int, n_columns: int) -> Kernel:
    """Return the kernel that calls a density for each row; compiled once in a session, as its code is not known to us.

    Parameters
    ----------
    density
        Function made by `numba.njit` of (response, parameters, columns, gradient), which returns the log density and writes
        its derivatives by the parameters to the last argument.
    n_parameters, n_columns
        Number of its parameters, and of columns of data beside the response.
    """
    n = 1 + n_parameters + n_columns

    def compiled_rows(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
        if phase & BACKWARD:
            return 0.0
        given, gradient = np.empty(n), np.empty(n_parameters)
        total = 0.0
        for i in range(n_rows):
            for k in range(n_parameters):
                given[1 + k] = v[a[2 + 2 * k] + a[3 + 2 * k] * i]
                gradient[k] = 0.0
            given[0] = doubles_at(a[2 + 2 * n_parameters])[row0 + i]
            for k in range(n_columns):
                given[1 + n_parameters + k] = doubles_at(a[3 + 2 * n_parameters + k])[row0 + i]
            value = density(*(to_fixed_tuple(given, n) + (gradient,)))  # noqa: RUF005  (numba knows the sum of tuples)
            weight = doubles_at(a[1])[row0 + i] if a[1] != 0 else 1.0
            v[a[0] + i] = weight * value
            total += weight * value
            for k in range(n_parameters):
                g[a[2 + 2 * k] + a[3 + 2 * k] * i] += weight * gradient[k]
        return total

    kernel = Kernel(compiled_rows, cached=False)
    _ = kernel.address  # so that what is wrong with the density is found here
    return kernel


@dataclass(frozen=True)
class CompiledRows:
    """Log densities of rows by a compiled function.

    Attributes
    ----------
    kernel
        The function, as `compiled_kernel` makes it a kernel.
    out
        Row slot of the log densities.
    parameters
        Slot of each parameter on its natural scale: a row slot, or one number.
    columns
        The response, then the other data.
    weights
        Weight of each row, or None.
    """

    kernel: Kernel
    out: Slot
    parameters: tuple[Slot, ...]
    columns: tuple[NDArray[np.float64], ...]
    weights: NDArray[np.float64] | None = None

    def arguments(self) -> Sequence[Argument]:
        """Return output, weights, slot and stride of each parameter, columns."""
        strided = [word for slot in self.parameters for word in (slot, int(slot.region == "row"))]
        return (self.out, 0 if self.weights is None else self.weights, *strided, *self.columns)
