"""Correlations of the log ratios behind a simplex: `lncor`, of the family logistic_normal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from partialpool.engine.ops.correlations import Correlations
from partialpool.engine.tape import Slot
from partialpool.families.log_ratios import correlation_factors, correlation_names
from partialpool.priors.prior import Prior
from partialpool.terms.declarations import Declarations
from partialpool.terms.inputs import Inputs
from partialpool.terms.output import Output

__all__ = ["LogRatioCorrelations"]


@dataclass(frozen=True)
class LogRatioCorrelations:
    """The correlation matrix of a response's log ratios.

    Attributes
    ----------
    names
        Names of the log ratios; none where the response has no such correlations.
    """

    names: tuple[str, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """Public name of each correlation."""
        return tuple(correlation_names(self.names).values())

    def default_priors(self) -> list[Prior]:
        """Return the default row of the matrix."""
        return [Prior("lkj(1)", "lncor", source="default")] if self.variables else []

    def declare(self, to: Declarations) -> dict[str, Slot]:
        """Declare the Cholesky factor of the matrix and list the correlations; return the slot of the factor."""
        n = len(self.names)
        if n < 2:
            return {"lncor": to.tape.constant(np.eye(n))} if n else {}
        L = to.correlation_factor("Llncor", n, class_="lncor")
        slot = to.tape.slot(len(self.variables))
        to.tape.generate(Correlations(L, slot, n))
        labels = tuple(name.removeprefix("lncor__") for name in self.variables)
        to.output(Output("lncor", "lncor", ("lncor_pair",), (labels,), self.variables, slot))
        return {"lncor": L}

    def predict(self, inputs: Inputs) -> dict[str, Slot]:
        """Return the slot of the factors of the drawn matrices."""
        n = len(self.names)
        if n < 2:
            return {"lncor": inputs.tape.constant(np.eye(n))} if n else {}
        drawn = {name: inputs.values([name])[:, 0] for name in self.variables}
        return {"lncor": inputs.give(correlation_factors(self.names, drawn).reshape(inputs.n_draws, n * n))}
