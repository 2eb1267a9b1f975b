"""Models of the oracles, built from formula, data, family and priors as their files state them."""

from __future__ import annotations

from functools import cache
from typing import Any

import oracle
from partialpool import Fit, brm, brmsfamily
from partialpool.errors import PartialPoolError
from partialpool.families import from_dict
from partialpool.formula.model_formula import ModelFormula, MultivariateFormula, bf
from partialpool.priors.prior import Prior, PriorTable

# brms 2.23 changed this default; the figures are of an earlier version, which took the first.
OLD_DEFAULTS = {
    "036_nb_quine": (Prior("gamma(0.01, 0.01)", "shape"), "inv_gamma(0.4, 0.3)"),
    "071_von_mises": (Prior("student_t(3, 0, 2.5)", "Intercept"), "student_t(1, 0, 1)"),
}


def formula_of(name: str) -> ModelFormula | MultivariateFormula | str:
    formulas = oracle.load(name).formulas
    return bf(*formulas) if len(formulas) > 1 else formulas[0]


def family_of(name: str) -> Any:
    figures = oracle.load(name).figures["family"]
    if "family" not in figures:
        return None  # several responses: each has its own
    if "mix" in figures:
        return from_dict(figures)
    links = {key: value for key, value in figures.items() if key.startswith("link_") or key == "threshold"}
    refcat = {"refcat": figures["refcat"]} if "refcat" in figures else {}
    return brmsfamily(figures["family"], link=figures["link"], **links, **refcat)


def prior_of(name: str) -> PriorTable | None:
    rows = [Prior.from_dict(row) for row in oracle.load(name).figures["prior"]]
    if name in OLD_DEFAULTS:
        rows.append(OLD_DEFAULTS[name][0])
    return PriorTable(tuple(rows)) if rows else None


def fit_of(name: str, **options: Any) -> Fit:
    """Return the fit of an oracle's model; an error of ours where it is not supported."""
    return brm(formula_of(name), oracle.load(name).frame, family_of(name), prior_of(name), **options)


@cache
def attempt(name: str) -> Fit | PartialPoolError:
    """Return a fit without draws, or the error that says why there is none."""
    try:
        return fit_of(name, empty=True)
    except PartialPoolError as error:
        return error
