"""The compiled loops that run a program: log density with gradient, constrained values, predictors of rows.

A program is an int64 array (layout below). Its functions have C signatures, hold no state but a workspace of their own, and
run without the GIL, so that one program serves any number of threads.

Word 0 is the number of inputs (unconstrained parameters), then: size of the workspace, address and count of the parameter
ops, address and count of the ops that only `expand` runs, address and count of the sections, address, count and offset of
the constants, address and count of the outputs, offset of the row slots, whether outputs are made by row ops (in sections
of one block, which `expand` then runs). An op is three words: kernel, arguments, whether
it is a prior. A section is four: number of rows, block size, address and count of its ops.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types

from partialpool.engine.kernel import BACKWARD, WITHOUT_JACOBIAN, Callback, call_kernel, doubles_at, longs_at

__all__ = ["HEADER", "OP_WORDS", "SECTION_WORDS", "density", "density_without_jacobian", "expand", "rows"]

HEADER = 15
OP_WORDS = 3
SECTION_WORDS = 4

_LONG = types.int64
_DOUBLES = types.CPointer(types.float64)
_LONGS = types.CPointer(types.int64)


@njit(error_model="numpy")
def _load(program: Any, x: Any, values: Any) -> None:
    """Copy inputs and constants into the workspace."""
    for i in range(program[0]):
        values[i] = x[i]
    constants, offset = doubles_at(program[8]), program[10]
    for i in range(program[9]):
        values[offset + i] = constants[i]


@njit(error_model="numpy")
def _evaluate(program: Any, x: Any, gradient: Any, flag: int) -> float:
    """Return the log density at x and write its gradient."""
    n, size, row_start = program[0], program[1], program[13]
    workspace = np.empty(2 * size)
    values = doubles_at(workspace.ctypes.data)
    adjoints = doubles_at(workspace.ctypes.data + 8 * size)
    _load(program, x, values)
    for i in range(row_start):
        adjoints[i] = 0.0
    ops, n_ops = longs_at(program[2]), program[3]
    total = 0.0
    for k in range(n_ops):
        total += call_kernel(ops[3 * k], longs_at(ops[3 * k + 1]), values, adjoints, flag, 0, 0)
    sections = longs_at(program[6])
    for s in range(program[7]):
        n_rows, block = sections[4 * s], sections[4 * s + 1]
        row_ops, n_row_ops = longs_at(sections[4 * s + 2]), sections[4 * s + 3]
        row0 = 0
        while row0 < n_rows:
            n_block = min(block, n_rows - row0)
            for i in range(row_start, size):
                adjoints[i] = 0.0
            for k in range(n_row_ops):
                total += call_kernel(
                    row_ops[3 * k], longs_at(row_ops[3 * k + 1]), values, adjoints, flag, row0, n_block
                )
            for k in range(n_row_ops - 1, -1, -1):
                call_kernel(
                    row_ops[3 * k], longs_at(row_ops[3 * k + 1]), values, adjoints, flag | BACKWARD, row0, n_block
                )
            row0 += block
    for k in range(n_ops - 1, -1, -1):
        call_kernel(ops[3 * k], longs_at(ops[3 * k + 1]), values, adjoints, flag | BACKWARD, 0, 0)
    for i in range(n):
        gradient[i] = adjoints[i]
    workspace[0] = total  # numba frees an array after its last use: this must be the last
    return total


def _density(n: Any, x: Any, gradient: Any, value: Any, program_address: Any) -> Any:
    program = longs_at(program_address)
    total = _evaluate(program, x, gradient, 0)
    value[0] = total
    return 0 if np.isfinite(total) else 1


def _density_without_jacobian(n: Any, x: Any, gradient: Any, value: Any, program_address: Any) -> Any:
    program = longs_at(program_address)
    total = _evaluate(program, x, gradient, WITHOUT_JACOBIAN)
    value[0] = total
    return 0 if np.isfinite(total) else 1


def _expand(n: Any, n_out: Any, x: Any, out: Any, program_address: Any) -> Any:
    program = longs_at(program_address)
    size = program[1]
    workspace = np.empty(2 * size)
    values = doubles_at(workspace.ctypes.data)
    adjoints = doubles_at(workspace.ctypes.data + 8 * size)
    _load(program, x, values)
    log_prior = 0.0
    ops = longs_at(program[2])
    for k in range(program[3]):
        term = call_kernel(ops[3 * k], longs_at(ops[3 * k + 1]), values, adjoints, 0, 0, 0)
        if ops[3 * k + 2] != 0:
            log_prior += term
    extra = longs_at(program[4])
    for k in range(program[5]):
        call_kernel(extra[3 * k], longs_at(extra[3 * k + 1]), values, adjoints, 0, 0, 0)
    sections = longs_at(program[6])
    for s in range(program[7] if program[14] != 0 else 0):
        row_ops = longs_at(sections[4 * s + 2])
        for k in range(sections[4 * s + 3]):
            call_kernel(row_ops[3 * k], longs_at(row_ops[3 * k + 1]), values, adjoints, 0, 0, sections[4 * s])
    outputs = longs_at(program[11])
    n_outputs = program[12]
    for i in range(n_outputs):
        out[i] = values[outputs[i]]
    out[n_outputs] = log_prior
    workspace[0] = log_prior  # keeps the workspace alive until here
    return 0


def _rows(
    program_address: Any,
    section: Any,
    inputs: Any,
    n_draws: Any,
    first_row: Any,
    n_rows: Any,
    slots: Any,
    n_slots: Any,
    out: Any,
) -> Any:
    program = longs_at(program_address)
    n, size = program[0], program[1]
    workspace = np.empty(2 * size)
    values = doubles_at(workspace.ctypes.data)
    adjoints = doubles_at(workspace.ctypes.data + 8 * size)
    ops = longs_at(program[2])
    sections = longs_at(program[6])
    block = sections[4 * section + 1]
    row_ops, n_row_ops = longs_at(sections[4 * section + 2]), sections[4 * section + 3]
    for draw in range(n_draws):
        _load(program, doubles_at(inputs + 8 * n * draw), values)
        for k in range(program[3]):
            call_kernel(ops[3 * k], longs_at(ops[3 * k + 1]), values, adjoints, 0, 0, 0)
        row0 = first_row
        while row0 < first_row + n_rows:
            n_block = min(block, first_row + n_rows - row0)
            for k in range(n_row_ops):
                call_kernel(row_ops[3 * k], longs_at(row_ops[3 * k + 1]), values, adjoints, 0, row0, n_block)
            for s in range(n_slots):
                start = (s * n_draws + draw) * n_rows + row0 - first_row
                for i in range(n_block):
                    out[start + i] = values[slots[s] + i]
            row0 += block
    workspace[0] = 0.0  # keeps the workspace alive until here
    return 0


density = Callback(_density, _LONG(types.uint64, _DOUBLES, _DOUBLES, _DOUBLES, _LONG))
"""`int density(size_t n, double* x, double* gradient, double* value, program)`: log density and gradient; not 0 where the
density is not finite."""

density_without_jacobian = Callback(_density_without_jacobian, _LONG(types.uint64, _DOUBLES, _DOUBLES, _DOUBLES, _LONG))
"""The same without the log-Jacobian of the transforms."""

expand = Callback(_expand, _LONG(types.uint64, types.uint64, _DOUBLES, _DOUBLES, _LONG))
"""`int expand(size_t n, size_t n_out, double* x, double* out, program)`: the outputs of the tape, then the log prior."""

rows = Callback(_rows, _LONG(_LONG, _LONG, _LONG, _LONG, _LONG, _LONG, _LONGS, _LONG, _DOUBLES))
"""`int rows(program, section, inputs, n_draws, first_row, n_rows, slots, n_slots, out)`: row slots of one section for each
draw, out[slot, draw, row]. `first_row` is a multiple of the section's block size."""
