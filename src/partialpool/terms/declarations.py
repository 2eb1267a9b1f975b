"""The parameters of a model as its terms declare them, in order: free inputs, transforms, fixed elements and priors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partialpool.engine.constraints import Constraint, CorrelationFactor, Real, SumToOne, bounded
from partialpool.engine.ops.assemble import Assemble
from partialpool.engine.tape import Op, Slot, Tape
from partialpool.errors import DataError, PriorError
from partialpool.priors.kernels import element_prior_ops, prior_ops
from partialpool.priors.multivariate import Constant
from partialpool.priors.resolution import PriorInForce, ResolvedPriors
from partialpool.terms.output import Output
from partialpool.terms.place import Place

__all__ = ["Declarations", "Parameter"]


@dataclass(frozen=True)
class Parameter:
    """One parameter of the parameters block. Where some elements of a vector are fixed, each other one is a parameter.

    Attributes
    ----------
    name
        Name in the block: `b`, `Intercept_sigma`, `sd_1`, `z_1`, `L_1`; `par_b_2` beside a fixed first element.
    elements
        Index of each element, as in `b.1` or `L_1.2.1`, in the order in which its values are listed; empty for a scalar.
    source, target
        Slots of the unconstrained and of the constrained numbers.
    constraint
        What the values satisfy.
    order
        Places in the target in the order of `elements`; None if that is the order of the slot.
    labels
        Public name of each element, `b_x` for `b.1`; empty where they are not saved under such.
    priors
        What holds for each element; empty where they have a prior together.
    """

    name: str
    elements: tuple[str, ...]
    source: Slot
    target: Slot
    constraint: Constraint
    order: NDArray[np.int64] | None = None
    labels: tuple[str, ...] = ()
    priors: tuple[PriorInForce, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Name of each element."""
        return tuple(f"{self.name}.{i}" for i in self.elements) if self.elements else (self.name,)

    def flattened(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return values of an array (matrices as such) as `names` lists them.

        Raises
        ------
        DataError
            If they are not numbers, or not as many as there are names.
        """
        try:
            flat = np.asarray(values, dtype=np.float64).ravel(order="F")
        except (TypeError, ValueError):
            raise DataError(f"the values of parameter {self.name!r} are not numbers: {values!r}") from None
        if flat.size != len(self.names):
            raise DataError(f"parameter {self.name!r} has {len(self.names)} values, and {flat.size} were given")
        return flat

    def unconstrain(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the unconstrained numbers of values listed as `names` lists them.

        Raises
        ------
        DataError
            If the values break the constraint.
        """
        stored = values
        if self.order is not None:
            stored = np.zeros(self.target.size)
            stored[self.order] = values
        try:
            return self.constraint.unconstrain(stored)
        except ValueError as error:
            raise DataError(f"parameter {self.name!r}: {error}") from error


@dataclass
class Declarations:
    """What terms write while a model is built.

    Attributes
    ----------
    tape
        The tape.
    priors
        Prior of every parameter.
    parameters, outputs
        What has been declared so far.
    drawable
        What holds for each parameter whose prior can be drawn from by itself: by public names of its block and its own.
    dimensions
        Number of coefficients of each correlation matrix, and of elements of each simplex, by public name of its block.
    """

    tape: Tape
    priors: ResolvedPriors
    parameters: list[Parameter] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    drawable: dict[str, dict[str, PriorInForce]] = field(default_factory=dict)
    dimensions: dict[str, int] = field(default_factory=dict)

    def vector(
        self,
        name: str,
        class_: str,
        coefs: Sequence[str],
        *,
        place: Place | None = None,
        places: Sequence[Place] | None = None,
        group: str = "",
        block: str = "",
        labels: Sequence[str] = (),
        scalar: bool = False,
        elements: Sequence[str] = (),
        constraint: Constraint | None = None,
    ) -> Slot:
        """Declare a vector with a prior for each element; return the slot of its constrained values.

        Parameters
        ----------
        name
            Name in the parameters block.
        class_, coefs, group
            Where the priors are looked up, one coefficient an element.
        place, places
            Place of all elements, or of each.
        block, labels
            Public names of the vector and of its elements; `name` for both unless given.
        scalar
            Whether the only element is a number by itself, without an index.
        elements
            Index of each element; 1, 2, ... unless given.
        constraint
            What the vector as a whole satisfies; the bounds of its class unless given.

        Raises
        ------
        PriorError
            If an element of a vector with a constraint of its own is held at a constant.
        """
        at = list(places) if places is not None else [place or Place()] * len(coefs)
        found = [
            self.priors.lookup(class_, coef, group, where.resp, where.dpar, where.nlpar)
            for coef, where in zip(coefs, at, strict=True)
        ]
        self.drawable.setdefault(block or name, {}).update(zip(labels or [name], found, strict=True))
        free = [i for i, prior in enumerate(found) if not isinstance(prior.distribution, Constant)]
        if constraint is not None and 0 < len(free) < len(found):
            raise PriorError(f"some elements of {name} are held at constants: hold all of them, or none")
        indices = () if scalar else tuple(elements[i] if elements else str(i + 1) for i in free)
        public = tuple(labels[i] for i in free) if len(labels) == len(found) else ()
        if len(free) == len(found):
            return self._free([name], [indices], found, constraint, public)
        target = None
        if free:
            names = [f"par_{name}_{i.replace('.', '_')}" for i in indices]
            target = self._free(names, [()] * len(free), [found[i] for i in free], constraint, public)
        fixed = self.tape.constant([_held_at(prior, i, len(found)) for i, prior in enumerate(found)])
        if target is None:
            return fixed
        whole = self.tape.slot(len(found))
        self.tape.add(Assemble(fixed, target, whole, np.array(free, dtype=np.int64)))
        return whole

    def _free(
        self,
        names: Sequence[str],
        elements: Sequence[tuple[str, ...]],
        found: Sequence[PriorInForce],
        constraint: Constraint | None,
        labels: tuple[str, ...],
    ) -> Slot:
        """Declare numbers that are all free, with their priors, as one parameter or as one each."""
        if constraint is None:
            constraint = bounded(found[0].lb, found[0].ub)
            if any((prior.lb, prior.ub) != (found[0].lb, found[0].ub) for prior in found):
                raise PriorError(f"the elements of {names[0]} form one vector: give them the same bounds")
        source = self.tape.input(len(found))
        target = constraint.emit(self.tape, source, len(found))
        size = len(found) // len(names)
        for k, (name, indices) in enumerate(zip(names, elements, strict=True)):
            free, values, part = (
                source.part(k * size, size),
                target.part(k * size, size),
                slice(k * size, (k + 1) * size),
            )
            priors = tuple(found[part])
            self.parameters.append(
                Parameter(name, indices, free, values, constraint, labels=labels[part], priors=priors)
            )
        self._add_priors(element_prior_ops(target, found))
        return target

    def _add_priors(self, ops: Sequence[Op]) -> None:
        for op in ops:
            self.tape.add(op, prior=True)

    def standard(self, name: str, n_coefs: int, n_levels: int, *, correlated: bool) -> Slot:
        """Declare standardised group-level effects, whose density is part of `GroupEffects`.

        A matrix [coefficient, level] column by column where they are correlated, else an array of vectors: its elements
        are named in the same order, but stored coefficient by coefficient.
        """
        size = n_coefs * n_levels
        source = self.tape.input(size)
        elements = tuple(f"{m + 1}.{j + 1}" for j in range(n_levels) for m in range(n_coefs))
        order = None if correlated else np.arange(size).reshape(n_coefs, n_levels).T.ravel()
        self.parameters.append(Parameter(name, elements, source, source, Real(), order))
        return source

    def correlation_factor(self, name: str, dimension: int, group: str = "", *, class_: str = "cor") -> Slot:
        """Declare the Cholesky factor of a correlation matrix, that of a group or of a class, with its LKJ prior."""
        prior = self.priors.lookup(class_, group=group)
        block = f"{class_}_{group}" if group else class_
        self.drawable.setdefault(block, {})[block] = prior
        self.dimensions[block] = dimension
        constraint = CorrelationFactor(dimension)
        source = self.tape.input(constraint.n_free(dimension**2))
        target = constraint.emit(self.tape, source, dimension**2)
        elements = tuple(f"{i + 1}.{j + 1}" for j in range(dimension) for i in range(dimension))
        order = np.arange(dimension**2).reshape(dimension, dimension).T.ravel()
        self.parameters.append(Parameter(name, elements, source, target, constraint, order))
        self._add_priors(prior_ops(target, prior.distribution))
        return target

    def simplex(self, name: str, class_: str, size: int, *, place: Place, coef: str = "", group: str = "") -> Slot:
        """Declare positive numbers that sum to one, with their Dirichlet prior; return the slot of all of them.

        Raises
        ------
        PriorError
            If they are held at constants that are no such numbers, or the prior is for another number of them.
        """
        prior = self.priors.lookup(class_, coef, group, place.resp, place.dpar, place.nlpar)
        self.drawable.setdefault(name, {})[name] = prior
        self.dimensions[name] = size
        if isinstance(prior.distribution, Constant):
            return self.tape.constant(_shares_held_at(prior, prior.distribution, size))
        constraint = SumToOne()
        source = self.tape.input(constraint.n_free(size))
        target = constraint.emit(self.tape, source, size)
        elements = tuple(str(i + 1) for i in range(size))
        self.parameters.append(Parameter(name, elements, source, target, constraint))
        self._add_priors(prior_ops(target, prior.distribution))
        return target

    def output(self, output: Output) -> None:
        """List a saved variable."""
        self.outputs.append(output)


def _held_at(prior: PriorInForce, element: int, size: int) -> float:
    """Return the number that an element of a vector of some size is held at, 0 if it is free."""
    if not isinstance(prior.distribution, Constant):
        return 0.0
    if prior.row.coef:
        return float(prior.distribution.values(1)[0])
    return float(prior.distribution.values(size)[element])


def _shares_held_at(prior: PriorInForce, constant: Constant, size: int) -> NDArray[np.float64]:
    values = constant.values(size)
    if not ((values > 0).all() and np.isclose(values.sum(), 1.0)):
        raise PriorError(f"{prior.row.prior} for {prior.row.place} must be positive numbers that sum to one")
    return values
