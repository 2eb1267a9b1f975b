"""Tails of the Conway-Maxwell-Poisson distribution and their derivatives, against sums in mpmath."""

import math

import mpmath
import pytest

from partialpool.engine.vecmath import com_poisson_tails as tails

POINTS = [
    *[(y, log_mu, 1.0) for y in (0, 3, 12) for log_mu in (-2.0, 1.0, 3.0)],
    *[(y, log_mu, nu) for y in (0, 5) for log_mu in (-1.0, 1.5) for nu in (0.3, 4.0)],
    (10, 4.0, 0.5),
    (90, 4.0, 2.0),
    (1, -8.0, 0.2),
]


def sums(y, log_mu, nu):
    """Return the logs of P(Y <= y) and P(Y > y)."""
    size = int(40 + 3 * math.exp(max(float(log_mu), 0.0)) + 400 / float(nu) ** 0.5)
    terms = [mpmath.exp(nu * (j * log_mu - mpmath.loggamma(j + 1))) for j in range(size)]
    total = mpmath.fsum(terms)
    return mpmath.log(mpmath.fsum(terms[: y + 1]) / total), mpmath.log(mpmath.fsum(terms[y + 1 :]) / total)


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_values_and_slopes(point):
    y, log_mu, nu = point
    with mpmath.workdps(60):
        at = mpmath.mpf(log_mu), mpmath.mpf(nu)
        for i, name in enumerate(("cdf", "survival")):
            truths = {
                "": sums(y, *at)[i],
                "_location": mpmath.diff(lambda t, i=i: sums(y, t, at[1])[i], at[0]),
                "_shape": mpmath.diff(lambda t, i=i: sums(y, at[0], t)[i], at[1]),
            }
            for suffix, truth in truths.items():
                found = getattr(tails, f"log_com_poisson_{name}{suffix}")(float(y), log_mu, nu)
                assert found == pytest.approx(float(truth), rel=1e-11, abs=1e-300), (name, suffix)


def test_there_are_none_out_of_range():
    for y, log_mu, nu in ((-1.0, 0.0, 1.0), (1.0, 0.0, 0.0), (math.nan, 0.0, 1.0)):
        assert math.isnan(tails.log_com_poisson_cdf(y, log_mu, nu))
