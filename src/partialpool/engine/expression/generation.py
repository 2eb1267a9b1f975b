"""Source of the module that holds one generated kernel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import sympy as sp

from partialpool.engine.expression.density import Density
from partialpool.engine.expression.joining import join
from partialpool.engine.expression.lowering import lower
from partialpool.engine.expression.printing import function_names, source_of
from partialpool.engine.expression.rewriting import derivative, rewrite
from partialpool.engine.expression.separation import Separation
from partialpool.engine.expression.staging import Staging, has_calls
from partialpool.engine.mathematics.symbols import Absolute, Where

__all__ = ["element_source", "row_source"]

_HEAD = '''"""Kernel generated from a density by partialpool."""

import math

from partialpool.engine.expression.memory import PREPARE, accumulate, load, reserve, store
from partialpool.engine.kernel import BACKWARD, as_double, doubles_at
from partialpool.engine.vecmath.primitives import add
{imports}
INPUTS = {inputs}
COLUMNS = {columns}
N_PREPARED = {n_prepared}
{legend}


def evaluate(arguments, values, adjoints, phase, row0, n_rows):
    if phase & BACKWARD:
        return 0.0
'''


_NOTHING = sp.Float(1e-300)
"""A part of a smaller weight does not count."""


@dataclass(frozen=True)
class _Calculation:
    """Assignments in order, and the results in terms of them."""

    steps: list[tuple[Any, Any]]
    results: list[Any]

    @property
    def expressions(self) -> list[Any]:
        """Everything that is computed."""
        return [expression for _, expression in self.steps] + self.results

    @property
    def symbols(self) -> set[Any]:
        """Everything that occurs."""
        return set().union(*(expression.free_symbols for expression in self.expressions))


@dataclass(frozen=True)
class _Plan:
    """A density with its derivatives, separated by how often each part is computed.

    Attributes
    ----------
    names
        Symbol of each input and datum, by its name in the density.
    partials
        Inputs with a derivative that is not zero.
    rows
        Per row: the log density, then the derivative by each of `partials`.
    hoisted, prepared
        Per block and per model, with the symbols of their results.
    """

    names: dict[str, Any]
    partials: list[str]
    rows: _Calculation
    hoisted: _Calculation
    hoisted_symbols: list[Any]
    prepared: _Calculation
    prepared_symbols: list[Any]


def row_source(density: Density) -> str:
    """Return the source of a kernel of rows, whose arguments are output, inputs, data columns, prepared columns."""
    scalars = [i.name for i in density.inputs if i.level == "scalar"]
    plan = _plan(density, scalars, list(density.data))
    used = plan.rows.symbols | plan.prepared.symbols
    columns = [name for name in density.data if plan.names[name] in used]
    words = count()
    head = [f"out = arguments[{next(words)}]", *_slots(density, plan, words)]
    pointers = [f"{plan.names[name]}_column = doubles_at(arguments[{next(words)}])" for name in columns]
    pointers += [f"{symbol}_column = doubles_at(arguments[{next(words)}])" for symbol in plan.prepared_symbols]
    data = [plan.names[name] for name in columns] + plan.prepared_symbols
    loads = _loads(density, plan) | {symbol: _load_column(symbol) for symbol in data if symbol in plan.rows.symbols}
    result = [f"density = {source_of(plan.rows.results[0])}", "store(values, out + i, density)"]
    lines = [*pointers, *_preparation(plan, columns), *head]
    lines += [*_scalar_reads(density, plan), *_hoisting(plan), *_summing_loop(density, plan, loads, result, "n_rows")]
    return _module(density, plan, columns, [*lines, "return total"])


def element_source(density: Density) -> str:
    """Return the source of a kernel of elements, whose arguments are slot, size, offset, data numbers."""
    plan = _plan(density, list(density.data), [])
    words = count()
    lines = [*_slots(density, plan, words), f"size = arguments[{next(words)}]"]
    lines += [f"offset = as_double(arguments[{next(words)}])"]
    lines += [f"{plan.names[name]} = as_double(arguments[{next(words)}])" for name in density.data]
    result = [f"density = {source_of(plan.rows.results[0])}"]
    lines += [*_hoisting(plan), *_summing_loop(density, plan, _loads(density, plan), result, "size")]
    return _module(density, plan, [], [*lines, "return total + offset"])


def _plan(density: Density, scalars: Sequence[str], columns: Sequence[str]) -> _Plan:
    expression, parts, names = _with_plain_names(density)
    value, parts = rewrite(expression), {symbol: rewrite(part) for symbol, part in parts.items()}
    slopes = _by_chain_rule(value, parts, [names[i.name] for i in density.inputs])
    derivatives = {i.name: slopes[names[i.name]] for i in density.inputs}
    partials = [name for name, partial in derivatives.items() if partial != 0]
    separation = Separation(frozenset(names[n] for n in scalars), frozenset(names[n] for n in columns))
    wanted = [*parts.values(), value, *(derivatives[name] for name in partials)]
    separated = separation.separate_all([lower(expression) for expression in wanted])
    known: dict[Any, Any] = {}
    for symbol, part in zip(parts, separated, strict=False):
        known[symbol] = part.xreplace(known)
    rows = _shared([expression.xreplace(known) for expression in separated[len(parts) :]], "t")
    return _Plan(
        names,
        partials,
        rows,
        _shared(list(separation.hoisted), "h"),
        list(separation.hoisted.values()),
        _shared(list(separation.prepared), "q"),
        list(separation.prepared.values()),
    )


def _by_chain_rule(value: Any, parts: dict[Any, Any], inputs: list[Any]) -> dict[Any, Any]:
    """Return the derivative of a value by each input, and by each part, from the last part to the first."""
    slopes = {symbol: derivative(value, symbol) for symbol in (*inputs, *parts)}
    for part, expression in reversed(parts.items()):
        for symbol in expression.free_symbols & slopes.keys():
            weight, inner = slopes[part], derivative(expression, symbol)
            slopes[symbol] += weight if inner == 1 else Where(Absolute(weight) < _NOTHING, 0, weight * inner)
    return slopes


def _with_plain_names(density: Density) -> tuple[Any, dict[Any, Any], dict[str, Any]]:
    """Return the expression and its parts with inputs u0, u1, ... and data d0, d1, ..., and the new symbol of each name."""
    new = {i.name: f"u{k}" for k, i in enumerate(density.inputs)} | {n: f"d{k}" for k, n in enumerate(density.data)}
    parts = {sp.Symbol(name, real=True): sp.sympify(part) for name, part in density.parts}
    expression = sp.sympify(density.expression)
    found: dict[str, Any] = {}
    for symbol in expression.free_symbols.union(*(part.free_symbols for part in parts.values())) - parts.keys():
        if symbol.name not in new:
            raise ValueError(f"{symbol.name} is neither an input nor a datum of the density")
        if symbol.name in found:
            raise ValueError(f"the density holds two different symbols named {symbol.name}")
        found[symbol.name] = symbol
    known = {n: {"positive": True} if n in found and found[n].is_positive else {"real": True} for n in new}
    names = {name: sp.Symbol(plain, **known[name]) for name, plain in new.items()}
    plain = {symbol: names[name] for name, symbol in found.items()}
    return expression.xreplace(plain), {symbol: part.xreplace(plain) for symbol, part in parts.items()}, names


def _shared(expressions: list[Any], letter: str) -> _Calculation:
    """Compute common subexpressions once, and so the base of each power that is written out as a product."""
    bases = [
        part.base
        for expression in expressions
        for part in sp.preorder_traversal(expression)
        if isinstance(part, sp.Pow) and part.exp.is_Integer and abs(part.exp) > 1 and not part.base.is_Atom
    ]
    steps, results = sp.cse([*expressions, *bases], symbols=sp.numbered_symbols(letter, real=True), order="none")
    return _Calculation(*join(list(steps), results[: len(expressions)], f"{letter}j"))


def _slots(density: Density, plan: _Plan, words: Iterator[int]) -> list[str]:
    return [f"{plan.names[i.name]}_slot = arguments[{next(words)}]" for i in density.inputs]


def _loads(density: Density, plan: _Plan) -> dict[Any, str]:
    symbols = [plan.names[i.name] for i in density.inputs if i.level == "row"]
    return {symbol: f"{symbol} = load(values, {symbol}_slot + i)" for symbol in symbols if symbol in plan.rows.symbols}


def _load_column(symbol: Any) -> str:
    return f"{symbol} = load({symbol}_column, row0 + i)"


def _scalar_reads(density: Density, plan: _Plan) -> list[str]:
    symbols = [plan.names[i.name] for i in density.inputs if i.level == "scalar"]
    return [f"{symbol} = values[{symbol}_slot]" for symbol in symbols]


def _assignments(calculation: _Calculation) -> list[str]:
    return [f"{_target(symbol)} = {source_of(expression)}" for symbol, expression in calculation.steps]


def _target(symbol: Any) -> str:
    return ", ".join(map(str, symbol)) if isinstance(symbol, tuple) else str(symbol)


def _hoisting(plan: _Plan) -> list[str]:
    results = zip(plan.hoisted_symbols, plan.hoisted.results, strict=True)
    return [*_assignments(plan.hoisted), *(f"{symbol} = {source_of(result)}" for symbol, result in results)]


def _preparation(plan: _Plan, columns: Sequence[str]) -> list[str]:
    """Return the loop that fills the prepared columns."""
    if not plan.prepared_symbols:
        return []
    used = [plan.names[name] for name in columns if plan.names[name] in plan.prepared.symbols]
    results = zip(plan.prepared_symbols, plan.prepared.results, strict=True)
    body = [*map(_load_column, used), *_assignments(plan.prepared)]
    body += [f"store({symbol}_column, row0 + i, {source_of(result)})" for symbol, result in results]
    return ["if phase & PREPARE:", *_indented(_loop(body, "n_rows")), "    return 0.0"]


def _summing_loop(density: Density, plan: _Plan, loads: dict[Any, str], result: list[str], size: str) -> list[str]:
    """Return the loop over rows with its sums: the log density, and the derivatives by scalars."""
    levels = {i.name: i.level for i in density.inputs}
    before, after = ["total = 0.0"], []
    finish = [*result, "total = add(total, density)"]
    for name, partial in zip(plan.partials, plan.rows.results[1:], strict=True):
        symbol = plan.names[name]
        if levels[name] == "row":
            finish.append(f"accumulate(adjoints, {symbol}_slot + i, {source_of(partial)})")
        else:
            before.append(f"{symbol}_adjoint = 0.0")
            finish.append(f"{symbol}_adjoint = add({symbol}_adjoint, {source_of(partial)})")
            after.append(f"adjoints[{symbol}_slot] += {symbol}_adjoint")
    if has_calls(plan.rows.steps):
        return [*before, *Staging(plan.rows.steps, loads).loops(finish, plan.rows.results, size), *after]
    return [*before, *_loop([*loads.values(), *_assignments(plan.rows), *finish], size), *after]


def _loop(body: list[str], size: str) -> list[str]:
    return [f"for i in range({size}):", *_indented(body)]


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _imports(functions: set[str]) -> str:
    elsewhere = {"select": "partialpool.engine.vecmath.primitives", "floor": "numpy"}
    modules: dict[str, list[str]] = {}
    for name in sorted(functions):
        modules.setdefault(elsewhere.get(name, "partialpool.engine.vecmath"), []).append(name)
    return "".join(f"from {module} import {', '.join(names)}\n" for module, names in modules.items())


def _module(density: Density, plan: _Plan, columns: Sequence[str], body: list[str]) -> str:
    calculations = (plan.rows, plan.hoisted, plan.prepared)
    functions = set().union(*(function_names(e) for c in calculations for e in c.expressions))
    head = _HEAD.format(
        imports=_imports(functions),
        inputs=repr(tuple(i.name for i in density.inputs)),
        columns=repr(tuple(columns)),
        n_prepared=len(plan.prepared_symbols),
        legend="\n".join(f"# {symbol}: {name!r}" for name, symbol in plan.names.items()),
    )
    return head + "".join(f"{line}\n" for line in _indented(body))
