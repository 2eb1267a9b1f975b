"""Columns that a formula names: whether the data have them, said with a caret under the place in the formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from partialpool.errors import DataError, nearest
from partialpool.formula.model_formula import ModelFormula
from partialpool.formula.nodes import Bar, Name, Node, Predictor, Span, walk
from partialpool.formula.parser import parse
from partialpool.frame.columns import Frame
from partialpool.frame.contrasts import Coding
from partialpool.frame.missing import SUBSTITUTES, used_columns

__all__ = ["check_columns", "check_contrasts"]


def check_columns(formula: ModelFormula, data: Frame) -> None:
    """Refuse responses, addition terms, ordinary and group-level terms that name columns that the data do not have.

    Raises
    ------
    DataError
        Names the column, the place in the formula and the nearest columns.
    """
    left = (formula.response, *(argument.value for call in formula.main.additions for argument in call.arguments))
    found = [(formula.main.source, named) for node in left for named in _named_in(node)]
    for name in ("mu", *formula.parameters):
        if not formula.options_of(name).nl:
            tree, written = formula.predictor(name, columns=data.names), formula.formula_of(name)
            brackets = {part.span: part for part in walk(written.rhs) if isinstance(part, Bar)}
            found += [(written.source, named) for named in _named(tree, brackets)]
    for source, (column, span) in found:
        if column in data or column not in SUBSTITUTES:
            data.column(column, (source, span))


def _named(tree: Predictor, brackets: Mapping[Span, Bar]) -> Iterator[tuple[str, Span]]:
    """Yield the columns of a predictor with their places; `brackets` are the group-level terms as they are written."""
    for node in (*(factor for term in tree.terms for factor in term.factors), *tree.offsets):
        yield from _named_in(node)
    for group in tree.groups:
        places = {part.text: part.span for part in walk(brackets[group.span].group) if isinstance(part, Name)}
        for column in group.groups:
            yield column, places.get(column, group.span)
        yield from _named(group.coefficients, brackets)


def _named_in(node: Node) -> Iterator[tuple[str, Span]]:
    columns = used_columns(node)
    for part in walk(node):
        if isinstance(part, Name) and part.text in columns:
            yield part.text, part.span


def check_contrasts(contrasts: Mapping[str, Coding] | None, data: Frame) -> None:
    """Refuse codings of factors that there are not.

    Raises
    ------
    DataError
        If a key is neither a column nor an expression of columns.
    """
    if contrasts is None:
        return
    if not isinstance(contrasts, Mapping):
        raise DataError(f"contrasts={contrasts!r}; give codings by column, such as {{'f': 'sum'}}")
    for key in contrasts:
        if not isinstance(key, str):
            raise DataError(f"contrasts are given by column, and {key!r} is no name of one")
        if key not in data:
            missing = [name for name in used_columns(parse(f"~ {key}").rhs) if name not in data]
            if missing:
                raise DataError(
                    f"contrasts are given for {key!r}, but the data have no column {missing[0]!r}; "
                    + nearest(missing[0], data.names)
                )
