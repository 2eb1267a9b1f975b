"""Distribution functions by quadrature against mpmath's: values over many scales, derivatives, and what they add up to."""

import math

import mpmath
import numpy as np
import pytest

from partialpool.engine.mathematics import precise
from partialpool.engine.vecmath import (
    Phi,
    exp,
    log_skew_normal_cdf,
    von_mises_integral,
    von_mises_integral_kappa,
)

RNG = np.random.default_rng(24)
Z = np.concatenate(
    [RNG.uniform(-20.0, 5.0, 12), -np.exp(RNG.uniform(-12.0, 2.0, 8)), np.exp(RNG.uniform(-12.0, 1.0, 8))]
)
SLANTS = RNG.choice([-1.0, 1.0], len(Z)) * np.exp(RNG.uniform(-8.0, 5.0, len(Z)))


@pytest.mark.parametrize(("z", "a"), list(zip(Z.tolist(), SLANTS.tolist(), strict=True)))
def test_skew_normal_distribution_function(z, a):
    with mpmath.workdps(40):
        expected = float(precise.log_skew_normal_cdf(z, a))
    assert log_skew_normal_cdf(z, a) == pytest.approx(expected, rel=2e-12, abs=1e-15)


@pytest.mark.parametrize("a", [-1e8, -3.0, 0.0, 0.2, 40.0])
@pytest.mark.parametrize("z", [-37.0, -1.0, 0.0, 1e-9, 2.5])
def test_skew_normal_identities(z, a):
    value, mirrored = exp(log_skew_normal_cdf(z, a)), exp(log_skew_normal_cdf(-z, -a))
    assert value + mirrored == pytest.approx(1.0, abs=5e-15)
    assert value + exp(log_skew_normal_cdf(z, -a)) == pytest.approx(2 * Phi(z), rel=1e-13)
    assert log_skew_normal_cdf(0.0, a) == pytest.approx(math.log(math.atan2(1.0, a) / math.pi), rel=1e-13)


ANGLES = RNG.uniform(-7.0, 7.0, 8)
KAPPAS = np.exp(RNG.uniform(-8.0, 4.0, 8))


@pytest.mark.parametrize(("angle", "kappa"), list(zip(ANGLES.tolist(), KAPPAS.tolist(), strict=True)))
def test_von_mises_probabilities(angle, kappa):
    with mpmath.workdps(25):
        value, slope = precise.von_mises_integral(angle, kappa), precise.von_mises_integral_kappa(angle, kappa)
    assert von_mises_integral(angle, kappa) == pytest.approx(float(value), abs=5e-15)
    assert von_mises_integral_kappa(angle, kappa) == pytest.approx(float(slope), abs=1e-14 / max(1.0, kappa))


def test_von_mises_is_normal_where_it_is_narrow_and_uniform_where_it_is_wide():
    kappa = 1e12
    assert von_mises_integral(1e-6, kappa) == pytest.approx(Phi(1.0) - 0.5, rel=1e-11)
    assert von_mises_integral(2.0, 0.0) == pytest.approx(1 / math.pi, rel=1e-15)
    assert von_mises_integral(math.pi, 1e5) == pytest.approx(0.5, abs=5e-15)
    assert von_mises_integral(-3 * math.pi, 2.0) == pytest.approx(-1.5, abs=5e-15)
    assert math.isnan(von_mises_integral(1.0, -1.0))
