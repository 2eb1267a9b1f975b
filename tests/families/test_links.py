"""Links: round trips, tails against mpmath, and the complement."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from family_cases import DEFINITIONS
from scipy import stats

from partialpool.errors import FamilyError
from partialpool.families.links import LINKS, as_link
from partialpool.families.parameters import BOUNDED_LINKS

ETA = np.array([-40.0, -7.3, -1.0, -0.2, 0.0, 0.4, 1.0, 3.0, 40.0])
POSITIVE_ONLY = ("inverse", "1/mu^2", "sqrt")


def exact(function, eta):
    # cloglog(40) is exp(-2e17) away from 1: no working precision shows that; the complement has tests of its own.
    with mp.workdps(1500):
        return np.array([float(function(mp.mpf(float(x)))) for x in eta])


def test_the_sixteen_links_of_brms():
    assert set(LINKS) == set(DEFINITIONS)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_inverse_keeps_its_digits(name):
    eta = ETA[ETA > 0] if name in POSITIVE_ONLY else ETA
    np.testing.assert_allclose(as_link(name).inverse(eta), exact(DEFINITIONS[name], eta), rtol=2e-14, atol=1e-323)


@pytest.mark.parametrize("name", BOUNDED_LINKS)
def test_complement_keeps_its_digits(name):
    eta = ETA[ETA < 5] if name == "cloglog" else ETA
    expected = exact(lambda x: 1 - DEFINITIONS[name](x), eta)
    np.testing.assert_allclose(as_link(name).complement(eta), expected, rtol=2e-13, atol=1e-323)
    if name == "cloglog":
        assert as_link(name).complement(40.0) == 0.0


def test_complement_of_a_log_probability():
    np.testing.assert_allclose(as_link("log").complement(np.array([-1e-20, -3.0])), [1e-20, 1 - np.exp(-3)], rtol=1e-15)


@pytest.mark.parametrize("name", [name for name in DEFINITIONS if name != "probit_approx"])
def test_link_undoes_the_inverse(name):
    eta = np.array([0.3, 1.0, 2.5]) if name in POSITIVE_ONLY else np.array([-2.5, -0.3, 0.0, 1.0, 2.5])
    np.testing.assert_allclose(as_link(name).link(as_link(name).inverse(eta)), eta, rtol=1e-12, atol=1e-14)


def test_the_approximate_probit_is_near_the_probit():
    eta = np.linspace(-6, 6, 201)
    error = np.abs(as_link("probit_approx").inverse(eta) - stats.norm.cdf(eta))
    assert 1e-4 < error.max() < 2e-4


def test_unknown_links_are_named_with_what_is_allowed():
    with pytest.raises(FamilyError, match=r"unknown link 'logitt'.*did you mean 'logit'"):
        as_link("logitt")
    with pytest.raises(FamilyError, match=r"link 'logit' is not available for mu of family poisson; use one of 'log'"):
        as_link("logit", ("log", "identity"), "mu of family poisson")
