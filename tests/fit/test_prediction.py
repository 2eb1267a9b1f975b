"""Linear predictors against numpy on the draws; which rows, effects and draws take part."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from prediction_rows import FRAME, NEW, by_hand, dummy, fit_of, ones
from scipy import stats

import made_up
from partialpool import DataError, FormulaError, bf


def plain(frame):
    return {"population": {"Intercept": ones(frame), "x": frame["x"], "fv": dummy(frame, "v"), "fw": dummy(frame, "w")}}


def interaction(frame):
    x, v, w = frame["x"], dummy(frame, "v"), dummy(frame, "w")
    return {"population": {"Intercept": ones(frame), "x": x, "fv": v, "fw": w, "x:fv": x * v, "x:fw": x * w}}


def slopes(frame):
    one = {"Intercept": ones(frame)}
    groups = [("g", frame["g"], {**one, "x": frame["x"]}), ("h", frame["h"], one)]
    return {"population": {**one, "x": frame["x"]}, "groups": groups}


def nested(frame):
    one = {"Intercept": ones(frame)}
    pairs = frame["g"] + "_" + frame["f"]
    return {"population": one, "groups": [("g", frame["g"], one), ("g:f", pairs, one)]}


def factor_slopes(frame):
    columns = {f"f{name}": dummy(frame, name) for name in "uvw"}
    return {"population": {"Intercept": ones(frame)}, "groups": [("g", frame["g"], columns)]}


def two_terms(frame):
    groups = [("g", frame["g"], {"Intercept": ones(frame)}), ("g", frame["g"], {"z": frame["z"]})]
    return {"population": {"Intercept": ones(frame)}, "groups": groups}


def transformed(frame):
    x = FRAME["x"]
    scaled = (frame["x"] - x.mean()) / x.std()
    return {"population": {"Intercept": ones(frame), "scalex": scaled, "Iz^2".replace("^", "E"): frame["z"] ** 2}}


def cells(frame):
    return {"population": {f"f{name}": dummy(frame, name) for name in "uvw"} | {"x": frame["x"]}}


def with_offset(frame):
    return {"population": {"Intercept": ones(frame), "x": frame["x"]}, "offset": np.log(frame["time"])}


CASES = {
    "y ~ x + f": plain,
    "y ~ x * f": interaction,
    "y ~ x + (x | g) + (1 | h)": slopes,
    "y ~ x + (x || g) + (1 | h)": slopes,
    "y ~ 1 + (1 | g / f)": nested,
    "y ~ (0 + f | g)": factor_slopes,
    "y ~ (1 | g) + (0 + z | g)": two_terms,
    "y ~ scale(x) + I(z^2)": transformed,
    "y ~ 0 + f + x": cells,
    "y ~ x + offset(log(time))": with_offset,
    "y ~ 0 + Intercept + x + offset(log(time))": with_offset,
}
OTHERS = {
    "center": (bf("y ~ x + f", center=False), plain),
    "QR": (bf("y ~ x * f", decomp="QR"), interaction),
    "sparse": (bf("y ~ x * f", sparse=True), interaction),
}


def known_pairs(frame):
    """Return the rows whose combination of g and f occurs in the data of the fit."""
    known = set(FRAME["g"] + FRAME["f"])
    return frame[(frame["g"] + frame["f"]).isin(known)]


@pytest.mark.parametrize("formula", CASES)
def test_linear_predictor(formula):
    fit = fit_of(formula)
    new = known_pairs(NEW) if "/" in formula else NEW
    assert len(new) > 1
    for frame, given in ((FRAME, None), (new, new)):
        expected = by_hand(fit, frame, **CASES[formula](frame))
        np.testing.assert_allclose(fit.posterior_linpred(given), expected, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("name", OTHERS)
def test_linear_predictor_of_other_parametrisations(name):
    formula, reference = OTHERS[name]
    fit = made_up.fit(formula, frame=FRAME)
    expected = by_hand(fit, NEW, **reference(NEW))
    np.testing.assert_allclose(fit.posterior_linpred(NEW), expected, rtol=1e-10, atol=1e-11)


def test_predictor_at_the_unconstrained_point_is_that_of_the_likelihood():
    """The forward half that predicts sees what the log density saw."""
    fit = fit_of("y ~ x + (x | g) + (1 | h)")
    sigma = fit.draws["sigma"].ravel()[:, None]
    expected = stats.norm(fit.posterior_linpred(), sigma).logpdf(FRAME["y"].to_numpy())
    np.testing.assert_allclose(fit.log_lik(), expected, rtol=1e-11)


# New rows ---------------------------------------------------------------------------------------------------------


def test_levels_in_any_order_and_any_kind_of_frame():
    formula = "y ~ x * f + (x | g)"
    fit = fit_of(formula)
    expected = fit.posterior_epred(NEW)
    turned = NEW.iloc[::-1]
    np.testing.assert_array_equal(fit.posterior_epred(turned), expected[:, ::-1])
    other = NEW.assign(
        f=pd.Categorical(NEW["f"], ["w", "not used", "v", "u"]),
        g=pd.Categorical(NEW["g"], ["dee e", "cy", "bob", "ann"]),
    )
    np.testing.assert_array_equal(fit.posterior_epred(other), expected)
    np.testing.assert_array_equal(fit.posterior_epred(pl.DataFrame(NEW)), expected)
    np.testing.assert_array_equal(fit.posterior_epred(NEW.to_dict("list")), expected)
    np.testing.assert_array_equal(fit.posterior_epred(NEW.iloc[[2]]), expected[:, [2]])


def test_columns_that_the_prediction_does_not_need():
    fit = fit_of("y ~ x + (x | g) + (1 | h)")
    expected = fit.posterior_epred(NEW, re_formula="NA")
    np.testing.assert_array_equal(fit.posterior_epred(NEW[["x"]], re_formula="NA"), expected)
    np.testing.assert_array_equal(
        fit.posterior_epred(NEW[["x", "g"]], re_formula="~ (x | g)"), fit.posterior_epred(NEW, re_formula="~ (x | g)")
    )


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (NEW.drop(columns="x"), "no column 'x'"),
        (NEW.drop(columns="g"), "no column 'g'"),
        (NEW.assign(f="q"), "'q'"),
        (NEW.assign(x=[1, np.nan, 2, 3, 4]), "x is missing or not a number in row 2"),
        (NEW.assign(x=[1, np.inf, 2, 3, 4]), "x is infinite in row 2"),
        (NEW.assign(f=["u", None, "u", "u", "u"]), "row 2"),
        (
            NEW.assign(g=["ann", "zoe", "bob", "ann", "kim"]),
            r"'zoe', 'kim' \(first in row 2\); pass allow_new_levels=True",
        ),
        (NEW.assign(g=["ann", None, "bob", "ann", "ann"]), "allow_new_levels=True"),
        (NEW.assign(x="a"), "x"),
    ],
)
def test_new_rows_that_cannot_be_predicted(new, message):
    with pytest.raises(DataError, match=message):
        fit_of("y ~ x * f + (x | g)").posterior_epred(new)


def test_empty_fits_predict_nothing():
    from partialpool import brm

    with pytest.raises(DataError, match="no draws"):
        brm("y ~ x", FRAME, empty=True).posterior_epred()


# Which effects and which draws ------------------------------------------------------------------------------------


@pytest.mark.parametrize("none", ["NA", "~ 0", float("nan"), False])
def test_no_group_level_effects(none):
    formula = "y ~ x + (x | g) + (1 | h)"
    expected = by_hand(fit_of(formula), NEW, slopes(NEW)["population"])
    np.testing.assert_allclose(fit_of(formula).posterior_linpred(NEW, re_formula=none), expected, rtol=1e-11)


@pytest.mark.parametrize(
    ("re_formula", "kept"),
    [
        ("~ (1 | h)", [("h", "Intercept")]),
        ("~ (1 | g)", [("g", "Intercept")]),
        ("~ (0 + x | g)", [("g", "x")]),
        ("~ (1 + x | g)", [("g", "Intercept"), ("g", "x")]),
        ("~ (0 + x | g) + (1 | h)", [("g", "x"), ("h", "Intercept")]),
    ],
)
def test_some_group_level_effects(re_formula, kept):
    formula = "y ~ x + (x | g) + (1 | h)"
    whole = slopes(NEW)
    groups = [
        (group, levels, {coef: column for coef, column in columns.items() if (group, coef) in kept})
        for group, levels, columns in whole["groups"]
    ]
    expected = by_hand(fit_of(formula), NEW, whole["population"], groups)
    np.testing.assert_allclose(fit_of(formula).posterior_linpred(NEW, re_formula=re_formula), expected, rtol=1e-11)


def test_effects_of_custom_contrasts_can_be_kept():
    fit = made_up.fit("y ~ (f | g)", frame=FRAME, contrasts={"f": "sum"})
    np.testing.assert_array_equal(fit.posterior_epred(NEW, re_formula="~ (f | g)"), fit.posterior_epred(NEW))


@pytest.mark.parametrize(
    ("re_formula", "error", "message"),
    [
        ("~ (z | g)", FormulaError, "'z' by 'g', which the model does not have"),
        ("~ (1 | f)", FormulaError, "'Intercept' by 'f', which the model does not have"),
        ("~ (1 | q)", FormulaError, "by 'q'"),
        ("~ (1 | g", FormulaError, r"\^"),
        (True, FormulaError, "re_formula"),
        (3.0, FormulaError, "re_formula"),
    ],
)
def test_effects_that_the_model_does_not_have(re_formula, error, message):
    with pytest.raises(error, match=message):
        fit_of("y ~ x + (x | g) + (1 | h)").posterior_epred(NEW, re_formula=re_formula)


def test_some_draws():
    fit = fit_of("y ~ x + (x | g) + (1 | h)")
    whole = fit.posterior_epred(NEW)
    np.testing.assert_array_equal(fit.posterior_epred(NEW, draw_ids=[7, 0, 39]), whole[[7, 0, 39]])
    some = fit.posterior_epred(NEW, ndraws=5, seed=1)
    np.testing.assert_array_equal(some, fit.posterior_epred(NEW, ndraws=5, seed=1))
    rows = [np.flatnonzero((whole == row).all(axis=1)).item() for row in some]
    assert rows == sorted(set(rows))
    assert not np.array_equal(some, fit.posterior_epred(NEW, ndraws=5, seed=2))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ndraws": 41}, "ndraws=41, but the fit has 40 draws"),
        ({"ndraws": 0}, "ndraws=0"),
        ({"ndraws": 2.5}, "ndraws=2.5"),
        ({"draw_ids": [40]}, "from 0 to 39"),
        ({"draw_ids": [-1]}, "from 0 to 39"),
        ({"draw_ids": []}, "from 0 to 39"),
        ({"draw_ids": [0.5]}, "from 0 to 39"),
        ({"draw_ids": [1], "ndraws": 1}, "draw_ids"),
        ({"sample_new_levels": "gausian"}, "did you mean 'gaussian'"),
        ({"dpar": "sgma"}, "did you mean 'sigma'"),
        ({"seed": -1}, "seed"),
        ({"seed": "a"}, "seed"),
    ],
)
def test_options_that_do_not_fit(options, message):
    with pytest.raises(DataError, match=message):
        fit_of("y ~ x + (x | g) + (1 | h)").posterior_epred(NEW, **options)


def test_linear_predictors_of_parameters_that_have_none():
    with pytest.raises(DataError, match="'sigma' has no linear predictor"):
        fit_of("y ~ x + f").posterior_linpred(dpar="sigma")
