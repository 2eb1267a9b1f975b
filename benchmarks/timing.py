"""Timing of a program's gradient from compiled code, and of a plain stream through memory for comparison."""

from __future__ import annotations

import time

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.typing import signature
from numba.extending import intrinsic

from partialpool.engine import driver
from partialpool.engine.kernel import doubles_at
from partialpool.engine.tape import Program


@intrinsic
def _call_density(typing_context, address, n, x, gradient, value, program):
    def codegen(context, builder, call_signature, args):
        long, double = ir.IntType(64), ir.DoubleType().as_pointer()
        kind = ir.FunctionType(long, [long, double, double, double, long])
        return builder.call(builder.inttoptr(args[0], kind.as_pointer()), list(args[1:]))

    pointer = types.CPointer(types.float64)
    return signature(types.int64, types.int64, types.int64, pointer, pointer, pointer, types.int64), codegen


@numba.njit
def _repeat(times, address, n, x, gradient, value, program):
    for _ in range(times):
        _call_density(address, n, doubles_at(x), doubles_at(gradient), doubles_at(value), program)


def seconds_per_gradient(program: Program, x: np.ndarray, *, budget: float = 1.0) -> float:
    """Return the least time of one gradient over batches that together take about `budget` seconds."""
    gradient, value = np.empty(len(x)), np.empty(1)
    buffers = (x.ctypes.data, gradient.ctypes.data, value.ctypes.data)
    arguments = (driver.density.address, len(x), *buffers, program.address)
    _elapsed(1, arguments)
    once = _elapsed(1, arguments)
    # Short batches: the best of them was not interrupted.
    times = max(1, int(1e-3 / max(once, 1e-7)))
    n_batches = max(20, int(budget / max(once * times, 1e-7)))
    return min(_elapsed(times, arguments) for _ in range(n_batches)) / times


def _elapsed(times: int, arguments: tuple[int, ...]) -> float:
    start = time.perf_counter()
    _repeat(times, *arguments)
    return time.perf_counter() - start


@numba.njit(fastmath=True)
def _read(x):
    total = 0.0
    for i in range(x.size):
        total += x[i]
    return total


def stream_bandwidth(n_bytes: int) -> float:
    """Return bytes per second at which one core sums an array of some size, the best of several runs."""
    x = np.ones(n_bytes // 8)
    _read(x)
    best = np.inf
    for _ in range(20):
        start = time.perf_counter()
        _read(x)
        best = min(best, time.perf_counter() - start)
    return n_bytes / best
