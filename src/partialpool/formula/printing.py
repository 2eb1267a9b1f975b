"""Syntax tree back to text, spaced as R prints formulas."""

from __future__ import annotations

from partialpool.formula.nodes import (
    CONSTANTS,
    Argument,
    Bar,
    Binary,
    Call,
    Dot,
    Formula,
    Name,
    Node,
    Number,
    String,
    Unary,
    left_spine,
)
from partialpool.formula.parser import BINDING, COMPARISONS, PREFIX_BINDING
from partialpool.formula.tokens import is_plain_name

__all__ = ["label", "printed_number", "unparse"]

_TIGHT = frozenset({"/", "^", ":"})
_ATOM = 12  # binds tighter than any operator
_STRING_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"})
_NAME_ESCAPES = str.maketrans({"\\": "\\\\", "`": "\\`", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def unparse(node: Node | Formula) -> str:
    """Return the text of a node or formula; parsing it gives the same tree.

    Brackets stand where the tree needs them, not where the user may have written more.

    Examples
    --------
    >>> from partialpool.formula.parser import parse
    >>> unparse(parse("y|trials( n )~I( x**2 )+s(x,by=f)+(1+x||g)"))
    'y | trials(n) ~ I(x^2) + s(x, by = f) + (1 + x || g)'
    """
    if not isinstance(node, Formula):
        return _text(node)
    if node.response is None:
        return f"~{_text(node.rhs)}"
    additions = "".join(f" {'+' if index else '|'} {_text(call)}" for index, call in enumerate(node.additions))
    return f"{_text(node.response)}{additions} ~ {_text(node.rhs)}"


def label(node: Node) -> str:
    """Return what R's design matrices call the column of a factor: its text as R prints it.

    Examples
    --------
    >>> from partialpool.formula.parser import parse
    >>> label(parse("I( Holders / 100 )").rhs), label(parse("poly(Holders,2)").rhs), label(parse("`odd name`").rhs)
    ('I(Holders/100)', 'poly(Holders, 2)', '`odd name`')
    """
    return _text(node)


def _text(node: Node) -> str:
    match node:
        case Name():
            return _name(node.text)
        case Number():
            return _number(node)
        case String():
            return f'"{node.value.translate(_STRING_ESCAPES)}"'
        case Dot():
            return "."
        case Unary():
            return node.operator + _bracketed(node.operand, PREFIX_BINDING[node.operator])
        case Binary():
            return _infix(node)
        case Call():
            return f"{_name(node.function)}({', '.join(map(_argument, node.arguments))})"
        case Bar():
            return _bar(node)


def _infix(node: Binary) -> str:
    """Follow the left side in a loop: it may be thousands of operators deep."""
    first, steps = left_spine(node)
    text, binding = "", _binding(first)
    for operator, right in steps:
        here = BINDING[operator]
        # Powers group to the right and comparisons do not group, so their left operand must bind tighter.
        needs_brackets = binding < here or (binding == here and (operator == "^" or operator in COMPARISONS))
        text = text or _text(first)
        sign = operator if operator in _TIGHT else f" {operator} "
        text = (f"({text})" if needs_brackets else text) + sign + _right(operator, right)
        binding = here
    return text


def _right(operator: str, node: Node) -> str:
    if operator == "^":
        signed = isinstance(node, Unary) and node.operator != "!"
        return _text(node) if signed else _bracketed(node, BINDING["^"])
    return _bracketed(node, BINDING[operator] + 1)


def _bracketed(node: Node, loosest: int) -> str:
    return _text(node) if _binding(node) >= loosest else f"({_text(node)})"


def _binding(node: Node) -> int:
    match node:
        case Binary():
            return BINDING[node.operator]
        case Unary():
            return PREFIX_BINDING[node.operator]
        case _:
            return _ATOM


def _argument(argument: Argument) -> str:
    value = _text(argument.value)
    return value if argument.name is None else f"{_name(argument.name)} = {value}"


def _bar(bar: Bar) -> str:
    sign = "|" if bar.correlated else "||"
    identified = "" if bar.id is None else f"{sign} {_identifier(bar.id)} "
    inner = BINDING["|"] + 1
    return f"({_bracketed(bar.coefficients, inner)} {identified}{'|' if identified else sign} {_bracketed(bar.group, inner)})"


def _identifier(text: str) -> str:
    return text if text.isascii() and text.isdigit() else _name(text)


def _name(text: str) -> str:
    return text if text in CONSTANTS or is_plain_name(text) else f"`{text.translate(_NAME_ESCAPES)}`"


def _number(number: Number) -> str:
    """Print a number as R does, but so that reading it gives the same number; `2L` stays."""
    value = number.value
    if number.text.endswith("L") and value.is_integer() and value < 1e15:
        return f"{int(value)}L"
    return printed_number(value) if float(f"{value:.14e}") == value else repr(value)


def printed_number(value: float) -> str:
    """Return a number as R turns it into text: 15 digits, fixed or scientific, whichever is shorter.

    Examples
    --------
    >>> printed_number(22.0), printed_number(288.7), printed_number(100000.0), printed_number(1e-05)
    ('22', '288.7', '1e+05', '1e-05')
    """
    value += 0.0  # no negative zero
    shortest = next(
        text for digits in range(1, 16) if float(text := f"{value:.{digits - 1}e}") == float(f"{value:.15g}")
    )
    mantissa, exponent = shortest.split("e")
    decimals = max(0, len(mantissa.lstrip("-").replace(".", "")) - 1 - int(exponent))
    fixed = f"{value:.{decimals}f}"
    return fixed if len(fixed) <= len(shortest) else shortest
