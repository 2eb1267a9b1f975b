"""Predictions against numpy on the draws, and what holds for any prediction."""

from __future__ import annotations

import time
import tracemalloc
from functools import cache

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import special, stats

import made_up
from partialpool import (
    DataError,
    FormulaError,
    bernoulli,
    beta_binomial,
    bf,
    binomial,
    gamma,
    negbinomial,
    poisson,
    prior,
    student,
)
from partialpool.fit import prediction

FRAME = pd.DataFrame(made_up.data())
NEW = pd.DataFrame(
    {
        "x": [0.0, -3.0, 2.5, 1.0, 4.0],
        "z": [0.1, 0.2, -0.9, 0.0, 0.5],
        "f": ["w", "u", "u", "v", "w"],
        "g": ["dee e", "ann", "ann", "cy", "bob"],
        "h": [1, 20, 3, 3, 10],
        "time": [1.0, 2.0, 0.5, 3.0, 1.5],
        "n": [4, 10, 7, 1, 12],
        "w": [1.0, 2.0, 0.5, 1.0, 3.0],
        "se": [0.2, 0.4, 0.6, 0.8, 1.0],
        "y": [0.3, -1.0, 2.0, 5.0, 1.0],
        "count": [0, 3, 7, 1, 2],
        "yes": [0, 1, 1, 0, 1],
        "positive": [0.4, 1.0, 2.0, 3.0, 0.1],
    }
)


def dummy(frame, name):
    return (frame["f"] == name).astype(float)


def ones(frame):
    return pd.Series(np.ones(len(frame)), index=frame.index)


def level(name):
    return str(name).replace(" ", ".")


def by_hand(fit, frame, population, groups=(), offset=0.0, dpar=""):
    """Return sums of coefficients and effects times columns: [draw, row]."""
    draws = {name: fit.draws[name].ravel() for name in fit.draws.names}
    infix = f"{dpar}_" if dpar else ""
    total = sum(np.outer(draws[f"b_{infix}{coef}"], column) for coef, column in population.items())
    for group, levels, columns in groups:
        variable = f"r_{group}__{dpar}" if dpar else f"r_{group}"
        for coef, column in columns.items():
            effects = np.column_stack([draws[f"{variable}[{level(name)},{coef}]"] for name in levels])
            total = total + effects * np.asarray(column)
    return total + np.asarray(offset)


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
}


@cache
def fit_of(formula, family=None):
    return made_up.fit(formula, family, FRAME)


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


# Distributional parameters, links, families -----------------------------------------------------------------------


def test_distributional_parameters():
    fit = made_up.fit(bf("y ~ x + (x | p | g)", "sigma ~ z + (1 | p | g)"), frame=FRAME)
    one = {"Intercept": ones(NEW)}
    eta = by_hand(fit, NEW, {**one, "z": NEW["z"]}, [("g", NEW["g"], one)], dpar="sigma")
    np.testing.assert_allclose(fit.posterior_linpred(NEW, dpar="sigma"), eta, rtol=1e-11)
    np.testing.assert_allclose(fit.posterior_linpred(NEW, dpar="sigma", transform=True), np.exp(eta), rtol=1e-11)
    np.testing.assert_allclose(fit.posterior_epred(NEW, dpar="sigma"), np.exp(eta), rtol=1e-11)
    mu = fit.posterior_epred(NEW)
    np.testing.assert_allclose(fit.log_lik(NEW), stats.norm(mu, np.exp(eta)).logpdf(NEW["y"].to_numpy()), rtol=1e-10)


def test_fixed_and_tied_parameters():
    fixed = made_up.fit(bf("y ~ x", sigma=1.5), frame=FRAME)
    assert (fixed.posterior_epred(NEW, dpar="sigma") == 1.5).all()
    tied = made_up.fit(bf("y ~ x", nu="sigma"), student(), FRAME)
    sigma = tied.draws["sigma"].ravel()[:, None]
    np.testing.assert_array_equal(tied.posterior_epred(NEW, dpar="nu"), np.broadcast_to(sigma, (40, 5)))
    expected = stats.t(sigma, tied.posterior_epred(NEW), sigma).logpdf(NEW["y"].to_numpy())
    np.testing.assert_allclose(tied.log_lik(NEW), expected, rtol=1e-10)


def parameters(fit, frame, *names):
    return [fit.posterior_epred(frame, dpar=name) for name in names]


def frozen_poisson(fit, frame):
    return stats.poisson(fit.posterior_epred(frame))


def frozen_negbinomial(fit, frame):
    mu, shape = parameters(fit, frame, "mu", "shape")
    return stats.nbinom(shape, shape / (shape + mu))


def frozen_gamma(fit, frame):
    mu, shape = parameters(fit, frame, "mu", "shape")
    return stats.gamma(shape, scale=mu / shape)


def frozen_binomial(fit, frame):
    (mu,) = parameters(fit, frame, "mu")
    return stats.binom(frame["n"].to_numpy(), mu)


def frozen_beta_binomial(fit, frame):
    mu, phi = parameters(fit, frame, "mu", "phi")
    return stats.betabinom(frame["n"].to_numpy(), mu * phi, (1 - mu) * phi)


def frozen_bernoulli(fit, frame):
    return stats.bernoulli(fit.posterior_epred(frame))


def frozen_se(fit, frame):
    mu, sigma = parameters(fit, frame, "mu", "sigma")
    return stats.norm(mu, np.hypot(sigma, frame["se"].to_numpy()))


def frozen_rate(fit, frame):
    mu, shape = parameters(fit, frame, "mu", "shape")
    time = frame["time"].to_numpy()
    mean, size = mu * time, shape * time
    return stats.nbinom(size, size / (size + mean))


FAMILIES = {
    "poisson": ("count ~ z + (1 | g)", poisson(), frozen_poisson, "count"),
    "negbinomial": ("count ~ z + (1 | g)", negbinomial(), frozen_negbinomial, "count"),
    "gamma": ("positive ~ z", gamma("log"), frozen_gamma, "positive"),
    "binomial": ("count | trials(n) ~ z", binomial("probit"), frozen_binomial, "count"),
    "beta_binomial": ("count | trials(n) ~ z", beta_binomial(), frozen_beta_binomial, "count"),
    "bernoulli": ("yes ~ z + (z | g)", bernoulli("cloglog"), frozen_bernoulli, "yes"),
    "known errors": ("y | se(se, sigma = TRUE) ~ z", None, frozen_se, "y"),
    "rate": ("count | rate(time) ~ z", negbinomial(), frozen_rate, "count"),
}


@cache
def family_fit(name):
    formula, family, _, _ = FAMILIES[name]
    frame = FRAME.assign(count=np.minimum(FRAME["count"], FRAME["n"]))
    return made_up.fit(formula, family, frame, draws={"n_draws": 15, "spread": 0.3})


def answers(name):
    return NEW.assign(count=np.minimum(NEW["count"], NEW["n"]))


@pytest.mark.parametrize("name", FAMILIES)
def test_log_density_and_mean_of_rows(name):
    fit, (_, _, law, response) = family_fit(name), FAMILIES[name]
    frame, frozen = answers(name), law(family_fit(name), answers(name))
    density = frozen.logpmf if hasattr(frozen.dist, "logpmf") else frozen.logpdf
    np.testing.assert_allclose(fit.log_lik(frame), density(frame[response].to_numpy()), rtol=1e-8)
    np.testing.assert_allclose(fit.posterior_epred(frame), np.broadcast_to(frozen.mean(), (30, 5)), rtol=1e-9)


@pytest.mark.parametrize("name", FAMILIES)
def test_random_responses(name):
    """Mean and variance of the responses of one draw, over many rows that are alike."""
    fit, (_, _, law, _) = family_fit(name), FAMILIES[name]
    alike = answers(name).iloc[[1] * 20_000]
    one = answers(name).iloc[[1]]
    drawn = fit.posterior_predict(alike, draw_ids=[3], seed=5)[0]
    frozen = law(fit, one)
    mean, variance = float(frozen.mean()[3, 0]), float(frozen.var()[3, 0])
    assert drawn.mean() == pytest.approx(mean, abs=5 * np.sqrt(variance / len(drawn)))
    assert drawn.var() == pytest.approx(variance, rel=0.15)
    np.testing.assert_array_equal(drawn, fit.posterior_predict(alike, draw_ids=[3], seed=5)[0])
    assert not np.array_equal(drawn, fit.posterior_predict(alike, draw_ids=[3], seed=6)[0])


def test_weights_multiply_the_log_density():
    plain_fit, weighted = fit_of("y ~ x"), fit_of("y | weights(w) ~ x")
    np.testing.assert_allclose(weighted.log_lik(), plain_fit.log_lik() * FRAME["w"].to_numpy(), rtol=1e-11)


def test_scaled_weights_of_new_rows_are_measured_by_those_of_the_fit():
    scaled, plain_fit = fit_of("y | weights(w, scale = TRUE) ~ x"), fit_of("y ~ x")
    expected = plain_fit.log_lik(NEW) * (NEW["w"] / FRAME["w"].mean()).to_numpy()
    np.testing.assert_allclose(scaled.log_lik(NEW), expected, rtol=1e-11)


# New levels -------------------------------------------------------------------------------------------------------

MANY = made_up.data(300, seed=9)


@cache
def many_draws():
    return made_up.fit("y ~ 1 + (x | g) + (0 + z | g)", frame=MANY, draws={"n_draws": 2000, "chains": 2})


def effects(fit, frame, **options):
    options = {"allow_new_levels": True, "seed": 11, **options}
    plain_fit = fit.posterior_linpred(frame, re_formula="NA", draw_ids=options.get("draw_ids"))
    return fit.posterior_linpred(frame, **options) - plain_fit


def new_rows(levels, x, z):
    return pd.DataFrame({"g": levels, "x": x, "z": z})


def test_gaussian_effects_of_new_levels():
    """Each is a draw from the normal distribution of its posterior draw; separate terms are independent."""
    fit = many_draws()
    frame = new_rows(["new", "new", "new", "other"], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0])
    intercept, with_x, with_z, other = effects(fit, frame, sample_new_levels="gaussian").T
    sd, sd_x, sd_z, cor = (
        fit.draws[name].ravel() for name in ("sd_g__Intercept", "sd_g__x", "sd_g__z", "cor_g__Intercept__x")
    )
    first, slope, third = intercept / sd, (with_x - intercept) / sd_x, (with_z - intercept) / sd_z
    rest = (slope - cor * first) / np.sqrt(1 - cor**2)
    for values in (first, rest, third, other / sd):
        assert stats.kstest(values, stats.norm.cdf).pvalue > 1e-3
    standard = np.corrcoef([first, rest, third, other / sd])
    assert np.abs(standard - np.eye(4)).max() < 5 / np.sqrt(len(first))


@pytest.mark.parametrize("rule", ["uncertainty", "old_levels"])
def test_effects_of_new_levels_taken_from_old_ones(rule):
    fit = many_draws()
    frame = new_rows(["new"] * 3, [0.0, 1.0, 0.0], [0.0, 0.0, 1.0])
    intercept, with_x, with_z = effects(fit, frame, sample_new_levels=rule).T
    levels = [name.replace(" ", ".") for name in sorted(set(MANY["g"]))]
    old = {
        coef: np.array([fit.draws[f"r_g[{name},{coef}]"].ravel() for name in levels])
        for coef in ("Intercept", "x", "z")
    }
    chosen = np.abs(old["Intercept"] - intercept).argmin(axis=0)
    draw = np.arange(len(chosen))
    np.testing.assert_allclose(intercept, old["Intercept"][chosen, draw], atol=1e-12)
    # All coefficients of a draw are those of the same level, those of separate terms too.
    np.testing.assert_allclose(with_x - intercept, old["x"][chosen, draw], atol=1e-12)
    np.testing.assert_allclose(with_z - intercept, old["z"][chosen, draw], atol=1e-12)
    counts = np.bincount(chosen, minlength=len(levels))
    if rule == "old_levels":
        assert (counts > 0).sum() == 1
    else:
        assert stats.chisquare(counts).pvalue > 1e-3


def test_old_levels_are_picked_alike():
    fit = many_draws()
    frame = new_rows([f"new {i}" for i in range(400)], 0.0, 0.0)
    found = effects(fit, frame, sample_new_levels="old_levels", draw_ids=[0])[0]
    counts = np.unique(np.round(found, 10), return_counts=True)[1]
    assert len(counts) == 4
    assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize("rule", ["uncertainty", "gaussian", "old_levels"])
def test_a_new_level_is_one_level(rule):
    fit = many_draws()
    frame = new_rows(["new", "ann", "other", "new", None, None], 0.5, 0.2)
    found = effects(fit, frame, sample_new_levels=rule)
    np.testing.assert_array_equal(found[:, 0], found[:, 3])
    np.testing.assert_array_equal(found[:, 4], found[:, 5])
    # Two levels pick the same old one of four in a quarter of the draws.
    alike = {"gaussian": 0.0, "uncertainty": 0.25, "old_levels": None}[rule]
    if alike is not None:
        correlations = np.corrcoef(found[:, [0, 2, 4]].T)[np.triu_indices(3, 1)]
        assert correlations == pytest.approx(np.full(3, alike), abs=0.08)
    turned = effects(fit, frame.iloc[::-1], sample_new_levels=rule)
    np.testing.assert_array_equal(turned, found[:, ::-1])
    some = effects(fit, frame, sample_new_levels=rule, draw_ids=[5, 17])
    np.testing.assert_array_equal(some, found[[5, 17]])
    assert not np.array_equal(found, effects(fit, frame, sample_new_levels=rule, seed=12))


def test_new_levels_of_interactions_of_groups():
    fit = fit_of("y ~ 1 + (1 | g / f)")
    frame = pd.DataFrame({"g": ["ann", "zoe", "zoe", "zoe"], "f": ["u", "u", "v", "u"]})
    found = fit.posterior_linpred(frame, allow_new_levels=True, seed=1, sample_new_levels="gaussian")
    np.testing.assert_array_equal(found[:, 1], found[:, 3])
    assert not np.array_equal(found[:, 1], found[:, 2])


# Pieces and memory ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("budget", [400, 20_000])
@pytest.mark.parametrize("method", ["posterior_linpred", "posterior_epred", "log_lik"])
def test_piece_by_piece_is_the_same(monkeypatch, budget, method):
    fit = made_up.fit(
        bf("count | weights(w, scale = TRUE) ~ scale(x) + f + (x | g) + (0 + z | g)", "shape ~ z + (1 | g)"),
        negbinomial(),
        FRAME,
        prior=prior("normal(0, 1)", class_="b"),
    )
    new = pd.concat([NEW] * 3).assign(g=["ann", "bob", "new", "newer", None] * 3)
    for rule in ("gaussian", "uncertainty", "old_levels"):
        options = {"allow_new_levels": True, "sample_new_levels": rule, "seed": 3}
        whole = getattr(fit, method)(new, **options)
        with monkeypatch.context() as patch:
            patch.setattr(prediction, "MEMORY_BUDGET", budget)
            # Vectorised loops and what they leave over may differ in the last digit.
            np.testing.assert_allclose(getattr(fit, method)(new, **options), whole, rtol=1e-14)


def test_random_responses_piece_by_piece(monkeypatch):
    monkeypatch.setattr(prediction, "MEMORY_BUDGET", 3000)
    fit = fit_of("y ~ x + f")
    one = fit.posterior_predict(seed=4)
    np.testing.assert_array_equal(one, fit.posterior_predict(seed=4))
    residuals = (one - fit.posterior_epred()) / fit.draws["sigma"].ravel()[:, None]
    assert stats.kstest(residuals.ravel(), stats.norm.cdf).pvalue > 1e-3
    assert np.abs(np.corrcoef(residuals) - np.eye(len(residuals))).max() < 6 / np.sqrt(residuals.shape[1])


@pytest.mark.parametrize(
    ("method", "levels"),
    [
        ("posterior_linpred", "known"),
        ("posterior_epred", "all new"),
        ("log_lik", "one new"),
        ("posterior_predict", "all new"),
    ],
)
def test_memory_is_the_result_and_the_budget(monkeypatch, method, levels):
    budget = 8 * 2**20
    monkeypatch.setattr(prediction, "MEMORY_BUDGET", budget)
    fit = made_up.fit("count ~ x + f + (x * f | g)", negbinomial(), FRAME, draws={"n_draws": 100})
    new = pd.concat([NEW] * 2500, ignore_index=True)
    if levels != "known":
        new["g"] = "new" if levels == "one new" else [f"new {i}" for i in range(len(new))]
    options = {"allow_new_levels": levels != "known", "sample_new_levels": "gaussian", "seed": 1}
    getattr(fit, method)(new.head(), **options)  # imports and compiles what is needed
    tracemalloc.start()
    result = getattr(fit, method)(new, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.shape == (200, 12_500)
    assert result.nbytes > 2 * budget
    assert peak < result.nbytes + budget


def test_prediction_runs_at_the_speed_of_compiled_code():
    """A quarter of a microsecond of processor time for each draw and row; a loop in Python needs many."""
    fit = made_up.fit("yes ~ x + z + f + (x | g) + (1 | h)", bernoulli(), FRAME, draws={"n_draws": 200})
    new = pd.concat([NEW] * 2000, ignore_index=True)
    fit.posterior_epred(NEW)
    start = time.process_time()
    cells = fit.posterior_epred(new).size
    assert time.process_time() - start < 0.25e-6 * cells


def test_inverse_links():
    fit = fit_of("yes ~ z + (z | g)", bernoulli("cauchit"))
    eta = fit.posterior_linpred(NEW)
    np.testing.assert_allclose(fit.posterior_epred(NEW), stats.cauchy.cdf(eta), rtol=1e-9)
    logit = fit_of("yes ~ z", bernoulli())
    np.testing.assert_allclose(logit.posterior_epred(NEW), special.expit(logit.posterior_linpred(NEW)), rtol=1e-12)
    np.testing.assert_array_equal(logit.posterior_epred(NEW), logit.posterior_linpred(NEW, transform=True))
