"""The logarithm of Student's t distribution function and its derivative with respect to the degrees of freedom.

With r = |z|/sqrt(nu), the tail is C times the integral of (1 + s^2)^(-(nu + 1)/2) from r to infinity, C = gamma((nu + 1)/2)
/ (sqrt(pi) gamma(nu/2)). No more than forty terms are added up, by the place of z:

- Far out, the hypergeometric series of x = 1/(1 + r^2), whose terms are positive.
- About the centre, one half less the integral from 0 to r, by Gauss and Legendre's rule.
- Else (nu is large), the integral over s = sinh(u) by the same rule, up to where nothing is left of the density.

Relative errors of values are below 1e-13, those of derivatives below 1e-10 beside an absolute one of 1e-15/nu
(`tests/engine/test_vecmath_incomplete.py`).
"""

from __future__ import annotations

import math

import numpy as np

from partialpool.engine.vecmath.elementary import exp, expm1, log, log1p, sqrt
from partialpool.engine.vecmath.gamma_differences import digamma_diff, lgamma_diff
from partialpool.engine.vecmath.primitives import add, iterative_function, select, vector_function
from partialpool.engine.vecmath.quadrature import FEW_NODES, FEW_WEIGHTS, NODES, WEIGHTS

__all__ = ["log_student_cdf", "log_student_cdf_and_slope", "log_student_cdf_nu"]

_INF = math.inf
_NAN = math.nan
_LN2 = 0.6931471805599453
_HALF_LOG_PI = 0.5723649429247001
_FAR = 1.4
"""Of r^2, from which the series is taken."""

_NEAR = 1.0
"""Of nu/2 log(1 + r^2), the logarithm of the density at 0 over that at z, nearly."""

_NOTHING = 38.0
"""What a logarithm falls by until nothing is left."""

_POWERS = np.arange(40.0)
_BINOMIALS = np.concatenate([[1.0], np.cumprod(1.0 - 0.5 / np.arange(1.0, 40.0))])
"""Coefficients of (1 - x)^(-1/2)."""


@iterative_function
def _far(log_x: float, half: float) -> tuple[float, float]:
    """Return the sum of binomial x^k/(half + k) and its derivative with respect to half."""
    total, slope = 0.0, 0.0
    for k in range(_POWERS.size):
        r = 1.0 / (half + _POWERS[k])
        term = _BINOMIALS[k] * exp(_POWERS[k] * log_x) * r
        total = add(total, term)
        slope = add(slope, -term * r)
    return total, slope


@iterative_function
def _centre(r: float, nu: float) -> tuple[float, float]:
    """Return the integral of (1 + s^2)^(-(nu + 1)/2) from 0 to r and its derivative with respect to nu."""
    total, slope = 0.0, 0.0
    for i in range(FEW_NODES.size):
        s = r * FEW_NODES[i]
        fall = 0.5 * log1p(s * s)
        term = FEW_WEIGHTS[i] * exp(-(nu + 1.0) * fall)
        total = add(total, term)
        slope = add(slope, -term * fall)
    return r * total, r * slope


@iterative_function
def _tail(tau: float, nu: float) -> tuple[float, float]:
    """Return the integral of (cosh(u)/cosh(v))^-nu over u from v to infinity, tanh(v) = tau, and its derivative by nu."""
    reach = expm1(_NOTHING / nu)
    excess = reach - tau
    root = sqrt(excess * excess + 2.0 * reach * (1.0 + tau))
    width = log1p((excess + root) / (1.0 + tau) if excess > 0.0 else 2.0 * reach / (root - excess))
    total, slope = 0.0, 0.0
    for i in range(NODES.size):
        e = expm1(width * NODES[i])
        fall = log1p(0.5 * e * (e * (1.0 + tau) + 2.0 * tau) / (1.0 + e))
        term = WEIGHTS[i] * exp(-nu * fall)
        total = add(total, term)
        slope = add(slope, -term * fall)
    return width * total, width * slope


@iterative_function
def log_student_cdf_and_slope(z: float, nu: float) -> tuple[float, float]:
    """Return log(F(z)) and its derivative with respect to nu.

    Examples
    --------
    >>> log_student_cdf_and_slope(-1.0, 1.0)[0] == log_student_cdf(-1.0, 1.0)
    True
    """
    if not (nu > 0.0 and nu < _INF):
        return _NAN, _NAN
    half, r = 0.5 * nu, abs(z) / sqrt(nu)
    square = r * r
    log_constant, constant_slope = lgamma_diff(half, 0.5) - _HALF_LOG_PI, 0.5 * digamma_diff(half, 0.5)
    if square > _FAR:
        inverse = 1.0 / r
        log_x = 2.0 * log(inverse) - log1p(inverse * inverse)
        total, slope = _far(log_x, half)
        value = half * log_x + log(0.5 * total) + log_constant
        slope = 0.5 * (log_x + slope / total) + constant_slope + 1.0 / (nu * total * sqrt(1.0 + inverse * inverse))
    else:
        fall = log1p(square)
        if half * fall < _NEAR:
            total, slope = _centre(r, nu)
            constant = exp(log_constant)
            by_edge = 0.5 * r / nu * exp(-(half + 0.5) * fall)
            middle, slope = constant * total, constant * (total * constant_slope + slope - by_edge)
            probability = 0.5 + (middle if z > 0.0 else -middle)
            return log(probability), (slope if z > 0.0 else -slope) / probability
        tau = r / sqrt(1.0 + square)
        total, slope = _tail(tau, nu)
        value = log(total) - half * fall + log_constant
        slope = constant_slope - 0.5 * fall + (slope + 0.5 * tau / nu) / total
    if z > 0.0:
        tail = exp(value)
        return log1p(-tail), select(tail > 0.0, -tail / (1.0 - tail) * slope, 0.0)
    return value, slope


@vector_function
def log_student_cdf(z: float, nu: float) -> float:
    """Return the logarithm of the distribution function of Student's t of nu degrees of freedom, also far in the tails.

    Examples
    --------
    >>> round(log_student_cdf(-1.0, 1.0), 6), round(log_student_cdf(1.0, 1.0), 6)
    (-1.386294, -0.287682)
    """
    return log_student_cdf_and_slope(z, nu)[0]


@vector_function
def log_student_cdf_nu(z: float, nu: float) -> float:
    """Return the derivative of log_student_cdf with respect to nu.

    Examples
    --------
    >>> log_student_cdf_nu(-5.0, 3.0) < 0.0
    True
    """
    return log_student_cdf_and_slope(z, nu)[1]
