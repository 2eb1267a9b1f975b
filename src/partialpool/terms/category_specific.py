"""Category-specific effects of ordinal models, `cs(x)`: one coefficient for each threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from partialpool.engine.ops.linear import Linear
from partialpool.engine.tape import Section, Slot
from partialpool.families.base import Family
from partialpool.families.ordinal import OrdinalFamily
from partialpool.formula.algebra import expand
from partialpool.formula.nodes import Call, Source, Term
from partialpool.frame.columns import Frame
from partialpool.frame.contrasts import Coding
from partialpool.frame.design import Design
from partialpool.priors.prior import Prior
from partialpool.terms.declarations import Declarations
from partialpool.terms.inputs import Inputs
from partialpool.terms.output import Output
from partialpool.terms.place import Place

__all__ = ["CategorySpecificTerm"]


@dataclass(frozen=True, eq=False)
class CategorySpecificTerm:
    """The `cs()` terms of a predictor.

    Attributes
    ----------
    place
        The predictor.
    design
        How their columns are made.
    n_thresholds
        Number of thresholds.
    """

    place: Place
    design: Design
    n_thresholds: int

    @classmethod
    def learn(
        cls,
        place: Place,
        calls: Sequence[Call],
        family: Family,
        frame: Frame,
        *,
        source: Source,
        contrasts: Mapping[str, Coding] | None,
    ) -> CategorySpecificTerm:
        """Learn the columns of `cs()` terms.

        Raises
        ------
        FormulaError
            If the family has no thresholds, or groups with thresholds of their own.
        """
        if not isinstance(family, OrdinalFamily) or family.layout is None:
            raise source.error(f"cs() needs an ordinal family, not {family.name}", calls[0].span)
        if family.layout.groups:
            raise source.error("cs() does not go with thresholds of groups", calls[0].span)
        terms: list[Term] = []
        for call in calls:
            if len(call.arguments) != 1:
                raise source.error("cs() takes one expression", call.span)
            inner = expand(call.arguments[0].value, source)
            if inner.specials or inner.groups or inner.offsets or not inner.terms:
                raise source.error("cs() takes ordinary terms", call.span)
            terms += inner.terms
        design = Design.learn(tuple(terms), False, frame, contrasts=contrasts, cmc=False, source=source)
        return cls(place, design, family.layout.total)

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Columns of the data that the term reads."""
        return self.design.columns_used

    def default_priors(self) -> list[Prior]:
        """Return the default rows of the term, of class b."""
        at = {"resp": self.place.resp, "dpar": self.place.dpar, "nlpar": self.place.nlpar, "source": "default"}
        return [Prior("", "b", coef, **at) for coef in ("", *self.design.names)]

    def declare(self, to: Declarations, section: Section, frame: Frame) -> Slot:
        """Declare a matrix [coefficient, threshold] column by column; return the first of the predictors' row slots."""
        names, n = self.design.names, self.n_thresholds
        elements = tuple(f"{i + 1}.{k + 1}" for k in range(n) for i in range(len(names)))
        labels = [f"{self.place.name('bcs')}_{name}[{k + 1}]" for k in range(n) for name in names]
        b = to.vector(self.place.name("bcs"), "b", names * n, place=self.place, labels=labels, elements=elements)
        variable, dim = self.place.name("bcs"), "_".join(part for part in (self.place.prefix, "cs_coef") if part)
        thresholds = tuple(str(k + 1) for k in range(n))
        public = tuple(f"{variable}_{name}[{k}]" for name in names for k in thresholds)
        order = np.arange(len(names) * n).reshape(n, len(names)).T.ravel()
        to.output(Output("bcs", variable, ("threshold", dim), (thresholds, names), public, b, order))
        return self._add(section, frame, b)

    def predict(self, section: Section, frame: Frame, inputs: Inputs) -> Slot:
        """Set the predictors of new rows from drawn coefficients; return the first of their row slots."""
        variable = self.place.name("bcs")
        taken = [f"{variable}_{name}[{k + 1}]" for k in range(self.n_thresholds) for name in self.design.names]
        return self._add(section, frame, inputs.take(taken))

    def _add(self, section: Section, frame: Frame, b: Slot) -> Slot:
        X = section.blocked(self.design.matrix(frame))
        width = len(self.design.names)
        slots = [section.slot() for _ in range(self.n_thresholds)]
        for k, slot in enumerate(slots):
            section.add(Linear(slot, None, b.part(k * width, width), X))
        return slots[0]
