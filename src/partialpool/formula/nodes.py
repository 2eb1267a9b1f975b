"""Syntax tree of a formula, and the terms that its right-hand side expands to.

A node knows its place in the text, so that an error raised long after parsing can still point there. Places do not take
part in equality: two nodes are equal when they mean the same.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from partialpool.errors import FormulaError

__all__ = [
    "CONSTANTS",
    "Argument",
    "Bar",
    "Binary",
    "Call",
    "Dot",
    "Formula",
    "GroupTerm",
    "Name",
    "Node",
    "Number",
    "Predictor",
    "Source",
    "Span",
    "SpecialTerm",
    "String",
    "Term",
    "Unary",
    "children",
    "height",
    "left_spine",
    "variables",
    "walk",
]

CONSTANTS = frozenset({"TRUE", "FALSE", "NA", "NULL", "Inf", "NaN"})


_SHOWN = 400  # characters of the formula that an error shows on either side of the place


@dataclass(frozen=True)
class Span:
    """Half-open range of characters [start, stop) in the text of a formula."""

    start: int
    stop: int


@dataclass(frozen=True)
class Source:
    """Text of one formula.

    Examples
    --------
    >>> print(Source("y ~ x ++").error("expected a term", Span(7, 8)))
    expected a term
      y ~ x ++
             ^
    """

    text: str

    def error(self, message: str, span: Span) -> FormulaError:
        """Return a `FormulaError` that shows the formula, or the part of it around the place, with a caret under the place."""
        first, last = max(0, span.start - _SHOWN), span.start + _SHOWN
        head, tail = "..." * (first > 0), "..." * (last < len(self.text))
        line = "".join(letter if letter.isprintable() else " " for letter in self.text[first:last])
        blanks = " " * (len(head) + span.start - first)
        carets = "^" * max(1, min(span.stop, last) - span.start)
        return FormulaError(f"{message}\n  {head}{line}{tail}\n  {blanks}{carets}")


@dataclass(frozen=True)
class Name:
    """A column, parameter or bare word: `x`, `my.var`, `` `odd name` `` (without its backticks)."""

    text: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class Number:
    """A number: `2`, `0.5`, `1e-3`."""

    value: float
    text: str = field(compare=False)
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class String:
    """A quoted string; its value is without quotes."""

    value: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class Dot:
    """The lone `.`: all columns that the formula does not name otherwise."""

    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class Unary:
    """A prefix operator: `-x`, `+x`, `!x`."""

    operator: str
    operand: Node
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, eq=False)
class Binary:
    """An infix operator: `+ - * / ^ : %in% == != < <= > >= & |` and the like.

    A sum of a thousand terms is a tree a thousand nodes deep on its left side, so whatever walks a whole formula must
    follow the left side in a loop (as equality does here, and `walk`), not by recursion.
    """

    operator: str
    left: Node
    right: Node
    span: Span = field(compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Binary):
            return NotImplemented
        (first, steps), (other_first, other_steps) = left_spine(self), left_spine(other)
        return first == other_first and steps == other_steps

    def __hash__(self) -> int:
        first, steps = left_spine(self)
        return hash((first, tuple(steps)))

    def __repr__(self) -> str:
        first, steps = left_spine(self)
        return f"Binary({first!r}" + "".join(f" {operator} {right!r}" for operator, right in steps) + ")"


@dataclass(frozen=True)
class Argument:
    """One argument of a call, named or not."""

    value: Node
    name: str | None = None


@dataclass(frozen=True)
class Call:
    """A call: `log(x)`, `poly(x, 2)`, `s(x, by = f, k = 6)`."""

    function: str
    arguments: tuple[Argument, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True)
class Bar:
    """What a group-level term is made of: `1 + x | g`, `1 + x || g`, `1 + x | ID | g`."""

    coefficients: Node
    group: Node
    correlated: bool
    id: str | None
    span: Span = field(compare=False, repr=False)


Node: TypeAlias = Name | Number | String | Dot | Unary | Binary | Call | Bar


def left_spine(node: Node, operators: Container[str] | None = None) -> tuple[Node, list[tuple[str, Node]]]:
    """Return the innermost left operand of nested infix operators, and the (operator, right operand) steps outwards.

    `a + b * c - d` gives `a` and `[("+", b * c), ("-", d)]`. Given `operators`, the way inwards ends at any other one.
    """
    steps = []
    while isinstance(node, Binary) and (operators is None or node.operator in operators):
        steps.append((node.operator, node.right))
        node = node.left
    return node, steps[::-1]


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below, in order of the text."""
    match node:
        case Unary():
            return (node.operand,)
        case Binary():
            return (node.left, node.right)
        case Call():
            return tuple(argument.value for argument in node.arguments)
        case Bar():
            return (node.coefficients, node.group)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and all below it, in order of the text, without recursion."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children(node)))


def variables(node: Node) -> tuple[str, ...]:
    """Return the names that stand for data or parameters below a node, each once, in order of the text.

    Examples
    --------
    >>> from partialpool.formula.parser import parse
    >>> variables(parse("log(x):g + s(x, by = f, fx = TRUE)").rhs)
    ('x', 'g', 'f')
    """
    names = (part.text for part in walk(node) if isinstance(part, Name) and part.text not in CONSTANTS)
    return tuple(dict.fromkeys(names))


def height(node: Node) -> int:
    """Return how many nodes the longest way down from a node passes, itself included."""
    levels, level = 0, [node]
    while level:
        level = [child for parent in level for child in children(parent)]
        levels += 1
    return levels


@dataclass(frozen=True)
class Formula:
    """One formula as it was written, before any expansion.

    Attributes
    ----------
    source
        The text. Two formulas are equal when their trees are, however they were spaced.
    response
        What stands left of `~`, without its additions; None in one-sided formulas.
    additions
        The calls right of the response's bar, in order: `trials(n)`, `weights(w)`. A `resp_` prefix has been dropped.
    rhs
        What stands right of `~`.
    """

    source: Source = field(compare=False)
    response: Node | None
    additions: tuple[Call, ...]
    rhs: Node


@dataclass(frozen=True)
class Term:
    """One ordinary term: the product of its factors, `x`, `log(x):f`. The intercept is not a term.

    Attributes
    ----------
    factors
        The variables (as expressions) whose product the term is, in order of appearance, without repetition.
    """

    factors: tuple[Node, ...]


@dataclass(frozen=True)
class SpecialTerm:
    """A term with a meaning of its own (`s()`, `gp()`, `mo()`, `mi()`, `cs()` and the like), with what it interacts with.

    Attributes
    ----------
    calls
        The special calls of the term; more than one in `mo(x):mo(z)`.
    factors
        The ordinary factors that they interact with: `z` in `mo(x):z`.
    """

    calls: tuple[Call, ...]
    factors: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        """Calls and factors together in their order of appearance, as the term is labelled: `z`, `mo(x)` in `z * mo(x)`."""
        return tuple(sorted((*self.calls, *self.factors), key=lambda part: part.span.start))


@dataclass(frozen=True)
class GroupTerm:
    """One group-level term after nesting has been expanded: `(1 + x | a/b)` gives one for `a` and one for `a:b`.

    Attributes
    ----------
    coefficients
        The part before the bar, expanded.
    call
        `"gr"` or `"mm"`.
    groups
        Names of grouping columns. For `gr` their interaction is the group (`("a", "b")` for `a:b`); for `mm` they are
        the members (a member that is an
        interaction reads `"a:b"`).
    correlated
        False for `||` and for `cor = FALSE`.
    id
        Terms of the same id (over all parameters and responses) form one correlated vector.
    options
        Further arguments of `gr()` and `mm()`: by, pw, cov, dist, weights, scale.
    """

    coefficients: Predictor
    call: str
    groups: tuple[str, ...]
    correlated: bool
    id: str | None
    options: tuple[tuple[str, Node], ...]
    span: Span = field(compare=False, repr=False)

    @property
    def name(self) -> str:
        """Public name of the group: `a`, `a:b`, `mmg1g2`."""
        return ":".join(self.groups) if self.call == "gr" else "mm" + "".join(self.groups)


@dataclass(frozen=True)
class Predictor:
    """The right-hand side of one formula, expanded by R's rules.

    Attributes
    ----------
    intercept
        Whether the formula has an intercept (`0 + x` and `-1` take it away).
    terms
        Ordinary terms, main effects first, then two-way interactions and so on, each in order of appearance.
        `0 + Intercept` leaves a plain `Name("Intercept")` factor here.
    specials
        Special terms in order of appearance.
    groups
        Group-level terms in order of appearance.
    offsets
        Expressions inside `offset()`.
    """

    intercept: bool
    terms: tuple[Term, ...] = ()
    specials: tuple[SpecialTerm, ...] = ()
    groups: tuple[GroupTerm, ...] = ()
    offsets: tuple[Node, ...] = ()
