"""Effects of group levels that the data of the fit did not have: their distributions, and that they are repeatable."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from prediction_rows import fit_of
from scipy import stats

import made_up

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
