"""Grouping columns of group-level terms: their levels, and the level of each row."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError
from partialpool.frame.collation import collation
from partialpool.frame.columns import Column, Frame, Where, pointed, printed

__all__ = ["GroupIndex", "levels_within"]

Codes = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class GroupIndex:
    """Levels of a grouping factor, and of each row of the data of the fit.

    Attributes
    ----------
    groups
        Names of the grouping columns.
    levels
        Levels that occur: those of a factor in its order, numbers by size, texts sorted; of an interaction `a:b` the
        texts `a_b`, sorted.
    codes
        0-based positions in `levels`, int32: shape [row], or [row, member] for a multi-membership group.
    members
        Whether the columns are the members of a multi-membership group, which share their levels, rather than factors
        of an interaction.
    """

    groups: tuple[str, ...]
    levels: tuple[str, ...]
    codes: Codes
    members: bool = False

    @classmethod
    def learn(cls, groups: tuple[str, ...], frame: Frame, *, members: bool = False, where: Where = None) -> GroupIndex:
        """Learn the levels from the data of the fit.

        Raises
        ------
        DataError
            If a column is missing or has missing values, or two levels would get the same public name.

        Examples
        --------
        >>> frame = Frame.read({"school": ["b", "a", "b"], "class": [10, 2, 2]})
        >>> GroupIndex.learn(("school",), frame).codes
        array([1, 0, 1], dtype=int32)
        >>> GroupIndex.learn(("school", "class"), frame).levels
        ('a_2', 'b_10', 'b_2')
        """
        columns = [frame.column(name, where) for name in groups]
        for column in columns:
            _refuse_missing(column, frame, where)
        if members:
            levels = tuple(dict.fromkeys(level for column in columns for level in _single(column)[0]))
        elif len(columns) == 1:
            levels = _single(columns[0])[0]
        else:
            levels = tuple(sorted(_pasted(columns)[0], key=collation))
        index = cls(groups, levels, np.empty(0, np.int32), members)
        _refuse_twins(index, where)
        return replace(index, codes=index.codes_of(frame, where)[0])

    @property
    def name(self) -> str:
        """Public name of the group: `a`, `a:b`, `mmg1g2`."""
        return "mm" + "".join(self.groups) if self.members else ":".join(self.groups)

    @property
    def public_levels(self) -> tuple[str, ...]:
        """Levels as they stand in names of parameters: blanks become dots."""
        return tuple(level.replace(" ", ".") for level in self.levels)

    def codes_of(self, frame: Frame, where: Where = None) -> tuple[Codes, tuple[str, ...]]:
        """Return the level of each row of new data, and the levels that are new.

        Parameters
        ----------
        frame
            New data.
        where
            Formula and place of the term, for a caret in messages.

        Returns
        -------
        codes : numpy.ndarray
            0-based positions in `levels` followed by the new levels; -1 where the group is missing.
        new_levels : tuple of str
            Levels that did not occur in the data of the fit, in the order in which the data first name them.

        Examples
        --------
        >>> index = GroupIndex.learn(("g",), Frame.read({"g": ["a", "b"]}))
        >>> index.codes_of(Frame.read({"g": ["b", "z", None]}))
        (array([ 1,  2, -1], dtype=int32), ('z',))
        """
        columns = [frame.column(name, where) for name in self.groups]
        position = {level: i for i, level in enumerate(self.levels)}
        if self.members:
            codes = np.column_stack([_located(*_single(column), position) for column in columns])
        else:
            codes = _located(*(_single(columns[0]) if len(columns) == 1 else _pasted(columns)), position)
        return codes, tuple(position)[len(self.levels) :]


def levels_within(index: GroupIndex, by: str, frame: Frame, where: Where = None) -> tuple[tuple[str, ...], Codes]:
    """Return the levels of a `by` column, and the one that each level of a group belongs to.

    Returns
    -------
    levels : tuple of str
        Levels of the `by` column that occur.
    codes : numpy.ndarray
        Shape [level of the group], int32: 0-based position in `levels`.

    Raises
    ------
    DataError
        If the levels of the group are not nested in those of the `by` column.

    Examples
    --------
    >>> frame = Frame.read({"g": ["a", "b", "c"], "site": ["x", "y", "x"]})
    >>> levels_within(GroupIndex.learn(("g",), frame), "site", frame)
    (('x', 'y'), array([0, 1, 0], dtype=int32))
    """
    column = frame.column(by, where)
    _refuse_missing(column, frame, where)
    levels, codes = _single(column)
    rows = index.codes if index.codes.ndim == 2 else index.codes[:, None]
    found = np.full(len(index.levels), -1, dtype=np.int32)
    for member in rows.T:
        found[member] = codes
    for member in rows.T:
        odd = np.flatnonzero(found[member] != codes)
        if odd.size:
            level = index.levels[member[odd[0]]]
            raise DataError(
                pointed(
                    f"level {level!r} of {index.name!r} occurs with more than one level of {by!r} "
                    f"({frame.row_name(int(odd[0]))} differs); levels must be nested in those of 'by'",
                    where,
                )
            )
    return levels, found


def _single(column: Column) -> tuple[tuple[str, ...], Codes]:
    """Return the levels of one column that occur, and the code of each row (-1 where missing)."""
    if column.is_categorical:
        used = column.drop_unused_levels()
        return used.levels, used.values
    distinct, inverse = np.unique(column.values[~column.missing], return_inverse=True)
    codes = np.full(len(column.values), -1, dtype=np.int32)
    codes[~column.missing] = inverse
    return tuple(printed(value) for value in distinct.tolist()), codes


def _pasted(columns: list[Column]) -> tuple[tuple[str, ...], Codes]:
    """Return the combinations of levels that occur, in order of the first one's levels, and the code of each row."""
    levels, codes = _single(columns[0])
    for column in columns[1:]:
        more, inner = _single(column)
        missing = (codes < 0) | (inner < 0)
        # Pairs are renumbered at each step, so that their number never grows beyond the number of rows.
        pairs, inverse = np.unique(codes[~missing].astype(np.int64) * len(more) + inner[~missing], return_inverse=True)
        codes = np.full(len(codes), -1, dtype=np.int32)
        codes[~missing] = inverse
        levels = tuple(f"{levels[pair // len(more)]}_{more[pair % len(more)]}" for pair in pairs.tolist())
    return levels, codes


def _located(levels: tuple[str, ...], codes: Codes, position: dict[str, int]) -> Codes:
    """Return codes in terms of known positions; levels not known yet are added to these in order of appearance."""
    seen, first = np.unique(codes, return_index=True)
    for code in seen[np.argsort(first)].tolist():
        if code >= 0:
            position.setdefault(levels[code], len(position))
    place = np.array([*(position.get(level, -1) for level in levels), -1], dtype=np.int32)
    return place[codes]


def _refuse_missing(column: Column, frame: Frame, where: Where) -> None:
    if column.missing.any():
        row = frame.row_name(int(np.argmax(column.missing)))
        raise DataError(pointed(f"grouping column {column.name!r} has a missing value in {row}", where))


def _refuse_twins(index: GroupIndex, where: Where) -> None:
    names = index.public_levels
    twins = [name for i, name in enumerate(names) if name in names[:i]] if len(set(names)) < len(names) else []
    if twins:
        raise DataError(pointed(f"two levels of {index.name!r} would both be called {twins[0]!r}; rename one", where))
