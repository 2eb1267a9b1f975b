"""Values of expressions over the columns of a frame."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError
from partialpool.formula.nodes import Node, Source
from partialpool.formula.printing import label
from partialpool.frame import factors, transforms  # noqa: F401  (registers their functions)
from partialpool.frame.columns import Frame, pointed
from partialpool.frame.scope import Scope
from partialpool.frame.values import Factor, Matrix, State, Value

__all__ = ["evaluate"]


def evaluate(
    node: Node,
    frame: Frame,
    state: State | None = None,
    source: Source | None = None,
    *,
    missing: bool = False,
    infinite: bool = False,
) -> Value:
    """Return the value of an expression for each row of a frame.

    Parameters
    ----------
    node
        The expression: `log(x)`, `poly(x, 2)`, `f`, ...
    frame
        Data.
    state
        What expressions have learnt from the data of the fit; what is not known yet is learnt now if it still learns.
    source
        Text of the formula, for a caret in messages.
    missing
        Whether missing values may come out (as NaN, or the code -1 of a factor) instead of being an error.
    infinite
        Whether infinite values may.

    Returns
    -------
    numpy.ndarray or Factor or Matrix
        Array of shape [row], float64 or bool; or a factor; or several columns.

    Raises
    ------
    DataError
        If the expression names what is not there, makes no sense, or gives infinite or missing values that may not be.

    Examples
    --------
    >>> from partialpool.formula.parser import parse
    >>> frame = Frame.read({"x": [1.0, 4.0], "f": ["b", "a"]})
    >>> evaluate(parse("~ sqrt(x)").rhs, frame)
    array([1., 2.])
    """
    scope = Scope(frame, State() if state is None else state, source)
    with np.errstate(all="ignore"):
        value = _per_row(scope.value(node), node, scope)
    _refuse(value, node, scope, missing=missing, infinite=infinite)
    return value


def _per_row(value: Any, node: Node, scope: Scope) -> Value:
    if isinstance(value, (Factor, Matrix)):
        return value
    if value is None or isinstance(value, (str, tuple)):
        raise scope.error(node, f"{label(node)} is a constant, not a column")
    array: NDArray[Any] = np.asarray(value)
    if array.dtype != np.bool_:
        array = array.astype(np.float64)
    return np.array(np.broadcast_to(array, (scope.frame.n_rows,)))


def _refuse(value: Value, node: Node, scope: Scope, *, missing: bool, infinite: bool) -> None:
    """Raise an error that names the first rows whose value is infinite or missing."""
    if isinstance(value, Factor):
        bad = np.zeros(0, dtype=bool) if missing else np.asarray(value.codes < 0)
    else:
        numbers = value.values if isinstance(value, Matrix) else value
        wrong: NDArray[np.bool_] = np.zeros(numbers.shape, bool) if infinite else np.isinf(numbers)
        wrong = wrong if missing else wrong | np.isnan(numbers)
        bad = np.asarray(wrong.any(axis=1)) if wrong.ndim == 2 else wrong
    if not bad.any():
        return
    rows = np.flatnonzero(bad)
    named = ", ".join(scope.frame.row_name(int(row)) for row in rows[:3])
    more = f" and {len(rows) - 3} more" if len(rows) > 3 else ""
    found = f"{label(node)} is {_what(value, rows[0])} in {named}{more}"
    raise DataError(pointed(f"{found}; correct such values, or drop the rows", scope.where(node)))


def _what(value: Value, row: Any) -> str:
    if isinstance(value, Factor):
        return "missing"
    numbers = np.atleast_1d(value.values[row] if isinstance(value, Matrix) else value[row])
    return "infinite" if np.isinf(numbers).any() else "missing or not a number"
