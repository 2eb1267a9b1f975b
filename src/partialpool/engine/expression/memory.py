"""What generated kernels read and write with, told so that LLVM vectorises their loops.

A loop over rows reads data and values, writes the log density and adds to adjoints through pointers of which LLVM cannot
know that they do not overlap. The tape knows: an op's output is no input of it, and adjoints live in a workspace of their
own. These loads and stores say so (scoped `noalias` metadata); adjoints of two inputs may be one and the same slot, and
nothing is said about that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.core.typing import signature
from numba.extending import intrinsic

__all__ = ["PREPARE", "accumulate", "load", "reserve", "store"]

PREPARE = 4
"""Bit of `phase`, of generated kernels only: fill the prepared columns."""

_SCOPES = ("inputs", "output", "adjoints")
_DOUBLES = types.CPointer(types.float64)


def _mark(builder: Any, instruction: Any, scope: str) -> None:
    """Say that an access belongs to a scope and meets no access of another scope."""
    module = builder.module
    domain = module.add_metadata(["partialpool"])
    nodes = {name: module.add_metadata([name, domain]) for name in _SCOPES}
    instruction.set_metadata("alias.scope", module.add_metadata([nodes[scope]]))
    instruction.set_metadata("noalias", module.add_metadata([node for name, node in nodes.items() if name != scope]))


def _read(builder: Any, pointer: Any, index: Any, scope: str) -> Any:
    value = builder.load(builder.gep(pointer, [index]))
    _mark(builder, value, scope)
    return value


def _write(builder: Any, pointer: Any, index: Any, value: Any, scope: str) -> None:
    _mark(builder, builder.store(value, builder.gep(pointer, [index])), scope)


@intrinsic
def _load(typing_context: Any, pointer: Any, index: Any) -> Any:
    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        return _read(builder, args[0], args[1], "inputs")

    return signature(types.float64, _DOUBLES, types.int64), codegen


@intrinsic
def _store(typing_context: Any, pointer: Any, index: Any, value: Any) -> Any:
    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        _write(builder, args[0], args[1], args[2], "output")
        return context.get_dummy_value()

    return signature(types.void, _DOUBLES, types.int64, types.float64), codegen


@intrinsic
def _accumulate(typing_context: Any, pointer: Any, index: Any, value: Any) -> Any:
    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        pointer, index, value = args
        old = _read(builder, pointer, index, "adjoints")
        _write(builder, pointer, index, builder.fadd(old, value, flags=("contract", "nsz")), "adjoints")
        return context.get_dummy_value()

    return signature(types.void, _DOUBLES, types.int64, types.float64), codegen


@intrinsic
def _reserve(typing_context: Any, size: Any) -> Any:
    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        return builder.alloca(ir.DoubleType(), size=args[0])

    return signature(_DOUBLES, types.int64), codegen


load = cast(Callable[..., float], _load)
"""`load(pointer, index)`: an input or a datum."""

store = cast(Callable[..., None], _store)
"""`store(pointer, index, x)`: to the output of an op."""

accumulate = cast(Callable[..., None], _accumulate)
"""`accumulate(pointer, index, x)`: add to an adjoint."""

reserve = cast(Callable[..., Any], _reserve)
"""`reserve(size)`: a pointer to so many doubles on the stack, once for each run of a kernel."""
