"""Deviances and what is left of the gamma functions, against 60-digit arithmetic."""

import mpmath as mp
import numpy as np
import pytest

from partialpool.engine.vecmath.deviance import deviance, digamma_rest, lgamma_rest

POSITIVE = [1e-300, 1e-20, 1e-6, 0.03, 0.7, 1.0, 1.9, 2.4999, 2.5, 2.6, 7.0, 300.0, 1e8, 1e15]


@pytest.mark.parametrize("x", [1e-12, 0.2, 1.0, 40.0, 1e9])
@pytest.mark.parametrize("ratio", [1e-200, 1e-3, 0.5, 0.74, 0.76, 0.99, 1 - 1e-9, 1.0, 1 + 1e-6, 1.24, 1.26, 3.0, 1e50])
def test_deviance(x, ratio):
    y = x * ratio
    with mp.workdps(60):
        exact = mp.mpf(x) * mp.log(mp.mpf(x) / mp.mpf(y)) - mp.mpf(x) + mp.mpf(y)
        log_ratio = float(mp.log(mp.mpf(x) / mp.mpf(y)))
    assert deviance(x, y, log_ratio) == pytest.approx(float(exact), rel=2e-15, abs=1e-300)


def test_deviance_of_nothing():
    assert deviance(0.0, 3.0, -50.0) == 3.0
    assert deviance(0.0, 0.0, 0.0) == 0.0
    assert deviance(2.0, 0.0, 800.0) == pytest.approx(1598.0)  # y has underflowed: its logarithm has not


@pytest.mark.parametrize("x", POSITIVE)
def test_gamma_functions_without_their_leading_terms(x):
    with mp.workdps(60):
        exact, log_x = mp.mpf(x), mp.log(mp.mpf(x))
        of_lgamma = float(mp.loggamma(exact) - exact * log_x + exact)
        of_digamma = float(exact * (mp.digamma(exact) - log_x))
    assert lgamma_rest(x, float(log_x)) == pytest.approx(of_lgamma, rel=2e-15, abs=2e-15)
    assert digamma_rest(x, float(log_x)) == pytest.approx(of_digamma, rel=2e-15)


def test_arguments_that_have_underflowed():
    log_x = -2000.0
    assert lgamma_rest(0.0, log_x) == pytest.approx(2000.0)
    assert digamma_rest(0.0, log_x) == -1.0
    assert np.isnan(lgamma_rest(np.nan, np.nan))
