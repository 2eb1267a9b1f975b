"""All that a model is made from: what is saved with a fit, and what decides whether a saved fit still holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from partialpool.errors import FamilyError, FormulaError, PriorError
from partialpool.families.base import Family
from partialpool.families.registry import as_family
from partialpool.formula.model_formula import ModelFormula, MultivariateFormula, as_formula
from partialpool.frame.columns import Frame
from partialpool.frame.contrasts import Coding
from partialpool.model.build import build
from partialpool.model.columns import check_columns, check_contrasts
from partialpool.model.model import Model
from partialpool.model.specification import Specification, specify
from partialpool.priors.prior import PriorLike, PriorTable, as_prior_table
from partialpool.priors.resolution import resolve

__all__ = ["SAMPLE_PRIOR", "Recipe"]

SAMPLE_PRIOR = ("no", "yes", "only")


@dataclass(frozen=True, eq=False)
class Recipe:
    """Formula, data, family and priors as the user gave them.

    Attributes
    ----------
    formula, family
        Formula without its family, and the family.
    frame
        The data, all rows and columns.
    prior
        The user's rows.
    sample_prior
        `"no"`; `"yes"`: draws from the priors beside those from the posterior; `"only"`: from the prior instead.
    contrasts
        Codings of factors by column.
    """

    formula: ModelFormula
    family: Family
    frame: Frame
    prior: PriorTable
    sample_prior: str = "no"
    contrasts: Mapping[str, Coding] | None = None

    @classmethod
    def read(
        cls,
        formula: str | ModelFormula | MultivariateFormula,
        data: Any,
        family: str | Family | None = None,
        prior: PriorLike | None = None,
        *,
        sample_prior: str = "no",
        contrasts: Mapping[str, Coding] | None = None,
    ) -> Recipe:
        """Return the recipe of what a user passes.

        Raises
        ------
        FormulaError, FamilyError, DataError, PriorError
            If one of the arguments is not what it must be.
        """
        parsed = as_formula(formula)
        if isinstance(parsed, MultivariateFormula):
            raise FormulaError("models of several responses are not supported yet")
        if family is not None and parsed.family is not None and as_family(family) != as_family(parsed.family):
            raise FamilyError("the formula and the argument `family` name different families; give one of them")
        if not isinstance(sample_prior, str) or sample_prior not in SAMPLE_PRIOR:
            raise PriorError(f"sample_prior={sample_prior!r}; use one of {', '.join(map(repr, SAMPLE_PRIOR))}")
        given = parsed.family if family is None else family
        chosen = as_family("gaussian" if given is None else given)
        table = PriorTable() if prior is None else as_prior_table(prior)
        return cls(replace(parsed, family=None), chosen, Frame.read(data), table, sample_prior, contrasts)

    @cached_property
    def specification(self) -> Specification:
        """What the formula means for the data."""
        check_contrasts(self.contrasts, self.frame)
        check_columns(self.formula, self.frame)
        return specify(self.formula, self.family, self.frame, contrasts=self.contrasts)

    def model(self) -> Model:
        """Return the model."""
        spec = self.specification
        priors = resolve(spec.default_priors(), self.prior, spec.constants)
        return build(spec, priors, prior_only=self.sample_prior == "only")
