"""Text of a formula to tokens.

The words are R's: names may hold dots, odd names stand in backticks, `2L` is a number, `**` is `^`, white space
(line breaks too) only separates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from partialpool.errors import FormulaError
from partialpool.formula.nodes import Source, Span

__all__ = ["Token", "is_plain_name", "tokenize"]

_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?L?")
_OPERATOR = re.compile(r"(?!::|<-|->|\|>)(?:%in%|%/%|%%|\*\*|\|\||&&|==|!=|<=|>=|[-+*/^:~|&!<>=,()])")
_SYNONYMS = {"**": "^"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "`": "`"}
_REFUSED = re.compile(r"::+|<-|->|\|>|[$@\[\]{}%#;]")
_ADVICE = {
    "::": "name functions without their package",
    "<-": "a formula assigns nothing; for 'less than minus' leave a blank: 'x < -1'",
    "->": "a formula assigns nothing",
    "|>": "write the call out: 'f(x)'",
    "$": "name columns directly: 'x', not 'data$x'",
    "@": "name columns directly",
    "[": "a formula takes whole columns; compute the piece before and name the new column",
    "{": "use round brackets",
    "%": "of the %operators%, a formula knows %in%, %% and %/%",
    "#": "a formula has no comments",
    ";": "one formula at a time; give several to bf()",
}


@dataclass(frozen=True)
class Token:
    """One word of a formula.

    Attributes
    ----------
    kind
        `"name"`, `"number"`, `"string"`, `"operator"` or `"end"`.
    text
        What it says: the name without backticks, the string without quotes, the operator.
    span
        Its place in the formula.
    quoted
        Whether a name stood in backticks.
    """

    kind: str
    text: str
    span: Span
    quoted: bool = False

    def is_operator(self, *operators: str) -> bool:
        """Return whether the token is one of these operators."""
        return self.kind == "operator" and self.text in operators


def is_plain_name(text: str) -> bool:
    """Return whether a name needs no backticks.

    Examples
    --------
    >>> is_plain_name("my.var_2"), is_plain_name("odd name"), is_plain_name(".")
    (True, False, False)
    """
    return text != "." and bool(text) and _name_end(text, 0) == len(text)


def tokenize(source: Source) -> list[Token]:
    """Return the tokens of a formula, an `"end"` token last.

    Raises
    ------
    FormulaError
        For a character, quote or number that has no meaning in a formula.

    Examples
    --------
    >>> [token.text for token in tokenize(Source("log(y) ~ `odd name`"))]
    ['log', '(', 'y', ')', '~', 'odd name', '']
    """
    return list(_scan(source))


def _scan(source: Source) -> Iterator[Token]:
    text, position = source.text, 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        token = _token_at(source, position)
        yield token
        position = token.span.stop
    yield Token("end", "", Span(len(text), len(text) + 1))


def _token_at(source: Source, start: int) -> Token:
    text = source.text
    if text[start] in "'\"`":
        return _quoted(source, start)
    if (stop := _name_end(text, start)) > start:
        return Token("name", text[start:stop], Span(start, stop))
    if match := _NUMBER.match(text, start):
        return _number(source, match.group(), start)
    if operator := _OPERATOR.match(text, start):
        return Token("operator", _SYNONYMS.get(operator.group(), operator.group()), Span(*operator.span()))
    raise _unexpected(source, start)


def _unexpected(source: Source, start: int) -> FormulaError:
    if not (refused := _REFUSED.match(source.text, start)):
        return source.error(f"unexpected character {source.text[start]!r}", Span(start, start + 1))
    sign = refused.group()
    advice = _ADVICE.get(sign[:2]) or _ADVICE[{"]": "[", "}": "{"}[sign]]
    return source.error(f"{sign!r} has no meaning in a formula: {advice}", Span(*refused.span()))


def _name_end(text: str, start: int) -> int:
    """Return where the name that starts here ends; `start` where none does."""
    if text[start] == ".":
        if text[start + 1 : start + 2] in "0123456789" and start + 1 < len(text):
            return start
    elif not text[start].isidentifier():
        return start
    stop = start + 1
    while stop < len(text) and (text[stop] == "." or ("_" + text[stop]).isidentifier()):
        stop += 1
    return stop


def _number(source: Source, text: str, start: int) -> Token:
    span = Span(start, start + len(text))
    if float(text.rstrip("L")) == float("inf"):
        raise source.error("this number is too large", span)
    return Token("number", text, span)


def _quoted(source: Source, start: int) -> Token:
    quote, text, stop = source.text[start], "", start + 1
    while (character := source.text[stop : stop + 1]) != quote:
        if not character:
            raise _unclosed(source, start)
        if character == "\\":
            stop += 1
            character = _unescape(source, stop)
        text += character
        stop += 1
    span = Span(start, stop + 1)
    if quote != "`":
        return Token("string", text, span)
    if not text:
        raise source.error("there is no name between the backticks", span)
    return Token("name", text, span, quoted=True)


def _unclosed(source: Source, start: int) -> FormulaError:
    return source.error(f"this {source.text[start]} is never closed", Span(start, start + 1))


def _unescape(source: Source, position: int) -> str:
    letter = source.text[position : position + 1]
    if letter not in _ESCAPES or not letter:
        raise source.error(f"'\\{letter}' is not an escape that a formula knows", Span(position - 1, position + 1))
    return _ESCAPES[letter]
