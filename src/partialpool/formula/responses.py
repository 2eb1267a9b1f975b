"""The left side of a formula: names of responses, and several responses at once."""

from __future__ import annotations

from partialpool.formula.nodes import Call, Formula, Name, Node, variables
from partialpool.formula.parser import parse
from partialpool.formula.printing import unparse

__all__ = ["left_variables", "response_name", "separate_responses"]


def response_name(response: Node) -> str:
    """Return the name by which parameters refer to a response: its text, letters and digits only.

    Examples
    --------
    >>> response_name(parse("log(y_1.a) ~ x").response)
    'logy1a'
    """
    text = response.text if isinstance(response, Name) else unparse(response)
    name = "".join(letter for letter in text if letter.isalnum())
    starts_as_name = text[0].isalpha() or (text[0] == "." and not text[1:2].isdigit())
    return name if starts_as_name else f"X{name}"


def left_variables(formula: Formula) -> tuple[str, ...]:
    """Return the names of the columns that the left side of a formula uses, additions included."""
    sides = [*(() if formula.response is None else (formula.response,)), *formula.additions]
    return tuple(dict.fromkeys(name for side in sides for name in variables(side)))


def separate_responses(formula: Formula) -> tuple[Formula, ...]:
    """Return one formula for each response of `mvbind(y1, y2) ~ x`, or the formula itself.

    Raises
    ------
    FormulaError
        If `mvbind()` is empty or names its arguments.

    Examples
    --------
    >>> [unparse(formula) for formula in separate_responses(parse("mvbind(y1, log(y2)) | weights(w) ~ x"))]
    ['y1 | weights(w) ~ x', 'log(y2) | weights(w) ~ x']
    """
    call = formula.response
    if not isinstance(call, Call) or call.function != "mvbind":
        return (formula,)
    if not call.arguments or any(argument.name is not None for argument in call.arguments):
        raise formula.source.error("mvbind() takes the responses, without names", call.span)
    single = (Formula(formula.source, argument.value, formula.additions, formula.rhs) for argument in call.arguments)
    return tuple(parse(unparse(each)) for each in single)
