"""Functions of two arguments, and the normal quantile, against mpmath."""

import math

import mpmath
import numba
import numpy as np
import pytest

from partialpool.engine import vecmath

INF, NAN = math.inf, math.nan
RNG = np.random.default_rng(21)
N = 300


def magnitudes(low, high, n=N):
    return np.exp(RNG.uniform(math.log(low), math.log(high), n))


def lgamma_diff(a, n):
    return mpmath.loggamma(a + n) - mpmath.loggamma(a)


def digamma_diff(a, n):
    return mpmath.digamma(a + n) - mpmath.digamma(a)


def lbeta(a, b):
    return mpmath.loggamma(a) - lgamma_diff(b, a)


def log_diff_exp(x, y):
    return x + mpmath.log(-mpmath.expm1(y - x))


def normal_cdf(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def log_normal_cdf_diff(x, y):
    lower, upper = (-x, -y) if x + y > 0 else (y, x)
    return mpmath.log(normal_cdf(upper) - normal_cdf(lower))


SHAPES = np.concatenate([magnitudes(1e-6, 1e12), magnitudes(1e-6, 10.0)])
COUNTS = np.concatenate([np.floor(magnitudes(0.5, 1e9)), magnitudes(1e-6, 100.0)])
BASES = np.concatenate([magnitudes(0.5, 2.0), magnitudes(1e-300, 1e300)])
POWERS = RNG.uniform(-700.0, 700.0, 2 * N) / np.log(BASES)
FIRST = RNG.uniform(-38.0, 38.0, 2 * N)

# reference, arguments, relative tolerance, absolute tolerance
CASES = {
    "lgamma_diff": (lgamma_diff, SHAPES, COUNTS, 4e-15, 4e-15),
    "digamma_diff": (digamma_diff, SHAPES, COUNTS, 1e-15, 0.0),
    "lbeta": (lbeta, SHAPES, RNG.permutation(SHAPES), 5e-15, 4e-15),
    "pow": (mpmath.power, BASES, POWERS, 2.2e-16, 0.0),
    "log_sum_exp": (lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)), FIRST, RNG.permutation(FIRST), 2.3e-16, 2.3e-16),
    "log_diff_exp": (log_diff_exp, FIRST, FIRST - magnitudes(1e-10, 100.0, 2 * N), 2.3e-16, 4e-15),
    "log_Phi_diff": (log_normal_cdf_diff, FIRST, FIRST - magnitudes(1e-10, 10.0, 2 * N), 1e-15, 4e-16),
}  # fmt: skip


@pytest.fixture(scope="module")
def loops():
    """The compiled loop over each function, made once."""

    def loop_over(function):
        @numba.njit(error_model="numpy")
        def loop(x, y, out):
            for i in range(x.size):
                out[i] = function(x[i], y[i])

        return loop

    return {name: loop_over(getattr(vecmath, name)) for name in CASES}


def evaluate(loop, x, y):
    x, y = (np.array(argument, dtype=float, ndmin=1) for argument in (x, y))
    out = np.empty_like(x)
    loop(x, y, out)
    return out


@pytest.mark.parametrize("name", CASES)
def test_value(loops, name):
    reference, x, y, relative, absolute = CASES[name]
    values = evaluate(loops[name], x, y)
    with mpmath.workdps(60):
        for left, right, value in zip(x.tolist(), y.tolist(), values.tolist(), strict=True):
            truth = reference(mpmath.mpf(left), mpmath.mpf(right))
            assert abs(mpmath.mpf(value) - truth) <= max(relative * abs(truth), absolute), (left, right, value, truth)


LIMITS = [
    ("lgamma_diff", 3.0, 0.0, 0.0),
    ("lgamma_diff", 1e-6, 0.0, 0.0),
    ("digamma_diff", 1e-6, 0.0, 0.0),
    ("pow", 0.0, 2.0, 0.0),
    ("pow", 0.0, 0.0, 1.0),
    ("pow", 0.0, -1.0, INF),
    ("pow", INF, 0.5, INF),
    ("pow", INF, -0.5, 0.0),
    ("pow", 2.0, INF, INF),
    ("pow", 2.0, -INF, 0.0),
    ("pow", 1.0, INF, 1.0),
    ("pow", 2.0, 1024.0, INF),
    ("pow", 2.0, -1074.0, 5e-324),
    ("pow", -1.0, 0.5, NAN),
    ("log_sum_exp", INF, 1.0, INF),
    ("log_sum_exp", -INF, 1.0, 1.0),
    ("log_sum_exp", -INF, -INF, -INF),
    ("log_sum_exp", INF, INF, INF),
    ("log_diff_exp", 1.0, 1.0, -INF),
    ("log_diff_exp", -INF, -INF, -INF),
    ("log_diff_exp", 1.0, -INF, 1.0),
    ("log_diff_exp", 0.0, 1.0, NAN),
    ("log_Phi_diff", INF, -INF, 0.0),
    ("log_Phi_diff", INF, 0.0, math.log(0.5)),
    ("log_Phi_diff", 0.0, -INF, math.log(0.5)),
    ("log_Phi_diff", 3.0, 3.0, -INF),
    ("log_Phi_diff", 1.0, 2.0, NAN),
    ("log_Phi_diff", 5.0, -3.0e5, math.log1p(-2.8665157187919391e-07)),
]


@pytest.mark.parametrize(("name", "x", "y", "expected"), LIMITS)
def test_limits(loops, name, x, y, expected):
    np.testing.assert_allclose(evaluate(loops[name], x, y), expected, rtol=1e-15)


@pytest.mark.parametrize("name", CASES)
def test_nan_stays(loops, name):
    assert np.isnan(evaluate(loops[name], NAN, 2.0))
    assert np.isnan(evaluate(loops[name], 2.0, NAN))


@pytest.mark.parametrize("name", CASES)
def test_loop_is_vectorised(loops, name):
    evaluate(loops[name], [1.0], [1.0])
    (code,) = loops[name].inspect_llvm().values()
    assert "vector.body" in code


def test_normal_quantile():
    probabilities = np.concatenate([magnitudes(1e-300, 0.5), RNG.uniform(0.0, 1.0, N), 1.0 - magnitudes(1e-15, 0.5)])
    for p in probabilities.tolist():
        with mpmath.workdps(60):
            x = mpmath.mpf(vecmath.Phi_inverse(p))
            tail, probability = (x, mpmath.mpf(p)) if p <= 0.5 else (-x, 1 - mpmath.mpf(p))
            density = mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)
            error = (normal_cdf(tail) - probability) / density  # to first order, all that counts at this size
            assert abs(error) <= max(1e-15 * abs(x), 6e-16), p
    assert [vecmath.Phi_inverse(p) for p in (0.0, 0.5, 1.0)] == [-INF, 0.0, INF]
    assert all(math.isnan(vecmath.Phi_inverse(p)) for p in (-0.1, 1.1, NAN))
