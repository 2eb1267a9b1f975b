"""What the functions of `vecmath` are made of: bit casts, selects, fused products, polynomials.

A loop over a function vectorises where its body is straight arithmetic. So nothing here calls the C library, and choices
are selects of values, not branches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba import types
from numba.core.typing import signature
from numba.extending import intrinsic

from partialpool.engine.kernel import FLAGS, DiskCache

__all__ = [
    "add",
    "bits",
    "fma",
    "from_bits",
    "iterative_function",
    "polynomial",
    "polynomial_slope",
    "select",
    "two_sum",
    "vector_function",
]

F = TypeVar("F", bound=Callable[..., Any])

_CONTRACT = ("contract",)


def _compiled(function: F, **options: bool) -> F:
    """Compile a function on its first use, or load it from the disk cache: what calls it then compiles ten times faster."""
    dispatcher = numba.njit(error_model="numpy", fastmath=set(FLAGS), **options)(function)
    dispatcher._cache = DiskCache(function)
    return cast(F, dispatcher)


def vector_function(function: F) -> F:
    """Compile a scalar function for use in kernels: inlined into its caller by LLVM, hence vectorised with its loop.

    Products and sums may be fused and the sign of zero be lost; nothing is reassociated, and NaN and infinity keep their
    meaning. These permissions stay with the function's own instructions, whatever its caller allows.

    The function must stand in a file, whose content is part of the key of the cache.
    """
    return _compiled(function, forceinline=True)


def iterative_function(function: F) -> F:
    """Compile a scalar function that loops until it converges: as `vector_function`, but LLVM may leave it uninlined."""
    return _compiled(function)


def _primitive(function: Callable[..., Any]) -> Callable[..., float]:
    """Make the function whose LLVM code `function` writes."""
    return cast(Callable[..., float], intrinsic(function))


@intrinsic
def bits(typing_context: Any, x: Any) -> Any:
    """Return the bit pattern of a double as uint64."""

    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.IntType(64))

    return signature(types.uint64, types.float64), codegen


@_primitive
def from_bits(typing_context: Any, pattern: Any) -> Any:
    """Return the double whose bit pattern a uint64 is."""

    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return signature(types.float64, types.uint64), codegen


@_primitive
def select(typing_context: Any, condition: Any, x: Any, y: Any) -> Any:
    """Return x where the condition holds, else y; both are computed."""

    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        return builder.select(*args)

    return signature(types.float64, types.boolean, types.float64, types.float64), codegen


@_primitive
def fma(typing_context: Any, x: Any, y: Any, z: Any) -> Any:
    """Return x * y + z rounded once."""

    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        return builder.fma(*args)

    return signature(types.float64, types.float64, types.float64, types.float64), codegen


@_primitive
def add(typing_context: Any, x: Any, y: Any) -> Any:
    """Return x + y: a sum over a loop whose order LLVM may choose, so that the loop vectorises."""

    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        return builder.fadd(*args, flags=("contract", "nsz", "reassoc"))

    return signature(types.float64, types.float64, types.float64), codegen


def _multiply_add(builder: Any, x: Any, y: Any, z: Any) -> Any:
    return builder.fadd(builder.fmul(x, y, flags=_CONTRACT), z, flags=_CONTRACT)


@_primitive
def polynomial(typing_context: Any, x: Any, coefficients: Any) -> Any:
    """Return the sum of coefficients[i] * x**i by Horner's rule.

    `coefficients` is a tuple known at compile time. One call stands for the whole chain, which spares numba the typing of
    every sum and product.
    """
    n = len(coefficients)

    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        at, values = args
        total = builder.extract_value(values, n - 1)
        for i in range(n - 2, -1, -1):
            total = _multiply_add(builder, total, at, builder.extract_value(values, i))
        return total

    return signature(types.float64, types.float64, coefficients), codegen


@_primitive
def polynomial_slope(typing_context: Any, x: Any, y: Any, coefficients: Any) -> Any:
    """Return the divided difference (p(x) - p(y)) / (x - y) of a polynomial, without cancellation; p'(x) where x = y."""
    n = len(coefficients)

    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        left, right, values = args
        at_right = builder.extract_value(values, n - 1)
        slope = at_right
        for i in range(n - 2, 0, -1):
            at_right = _multiply_add(builder, at_right, right, builder.extract_value(values, i))
            slope = _multiply_add(builder, slope, left, at_right)
        return slope

    return signature(types.float64, types.float64, types.float64, coefficients), codegen


@vector_function
def two_sum(x: float, y: float) -> tuple[float, float]:
    """Return the rounded sum of two numbers and its rounding error (Knuth), exactly.

    Examples
    --------
    >>> two_sum(1.0, 1e-20)
    (1.0, 1e-20)
    """
    total = x + y
    part = total - x
    return total, (x - (total - part)) + (y - part)
