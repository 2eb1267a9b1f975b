"""The incomplete gamma and beta functions and their derivatives in the shapes, against mpmath."""

import math

import mpmath
import numpy as np
import pytest
from scipy import special

from partialpool.engine import vecmath

RNG = np.random.default_rng(22)
N = 60


def magnitudes(low, high):
    return np.exp(RNG.uniform(math.log(low), math.log(high), N))


def gamma_p(a, x):
    return mpmath.hyp1f1(1, a + 1, x) * mpmath.exp(a * mpmath.log(x) - x - mpmath.loggamma(a + 1))


def beta_inc(a, b, x):
    factor = a * mpmath.log(x) + b * mpmath.log(1 - x) - mpmath.log(a) - mpmath.log(mpmath.beta(a, b))
    return mpmath.exp(factor) * mpmath.hyp2f1(1, a + b, a + 1, x)


def slope(function, at):
    step = at * mpmath.mpf(10) ** -30
    return (function(at + step) - function(at - step)) / (2 * step)


SHAPES = magnitudes(1e-6, 1e4)
GAMMA_POINTS = [
    *zip(SHAPES, np.abs(SHAPES + RNG.normal(0.0, 3.0, N) * np.sqrt(SHAPES)), strict=True),
    *zip(magnitudes(1e-6, 1e3), magnitudes(1e-5, 300.0), strict=True),
    (1e6, 1e6 + 500.0),
]


@pytest.mark.parametrize("point", GAMMA_POINTS, ids=lambda point: "{:.3g}-{:.3g}".format(*point))
def test_gamma(point):
    a, x = map(float, point)
    with mpmath.workdps(250):
        p = gamma_p(mpmath.mpf(a), mpmath.mpf(x))
        p_slope = slope(lambda shape: gamma_p(shape, mpmath.mpf(x)), mpmath.mpf(a))
        q = 1 - p
        truths = {
            "log_gamma_p": mpmath.log(p),
            "log_gamma_q": mpmath.log(q),
            "log_gamma_p_slope": p_slope / p,
            "log_gamma_q_slope": -p_slope / q,
            "gamma_p": p,
            "gamma_q": q,
            "gamma_p_slope": p_slope,
        }
    for name, truth in truths.items():
        tolerance = (2e-12 if "slope" in name else 4e-13) * abs(truth) + mpmath.mpf("1e-300")
        assert abs(getattr(vecmath, name)(a, x) - truth) <= tolerance, (name, truth)


def beta_points():
    a, b = magnitudes(1e-2, 3e3), magnitudes(1e-2, 3e3)
    inside = RNG.beta(a, b)
    anywhere = RNG.uniform(0.01, 0.99, N)
    points = [
        *zip(a, b, inside, strict=True),
        *zip(magnitudes(1e-2, 20.0), magnitudes(1e-2, 20.0), anywhere, strict=True),
    ]
    return [point for point in points if 1e-12 < point[2] < 0.999999]


@pytest.mark.parametrize("point", beta_points(), ids=lambda point: "{:.3g}-{:.3g}-{:.3g}".format(*point))
def test_beta(point):
    a, b, x = map(float, point)
    with mpmath.workdps(100):
        shape_a, shape_b, at = mpmath.mpf(a), mpmath.mpf(b), mpmath.mpf(x)
        value = beta_inc(shape_a, shape_b, at)
        slope_a = slope(lambda shape: beta_inc(shape, shape_b, at), shape_a)
        slope_b = slope(lambda shape: beta_inc(shape_a, shape, at), shape_b)
        truths = {
            "log_beta_inc": mpmath.log(value),
            "log_beta_inc_a": slope_a / value,
            "log_beta_inc_b": slope_b / value,
            "beta_inc": value,
            "beta_inc_a": slope_a,
            "beta_inc_b": slope_b,
        }
    for name, truth in truths.items():
        tolerance = 1e-11 * abs(truth) + mpmath.mpf("1e-300")
        assert abs(getattr(vecmath, name)(a, b, x, 1.0 - x) - truth) <= tolerance, (name, truth)


@pytest.mark.parametrize("shape", [1e7, 1e8])
def test_huge_shapes(shape):
    """At shapes where the series take thousands of rounds; SciPy uses a uniform expansion there."""
    for z in (-3.0, 0.0, 2.5):
        x = shape + z * math.sqrt(shape)
        assert vecmath.gamma_p(shape, x) == pytest.approx(special.gammainc(shape, x), rel=1e-11)
        assert vecmath.gamma_q(shape, x) == pytest.approx(special.gammaincc(shape, x), rel=1e-11)
        share = 0.5 + z / math.sqrt(8.0 * shape)
        assert vecmath.beta_inc(shape, shape, share, 1.0 - share) == pytest.approx(
            special.betainc(shape, shape, share), rel=1e-9
        )


def test_gamma_limits():
    inf, nan = math.inf, math.nan
    assert (vecmath.gamma_p(2.0, 0.0), vecmath.gamma_q(2.0, 0.0), vecmath.gamma_p_slope(2.0, 0.0)) == (0.0, 1.0, 0.0)
    assert (vecmath.gamma_p(2.0, inf), vecmath.gamma_q(2.0, inf), vecmath.gamma_p_slope(2.0, inf)) == (1.0, 0.0, 0.0)
    assert (vecmath.log_gamma_p(2.0, 0.0), vecmath.log_gamma_q(2.0, inf)) == (-inf, -inf)
    for a, x in ((-1.0, 1.0), (1.0, -1.0), (nan, 1.0), (1.0, nan)):
        assert math.isnan(vecmath.gamma_p(a, x))
        assert math.isnan(vecmath.log_gamma_q_slope(a, x))


def test_gamma_tails_beyond_underflow():
    with mpmath.workdps(60):
        tail = mpmath.log(gamma_p(mpmath.mpf(2000), mpmath.mpf(10)))
        assert vecmath.log_gamma_p(2000.0, 10.0) == pytest.approx(float(tail), rel=1e-14)
    assert vecmath.log_gamma_q(1.0, 5000.0) == pytest.approx(-5000.0, rel=1e-14)


def test_beta_limits():
    nan = math.nan
    assert (vecmath.beta_inc(2.0, 3.0, 0.0, 1.0), vecmath.beta_inc(2.0, 3.0, 1.0, 0.0)) == (0.0, 1.0)
    assert (vecmath.beta_inc_a(2.0, 3.0, 0.0, 1.0), vecmath.beta_inc_b(2.0, 3.0, 1.0, 0.0)) == (0.0, 0.0)
    assert vecmath.log_beta_inc(2.0, 3.0, 0.0, 1.0) == -math.inf
    assert vecmath.log_beta_inc(3000.0, 1.0, 0.1, 0.9) == pytest.approx(3000.0 * math.log(0.1), rel=1e-14)
    for a, b, x in ((-1.0, 1.0, 0.5), (1.0, 0.0, 0.5), (1.0, 1.0, 1.5), (1.0, 1.0, nan), (nan, 1.0, 0.5)):
        assert math.isnan(vecmath.beta_inc(a, b, x, 1.0 - x))


@pytest.mark.parametrize(("a", "b"), [(1e8, 30.0), (30.0, 1e8), (1e8, 0.5), (1e-6, 3.0)])
def test_the_complement_keeps_the_digits_of_small_differences_from_one(a, b):
    """Poisson and normal limits: x or 1 - x is of the order 1e-7, and powers of 1e8 stand over it."""
    for small in (3e-8, 3e-7, 2e-6):
        with mpmath.workdps(150):
            y = mpmath.mpf(small) if a > b else 1 - mpmath.mpf(small)
            value = beta_inc(mpmath.mpf(a), mpmath.mpf(b), 1 - y)
            truth = float(mpmath.log(value))
        x, y = float(1 - y), float(y)
        assert vecmath.log_beta_inc(a, b, x, y) == pytest.approx(truth, rel=1e-11, abs=1e-14 if a < 1 else 1e-300)


def student_cdf(z, nu):
    """Lower tail by the hypergeometric series of x or of 1 - x, whichever is smaller."""
    square, half = z**2 / nu, mpmath.mpf(1) / 2
    constant = mpmath.beta(nu / 2, half)
    if square < 1:
        y = square / (1 + square)
        middle = mpmath.sqrt(y) * 2 / constant * mpmath.hyp2f1(half, 1 - nu / 2, 3 * half, y)
        tail = (1 - middle) / 2
    else:
        x = 1 / (1 + square)
        tail = x ** (nu / 2) * 2 / nu / constant * mpmath.hyp2f1(nu / 2, half, nu / 2 + 1, x) / 2
    return tail if z < 0 else 1 - tail


@pytest.mark.parametrize("nu", [1.0, 2.5, 30.0, 1e4])
@pytest.mark.parametrize("z", [-1e150, -300.0, -4.0, -1.0, -1e-9, 0.0, 1e-9, 0.7, 3.0, 50.0])
def test_student(z, nu):
    with mpmath.workdps(80 if abs(z) < 1e100 else 400):
        at, degrees = mpmath.mpf(z), mpmath.mpf(nu)
        truth = mpmath.log(student_cdf(at, degrees))
        slope_truth = slope(lambda n: mpmath.log(student_cdf(at, n)), degrees)
    assert vecmath.log_student_cdf(z, nu) == pytest.approx(float(truth), rel=2e-12, abs=1e-300)
    assert vecmath.log_student_cdf_nu(z, nu) == pytest.approx(float(slope_truth), rel=1e-8, abs=1e-13)


def test_terms_do_not_cancel():
    with mpmath.workdps(60):
        exact = 1e9 * mpmath.log(mpmath.mpf(1e9 + 1e4)) - mpmath.mpf(1e9 + 1e4) - mpmath.loggamma(mpmath.mpf(1e9) + 1)
        assert vecmath.log_gamma_term(1e9, 1e9 + 1e4) == pytest.approx(float(exact), rel=1e-11)
        a, b, x = mpmath.mpf(1e9), mpmath.mpf(4e9), mpmath.mpf(0.2)
        exact = a * mpmath.log(x) + b * mpmath.log(1 - x) - mpmath.log(mpmath.beta(a, b))
        assert vecmath.log_beta_term(1e9, 4e9, 0.2, 0.8) == pytest.approx(float(exact), rel=1e-8)
