"""Densities, means, distribution functions and draws of all families against SciPy and mpmath."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from family_cases import CASES
from scipy import stats

from partialpool.errors import FamilyError
from partialpool.families import as_family, constructor, family_names
from partialpool.families.base import Family

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.family)


def test_the_table_covers_every_family_that_is_a_formula():
    formulas = {name for name in family_names() if constructor(name).add_rows is Family.add_rows}
    assert {case.family for case in CASES} == formulas - {"wiener"}  # which SciPy does not have


def scipy_log_density(case):
    distribution = case.distribution
    return distribution.logpmf(case.y) if hasattr(distribution.dist, "logpmf") else distribution.logpdf(case.y)


@every_case
def test_log_density_is_that_of_scipy(case):
    value = as_family(case.family).log_density(case.y, **case.given)
    np.testing.assert_allclose(value, scipy_log_density(case), rtol=1e-12, atol=1e-12)


@every_case
def test_mean_is_that_of_scipy(case):
    mean = np.broadcast_to(as_family(case.family).mean(**case.given), case.y.shape)
    np.testing.assert_allclose(mean, case.distribution.mean(), rtol=1e-12, atol=1e-15)


WITHOUT_CDF = {"beta_negbinomial", "generalized_poisson", "skew_t", "tweedie"}


def has_cdf(case):
    try:
        as_family(case.family).cdf(case.y, **case.given)
    except FamilyError:
        return False
    return True


def test_families_without_a_cdf_say_so():
    assert {case.family for case in CASES if not has_cdf(case)} == WITHOUT_CDF
    with pytest.raises(FamilyError, match="tweedie has no cumulative"):
        as_family("tweedie").cdf(1.0, mu=0.5, phi=2.0, power=1.5)


@pytest.mark.parametrize("case", [case for case in CASES if has_cdf(case)], ids=lambda case: case.family)
@pytest.mark.parametrize("shift", [0.0, -20.0, 1.0])
def test_cdf_and_survival_are_those_of_scipy(case, shift):
    family, y = as_family(case.family), case.y + shift
    np.testing.assert_allclose(family.cdf(y, **case.given), case.distribution.cdf(y), rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(family.survival(y, **case.given), case.distribution.sf(y), rtol=1e-10, atol=1e-15)


@every_case
def test_draws_follow_the_distribution(case):
    n, rng = 20_000, np.random.default_rng(20)
    shape = (n, len(case.y))
    parameters = {name: np.broadcast_to(value, shape) for name, value in case.parameters.items()}
    draws = as_family(case.family).draw(rng, **parameters, **case.data)
    assert draws.shape == shape
    assert draws.dtype == np.float64
    for row, drawn in enumerate(draws.T):
        given = {name: np.broadcast_to(value, case.y.shape)[row] for name, value in case.given.items()}
        reference = case.reference(**given)
        points = np.quantile(drawn, [0.05, 0.25, 0.5, 0.75, 0.95])
        frequency = np.array([np.mean(drawn <= point) for point in points])
        expected = reference.cdf(points)
        assert np.all(np.abs(frequency - expected) < 4.5 * np.sqrt(expected * (1 - expected) / n) + 1e-4)


def precise(case, row):
    """Return the log density of one row from mpmath, 60 digits, the parameters being exactly the given doubles."""
    given = {name: mp.mpf(float(np.broadcast_to(value, case.y.shape)[row])) for name, value in case.given.items()}
    return as_family(case.family).log_density(mp.mpf(float(case.y[row])), **given)


@every_case
def test_the_same_formula_serves_mpmath(case):
    with mp.workdps(60):
        exact = [float(precise(case, row)) for row in range(len(case.y))]
    np.testing.assert_allclose(as_family(case.family).log_density(case.y, **case.given), exact, rtol=1e-12, atol=1e-12)


def exact_negbinomial(y, mu, shape):
    y, mu, shape = mp.mpf(y), mp.mpf(mu), mp.mpf(shape)
    choose = mp.loggamma(y + shape) - mp.loggamma(shape) - mp.loggamma(y + 1)
    return choose + y * mp.log(mu / (mu + shape)) + shape * mp.log(shape / (mu + shape))


@pytest.mark.parametrize("shape", [1e-12, 1e-3, 1.0, 1e6, 1e12, 1e17])
@pytest.mark.parametrize("mu", [4e-18, 1.0, 30.0, 1e9])
@pytest.mark.parametrize("y", [0.0, 1.0, 30.0])
def test_negbinomial_keeps_its_digits_for_any_shape(y, mu, shape):
    with mp.workdps(80):
        exact = float(exact_negbinomial(y, mu, shape))
    assert as_family("negbinomial").log_density(y, mu, shape) == pytest.approx(exact, rel=2e-13, abs=2e-13)


@pytest.mark.parametrize("nu", [1.0, 30.0, 1e4, 1e8, 1e15])
def test_student_goes_over_into_the_normal(nu):
    with mp.workdps(60):
        half = mp.mpf(nu) / 2
        kernel = -(2 * half + 1) / 2 * mp.log1p(mp.mpf(4) / nu)
        exact = float(mp.loggamma(half + 0.5) - mp.loggamma(half) - mp.log(mp.pi * nu) / 2 + kernel)
    value = as_family("student").log_density(2.0, mu=0.0, sigma=1.0, nu=nu)
    assert value == pytest.approx(exact, rel=2e-14)
    if nu >= 1e15:
        assert value == pytest.approx(stats.norm.logpdf(2.0), rel=1e-13)


@pytest.mark.parametrize("phi", [1e-6, 1.0, 1e6, 1e15])
@pytest.mark.parametrize("mu", [1e-15, 0.3, 1 - 1e-12])
def test_beta_binomial_goes_over_into_the_binomial(mu, phi):
    with mp.workdps(60):
        a, b, y, n = mp.mpf(mu) * phi, (1 - mp.mpf(mu)) * phi, 3, 7
        exact = float(mp.log(mp.binomial(n, y)) + mp.log(mp.beta(y + a, n - y + b)) - mp.log(mp.beta(a, b)))
    value = as_family("beta_binomial").log_density(3.0, mu=mu, phi=phi, trials=7.0)
    assert value == pytest.approx(exact, rel=1e-10, abs=1e-10)


def test_draws_survive_means_beyond_the_integers():
    rng = np.random.default_rng(1)
    for name, given in {"poisson": {}, "geometric": {}, "negbinomial": {"shape": 2.0}}.items():
        draws = as_family(name).draw(rng, mu=np.array([1e30, np.inf, 3.0]), **given)
        assert draws[0] > 1e25
        assert draws[1] == np.inf
        assert draws[2] < 100
