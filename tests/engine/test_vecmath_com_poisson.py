"""The Conway-Maxwell-Poisson distribution against sums of mpmath, wherever its three ways of summation hold."""

import math

import mpmath as mp
import numpy as np
import pytest

from partialpool.engine import vecmath
from partialpool.engine.mathematics import precise

NAMES = ("log_com_poisson", "log_com_poisson_location", "log_com_poisson_shape")


def added_up(y, log_mu, nu):
    """Return the log probability and its derivatives, from all terms that matter."""
    y, log_mu, nu = map(mp.mpf, (y, log_mu, nu))
    top = int(mp.exp(log_mu))
    total, mean, change = mp.mpf(1), mp.mpf(0), mp.mpf(0)
    for step in (1, -1):
        j, w = top, mp.mpf(0)
        while j + step >= 0:
            w += step * (log_mu - mp.log(max(j, j + step)))
            j += step
            term = mp.exp(nu * w)
            total, mean, change = total + term, mean + term * (j - top), change + term * w
            if term * (1 + abs(w)) * (1 + abs(j - top)) < 1e-17 * total:
                break
    at_y = (y - top) * log_mu - (mp.loggamma(y + 1) - mp.loggamma(top + 1))
    return nu * at_y - mp.log(total), nu * (y - top - mean / total), at_y - change / total


def points():
    rng = np.random.default_rng(5)
    for _ in range(100):
        nu = 10 ** rng.uniform(-1.0, 3)
        log_mu = rng.uniform(-6, 6)
        yield float(rng.poisson(math.exp(log_mu))), log_mu, nu
    for nu, mu in [(0.02, 2200.0), (0.02, 2300.0), (4.7, 9.5), (4.8, 9.5), (2.0, 22.4), (2.0, 22.6), (1e8, 1.3)]:
        yield float(int(mu)), math.log(mu), nu
    # The terms fall slowly, and mu is small: beyond the terms that are added one by one.
    yield from [(40.0, -3.0, 0.01), (0.0, 2.0, 0.05), (100.0, 0.0, 0.01), (300.0, 5.0, 0.1)]


@pytest.mark.parametrize(("y", "log_mu", "nu"), list(points()))
def test_value_and_derivatives(y, log_mu, nu):
    with mp.workdps(30):
        exact = [float(value) for value in added_up(y, log_mu, nu)]
    found = [getattr(vecmath, name)(y, log_mu, nu) for name in NAMES]
    np.testing.assert_allclose(found, exact, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    ("y", "log_mu", "nu"), [(100.0, 2.0, 1e-6), (1e6, 17.0, 1e-6), (5.0, -1e4, 1e-5), (1e9, 20.7, 2.0)]
)
def test_series_of_millions_of_terms(y, log_mu, nu):
    with mp.workdps(20):
        exact = [float(getattr(precise, name)(y, log_mu, nu)) for name in NAMES]
    found = [getattr(vecmath, name)(y, log_mu, nu) for name in NAMES]
    np.testing.assert_allclose(found, exact, rtol=1e-12)


def test_limits():
    assert vecmath.log_com_poisson(3.0, math.log(2.0), 1.0) == pytest.approx(3 * math.log(2.0) - 2 - math.log(6.0))
    # A vanishing shape makes the terms geometric, an infinite one leaves the mode.
    ratio = math.exp(-1e-7 * 1e6)
    geometric = math.log1p(-ratio) + 3 * math.log(ratio)
    assert vecmath.log_com_poisson(3.0, -1e6, 1e-7) == pytest.approx(geometric, rel=1e-6)
    assert vecmath.log_com_poisson(7.0, math.log(7.3), 1e12) == 0.0
    assert vecmath.log_com_poisson(0.0, -math.inf, 2.0) == 0.0
    assert vecmath.log_com_poisson(1.0, -math.inf, 2.0) == -math.inf
    assert vecmath.log_com_poisson(1.0, 720.0, 2.0) == -math.inf
    assert math.isnan(vecmath.log_com_poisson(1.0, 1.0, 0.0))
