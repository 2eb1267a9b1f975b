"""Thresholds of ordinal models: the intercepts, one for each boundary between categories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.constraints import Increasing
from partialpool.engine.ops.affine import Affine
from partialpool.engine.tape import Slot
from partialpool.families.ordinal import ThresholdLayout
from partialpool.priors.prior import Prior
from partialpool.terms.declarations import Declarations
from partialpool.terms.inputs import Inputs
from partialpool.terms.output import Output
from partialpool.terms.place import Place

__all__ = ["ThresholdTerm"]


@dataclass(frozen=True, eq=False)
class ThresholdTerm:
    """The thresholds of a response.

    Attributes
    ----------
    place
        The predictor that they stand beside.
    layout
        How many there are, of which groups, and what ties them.
    prior
        Default prior of each.
    """

    place: Place
    layout: ThresholdLayout
    prior: str

    def default_priors(self) -> list[Prior]:
        """Return the default rows: for all thresholds, for those of each group, and for each."""
        at = {"resp": self.place.resp, "dpar": self.place.dpar, "nlpar": self.place.nlpar, "source": "default"}
        rows = [Prior(self.prior, "Intercept", **at)]
        if self.layout.kind == "equidistant":
            lower = 0.0 if self.layout.ordered else None
            rows += [Prior("", "delta", group=group, lb=lower, **at) for group in ("", *self.layout.groups)]
        for group, count in zip(self.layout.groups or ("",), self.layout.counts, strict=True):
            if group:
                rows.append(Prior("", "Intercept", group=group, **at))
            if self.layout.kind != "equidistant":
                rows += [Prior("", "Intercept", str(k + 1), group, **at) for k in range(count)]
        return rows

    def declare(self, to: Declarations, b: Slot | None, means: NDArray[np.float64]) -> Slot:
        """Declare the thresholds at the means of the predictors; list those at zero; return the slot of all."""
        groups = self.layout.groups or ("",)
        parts = [self._declare_group(to, i, group) for i, group in enumerate(groups)]
        thresholds = parts[0]
        if len(parts) > 1:
            thresholds = to.tape.slot(self.layout.total)
            for first, part in zip(self.layout.firsts, parts, strict=True):
                to.tape.add(_copy(thresholds.part(first, part.size), part))
        self._output(to, thresholds, b, means)
        return thresholds

    def _declare_group(self, to: Declarations, number: int, group: str) -> Slot:
        suffix = f"_{number + 1}" if group else ""
        count = self.layout.counts[number]
        if self.layout.kind == "equidistant":
            return self._declare_equidistant(to, suffix, group, count)
        name = self.place.name("Intercept") + suffix
        coefs = [str(k + 1) for k in range(count)]
        constraint = Increasing() if self.layout.ordered else None
        labels = [f"{name}[{k}]" for k in coefs]
        found = to.vector(name, "Intercept", coefs, place=self.place, group=group, labels=labels, constraint=constraint)
        if self.layout.kind == "sum_to_zero":
            centred = to.tape.slot(count)
            to.tape.add(Affine(centred, found, found, np.full((count, count), -1.0 / count)))
            found = centred
        if group:
            to.output(Output("Intercept", name, (f"{name}_dim",), (tuple(coefs),), tuple(labels), found))
        return found

    def _declare_equidistant(self, to: Declarations, suffix: str, group: str, count: int) -> Slot:
        first = to.vector(
            self.place.name("first_Intercept") + suffix, "Intercept", [""], place=self.place, group=group, scalar=True
        )
        name = self.place.name("delta") + suffix
        delta = to.vector(name, "delta", [""], place=self.place, group=group, scalar=True)
        public = self.place.name("delta") + (f"[{group}]" if group else "")
        to.output(Output("delta", name, (), (), (public,), delta))
        repeated, found = to.tape.slot(count), to.tape.slot(count)
        to.tape.add(Affine(repeated, to.tape.constant(np.zeros(count)), first, np.ones((count, 1))))
        to.tape.add(Affine(found, repeated, delta, np.arange(count, dtype=np.float64)[:, None]))
        return found

    def _output(self, to: Declarations, thresholds: Slot, b: Slot | None, means: NDArray[np.float64]) -> None:
        at_zero = thresholds
        if b is not None:
            at_zero = to.tape.slot(thresholds.size)
            to.tape.generate(Affine(at_zero, thresholds, b, np.tile(means, (thresholds.size, 1))))
        variable = self.place.name("b_Intercept")
        dim = f"{self.place.name('threshold')}"
        to.output(Output("b_Intercept", variable, (dim,), (self.layout.indices,), tuple(self.names), at_zero))

    @property
    def names(self) -> list[str]:
        """Public names of the thresholds: `b_Intercept[1]`."""
        variable = self.place.name("b") + "_Intercept"
        return [f"{variable}[{index}]" for index in self.layout.indices]

    def predict(self, inputs: Inputs) -> Slot:
        """Return the slot of drawn thresholds."""
        return inputs.take(self.names)


def _copy(target: Slot, source: Slot) -> Affine:
    return Affine(target, source, source, np.zeros((source.size, source.size)))
