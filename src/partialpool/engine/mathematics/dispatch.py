"""Which mathematics the arguments of a function belong to."""

from __future__ import annotations

import importlib
import sys
from typing import Any, TypeAlias

__all__ = ["Quantity", "call"]

Quantity: TypeAlias = Any
"""A SymPy expression, an mpmath number, a number, or an array of numbers."""


def call(name: str, *arguments: Quantity) -> Quantity:
    """Return the function of this name, in the mathematics that the arguments belong to, of the arguments."""
    return getattr(_mathematics_of(arguments), name)(*arguments)


def _mathematics_of(arguments: tuple[Quantity, ...]) -> Any:
    sympy = sys.modules.get("sympy")
    if sympy is not None and any(isinstance(argument, sympy.Basic) for argument in arguments):
        return importlib.import_module("partialpool.engine.mathematics.symbolic")
    if any(type(argument).__module__.startswith("mpmath") for argument in arguments):
        return importlib.import_module("partialpool.engine.mathematics.precise")
    return importlib.import_module("partialpool.engine.mathematics.arrays")
