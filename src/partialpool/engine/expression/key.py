"""Keys of generated kernels: digests of what a density depends on."""

from __future__ import annotations

import dataclasses
import hashlib
import platform
import sys
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any, TypeAlias

import numpy as np

from partialpool.engine import mathematics

__all__ = ["compiler_key", "source_key"]

_BY_NAME = sys.stdlib_module_names | {"numpy", "scipy", "sympy"}
"""Packages whose functions and classes count by their names."""

_ENGINE = mathematics.__name__.rpartition(".")[0]

_Seen: TypeAlias = dict[int, tuple[int, Any]]
"""When each object was first met, by its id; the object itself, so that it keeps its id."""

_PLAIN = (str, bytes, int, float, complex, bool, type(None), type(Ellipsis), np.generic)

_MEMBERS = (FunctionType, type, tuple, list, dict, set, frozenset, *_PLAIN)
"""What counts of the members of a class, beside dataclasses; not the caches that Python keeps there."""


def source_key(*objects: Any) -> str:
    """Return a digest of functions, classes, instances, containers and plain values: the same in every process.

    A function counts by its code, defaults, closure and the global functions and values that it uses, so that it may come
    from a file, a notebook or a lambda; where it stands and how it is formatted does not count. An instance counts by its
    class and attributes. What the engine, the standard library, NumPy, SciPy and SymPy define counts by name; the sources of
    the compiler and of `mathematics` are part of every kernel's key anyway.

    Raises
    ------
    TypeError
        If an object has no representation that is the same in every process.

    Examples
    --------
    >>> source_key("poisson", 1) == source_key("poisson", 1)
    True
    >>> source_key("poisson", 1) == source_key("poisson", 2)
    False
    """
    digest = hashlib.sha256()
    seen: _Seen = {}
    for one in objects:
        for part in _parts(one, seen):
            digest.update(part.encode())
            digest.update(b"\0")
    return digest.hexdigest()


@lru_cache(maxsize=1)
def compiler_key() -> str:
    """Return a digest of the compiler's own sources and of the versions that it depends on."""
    digest = hashlib.sha256(f"{platform.python_version()} {version('sympy')}".encode())
    for folder in (Path(__file__).parent, Path(str(mathematics.__file__)).parent):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _parts(one: Any, seen: _Seen) -> Iterable[str]:
    """Yield strings that determine an object; one met before counts by when it was met."""
    if isinstance(one, _PLAIN):
        yield f"{type(one).__name__} {one!r}"
        return
    if id(one) in seen:
        yield f"seen {seen[id(one)][0]}"
        return
    seen[id(one)] = len(seen), one
    yield type(one).__qualname__
    match one:
        case tuple() | list():
            yield from _all(one, seen)
        case set() | frozenset():
            yield from sorted(source_key(element) for element in one)
        case Mapping():
            yield from _all([item for pair in one.items() for item in pair], seen)
        case np.ndarray():
            yield from (str(one.dtype), str(one.shape), hashlib.sha256(np.ascontiguousarray(one).data).hexdigest())
        case ModuleType() | BuiltinFunctionType() | np.ufunc():
            yield one.__name__
        case partial():
            yield from _all([one.func, one.args, one.keywords], seen)
        case MethodType():
            yield from _all([one.__func__, one.__self__], seen)
        case FunctionType():
            yield from _function_parts(one, seen)
        case CodeType():
            yield from _code_parts(one, seen)
        case type():
            yield from _class_parts(one, seen)
        case _:
            yield from _instance_parts(one, seen)


def _all(objects: Iterable[Any], seen: _Seen) -> Iterable[str]:
    count = 0
    for one in objects:
        yield from _parts(one, seen)
        count += 1
    yield f"of {count}"


def _function_parts(function: FunctionType, seen: _Seen) -> Iterable[str]:
    yield f"{function.__module__}.{function.__qualname__}"
    if _counts_by_name(function.__module__):
        return
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    yield from _all([function.__code__, function.__defaults__, function.__kwdefaults__, cells], seen)
    for name in sorted(_names(function.__code__)):
        if name in function.__globals__:
            yield name
            yield from _parts(function.__globals__[name], seen)


def _counts_by_name(module: str | None) -> bool:
    """Return whether what a module defines is known by its name: it is the engine's (see `compiler_key`) or a library's."""
    return module is not None and (module.startswith(_ENGINE) or module.partition(".")[0] in _BY_NAME)


def _names(code: CodeType) -> set[str]:
    """Return the names that code and the code within it look up."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _code_parts(code: CodeType, seen: _Seen) -> Iterable[str]:
    yield code.co_code.hex()
    yield from _all([code.co_names, code.co_varnames, code.co_freevars, code.co_consts], seen)


def _class_parts(one: type, seen: _Seen) -> Iterable[str]:
    yield f"{one.__module__}.{one.__qualname__}"
    if _counts_by_name(one.__module__):
        return
    yield from _all(one.__bases__, seen)
    for name, member in sorted(vars(one).items()):
        value = _underlying(member)
        if not name.startswith("__") and (isinstance(value, _MEMBERS) or dataclasses.is_dataclass(value)):
            yield name
            yield from _parts(value, seen)


def _underlying(member: Any) -> Any:
    """Return the function of a method or property, any other member itself."""
    match member:
        case staticmethod() | classmethod():
            return member.__func__
        case property():
            return member.fget
        case cached_property():
            return member.func
    return member


def _instance_parts(one: Any, seen: _Seen) -> Iterable[str]:
    if dataclasses.is_dataclass(one):
        values = {field.name: getattr(one, field.name) for field in dataclasses.fields(one)}
    elif hasattr(one, "__dict__"):
        values = vars(one)
    else:
        raise TypeError(f"no key can be made of {one!r}: it has neither code nor attributes")
    yield from _parts(type(one), seen)
    yield from _parts(dict(sorted(values.items())), seen)
