"""The Conway-Maxwell-Poisson family against brms, which sums its series less exactly."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from oracle import load
from partialpool.engine.mathematics import log_com_poisson
from partialpool.families import as_family

FAMILY = as_family("com_poisson")


def log_sums(log_mu, shape):
    """Return the log of the normalising sums: exactly, and from the first four terms of their asymptotic series."""
    j = np.arange(3000.0)[:, None]
    exact = special.logsumexp(shape * (j * log_mu - special.gammaln(j + 1)), axis=0)
    x, square = shape * np.exp(log_mu), shape**2
    rest = (square - 1) / 24 / x + (square - 1) * (square + 23) / 1152 / x**2
    rest += (square - 1) * (5 * square**2 - 298 * square + 11237) / 414720 / x**3
    return exact, x + np.log1p(rest) - ((np.log(2 * np.pi) + log_mu) * (shape - 1) + np.log(shape)) / 2


@pytest.mark.parametrize(("i", "error"), [(0, 0.0), (1, 0.0347), (2, 0.0824)])
def test_log_likelihood_is_that_of_brms_but_for_its_series(i, error):
    """Where mu and mu^shape exceed 1.5, brms takes four terms of an asymptotic series for the sum."""
    oracle = load("040")
    point = oracle.figures["log_prob"][i]
    values = {name: np.array(entry["values"]) for name, entry in point["constrained"].items()}
    shape, y = float(values["shape"]), oracle.data("Y").astype(float)
    log_mu = values["b_Intercept"] + oracle.data("X")[:, 1:] @ np.atleast_1d(values["b"])
    exact, series = log_sums(log_mu, shape)
    coarse = (log_mu >= np.log(1.5)) & (shape * log_mu >= np.log(1.5))
    difference = np.where(coarse, exact - series, 0.0).sum()
    total = log_com_poisson(y, log_mu, shape).sum() + difference
    assert total == pytest.approx(point["lp_unadjusted"] - values["lprior"], rel=1e-12)
    assert abs(difference) == pytest.approx(error, abs=1e-4)


def test_mean_from_small_to_large():
    mu, shape = np.array([1e-9, 0.5, 300.0, 1e9, 40.0]), np.array([1.0, 1.0, 1.0, 3.0, 1e9])
    np.testing.assert_allclose(FAMILY.mean(mu, shape), [1e-9, 0.5, 300.0, 1e9 + 1 / 6 - 1 / 2, 39.5], rtol=1e-12)


@pytest.mark.parametrize(("mu", "shape"), [(1e8, 3.0), (1e4, 0.01), (0.5, 0.001), (1e15, 1.0)])
def test_draws_of_large_counts_have_their_mean_and_variance(mu, shape):
    n = 40_000
    draws = FAMILY.draw(np.random.default_rng(3), np.full(n, mu), np.full(n, shape))
    mean = FAMILY.mean(mu, shape)
    step = 1e-4
    variance = (FAMILY.mean(mu * np.exp(step), shape) - FAMILY.mean(mu * np.exp(-step), shape)) / (2 * step * shape)
    assert abs(draws.mean() - mean) < 4.5 * np.sqrt(variance / n)
    assert abs(draws.var() - variance) < 4.5 * variance * np.sqrt(8 / n)


def test_a_shape_beyond_all_bounds_leaves_the_mode():
    assert np.all(FAMILY.draw(np.random.default_rng(3), np.full(100, 2.3), np.full(100, 1e6)) == 2.0)
