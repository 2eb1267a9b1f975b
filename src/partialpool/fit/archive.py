"""Archives: a zip file of one description in JSON and of arrays of numbers. Nothing in one is code, and none is believed.

Members are stored as they are, not compressed, so that none can be larger than the file; arrays are read with pickles
refused, and only if their headers describe the bytes that are there.
"""

from __future__ import annotations

import io
import json
import math
import secrets
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import StorageError

__all__ = ["read_archive", "read_description", "write_archive"]

_DESCRIPTION = "fit.json"
_READ_HEADER = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def write_archive(path: Path, description: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write an archive at once and whole: a file that is there is replaced when the new one is complete.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        try:
            with temporary.open("xb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(_DESCRIPTION, json.dumps(description, indent=1, allow_nan=False))
                for name, values in arrays.items():
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, np.ascontiguousarray(values), allow_pickle=False)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StorageError(f"the fit cannot be written to {path}: {error.strerror or error}") from error


def read_archive(path: Path) -> tuple[Any, dict[str, NDArray[Any]]]:
    """Return description and arrays of an archive.

    Raises
    ------
    OSError
        If there is no such file, or it cannot be read.
    ValueError, zipfile.BadZipFile, KeyError
        If it is no archive, or damaged.
    """
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > path.stat().st_size:
            raise ValueError("its members are larger than itself")
        description = _description(archive)
        arrays = {
            entry.filename.removesuffix(".npy"): _array(archive, entry)
            for entry in entries
            if entry.filename.endswith(".npy")
        }
    return description, arrays


def read_description(path: Path) -> Any:
    """Return the description of an archive alone; raises as `read_archive` does."""
    with zipfile.ZipFile(path) as archive:
        return _description(archive)


def _description(archive: zipfile.ZipFile) -> Any:
    return json.loads(_bytes(archive, archive.getinfo(_DESCRIPTION)))


def _array(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> NDArray[Any]:
    stream = io.BytesIO(_bytes(archive, entry))
    shape, in_columns, dtype = _READ_HEADER[np.lib.format.read_magic(stream)](stream)
    if dtype.kind not in "biuf":
        raise ValueError(f"{entry.filename} holds no numbers")
    data = stream.getbuffer()[stream.tell() :]
    if math.prod(shape) * dtype.itemsize != len(data):
        raise ValueError(f"{entry.filename} is not of the size that it states")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if in_columns else "C").copy()


def _bytes(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
        raise ValueError(f"{entry.filename} is compressed")
    return archive.read(entry)
