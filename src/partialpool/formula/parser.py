"""Tokens to syntax tree: a Pratt parser of the whole formula language.

Operators bind as in R, from loosest to tightest: `~`, `| ||`, `& &&`, `!`, comparisons, `+ -`, `* /`, `%in% %% %/%`,
`:`, unary `- +`, `^`. All but `^` group to the left; comparisons do not chain.

Outside calls, brackets that hold a bar are a group-level term: `(1 + x | g)` is a `Bar`. Inside calls a bar is the
logical "or".
"""

from __future__ import annotations

from partialpool.errors import FormulaError, nearest
from partialpool.formula.functions import ADDITIONS
from partialpool.formula.nodes import (
    Argument,
    Bar,
    Binary,
    Call,
    Dot,
    Formula,
    Name,
    Node,
    Number,
    Source,
    Span,
    String,
    Unary,
    height,
    left_spine,
    walk,
)
from partialpool.formula.tokens import Token, tokenize

__all__ = ["BINDING", "COMPARISONS", "PREFIX_BINDING", "parse"]

# Bounds that no formula written for a model comes near; they keep hostile text from using up time or stack.
MAX_LENGTH = 100_000  # characters
MAX_DEPTH = 64  # expressions within each other: brackets, arguments, right operands
MAX_HEIGHT = 100  # nodes below each other within one call

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
BINDING = {
    **dict.fromkeys(("|", "||"), 2),
    **dict.fromkeys(("&", "&&"), 3),
    **dict.fromkeys(COMPARISONS, 5),
    **dict.fromkeys(("+", "-"), 6),
    **dict.fromkeys(("*", "/"), 7),
    **dict.fromkeys(("%in%", "%%", "%/%"), 8),
    ":": 9,
    "^": 11,
}
PREFIX_BINDING = {"!": 4, "-": 10, "+": 10}


def parse(text: str) -> Formula:
    """Return the syntax tree of a formula; data are not looked at.

    Parameters
    ----------
    text
        `response | additions ~ terms`, `~ terms` or `terms`.

    Raises
    ------
    FormulaError
        Where the text is not a formula. The message shows the place.

    Examples
    --------
    >>> formula = parse("incidence | trials(size) ~ period + (1 | herd)")
    >>> formula.response, [call.function for call in formula.additions]
    (Name(text='incidence'), ['trials'])
    """
    if not isinstance(text, str):
        raise FormulaError(f"a formula is text, such as 'y ~ x', not {type(text).__name__}")
    source = Source(text)
    if len(text) > MAX_LENGTH:
        raise source.error(f"a formula may have {MAX_LENGTH} characters; this one has {len(text)}", Span(0, 1))
    return _Parser(source).formula()


class _Parser:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.tokens = tokenize(source)
        self.position = 0
        self.depth = 0
        self.open_calls = 0

    # --- the formula and its left side

    def formula(self) -> Formula:
        left = None if self.token.is_operator("~") else self.expression()
        if left is not None and self.token.kind == "end":
            return self.finish(None, (), left)
        self.expect("~")
        rhs = self.expression()
        if self.token.kind != "end":
            raise self.unexpected()
        response, additions = (None, ()) if left is None else self.left_side(left)
        return self.finish(response, additions, rhs)

    def finish(self, response: Node | None, additions: tuple[Call, ...], rhs: Node) -> Formula:
        for side in (rhs, *additions, *(() if response is None else (response,))):
            self.check_heights(side)
        return Formula(self.source, response, additions, rhs)

    def check_heights(self, node: Node) -> None:
        """Refuse calls so deep that code which evaluates them by recursion could run out of stack."""
        for part in walk(node):
            if isinstance(part, Call) and len(part.arguments) and height(part) > MAX_HEIGHT:
                raise self.source.error(f"more than {MAX_HEIGHT} operations within each other", part.span)

    def left_side(self, left: Node) -> tuple[Node, tuple[Call, ...]]:
        if isinstance(left, Bar):
            raise self.source.error(
                "the response and its additions stand without brackets: 'y | trials(n) ~ x'", left.span
            )
        if not (isinstance(left, Binary) and left.operator in ("|", "||")):
            return left, ()
        if left.operator == "||":
            raise self.source.error("additions to the response follow a single bar", left.span)
        if isinstance(left.left, Binary) and left.left.operator in ("|", "||"):
            raise self.source.error(
                "additions to the response are joined with +: 'y | cens(c) + weights(w)'", left.span
            )
        return left.left, self.additions(left.right)

    def additions(self, node: Node) -> tuple[Call, ...]:
        first, steps = left_spine(node)
        seen: dict[str, Call] = {}
        for operator, part in [("+", first), *steps]:
            if operator != "+" or not isinstance(part, Call):
                raise self.source.error(
                    "right of the bar stand additions such as 'trials(n)', joined with +", part.span
                )
            call = self.addition(part)
            if call.function in seen:
                raise self.source.error(f"{call.function}() is given twice", call.span)
            seen[call.function] = call
        return tuple(seen.values())

    def addition(self, call: Call) -> Call:
        name = call.function.removeprefix("resp_")
        if name not in ADDITIONS:
            known = nearest(name, sorted(ADDITIONS))
            raise self.source.error(f"{call.function}() is not an addition to a response; {known}", call.span)
        return Call(name, call.arguments, call.span)

    # --- expressions

    def expression(self, loosest: int = 2) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.source.error(f"more than {MAX_DEPTH} expressions within each other", self.token.span)
        left = self.operand()
        while (binding := self.binding()) >= loosest:
            left = self.infix(left, binding)
        self.depth -= 1
        return left

    def binding(self) -> int:
        return BINDING.get(self.token.text, 0) if self.token.kind == "operator" else 0

    def infix(self, left: Node, binding: int) -> Binary:
        operator = self.advance().text
        right = self.expression(binding if operator == "^" else binding + 1)
        if operator in COMPARISONS and self.token.is_operator(*COMPARISONS):
            raise self.source.error("comparisons do not chain; join two of them with &", self.token.span)
        return Binary(operator, left, right, Span(left.span.start, right.span.stop))

    def operand(self) -> Node:
        token = self.token
        if token.kind == "end" or (token.kind == "operator" and not token.is_operator("(", *PREFIX_BINDING)):
            raise self.unexpected("a term")
        self.advance()
        match token.kind:
            case "number":
                return Number(float(token.text.rstrip("L")), token.text, token.span)
            case "string":
                return String(token.text, token.span)
            case "name":
                return self.name_or_call(token)
        return self.brackets(token) if token.text == "(" else self.prefixed(token)

    def prefixed(self, token: Token) -> Unary:
        operand = self.expression(PREFIX_BINDING[token.text])
        return Unary(token.text, operand, Span(token.span.start, operand.span.stop))

    def name_or_call(self, token: Token) -> Node:
        if self.token.is_operator("("):
            return self.call(token)
        if token.text == "." and not token.quoted:
            return Dot(token.span)
        return Name(token.text, token.span)

    # --- brackets

    def brackets(self, opening: Token) -> Node:
        inner = self.expression()
        closing = self.close(opening)
        if not self.open_calls and isinstance(inner, Binary) and inner.operator in ("|", "||"):
            return self.bar(inner, Span(opening.span.start, closing.span.stop))
        return inner

    def bar(self, node: Binary, span: Span) -> Bar:
        """Return a group-level term. Two bars are `coefficients | ID | group`."""
        coefficients, name = node.left, None
        correlated = node.operator == "|"
        if isinstance(coefficients, Binary) and coefficients.operator in ("|", "||"):
            if not correlated:
                raise self.source.error("the second bar of a group-level term is a single one: '(1 || ID | g)'", span)
            name, correlated = self.identifier(coefficients.right), coefficients.operator == "|"
            coefficients = coefficients.left
        if isinstance(coefficients, Binary) and coefficients.operator in ("|", "||"):
            raise self.source.error("a group-level term has one bar, or two around its ID: '(1 | ID | g)'", span)
        return Bar(coefficients, node.right, correlated, name, span)

    def identifier(self, node: Node) -> str:
        if isinstance(node, Name | Number):
            return node.text
        raise self.source.error("the ID of a group-level term is a single word", node.span)

    def call(self, function: Token) -> Call:
        opening = self.advance()
        self.open_calls += 1
        arguments: list[Argument] = []
        while not self.token.is_operator(")"):
            arguments.append(self.argument(arguments))
            if not self.token.is_operator(","):
                break
            comma = self.advance()
            if self.token.is_operator(")"):
                raise self.source.error("an argument is missing after this comma", comma.span)
        closing = self.close(opening)
        self.open_calls -= 1
        return Call(function.text, tuple(arguments), Span(function.span.start, closing.span.stop))

    def argument(self, earlier: list[Argument]) -> Argument:
        token = self.token
        named = token.kind in ("name", "string") and self.tokens[self.position + 1].is_operator("=")
        if not named:
            return Argument(self.expression())
        if any(argument.name == token.text for argument in earlier):
            raise self.source.error(f"argument {token.text!r} is given twice", token.span)
        self.position += 2
        return Argument(self.expression(), token.text)

    # --- tokens

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def advance(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.position += 1
        return token

    def expect(self, operator: str) -> Token:
        if not self.token.is_operator(operator):
            raise self.unexpected(f"an operator or {operator!r}")
        return self.advance()

    def close(self, opening: Token) -> Token:
        if self.token.kind == "end":
            raise self.source.error("this bracket is never closed", opening.span)
        return self.expect(")")

    def unexpected(self, wanted: str = "an operator") -> FormulaError:
        token = self.token
        if token.kind == "end":
            return self.source.error(f"the formula ends where {wanted} should follow", token.span)
        if token.is_operator("~"):
            return self.source.error("a formula has one '~', outside all brackets", token.span)
        if token.is_operator("="):
            return self.source.error("'=' names an argument of a call; to compare, write '=='", token.span)
        shown = token.text if token.kind != "string" else f'"{token.text}"'
        return self.source.error(f"expected {wanted}, found {shown[:40]!r}", token.span)
