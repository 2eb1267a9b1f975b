"""A design as what the rows read of it: never a dense matrix where most of it is zero.

A numeric covariate is kept as a column. Dummies of factors are zero for most rows: each row keeps which of them it has, so
that a varying effect of a factor costs the same whether it has three levels or three thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.ops.gather import Gather
from partialpool.engine.tape import Section, Slot
from partialpool.frame.columns import Frame
from partialpool.frame.design import Design

__all__ = ["GroupColumn", "add_effects", "group_columns"]

_CHUNK = 2**16  # rows whose design is at hand at once
_DENSE = 0.5  # share of rows that are not zero from which on a column is kept as it is


@dataclass(frozen=True, eq=False)
class GroupColumn:
    """Part of a design that has at most one number in each row.

    Attributes
    ----------
    coefficient
        Which coefficient it belongs to: one for all rows, or that of each row, int32.
    values
        Number of each row, or None where it is 1 in all.
    """

    coefficient: int | NDArray[np.int32]
    values: NDArray[np.float64] | None


def add_effects(
    section: Section,
    eta: Slot,
    design: Design,
    frame: Frame,
    columns: Sequence[int],
    r: Slot,
    codes: NDArray[np.int32],
    places: Sequence[int],
    width: int,
) -> None:
    """Add the row ops of some columns of a design times the effects that each row has.

    Parameters
    ----------
    section, eta
        Section of rows, and the predictor that is added to.
    design, frame, columns
        Design, rows, and which of its columns.
    r
        Effects, [level][coefficient].
    codes
        Level of each row.
    places
        Which coefficient of `r` each column has.
    width
        Number of coefficients of a level.
    """
    at = np.array(places, dtype=np.int32)
    for part in group_columns(design, frame, columns):
        if isinstance(part.coefficient, int):
            section.add(Gather(eta, r, codes, int(at[part.coefficient]), width, part.values))
        else:
            section.add(Gather(eta, r, codes * np.int32(width) + at[part.coefficient], 0, 1, part.values))


def group_columns(design: Design, frame: Frame, columns: Sequence[int]) -> list[GroupColumn]:
    """Return the parts of some columns of a design.

    Parameters
    ----------
    design
        How the columns are made.
    frame
        The rows.
    columns
        Which columns; coefficients are numbered by their place among these.
    """
    picked = list(columns)
    filled, widest = np.zeros(len(picked), dtype=np.int64), 0
    for _, Z in _chunks(design, frame, picked):
        filled += np.count_nonzero(Z, axis=0)
    sparse = np.flatnonzero(filled < _DENSE * frame.n_rows)
    dense = [k for k in range(len(picked)) if k not in set(sparse.tolist())]
    for _, Z in _chunks(design, frame, picked) if len(sparse) else ():
        widest = max(widest, int(np.count_nonzero(Z[:, sparse], axis=1).max(initial=0)))
    kept = {k: np.empty(frame.n_rows) for k in dense}
    which = np.zeros((widest, frame.n_rows), dtype=np.int32)
    values = np.zeros((widest, frame.n_rows))
    for rows, Z in _chunks(design, frame, picked):
        for k, column in kept.items():
            column[rows] = Z[:, k]
        for depth in range(widest):
            _take_one(Z, sparse, which[depth, rows], values[depth, rows])
    found = [GroupColumn(k, _unless_ones(column)) for k, column in kept.items()]
    return found + [GroupColumn(which[depth], _unless_ones(values[depth])) for depth in range(widest)]


def _chunks(design: Design, frame: Frame, picked: list[int]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Yield the picked columns for some rows at a time."""
    for start in range(0, frame.n_rows, _CHUNK):
        rows = slice(start, min(frame.n_rows, start + _CHUNK))
        part = frame if rows == slice(0, frame.n_rows) else frame.select_rows(np.arange(rows.start, rows.stop))
        yield rows, design.matrix(part)[:, picked]


def _take_one(
    Z: NDArray[np.float64], sparse: NDArray[np.intp], which: NDArray[np.int32], values: NDArray[np.float64]
) -> None:
    """Move the first number that is not zero of each row out of the sparse columns."""
    first = (Z[:, sparse] != 0).argmax(axis=1)
    at = sparse[first]
    rows = np.arange(len(Z))
    which[:], values[:] = at, Z[rows, at]
    Z[rows, at] = 0.0


def _unless_ones(values: NDArray[np.float64]) -> NDArray[np.float64] | None:
    return None if bool((values == 1.0).all()) else values
