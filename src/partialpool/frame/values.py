"""What an expression over columns evaluates to, and what it learns from the data of the fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError

__all__ = ["Factor", "Matrix", "State", "Value"]


@dataclass(frozen=True, eq=False)
class Factor:
    """A categorical value.

    Attributes
    ----------
    codes
        Shape [row], int32: positions in `levels`, -1 for a missing value.
    levels
        Levels in their order.
    ordered
        Whether their order carries meaning.
    coding
        Contrasts asked for by `C()`: the name of a coding and its base level, or None.
    """

    codes: NDArray[np.int32]
    levels: tuple[str, ...]
    ordered: bool = False
    coding: tuple[str, str | None] | None = None


@dataclass(frozen=True, eq=False)
class Matrix:
    """Several columns from one expression: `poly(x, 2)`, `cbind(y1, y2)`.

    Attributes
    ----------
    values
        Shape [row, column], float64.
    names
        Names of the columns; what R appends to the expression.
    """

    values: NDArray[np.float64]
    names: tuple[str, ...]


Value: TypeAlias = NDArray[Any] | Factor | Matrix


@dataclass
class State:
    """What expressions learn from the data of the fit, kept so that they mean the same for new data.

    Attributes
    ----------
    entries
        By the text of the expression: centre and scale of `scale(x)`, knots of `bs(x)`, levels of a factor, ...
        JSON-able.
    learning
        Whether an expression not yet known may learn from the data at hand.

    Examples
    --------
    >>> state = State()
    >>> state.recall("scale(x)", lambda: {"center": 2.0, "scale": 1.5})
    {'center': 2.0, 'scale': 1.5}
    >>> state.frozen().recall("scale(x)", dict)
    {'center': 2.0, 'scale': 1.5}
    """

    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    learning: bool = True

    def recall(self, label: str, learn: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what the expression has learnt, or let it learn now.

        Raises
        ------
        DataError
            If nothing is known of the expression and the state is frozen.
        """
        if label not in self.entries:
            if not self.learning:
                raise DataError(f"nothing was learnt about {label} from the data of the fit")
            self.entries[label] = learn()
        return self.entries[label]

    def frozen(self) -> State:
        """Return a state of the same knowledge that learns no more."""
        return State(self.entries, learning=False)
