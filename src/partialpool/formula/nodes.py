"""Syntax tree of a formula, and the terms that its right-hand side expands to.

A node knows its place in the text, so that an error raised long after parsing can still point there. Places do not take
part in equality: two nodes are equal when they mean the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from partialpool.errors import FormulaError

__all__ = [
    "Argument",
    "Bar",
    "Binary",
    "Call",
    "Dot",
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
]


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
        """Return a `FormulaError` that shows the formula with a caret under the place."""
        line = self.text.replace("\n", " ").replace("\t", " ")
        return FormulaError(f"{message}\n  {line}\n  {' ' * span.start}{'^' * max(1, span.stop - span.start)}")


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


@dataclass(frozen=True)
class Binary:
    """An infix operator: `+ - * / ^ : %in% == != < <= > >= & |` and the like."""

    operator: str
    left: Node
    right: Node
    span: Span = field(compare=False, repr=False)


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
        the members.
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
