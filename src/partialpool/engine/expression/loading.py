"""Generated kernels on disk: found by key, or written and then imported like any module."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

from partialpool.engine.cache import cache_directory
from partialpool.engine.expression.key import compiler_key

__all__ = ["load_module"]


def load_module(name: str, key: str, generate: Callable[[], str]) -> ModuleType:
    """Return the generated module of a key; `generate` is called for its source only if there is none on disk."""
    digest = hashlib.sha256(f"{name}\0{key}\0{compiler_key()}".encode()).hexdigest()
    path = cache_directory("generated") / f"{re.sub(r'[^A-Za-z0-9]+', '_', name)[:40]}_{digest}.py"
    if not path.exists():
        _write(path, generate())
    return _imported(path)


def _write(path: Path, source: str) -> None:
    """Write a file that other processes see whole or not at all, readable by the user alone."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}_", suffix=".part")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(source)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


@cache
def _imported(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(f"partialpool_generated_{path.stem}", path)
    if specification is None or specification.loader is None:
        raise ImportError(f"cannot import the generated kernel {path}")
    module = importlib.util.module_from_spec(specification)
    sys.modules[module.__name__] = module  # compiled code that is loaded from the disk looks its module up
    specification.loader.exec_module(module)
    return module
