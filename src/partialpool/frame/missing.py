"""Missing values: which columns an expression uses, and the rows that are complete in them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, DataWarning, warn
from partialpool.formula.nodes import CONSTANTS, Call, Name, Node, children
from partialpool.frame.columns import Frame

__all__ = ["SUBSTITUTES", "complete_rows", "used_columns"]

SUBSTITUTES = frozenset({"F", "False", "Intercept", "T", "True", "pi"})
"""Names that are columns where the data have such, and mean something else where not."""


def used_columns(node: Node) -> tuple[str, ...]:
    """Return the names of the columns in an expression, each once, in order of appearance.

    Names of constants (`TRUE`, `Inf`, ...) and of codings in `C()` are not columns; `SUBSTITUTES` may be.

    Examples
    --------
    >>> from partialpool.formula.parser import parse
    >>> used_columns(parse("~ log(x):C(f, contr.sum) + I(x * z)").rhs)
    ('x', 'f', 'z')
    """
    return tuple(dict.fromkeys(_names(node)))


def _names(node: Node) -> list[str]:
    if isinstance(node, Name):
        return [] if node.text in CONSTANTS else [node.text]
    below = children(node)
    if isinstance(node, Call) and node.function == "C":
        below = below[:1]
    return [name for child in below for name in _names(child)]


def complete_rows(frame: Frame, names: Iterable[str]) -> tuple[Frame, NDArray[np.bool_]]:
    """Return the rows without a missing value in the named columns, and the mask [row] that selects them.

    One `DataWarning` counts the rows that were dropped, by column.

    Raises
    ------
    DataError
        If there is no such column, or no row is complete.

    Examples
    --------
    >>> frame = Frame.read({"x": [1.0, 2.0, 3.0], "y": [1, 0, 1]})
    >>> complete_rows(frame, ["x", "y"])[0].n_rows
    3
    """
    missing = {name: frame.column(name).missing for name in dict.fromkeys(names)}
    incomplete = np.zeros(frame.n_rows, dtype=bool)
    for gone in missing.values():
        incomplete |= gone
    n_dropped = int(incomplete.sum())
    if n_dropped == 0:
        return frame, ~incomplete
    counts = ", ".join(f"{name}: {int(gone.sum())}" for name, gone in missing.items() if gone.any())
    if n_dropped == frame.n_rows:
        raise DataError(f"each of the {frame.n_rows} rows has a missing value in a column of the model ({counts})")
    was = "was" if n_dropped == 1 else "were"
    warn(f"{n_dropped} of {frame.n_rows} rows {was} dropped because of missing values ({counts})", DataWarning)
    return frame.select_rows(~incomplete), ~incomplete
