"""The private cache directory of the user, where generated and compiled kernels are kept.

What stands in it is run as code, so it must belong to the user alone: it is created with mode 0700, and a directory that
somebody else owns or may write to is refused.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from partialpool.errors import StorageError

__all__ = ["cache_directory"]


def cache_directory(part: str) -> Path:
    """Return the directory of one part of the cache, made if need be.

    The environment variable `PARTIALPOOL_CACHE_DIR` overrides its place.

    Raises
    ------
    StorageError
        If the directory cannot be made, belongs to another user or may be written to by others.
    """
    root = os.environ.get("PARTIALPOOL_CACHE_DIR")
    if root is None:
        from platformdirs import user_cache_dir

        root = user_cache_dir("partialpool", appauthor=False)
    path = Path(root) / part
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"the cache directory {path} cannot be made ({error.strerror}); set PARTIALPOOL_CACHE_DIR to a directory of yours"
        ) from error
    if hasattr(os, "getuid"):
        _refuse_foreign(path)
    return path


def _refuse_foreign(path: Path) -> None:
    status = path.stat()
    if status.st_uid != os.getuid():
        raise StorageError(f"the cache directory {path} belongs to another user; set PARTIALPOOL_CACHE_DIR")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise StorageError(
            f"others may write to the cache directory {path}; run chmod 700 on it, or set PARTIALPOOL_CACHE_DIR"
        )
