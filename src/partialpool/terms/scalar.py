"""Distributional parameters without a formula: one number each, estimated, fixed, or tied to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.tape import Slot
from partialpool.priors.prior import Prior
from partialpool.terms.declarations import Declarations
from partialpool.terms.inputs import Inputs
from partialpool.terms.output import Output
from partialpool.terms.place import Place

if TYPE_CHECKING:
    from partialpool.fit.draws import Draws

__all__ = ["ScalarParameter"]


@dataclass(frozen=True)
class ScalarParameter:
    """One number.

    Attributes
    ----------
    place
        Which parameter, of which response.
    lower, upper
        Bounds; None where there is none. A bound may be the name of a constant of the data, `"min_Y"`.
    prior
        Text of its default prior.
    value
        The number it is fixed at, the parameter it is tied to, or None where it is estimated.
    free
        Whether what is estimated is a free number, `tmp_xi`, which the rows turn into the parameter.
    listed
        Whether it is among the saved variables; a number that is part of the data is not.
    """

    place: Place
    lower: float | None
    upper: float | str | None
    prior: str
    value: float | str | None = None
    free: bool = False
    listed: bool = True

    @property
    def name(self) -> str:
        """Name in the parameters block and among the variables: `sigma`, `sigma_y1`."""
        return self.place.prefix

    def default_priors(self) -> list[Prior]:
        """Return the default row of a parameter that is estimated."""
        if self.value is not None:
            return []
        row = Prior(self.prior, self.place.dpar, resp=self.place.resp, lb=self.lower, ub=self.upper, source="default")
        return [row]

    def declare(self, to: Declarations, known: Mapping[str, Slot]) -> Slot:
        """Declare the parameter and list it; return its slot.

        Parameters
        ----------
        to
            What has been declared.
        known
            Slots of the parameters that this one may be tied to.
        """
        if isinstance(self.value, str):
            slot = known[self.value]
            if slot.region == "row":  # what it equals is predicted: it has no value of its own to list
                return slot
        elif self.value is not None:
            slot = to.tape.constant(self.value)
        else:
            where = Place(resp=self.place.resp)
            name = f"tmp_{self.name}" if self.free else self.name
            slot = to.vector(name, self.place.dpar, [""], place=where, scalar=True)
        if self.listed and not self.free:
            self.add_outputs(to, slot)
        return slot

    def predict(self, inputs: Inputs) -> Slot:
        """Return the slot of the drawn number, or of the one that it is held at; for one that is not tied."""
        return inputs.take([self.name]) if self.listed else inputs.give(np.full((inputs.n_draws, 1), self.value))

    def values(self, draws: Draws, picked: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the number of each draw, [draw, 1]; for one that is not tied."""
        if self.listed:
            return draws[self.name].reshape(-1)[picked][:, None]
        return np.full((len(picked), 1), self.value)

    def add_outputs(self, to: Declarations, slot: Slot, free: Slot | None = None) -> None:
        """List the parameter among the saved variables, and the free number that it is made of."""
        to.output(Output("dpar", self.name, (), (), (self.name,), slot))
        if free is not None:
            to.output(Output("tmp", f"tmp_{self.name}", (), (), (f"tmp_{self.name}",), free))
