"""How many special functions the kernels of a model call for each row.

Kernels are Python: they run here as such, on the model's own arguments, with functions of `vecmath` that count their calls.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher

from partialpool.engine.kernel import BACKWARD
from partialpool.model.model import Model

__all__ = ["functions_per_row"]

_NO_FUNCTIONS = {"sqrt"}
"""What `vecmath` has but processors compute."""


class _Counter:
    """Makes kernels of which every call of a special function counts."""

    def __init__(self) -> None:
        self.calls = 0
        self.stand_ins: dict[str, Callable[..., Any]] = {
            "load": lambda pointer, i: pointer[i],
            "store": _store,
            "accumulate": _accumulate,
            "add": lambda x, y: x + y,
            "select": lambda condition, x, y: x if condition else y,
            "reserve": np.zeros,
            "as_double": lambda bits: float(np.int64(bits).view(np.float64)),
            "doubles_at": lambda address: ctypes.cast(address, ctypes.POINTER(ctypes.c_double)),
            "ints_at": lambda address: ctypes.cast(address, ctypes.POINTER(ctypes.c_int32)),
            "longs_at": lambda address: ctypes.cast(address, ctypes.POINTER(ctypes.c_int64)),
        }

    def counting(self, function: FunctionType) -> Callable[..., Any]:
        """Return a function that counts what it, and what it calls, call."""
        names = {name: self._replaced(name, value) for name, value in function.__globals__.items()}
        return FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)

    def _replaced(self, name: str, value: Any) -> Any:
        if name in self.stand_ins:
            return self.stand_ins[name]
        if not isinstance(value, Dispatcher):
            return value
        if ".vecmath." in value.py_func.__module__:
            return value if name in _NO_FUNCTIONS else self._counted(value)
        return lambda *arguments: self.counting(value.py_func)(*arguments)

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: float) -> Any:
            self.calls += 1
            result = function(*map(float, arguments))
            return result if isinstance(result, tuple) else np.float64(result)  # divides by zero, as kernels do

        return counted


def _store(pointer: Any, i: int, x: float) -> None:
    pointer[i] = x


def _accumulate(pointer: Any, i: int, x: float) -> None:
    pointer[i] += x


def functions_per_row(model: Model, n_rows: int = 8) -> float:
    """Return how many special functions value and gradient of a row take, those that are called once a block left out.

    Parameters
    ----------
    model
        A model of at least twice as many rows.
    n_rows
        Number of rows over which the mean is taken.
    """
    return (_calls(model, 2 * n_rows) - _calls(model, n_rows)) / n_rows


def _calls(model: Model, n_rows: int) -> int:
    program, tape, counter = model.program, model._tape, _Counter()
    values, adjoints = np.full((2, sum(tape._sizes.values())), 0.4)
    for section in tape._sections:
        for phase, ops in ((0, section.ops), (BACKWARD, reversed(section.ops))):
            for op in ops:
                words = [program._word(argument) for argument in op.arguments()]
                with np.errstate(all="ignore"):
                    counter.counting(op.kernel.function)(words, values, adjoints, phase, 0, n_rows)
    return counter.calls
