"""Probabilities of the components of a mixture, against the densities of SciPy; predictions of mixtures."""

from __future__ import annotations

import numpy as np
import pytest
from hand_made_fits import fit_with_draws
from scipy import stats

import partialpool as pp
from partialpool.errors import DataError, FamilyError

RNG = np.random.default_rng(4)
DATA = {"x": RNG.normal(size=12), "w": RNG.uniform(0.5, 2.0, 12), "y": RNG.normal(size=12) * 3}
NEW = {"x": [0.5, -1.0], "w": [1.0, 1.0], "y": [0.0, 9.0]}


def shares(fit):
    """Proportions [draw, 1] of two components: the smaller part of 1, and the rest."""
    theta = (fit.draws["theta1"] % 1.0).reshape(-1, 1)
    return theta, 1.0 - theta


@pytest.fixture(scope="module")
def two():
    fit = fit_with_draws("y | weights(w) ~ x", DATA, pp.mixture("gaussian", "student"), shape=(2, 20))
    values = fit.draws.values
    names = list(fit.draws.names)
    first, second = names.index("theta1"), names.index("theta2")
    values[:, :, first] %= 1.0
    values[:, :, second] = 1.0 - values[:, :, first]
    return fit


def logs(fit, data):
    """Log of proportion times density, [component, draw, row]."""
    draws = {name: fit.draws[name].reshape(-1, 1) for name in fit.draws.names}
    x, y = np.asarray(data["x"]), np.asarray(data["y"])
    mu = [draws[f"b_mu{k}_Intercept"] + draws[f"b_mu{k}_x"] * x for k in (1, 2)]
    first = stats.norm.logpdf(y, mu[0], draws["sigma1"])
    second = stats.t.logpdf(y, draws["nu2"], mu[1], draws["sigma2"])
    return np.log(draws["theta1"]) + first, np.log(draws["theta2"]) + second


@pytest.mark.parametrize("newdata", [None, NEW], ids=["fit", "new rows"])
def test_probabilities_by_the_theorem_of_bayes(two, newdata):
    first, second = logs(two, newdata or DATA)
    log = two.pp_mixture(newdata, summary=False, log=True)
    np.testing.assert_allclose(log[:, :, 0], first - np.logaddexp(first, second), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(log[:, :, 1], second - np.logaddexp(first, second), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(two.pp_mixture(newdata, summary=False), np.exp(log), rtol=1e-14)


def test_the_density_of_rows_is_weighted_probabilities_are_not(two):
    first, second = logs(two, DATA)
    np.testing.assert_allclose(two.log_lik(), DATA["w"] * np.logaddexp(first, second), rtol=1e-11)


def test_a_table_of_estimates(two):
    draws = two.pp_mixture(summary=False)
    table = pp.pp_mixture(two, probs=[0.1])
    assert table.dims == ("row", "statistic", "component")
    assert list(table.component.values) == ["P(K = 1 | Y)", "P(K = 2 | Y)"]
    assert list(table.statistic.values) == ["Estimate", "Est.Error", "Q10"]
    np.testing.assert_allclose(table.sel(statistic="Estimate"), draws.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(table.sel(statistic="Q10"), np.quantile(draws, 0.1, axis=0), rtol=1e-13)
    assert two.pp_mixture(ndraws=7, seed=1, summary=False).shape == (7, 12, 2)


def test_predictions_weigh_the_components(two):
    mu = [two.posterior_linpred(dpar=f"mu{k}") for k in (1, 2)]
    theta = shares(two)
    np.testing.assert_allclose(two.posterior_epred(), theta[0] * mu[0] + theta[1] * mu[1], rtol=1e-12)
    np.testing.assert_allclose(two.posterior_epred(dpar="theta2")[:, 3], theta[1][:, 0], rtol=1e-14)
    assert two.posterior_predict(seed=1).shape == (40, 12)


def test_predicted_proportions_are_a_softmax():
    formula = pp.bf("y ~ 1", "theta1 ~ x", "theta3 ~ 1")
    fit = fit_with_draws(formula, DATA, pp.mixture("gaussian", nmix=3), shape=(2, 10))
    draws = {name: fit.draws[name].reshape(-1, 1) for name in fit.draws.names}
    etas = draws["b_theta1_Intercept"] + draws["b_theta1_x"] * DATA["x"], draws["b_theta3_Intercept"]
    odds = np.exp(etas[0]), np.ones((20, 12)), np.exp(etas[1]) * np.ones((1, 12))
    for k, name in enumerate(("theta1", "theta2", "theta3")):
        np.testing.assert_allclose(fit.posterior_epred(dpar=name), odds[k] / sum(odds), rtol=1e-12)
    np.testing.assert_allclose(fit.posterior_linpred(dpar="theta1"), etas[0], rtol=1e-13)
    with pytest.raises(DataError, match="'theta2' has no linear predictor"):
        fit.posterior_linpred(dpar="theta2")
    mean = sum(odds[k] / sum(odds) * draws[f"b_mu{k + 1}_Intercept"] for k in range(3))
    np.testing.assert_allclose(fit.posterior_epred(), mean, rtol=1e-12)


def test_families_that_mix_nothing_are_refused():
    fit = fit_with_draws("y ~ x", DATA, shape=(1, 4))
    with pytest.raises(FamilyError, match="family gaussian is no mixture"):
        fit.pp_mixture()


def test_tables_are_made_in_pieces(two, monkeypatch):
    whole = two.pp_mixture()
    monkeypatch.setattr("partialpool.fit.row_tables.MEMORY_BUDGET", 1)  # a row at a time
    pieces = two.pp_mixture()
    np.testing.assert_allclose(pieces, whole, rtol=1e-12)
    assert pieces["row"].values.tolist() == list(range(12))
