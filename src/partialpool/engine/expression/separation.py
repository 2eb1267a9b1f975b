"""Separates an expression by how often its parts must be computed: per block, per model, or per row.

Sums and products are grouped before: in shape*log(shape)*y the scalar factors become one number per block; in
(shape - 1)*log(y), log(y) becomes a column that is computed once, when the model is built.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from partialpool.engine.expression.lowering import Reciprocal
from partialpool.engine.mathematics.symbols import Absolute, Floor, Where

__all__ = ["Separation"]

_CHEAP = (sp.Add, sp.Mul, Where, Absolute, Floor, Reciprocal, sp.logic.boolalg.Boolean)


@dataclass
class Separation:
    """Splits expressions; collects what it takes out of them.

    Attributes
    ----------
    scalars
        Symbols that have one value for all rows.
    data
        Symbols of data columns.
    hoisted
        What is computed once per block, by its new symbol: expressions of scalars and numbers.
    prepared
        What is computed once per model, by its new symbol: costly expressions of data.
    """

    scalars: frozenset[Any]
    data: frozenset[Any]
    hoisted: dict[Any, Any] = field(default_factory=dict)
    prepared: dict[Any, Any] = field(default_factory=dict)

    def separate_all(self, expressions: list[Any]) -> list[Any]:
        """Return the parts of the expressions that are computed per row."""
        rows = [self._separate(expression) for expression in expressions]
        for column, symbol in list(self.prepared.items()):
            composed = self._in_columns(column)
            if not _is_costly(composed):
                del self.prepared[column]
                rows = [row.xreplace({symbol: composed}) for row in rows]
        return rows

    def _in_columns(self, column: Any) -> Any:
        """Return a column as arithmetic on other columns, as far as there are such."""
        return column.func(*map(self._in_prepared, column.args))

    def _in_prepared(self, argument: Any) -> Any:
        """Return an argument of a column, a multiple of another column where it is one."""
        if isinstance(argument, sp.logic.boolalg.Boolean):
            return argument
        factor, rest = argument.as_coeff_Mul()
        return factor * self.prepared.get(rest, rest)

    def _separate(self, expression: Any) -> Any:
        if expression.is_Atom:
            return expression
        if self._is_scalar(expression):
            return self._hoist(expression)
        if self._is_data(expression):
            return self._prepare(expression) if _is_costly(expression) else expression
        if isinstance(expression, (sp.Add, sp.Mul)):
            return self._separate_group(expression)
        return expression.func(*(self._separate(argument) for argument in expression.args))

    def _separate_group(self, expression: Any) -> Any:
        scalars = [a for a in expression.args if self._is_scalar(a)]
        data = [a for a in expression.args if self._is_data(a)]
        rest = [a for a in expression.args if not (self._is_scalar(a) or self._is_data(a))]
        groups = [expression.func(*group) for group in (scalars, data) if group]
        return expression.func(*(self._separate(part) for part in (*groups, *rest)))

    def _is_scalar(self, expression: Any) -> bool:
        return bool(expression.free_symbols <= self.scalars)

    def _is_data(self, expression: Any) -> bool:
        return bool(expression.free_symbols <= self.data) and not self._is_scalar(expression)

    def _hoist(self, expression: Any) -> Any:
        if expression.is_number:
            value = expression.evalf(17)
            if value.is_Float:
                return value
        if isinstance(expression, sp.logic.boolalg.Boolean):
            return expression
        return _named(expression, self.hoisted, "s")

    def _prepare(self, expression: Any) -> Any:
        if isinstance(expression, sp.logic.boolalg.Boolean):
            return expression.func(*(self._separate(argument) for argument in expression.args))
        factor, rest = expression.as_coeff_Mul()
        return factor * _named(rest, self.prepared, "p")


def _named(expression: Any, names: dict[Any, Any], letter: str) -> Any:
    """Return the symbol that stands for the expression, or its negative."""
    if expression.could_extract_minus_sign():
        return -_named(-expression, names, letter)
    if expression not in names:
        names[expression] = sp.Symbol(f"{letter}{len(names)}", real=True)
    return names[expression]


def _is_costly(expression: Any) -> bool:
    """Return whether the expression calls a function or takes a root; whole powers and quotients are cheap."""
    return any(
        not (isinstance(part, _CHEAP) or part.is_Atom or (isinstance(part, sp.Pow) and part.exp.is_Integer))
        for part in sp.preorder_traversal(expression)
    )
