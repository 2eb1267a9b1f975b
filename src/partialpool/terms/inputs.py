"""What prediction reads: drawn values gathered into the input vector of a tape of row ops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.tape import Slot, Tape

__all__ = ["Inputs"]


@dataclass
class Inputs:
    """The inputs of a prediction tape: for each draw, saved variables and values given for the occasion.

    Attributes
    ----------
    tape
        The tape that will read them.
    names, flat
        Names of the saved variables, and their draws [draw, variable].
    picked
        Which of the draws are used.
    seed
        Seed of the random numbers for group levels that the data did not have.
    """

    tape: Tape
    names: tuple[str, ...]
    flat: NDArray[np.float64]
    picked: NDArray[np.int64]
    seed: int
    _parts: list[NDArray[np.int64] | NDArray[np.float64]] = field(default_factory=list)
    _position: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._position = {name: i for i, name in enumerate(self.names)}

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.picked)

    def take(self, names: Sequence[str]) -> Slot:
        """Reserve inputs for saved variables, next to those reserved before."""
        return self.take_columns(np.array([self._position[name] for name in names], dtype=np.int64))

    def take_columns(self, columns: NDArray[np.int64]) -> Slot:
        """Reserve inputs for columns of the draws, next to those reserved before."""
        self._parts.append(columns)
        return self.tape.input(len(columns))

    def column_of(self, name: str) -> int:
        """Return which column of the draws a saved variable is."""
        return self._position[name]

    def give(self, values: NDArray[np.float64]) -> Slot:
        """Reserve inputs for given values [draw, element], next to those reserved before."""
        self._parts.append(values)
        return self.tape.input(values.shape[1])

    def values(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return draws of saved variables: [draw, variable]."""
        columns = np.array([self._position[name] for name in names], dtype=np.int64)
        return self.flat[np.ix_(self.picked, columns)]

    def matrix(self, start: int, stop: int) -> NDArray[np.float64]:
        """Return the input vectors of some of the draws: [draw, input]."""
        rows = self.picked[start:stop]
        out = np.empty((len(rows), sum(part.shape[-1] for part in self._parts)))
        end = 0
        for part in self._parts:
            begin, end = end, end + part.shape[-1]
            out[:, begin:end] = self.flat[np.ix_(rows, part)] if part.dtype == np.int64 else part[start:stop]
        return out
