"""What can be added to a formula, with `+` or as a further piece of `bf()`: other parameters, fixed values, options."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from types import MappingProxyType
from typing import Any, NoReturn, TypeAlias, TypeVar

from partialpool.errors import FormulaError, nearest
from partialpool.formula.algebra import expand
from partialpool.formula.functions import AUTOCORRELATION
from partialpool.formula.nodes import Call, Formula, Name, Source, Span, left_spine
from partialpool.formula.parser import parse
from partialpool.formula.tokens import Token, is_plain_name, tokenize

__all__ = ["Amendment", "acformula", "lf", "nlf", "set_mecor", "set_nl", "set_rescor"]

FixedValue: TypeAlias = float | str
_Piece = TypeVar("_Piece")
_EMPTY: Mapping[str, Any] = MappingProxyType({})
_SWITCHES = ("nl", "loop", "center", "cmc", "sparse")
_DECOMPOSITIONS = ("none", "QR")


@dataclass(frozen=True)
class Amendment:
    """A change to a formula: what `lf()`, `nlf()`, `set_nl()`, `set_rescor()`, `set_mecor()` and `acformula()` return.

    Attributes
    ----------
    parameters
        Formulas of distributional and nonlinear parameters.
    fixed
        Parameters that are a number, or the name of the parameter that they equal.
    options
        By parameter (`"mu"` for the main formula), the options that change.
    autocor
        Autocorrelation terms of the main formula.
    unused
        Variables to be kept with the data though no term uses them.
    rescor, mecor
        Whether residuals of the responses, and latent variables of `me()` terms, are correlated.
    resp
        Name of the response in a multivariate formula.
    """

    parameters: Mapping[str, Formula] = field(default_factory=lambda: _EMPTY)
    fixed: Mapping[str, FixedValue] = field(default_factory=lambda: _EMPTY)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: _EMPTY)
    autocor: Formula | None = None
    unused: Formula | None = None
    rescor: bool | None = None
    mecor: bool | None = None
    resp: str | None = None

    def __add__(self, other: object) -> NoReturn:
        """Refuse: what is added stands right of the formula."""
        raise FormulaError("begin with the formula of the response: bf('y ~ x') + lf('sigma ~ z')")

    @property
    def concerns_response(self) -> bool:
        """Whether the change is to the formula of one response, not to what all responses share."""
        return bool(self.parameters or self.fixed or self.options or self.autocor or self.unused)


def lf(
    *formulas: str,
    flist: Sequence[str] = (),
    dpar: str | None = None,
    resp: str | None = None,
    center: bool | None = None,
    cmc: bool | None = None,
    sparse: bool | None = None,
    decomp: str | None = None,
) -> Amendment:
    """Return linear formulas of distributional or nonlinear parameters, to be added to a formula.

    Parameters
    ----------
    *formulas, flist
        Such as `"sigma ~ x"`, or `"a + b ~ 1 + (1 | g)"` for several parameters.
    dpar
        The parameter of formulas that name none themselves: `lf("~ x", dpar="sigma")`.
    resp
        Name of the response, needed in multivariate formulas.
    center, cmc, sparse, decomp
        As in `bf()`, for these formulas only.

    Examples
    --------
    >>> from partialpool.formula.model_formula import bf
    >>> print(bf("y ~ x") + lf("sigma ~ x"))
    y ~ x
    sigma ~ x
    """
    options = checked_options(center=center, cmc=cmc, sparse=sparse, decomp=decomp)
    parameters = _parameters(all_pieces(formulas, flist), dpar)
    return Amendment(parameters, options=dict.fromkeys(parameters, options) if options else {}, resp=resp)


def nlf(
    *formulas: str,
    flist: Sequence[str] = (),
    dpar: str | None = None,
    resp: str | None = None,
    loop: bool | None = None,
) -> Amendment:
    """Return nonlinear formulas of distributional or nonlinear parameters, to be added to a formula.

    Parameters
    ----------
    *formulas, flist
        Such as `"sigma ~ a * exp(b * x)"`.
    dpar, resp
        As in `lf()`.
    loop
        Accepted as in brms; expressions are evaluated row by row either way.

    Examples
    --------
    >>> from partialpool.formula.model_formula import bf
    >>> print(bf("y ~ x") + nlf("sigma ~ a * exp(b * x)") + lf("a + b ~ 1"))
    y ~ x
    sigma ~ a * exp(b * x)
    a ~ 1
    b ~ 1
    """
    options = {"nl": True, **checked_options(loop=loop)}
    parameters = _parameters(all_pieces(formulas, flist), dpar)
    return Amendment(parameters, options=dict.fromkeys(parameters, options), resp=resp)


def set_nl(nl: bool = True, *, dpar: str | None = None, resp: str | None = None) -> Amendment:
    """Return the statement that the main formula, or that of `dpar`, is nonlinear."""
    return Amendment(options={dpar or "mu": checked_options(nl=nl)}, resp=resp)


def set_rescor(rescor: bool = True) -> Amendment:
    """Return the statement that residuals of the responses are correlated, or not."""
    return Amendment(rescor=checked_switch("rescor", rescor))


def set_mecor(mecor: bool = True) -> Amendment:
    """Return the statement that the latent variables of `me()` terms are correlated, or not."""
    return Amendment(mecor=checked_switch("mecor", mecor))


def acformula(autocor: str, *, resp: str | None = None) -> Amendment:
    """Return autocorrelation terms, to be added to a formula.

    Examples
    --------
    >>> from partialpool.formula.model_formula import bf
    >>> print(bf("y ~ x") + acformula("~ ar(time, p = 1)"))
    y ~ x
    autocor ~ ar(time, p = 1)
    """
    formula = parse(autocor)
    predictor = expand(formula.rhs, formula.source)
    stray = [call for term in predictor.specials for call in term.calls if call.function not in AUTOCORRELATION]
    if stray or not predictor.specials or predictor.terms or predictor.groups or predictor.offsets:
        place = stray[0] if stray else formula.rhs
        known = ", ".join(f"{name}()" for name in sorted(AUTOCORRELATION))
        raise formula.source.error(f"expected autocorrelation terms only: {known}", place.span)
    return Amendment(autocor=formula, resp=resp)


def all_pieces(formulas: Sequence[_Piece], flist: Sequence[_Piece]) -> tuple[_Piece, ...]:
    """Return formulas and those of the list `flist` together, of which there must be some."""
    if isinstance(flist, str) or not isinstance(flist, Sequence):
        raise FormulaError(f"flist is a list of formulas, not {flist!r}")
    if not (pieces := (*formulas, *flist)):
        raise FormulaError("there is no formula, such as 'y ~ x' for a response or 'sigma ~ x' for a parameter")
    return pieces


def checked_switch(name: str, value: object) -> bool:
    """Return an option that is True or False, or raise."""
    if not isinstance(value, bool):
        raise FormulaError(f"{name} is True or False, not {value!r}")
    return value


def checked_options(**options: object) -> dict[str, bool | str]:
    """Return the options that are given (not None), checked."""
    checked: dict[str, bool | str] = {}
    for name, value in options.items():
        if name == "decomp" and value is not None:
            if value not in _DECOMPOSITIONS:
                raise FormulaError(f"decomp is 'none' or 'QR', not {value!r}")
            checked[name] = str(value)
        elif value is not None:
            checked[name] = checked_switch(name, value)
    return checked


def parameter_amendment(name: str, value: object) -> Amendment:
    """Return what `bf(..., name=value)` says of a parameter: a number, the parameter it equals, or a formula."""
    if isinstance(value, str):
        if "~" in value:
            parameters = _parameters((value,), name)
            if [*parameters] != [name]:
                raise FormulaError(f"{name} = {value!r} is a formula of {', '.join(parameters)}; write '~ ...'")
            return Amendment(parameters)
        if is_plain_name(value):
            return Amendment(fixed={name: value})
    elif isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(number := _as_float(value)):
        return Amendment(fixed={name: number})
    options = (*_SWITCHES, "decomp", "rescor", "mecor")
    advice = f"; of the options, {nearest(name, options)}" if isinstance(value, bool) else ""
    expected = "expected a number, the name of a parameter, or a formula such as '~ x'"
    raise FormulaError(f"{name} = {value!r}: {expected}{advice}")


def _as_float(value: Real) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def text_amendment(text: str) -> Amendment:
    """Return what a further piece of `bf()` says: `"sigma ~ z"`, `"quantile = 0.9"`, `"center = FALSE"`, `"set_nl()"`.

    Raises
    ------
    FormulaError
        If the text is none of these.
    """
    source = Source(text)
    tokens = tokenize(source)
    if _is_assignment(tokens):
        return _assignment(source, tokens)
    if _is_statement(tokens):
        return _statement(source, tokens)
    return Amendment(_parameters((text,), None))


def opens_response(text: str) -> bool:
    """Return whether a further piece of `bf()` is the formula of a response, which only additions or `mvbind()` tell."""
    tokens = tokenize(Source(text))
    if _is_assignment(tokens) or _is_statement(tokens):
        return False
    formula = parse(text)
    return bool(formula.additions) or (isinstance(formula.response, Call) and formula.response.function == "mvbind")


def _is_assignment(tokens: list[Token]) -> bool:
    return len(tokens) > 2 and tokens[0].kind == "name" and tokens[1].is_operator("=")


def _is_statement(tokens: list[Token]) -> bool:
    return tokens[0].text.startswith("set_") and tokens[1].is_operator("(")


def _assignment(source: Source, tokens: list[Token]) -> Amendment:
    name = tokens[0].text
    if name == "autocor":
        return acformula(source.text[tokens[1].span.stop :])
    if tokens[2].is_operator("~"):
        return Amendment(_parameters((source.text[tokens[2].span.start :],), name))
    value = _value(source, tokens[2:-1])
    if name in ("rescor", "mecor"):
        return set_rescor(checked_switch(name, value)) if name == "rescor" else set_mecor(checked_switch(name, value))
    if name in (*_SWITCHES, "decomp"):
        return Amendment(options={"mu": checked_options(**{name: value})})
    return parameter_amendment(name, value)


def _value(source: Source, tokens: list[Token]) -> bool | float | str:
    sign = -1.0 if tokens and tokens[0].is_operator("-") else 1.0
    match [token.kind for token in tokens[(sign < 0) :]]:
        case ["number"]:
            return sign * float(tokens[-1].text.rstrip("L"))
        case ["string"] if sign > 0:
            return tokens[0].text
        case ["name"] if sign > 0 and tokens[0].text in ("TRUE", "T", "True", "FALSE", "F", "False"):
            return tokens[0].text.startswith("T")
        case _:
            place = tokens[0].span if tokens else Span(len(source.text), len(source.text) + 1)
            raise source.error("expected a number, TRUE, FALSE or text in quotes", place)


def _statement(source: Source, tokens: list[Token]) -> Amendment:
    makers: dict[str, Callable[[bool], Amendment]] = {
        "set_nl": set_nl,
        "set_rescor": set_rescor,
        "set_mecor": set_mecor,
    }
    name = tokens[0].text
    if name not in makers:
        raise source.error(f"unknown statement {name}(); {nearest(name, makers)}", tokens[0].span)
    if not tokens[-2].is_operator(")"):
        raise source.error(f"expected '{name}(TRUE)' or '{name}(FALSE)'", tokens[-2].span)
    inside = tokens[2:-2]
    value = _value(source, inside) if inside else True
    return makers[name](checked_switch(name, value))


def _parameters(texts: Iterable[str], default: str | None) -> dict[str, Formula]:
    """Return formulas by the parameters on their left sides; `default` is the parameter of one-sided formulas."""
    parameters: dict[str, Formula] = {}
    if default is not None and not isinstance(default, str):
        raise FormulaError(f"dpar is the name of a parameter, not {default!r}")
    for text in texts:
        formula = parse(text)
        for name in _parameter_names(formula, default):
            if name in parameters:
                raise formula.source.error(f"parameter {name!r} is given twice", Span(0, 1))
            parameters[name] = one_sided(formula)
    return parameters


def one_sided(formula: Formula) -> Formula:
    """Return the formula without its left side, which for parameters is only their name."""
    return replace(formula, response=None)


def _parameter_names(formula: Formula, default: str | None) -> list[str]:
    if formula.response is None:
        if default is None:
            raise formula.source.error("name the parameter on the left side: 'sigma ~ x'", formula.rhs.span)
        return [default]
    if formula.additions:
        raise formula.source.error("only the formula of a response has additions", formula.additions[0].span)
    first, steps = left_spine(formula.response, "+")
    names = [node.text for node in (first, *(right for _, right in steps)) if isinstance(node, Name)]
    if len(names) <= len(steps):
        raise formula.source.error(
            "left of '~' stands the name of a parameter, or several joined with +", formula.response.span
        )
    return names
