"""Predictions, likelihoods and tables of responses by category."""

import numpy as np
import pandas as pd
import pytest
from hand_made_fits import fit_with_draws
from scipy import special, stats

import partialpool as pp
from partialpool.errors import DataError
from partialpool.fit.draws import Draws
from partialpool.fit.fit import Fit

RNG = np.random.default_rng(12)
ROWS = 9
SHARES = RNG.dirichlet([2.0, 3.0, 4.0], ROWS)
COUNTS = RNG.multinomial(20, [0.2, 0.5, 0.3], ROWS)
DATA = pd.DataFrame(
    {
        "x": RNG.normal(size=ROWS),
        "y": pd.Categorical(list("ABCABCABA")),
        "w": RNG.uniform(0.5, 2, ROWS),
        "n": 20,
        **{f"s{k}": SHARES[:, i] for i, k in enumerate("abc")},
        **{f"n{k}": COUNTS[:, i] for i, k in enumerate("abc")},
    }
)


def fit_at(formula, family, values, data=DATA):
    """A fit whose draws of some variables are given, [draw] each, and the rest are 0."""
    empty = pp.brm(formula, data, family, empty=True)
    names = empty.model.variables
    n = len(next(iter(values.values())))
    draws = np.zeros((1, n, len(names)))
    for name, value in values.items():
        draws[0, :, names.index(name)] = value
    return Fit(empty.recipe, empty.model, empty.settings, Draws(names, draws))


def predictors(coefficients):
    """Predictors [draw, row, category] of an intercept and a slope [draw] for each category, 0 for None."""
    x = DATA["x"].to_numpy()
    parts = [
        np.zeros((len(coefficients[-1][0]), ROWS)) if c is None else c[0][:, None] + c[1][:, None] * x
        for c in coefficients
    ]
    return np.stack(parts, axis=2)


B, C = (np.array([0.3, -1.0]), np.array([0.5, 2.0])), (np.array([-0.2, 0.4]), np.array([1.0, -0.7]))
AT = {"b_muB_Intercept": B[0], "b_muB_x": B[1], "b_muC_Intercept": C[0], "b_muC_x": C[1]}


def at(prefix, **more):
    names = {f"b_mu{prefix}b_Intercept": B[0], f"b_mu{prefix}b_x": B[1]}
    return {**names, f"b_mu{prefix}c_Intercept": C[0], f"b_mu{prefix}c_x": C[1], **more}


P = special.softmax(predictors([None, B, C]), axis=2)


# Categories ---------------------------------------------------------------------------------------------------------


def test_probabilities_of_categories_and_the_likelihood_agree():
    fit = fit_at("y ~ x", "categorical", AT)
    epred = fit.posterior_epred()
    np.testing.assert_allclose(epred, P, rtol=1e-13)
    codes = DATA["y"].cat.codes.to_numpy()
    np.testing.assert_allclose(fit.log_lik(), np.log(P[:, np.arange(ROWS), codes]), rtol=1e-12)
    np.testing.assert_allclose(fit.posterior_linpred(), predictors([B, C]), rtol=1e-13)
    np.testing.assert_allclose(fit.posterior_linpred(dpar="muC"), predictors([C])[:, :, 0], rtol=1e-13)
    weighted = fit_at("y | weights(w) ~ x", "categorical", AT)
    np.testing.assert_allclose(weighted.log_lik(), fit.log_lik() * DATA["w"].to_numpy(), rtol=1e-12)
    np.testing.assert_allclose(weighted.posterior_epred(), P, rtol=1e-13)


def test_new_rows_need_no_response_and_know_the_categories():
    fit = fit_at("y ~ x", "categorical", AT)
    new = pd.DataFrame({"x": DATA["x"][:2]})
    np.testing.assert_allclose(fit.posterior_epred(new), P[:, :2], rtol=1e-13)
    only_c = new.assign(y=["C", "C"])
    np.testing.assert_allclose(fit.log_lik(only_c), np.log(P[:, :2, 2]), rtol=1e-12)
    with pytest.raises(DataError, match=r"level 'D' of y .first in row 1. did not occur"):
        fit.log_lik(new.assign(y="D"))


@pytest.mark.parametrize("refcat", ["B", "C", None])
def test_the_reference_category_changes_nothing_but_names(refcat):
    whole = {"A": (np.zeros(2), np.zeros(2)), "B": B, "C": C}
    base = whole.get(refcat, (np.array([3.0, -2.0]), np.array([1.0, 7.0])))
    names = [k for k in "ABC" if k != refcat]
    values = {f"b_mu{k}_Intercept": whole[k][0] - base[0] for k in names}
    values |= {f"b_mu{k}_x": whole[k][1] - base[1] for k in names}
    fit = fit_at("y ~ x", pp.categorical(refcat=refcat), values)
    np.testing.assert_allclose(fit.posterior_epred(), P, rtol=1e-12)


def test_drawn_categories_have_their_probabilities():
    n = 20_000
    fit = fit_at("y ~ x", "categorical", {name: np.full(n, value[0]) for name, value in AT.items()})
    draws = fit.posterior_predict(seed=3)
    assert draws.shape == (n, ROWS)
    for k in range(3):
        shares = (draws == k + 1).mean(axis=0)
        assert (abs(shares - P[0, :, k]) < 4.5 * np.sqrt(P[0, :, k] * (1 - P[0, :, k]) / n)).all()
    table = fit.predict(seed=3)
    assert list(table.columns) == ["P(Y = A)", "P(Y = B)", "P(Y = C)"]
    np.testing.assert_allclose(table["P(Y = B)"], (draws == 2).mean(axis=0))


def test_tables_of_categories():
    fit = fit_with_draws("y ~ x", DATA, "categorical")
    table = fit.fitted(DATA.set_axis(list("rstuvwxyz")), probs=[0.5])
    assert (table.dims, table.shape) == (("row", "statistic", "category"), (ROWS, 3, 3))
    assert list(table["category"].values) == ["A", "B", "C"]
    epred = fit.posterior_epred()
    np.testing.assert_allclose(table.sel(statistic="Estimate", row="t"), epred[:, 2].mean(axis=0))
    np.testing.assert_allclose(table.sel(statistic="Q50"), np.median(epred, axis=0))
    linear = fit.fitted(scale="linear")
    assert list(linear["parameter"].values) == ["muB", "muC"]
    np.testing.assert_allclose(linear.sel(statistic="Estimate"), fit.posterior_linpred().mean(axis=0))
    assert fit.fitted(scale="linear", dpar="muB").shape == (ROWS, 4)
    with pytest.raises(DataError, match="have no residuals"):
        fit.residuals()


def test_ordered_categories_have_the_same_tables():
    fit = fit_with_draws("rating ~ x", DATA.assign(rating=[1, 2, 3, 1, 2, 3, 1, 2, 1]), "cumulative")
    assert list(fit.fitted()["category"].values) == ["1", "2", "3"]
    assert list(fit.predict().columns) == ["P(Y = 1)", "P(Y = 2)", "P(Y = 3)"]
    assert fit.predict().sum(axis=1).to_numpy() == pytest.approx(np.ones(ROWS))


# Matrices -----------------------------------------------------------------------------------------------------------

MULTINOMIAL = "cbind(na, nb, nc) | trials(n) ~ x"
DIRICHLET = "cbind(sa, sb, sc) ~ x"


def test_counts():
    fit = fit_at(MULTINOMIAL, "multinomial", at("n"))
    np.testing.assert_allclose(fit.posterior_epred(), 20 * P, rtol=1e-13)
    expected = [[stats.multinomial.logpmf(COUNTS[i], 20, P[d, i]) for i in range(ROWS)] for d in range(2)]
    np.testing.assert_allclose(fit.log_lik(), expected, rtol=1e-10)
    draws = fit.posterior_predict(seed=1)
    assert draws.shape == (2, ROWS, 3)
    assert (draws.sum(axis=2) == 20).all()
    np.testing.assert_allclose(fit.residuals(summary=False), COUNTS - 20 * P, rtol=1e-10)
    assert fit.predict(seed=1).sel(statistic="Estimate").sum(dim="category").to_numpy() == pytest.approx(
        np.full(ROWS, 20)
    )


def test_trials_of_new_rows():
    fit = fit_at(MULTINOMIAL, "multinomial", at("n"))
    new = pd.DataFrame({"x": DATA["x"][:2], "n": [7, 1]})
    np.testing.assert_allclose(fit.posterior_epred(new), P[:, :2] * [[7], [1]], rtol=1e-13)
    assert (fit.posterior_predict(new, seed=2).sum(axis=2) == [7, 1]).all()
    with pytest.raises(DataError, match=r"counts that add up to the number of trials, but row 1 is \(1, 2, 3 with 7"):
        fit.log_lik(new.assign(na=1, nb=2, nc=3))


def test_counts_with_a_precision():
    phi = np.array([2.0, 50.0])
    fit = fit_at(MULTINOMIAL, "dirichlet_multinomial", at("n", phi=phi))
    np.testing.assert_allclose(fit.posterior_epred(), 20 * P, rtol=1e-13)
    expected = [
        [stats.dirichlet_multinomial.logpmf(COUNTS[i], phi[d] * P[d, i], 20) for i in range(ROWS)] for d in (0, 1)
    ]
    np.testing.assert_allclose(fit.log_lik(), expected, rtol=1e-10)


def test_shares():
    phi = np.array([2.0, 50.0])
    fit = fit_at(DIRICHLET, "dirichlet", at("s", phi=phi))
    expected = [[stats.dirichlet.logpdf(SHARES[i], phi[d] * P[d, i]) for i in range(ROWS)] for d in (0, 1)]
    np.testing.assert_allclose(fit.posterior_epred(), P, rtol=1e-13)
    np.testing.assert_allclose(fit.log_lik(), expected, rtol=1e-10)
    one = pd.DataFrame({"x": [0.0], "sa": 0.2, "sb": 0.3, "sc": 0.5})
    shares = special.softmax(np.stack([np.zeros(2), B[0], C[0]], axis=1), axis=1)
    values = {f"b_mus{k}_Intercept": np.log(phi * shares[:, i]) for i, k in enumerate("abc")}
    same = fit_at(DIRICHLET, "dirichlet2", values)
    np.testing.assert_allclose(same.log_lik(one), fit.log_lik(one), rtol=1e-12)
    np.testing.assert_allclose(same.posterior_epred(one), fit.posterior_epred(one), rtol=1e-13)


def test_normal_log_ratios():
    rho, sigma = np.array([0.5, -0.8]), {"sigmasb": np.array([0.7, 1.5]), "sigmasc": np.array([2.0, 0.4])}
    fit = fit_at(DIRICHLET, "logistic_normal", at("s", lncor__sb__sc=rho, **sigma))
    mu = predictors([B, C])
    z = np.log(SHARES[:, 1:] / SHARES[:, :1])
    for d in range(2):
        scale = np.array([sigma["sigmasb"][d], sigma["sigmasc"][d]])
        covariance = np.outer(scale, scale) * np.array([[1.0, rho[d]], [rho[d], 1.0]])
        expected = [
            stats.multivariate_normal.logpdf(z[i], mu[d, i], covariance) - np.log(SHARES[i]).sum() for i in range(ROWS)
        ]
        np.testing.assert_allclose(fit.log_lik()[d], expected, rtol=1e-9)
        noise = np.random.default_rng(1).multivariate_normal([0, 0], covariance, 200_000)
        simulated = special.softmax(np.insert(mu[d, 0] + noise, 0, 0.0, axis=1), axis=1)
        error = simulated.std(axis=0) / np.sqrt(len(simulated))
        assert (abs(fit.posterior_epred()[d, 0] - simulated.mean(axis=0)) < 4.5 * error).all()


def test_the_reference_of_normal_log_ratios_changes_nothing():
    rho, sigma = 0.5, np.array([0.7, 2.0])
    given = at("s", lncor__sb__sc=np.full(2, rho), sigmasb=np.full(2, 0.7), sigmasc=np.full(2, 2.0))
    fit = fit_at(DIRICHLET, "logistic_normal", given)
    covariance = np.outer(sigma, sigma) * np.array([[1.0, rho], [rho, 1.0]])
    turn = np.array([[-1.0, 0.0], [-1.0, 1.0]])  # log ratios to b: of a, of c
    turned = turn @ covariance @ turn.T
    scales = np.sqrt(np.diag(turned))
    values = {
        **{
            f"b_mus{k}_{c}": turn[i] @ [B[j], C[j]]
            for i, k in enumerate("ac")
            for j, c in enumerate(["Intercept", "x"])
        },
        **{f"sigmas{k}": np.full(2, scales[i]) for i, k in enumerate("ac")},
        "lncor__sa__sc": np.full(2, turned[0, 1] / scales.prod()),
    }
    same = fit_at(DIRICHLET, pp.logistic_normal(refcat="sb"), values)
    np.testing.assert_allclose(same.log_lik(), fit.log_lik(), rtol=1e-9)
    np.testing.assert_allclose(same.posterior_epred(), fit.posterior_epred(), atol=3e-7)


def test_the_data_tree_has_a_dimension_of_columns():
    fit = fit_with_draws(MULTINOMIAL, DATA, "multinomial", shape=(2, 5))
    tree = fit.to_idata(log_likelihood=True, posterior_predictive=True, seed=1)
    (name,) = tree["observed_data"].data_vars
    assert tree["observed_data"][name].dims == ("obs_id", "category")
    assert tree["posterior_predictive"][name].sizes == {"chain": 2, "draw": 5, "obs_id": ROWS, "category": 3}
    assert tree["log_likelihood"][name].dims == ("chain", "draw", "obs_id")
    np.testing.assert_array_equal(tree["observed_data"][name].sel(category="nb"), COUNTS[:, 1])


def test_residuals_of_counts_in_standard_deviations():
    fit = fit_with_draws(MULTINOMIAL, DATA, "multinomial", shape=(2, 200))
    table = fit.residuals(type="pearson", seed=1)
    assert table.dims == ("row", "statistic", "category")
    spread = fit.posterior_predict(seed=1).std(axis=0, ddof=1)
    expected = (COUNTS - fit.posterior_epred().mean(axis=0)) / spread
    np.testing.assert_allclose(table.sel(statistic="Estimate"), expected, rtol=1e-10)


def test_small_pieces_give_the_same(monkeypatch):
    fit = fit_with_draws(MULTINOMIAL, DATA, "multinomial", shape=(2, 5))
    whole = fit.posterior_epred()
    table = fit.fitted()
    monkeypatch.setattr("partialpool.fit.prediction.MEMORY_BUDGET", 2000)
    monkeypatch.setattr("partialpool.fit.row_tables.MEMORY_BUDGET", 2000)
    np.testing.assert_allclose(fit.posterior_epred(), whole, rtol=1e-13)
    np.testing.assert_allclose(fit.fitted(), table, rtol=1e-12)


# A fit from data ----------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::partialpool.errors.ConvergenceWarning")
def test_a_fit_finds_what_made_the_data(tmp_path):
    rng = np.random.default_rng(4)
    n = 300
    x = rng.normal(size=n)
    mu = np.column_stack([0.5 + x, -0.5 - 0.5 * x])
    covariance = np.array([[0.25, 0.15], [0.15, 0.36]])
    z = mu + rng.multivariate_normal([0, 0], covariance, n)
    y = special.softmax(np.column_stack([np.zeros(n), z]), axis=1)
    data = pd.DataFrame({"x": x, "a": y[:, 0], "b": y[:, 1], "c": y[:, 2]})
    options = {"iter": 600, "chains": 2, "seed": 1, "progress": False}
    fit = pp.brm("cbind(a, b, c) ~ x", data, "logistic_normal", **options)
    summary = fit.summary().frame
    truth = {
        "b_mub_Intercept": 0.5,
        "b_muc_Intercept": -0.5,
        "b_mub_x": 1.0,
        "b_muc_x": -0.5,
        "sigmab": 0.5,
        "sigmac": 0.6,
        "lncor__b__c": 0.5,
    }
    assert list(summary.index) == list(truth)
    assert "lncor(b,c)" in str(fit.summary())
    for name, value in truth.items():
        assert abs(summary.loc[name, "Estimate"] - value) < 4 * summary.loc[name, "Est.Error"], name
    fit.save(tmp_path / "fit.pp")
    again = pp.load(tmp_path / "fit.pp")
    np.testing.assert_array_equal(again.posterior_predict(seed=1, ndraws=5), fit.posterior_predict(seed=1, ndraws=5))
