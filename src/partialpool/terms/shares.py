"""Shares of a family: a vector of positive numbers that sum to one, as mixing proportions and spline weights are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from partialpool.engine.ops.affine import Affine
from partialpool.engine.tape import Slot
from partialpool.families.parameters import Shares
from partialpool.priors.prior import Prior
from partialpool.terms.declarations import Declarations
from partialpool.terms.inputs import Inputs
from partialpool.terms.output import Output
from partialpool.terms.place import Place

__all__ = ["SharesTerm"]


@dataclass(frozen=True)
class SharesTerm:
    """The shares of a response's family.

    Attributes
    ----------
    place
        The response.
    shares
        Their names.
    dpars
        Distributional parameters of the family; those among the shares are listed with the others.
    """

    place: Place
    shares: Shares
    dpars: Collection[str]

    @property
    def names(self) -> tuple[str, ...]:
        """Public name of each share."""
        return tuple(self.place.name(element) for element in self.shares.elements)

    def default_priors(self) -> list[Prior]:
        """Return the default row of the vector, and of that of each group."""
        rows = [Prior("dirichlet(1)", self.shares.name, resp=self.place.resp, source="default")]
        groups = self.shares.groups
        return rows + [Prior("", self.shares.name, group=g, resp=self.place.resp, source="default") for g in groups]

    def declare(self, to: Declarations) -> dict[str, Slot]:
        """Declare the vector and list its elements; return the slot of the vector and of each element by name."""
        name = self.place.name(self.shares.name)
        slot = self._declare_groups(to, name) if self.shares.groups else self._simplex(to, name)
        if self._are_dpars:
            for i, public in enumerate(self.names):
                to.output(Output("dpar", public, (), (), (public,), slot[i]))
        else:
            coords = (tuple(element.partition("[")[2].rstrip("]") for element in self.shares.elements),)
            to.output(Output(self.shares.name, name, (f"{name}_dim",), coords, self.names, slot))
        return self._slots(slot)

    def _declare_groups(self, to: Declarations, name: str) -> Slot:
        """Declare a vector for each group; return the slot of all, those of the first group first."""
        parts = [self._simplex(to, f"{name}_{i}", group) for i, group in enumerate(self.shares.groups, start=1)]
        joined = to.tape.slot(len(self.names))
        for i, part in enumerate(parts):
            target = joined.part(i * part.size, part.size)
            to.tape.add(Affine(target, part, part, np.zeros((part.size, part.size))))
        return joined

    def _simplex(self, to: Declarations, name: str, group: str = "") -> Slot:
        size = len(self.names) // max(1, len(self.shares.groups))
        return to.simplex(name, self.shares.name, size, place=self.place, group=group)

    def predict(self, inputs: Inputs) -> dict[str, Slot]:
        """Return the slot of the drawn vector and of each of its elements by name."""
        return self._slots(inputs.take(self.names))

    @property
    def _are_dpars(self) -> bool:
        return set(self.shares.elements) <= set(self.dpars)

    def _slots(self, slot: Slot) -> dict[str, Slot]:
        elements = {name: slot[i] for i, name in enumerate(self.shares.elements)}
        return {self.shares.name: slot} | elements
