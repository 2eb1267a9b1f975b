"""Log likelihoods of counts less their largest values, against mpmath: near the largest and far from it."""

import math

import mpmath as mp
import numpy as np
import pytest
import sympy as sp

from partialpool.engine import mathematics as m
from partialpool.engine import vecmath
from partialpool.engine.mathematics import precise

N = 400
EPS = np.finfo(float).eps


@pytest.fixture(autouse=True)
def many_digits():
    with mp.workdps(60):
        yield


def counts(rng, n=N):
    return np.floor(10 ** rng.uniform(-0.5, 9, n))


def test_log_less_linear():
    rng = np.random.default_rng(1)
    for log_t in np.concatenate([rng.uniform(-600, 600, N), rng.normal(0, 0.5, N), 10 ** rng.uniform(-15, 0, N)]):
        value = vecmath.log_less_linear(math.exp(log_t), log_t)
        exact = mp.mpf(log_t) - mp.expm1(mp.mpf(log_t))
        assert value == pytest.approx(float(exact), rel=2e-15 + abs(log_t) * EPS)


def test_binomial_ratio_keeps_its_digits_where_it_is_small():
    rng = np.random.default_rng(2)
    for k, r in zip(counts(rng), 10 ** rng.uniform(-6, 9, N), strict=True):
        best = math.log((k + 1e-3) / r)
        for log_odds in (best + 3 * rng.normal() / math.sqrt(min(k, r) + 1), rng.uniform(-40, 40)):
            log_p, log_q = -mp.log1p(mp.exp(-mp.mpf(log_odds))), -mp.log1p(mp.exp(mp.mpf(log_odds)))
            shares = precise.log_share(k, r), precise.log_share(r, k)
            given = [float(part) for part in (log_p, log_q, *shares)]
            slope = abs(k * mp.exp(log_q) - r * mp.exp(log_p))
            tolerance = 1e-14 + 10 * EPS * float(slope) * (abs(log_odds) + 20)
            exact = float(precise.binomial_ratio(k, r, log_p, log_q, *shares))
            assert vecmath.binomial_ratio(k, r, *given) == pytest.approx(exact, rel=1e-13, abs=tolerance)


def test_binomial_ratio_at_the_ends():
    assert vecmath.binomial_ratio(0.0, 3.0, -math.inf, 0.0, -math.inf, 0.0) == 0.0
    assert vecmath.binomial_ratio(3.0, 0.0, -2.0, math.log1p(-math.exp(-2.0)), 0.0, -math.inf) == -6.0
    assert vecmath.binomial_ratio(3.0, 2.0, -math.inf, 0.0, math.log(0.6), math.log(0.4)) == -math.inf
    assert vecmath.binomial_ratio(0.0, 0.0, -1.0, -1.0, math.nan, math.nan) == 0.0


def test_log_beta_binomial_with_its_derivatives():
    rng = np.random.default_rng(3)
    for y, n_less_y, fitting in zip(counts(rng), counts(rng), rng.random(N) < 0.5, strict=True):
        a, b = 10 ** rng.uniform(-8, 8, 2)
        if fitting and y and n_less_y:
            size, mean = 10 ** rng.uniform(-3, 8), y / (y + n_less_y)
            a, b = size * mean, size * (1 - mean)
        if y + n_less_y == 0:
            continue
        at = y, n_less_y, a, b
        logs = [float(part) for part in (precise.log_share(y, n_less_y), precise.log_share(n_less_y, y))]
        value = vecmath.log_beta_binomial(
            *at, *(-math.inf if math.isnan(v) else v for v in logs), math.log(a), math.log(b)
        )
        assert value == pytest.approx(float(precise.log_beta_binomial(*at)), rel=1e-11, abs=1e-11)
        for name in ("log_beta_binomial_a", "log_beta_binomial_b"):
            exact = float(getattr(precise, name)(*at))
            assert getattr(vecmath, name)(*at) == pytest.approx(exact, rel=1e-9, abs=1e-9)


def test_log_beta_binomial_where_a_shape_has_underflowed():
    # The probability of a success is in proportion to a.
    value = vecmath.log_beta_binomial(1.0, 0.0, 0.0, 2.0, 0.0, -math.inf, -900.0, math.log(2.0))
    assert value == pytest.approx(-900.0 - math.log(2.0), rel=1e-14)
    assert vecmath.log_beta_binomial_a(1.0, 0.0, 0.0, 2.0) == 1.0


@pytest.mark.parametrize("a", [1e-300, 1e-3, 2.4, 2.6, 1e9])
@pytest.mark.parametrize("n", [0.0, 0.3, 7.0, 1e9])
def test_scaled_digamma_diff(a, n):
    exact = mp.mpf(a) * (mp.digamma(mp.mpf(a) + n) - mp.digamma(a)) if n else 0
    assert vecmath.scaled_digamma_diff(a, n) == pytest.approx(float(exact), rel=2e-15)


def test_formal_derivatives_make_the_derivative():
    """Of log probabilities by the parameters they are made of."""
    mu, size, shape = sp.symbols("mu size shape", positive=True)

    def ratio(p, s):
        return m.binomial_ratio(p * s, (1 - p) * s, *np.log([0.2, 0.8]), m.log(p), m.log1m(p))

    def negative_binomial(p, s):
        shares = (m.log_share(p, s), m.log_share(s, p), m.log_share(7, s), m.log_share(s, 7))
        return m.binomial_ratio(7, s, *shares) + m.lgamma_rest(7 + s) - m.lgamma_rest(s)

    def beta_binomial(p, s):
        return m.log_beta_binomial(3, 4, p * s, (1 - p) * s)

    def beta_negative_binomial(p, s):
        return m.log_beta_negative_binomial(3, s, p, 2 + p)

    at = {mu: mp.mpf("0.3"), size: mp.mpf("2.5"), shape: mp.mpf("2.5")}
    for function in (ratio, negative_binomial, beta_binomial, beta_negative_binomial):
        expression = function(mu, size)
        for k, symbol in enumerate((mu, size)):
            numbers = {name: sp.Float(value, 40) for name, value in at.items()}
            found = float(expression.diff(symbol).xreplace(numbers).evalf(20))

            def moved(t, k=k, function=function):
                return function(*(t if i == k else (at[mu], at[size])[i] for i in range(2)))

            assert found == pytest.approx(float(mp.diff(moved, at[symbol])), rel=1e-10)
