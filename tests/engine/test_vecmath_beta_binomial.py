"""The beta-binomial distribution function and its derivatives in the shapes, against sums in mpmath."""

import math

import mpmath
import pytest

from partialpool.engine import vecmath

POINTS = [
    (0, 3, 1.0, 1.0),
    (5, 30, 0.3, 0.2),
    (30, 5, 0.3, 0.2),
    (100, 200, 1e6, 2e6),
    (10, 290, 1e6, 2e6),
    (250, 50, 1e6, 2e6),
    (3, 9, 1e-6, 1e-3),
    (200, 100, 0.5, 30.0),
    (0, 1000, 5.0, 1e8),
    (0, 1, 0.5, 0.5),
]


def cdf(y, m, a, b):
    n = y + m
    return mpmath.fsum(mpmath.binomial(n, k) * mpmath.beta(k + a, n - k + b) for k in range(y + 1)) / mpmath.beta(a, b)


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_value_and_slopes(point):
    y, m, a, b = point
    with mpmath.workdps(150):
        shapes = mpmath.mpf(a), mpmath.mpf(b)
        value = mpmath.log(cdf(y, m, *shapes))
        by_a = mpmath.diff(lambda t: mpmath.log(cdf(y, m, t, shapes[1])), shapes[0])
        by_b = mpmath.diff(lambda t: mpmath.log(cdf(y, m, shapes[0], t)), shapes[1])
    at = float(y), float(m), a, b
    assert vecmath.log_beta_binomial_cdf(*at) == pytest.approx(float(value), rel=1e-12, abs=2e-15 if y < m else 1e-300)
    assert vecmath.log_beta_binomial_cdf_a(*at) == pytest.approx(float(by_a), rel=1e-11, abs=1e-13 / b)
    assert vecmath.log_beta_binomial_cdf_b(*at) == pytest.approx(float(by_b), rel=1e-11, abs=1e-13 / b)


@pytest.mark.parametrize(
    "at", [(-1.0, 3.0, 1.0, 1.0), (3.0, 0.0, 1.0, 1.0), (1.0, 1.0, 0.0, 1.0), (math.nan, 1.0, 1.0, 1.0)]
)
def test_there_is_none_out_of_range(at):
    assert math.isnan(vecmath.log_beta_binomial_cdf(*at))
