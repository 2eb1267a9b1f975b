"""Constraints of parameters: how many free numbers they have, the op that maps those to the parameter, and its inverse.

Parametrisation and log-Jacobians are those of the Stan reference manual, chapter "Constraint transforms"; a correlation
factor goes by the hyperbolic tangents of its canonical partial correlations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.ops.bounds import HalfLine, Interval
from partialpool.engine.ops.cholesky_corr import CholeskyCorr
from partialpool.engine.ops.ordered import Ordered
from partialpool.engine.ops.simplex import Simplex
from partialpool.engine.tape import Slot, Tape

__all__ = ["Constraint", "CorrelationFactor", "Increasing", "Real", "SumToOne", "Within", "bounded"]

Vector = NDArray[np.float64]


class Constraint(Protocol):
    """What a parameter's values must satisfy."""

    def n_free(self, size: int) -> int:
        """Return how many unconstrained numbers a parameter of `size` elements has."""

    def emit(self, tape: Tape, source: Slot, size: int) -> Slot:
        """Add the transform to a tape and return the slot of the constrained values."""

    def unconstrain(self, values: Vector) -> Vector:
        """Return the unconstrained numbers of constrained values.

        Raises
        ------
        ValueError
            If the values do not satisfy the constraint.
        """


@dataclass(frozen=True)
class Real:
    """Any real numbers."""

    def n_free(self, size: int) -> int:
        """Return `size`."""
        return size

    def emit(self, tape: Tape, source: Slot, size: int) -> Slot:
        """Return the source: there is nothing to transform."""
        return source

    def unconstrain(self, values: Vector) -> Vector:
        """Return the values."""
        return values


@dataclass(frozen=True)
class Within:
    """Numbers greater than `lower`, less than `upper`, or both; an infinite bound is none."""

    lower: float = -math.inf
    upper: float = math.inf

    def n_free(self, size: int) -> int:
        """Return `size`."""
        return size

    def emit(self, tape: Tape, source: Slot, size: int) -> Slot:
        """Add an exponential (one bound) or logistic (two bounds) map."""
        target = tape.slot(size)
        if math.isinf(self.upper):
            tape.add(HalfLine(source, target, self.lower, 1.0))
        elif math.isinf(self.lower):
            tape.add(HalfLine(source, target, self.upper, -1.0))
        else:
            tape.add(Interval(source, target, self.lower, self.upper))
        return target

    def unconstrain(self, values: Vector) -> Vector:
        """Return logs of distances from a bound, or logits within both."""
        if not ((values > self.lower) & (values < self.upper)).all():
            raise ValueError(f"values must be within ({self.lower:g}, {self.upper:g})")
        if math.isinf(self.upper):
            return np.log(values - self.lower)
        if math.isinf(self.lower):
            return np.log(self.upper - values)
        return np.log(values - self.lower) - np.log(self.upper - values)


def bounded(lower: float, upper: float) -> Constraint:
    """Return the constraint of two bounds, either of which may be infinite."""
    return Real() if math.isinf(lower) and math.isinf(upper) else Within(lower, upper)


@dataclass(frozen=True)
class Increasing:
    """An increasing vector."""

    def n_free(self, size: int) -> int:
        """Return `size`."""
        return size

    def emit(self, tape: Tape, source: Slot, size: int) -> Slot:
        """Add the cumulative exponential map."""
        target = tape.slot(size)
        tape.add(Ordered(source, target))
        return target

    def unconstrain(self, values: Vector) -> Vector:
        """Return the first value and the logs of the differences."""
        if not (np.diff(values) > 0).all():
            raise ValueError("values must increase")
        return np.concatenate([values[:1], np.log(np.diff(values))])


@dataclass(frozen=True)
class SumToOne:
    """A simplex: positive numbers that sum to one."""

    def n_free(self, size: int) -> int:
        """Return `size - 1`."""
        return size - 1

    def emit(self, tape: Tape, source: Slot, size: int) -> Slot:
        """Add the stick-breaking map."""
        target = tape.slot(size)
        tape.add(Simplex(source, target))
        return target

    def unconstrain(self, values: Vector) -> Vector:
        """Return the logits of the shares of the remaining stick."""
        if not ((values > 0).all() and math.isclose(values.sum(), 1.0, abs_tol=1e-8)):
            raise ValueError("values must be positive and sum to one")
        rest = np.cumsum(values[::-1])[::-1]
        return np.log(values[:-1]) - np.log(rest[1:]) + np.log(np.arange(len(values) - 1, 0, -1))


@dataclass(frozen=True)
class CorrelationFactor:
    """Cholesky factor of a correlation matrix of `dimension` rows, stored row by row."""

    dimension: int

    def n_free(self, size: int) -> int:
        """Return the number of correlations."""
        return self.dimension * (self.dimension - 1) // 2

    def emit(self, tape: Tape, source: Slot, size: int) -> Slot:
        """Add the map from partial correlations."""
        target = tape.slot(size)
        tape.add(CholeskyCorr(source, target, self.dimension))
        return target

    def unconstrain(self, values: Vector) -> Vector:
        """Return the inverse hyperbolic tangents of the partial correlations."""
        L = values.reshape(self.dimension, self.dimension)
        norms = np.sqrt((L**2).sum(axis=1))
        if not (np.allclose(norms, 1.0, atol=1e-8) and (np.diag(L) > 0).all() and (np.triu(L, 1) == 0).all()):
            raise ValueError("values must be the Cholesky factor of a correlation matrix")
        free = []
        for i in range(1, self.dimension):
            rest = np.sqrt(1.0 - np.concatenate([[0.0], np.cumsum(L[i, : i - 1] ** 2)]))
            free.append(np.arctanh(L[i, :i] / rest))
        return np.concatenate([*free, np.zeros(0)])
