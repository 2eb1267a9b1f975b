"""Group-level terms: what stands right of the bar."""

from __future__ import annotations

from partialpool.errors import nearest
from partialpool.formula.nodes import Argument, Bar, Binary, Call, GroupTerm, Name, Node, Predictor, Source, String
from partialpool.formula.products import expand_products

__all__ = ["group_terms"]

_OPTIONS = {
    "gr": frozenset({"by", "cor", "cov", "dist", "id", "pw"}),
    "mm": frozenset({"by", "cor", "cov", "dist", "id", "pw", "scale", "weights"}),
}


def group_terms(bar: Bar, coefficients: Predictor, source: Source) -> tuple[GroupTerm, ...]:
    """Return the group-level terms of one pair of brackets: `(1 | a/b)` gives one for `a` and one for `a:b`.

    Parameters
    ----------
    bar
        The brackets.
    coefficients
        What stands left of the bar, expanded.
    source
        Formula that it is part of, for messages.

    Raises
    ------
    FormulaError
        If anything but columns, joined by operators, or a single `gr()` or `mm()` stands right of the bar.
    """
    products = expand_products(bar.group, source, lambda node: _check_group(node, source)).products
    if not products:
        raise source.error("there is no grouping column right of the bar", bar.group.span)
    return tuple(_group_term(product, coefficients, bar, source) for product in products)


def _check_group(node: Node, source: Source) -> Node:
    if isinstance(node, Name) or (isinstance(node, Call) and node.function in _OPTIONS):
        return node
    raise source.error("right of the bar stand names of columns, gr(...) or mm(...)", node.span)


def _group_term(product: tuple[Node, ...], coefficients: Predictor, bar: Bar, source: Source) -> GroupTerm:
    names = tuple(factor.text for factor in product if isinstance(factor, Name))
    calls = [factor for factor in product if isinstance(factor, Call)]
    if not calls:
        return GroupTerm(coefficients, "gr", names, bar.correlated, bar.id, (), bar.span)
    if len(product) > 1:
        advice = "write each group-level term out, as '(1 | gr(a)) + (1 | gr(a:b))'"
        raise source.error(f"{calls[0].function}() does not combine with operators; {advice}", calls[0].span)
    return _called_group(calls[0], coefficients, bar, source)


def _called_group(call: Call, coefficients: Predictor, bar: Bar, source: Source) -> GroupTerm:
    members = [_columns(argument.value, call, source) for argument in call.arguments if argument.name is None]
    if call.function == "gr" and len(members) != 1:
        raise source.error("gr() takes one grouping factor; for membership in several see mm()", call.span)
    if not members:
        raise source.error("mm() needs the columns of its members", call.span)
    groups = members[0] if call.function == "gr" else tuple(map(":".join, members))
    options = dict(_option(argument, call, source) for argument in call.arguments if argument.name is not None)
    correlated = _truth(options.pop("cor", None), source) and bar.correlated
    name = _identifier(options.pop("id", None), bar, source)
    return GroupTerm(coefficients, call.function, groups, correlated, name, tuple(options.items()), bar.span)


def _option(argument: Argument, call: Call, source: Source) -> tuple[str, Node]:
    known = _OPTIONS[call.function]
    if argument.name not in known:
        advice = nearest(str(argument.name), sorted(known))
        raise source.error(f"{call.function}() has no argument {argument.name!r}; {advice}", argument.value.span)
    return str(argument.name), argument.value


def _columns(node: Node, call: Call, source: Source) -> tuple[str, ...]:
    """Return the columns whose interaction is the group: of `a:b`, `("a", "b")`."""
    match node:
        case Name():
            return (node.text,)
        case Binary(operator=":"):
            return _columns(node.left, call, source) + _columns(node.right, call, source)
        case Binary(operator="/"):
            advice = "write '(1 | gr(a)) + (1 | gr(a:b))'" if call.function == "gr" else "use columns, or 'a:b'"
            raise source.error(f"'/' does not nest within {call.function}(); {advice}", node.span)
        case _:
            raise source.error(f"{call.function}() takes names of columns, possibly joined with ':'", node.span)


def _truth(node: Node | None, source: Source) -> bool:
    if node is None:
        return True
    if isinstance(node, Name) and node.text in ("TRUE", "T", "True", "FALSE", "F", "False"):
        return node.text.startswith("T")
    raise source.error("cor is TRUE or FALSE", node.span)


def _identifier(node: Node | None, bar: Bar, source: Source) -> str | None:
    if node is None:
        return bar.id
    if not isinstance(node, String | Name):
        raise source.error("the id of a group-level term is a single word", node.span)
    name = node.value if isinstance(node, String) else node.text
    if bar.id not in (None, name):
        raise source.error(f"this group-level term has two IDs, {bar.id!r} and {name!r}", node.span)
    return name
