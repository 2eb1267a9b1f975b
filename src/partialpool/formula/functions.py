"""Which functions may stand in a formula, and of what kind they are; and the user's own.

Only names and kinds are kept here. What an elementwise or stateful function computes is known to `partialpool.frame`,
what a special one means to `partialpool.terms`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from partialpool.errors import FormulaError, nearest
from partialpool.formula.nodes import Call, Node, Source, walk
from partialpool.formula.tokens import is_plain_name

__all__ = ["ADDITIONS", "AUTOCORRELATION", "KINDS", "check_functions", "kind_of", "register_function", "registered"]


def _kinds(**names: str) -> Mapping[str, str]:
    return MappingProxyType({name: kind for kind, listed in names.items() for name in listed.split()})


#: Kind of every function by its name.
#:
#: elementwise: row by row, the same in every data set. stateful: remembers something of the data that the model was
#: fitted to. factor: gives a factor. structure: has a meaning in the algebra of terms, or collects values. special: a
#: term of its own. group: right of the bar of a group-level term.
KINDS: Mapping[str, str] = _kinds(
    elementwise=(
        "abs acos asin as.integer as.logical as.numeric atan ceiling cos cosh exp expm1 floor ifelse inv_logit is.na "
        "log log10 log1p log2 logit plogis pmax pmin qlogis round sign sin sinh sqrt tan tanh"
    ),
    stateful="bs center cut ns poly scale",
    factor="as.factor as.ordered factor ordered relevel",
    structure="C I c cbind offset",
    special="ar arma car cosy cs cse fcor gp ma me mi mmc mo s sar t2 unstr",
    group="gr mm",
)

#: Functions that may stand right of the response's bar.
ADDITIONS = frozenset(
    "bhaz cat cens dec index mi rate se subset thres trials trunc vint vreal weights".split()  # noqa: SIM905
)

#: The special functions that describe how residuals depend on each other.
AUTOCORRELATION = frozenset({"ar", "arma", "car", "cosy", "fcor", "ma", "sar", "unstr"})

_WHOLE_COLUMN = "it looks at the whole column, which differs between data sets; compute a column of it before"
_REFUSED = MappingProxyType(
    {
        "te": "tensor product smooths are written t2()",
        "ti": "tensor product smooths are written t2()",
        **dict.fromkeys(("max", "mean", "median", "min", "rank", "sd", "sum"), _WHOLE_COLUMN),
        "lag": "compute the lagged column before; for autocorrelated residuals see ar()",
    }
)

_registered: dict[str, Callable[..., Any]] = {}


def kind_of(name: str) -> str | None:
    """Return the kind of a function, None where a formula may not call it.

    Examples
    --------
    >>> kind_of("log"), kind_of("poly"), kind_of("mo"), kind_of("system")
    ('elementwise', 'stateful', 'special', None)
    """
    return "elementwise" if name in _registered else KINDS.get(name)


def register_function(name: str, function: Callable[..., Any]) -> None:
    """Let formulas call a Python function that works row by row.

    Parameters
    ----------
    name
        How formulas call it.
    function
        Takes one or several numpy arrays of n rows (and numbers), returns an array of n rows. It must treat every row
        by itself: predictions for new data call it again on those.

    Raises
    ------
    FormulaError
        If the name is taken by a function of the formula language, or is no name.

    Examples
    --------
    >>> import numpy as np
    >>> register_function("cbrt", np.cbrt)
    >>> registered("cbrt")(np.array([8.0, 27.0]))
    array([2., 3.])
    """
    if not isinstance(name, str) or not is_plain_name(name):
        raise FormulaError(f"{name!r} cannot name a function in a formula")
    if name in KINDS or name in _REFUSED:
        raise FormulaError(f"{name}() has a meaning in formulas already; register the function under another name")
    if not callable(function):
        raise FormulaError(f"{name}: expected a function of arrays, found {type(function).__name__}")
    _registered[name] = function


def registered(name: str) -> Callable[..., Any] | None:
    """Return the function that the user registered under a name, None where there is none."""
    return _registered.get(name)


def check_functions(node: Node, source: Source, *, allowed: Iterable[str] = ()) -> None:
    """Raise unless an ordinary expression calls only functions that have a value.

    Those are the elementwise, stateful, factor and structure functions, and what the user registered.

    Parameters
    ----------
    node
        Expression to look through.
    source
        Formula that it stands in, for the message.
    allowed
        Further names that may be called here.

    Raises
    ------
    FormulaError
        For a function that is unknown (the message names the nearest known ones), or that has no value of its own.
    """
    allowed = frozenset(allowed)
    for part in walk(node):
        if isinstance(part, Call) and part.function not in allowed:
            _check_call(part, source)


def _check_call(call: Call, source: Source) -> None:
    name, kind = call.function, kind_of(call.function)
    if kind == "special" or name == "offset":
        raise source.error(f"{name}() is a term of its own and cannot stand inside another expression", call.span)
    if kind == "group":
        raise source.error(f"{name}() stands right of the bar of a group-level term: '(1 | {name}(g))'", call.span)
    if kind is None:
        raise source.error(_unknown(name), call.span)


def _unknown(name: str) -> str:
    if name in _REFUSED:
        return f"{name}() is not supported in a formula: {_REFUSED[name]}"
    if name in ADDITIONS:
        return f"{name}() belongs to the response: 'y | {name}(...) ~ x'"
    known = nearest(name, sorted({*KINDS, *_registered}))
    return f"unknown function {name}(); {known} (register_function() adds functions of your own)"
