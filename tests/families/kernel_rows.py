"""Runs a compiled likelihood on arrays, without a model: the log density of each row and its derivatives."""

from __future__ import annotations

import ctypes

import numpy as np

from partialpool.engine.tape import Slot


def evaluate(kernel, inputs, data):
    """Return the log density [row] and the adjoints of the inputs by name: [row] of a vector, one number of a scalar."""
    n = max(np.size(value) for value in (*inputs.values(), *data.values()))
    slots, start = {}, n
    for name in kernel.inputs:
        slots[name] = Slot("row", start, np.size(inputs[name]))
        start += np.size(inputs[name])
    values, adjoints = np.zeros(start), np.zeros(start)
    for name, slot in slots.items():
        values[slot.offset : slot.offset + slot.size] = inputs[name]
    arguments = kernel.op(slots, data, Slot("row", 0, n)).arguments()
    words = np.array([a.offset if isinstance(a, Slot) else a.ctypes.data for a in arguments], dtype=np.int64)
    total = kernel.kernel.compiled.ctypes(_longs(words), _doubles(values), _doubles(adjoints), 0, 0, n)
    np.testing.assert_allclose(total, values[:n].sum(), rtol=1e-10)
    parts = {name: adjoints[slot.offset : slot.offset + slot.size] for name, slot in slots.items()}
    return values[:n].copy(), {name: part if part.size > 1 else part[0] for name, part in parts.items()}


def _longs(array):
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_int64))


def _doubles(array):
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
