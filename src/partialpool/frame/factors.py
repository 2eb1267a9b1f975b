"""Functions of expressions that make factors, or make something of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError
from partialpool.formula.nodes import Call, Name, Node
from partialpool.formula.printing import label
from partialpool.frame.columns import printed
from partialpool.frame.operators import choose
from partialpool.frame.scope import Scope, handles
from partialpool.frame.values import Factor, Matrix

__all__ = ["as_factor"]


def as_factor(value: Any) -> Factor:
    """Return a value as a factor: levels sorted, numbers by size, `FALSE` before `TRUE`.

    Raises
    ------
    DataError
        If the value is a matrix or a constant.
    """
    if isinstance(value, Factor):
        return value
    if not isinstance(value, np.ndarray) or value.ndim != 1:
        raise DataError("only a column can be made a factor")
    missing = np.isnan(value) if value.dtype != np.bool_ else np.zeros(len(value), dtype=bool)
    distinct, codes = np.unique(value[~missing], return_inverse=True)
    levels = tuple(printed(level) for level in distinct)
    all_codes = np.full(len(value), -1, dtype=np.int32)
    all_codes[~missing] = codes
    return Factor(all_codes, levels)


@handles("factor", "as.factor", "ordered", "as.ordered")
def _factor(call: Call, scope: Scope) -> Factor:
    bound = scope.arguments(call, "x", "levels", "labels", "ordered")
    value = scope.value(bound["x"])
    with scope.pointing(bound["x"]):
        factor = as_factor(value)
    ordered = scope.flag(bound, "ordered", factor.ordered or "ordered" in call.function)
    wanted = _texts(scope.constant(bound, "levels"))
    if wanted is None:
        wanted = tuple(scope.learnt_levels(Factor(factor.codes, factor.levels, ordered), call).levels)
    place = np.array([*(wanted.index(a) if a in wanted else -1 for a in factor.levels), -1], dtype=np.int32)
    named = _texts(scope.constant(bound, "labels")) or wanted
    if len(named) != len(wanted):
        raise scope.error(call, f"{len(named)} labels for {len(wanted)} levels")
    return Factor(place[factor.codes], named, ordered)


def _texts(constants: Any) -> tuple[str, ...] | None:
    if constants is None:
        return None
    several = constants if isinstance(constants, tuple) else (constants,)
    return tuple(item if isinstance(item, str) else printed(float(item)) for item in several)


@handles("C")
def _coded(call: Call, scope: Scope) -> Factor:
    bound = scope.arguments(call, "object", "contr", "base")
    factor = _expect_factor(bound["object"], call, scope)
    if "contr" not in bound:
        raise scope.error(call, "C() needs a coding, such as C(x, contr.sum)")
    contr = bound["contr"]
    coding = contr.text if isinstance(contr, Name) else scope.constant(bound, "contr")
    if not isinstance(coding, str):
        raise scope.error(
            contr, "the coding must be named: contr.treatment, contr.sum, contr.helmert, contr.poly, contr.SAS"
        )
    base = None if "base" not in bound else _level_named(scope.constant(bound, "base"), factor, call, scope)
    return Factor(factor.codes, factor.levels, factor.ordered, (coding, base))


@handles("relevel")
def _relevel(call: Call, scope: Scope) -> Factor:
    """Move one level to the front, so that treatment contrasts compare with it."""
    bound = scope.arguments(call, "x", "ref")
    if "ref" not in bound:
        raise scope.error(call, "relevel() needs the level that comes first, such as relevel(x, ref = 'b')")
    factor = _expect_factor(bound["x"], call, scope)
    if factor.ordered:
        raise scope.error(call, "relevel() is for factors whose levels have no order")
    first = factor.levels.index(_level_named(scope.constant(bound, "ref"), factor, call, scope))
    order = [first, *(i for i in range(len(factor.levels)) if i != first)]
    codes = np.append(np.argsort(order), -1).astype(np.int32)[factor.codes]
    return Factor(codes, tuple(factor.levels[i] for i in order))


def _level_named(which: Any, factor: Factor, call: Call, scope: Scope) -> str:
    """Return a level given by its name, or by its 1-based position."""
    if isinstance(which, str) and which in factor.levels:
        return which
    if isinstance(which, (int, float)) and 1 <= which <= len(factor.levels):
        return factor.levels[int(which) - 1]
    raise scope.error(call, f"there is no level {which!r}; levels: {', '.join(factor.levels)}")


def _expect_factor(node: Node, call: Call, scope: Scope) -> Factor:
    value = scope.value(node)
    if isinstance(value, Factor):
        return value
    if isinstance(value, np.ndarray) and value.dtype == np.bool_:
        return Factor(value.astype(np.int32), ("FALSE", "TRUE"))
    raise scope.error(node, f"{call.function}() needs a factor; factor({label(node)}) makes one of it")


@handles("as.numeric", "as.integer")
def _as_numeric(call: Call, scope: Scope) -> Any:
    """Turn the levels of a factor into 1, 2, 3, ...; other values into numbers."""
    node = scope.arguments(call, "x")["x"]
    value = scope.value(node)
    if isinstance(value, Factor):
        return np.where(value.codes < 0, np.nan, value.codes + 1.0)
    numbers = scope.numbers(node, call)
    return np.trunc(numbers) if call.function == "as.integer" else numbers


@handles("as.logical")
def _as_logical(call: Call, scope: Scope) -> Any:
    """Turn numbers into booleans: true unless zero."""
    return scope.numbers(scope.arguments(call, "x")["x"], call) != 0


@handles("cut")
def _cut(call: Call, scope: Scope) -> Factor:
    """Cut a numeric column into intervals: at given breaks, or into a number of intervals of equal width in the fit."""
    bound = scope.arguments(call, "x", "breaks", "labels", "include.lowest", "right", "ordered_result")
    x = scope.numbers(bound["x"], call)
    given = scope.reals(bound, "breaks")
    right, lowest = scope.flag(bound, "right", True), scope.flag(bound, "include.lowest", False)
    with scope.pointing(call):
        breaks = scope.state.recall(f"breaks of {label(call)}", lambda: {"breaks": _breaks(x, given)})["breaks"]
    codes = np.searchsorted(breaks, x, side="left" if right else "right") - 1
    if lowest:
        codes = np.where(x == (breaks[0] if right else breaks[-1]), 0 if right else len(breaks) - 2, codes)
    outside = np.isnan(x) | (codes < 0) | (codes >= len(breaks) - 1)
    levels = _texts(scope.constant(bound, "labels")) or _intervals(breaks, right)
    if len(levels) != len(breaks) - 1:
        raise scope.error(call, f"{len(levels)} labels for {len(breaks) - 1} intervals")
    ordered = scope.flag(bound, "ordered_result", False)
    return scope.learnt_levels(Factor(np.where(outside, -1, codes).astype(np.int32), levels, ordered), call)


def _breaks(x: NDArray[np.float64], given: tuple[float, ...] | None) -> list[float]:
    if given is not None and len(given) > 1:
        if len(set(given)) < len(given):
            raise DataError("cut() needs breaks that differ")
        return sorted(given)
    if given is None or not 2 <= given[0] <= 1000:
        raise DataError("cut() needs breaks: c(0, 10, 20), or a number of intervals of at least 2")
    low, high = float(np.nanmin(x)), float(np.nanmax(x))
    inner = np.linspace(low, high, int(given[0]) + 1)[1:-1]
    margin = (high - low) / 1000
    return [low - margin, *inner.tolist(), high + margin]


def _intervals(breaks: list[float], right: bool) -> tuple[str, ...]:
    """Name intervals as R does: with as few digits, three or more, as tell the breaks apart."""
    for digits in range(3, 17):
        shown = [format(b, f".{digits}g") for b in breaks]
        if len(set(shown)) == len(shown):
            break
    opening, closing = ("(", "]") if right else ("[", ")")
    return tuple(f"{opening}{a},{b}{closing}" for a, b in pairwise(shown))


@handles("is.na")
def _is_na(call: Call, scope: Scope) -> Any:
    node = scope.arguments(call, "x")["x"]
    value = scope.value(node)
    return value.codes < 0 if isinstance(value, Factor) else np.isnan(scope.numbers(node, call))


@handles("ifelse")
def _ifelse(call: Call, scope: Scope) -> Any:
    bound = scope.arguments(call, "test", "yes", "no")
    if len(bound) < 3:
        raise scope.error(call, "ifelse() needs a test, a value where it holds and one where it does not")
    test, yes, no = (scope.value(bound[name]) for name in ("test", "yes", "no"))
    with scope.pointing(call):
        chosen = choose(test, yes, no)
    return scope.learnt_levels(chosen, call) if isinstance(chosen, Factor) else chosen


@handles("cbind")
def _cbind(call: Call, scope: Scope) -> Matrix:
    if not call.arguments:
        raise scope.error(call, "cbind() needs columns")
    columns = [scope.numbers(argument.value, call) for argument in call.arguments]
    names = tuple(argument.name or label(argument.value).strip("`") for argument in call.arguments)
    return Matrix(np.column_stack(columns), names)


@handles("I")
def _as_is(call: Call, scope: Scope) -> Any:
    return scope.value(scope.arguments(call, "x")["x"])


@handles("c")
def _c(call: Call, scope: Scope) -> tuple[Any, ...]:
    parts: list[Any] = []
    for argument in call.arguments:
        value = scope.value(argument.value)
        if isinstance(value, (Factor, Matrix)) or (isinstance(value, np.ndarray) and value.ndim != 0):
            raise scope.error(argument.value, "c() joins constants; cbind() joins columns")
        if value is None:
            continue
        parts.extend(value if isinstance(value, tuple) else [value if isinstance(value, str) else float(value)])
    return tuple(parts)
