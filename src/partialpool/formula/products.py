"""The algebra of terms: from operators between expressions to a sorted list of products, by the rules of R's `terms`.

A term is a set of variables, kept as the bits of an integer; a variable is any expression that the algebra does not look
into, such as `x`, `log(x)`, `mo(x)` or `(1 | g)`. Operators combine ordered sets of terms (Wilkinson and Rogers, 1973,
Symbolic description of factorial models for analysis of variance, Applied Statistics 22, 392-399):

- `a + b`: the terms of both; `a - b`: those of `a` that are not in `b`;
- `a:b`: each term of `a` joined with each of `b`; `a * b` = `a + b + a:b`; `a^n`: `a` joined with itself n - 1 times;
- `a %in% b`: each term of `a` joined with all variables of `b`; `a / b` = `a + b %in% a`.

`1` puts the intercept in and `0` takes it out, the last word counts, and behind a minus it is the other way round. The
result is sorted by degree of interaction, and within a degree stands in order of appearance; the variables of a term
stand in the order in which the formula names them first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from partialpool.errors import FormulaError
from partialpool.formula.nodes import Dot, Name, Node, Number, Source, Span, Unary, left_spine
from partialpool.formula.printing import unparse

__all__ = ["MAX_TERMS", "Products", "expand_products"]

MAX_TERMS = 5_000
_MAX_WORK = 1_000_000  # joins of two terms; a bound on time, far above what a formula within MAX_TERMS needs

_ALGEBRA = frozenset({"+", "-", ":", "*", "/", "^", "%in%"})

_Terms = dict[int, None]  # an ordered set


@dataclass(frozen=True)
class Products:
    """What a right-hand side expands to: whether there is an intercept, and the terms, each as the tuple of its variables."""

    intercept: bool
    products: tuple[tuple[Node, ...], ...]


def expand_products(
    node: Node, source: Source, variable: Callable[[Node], Node], columns: Sequence[str] | None = None
) -> Products:
    """Return the products that a right-hand side expands to.

    Parameters
    ----------
    node
        The right-hand side.
    source
        Formula that it is part of, for messages.
    variable
        Called once with every variable; returns it as it shall be known, or raises if it may not be one.
    columns
        What `.` stands for; None if there are no data.
    """
    expansion = _Expansion(source, variable, columns)
    terms = sorted(expansion.terms(node), key=int.bit_count)
    products = tuple(tuple(expansion.variables[place] for place in _places(term)) for term in terms)
    return Products(expansion.intercept, products)


class _Expansion:
    def __init__(self, source: Source, check: Callable[[Node], Node], columns: Sequence[str] | None) -> None:
        self.source = source
        self.check = check
        self.columns = columns
        self.variables: list[Node] = []
        self.places: dict[str, int] = {}
        self.intercept = True
        self.work = 0

    def terms(self, node: Node, *, added: bool = True) -> _Terms:
        """Return the terms of a node. `added` is False behind a minus, where `1` means `0` and `0` means `1`."""
        first, steps = left_spine(node, _ALGEBRA)
        terms = self.operand(first, added)
        for operator, right in steps:
            terms = self.combined(operator, terms, right, added)
            if len(terms) > MAX_TERMS:
                raise self.too_many(right.span)
        return terms

    def operand(self, node: Node, added: bool) -> _Terms:
        match node:
            case Number():
                return self.constant(node, added)
            case Dot():
                return self.dot(node)
            case Unary(operator="+"):
                return self.terms(node.operand, added=added)
            case Unary(operator="-"):
                self.terms(node.operand, added=not added)
                return {}
            case _:
                return self.variable(node)

    def constant(self, node: Number, added: bool) -> _Terms:
        if node.value not in (0, 1):
            raise self.source.error(
                "of the numbers, only 0 and 1 are terms; for a known summand write offset()", node.span
            )
        self.intercept = (node.value == 1) == added
        return {}

    def dot(self, node: Dot) -> _Terms:
        if self.columns is None:
            raise self.source.error(
                "'.' stands for all other columns of the data, and here there are no data", node.span
            )
        if len(self.columns) > MAX_TERMS:
            raise self.too_many(node.span)
        terms: _Terms = {}
        for column in self.columns:
            terms.update(self.variable(Name(column, node.span)))
        return terms

    def variable(self, node: Node) -> _Terms:
        key = unparse(node)
        if key not in self.places:
            self.places[key] = len(self.variables)
            self.variables.append(self.check(node))
        return {1 << self.places[key]: None}

    def combined(self, operator: str, left: _Terms, node: Node, added: bool) -> _Terms:
        """Return the terms of `left operator node`; `left` is used up."""
        if operator == "^":
            return self.power(left, node)
        right = self.terms(node, added=added != (operator == "-"))
        if operator == "+":
            left.update(right)
        elif operator == "-":
            for term in right:
                left.pop(term, None)
        elif operator == "*":
            left.update(right | self.joined(left, right, node))
        else:
            return self.interaction(operator, left, right, node)
        return left

    def interaction(self, operator: str, left: _Terms, right: _Terms, node: Node) -> _Terms:
        if not left or not right:
            raise self.source.error(f"{operator!r} needs variables on both sides", node.span)
        if operator == "/":
            left.update(self.joined(self.union(left), right, node))
            return left
        return self.joined(left, right if operator == ":" else self.union(right), node)

    def power(self, base: _Terms, node: Node) -> _Terms:
        if not isinstance(node, Number) or node.value < 1 or not node.value.is_integer():
            raise self.source.error("terms have whole powers only; for arithmetic write 'I(x^2)'", node.span)
        terms = base
        # Once all variables are joined, further powers add nothing.
        for _ in range(int(min(node.value, len(self.variables))) - 1):
            terms = self.joined(terms, base, node)
            if len(terms) > MAX_TERMS:
                raise self.too_many(node.span)
        return terms

    def joined(self, left: _Terms, right: _Terms, node: Node) -> _Terms:
        self.spend(len(left) * len(right), node)
        return {first | second: None for first in left for second in right}

    def union(self, terms: _Terms) -> _Terms:
        union = 0
        for term in terms:
            union |= term
        self.work += len(terms)
        return {union: None}

    def spend(self, work: int, node: Node) -> None:
        self.work += work
        if self.work > _MAX_WORK:
            raise self.too_many(node.span)

    def too_many(self, span: Span) -> FormulaError:
        return self.source.error(f"the formula expands to more than {MAX_TERMS:,} terms", span)


def _places(term: int) -> list[int]:
    """Return the places of the bits that are set, without looking at those that are not."""
    places = []
    while term:
        lowest = term & -term
        places.append(lowest.bit_length() - 1)
        term ^= lowest
    return places
