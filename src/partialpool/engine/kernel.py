"""Kernels: small compiled functions with one C signature, and the disk cache that keeps them between processes.

Every op of a tape is one call

    double kernel(int64* arguments, double* values, double* adjoints, int64 phase, int64 row0, int64 n_rows)

`values` and `adjoints` are two workspaces of the same shape; `arguments` holds offsets into them, addresses of data, sizes
and bit patterns of numbers. In the forward phase a kernel computes its outputs from its inputs and returns what it adds to
the log density; in the backward phase it adds to the adjoints of its inputs what the adjoints of its outputs say. A kernel
never allocates and never calls Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.core import caching
from numba.core.ccallback import CFunc
from numba.core.typing import signature
from numba.extending import intrinsic

from partialpool.engine.cache import cache_directory

__all__ = [
    "BACKWARD",
    "FLAGS",
    "WITHOUT_JACOBIAN",
    "Callback",
    "DiskCache",
    "Kernel",
    "as_double",
    "call_kernel",
    "doubles_at",
    "ints_at",
    "kernel",
    "longs_at",
    "summed",
]

BACKWARD = 1
"""Bit of `phase`: propagate adjoints instead of computing values."""

WITHOUT_JACOBIAN = 2
"""Bit of `phase`: transforms leave out the log of their Jacobian determinant."""

FLAGS = frozenset({"contract", "nsz"})
"""What LLVM may do with floating-point numbers: fuse multiply and add, ignore the sign of zero. Not reassociate: the
argument reductions of `vecmath` would be folded away. NaN and infinity keep their meaning."""

_SIGNATURE = types.float64(
    types.CPointer(types.int64),
    types.CPointer(types.float64),
    types.CPointer(types.float64),
    types.int64,
    types.int64,
    types.int64,
)


@lru_cache(maxsize=1)
def _engine_stamp() -> str:
    """Return a digest of all engine sources: a cached kernel holds inlined code of any of them."""
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _Locator(caching._CacheLocator):
    """Tells numba to keep compiled kernels in the private cache of the user."""

    def __init__(self, file: str) -> None:
        self._py_file = file

    def get_cache_path(self) -> str:
        return str(cache_directory("compiled"))

    def get_source_stamp(self) -> str:
        return _engine_stamp() + hashlib.sha256(Path(self._py_file).read_bytes()).hexdigest()

    def get_disambiguator(self) -> str:
        return hashlib.sha256(self._py_file.encode()).hexdigest()[:12]

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> _Locator:
        return cls(py_file)


class _CacheImplementation(caching.CompileResultCacheImpl):
    _locator_classes = (_Locator,)


class DiskCache(caching.FunctionCache):
    """The private disk cache, as numba's dispatchers use it."""

    _impl_class = _CacheImplementation


class Callback:
    """A function compiled to a C function pointer, on first use, or loaded from the disk cache.

    Parameters
    ----------
    function
        Body, in the part of Python that numba compiles.
    c_signature
        Numba's signature.
    flags
        Permissions of LLVM's floating-point optimiser.
    cached
        Whether the compiled code is kept on disk; not where it holds code whose changes would not be noticed.
    """

    def __init__(
        self, function: Callable[..., Any], c_signature: Any, flags: frozenset[str] = FLAGS, *, cached: bool = True
    ) -> None:
        self.function = function
        self._signature = c_signature
        self._flags = flags
        self._cached = cached

    @cached_property
    def compiled(self) -> CFunc:
        """The compiled callback."""
        options = {"nopython": True, "error_model": "numpy", "fastmath": set(self._flags)}
        args = (tuple(self._signature.args), self._signature.return_type)
        callback = CFunc(self.function, args, locals={}, options=options)
        if self._cached:
            callback._cache = DiskCache(self.function)
        callback.compile()
        return callback

    @property
    def address(self) -> int:
        """Address of the C function."""
        return int(self.compiled.address)

    @property
    def from_cache(self) -> bool:
        """Whether the compiled code came from the disk."""
        return bool(self.compiled.cache_hits)


class Kernel(Callback):
    """A callback with the signature of a kernel."""

    def __init__(self, function: Callable[..., Any], flags: frozenset[str] = FLAGS, *, cached: bool = True) -> None:
        super().__init__(function, _SIGNATURE, flags, cached=cached)


def kernel(function: Callable[..., Any]) -> Kernel:
    """Make a kernel of a function of (arguments, values, adjoints, phase, row0, n_rows)."""
    return Kernel(function)


def _address_as(pointee: types.Type) -> Any:
    """Make the function that reads an int64 as a pointer to values of a type."""

    @intrinsic
    def pointer(typing_context: Any, address: Any) -> Any:
        def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
            return builder.inttoptr(args[0], context.get_value_type(call_signature.return_type))

        return signature(types.CPointer(pointee), types.int64), codegen

    return pointer


doubles_at = _address_as(types.float64)
longs_at = _address_as(types.int64)
ints_at = _address_as(types.int32)


@intrinsic
def as_double(typing_context: Any, bits: Any) -> Any:
    """Return the double whose bit pattern an int64 holds."""

    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return signature(types.float64, types.int64), codegen


@intrinsic
def call_kernel(
    typing_context: Any,
    address: Any,
    arguments: Any,
    values: Any,
    adjoints: Any,
    phase: Any,
    row0: Any,
    n_rows: Any,
) -> Any:
    """Call the kernel at an address."""

    def codegen(context: Any, builder: Any, call_signature: Any, args: Any) -> Any:
        long, double = ir.IntType(64), ir.DoubleType()
        kernel_type = ir.FunctionType(
            double, [long.as_pointer(), double.as_pointer(), double.as_pointer(), long, long, long]
        )
        return builder.call(builder.inttoptr(args[0], kernel_type.as_pointer()), list(args[1:]))

    return (
        signature(
            types.float64,
            types.int64,
            types.CPointer(types.int64),
            types.CPointer(types.float64),
            types.CPointer(types.float64),
            types.int64,
            types.int64,
            types.int64,
        ),
        codegen,
    )


@numba.njit(error_model="numpy", fastmath={"contract", "nsz", "reassoc"})
def summed(x: Any, start: int, n: int) -> float:
    """Return the sum of x[start : start + n]; the only place, with the dense product, where LLVM may reorder sums."""
    total = 0.0
    for i in range(n):
        total += x[start + i]
    return total
