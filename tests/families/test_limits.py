"""What continuous families become in the limit, and moments that may be infinite."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from scipy import stats

from partialpool.errors import FamilyError
from partialpool.families import as_family

Y = np.array([0.1, 0.8, 1.0, 2.5, 9.0])
REAL = np.array([-6.0, -0.4, 0.0, 1.3, 8.0])


def log_density(name, y, **given):
    return as_family(name).log_density(y, **given)


def test_weibull_of_shape_1_is_exponential():
    np.testing.assert_allclose(log_density("weibull", Y, mu=2.0, shape=1.0), log_density("exponential", Y, mu=2.0))


def test_skew_families_without_skew():
    normal = log_density("gaussian", REAL, mu=0.4, sigma=1.3)
    np.testing.assert_allclose(log_density("skew_normal", REAL, mu=0.4, sigma=1.3, alpha=0.0), normal, rtol=1e-14)
    given = {"mu": 0.4, "sigma": 1.3, "nu": 3.5}
    expected = log_density("student", REAL, **given)
    np.testing.assert_allclose(log_density("skew_t", REAL, alpha=0.0, **given), expected, rtol=1e-14)


def test_skew_t_of_many_degrees_of_freedom_is_skew_normal():
    alpha = 4.0
    d = alpha / math.sqrt(1 + alpha**2)
    sigma = math.sqrt(1 - 2 * d**2 / math.pi)
    expected = log_density("skew_normal", REAL, mu=0.2, sigma=sigma, alpha=alpha)
    np.testing.assert_allclose(
        log_density("skew_t", REAL, mu=0.2, sigma=1.0, nu=1e10, alpha=alpha), expected, rtol=1e-7
    )


@pytest.mark.parametrize("beta", [1e-3, 1e-8])
def test_exgaussian_with_a_small_exponential_part_is_normal(beta):
    expected = log_density("gaussian", REAL, mu=0.4, sigma=1.3)
    value = log_density("exgaussian", REAL, mu=0.4, sigma=1.3, beta=beta)
    np.testing.assert_allclose(value, expected, atol=30 * beta**2 + 1e-13)


def test_von_mises_is_uniform_or_normal():
    np.testing.assert_allclose(
        log_density("von_mises", REAL / 3, mu=0.7, kappa=0.0), -math.log(2 * math.pi), rtol=1e-15
    )
    kappa = 1e12
    expected = stats.norm.logpdf([0.0, 1.0, -3.0])
    value = log_density("von_mises", np.array([0.0, 1e-6, -3e-6]), mu=0.0, kappa=kappa) - math.log(kappa) / 2
    np.testing.assert_allclose(value, expected, rtol=1e-10)


@pytest.mark.parametrize("shape", [1e-6, 1e-9])
def test_gompertz_of_constant_hazard_is_exponential(shape):
    expected = log_density("exponential", Y, mu=2.0 / math.log(2))
    np.testing.assert_allclose(log_density("gompertz", Y, mu=2.0, shape=shape), expected, atol=60 * shape)
    assert as_family("gompertz").mean(mu=2.0, shape=shape) == pytest.approx(2.0 / math.log(2), rel=3 * shape)


@pytest.mark.parametrize(
    ("mu", "shape"), [(2.0, 400.0), (2.0, 1000.0), (1e-9, 1e-9), (3.0, 1.0), (70.0, 0.1), (1.0, 0.02)]
)
def test_gompertz_mean_at_any_scale(mu, shape):
    with mp.workdps(40):
        c = mp.log(2) / mp.expm1(mp.mpf(mu) * shape)
        expected = float((mp.exp(c) * mp.e1(c) if c < 1e5 else 1 / c - 1 / c**2 + 2 / c**3) / shape)
    assert as_family("gompertz").mean(mu=mu, shape=shape) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("alpha", [0.0, 1e-9, -1e-9])
def test_generalized_gamma_without_shape_is_lognormal(alpha):
    given = {"mu": 0.3, "sigma": 0.8}
    family, lognormal = as_family("generalized_gamma"), as_family("lognormal")
    expected = lognormal.log_density(Y, **given)
    np.testing.assert_allclose(family.log_density(Y, alpha=alpha, **given), expected, atol=1e-7)
    np.testing.assert_allclose(family.cdf(Y, alpha=alpha, **given), lognormal.cdf(Y, **given), atol=1e-8)
    assert family.mean(alpha=alpha, **given) == pytest.approx(lognormal.mean(**given), rel=1e-8)
    draws = family.draw(np.random.default_rng(1), 0.3, 0.8, np.full(40_000, alpha))
    assert stats.kstest(draws, lambda y: lognormal.cdf(y, **given)).pvalue > 1e-3


def test_generalized_gamma_has_weibull_and_gamma_as_members():
    sigma = 0.6
    mean = math.exp(0.3) * math.gamma(1 + sigma)
    expected = log_density("weibull", Y, mu=mean, shape=1 / sigma)
    np.testing.assert_allclose(
        log_density("generalized_gamma", Y, mu=0.3, sigma=sigma, alpha=1.0), expected, rtol=1e-13
    )
    expected = log_density("gamma", Y, mu=math.exp(0.3), shape=1 / sigma**2)
    np.testing.assert_allclose(
        log_density("generalized_gamma", Y, mu=0.3, sigma=sigma, alpha=sigma), expected, rtol=1e-13
    )


@pytest.mark.parametrize("alpha", [2e-5, -2e-5, 5e-6, -5e-6])
def test_generalized_gamma_distribution_function_about_its_change_of_form(alpha):
    given = {"mu": 0.3, "sigma": 0.8, "alpha": alpha}
    step = 1e-5
    family = as_family("generalized_gamma")
    difference = (family.cdf(Y + step, **given) - family.cdf(Y - step, **given)) / (2 * step)
    np.testing.assert_allclose(difference, np.exp(family.log_density(Y, **given)), rtol=1e-5)


@pytest.mark.parametrize(
    ("sigma", "alpha", "finite"), [(1.0, -0.99, True), (1.0, -1.0, False), (2.0, -0.6, False), (3.0, 0.1, True)]
)
def test_generalized_gamma_mean_may_be_infinite(sigma, alpha, finite):
    mean = as_family("generalized_gamma").mean(mu=0.0, sigma=sigma, alpha=alpha)
    assert np.isfinite(mean) == finite
    if finite:
        n, delta = 1 / mp.mpf(alpha) ** 2, mp.mpf(sigma) / mp.mpf(alpha)
        expected = mp.power(abs(mp.mpf(alpha)), 2 * delta) * mp.gamma(n + delta) / mp.gamma(n)
        assert mean == pytest.approx(float(expected), rel=1e-12)


def test_extreme_values_without_shape_are_those_of_gumbel():
    family = as_family("gen_extreme_value")
    for xi in (0.0, 1e-12, -1e-12):
        given = {"mu": 0.4, "sigma": 1.3, "xi": xi}
        np.testing.assert_allclose(family.log_density(REAL, **given), stats.gumbel_r.logpdf(REAL, 0.4, 1.3), rtol=1e-9)
        np.testing.assert_allclose(family.cdf(REAL, **given), stats.gumbel_r.cdf(REAL, 0.4, 1.3), rtol=1e-8)
        assert family.mean(**given) == pytest.approx(stats.gumbel_r.mean(0.4, 1.3), rel=1e-11)
    assert family.mean(mu=0.0, sigma=1.0, xi=1.0) == np.inf
    assert family.mean(mu=0.0, sigma=1.0, xi=1e-6 * 1.01) == pytest.approx(
        family.mean(mu=0.0, sigma=1.0, xi=1e-6 * 0.99)
    )


def test_outside_of_the_support_there_is_no_density():
    values = log_density("gen_extreme_value", np.array([-3.0, 3.0]), mu=0.0, sigma=1.0, xi=np.array([0.5, -0.5]))
    np.testing.assert_array_equal(values, [-np.inf, -np.inf])
    np.testing.assert_array_equal(
        log_density("shifted_lognormal", np.array([0.2, 0.3]), mu=0.0, sigma=1.0, ndt=0.3), [-np.inf] * 2
    )


def test_loglogistic_mean_is_infinite_up_to_shape_1():
    family = as_family("loglogistic")
    assert np.all(np.isinf(family.mean(mu=2.0, shape=np.array([0.3, 1.0]))))
    assert family.mean(mu=2.0, shape=1 + 1e-9) == pytest.approx(2e9, rel=1e-6)


def test_tweedie_near_its_limits_is_gamma_or_poisson():
    phi, mu = 0.4, 1.7
    gamma = log_density("gamma", Y, mu=mu, shape=1 / phi)
    np.testing.assert_allclose(log_density("tweedie", Y, mu=mu, phi=phi, power=2 - 1e-7), gamma, atol=2e-5)
    counts = np.arange(1.0, 6.0)
    family = as_family("tweedie")
    half = np.linspace(-0.45, 0.45, 181)[:, None]
    density = np.exp(family.log_density(counts + half, mu=mu, phi=1.0, power=1.002))
    np.testing.assert_allclose(np.trapezoid(density, half, axis=0), stats.poisson.pmf(counts, mu), rtol=0.02)


@pytest.mark.parametrize(("power", "instead"), [(1, "poisson"), (2, "gamma")])
def test_tweedie_refuses_a_power_at_a_limit(power, instead):
    with pytest.raises(FamilyError, match=f"power = {power} is the limit that family {instead} is"):
        as_family("tweedie").arranged((), {"power": float(power)})


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("inverse_gaussian", {"mu": 2.0, "shape": 3.0}),
        ("exgaussian", {"mu": 2.0, "sigma": 0.5, "beta": 1.5}),
        ("skew_normal", {"mu": 2.0, "sigma": 0.5, "alpha": 3.0}),
        ("loglogistic", {"mu": 2.0, "shape": 3.0}),
        ("gen_extreme_value", {"mu": 2.0, "sigma": 0.5, "xi": 0.2}),
    ],
)
def test_logarithms_of_probabilities_do_not_underflow(name, given):
    family = as_family(name)
    y = np.array([1e-4, 0.7, 2.0, 5.0])
    np.testing.assert_allclose(np.exp(family.log_cdf(y, **given)), family.cdf(y, **given), rtol=1e-11)
    np.testing.assert_allclose(np.exp(family.log_survival(y, **given)), family.survival(y, **given), rtol=1e-11)
    far = family.log_survival(400.0, **given)
    assert np.isfinite(far)
    assert far < -10


def test_far_tails_of_the_inverse_gaussian_and_the_exgaussian():
    with mp.workdps(500):
        root = mp.sqrt(mp.mpf(3) / 700)
        survival = mp.ncdf(-root * 349) - mp.exp(3) * mp.ncdf(-root * 351)
        expected = float(mp.log(survival))
    assert as_family("inverse_gaussian").log_survival(700.0, mu=2.0, shape=3.0) == pytest.approx(expected, rel=1e-12)
    with mp.workdps(500):
        z, s = mp.mpf(-30), mp.mpf(1) / 3
        expected = float(mp.log(mp.ncdf(z) - mp.exp(s**2 / 2 - s * z) * mp.ncdf(z - s)))
    value = as_family("exgaussian").log_cdf(-30.0, mu=3.0, sigma=1.0, beta=3.0)
    assert value == pytest.approx(expected, rel=1e-12)
