import numpy as np
import pandas as pd
import polars as pl
import pytest
from hand_made_fits import fit_with_draws

import made_up
import oracle
import partialpool as pp

COLUMNS = ["effect", "component", "group", "level", "term", "estimate", "std.error", "conf.low", "conf.high"]


def test_group_level_effects(season_pass):
    table = pp.tidy(season_pass, effects=["ran_vals"], prob=0.89).query("group == 'channel'")
    assert list(table.columns) == COLUMNS
    assert set(table["effect"]) == {"ran_vals"}
    assert set(table["component"]) == {"cond"}
    assert list(zip(table["level"], table["term"], strict=True)) == [
        *((level, "(Intercept)") for level in ("Mail", "Park", "Email")),
        *((level, "promoBundle") for level in ("Mail", "Park", "Email")),
    ]
    draws = season_pass.draws["r_channel[Park,promoBundle]"].ravel()
    row = table.iloc[4]
    assert row["estimate"] == pytest.approx(draws.mean())
    assert row["std.error"] == pytest.approx(draws.std(ddof=1))
    assert [row["conf.low"], row["conf.high"]] == pytest.approx(np.quantile(draws, [0.055, 0.945]))
    # The published analysis: estimates and standard deviations.
    published = [0.250, 1.75, -2.82, -0.859, -0.695, 1.98]
    assert (np.abs(table["estimate"] - published) < 0.15 * table["std.error"] + 0.005).all()


def test_coefficients_and_parameters_by_default(crossed):
    table = pp.tidy(crossed)
    assert list(table.columns) == [name for name in COLUMNS if name != "level"]
    assert table[["effect", "group", "term"]].where(table.notna(), None).to_numpy().tolist() == [
        ["fixed", None, "(Intercept)"],
        ["ran_pars", "plate", "sd__(Intercept)"],
        ["ran_pars", "sample", "sd__(Intercept)"],
        ["ran_pars", "Residual", "sd__Observation"],
    ]
    assert table["estimate"].to_numpy() == pytest.approx([0.5, 1.5, 2.5, 3.5])


def test_other_parameters_are_components(sleep):
    table = pp.tidy(sleep, conf_int=False)
    assert "conf.low" not in table
    assert table[["component", "term"]].to_numpy().tolist() == [
        ["cond", "(Intercept)"],
        ["sigma", "(Intercept)"],
        ["cond", "Days"],
        ["sigma", "Days"],
        ["cond", "sd__(Intercept)"],
        ["sigma", "sd__(Intercept)"],
        ["cond", "cor__(Intercept).sigma_(Intercept)"],
    ]
    values = pp.tidy(sleep, "ran_vals").query("component == 'sigma' and level == '308'")
    assert values["estimate"].item() == pytest.approx(sleep.draws["r_Subject__sigma[308,Intercept]"].mean())


def test_thresholds_are_intercepts_of_the_main_parameter():
    fit = made_up.fit(
        "rating ~ x + cs(z)", pp.acat(), pd.DataFrame(made_up.data()).assign(rating=np.arange(48) % 3 + 1)
    )
    table = pp.tidy(fit)
    assert table["term"].tolist() == ["(Intercept)[1]", "(Intercept)[2]", "x", "z[1]", "z[2]"]
    assert set(table["component"]) == {"cond"}
    assert table["estimate"].tolist() == [fit.draws[name].mean() for name in fit.variables()[:5]]


def test_augment_refuses_categories():
    frame = pd.DataFrame(made_up.data()).assign(rating=np.arange(48) % 3 + 1)
    with pytest.raises(pp.DataError, match="acat has a fitted value for each category"):
        pp.augment(made_up.fit("rating ~ x", pp.acat(), frame))


def test_correlation_of_two_effects(season_pass):
    table = pp.tidy(season_pass, "ran_pars", robust=True).set_index("term")
    assert list(table.index) == ["sd__(Intercept)", "sd__promoBundle", "cor__(Intercept).promoBundle"]
    draws = season_pass.draws["cor_channel__Intercept__promoBundle"]
    assert table.loc["cor__(Intercept).promoBundle", "estimate"] == pytest.approx(np.median(draws))


def test_effects_that_a_model_does_not_have_give_no_rows(season_pass):
    table = pp.tidy(season_pass, "fixed")
    assert len(table) == 0
    assert "estimate" in table


@pytest.mark.parametrize("effects", ["random", ("fixed", "ran_par")])
def test_unknown_effects_are_refused(crossed, effects):
    with pytest.raises(pp.DataError, match="effects="):
        pp.tidy(crossed, effects)


def test_glance(crossed, season_pass):
    assert pp.glance(crossed).to_dict("records") == [
        {"algorithm": "sampling", "pss": 1000, "nobs": 144, "sigma": pytest.approx(3.5)}
    ]
    assert list(pp.glance(season_pass).columns) == ["algorithm", "pss", "nobs"]


def test_augment_the_data_of_the_fit(season_pass):
    data = oracle.load("001").frame
    table = pp.augment(season_pass)
    assert list(table.columns) == [*data.columns, ".fitted", ".se.fit", ".resid"]
    assert list(table["promo"].cat.categories) == ["NoBundle", "Bundle"]
    fitted = season_pass.fitted()
    np.testing.assert_allclose(table[".fitted"], fitted["Estimate"])
    np.testing.assert_allclose(table[".se.fit"], fitted["Est.Error"])
    np.testing.assert_allclose(table[".resid"], data["bought_pass"].to_numpy(float) - fitted["Estimate"], atol=1e-9)


def test_augment_new_rows_without_response(season_pass):
    new = pd.DataFrame({"promo": ["Bundle"], "channel": ["Park"], "n": [1], "note": ["x"]}, index=[7])
    table = pp.augment(season_pass, new)
    assert list(table.columns) == ["promo", "channel", "n", "note", ".fitted", ".se.fit"]
    assert list(table.index) == [7]
    assert table.loc[7, ".fitted"] == pytest.approx(0.7385, abs=0.02)


def test_augment_keeps_missing_values_of_columns_that_are_not_used():
    data = {"y": [1.0, 2.0, 4.0], "x": [0.5, 1.0, 2.0], "count": [1, None, 3], "label": ["a", None, "b"]}
    table = pp.augment(fit_with_draws("y ~ x", data))
    assert table["count"].isna().tolist() == table["label"].isna().tolist() == [False, True, False]
    assert table["count"].dropna().tolist() == [1, 3]


PROMO = {"promo": ["NoBundle", "Bundle"], "bought_pass": [670, 919], "did_not_buy": [812, 755]}
TOTALS = {
    "promo": ["NoBundle", "Bundle", "total"],
    "bought_pass": [670, 919, 1589],
    "did_not_buy": [812, 755, 1567],
    "total": [1482, 1674, 3156],
}


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("where", ["both", ["row", "col"], ("col", "row")])
def test_totals_of_rows_and_columns(kind, where):
    table = pp.adorn_totals(kind(PROMO), where, name="total")
    assert isinstance(table, kind)
    assert {name: table[name].to_list() for name in table.columns} == TOTALS


def test_totals_of_one_side():
    assert pp.adorn_totals(pd.DataFrame(PROMO), "col")["Total"].tolist() == [1482, 1674]
    table = pp.adorn_totals(pd.DataFrame(PROMO))
    assert table.shape == (3, 3)
    assert table.iloc[-1].tolist() == ["Total", 1589, 1567]


def test_totals_of_other_kinds_of_columns():
    frame = pd.DataFrame(
        {
            "year": [2001, 2002],
            "where": pd.Categorical(["x", "y"]),
            "sold": [1.5, np.nan],
            "ok": [True, False],
            "small": np.array([200, 100], dtype=np.uint8),
        },
        index=["p", "q"],
    )
    table = pp.adorn_totals(frame, "both")
    assert table.iloc[-1].tolist() == ["Total", "-", 1.5, "-", 300, 301.5]
    assert table["Total"].tolist() == [201.5, 100.0, 301.5]
    assert table["year"].tolist() == ["2001", "2002", "Total"]
    assert table["small"].dtype == np.dtype("int64")
    assert list(table.index) == [0, 1, 2]
    polars = pp.adorn_totals(pl.from_pandas(frame), "both")
    assert polars.row(-1) == ("Total", "-", 1.5, "-", 300, 301.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((pd.DataFrame(PROMO), "rows"), "where='rows'"),
        ((pd.DataFrame(PROMO), []), "`where` is empty"),
        ((pd.DataFrame({"n": [1, 2]}),), "no numeric column"),
        (([1, 2],), "expected a pandas or polars data frame"),
    ],
)
def test_totals_of_what_has_none_are_refused(arguments, message):
    with pytest.raises(pp.DataError, match=message):
        pp.adorn_totals(*arguments)


def test_log_odds_and_probabilities():
    from scipy.special import expit, logit

    x = np.array([-700.0, -40.0, -0.19, 0.0, 0.2, 36.0, 800.0])
    np.testing.assert_allclose(pp.plogis(x), expit(x), rtol=1e-13)
    p = np.array([[1e-300, 0.1], [0.5, 1 - 1e-12]])
    np.testing.assert_allclose(pp.qlogis(p), logit(p), rtol=1e-13)
    assert isinstance(pp.plogis(0), float)
    assert round(pp.plogis(-0.19), 7) == 0.4526424
    assert pp.qlogis(1) == np.inf
    assert pp.qlogis(0) == -np.inf
    assert np.isnan(pp.qlogis(2))
