"""Reading of responses, and the refusal of rows that a family cannot have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError
from partialpool.formula.nodes import Node, Source
from partialpool.formula.printing import label
from partialpool.frame.columns import Frame, Where, pointed
from partialpool.frame.evaluate import evaluate
from partialpool.frame.values import Factor, Matrix, State

__all__ = ["Response", "ResponseKind", "read_response", "refuse_rows"]

ResponseKind: TypeAlias = Literal["numeric", "boolean", "factor", "ordered", "matrix"]


@dataclass(frozen=True, eq=False)
class Response:
    """The response of one formula.

    Attributes
    ----------
    label
        Its text, as R prints it.
    kind
        `numeric`, `boolean` (0 and 1), `factor`, `ordered` or `matrix`.
    values
        float64, shape [row], or [row, column] of a matrix; the 0-based codes of a factor. NaN where missing.
    levels
        Levels of a factor that occur; names of the columns of a matrix; `FALSE`, `TRUE` of a boolean.
    frame
        The data, to name rows.
    where
        Formula and place of the response.
    """

    label: str
    kind: ResponseKind
    values: NDArray[np.float64]
    levels: tuple[str, ...]
    frame: Frame
    where: Where = None

    def require(self, *kinds: ResponseKind, family: str) -> None:
        """Raise unless the response is of one of the kinds that a family takes.

        Raises
        ------
        DataError
            If it is not; the message says what it is and what to give.
        """
        if self.kind not in kinds:
            wanted = " or ".join(_KINDS[kind] for kind in kinds)
            raise DataError(
                pointed(f"the response {self.label} is {_KINDS[self.kind]}; family {family} takes {wanted}", self.where)
            )

    def refuse(self, bad: NDArray[np.bool_], must: str) -> None:
        """Raise if any row is bad.

        Parameters
        ----------
        bad
            Mask, shape [row] or, for a matrix, [row, column].
        must
            What the values must be, to complete "the response y must ...": `be positive`.

        Raises
        ------
        DataError
            If any value is bad; the message names the first ones and their rows.
        """
        refuse_rows(self.frame, f"the response {self.label}", self.values, bad, must, self.where)


_KINDS: dict[ResponseKind, str] = {
    "numeric": "numeric",
    "boolean": "boolean",
    "factor": "a factor",
    "ordered": "an ordered factor",
    "matrix": "a matrix, cbind(...)",
}


def read_response(
    node: Node, frame: Frame, state: State | None = None, source: Source | None = None, *, missing: bool = False
) -> Response:
    """Return the response that an expression gives.

    Parameters
    ----------
    node
        `y`, `log(y)`, `cbind(y1, y2)`.
    frame
        Data.
    state
        What expressions have learnt; levels of a factor are kept in it.
    source
        Text of the formula, for a caret in messages.
    missing
        Whether missing values may come out as NaN, to be estimated.

    Raises
    ------
    DataError
        If the expression makes no sense, or gives infinite or (unless allowed) missing values.

    Examples
    --------
    >>> from partialpool.formula.parser import parse
    >>> response = read_response(parse("y ~ 1").response, Frame.read({"y": ["no", "yes", "no"]}))
    >>> response.kind, response.levels, response.values
    ('factor', ('no', 'yes'), array([0., 1., 0.]))
    """
    value = evaluate(node, frame, state, source, missing=missing)
    where = None if source is None else (source, node.span)
    kind: ResponseKind
    if isinstance(value, Factor):
        kind, levels = ("ordered" if value.ordered else "factor"), value.levels
        values = np.where(value.codes < 0, np.nan, value.codes.astype(np.float64))
    elif isinstance(value, Matrix):
        kind, levels, values = "matrix", value.names, value.values
    elif value.dtype == np.bool_:
        kind, levels, values = "boolean", ("FALSE", "TRUE"), value.astype(np.float64)
    else:
        kind, levels, values = "numeric", (), value
    return Response(label(node), kind, np.ascontiguousarray(values), levels, frame, where)


def refuse_rows(
    frame: Frame,
    what: str,
    values: NDArray[np.float64],
    bad: NDArray[np.bool_],
    must: str,
    where: Where = None,
) -> None:
    """Raise an error that names the first bad values and their rows, if there are any.

    Parameters
    ----------
    frame
        Data, to name rows.
    what
        What the values are: `the response y`.
    values, bad
        Values and the mask of the bad ones: shape [row] or [row, column].
    must
        What they must be: `be positive`.
    where
        Formula and place, for a caret.

    Raises
    ------
    DataError
        If any value is bad.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.array([1.0, -2.0])
    >>> refuse_rows(Frame.read({"y": y}), "the response y", y, y < 0, "not be negative")
    Traceback (most recent call last):
    partialpool.errors.DataError: the response y must not be negative; found -2 in row 2
    """
    if not bad.any():
        return
    places = np.argwhere(bad)
    found = ", ".join(f"{values[tuple(place)]:.6g} in {frame.row_name(int(place[0]))}" for place in places[:3])
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    raise DataError(pointed(f"{what} must {must}; found {found}{more}", where))
