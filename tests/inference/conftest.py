"""Log densities with known moments, compiled as the engine compiles its own."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from normal_target import RHO, SD
from numba import types

from partialpool.inference.density import Density

_DOUBLES = types.CPointer(types.float64)
_LOG_DENSITY = types.int64(types.uint64, _DOUBLES, _DOUBLES, _DOUBLES, types.voidptr)
_EXPAND = types.int64(types.uint64, types.uint64, _DOUBLES, _DOUBLES, types.voidptr)

P11, P22, P12 = (
    1 / ((1 - RHO**2) * SD[0] ** 2),
    1 / ((1 - RHO**2) * SD[1] ** 2),
    -RHO / ((1 - RHO**2) * SD[0] * SD[1]),
)


@numba.cfunc(_EXPAND)
def _copy_and_sum(n, n_values, x, values, _data):
    values[n] = 0.0
    for i in range(n):
        values[i] = x[i]
        values[n] += x[i]
    return 0


@numba.cfunc(_LOG_DENSITY)
def _normal(_n, x, gradient, value, _data):
    gradient[0] = -P11 * x[0] - P12 * x[1]
    gradient[1] = -P22 * x[1] - P12 * x[0]
    value[0] = 0.5 * (gradient[0] * x[0] + gradient[1] * x[1])
    return 0


@numba.cfunc(_LOG_DENSITY)
def _funnel(n, x, gradient, value, _data):
    precision = np.exp(-x[0])
    value[0] = -(x[0] ** 2) / 18
    gradient[0] = -x[0] / 9
    for i in range(1, n):
        value[0] -= 0.5 * precision * x[i] ** 2 + 0.5 * x[0]
        gradient[0] += 0.5 * precision * x[i] ** 2 - 0.5
        gradient[i] = -precision * x[i]
    return 0


@numba.cfunc(_LOG_DENSITY)
def _half_forbidden(_n, x, gradient, value, _data):
    """A normal density that cannot be evaluated right of 1."""
    gradient[0] = -x[0]
    value[0] = -0.5 * x[0] ** 2
    return 1 if x[0] > 1 else 0


@numba.cfunc(_LOG_DENSITY)
def _fatal(_n, x, gradient, value, _data):
    gradient[0] = -x[0]
    value[0] = -0.5 * x[0] ** 2
    return -1 if x[0] > 2.5 else 0


@numba.cfunc(_LOG_DENSITY)
def _impossible(n, x, gradient, value, _data):
    for i in range(n):
        gradient[i] = 1.0
    value[0] = -np.inf
    return 0


@numba.cfunc(_LOG_DENSITY)
def _flat_second(_n, x, gradient, value, _data):
    gradient[0] = -x[0]
    gradient[1] = 0.0
    value[0] = -0.5 * x[0] ** 2
    return 0


def _density(function, size):
    return Density(size, size + 1, function.address, _copy_and_sum.address, 0, (function, _copy_and_sum))


@pytest.fixture(scope="session")
def normal():
    """Two correlated normal coordinates with means 0; see RHO and SD."""
    return _density(_normal, 2)


@pytest.fixture(scope="session")
def funnel():
    """Neal's funnel: x[0] ~ normal(0, 3), the other four normal(0, exp(x[0] / 2))."""
    return _density(_funnel, 5)


@pytest.fixture(scope="session")
def half_forbidden():
    return _density(_half_forbidden, 1)


@pytest.fixture(scope="session")
def fatal():
    return _density(_fatal, 1)


@pytest.fixture(scope="session")
def impossible():
    return _density(_impossible, 3)


@pytest.fixture(scope="session")
def flat_second():
    return _density(_flat_second, 2)
