import numpy as np
import pandas as pd
import polars as pl
import pytest
from hand_made_fits import fit_with_draws

import oracle
import partialpool as pp
from partialpool.fit import row_tables

NEW = pd.DataFrame({"promo": ["Bundle", "Bundle"], "channel": ["Email", "Park"], "n": 1}, index=["a", "b"])


def log_odds(fit, promo, channel):
    """Linear predictor of a season-pass row for each draw."""
    draws = fit.draws
    bundle = draws[f"r_channel[{channel},promoBundle]"].ravel() if promo == "Bundle" else 0.0
    return draws[f"r_channel[{channel},Intercept]"].ravel() + bundle


def probability(fit, promo, channel):
    return 1 / (1 + np.exp(-log_odds(fit, promo, channel)))


def statistics_of(values):
    return [values.mean(), values.std(ddof=1), *np.quantile(values, [0.025, 0.975])]


def test_fitted_means(season_pass):
    table = season_pass.fitted()
    data = oracle.load("001").frame
    assert list(table.columns) == ["Estimate", "Est.Error", "Q2.5", "Q97.5"]
    assert list(table.index) == list(range(6))
    for row in range(6):
        promo, channel, n = data.loc[row, ["promo", "channel", "n"]]
        np.testing.assert_allclose(
            table.loc[row].to_numpy(), statistics_of(n * probability(season_pass, promo, channel)), rtol=1e-10
        )


def test_fitted_on_the_linear_scale_for_new_rows(season_pass):
    table = season_pass.fitted(NEW, scale="linear", probs=[0.5])
    assert list(table.columns) == ["Estimate", "Est.Error", "Q50"]
    assert list(table.index) == ["a", "b"]
    assert table.loc["a", "Q50"] == pytest.approx(np.median(log_odds(season_pass, "Bundle", "Email")), rel=1e-10)


def test_draws_instead_of_tables(season_pass):
    draws = season_pass.fitted(NEW, summary=False, draw_ids=[3, 7])
    assert draws.shape == (2, 2)
    np.testing.assert_allclose(draws[:, 1], probability(season_pass, "Bundle", "Park")[[3, 7]], rtol=1e-12)


def test_fitted_distributional_parameter(sleep):
    table = sleep.fitted(pd.DataFrame({"Days": [2.0]}), re_formula="NA", dpar="sigma", robust=True)
    expected = np.exp(sleep.draws["b_sigma_Intercept"] + 2.0 * sleep.draws["b_sigma_Days"])
    assert table.loc[0, "Estimate"] == pytest.approx(np.median(expected))


def test_predicted_responses(season_pass):
    table = season_pass.predict(NEW, seed=1)
    draws = season_pass.predict(NEW, seed=1, summary=False)
    assert set(np.unique(draws)) == {0.0, 1.0}
    np.testing.assert_allclose(table.loc["b"].to_numpy(), statistics_of(draws[:, 1]))
    # The published analysis has 0.3007 and 0.7385, each the mean of 20,000 draws of 0 or 1.
    p = table["Estimate"].to_numpy()
    assert (np.abs(p - [0.3007, 0.7385]) < 4 * np.sqrt(p * (1 - p) * (1 / len(draws) + 1 / 20_000))).all()


def test_residuals(season_pass):
    data = oracle.load("001").frame
    table = season_pass.residuals()
    expected = data["bought_pass"].to_numpy(float) - season_pass.fitted()["Estimate"].to_numpy()
    np.testing.assert_allclose(table["Estimate"].to_numpy(), expected, atol=1e-9)


def test_residuals_of_random_responses(season_pass):
    data = oracle.load("001").frame
    draws = season_pass.residuals(method="posterior_predict", summary=False, seed=5)
    responses = season_pass.posterior_predict(seed=5)
    np.testing.assert_array_equal(draws, data["bought_pass"].to_numpy(float) - responses)


def test_pearson_residuals_are_divided_by_the_spread_of_responses(season_pass):
    plain = season_pass.residuals(summary=False, seed=5)
    scaled = season_pass.residuals(type="pearson", summary=False, seed=5)
    spread = season_pass.posterior_predict(seed=5).std(axis=0, ddof=1)
    np.testing.assert_allclose(scaled, plain / spread, rtol=1e-12)


def test_residuals_use_the_same_draws_for_both_parts(season_pass):
    draws = season_pass.residuals(type="pearson", ndraws=10, summary=False, seed=2)
    assert draws.shape == (10, 6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"type": "deviance"}, "type='deviance'; known: 'ordinary', 'pearson'"),
        ({"method": "epred"}, "method='epred'; known: 'posterior_epred', 'posterior_predict'"),
    ],
)
def test_unknown_residuals_are_refused(season_pass, arguments, message):
    with pytest.raises(pp.DataError, match=message):
        season_pass.residuals(**arguments)


def test_unknown_scale_is_refused(season_pass):
    with pytest.raises(pp.DataError, match="scale='log'; known: 'response', 'linear'"):
        season_pass.fitted(scale="log")


@pytest.mark.parametrize(
    "method", ["fitted", "predict", "residuals", "posterior_summary", "fixef", "ranef", "coef", "VarCorr"]
)
def test_tables_of_a_central_interval(season_pass, method):
    def table(**interval):
        found = getattr(season_pass, method)(**interval, **({"seed": 1} if method in ("predict",) else {}))
        return found if isinstance(found, pd.DataFrame) else found["channel"]

    one, other = table(prob=0.89), table(probs=(0.055, 0.945))
    if method == "VarCorr":
        one, other = one["sd"], other["sd"]
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other)
        assert list(one.columns) == ["Estimate", "Est.Error", "Q5.5", "Q94.5"]
    else:
        np.testing.assert_allclose(one, other, rtol=1e-12)
        assert one["statistic"].values.tolist() == ["Estimate", "Est.Error", "Q5.5", "Q94.5"]
    for wrong in ({"prob": 89}, {"prob": 0.89, "probs": (0.1, 0.9)}):
        with pytest.raises(pp.DataError, match="prob"):
            table(**wrong)


def test_one_probability_needs_no_list(season_pass):
    pd.testing.assert_frame_equal(season_pass.fitted(probs=0.5), season_pass.fitted(probs=[0.5]))
    assert list(season_pass.ranef(probs=0.5)["channel"]["statistic"].values) == ["Estimate", "Est.Error", "Q50"]


@pytest.mark.parametrize("probs", [[2], "a", [None], [True], float("nan")])
def test_probabilities_that_are_none(season_pass, probs):
    with pytest.raises(pp.DataError, match="which is not a number between 0 and 1"):
        season_pass.fitted(probs=probs)


@pytest.mark.parametrize("method", ["posterior_epred", "posterior_predict", "log_lik", "predict", "residuals"])
def test_unknown_options_are_refused(season_pass, method):
    with pytest.raises(pp.DataError, match="no option 'ndraw'; did you mean 'ndraws'"):
        getattr(season_pass, method)(ndraw=10)


@pytest.mark.parametrize("none", ["NA", float("nan"), pd.NA, False, "~ 1"])
def test_no_group_level_effects(season_pass, none):
    assert (season_pass.posterior_linpred(NEW, none) == 0).all()


def test_rows_of_polars_frames_are_counted(season_pass):
    assert list(season_pass.fitted(pl.from_pandas(NEW)).index) == [0, 1]


@pytest.mark.parametrize(
    ("index", "kept"), [(None, [0, 2, 3]), ([10, 20, 30, 40], [10, 30, 40]), (list("abcd"), list("acd"))]
)
def test_rows_of_the_fit_keep_their_names_when_others_are_dropped(index, kept):
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "x": [0.5, np.nan, 1.0, 2.0]}, index=index)
    with pytest.warns(pp.DataWarning):
        fit = fit_with_draws("y ~ x", data)
    assert list(fit.fitted().index) == kept
    residuals = data.assign(r=fit.residuals()["Estimate"])["r"]
    assert residuals.isna().tolist() == [False, True, False, False]


def test_tables_of_many_rows_are_made_piece_by_piece(season_pass, monkeypatch):
    whole = [season_pass.fitted(), season_pass.residuals(type="pearson", seed=3)]
    random = season_pass.predict(seed=3)
    monkeypatch.setattr(row_tables, "MEMORY_BUDGET", 2 * 8 * season_pass.ndraws())
    pd.testing.assert_frame_equal(season_pass.fitted(), whole[0])
    pieces = season_pass.residuals(type="pearson", seed=3)
    assert list(pieces.index) == list(range(6))
    np.testing.assert_allclose(pieces["Estimate"], whole[1]["Estimate"], atol=0.05)
    error = random["Est.Error"] / np.sqrt(season_pass.ndraws())
    assert (np.abs(season_pass.predict(seed=3)["Estimate"] - random["Estimate"]) < 6 * error).all()
