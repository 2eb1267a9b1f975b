"""Evaluation of syntax nodes over a frame: names, constants and operators here, each function in a handler of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, nearest
from partialpool.formula.functions import registered
from partialpool.formula.nodes import Binary, Call, Name, Node, Number, Source, String, Unary
from partialpool.formula.printing import label
from partialpool.frame.columns import Column, Frame, Where, pointed
from partialpool.frame.operators import ELEMENTWISE, SECOND_ARGUMENT, VARIADIC, apply_binary, apply_unary, as_number
from partialpool.frame.values import Factor, Matrix, State

__all__ = ["Scope", "handles", "known_functions"]

_CONSTANTS: dict[str, Any] = {
    "TRUE": True,
    "FALSE": False,
    **dict.fromkeys(("T", "True"), True),
    **dict.fromkeys(("F", "False"), False),
    "pi": np.pi,
    "Inf": np.inf,
    "NaN": np.nan,
    "NA": np.nan,
    "NULL": None,
}
"""Names that mean a value where no column is called so."""

_MOST = 1000  # columns of a basis, elements of a sequence: no formula written for a model comes near

Handler: TypeAlias = "Callable[[Call, Scope], Any]"
_HANDLERS: dict[str, Handler] = {}


def handles(*names: str) -> Callable[[Handler], Handler]:
    """Register the function that evaluates calls of the given names."""

    def register(handler: Handler) -> Handler:
        _HANDLERS.update(dict.fromkeys(names, handler))
        return handler

    return register


def known_functions() -> tuple[str, ...]:
    """Return the names of all functions that an expression may call, those registered by the user excepted."""
    return tuple(sorted({*_HANDLERS, *ELEMENTWISE, *VARIADIC}))


@dataclass(frozen=True)
class Scope:
    """Where an expression is evaluated.

    Attributes
    ----------
    frame
        Data.
    state
        What expressions have learnt, or learn now.
    source
        Text of the formula, for a caret in messages.
    """

    frame: Frame
    state: State
    source: Source | None = None

    def value(self, node: Node) -> Any:
        """Return what a node means: an array, `Factor` or `Matrix`, or a constant (number, text, tuple, None).

        Raises
        ------
        DataError
            If a name is no column, a function is unknown, or a value has the wrong type.
        """
        match node:
            case Number():
                return node.value
            case String():
                return node.value
            case Name():
                return self._named(node)
            case Unary():
                operand = self.value(node.operand)
                with self.pointing(node):
                    return apply_unary(node.operator, operand)
            case Binary():
                return self._binary(node)
            case Call():
                return self._called(node)
            case _:
                raise DataError(pointed(f"{label(node)} is not an expression of columns", self.where(node)))

    def where(self, node: Node) -> Where:
        """Return the formula and the place of a node, if the formula is known."""
        return None if self.source is None else (self.source, node.span)

    @contextmanager
    def pointing(self, node: Node) -> Iterator[None]:
        """Add the place of a node to errors about its value."""
        try:
            yield
        except DataError as error:
            message = str(error)
            raise DataError(message if "\n" in message else pointed(message, self.where(node))) from None

    def arguments(self, call: Call, *names: str) -> dict[str, Node]:
        """Return the arguments of a call by parameter name: those with a name first, the others in order.

        Raises
        ------
        DataError
            If the call has an argument of another name, or too many.
        """
        bound = {a.name: a.value for a in call.arguments if a.name is not None}
        for name in bound:
            if name not in names:
                raise self.error(call, f"{call.function}() has no argument {name!r}; {nearest(name, names)}")
        free = iter([name for name in names if name not in bound])
        for argument in call.arguments:
            if argument.name is None:
                place = next(free, None)
                if place is None:
                    raise self.error(
                        call, f"{call.function}() takes at most {len(names)} arguments: {', '.join(names)}"
                    )
                bound[place] = argument.value
        if names and names[0] not in bound:
            raise self.error(call, f"{call.function}() needs its argument {names[0]!r}")
        return bound

    def numbers(self, node: Node, call: Call) -> NDArray[np.float64]:
        """Return the values of a numeric expression: shape [row], with NaN where one is missing."""
        value = self.value(node)
        with self.pointing(node):
            values = as_number(value, call.function)
        return np.array(np.broadcast_to(values, (self.frame.n_rows,)), dtype=np.float64)

    def constant(self, bound: dict[str, Node], name: str, default: Any = None) -> Any:
        """Return the value of an argument that must not depend on the data: a number, text, boolean or tuple of these."""
        if name not in bound:
            return default
        value = self.value(bound[name])
        if value is None or isinstance(value, (bool, str, tuple)):
            return value
        if isinstance(value, (Factor, Matrix)) or np.ndim(value) != 0:
            raise self.error(bound[name], f"the argument {name!r} must be a constant, not a column")
        return value if isinstance(value, (int, float)) else float(value)

    def flag(self, bound: dict[str, Node], name: str, default: bool) -> bool:
        """Return the value of an argument that must be TRUE or FALSE."""
        value = self.constant(bound, name, default)
        if not isinstance(value, bool):
            raise self.error(bound[name], f"the argument {name!r} must be TRUE or FALSE")
        return value

    def count(self, bound: dict[str, Node], name: str, default: int | None = None) -> int | None:
        """Return the value of an argument that must be a whole number, 1 or more."""
        value = self.constant(bound, name, default)
        if value is None:
            return None
        if isinstance(value, (bool, str, tuple)) or value != np.floor(value) or not 1 <= value <= _MOST:
            raise self.error(bound[name], f"the argument {name!r} must be a whole number from 1 to {_MOST}")
        return int(value)

    def reals(self, bound: dict[str, Node], name: str) -> tuple[float, ...] | None:
        """Return the value of an argument that must be one or several finite numbers."""
        value = self.constant(bound, name)
        several = value if isinstance(value, tuple) else () if value is None else (value,)
        if any(isinstance(item, (str, bool)) or not np.isfinite(item) for item in several):
            raise self.error(bound[name], f"the argument {name!r} must be numbers")
        return tuple(float(item) for item in several) or None

    def error(self, node: Node, message: str) -> DataError:
        """Return a `DataError` that points at a node."""
        return DataError(pointed(message, self.where(node)))

    def _named(self, node: Name) -> Any:
        if node.text == "Intercept":
            return self._intercept(node)
        if node.text in self.frame:
            return self._column(node, self.frame.column(node.text, self.where(node)))
        if node.text in _CONSTANTS:
            return _CONSTANTS[node.text]
        raise self.error(node, f"the data have no column {node.text!r}; {nearest(node.text, self.frame.names)}")

    def _intercept(self, node: Name) -> Any:
        if "Intercept" in self.frame:
            raise self.error(node, "'Intercept' means a column of ones in a formula; rename the column of that name")
        return np.ones(self.frame.n_rows)

    def _column(self, node: Name, column: Column) -> Any:
        known = self.state.recall(label(node), lambda: _learn_column(column))
        kind = "factor" if column.is_categorical else "boolean" if column.kind == "boolean" else "numeric"
        if known["kind"] != kind and not column.missing.all():
            raise self.error(node, _changed(column, kind, known))
        if known["kind"] == "factor":
            codes = column.values if kind == "factor" else np.full(self.frame.n_rows, -1, dtype=np.int32)
            factor = Factor(codes, column.levels, known["ordered"])
            return self.recode(factor, tuple(known["levels"]), node)
        if column.missing.any():
            return np.where(column.missing, np.nan, column.values.astype(np.float64))
        return column.values if kind == "boolean" else column.values.astype(np.float64)

    def recode(self, factor: Factor, levels: tuple[str, ...], node: Node) -> Factor:
        """Return the factor on the levels of the fit.

        Raises
        ------
        DataError
            If it has a level that did not occur in the data of the fit.
        """
        if factor.levels == levels:
            return factor
        position = {level: i for i, level in enumerate(levels)}
        place = np.array([*(position.get(level, -2) for level in factor.levels), -1], dtype=np.int32)
        codes = place[factor.codes]
        if (codes == -2).any():
            raise self.error(node, self._unseen(factor, codes, levels, node))
        return Factor(codes, levels, factor.ordered, factor.coding)

    def _unseen(self, factor: Factor, codes: NDArray[np.int32], levels: tuple[str, ...], node: Node) -> str:
        unseen = [factor.levels[code] for code in np.unique(factor.codes[codes == -2])]
        which = f"level {unseen[0]!r}" if len(unseen) == 1 else "levels " + ", ".join(map(repr, unseen))
        row = self.frame.row_name(int(np.argmax(codes == -2)))
        return f"{which} of {label(node)} (first in {row}) did not occur in the data of the fit; {nearest(unseen[0], levels)}"

    def _binary(self, node: Binary) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if node.operator == ":":
            return self._crossed(node, left, right)
        with self.pointing(node):
            return apply_binary(node.operator, left, right)

    def _crossed(self, node: Binary, left: Any, right: Any) -> Any:
        """`a:b` of two factors is their interaction, of two numbers a sequence."""
        if isinstance(left, (float, int)) and isinstance(right, (float, int)):
            if not abs(right - left) < _MOST:
                raise self.error(node, f"a sequence may have at most {_MOST} elements")
            step = 1 if right >= left else -1
            return tuple(float(v) for v in np.arange(left, right + step * 0.5, step))
        if not (isinstance(left, Factor) and isinstance(right, Factor)):
            raise self.error(node, "':' inside an expression crosses two factors, or counts from one number to another")
        codes = np.where((left.codes < 0) | (right.codes < 0), -1, left.codes * len(right.levels) + right.codes)
        crossed = Factor(codes.astype(np.int32), tuple(f"{a}:{b}" for a in left.levels for b in right.levels))
        return self.learnt_levels(crossed, node)

    def learnt_levels(self, factor: Factor, node: Node) -> Factor:
        """Return a factor made by an expression on the levels that occur in the data of the fit."""

        def learn() -> dict[str, Any]:
            used = np.unique(factor.codes[factor.codes >= 0])
            return {"levels": [factor.levels[code] for code in used], "ordered": factor.ordered}

        known = self.state.recall(label(node), learn)
        return self.recode(factor, tuple(known["levels"]), node)

    def _called(self, node: Call) -> Any:
        if node.function in _HANDLERS:
            return _HANDLERS[node.function](node, self)
        own = registered(node.function)
        if own is None and node.function not in ELEMENTWISE and node.function not in VARIADIC:
            raise self.error(
                node, f"there is no function {node.function}(); {nearest(node.function, known_functions())}"
            )
        if own is not None:
            values = [self._argument(argument.value, node) for argument in node.arguments]
            with self.pointing(node):
                return _apply_own(own, node, values, self.frame.n_rows)
        return self._folded(node) if node.function in VARIADIC else self._elementwise(node)

    def _elementwise(self, call: Call) -> Any:
        names = ("x", SECOND_ARGUMENT[call.function]) if call.function in SECOND_ARGUMENT else ("x",)
        bound = self.arguments(call, *names)
        return ELEMENTWISE[call.function](*(self._argument(bound[name], call) for name in names if name in bound))

    def _folded(self, call: Call) -> Any:
        if not call.arguments or any(argument.name is not None for argument in call.arguments):
            raise self.error(call, f"{call.function}() needs arguments, without names")
        return reduce(VARIADIC[call.function], [self._argument(argument.value, call) for argument in call.arguments])

    def _argument(self, node: Node, call: Call) -> Any:
        value = self.value(node)
        with self.pointing(node):
            return as_number(value, call.function)


def _apply_own(function: Callable[..., Any], call: Call, values: list[Any], n_rows: int) -> Any:
    """Call the user's function; whatever goes wrong in it is told as an error of the data."""
    try:
        result = np.asarray(function(*values), dtype=np.float64)
    except Exception as error:
        raise DataError(f"the registered function {call.function}() failed: {type(error).__name__}: {error}") from error
    if result.shape not in ((), (n_rows,)):
        raise DataError(f"the registered function {call.function}() gave shape {result.shape} for {n_rows} rows")
    return result


def _learn_column(column: Column) -> dict[str, Any]:
    if column.is_categorical:
        levels = column.drop_unused_levels().levels
        return {"kind": "factor", "levels": list(levels), "ordered": column.is_ordered}
    return {"kind": "boolean" if column.kind == "boolean" else "numeric"}


def _changed(column: Column, kind: str, known: dict[str, Any]) -> str:
    before = known["kind"]
    remedy = {"boolean": "give True or False", "numeric": "give numbers"}.get(before, "give one of its levels: ")
    levels = ", ".join(known.get("levels", ())[:6])
    return f"column {column.name!r} is {kind} here, but was {before} in the data of the fit; {remedy}{levels}"
