"""Functions of expressions that learn something from the data of the fit and use it again for new data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.formula.nodes import Call, Node
from partialpool.formula.printing import label
from partialpool.frame.bases import (
    evaluate_bspline,
    evaluate_natural,
    evaluate_poly,
    learn_bspline,
    learn_natural,
    learn_poly,
)
from partialpool.frame.scope import Scope, handles
from partialpool.frame.values import Matrix

__all__: list[str] = []

Floats = NDArray[np.float64]


@handles("scale")
def _scale(call: Call, scope: Scope) -> Floats:
    """Subtract the mean and divide by the standard deviation (n - 1) of the fit, or what `center` and `scale` say."""
    bound = scope.arguments(call, "x", "center", "scale")
    x = scope.numbers(bound["x"], call)
    center, scale = (_switch_or_number(bound, name, call, scope) for name in ("center", "scale"))

    def learn() -> dict[str, Any]:
        present = _present(x, call, scope)
        shift = present.mean() if center is True else float(center)
        # Without centring, R divides by the root mean square.
        around = np.sqrt(np.sum((present - shift) ** 2) / (len(present) - 1)) if len(present) > 1 else 0.0
        spread = around if scale is True else 1.0 if scale is False else scale
        if not np.isfinite(spread) or spread == 0:
            raise scope.error(call, f"{label(call)} divides by zero: all values are alike")
        return {"center": float(shift), "scale": float(spread)}

    known = scope.state.recall(label(call), learn)
    return (x - float(known["center"])) / float(known["scale"])


def _switch_or_number(bound: dict[str, Node], name: str, call: Call, scope: Scope) -> bool | float:
    value = scope.constant(bound, name, True)
    if not isinstance(value, (bool, float, int)):
        raise scope.error(call, f"the argument {name!r} of scale() must be TRUE, FALSE or a number")
    return value


@handles("center")
def _center(call: Call, scope: Scope) -> Floats:
    """Subtract the mean of the fit."""
    x = scope.numbers(scope.arguments(call, "x")["x"], call)
    known = scope.state.recall(label(call), lambda: {"center": float(np.mean(_present(x, call, scope)))})
    return x - float(known["center"])


@handles("poly")
def _poly(call: Call, scope: Scope) -> Matrix:
    bound = scope.arguments(call, "x", "degree", "raw", "simple")
    x = scope.numbers(bound["x"], call)
    degree = scope.count(bound, "degree", 1) or 1
    names = tuple(str(k + 1) for k in range(degree))
    if scope.flag(bound, "raw", False):
        return Matrix(x[:, None] ** np.arange(1, degree + 1), names)
    return Matrix(_basis(call, scope, x, lambda v: learn_poly(v, degree), evaluate_poly), names)


@handles("bs")
def _bs(call: Call, scope: Scope) -> Matrix:
    bound = scope.arguments(call, "x", "df", "knots", "degree", "intercept", "Boundary.knots")
    x = scope.numbers(bound["x"], call)
    df, knots, boundary = _spline_arguments(bound, scope)
    degree = scope.count(bound, "degree", 3) or 3
    intercept = scope.flag(bound, "intercept", False)
    values = _basis(
        call, scope, x, lambda v: learn_bspline(v, df, knots, degree, intercept, boundary), evaluate_bspline
    )
    return Matrix(values, tuple(str(k + 1) for k in range(values.shape[1])))


@handles("ns")
def _ns(call: Call, scope: Scope) -> Matrix:
    bound = scope.arguments(call, "x", "df", "knots", "intercept", "Boundary.knots")
    x = scope.numbers(bound["x"], call)
    df, knots, boundary = _spline_arguments(bound, scope)
    intercept = scope.flag(bound, "intercept", False)
    values = _basis(call, scope, x, lambda v: learn_natural(v, df, knots, intercept, boundary), evaluate_natural)
    return Matrix(values, tuple(str(k + 1) for k in range(values.shape[1])))


def _spline_arguments(
    bound: dict[str, Node], scope: Scope
) -> tuple[int | None, Sequence[float] | None, Sequence[float] | None]:
    boundary = scope.reals(bound, "Boundary.knots")
    if boundary is not None and len(boundary) != 2:
        raise scope.error(bound["Boundary.knots"], "there must be two boundary knots")
    return scope.count(bound, "df"), scope.reals(bound, "knots"), boundary


def _basis(
    call: Call,
    scope: Scope,
    x: Floats,
    learn: Callable[[Floats], dict[str, Any]],
    evaluate: Callable[[Floats, dict[str, Any]], Floats],
) -> Floats:
    """Learn a basis from the values that are there and evaluate it at all of them; a missing one gives missing rows."""
    present = np.isfinite(x)
    with scope.pointing(call):
        known = scope.state.recall(label(call), lambda: learn(_present(x, call, scope)))
    values = evaluate(np.where(present, x, known.get("boundary", [0.0])[0]), known)
    values[~present] = np.nan
    return values


def _present(x: Floats, call: Call, scope: Scope) -> Floats:
    """Return the finite values, of which there must be some."""
    present = x[np.isfinite(x)]
    if present.size == 0:
        raise scope.error(call, f"{label(call)} has no values to learn from")
    return present
