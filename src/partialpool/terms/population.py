"""Population-level terms: a design, dense or sparse, with an intercept at the mean of the predictors, or at zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.ops.affine import Affine
from partialpool.engine.ops.linear import Linear
from partialpool.engine.tape import Section, Slot
from partialpool.errors import DataError, PriorError
from partialpool.formula.nodes import Predictor, Source
from partialpool.frame.columns import Frame
from partialpool.frame.contrasts import Coding
from partialpool.frame.design import Design
from partialpool.priors.prior import Prior
from partialpool.terms.declarations import Declarations
from partialpool.terms.group_columns import add_effects
from partialpool.terms.inputs import Inputs
from partialpool.terms.output import Output
from partialpool.terms.place import Place
from partialpool.terms.thresholds import ThresholdTerm

__all__ = ["PopulationTerm"]

_DEPENDENT = 1e-10  # share of a column that is left when those before it are taken out, by rounding alone


@dataclass(frozen=True, eq=False)
class PopulationTerm:
    """Coefficients of ordinary terms.

    Attributes
    ----------
    place
        The predictor that they belong to.
    design
        How their columns are made.
    centred
        Whether the intercept is a parameter of its own, at the mean of the predictors.
    qr
        Whether the coefficients are sampled on the columns of the thin Q of a QR decomposition.
    sparse
        Whether rows keep only the columns in which they are not zero.
    intercept_prior
        Default prior of the intercept.
    thresholds
        What stands in place of an intercept in ordinal models.
    """

    place: Place
    design: Design
    centred: bool
    qr: bool
    sparse: bool
    intercept_prior: str
    thresholds: ThresholdTerm | None = None

    @classmethod
    def learn(
        cls,
        place: Place,
        predictor: Predictor,
        frame: Frame,
        *,
        source: Source,
        center: bool,
        cmc: bool,
        qr: bool,
        sparse: bool,
        contrasts: Mapping[str, Coding] | None,
        intercept_prior: str,
        thresholds: ThresholdTerm | None = None,
    ) -> PopulationTerm:
        """Learn the design of a predictor's ordinary terms."""
        if thresholds is not None:
            # They are the intercepts; a formula without one still has its own coding and no centring.
            cmc = cmc and not predictor.intercept
            design = Design.learn(predictor.terms, False, frame, contrasts=contrasts, cmc=cmc, source=source)
            free = thresholds.layout.kind != "sum_to_zero" and not thresholds.layout.groups
            centred = center and predictor.intercept and free
            return cls(place, design, centred, qr, sparse, intercept_prior, thresholds)
        design = Design.learn(predictor.terms, predictor.intercept, frame, contrasts=contrasts, cmc=cmc, source=source)
        return cls(place, design, center and predictor.intercept, qr, sparse, intercept_prior)

    @property
    def coefficients(self) -> tuple[str, ...]:
        """Names of the coefficients of class b."""
        return self.design.names[1:] if self.has_intercept else self.design.names

    @property
    def has_intercept(self) -> bool:
        """Whether the intercept is a parameter of its own."""
        return self.centred and self.thresholds is None

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Columns of the data that the term reads."""
        return self.design.columns_used

    def default_priors(self) -> list[Prior]:
        """Return the default rows of the term."""
        at = {"resp": self.place.resp, "dpar": self.place.dpar, "nlpar": self.place.nlpar, "source": "default"}
        rows = []
        if self.coefficients:
            rows = [Prior("", "b", coef, **at) for coef in ("", *self.coefficients)]
        if self.thresholds is not None:
            rows += self.thresholds.default_priors()
        elif self.centred:
            rows.append(Prior(self.intercept_prior, "Intercept", **at))
        return rows

    def declare(
        self, to: Declarations, section: Section, eta: Slot, frame: Frame, intercept: Slot | None = None
    ) -> Slot | None:
        """Declare parameters and outputs, and set the predictor; return the slot of the thresholds if there are any.

        An `intercept` is given where it is an element of a vector that is declared elsewhere.
        """
        means, to_b = np.zeros(len(self.coefficients)), np.eye(len(self.coefficients))
        if not self.sparse:
            X = self.design.matrix(frame)
            X = X[:, 1:] if self.has_intercept else X
            means = X.mean(axis=0) if self.centred else means
            X = X - means
            if self.qr and self.coefficients:
                X, to_b = self._scaled_qr(X)
        b = self._slot_of_b(to)
        thresholds = None
        if self.thresholds is not None:
            thresholds = self.thresholds.declare(to, b, means @ to_b)
        elif self.centred and intercept is None:
            intercept = to.vector(self.place.name("Intercept"), "Intercept", [""], place=self.place, scalar=True)
        if self.sparse:
            self._add_sparse(section, eta, frame, b)
        else:
            section.add(Linear(eta, intercept, b, section.blocked(X)))
        self._output_intercept(to, intercept, b, means @ to_b)
        self._output_b(to, b, to_b)
        return thresholds

    def _scaled_qr(self, X: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return sqrt(n - 1) Q of the thin QR decomposition with a positive diagonal, and what maps its coefficients back.

        Raises
        ------
        DataError
            If a column is a sum of multiples of those before it, so that there is no way back.
        """
        Q, R = np.linalg.qr(X)
        diagonal = np.zeros(X.shape[1])
        diagonal[: min(X.shape)] = np.diag(R)
        dependent = np.abs(diagonal) <= _DEPENDENT * np.linalg.norm(X, axis=0)
        if dependent.any():
            name = self.coefficients[int(np.argmax(dependent))]
            raise DataError(
                f"the column {name!r} depends on the columns before it, and decomp = 'QR' needs independent ones; "
                "drop it, or leave decomp out"
            )
        signs = np.where(diagonal < 0, -1.0, 1.0)
        scale = np.sqrt(len(X) - 1.0)
        return Q * signs * scale, np.linalg.inv((R.T * signs).T / scale)

    def _slot_of_b(self, to: Declarations) -> Slot | None:
        if not self.coefficients:
            return None
        name = self.place.name("bQ" if self.qr else "b")
        at = self.place
        prior = to.priors.lookup("b", resp=at.resp, dpar=at.dpar, nlpar=at.nlpar)
        if self.qr and not (prior.lb == -np.inf and prior.ub == np.inf):
            raise PriorError(
                f"coefficients on the scale of decomp = 'QR' take no bounds: drop lb and ub of {prior.row.place}"
            )
        labels = [f"{name}_{coef}" for coef in self.coefficients]
        return to.vector(name, "b", self.coefficients, place=self.place, labels=labels)

    def _output_intercept(
        self, to: Declarations, intercept: Slot | None, b: Slot | None, means: NDArray[np.float64]
    ) -> None:
        """List the intercept where all predictors are zero."""
        if intercept is None:
            return
        at_zero = intercept
        if b is not None:
            at_zero = to.tape.slot(1)
            to.tape.generate(Affine(at_zero, intercept, b, -means[None, :]))
        variable, dim = self._variable
        name = f"{variable}_Intercept"
        to.output(Output("b_Intercept", variable, (dim,), (("Intercept",),), (name,), at_zero))

    def _output_b(self, to: Declarations, b: Slot | None, to_b: NDArray[np.float64]) -> None:
        if b is None:
            return
        if self.qr:
            on_q, b = b, to.tape.slot(b.size)
            to.tape.generate(Affine(b, to.tape.constant(np.zeros(b.size)), on_q, to_b))
        variable, dim = self._variable
        # An uncentred intercept stands where a centred one would, before the coefficients of all predictors.
        first = [i for i, coef in enumerate(self.coefficients) if coef == "Intercept"]
        rest = [i for i in range(b.size) if i not in first]
        for rank, places in (("b_Intercept", first), ("b", rest)):
            labels = tuple(self.coefficients[i] for i in places)
            names = tuple(f"{variable}_{label}" for label in labels)
            order = np.array(places, dtype=np.int64)
            if places:
                to.output(Output(rank, variable, (dim,), (labels,), names, b, order))

    @property
    def _variable(self) -> tuple[str, str]:
        return self.place.name("b"), "_".join(part for part in (self.place.prefix, "coef") if part)

    def predict(self, section: Section, eta: Slot, frame: Frame, inputs: Inputs) -> None:
        """Set the predictor of new rows from drawn coefficients."""
        variable, _ = self._variable
        b = inputs.take([f"{variable}_{name}" for name in self.design.names])
        if self.sparse:
            self._add_sparse(section, eta, frame, b if b.size else None)
        else:
            section.add(Linear(eta, None, b if b.size else None, section.blocked(self.design.matrix(frame))))

    def _add_sparse(self, section: Section, eta: Slot, frame: Frame, b: Slot | None) -> None:
        """Set a predictor to zero, and add the coefficients that each row has."""
        section.add(Linear(eta, None, None, section.blocked(np.empty((frame.n_rows, 0)))))
        if b is not None:
            columns, codes = range(b.size), np.zeros(frame.n_rows, dtype=np.int32)
            add_effects(section, eta, self.design, frame, columns, b, codes, columns, b.size)
