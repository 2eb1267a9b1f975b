"""Offsets: known parts of a predictor, `offset(log(time))`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.ops.offset import Offset
from partialpool.engine.tape import Section, Slot
from partialpool.errors import DataError
from partialpool.formula.nodes import Node, Source
from partialpool.formula.printing import label
from partialpool.frame.columns import Frame, pointed
from partialpool.frame.evaluate import evaluate
from partialpool.frame.missing import used_columns
from partialpool.frame.values import State

__all__ = ["OffsetTerm"]


@dataclass(frozen=True, eq=False)
class OffsetTerm:
    """The sum of all offsets of one predictor.

    Attributes
    ----------
    expressions
        What stands inside each `offset()`.
    source
        Text of the formula.
    state
        What the expressions learnt from the data of the fit.
    """

    expressions: tuple[Node, ...]
    source: Source
    state: State

    @classmethod
    def learn(cls, expressions: tuple[Node, ...], frame: Frame, source: Source) -> OffsetTerm:
        """Learn what the expressions need to know of the data."""
        state = State()
        term = cls(expressions, source, state)
        term.values(frame)
        return cls(expressions, source, state.frozen())

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Columns of the data that the term reads."""
        return tuple(dict.fromkeys(name for node in self.expressions for name in used_columns(node)))

    def values(self, frame: Frame) -> NDArray[np.float64]:
        """Return the sum of the offsets: shape [row].

        Raises
        ------
        DataError
            If an offset is not a number for each row.
        """
        total = np.zeros(frame.n_rows)
        for node in self.expressions:
            value = evaluate(node, frame, self.state, source=self.source)
            if not isinstance(value, np.ndarray):
                raise DataError(pointed(f"offset({label(node)}) is not numeric", (self.source, node.span)))
            total = total + value
        return total

    def add(self, section: Section, eta: Slot, frame: Frame) -> None:
        """Add the offsets to a predictor, of the data of the fit or of new data."""
        section.add(Offset(eta, self.values(frame)))
