"""Remainders and the functions that stay accurate near limits: values against mpmath, and limits."""

import math
from collections.abc import Callable
from typing import NamedTuple

import mpmath
import numpy as np
import pytest

from partialpool.engine import vecmath
from partialpool.engine.mathematics import precise

INF, NAN = math.inf, math.nan
RNG = np.random.default_rng(22)


def magnitudes(low, high, n=150):
    return np.exp(RNG.uniform(math.log(low), math.log(high), n))


def scaled_bessel(order, x):
    """Return I_order(x) exp(-x) sqrt(2 pi x)."""
    if x > 1000:
        return mpmath.hyp2f0(mpmath.mpf(0.5) - order, mpmath.mpf(0.5) + order, 1 / (2 * x))
    return mpmath.besseli(order, x) * mpmath.exp(-x) * mpmath.sqrt(2 * mpmath.pi * x)


def log_mills(x):
    if x < 1000:
        return precise.log_mills(x)
    return mpmath.log((1 - 1 / x**2 + 3 / x**4 - 15 / x**6 + 105 / x**8) / x)


def log_mills_slope(x):
    return x - mpmath.exp(-log_mills(x))


class Case(NamedTuple):
    reference: Callable
    points: np.ndarray
    relative: float
    absolute: float
    limits: dict[float, float]


SIGNED = np.concatenate([magnitudes(1e-12, 700.0), -magnitudes(1e-12, 1e8), RNG.uniform(-2.0, 2.0, 300)])
ABOVE_M1 = np.concatenate([magnitudes(1e-12, 1e10), -magnitudes(1e-12, 0.999999), RNG.uniform(-0.9, 2.0, 300)])
TAILS = np.concatenate([RNG.uniform(-40.0, 40.0, 300), magnitudes(1e-9, 1e4), -magnitudes(1e-9, 1e3)])
CASES = {
    "exp_remainder": Case(precise.exp_remainder, SIGNED, 1e-15, 0.0, {0.0: 0.5, -INF: 0.0, INF: INF}),
    "exp_remainder_slope": Case(precise.exp_remainder_slope, SIGNED, 3e-15, 0.0, {0.0: 1 / 6, -INF: 0.0, INF: INF}),
    "log1p_ratio": Case(precise.log1p_ratio, ABOVE_M1, 4e-16, 0.0, {0.0: 1.0, -1.0: INF, -2.0: NAN}),
    "log1p_ratio_slope": Case(precise.log1p_ratio_slope, ABOVE_M1, 5e-15, 0.0, {0.0: -0.5}),
    "stirling_error": Case(precise.stirling_error, magnitudes(1e-12, 1e6), 5e-15, 0.0, {0.0: 0.0}),
    "stirling_error_slope": Case(precise.stirling_error_slope, magnitudes(1e-8, 1e6), 8e-15, 0.0, {0.0: 1 / 12}),
    "log_mills": Case(log_mills, TAILS, 1e-15, 4e-16, {INF: -INF, -INF: INF}),
    "log_mills_slope": Case(log_mills_slope, TAILS, 2e-15, 0.0, {INF: 0.0, -INF: -INF}),
    "log_bessel_i0e": Case(
        lambda x: mpmath.log(scaled_bessel(0, x)) - mpmath.log(2 * mpmath.pi * x) / 2,
        magnitudes(1e-6, 1e8),
        2e-15,
        0.0,
        {0.0: 0.0, INF: -INF},
    ),
    "bessel_ratio_m1": Case(
        lambda x: scaled_bessel(1, x) / scaled_bessel(0, x) - 1,
        magnitudes(1e-6, 1e8),
        6e-15,
        0.0,
        {0.0: -1.0, INF: 0.0},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_value(name):
    case, function = CASES[name], getattr(vecmath, name)
    with mpmath.workdps(60):
        for x in case.points.tolist():
            truth = case.reference(mpmath.mpf(x))
            assert abs(function(x) - truth) <= max(case.relative * abs(truth), case.absolute), x


@pytest.mark.parametrize("name", CASES)
def test_limits(name):
    function = getattr(vecmath, name)
    for x, limit in CASES[name].limits.items():
        np.testing.assert_allclose(function(x), limit, rtol=4e-15)
    assert math.isnan(function(NAN))
