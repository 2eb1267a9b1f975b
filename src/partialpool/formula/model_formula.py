"""`bf()` and `mvbf()`: from the pieces of a model's formula to the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from partialpool.errors import FormulaError
from partialpool.formula.amendments import (
    Amendment,
    acformula,
    all_pieces,
    checked_options,
    opens_response,
    parameter_amendment,
    set_mecor,
    text_amendment,
)
from partialpool.formula.parser import parse
from partialpool.formula.responses import separate_responses
from partialpool.formula.specification import ModelFormula, MultivariateFormula, ParameterOptions

__all__ = ["ModelFormula", "MultivariateFormula", "ParameterOptions", "as_formula", "bf", "formula_from_dict", "mvbf"]


def bf(
    *formulas: str | Amendment | ModelFormula | MultivariateFormula,
    flist: Sequence[str | Amendment] = (),
    nl: bool | None = None,
    loop: bool | None = None,
    center: bool | None = None,
    cmc: bool | None = None,
    sparse: bool | None = None,
    decomp: str | None = None,
    family: Any = None,
    autocor: str | None = None,
    unused: str | None = None,
    mecor: bool | None = None,
    **parameters: str | float,
) -> ModelFormula | MultivariateFormula:
    """Return the formula of a model.

    Parameters
    ----------
    *formulas, flist
        The formula of the response first, then those of further parameters: `"sigma ~ z"`, `"a + b ~ 1"`. Options may
        stand here as text too (`"nl = TRUE"`, `"quantile = 0.9"`), and so may what `lf()` and its like return. A later
        formula with additions on its left side, `"y2 | subset(s) ~ x"`, is that of a further response, and what follows
        belongs to it. `mvbind(y1, y2)` on the left side gives several responses the same formula.
    nl
        Whether the main formula is a nonlinear expression.
    loop, center, cmc, sparse, decomp
        See `ParameterOptions`. They are for the main formula; for others use `lf()`.
    family
        Family of the response, or its name.
    autocor
        Autocorrelation terms, `"~ ar(time)"`. They may as well stand in the main formula.
    unused
        `"~ v"`: variables to be kept with the data though no term uses them.
    mecor
        Whether latent variables of `me()` terms are correlated (they are by default).
    **parameters
        Formula of a parameter (`sigma="~ z"`), a number to fix it to (`nu=4`), or another parameter that it equals
        (`sigma2="sigma1"`).

    Raises
    ------
    FormulaError
        If a piece cannot be read, or a parameter is given twice.

    Examples
    --------
    >>> print(bf("y ~ a * exp(b * x)", "a + b ~ 1 + (1 | g)", nl=True, sigma=2))
    y ~ a * exp(b * x)
    a ~ 1 + (1 | g)
    b ~ 1 + (1 | g)
    sigma = 2
    """
    pieces = all_pieces(formulas, flist)
    options = checked_options(nl=nl, loop=loop, center=center, cmc=cmc, sparse=sparse, decomp=decomp)
    changes = [Amendment(options={"mu": options} if options else {})]
    changes += [parameter_amendment(name, value) for name, value in parameters.items()]
    changes += [acformula(autocor)] if autocor is not None else []
    changes += [Amendment(unused=parse(unused))] if unused is not None else []
    changes += [set_mecor(mecor)] if mecor is not None else []
    formula = _compose((*pieces, *changes))
    return formula if family is None else _with_family(formula, family)


def _with_family(formula: ModelFormula | MultivariateFormula, family: Any) -> ModelFormula | MultivariateFormula:
    if not isinstance(family, str) and not getattr(family, "is_family", False):
        raise FormulaError(f"family is what gaussian() and its like return, or a name, not {family!r}")
    if isinstance(formula, ModelFormula):
        return replace(formula, family=family)
    return replace(formula, formulas=tuple(replace(each, family=family) for each in formula.formulas))


def mvbf(
    *formulas: str | ModelFormula | MultivariateFormula, rescor: bool | None = None, mecor: bool | None = None
) -> MultivariateFormula:
    """Return the formula of a model of several responses.

    Examples
    --------
    >>> print(mvbf("y1 ~ x", bf("y2 ~ x", "sigma ~ z"), rescor=False))
    y1 ~ x
    y2 ~ x
    sigma ~ z
    """
    if not formulas:
        raise FormulaError("mvbf() needs formulas, such as 'y1 ~ x' and 'y2 ~ x'")
    joined = MultivariateFormula(())
    for formula in formulas:
        joined += as_formula(formula)
    return joined + Amendment(rescor=rescor, mecor=mecor)


def _compose(pieces: Sequence[object]) -> ModelFormula | MultivariateFormula:
    """Join the positional pieces of `bf()`: each belongs to the response before it."""
    formula = _first(pieces[0])
    complete: MultivariateFormula | None = None
    named: set[str] = set()
    for piece in pieces[1:]:
        if isinstance(piece, str) and opens_response(piece):
            complete = _joined(complete, formula)
            formula, named = _first(piece), set()
            continue
        change = text_amendment(piece) if isinstance(piece, str) else piece
        if not isinstance(change, Amendment):
            raise FormulaError(f"expected the text of a formula, or lf() and its like, not {type(piece).__name__}")
        _reject_repeats(named, change)
        formula = _amend_all(formula, change)
    return formula if complete is None else _joined(complete, formula)


def _first(piece: object) -> ModelFormula | MultivariateFormula:
    if isinstance(piece, ModelFormula | MultivariateFormula):
        return piece
    if not isinstance(piece, str):
        raise FormulaError(f"expected the formula of a response, such as 'y ~ x', not {type(piece).__name__}")
    formulas = tuple(ModelFormula(formula) for formula in separate_responses(parse(piece)))
    return formulas[0] if len(formulas) == 1 else MultivariateFormula(formulas)


def _joined(first: MultivariateFormula | None, second: ModelFormula | MultivariateFormula) -> MultivariateFormula:
    return (first or MultivariateFormula(())) + second


def _reject_repeats(named: set[str], change: Amendment) -> None:
    for name in (*change.parameters, *change.fixed):
        if name in named:
            raise FormulaError(f"parameter {name!r} is given twice")
        named.add(name)


def _amend_all(formula: ModelFormula | MultivariateFormula, change: Amendment) -> ModelFormula | MultivariateFormula:
    """Apply a change to every response, as what is said within one `bf()` with `mvbind()` holds for each."""
    if isinstance(formula, ModelFormula) or not change.concerns_response or change.resp is not None:
        return formula + change
    return replace(formula, formulas=tuple(each.amended(change) for each in formula.formulas))


def as_formula(formula: str | ModelFormula | MultivariateFormula) -> ModelFormula | MultivariateFormula:
    """Return a formula given as text or as a formula. That of a single response is a `ModelFormula`.

    Raises
    ------
    FormulaError
        If it is neither.
    """
    if isinstance(formula, str):
        return bf(formula)
    if isinstance(formula, MultivariateFormula) and len(formula.formulas) == 1:
        return replace(formula.formulas[0], mecor=formula.mecor)
    if isinstance(formula, ModelFormula | MultivariateFormula):
        return formula
    raise FormulaError(f"expected a formula, such as 'y ~ x' or bf('y ~ x'), not {type(formula).__name__}")


def formula_from_dict(data: Mapping[str, Any]) -> ModelFormula | MultivariateFormula:
    """Return the formula that `to_dict` of either class wrote."""
    return MultivariateFormula.from_dict(data) if "formulas" in data else ModelFormula.from_dict(data)
