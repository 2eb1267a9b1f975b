"""The log density of a model as the samplers see it: two C functions and a pointer to the program they run."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Density", "Evaluation"]

_DOUBLES = ctypes.POINTER(ctypes.c_double)
_LOG_DENSITY = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_size_t, _DOUBLES, _DOUBLES, _DOUBLES, ctypes.c_void_p)


class Evaluation(NamedTuple):
    """The log density at one point.

    Attributes
    ----------
    code
        0 where the evaluation went well.
    value
        Log density, the log Jacobian of the constraining transforms included.
    gradient
        Its derivatives, shape [n_unconstrained].
    """

    code: int
    value: float
    gradient: NDArray[np.float64]


@dataclass(frozen=True)
class Density:
    """A log density on unconstrained space, and the map from there to the values that are kept.

    Both functions are called from several threads at once and without the GIL. They return 0, or a positive code where
    the point cannot be evaluated (the sampler counts a divergence); a negative code ends the sampling.

    Attributes
    ----------
    n_unconstrained
        Number of unconstrained coordinates.
    n_values
        Length of the vector that `expand` writes: constrained parameters and generated values.
    logp
        Address of `int f(size_t n, const double* x, double* gradient, double* logp, const void* user_data)`.
    expand
        Address of `int f(size_t n, size_t n_values, const double* x, double* values, const void* user_data)`.
    user_data
        Address that both functions get; what stands there is read only.
    keep_alive
        Owner of all that the addresses point to.
    """

    n_unconstrained: int
    n_values: int
    logp: int
    expand: int
    user_data: int
    keep_alive: object

    def evaluate(self, point: NDArray[np.float64]) -> Evaluation:
        """Return the log density and its gradient at an unconstrained point, shape [n_unconstrained]."""
        x = np.ascontiguousarray(point, dtype=np.float64)
        gradient = np.full(self.n_unconstrained, np.nan)
        value = ctypes.c_double(np.nan)
        code = _LOG_DENSITY(self.logp)(
            self.n_unconstrained,
            x.ctypes.data_as(_DOUBLES),
            gradient.ctypes.data_as(_DOUBLES),
            ctypes.byref(value),
            self.user_data,
        )
        return Evaluation(code, value.value, gradient)
