"""The series of Tweedie densities against its definition, summed term by term at 40 digits."""

import math

import mpmath
import numpy as np
import pytest

from partialpool.engine.mathematics import precise
from partialpool.engine.vecmath import log_tweedie_series, log_tweedie_series_alpha, log_tweedie_series_rate

RNG = np.random.default_rng(23)


def magnitudes(low, high, n):
    return np.exp(RNG.uniform(math.log(low), math.log(high), n))


# The second part lies about where terms begin to be skipped.
RATES = np.concatenate([magnitudes(1e-8, 150.0, 16), magnitudes(40.0, 300.0, 8)]).tolist()
ALPHAS = np.concatenate([magnitudes(1e-6, 1e6, 16), magnitudes(1e-6, 3.0, 8)]).tolist()


@pytest.mark.parametrize(("rate", "alpha"), list(zip(RATES, ALPHAS, strict=True)))
def test_value_and_derivatives(rate, alpha):
    with mpmath.workdps(40):
        r, a, h = mpmath.mpf(rate), mpmath.mpf(alpha), mpmath.mpf(10) ** -13
        value = precise.log_tweedie_series(r, a)
        by_rate = precise.log_tweedie_series(r * (1 + h), a) - precise.log_tweedie_series(r * (1 - h), a)
        by_alpha = precise.log_tweedie_series(r, a * (1 + h)) - precise.log_tweedie_series(r, a * (1 - h))
    assert log_tweedie_series(rate, alpha) == pytest.approx(float(value), rel=2e-14, abs=2e-14)
    assert rate * log_tweedie_series_rate(rate, alpha) == pytest.approx(float(by_rate / (2 * h)), rel=5e-13, abs=2e-14)
    assert alpha * log_tweedie_series_alpha(rate, alpha) == pytest.approx(
        float(by_alpha / (2 * h)), rel=5e-13, abs=2e-14
    )


@pytest.mark.parametrize("rate", [1e6, 1e10, 1e14])
@pytest.mark.parametrize("alpha", [0.25, 1.0, 8.0])
def test_many_terms_are_a_normal_density(rate, alpha):
    """With relative error of order 1/rate: the mean of the sum over its standard deviation, less log(2 pi)/2."""
    deviation = math.sqrt(alpha * rate * (1 + alpha))
    expected = math.log(alpha * rate / deviation) - math.log(2 * math.pi) / 2
    assert log_tweedie_series(rate, alpha) == pytest.approx(expected, rel=1e-13, abs=2 / rate)


@pytest.mark.parametrize(("rate", "alpha"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0), (math.nan, 1.0), (1.0, math.inf)])
def test_outside_there_is_none(rate, alpha):
    for function in (log_tweedie_series, log_tweedie_series_rate, log_tweedie_series_alpha):
        assert math.isnan(function(rate, alpha))
