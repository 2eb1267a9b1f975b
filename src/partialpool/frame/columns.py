"""Columns and frames: the one shape in which data reach the rest of the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, nearest
from partialpool.formula.nodes import Source, Span

__all__ = ["Column", "Frame", "Kind", "Where", "pointed", "printed"]

Kind: TypeAlias = Literal["numeric", "integer", "boolean", "string", "factor", "ordered"]
Where: TypeAlias = tuple[Source, Span] | None


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a data frame.

    Attributes
    ----------
    name
        Name of the column.
    kind
        `numeric`, `integer`, `boolean`, `string`, `factor` or `ordered`.
    values
        Shape [row]: float64 (numeric), int64 (integer), bool (boolean), or int32 codes of the levels, with -1 for a
        missing value (string, factor, ordered).
    missing
        Shape [row]: True where the value is missing. A missing numeric value is NaN, a missing integer 0, a missing
        boolean False.
    levels
        Levels of a string, factor or ordered column, in their order.
    """

    name: str
    kind: Kind
    values: NDArray[Any]
    missing: NDArray[np.bool_]
    levels: tuple[str, ...] = ()

    @property
    def is_categorical(self) -> bool:
        """Whether the values are codes of levels."""
        return self.kind in ("string", "factor", "ordered")

    @property
    def is_ordered(self) -> bool:
        """Whether the levels have an order that carries meaning."""
        return self.kind == "ordered"

    def select_rows(self, rows: NDArray[Any]) -> Column:
        """Return the rows that a mask or an array of positions selects; levels stay."""
        return replace(self, values=self.values[rows], missing=self.missing[rows])

    def drop_unused_levels(self) -> Column:
        """Return the column with only the levels that occur, in their order."""
        if not self.is_categorical:
            return self
        used = np.zeros(len(self.levels), dtype=bool)
        used[self.values[self.values >= 0]] = True
        position = np.append(np.cumsum(used) - 1, -1).astype(np.int32)
        levels = tuple(level for level, keep in zip(self.levels, used, strict=True) if keep)
        return replace(self, values=position[self.values], levels=levels)

    def labels(self) -> list[str]:
        """Return the values as R prints them, an empty text for a missing one."""
        if self.is_categorical:
            return [self.levels[code] if code >= 0 else "" for code in self.values]
        return ["" if gone else printed(value) for value, gone in zip(self.values.tolist(), self.missing, strict=True)]


@dataclass(frozen=True, eq=False)
class Frame:
    """A data frame, read once: columns of equal length, and what their rows were called.

    Read one with `Frame.read`, which takes pandas, polars and pyarrow tables and dicts of arrays.

    Attributes
    ----------
    columns
        Columns by name, in order.
    row_numbers
        Shape [row]: 1-based number of each row in the data that the user passed; stays true after rows are dropped.
    row_labels
        Shape [row]: index labels where the data had any (a pandas index that is not just 0, 1, 2, ...).
    refused
        Why a column cannot be used, by name (dates, lists, ...). It is an error only to ask for it.
    """

    columns: Mapping[str, Column]
    row_numbers: NDArray[np.int64]
    row_labels: tuple[str, ...] | None = None
    refused: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: Any) -> Frame:
        """Read a data frame.

        Parameters
        ----------
        data
            pandas or polars data frame, pyarrow table, anything else that narwhals takes as an eager data frame, dict
            of one-dimensional arrays, lists or series, or a `Frame` (returned as it is).

        Raises
        ------
        DataError
            If the data are of another kind, have no rows, no columns, two columns of one name, or columns of unequal
            lengths.

        Examples
        --------
        >>> frame = Frame.read({"x": [1.5, None, 2.0], "f": ["b", "a", "b"]})
        >>> frame.names, frame.n_rows, frame.column("f").levels
        (('x', 'f'), 3, ('a', 'b'))
        """
        from partialpool.frame.read import read_frame

        return read_frame(data)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, those that cannot be used included."""
        return (*self.columns, *self.refused)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.row_numbers)

    def __contains__(self, name: object) -> bool:
        return name in self.columns or name in self.refused

    def column(self, name: str, where: Where = None) -> Column:
        """Return one column.

        Parameters
        ----------
        name
            Its name.
        where
            Formula and place that asks for it, for a caret in the message.

        Raises
        ------
        DataError
            If there is no such column, or it holds what cannot be used (dates, lists, ...).
        """
        if name in self.columns:
            return self.columns[name]
        if name in self.refused:
            raise DataError(pointed(f"column {name!r} {self.refused[name]}", where))
        raise DataError(pointed(f"the data have no column {name!r}; {nearest(name, self.names)}", where))

    def row_name(self, row: int) -> str:
        """Return how to call a row (0-based position) in a message: its number in the user's data, and its label."""
        number = f"row {self.row_numbers[row]}"
        return number if self.row_labels is None else f"{number} (index {self.row_labels[row]!r})"

    def select_rows(self, rows: NDArray[Any]) -> Frame:
        """Return the rows that a mask or an array of positions selects."""
        positions = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        labels = None if self.row_labels is None else tuple(self.row_labels[i] for i in positions)
        columns = {name: column.select_rows(positions) for name, column in self.columns.items()}
        return Frame(columns, self.row_numbers[positions], labels, self.refused)

    def with_columns(self, columns: Mapping[str, Any]) -> Frame:
        """Return the frame with columns added or replaced; values are read as those of a dict of arrays are.

        Raises
        ------
        DataError
            If a column has not as many values as the frame has rows.
        """
        from partialpool.frame.read import read_column

        added = {
            name: value if isinstance(value, Column) else read_column(name, value) for name, value in columns.items()
        }
        for name, column in added.items():
            if len(column.values) != self.n_rows:
                raise DataError(f"column {name!r} has {len(column.values)} values for {self.n_rows} rows")
        refused = {name: why for name, why in self.refused.items() if name not in added}
        return replace(self, columns={**self.columns, **added}, refused=refused)

    def drop_unused_levels(self) -> Frame:
        """Return the frame with only the levels that occur, in all columns."""
        return replace(self, columns={name: column.drop_unused_levels() for name, column in self.columns.items()})


def pointed(message: str, where: Where) -> str:
    """Return a message with the formula and a caret under the place, where the place is known."""
    return message if where is None else str(where[0].error(message, where[1]))


def printed(value: Any) -> str:
    """Return a number, boolean or other value as R prints it: 15 digits at most, whole numbers without decimals.

    Examples
    --------
    >>> printed(2.0), printed(0.1), printed(True)
    ('2', '0.1', 'TRUE')
    """
    if isinstance(value, (bool, np.bool_)):
        return "TRUE" if value else "FALSE"
    return format(float(value), ".15g") if isinstance(value, (float, np.floating)) else str(value)
