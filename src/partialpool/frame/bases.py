"""Bases of one numeric variable: orthogonal polynomials, B-splines and natural splines, as R's poly, bs and ns define them.

Each has two functions: one learns its constants from the data of the fit (a JSON-able dict), the other evaluates the
basis at any values with those constants.

References
----------
Kennedy & Gentle (1980), Statistical Computing, p. 343-344 (recurrence of orthogonal polynomials).
Hastie, T. J. (1992), Generalized additive models, in Statistical Models in S (natural splines as B-splines under two
linear constraints).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError

__all__ = [
    "evaluate_bspline",
    "evaluate_natural",
    "evaluate_poly",
    "learn_bspline",
    "learn_natural",
    "learn_poly",
]

Floats = NDArray[np.float64]


def learn_poly(x: Floats, degree: int) -> dict[str, Any]:
    """Return the recurrence coefficients of the polynomials orthogonal over `x`: `alpha` [degree], `norm2` [degree + 2].

    Raises
    ------
    DataError
        If `x` has no more distinct values than the degree.
    """
    if degree < 1:
        raise DataError(f"the degree must be at least 1, found {degree}")
    if np.unique(x).size <= degree:
        raise DataError(f"degree {degree} needs more than {degree} distinct values, found {np.unique(x).size}")
    mean = x.mean()
    triangular_q, r = np.linalg.qr(np.vander(x - mean, degree + 1, increasing=True))
    monic = triangular_q * np.diag(r)
    norm2 = np.sum(monic**2, axis=0)
    alpha = ((x - mean) @ monic**2 / norm2 + mean)[:degree]
    return {"alpha": alpha.tolist(), "norm2": [1.0, *norm2.tolist()]}


def evaluate_poly(x: Floats, learnt: dict[str, Any]) -> Floats:
    """Return the orthonormal polynomials of degree 1, 2, ... at `x`: shape [row, degree]."""
    alpha, norm2 = learnt["alpha"], learnt["norm2"]
    previous, current = np.zeros_like(x), np.ones_like(x)
    columns = []
    for k, shift in enumerate(alpha):
        previous, current = current, (x - shift) * current - (norm2[k + 1] / norm2[k]) * previous
        columns.append(current / np.sqrt(norm2[k + 2]))
    return np.column_stack(columns)


def learn_bspline(
    x: Floats,
    df: int | None = None,
    knots: Sequence[float] | None = None,
    degree: int = 3,
    intercept: bool = False,
    boundary: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Return degree, inner knots, boundary knots and intercept of a B-spline basis.

    With `df`, the inner knots are quantiles of `x`: df - degree (one fewer with intercept) of them.

    Raises
    ------
    DataError
        If `df` is too small for the degree.
    """
    least = degree + intercept
    return _learn_knots(x, df, knots, least, {"degree": degree, "intercept": intercept}, boundary)


def evaluate_bspline(x: Floats, learnt: dict[str, Any]) -> Floats:
    """Return the B-spline basis at `x`: shape [row, df]. Beyond the boundary the outer polynomials go on."""
    basis = _spline(learnt["knots"], learnt["boundary"], learnt["degree"])(x)
    return np.asarray(basis if learnt["intercept"] else basis[:, 1:], dtype=np.float64)


def learn_natural(
    x: Floats,
    df: int | None = None,
    knots: Sequence[float] | None = None,
    intercept: bool = False,
    boundary: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Return inner knots, boundary knots and intercept of a natural cubic spline basis.

    With `df`, the inner knots are quantiles of `x`: df - 1 (one fewer with intercept) of them.
    """
    return _learn_knots(x, df, knots, 1 + intercept, {"intercept": intercept}, boundary)


def evaluate_natural(x: Floats, learnt: dict[str, Any]) -> Floats:
    """Return the natural cubic spline basis at `x`: shape [row, df]. Beyond the boundary it is linear."""
    first = 0 if learnt["intercept"] else 1
    low, high = learnt["boundary"]
    spline = _spline(learnt["knots"], learnt["boundary"], 3)
    inside = np.clip(x, low, high)
    basis = spline(inside) + (x - inside)[:, None] * spline.derivative()(inside)
    curvature = spline.derivative(2)(np.array([low, high]))
    # The null space of the two constraints "no curvature at the boundary", by the same Householder reflections as R.
    q, _ = np.linalg.qr(curvature[:, first:].T, mode="complete")
    return np.asarray((basis[:, first:] @ q)[:, 2:], dtype=np.float64)


def _learn_knots(
    x: Floats,
    df: int | None,
    knots: Sequence[float] | None,
    least: int,
    constants: dict[str, Any],
    boundary: Sequence[float] | None,
) -> dict[str, Any]:
    low, high = (float(x.min()), float(x.max())) if boundary is None else sorted(float(b) for b in boundary)
    if low == high:
        raise DataError("a spline needs at least two distinct values")
    if knots is None:
        n_inner = 0 if df is None else df - least
        if n_inner < 0:
            raise DataError(f"df = {df} is too small; it must be at least {least}")
        inside = x[(x >= low) & (x <= high)]
        knots = np.quantile(inside, np.linspace(0, 1, n_inner + 2)[1:-1]).tolist()
    inner = sorted(float(knot) for knot in knots)
    if inner and not (low < inner[0] and inner[-1] < high):
        raise DataError(f"inner knots must lie between the boundary knots {low:g} and {high:g}")
    return {**constants, "knots": inner, "boundary": [low, high]}


def _spline(knots: Sequence[float], boundary: Sequence[float], degree: int) -> Any:
    from scipy.interpolate import BSpline

    low, high = boundary
    sequence = np.r_[[low] * (degree + 1), knots, [high] * (degree + 1)]
    return BSpline(sequence, np.eye(len(sequence) - degree - 1), degree, extrapolate=True)
