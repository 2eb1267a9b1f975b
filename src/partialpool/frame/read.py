"""Reading of columns: pandas, polars and pyarrow through narwhals, arrays and lists directly; all give the same result."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError
from partialpool.frame.collation import sorted_levels
from partialpool.frame.columns import Column, Frame, Kind, printed

__all__ = ["read_column", "read_frame"]

_KINDS_TAKEN = "pass a pandas or polars data frame, a pyarrow table or a dict of one-dimensional arrays"


class _RefusedError(Exception):
    """A column that cannot be used, and why; an error only where the column is asked for."""


def read_frame(data: Any) -> Frame:
    """Read a data frame of any supported kind; see `Frame.read`."""
    if isinstance(data, Frame):
        return data
    if data is None:
        raise DataError(f"no data: {_KINDS_TAKEN}")
    columns, labels = (data, None) if isinstance(data, Mapping) else _table(data)
    if not columns:
        raise DataError(f"the data have no columns; {_KINDS_TAKEN}")
    return _assembled(columns, labels)


def read_column(name: str, values: Any) -> Column:
    """Read one column from an array, list or series.

    Raises
    ------
    DataError
        If the values are not one-dimensional, or of a type that no model can use.

    Examples
    --------
    >>> read_column("x", [1, None, 3]).missing.tolist()
    [False, True, False]
    """
    try:
        return _column(name, values)
    except _RefusedError as error:
        raise DataError(f"column {name!r} {error}") from None


def _assembled(columns: Mapping[Any, Any], labels: tuple[str, ...] | None) -> Frame:
    read: dict[str, Column] = {}
    refused: dict[str, str] = {}
    for name, values in columns.items():
        _check_name(name)
        try:
            read[name] = _column(name, values)
        except _RefusedError as error:
            refused[name] = str(error)
    return Frame(read, np.arange(1, _n_rows(read, refused) + 1), labels, refused)


def _n_rows(read: Mapping[str, Column], refused: Mapping[str, str]) -> int:
    lengths = {name: len(column.values) for name, column in read.items()}
    if not lengths:
        name, why = next(iter(refused.items()))
        raise DataError(f"the data have no column that can be used: column {name!r} {why}")
    first, n = next(iter(lengths.items()))
    for name, length in lengths.items():
        if length != n:
            raise DataError(f"columns have unequal lengths: {first!r} has {n} values, {name!r} has {length}")
    if n == 0:
        raise DataError("the data have no rows")
    return n


# ---------------------------------------------------------------------------------------------- tables (narwhals)


def _table(data: Any) -> tuple[dict[Any, Any], tuple[str, ...] | None]:
    import narwhals as nw

    try:
        table = nw.from_native(data, eager_only=True)
        names = list(table.columns)
    except TypeError:
        remedy = "collect() it first" if hasattr(data, "collect") else _KINDS_TAKEN
        raise DataError(f"data of type {type(data).__name__} cannot be read; {remedy}") from None
    except nw.exceptions.DuplicateError:
        raise DataError(f"column {_duplicate(data)!r} occurs more than once in the data; rename one") from None
    if len(set(names)) < len(names):
        raise DataError(f"column {_duplicate(data)!r} occurs more than once in the data; rename one")
    for name in names:
        _check_name(name)
    return {name: table[name] for name in names}, _index_labels(data)


def _check_name(name: Any) -> None:
    if not isinstance(name, str):
        raise DataError(f"column names must be texts, found {name!r}; rename that column")


def _duplicate(data: Any) -> str:
    names = list(data.column_names if hasattr(data, "column_names") else data.columns)
    return next(str(name) for i, name in enumerate(names) if name in names[:i])


def _index_labels(data: Any) -> tuple[str, ...] | None:
    """Labels of a pandas index that says more than the position."""
    index = getattr(data, "index", None)
    if index is None or callable(index):
        return None
    if getattr(index, "start", None) == 0 and getattr(index, "step", None) == 1:
        return None
    labels = list(index)
    return None if labels == list(range(len(labels))) else tuple(str(label) for label in labels)


def _series(name: str, series: Any) -> Column:
    import narwhals as nw

    dtype = series.dtype
    if dtype == nw.Categorical or isinstance(dtype, nw.Enum) or dtype == nw.Enum:
        return _categorical(name, series.to_native())
    missing = series.is_null().to_numpy().astype(bool)
    if dtype == nw.String:
        return _texts(name, series.to_list(), missing)
    if dtype == nw.Boolean:
        return Column(name, "boolean", _filled(series, missing, False, np.bool_), missing)
    if dtype.is_integer() and dtype not in (nw.UInt64, nw.Int128, nw.UInt128):
        return Column(name, "integer", _filled(series, missing, 0, np.int64), missing)
    if dtype.is_numeric():
        return _numeric(name, _filled(series.cast(nw.Float64), missing, math.nan, np.float64))
    if dtype == nw.Object or dtype == nw.Unknown:
        return _objects(name, series.to_list())
    raise _RefusedError(_refusal(str(dtype)))


def _filled(series: Any, missing: NDArray[np.bool_], value: Any, dtype: Any) -> NDArray[Any]:
    if not missing.any():
        return np.array(series.to_numpy(), dtype=dtype)
    values = np.full(len(missing), value, dtype=dtype)
    values[~missing] = series.filter((~missing).tolist()).to_numpy().astype(dtype)
    return values


def _categorical(name: str, native: Any) -> Column:
    """Levels in their own order. A polars Categorical, unlike an Enum, has none: its levels are sorted as texts are."""
    if hasattr(native, "cat") and hasattr(native.cat, "codes"):
        categories, ordered = list(native.cat.categories), bool(native.cat.ordered)
        return _factor(name, native.cat.codes.to_numpy(), categories, ordered)
    if hasattr(native, "to_physical"):
        texts = native.cast(str).to_list()
        if hasattr(native.dtype, "categories") and type(native.dtype).__name__ == "Enum":
            return _coded(name, texts, list(native.dtype.categories), "factor")
        return _coded(name, texts, sorted_levels(text for text in texts if text is not None), "factor")
    if hasattr(native, "dtype"):  # a pandas series over arrow memory
        native = native.array.__arrow_array__()
    array = native.combine_chunks() if hasattr(native, "combine_chunks") else native
    array = array.unify_dictionaries().combine_chunks() if hasattr(array, "unify_dictionaries") else array
    codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return _factor(name, codes, array.dictionary.to_pylist(), bool(array.type.ordered))


def _factor(name: str, codes: NDArray[Any], categories: Sequence[Any], ordered: bool) -> Column:
    codes = codes.astype(np.int32)
    levels = tuple(printed(category) for category in categories)
    if len(set(levels)) < len(levels):
        raise _RefusedError("has two levels that print alike; rename one")
    return Column(name, "ordered" if ordered else "factor", codes, codes < 0, levels)


def _coded(name: str, texts: Sequence[str | None], levels: Sequence[str], kind: Kind) -> Column:
    position = {level: i for i, level in enumerate(levels)}
    codes = np.array([-1 if text is None else position[text] for text in texts], dtype=np.int32)
    return Column(name, kind, codes, codes < 0, tuple(levels))


# ----------------------------------------------------------------------------------------------- arrays and lists


def _column(name: str, values: Any) -> Column:
    if isinstance(values, np.ma.MaskedArray):
        values = [
            None if gone else value for value, gone in zip(values.tolist(), np.ma.getmaskarray(values), strict=True)
        ]
    if isinstance(values, np.ndarray):
        return _array(name, values)
    if isinstance(values, (list, tuple, range)):
        return _objects(name, list(values))
    return _foreign(name, values)


def _foreign(name: str, values: Any) -> Column:
    import narwhals as nw

    if isinstance(values, nw.Series):
        return _series(name, values)
    package = type(values).__module__.partition(".")[0]
    if package == "pyarrow" and not hasattr(values, "chunks"):
        import pyarrow as pa

        values = pa.chunked_array([values])
    if package == "pandas" and hasattr(values, "codes"):
        return _factor(name, np.asarray(values.codes), list(values.categories), bool(values.ordered))
    try:
        return _series(name, nw.from_native(values, series_only=True))
    except TypeError:
        pass
    if hasattr(values, "__array__"):
        return _array(name, np.asarray(values))
    raise _RefusedError(f"is {type(values).__name__}; pass an array, a list or a series")


def _array(name: str, values: NDArray[Any]) -> Column:
    if values.ndim != 1:
        raise _RefusedError(f"has {values.ndim} dimensions; pass each of its columns under a name of its own")
    n, kind = len(values), values.dtype.kind
    if kind == "b":
        return Column(name, "boolean", values.astype(bool), np.zeros(n, dtype=bool))
    if kind == "i" or (kind == "u" and values.dtype.itemsize < 8):
        return Column(name, "integer", values.astype(np.int64), np.zeros(n, dtype=bool))
    if kind in "uf":
        return _numeric(name, values.astype(np.float64))
    if kind in "UO" or kind == "T":
        return _objects(name, values.tolist())
    raise _RefusedError(_refusal(str(values.dtype)))


def _objects(name: str, values: list[Any]) -> Column:
    """Read Python objects: all numbers, all booleans or all texts, with None or NaN where one is missing."""
    missing = np.array([_is_missing(value) for value in values], dtype=bool)
    present = [value for value, gone in zip(values, missing, strict=True) if not gone]
    kinds = {_kind_of(value) for value in present}
    if len(kinds) > 1 and kinds != {"integer", "numeric"}:
        raise _RefusedError(f"mixes {' and '.join(sorted(kinds))} values; make them all of one type")
    kind = "numeric" if len(kinds) != 1 else kinds.pop()
    if kind == "string":
        return _texts(name, values, missing)
    filler = {"boolean": False, "integer": 0}.get(kind, math.nan)
    filled = [filler if gone else value for value, gone in zip(values, missing, strict=True)]
    if kind == "boolean":
        return Column(name, "boolean", np.array(filled, dtype=bool), missing)
    if kind == "integer" and all(abs(int(value)) < 2**63 for value in filled):
        return Column(name, "integer", np.array(filled, dtype=np.int64), missing)
    return _numeric(name, np.array([float(value) for value in filled], dtype=np.float64))


def _is_missing(value: Any) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, np.floating)) and math.isnan(value)


def _kind_of(value: Any) -> Kind:
    if isinstance(value, (bool, np.bool_)):
        return "boolean"
    if isinstance(value, numbers.Integral):
        return "integer"
    if isinstance(value, (numbers.Real, Decimal)):
        return "numeric"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (list, tuple, np.ndarray)):
        raise _RefusedError("holds lists; pass each of their elements as a column of its own")
    raise _RefusedError(_refusal(type(value).__name__))


def _refusal(dtype: str) -> str:
    if any(word in dtype.lower() for word in ("date", "time", "duration", "m8")):
        return f"holds dates or times ({dtype}); turn them into numbers, such as days since the first, or into texts"
    return f"holds values of type {dtype}; turn them into numbers, booleans, texts or a categorical"


def _numeric(name: str, values: NDArray[np.float64]) -> Column:
    return Column(name, "numeric", values, np.isnan(values))


def _texts(name: str, values: Sequence[Any], missing: NDArray[np.bool_]) -> Column:
    texts = [None if gone else str(value) for value, gone in zip(values, missing, strict=True)]
    return _coded(name, texts, sorted_levels(text for text in texts if text is not None), "string")
