"""Functions of one argument: values against mpmath, limits, and whether LLVM vectorises a loop over them."""

import math
import re
from collections.abc import Callable
from typing import NamedTuple

import mpmath
import numba
import numpy as np
import pytest

from partialpool.engine import vecmath

INF, NAN = math.inf, math.nan
ULP = 2.0**-52
RNG = np.random.default_rng(20)


def spread(low, high, n=150):
    """Return points evenly in [low, high] and as many at random."""
    return np.concatenate([np.linspace(low, high, n), RNG.uniform(low, high, n)])


def magnitudes(low, high, n=150):
    return np.exp(RNG.uniform(math.log(low), math.log(high), n))


def signed(low, high):
    return np.concatenate([magnitudes(low, high), -magnitudes(low, high)])


def about(x):
    return x + signed(1e-12, 0.4)


def normal_cdf(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def normal_density(x):
    return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)


def log_normal_cdf(x):
    if x < -1000:  # asymptotic series; the first term left out is below 1e-20
        series = 1 - 1 / x**2 + 3 / x**4 - 15 / x**6
        return -x * x / 2 - mpmath.log(2 * mpmath.pi) / 2 - mpmath.log(-x) + mpmath.log(series)
    return mpmath.log1p(-normal_cdf(-x)) if x > 0 else mpmath.log(normal_cdf(x))


def log_normal_density(x):
    return -x * x / 2 - mpmath.log(2 * mpmath.pi) / 2


def softplus(x):
    return mpmath.log1p(mpmath.exp(x))


def cauchy_cdf(x):
    return mpmath.atan2(1, -x) / mpmath.pi


def bessel_series(order, x):
    """Return I_order(x) exp(-x) sqrt(2 pi x)."""
    if x > 1000:
        return mpmath.hyp2f0(0.5 - order, 0.5 + order, 1 / (2 * x))
    return mpmath.besseli(order, x) * mpmath.exp(-x) * mpmath.sqrt(2 * mpmath.pi * x)


def log_bessel_i0(x):
    return mpmath.log(bessel_series(0, x)) + x - mpmath.log(2 * mpmath.pi * x) / 2


def bessel_ratio(x):
    return bessel_series(1, x) / bessel_series(0, x)


class Case(NamedTuple):
    reference: Callable
    points: np.ndarray
    tolerance: float  # relative
    limits: dict[float, float]


TAILS = np.concatenate([spread(-37.0, 37.0), -magnitudes(1e-10, 1e10), magnitudes(1e-10, 1.0)])
POSITIVE = np.concatenate([spread(1e-3, 4.0), magnitudes(1e-300, 1e300), about(1.0), about(2.0), about(2.5)])
ANGLES = np.concatenate([spread(-10.0, 10.0), signed(1e-300, 1e15), np.arange(1, 100) * (math.pi / 2)])
EVERYWHERE = np.concatenate([spread(-10.0, 10.0), signed(1e-300, 1e300)])
ORDER_0 = np.concatenate([spread(1e-3, 20.0), magnitudes(1e-20, 1e10)])
PREDICTOR = np.concatenate([spread(-5.0, 5.0), spread(-700.0, 700.0)])

CASES = {
    "exp": Case(
        mpmath.exp,
        np.concatenate([spread(-1.0, 1.0), spread(-708.0, 709.0)]),
        1.8e-16,
        {-INF: 0.0, 0.0: 1.0, INF: INF, 710.0: INF},
    ),
    "expm1": Case(
        mpmath.expm1,
        np.concatenate([spread(-2.0, 2.0), signed(1e-300, 700.0)]),
        2.8e-16,
        {-INF: -1.0, 0.0: 0.0, INF: INF},
    ),
    "log": Case(
        mpmath.log,
        np.concatenate([spread(0.3, 3.0), magnitudes(1e-323, 1e308)]),
        1.6e-16,
        {0.0: -INF, INF: INF, -1.0: NAN, 1.0: 0.0},
    ),
    "log1p": Case(
        mpmath.log1p,
        np.concatenate([spread(-0.9, 3.0), magnitudes(1e-300, 1e300), -magnitudes(1e-300, 0.9999)]),
        1.6e-16,
        {-1.0: -INF, -2.0: NAN, INF: INF, 0.0: 0.0},
    ),
    "sqrt": Case(mpmath.sqrt, magnitudes(1e-300, 1e300), 1.2e-16, {0.0: 0.0, INF: INF, -1.0: NAN}),
    "log1p_exp": Case(softplus, PREDICTOR, 2.2e-16, {-INF: 0.0, INF: INF, 800.0: 800.0}),
    "inv_logit": Case(lambda x: 1 / (1 + mpmath.exp(-x)), PREDICTOR, 3.2e-16, {-INF: 0.0, INF: 1.0, -800.0: 0.0}),
    "log_inv_logit": Case(lambda x: -softplus(-x), PREDICTOR, 2.2e-16, {INF: 0.0, -INF: -INF, -800.0: -800.0}),
    "log1m_exp": Case(
        lambda x: mpmath.log(-mpmath.expm1(x)) if x > -1 else mpmath.log1p(-mpmath.exp(x)),
        np.concatenate([spread(-5.0, -1e-3), -magnitudes(1e-300, 700.0)]),
        3e-16,
        {0.0: -INF, -INF: 0.0, 1.0: NAN},
    ),
    "lgamma": Case(mpmath.loggamma, POSITIVE, 1e-15, {0.0: INF, INF: INF, -1.5: NAN, 1.0: 0.0, 2.0: 0.0, 1e306: INF}),
    "trigamma": Case(lambda x: mpmath.psi(1, x), POSITIVE[POSITIVE > 1e-150], 1e-15, {0.0: INF, INF: 0.0, -1.5: NAN}),
    "phi": Case(normal_density, spread(-37.0, 37.0), 4e-16, {INF: 0.0, -INF: 0.0}),
    "log_phi": Case(log_normal_density, TAILS, 2.3e-16, {INF: -INF, -INF: -INF}),
    "erfc": Case(mpmath.erfc, np.concatenate([spread(-6.0, 26.0), signed(1e-10, 1.0)]), 1e-15, {INF: 0.0, -INF: 2.0}),
    "Phi": Case(normal_cdf, np.concatenate([spread(-37.0, 9.0), signed(1e-10, 1.0)]), 1e-15, {INF: 1.0, -INF: 0.0}),
    "log_Phi": Case(log_normal_cdf, TAILS, 1e-15, {INF: 0.0, -INF: -INF}),
    "inv_mills": Case(
        lambda x: mpmath.exp(log_normal_density(x) - log_normal_cdf(x)), TAILS, 1e-15, {INF: 0.0, -INF: INF}
    ),
    "logit": Case(
        lambda p: mpmath.log(p / (1 - p)),
        np.concatenate(
            [spread(1e-3, 0.999), magnitudes(1e-300, 0.5), 1.0 - magnitudes(1e-15, 0.5), 0.5 + signed(1e-12, 0.1)]
        ),
        4e-16,
        {0.0: -INF, 1.0: INF, -0.5: NAN, 1.5: NAN, 0.5: 0.0},
    ),
    "erf": Case(
        mpmath.erf, np.concatenate([spread(-6.0, 6.0), signed(1e-300, 1.0)]), 4e-16, {INF: 1.0, -INF: -1.0, 0.0: 0.0}
    ),
    "sin": Case(mpmath.sin, ANGLES, 2.2e-16, {INF: NAN, 2e15: NAN, 0.0: 0.0}),
    "cos": Case(mpmath.cos, ANGLES, 2.2e-16, {INF: NAN, 2e15: NAN, 0.0: 1.0}),
    "tan": Case(mpmath.tan, ANGLES, 3.4e-16, {INF: NAN, 2e15: NAN, 0.0: 0.0}),
    "atan": Case(mpmath.atan, EVERYWHERE, 2.6e-16, {INF: math.pi / 2, -INF: -math.pi / 2, 0.0: 0.0}),
    "tanh": Case(mpmath.tanh, EVERYWHERE, 4e-16, {INF: 1.0, -INF: -1.0, 0.0: 0.0}),
    "cauchy_cdf": Case(cauchy_cdf, EVERYWHERE, 4.4e-16, {INF: 1.0, -INF: 0.0, 0.0: 0.5}),
    "log_cauchy_cdf": Case(
        lambda x: mpmath.log1p(-cauchy_cdf(-x)) if x > 0 else mpmath.log(cauchy_cdf(x)),
        EVERYWHERE,
        5e-16,
        {INF: 0.0, -INF: -INF},
    ),
    "log_bessel_i0": Case(log_bessel_i0, ORDER_0, 5e-16, {INF: INF, -INF: INF, 0.0: 0.0}),
    "bessel_ratio": Case(bessel_ratio, ORDER_0, 6e-16, {INF: 1.0, -INF: -1.0, 0.0: 0.0}),
}


def loop_over(function):
    @numba.njit(error_model="numpy")
    def loop(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    return loop


@pytest.fixture(scope="module")
def loops():
    """The compiled loop over each function, made once."""
    return {name: loop_over(getattr(vecmath, name)) for name in [*CASES, "digamma"]}


def evaluate(loop, x):
    x = np.asarray(x, dtype=float)
    out = np.empty_like(x)
    loop(x, out)
    return out


def exact(reference, points):
    with mpmath.workdps(60):
        return [reference(mpmath.mpf(float(x))) for x in points]


@pytest.mark.parametrize("name", CASES)
def test_value(loops, name):
    case = CASES[name]
    values = evaluate(loops[name], case.points)
    for x, value, truth in zip(case.points, values, exact(case.reference, case.points), strict=True):
        spacing = max(case.tolerance * abs(truth), 5e-324)
        assert abs(mpmath.mpf(float(value)) - truth) <= spacing, (x, value, truth)


@pytest.mark.parametrize("name", CASES)
def test_limits(loops, name):
    limits = CASES[name].limits
    np.testing.assert_array_equal(evaluate(loops[name], list(limits)), list(limits.values()))
    assert np.isnan(evaluate(loops[name], [NAN]))[0]


def test_digamma(loops):
    values = evaluate(loops["digamma"], POSITIVE)
    for x, value, truth in zip(POSITIVE, values, exact(mpmath.digamma, POSITIVE), strict=True):
        assert abs(mpmath.mpf(float(value)) - truth) <= max(1e-15 * abs(truth), 3e-16), (x, value, truth)
    np.testing.assert_array_equal(evaluate(loops["digamma"], [0.0, INF, -0.5, NAN]), [-INF, INF, NAN, NAN])


def test_exp_underflows_gradually(loops):
    points = np.linspace(-745.1, -708.5, 40)
    truth = np.array([float(value) for value in exact(mpmath.exp, points)])
    np.testing.assert_allclose(evaluate(loops["exp"], points), truth, rtol=2.3e-16, atol=5e-324)


@pytest.mark.parametrize("name", [*CASES, "digamma"])
def test_loop_is_vectorised(loops, name):
    evaluate(loops[name], [1.0])
    (code,) = loops[name].inspect_llvm().values()
    assert "vector.body" in code
    assert re.search(r"= f(mul|add) .*<\d+ x double>", code) or re.search(r"llvm\.sqrt\.v\d+f64", code)
    called = re.findall(r"call \S*(?:double|<\d+ x double>) @(\S+?)\(", code)
    assert all(callee.startswith("llvm.") for callee in called), called
