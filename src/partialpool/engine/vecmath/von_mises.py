"""Probabilities of the von Mises distribution, counted from the mean direction, by quadrature of the density.

Errors are absolute: below 2e-15 for values. They are tested in `tests/engine/test_vecmath_integrals.py`.
"""

from __future__ import annotations

import math

from partialpool.engine.vecmath.bessel import bessel_ratio_m1, log_bessel_i0e
from partialpool.engine.vecmath.elementary import exp, sqrt
from partialpool.engine.vecmath.primitives import iterative_function, vector_function
from partialpool.engine.vecmath.quadrature import NODES, WEIGHTS
from partialpool.engine.vecmath.trigonometric import sin

__all__ = ["von_mises_integral", "von_mises_integral_and_slope", "von_mises_integral_kappa"]

_TWO_PI = 6.283185307179586
_NAN = math.nan
_HALF_E_FOLDS = 20.0


@iterative_function
def von_mises_integral_and_slope(angle: float, kappa: float) -> tuple[float, float]:
    """Return the integral of the density from 0 to an angle, and its derivative with respect to kappa.

    Examples
    --------
    >>> von_mises_integral_and_slope(1.0, 2.0)[0] == von_mises_integral(1.0, 2.0)
    True
    """
    if not (kappa >= 0.0 and abs(angle) < 1e9):
        return _NAN, _NAN
    turns = float(round(angle / _TWO_PI))
    rest = abs(angle - turns * _TWO_PI)
    reach = rest
    if kappa > _HALF_E_FOLDS:
        reach = min(rest, 2.0 * math.asin(sqrt(_HALF_E_FOLDS / kappa)))
    value, excess = 0.0, 0.0
    for k in range(NODES.size):
        half = sin(0.5 * reach * NODES[k])
        square = half * half
        weight = WEIGHTS[k] * exp(-2.0 * kappa * square)
        value += weight
        excess -= weight * 2.0 * square
    scale = reach * exp(-log_bessel_i0e(kappa)) / _TWO_PI
    value, excess = min(scale * value, 0.5), scale * excess
    slope = excess - bessel_ratio_m1(kappa) * value
    if angle < turns * _TWO_PI:
        value, slope = -value, -slope
    return turns + value, slope


@vector_function
def von_mises_integral(angle: float, kappa: float) -> float:
    """Return the integral of the density of mean direction 0 and concentration kappa, from 0 to an angle of any size.

    Examples
    --------
    >>> round(von_mises_integral(1.0, 0.0) * _TWO_PI, 12)
    1.0
    """
    return von_mises_integral_and_slope(angle, kappa)[0]


@vector_function
def von_mises_integral_kappa(angle: float, kappa: float) -> float:
    """Return the derivative of von_mises_integral with respect to kappa.

    Examples
    --------
    >>> von_mises_integral_kappa(1.0, 2.0) > 0.0
    True
    """
    return von_mises_integral_and_slope(angle, kappa)[1]
