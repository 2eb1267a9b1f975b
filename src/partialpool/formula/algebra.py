"""The right-hand side of a formula to a `Predictor`: ordinary, special and group-level terms, and offsets."""

from __future__ import annotations

from collections.abc import Sequence

from partialpool.formula.functions import check_functions, kind_of
from partialpool.formula.groups import group_terms
from partialpool.formula.nodes import (
    Bar,
    Binary,
    Call,
    Dot,
    GroupTerm,
    Node,
    Predictor,
    Source,
    SpecialTerm,
    String,
    Term,
    walk,
)
from partialpool.formula.products import expand_products

__all__ = ["expand"]

_INTERACTING = frozenset({"me", "mi", "mmc", "mo"})  # the other special terms stand alone
_ALIASES = {"cse": "cs"}


def expand(node: Node, source: Source, *, columns: Sequence[str] | None = None) -> Predictor:
    """Return the terms that the right-hand side of a formula expands to, by the rules of R's `terms`.

    Parameters
    ----------
    node
        Right-hand side, or what stands left of a group-level term's bar.
    source
        Formula that it is part of, for messages.
    columns
        What `.` stands for: all columns of the data that the left side of the formula does not name.

    Raises
    ------
    FormulaError
        For what is no term, unknown functions, `.` without `columns`, and more than 5,000 terms.

    Examples
    --------
    >>> from partialpool.formula.parser import parse
    >>> formula = parse("y ~ 0 + a * b + s(x) + (1 | g/h)")
    >>> predictor = expand(formula.rhs, formula.source)
    >>> predictor.intercept, [len(term.factors) for term in predictor.terms]
    (False, [1, 1, 2])
    >>> [term.calls[0].function for term in predictor.specials], [term.name for term in predictor.groups]
    (['s'], ['g', 'g:h'])
    """
    expansion = expand_products(node, source, lambda variable: _check_variable(variable, source), columns)
    for product in expansion.products:
        _check_product(product, source)
    lone = [product[0] for product in expansion.products if len(product) == 1]
    bars = [part for part in lone if isinstance(part, Bar)]
    return Predictor(
        intercept=expansion.intercept,
        terms=tuple(Term(product) for product in expansion.products if not any(map(_stands_out, product))),
        specials=tuple(_special_term(product) for product in expansion.products if any(map(_is_special, product))),
        groups=tuple(group for bar in bars for group in _groups(bar, source, columns)),
        offsets=tuple(_only_argument(part, source) for part in lone if _is_offset(part)),
    )


def _check_variable(node: Node, source: Source) -> Node:
    if isinstance(node, Binary) and node.operator in ("|", "||"):
        raise source.error("group-level terms stand in brackets: 'x + (1 | g)'", node.span)
    if isinstance(node, String):
        raise source.error("text in quotes is no term; name columns without quotes", node.span)
    if isinstance(node, Call) and _is_special(node):
        return Call(_ALIASES.get(node.function, node.function), node.arguments, node.span)
    if not isinstance(node, Bar):
        _check_expression(_only_argument(node, source) if _is_offset(node) else node, source)
    return node


def _check_expression(node: Node, source: Source) -> None:
    for part in walk(node):
        if isinstance(part, Dot):
            raise source.error("'.' cannot stand inside an expression", part.span)
    check_functions(node, source)


def _check_product(product: tuple[Node, ...], source: Source) -> None:
    for part in product if len(product) > 1 else ():
        if isinstance(part, Bar) or _is_offset(part):
            raise source.error("group-level terms and offsets can be added, but do not interact", part.span)
        if isinstance(part, Call) and _is_special(part) and part.function not in _INTERACTING:
            raise source.error(f"{part.function}() does not interact with other terms", part.span)


def _groups(bar: Bar, source: Source, columns: Sequence[str] | None) -> tuple[GroupTerm, ...]:
    coefficients = expand(bar.coefficients, source, columns=columns)
    if coefficients.groups or coefficients.offsets:
        raise source.error("group-level terms and offsets cannot themselves vary by group", bar.coefficients.span)
    return group_terms(bar, coefficients, source)


def _special_term(product: tuple[Node, ...]) -> SpecialTerm:
    calls = tuple(part for part in product if isinstance(part, Call) and _is_special(part))
    return SpecialTerm(calls, tuple(part for part in product if not _is_special(part)))


def _is_special(node: Node) -> bool:
    return isinstance(node, Call) and kind_of(node.function) == "special"


def _is_offset(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "offset"


def _stands_out(node: Node) -> bool:
    return isinstance(node, Bar) or _is_special(node) or _is_offset(node)


def _only_argument(call: Node, source: Source) -> Node:
    if not isinstance(call, Call) or len(call.arguments) != 1 or call.arguments[0].name is not None:
        raise source.error("offset() takes one expression", call.span)
    return call.arguments[0].value
