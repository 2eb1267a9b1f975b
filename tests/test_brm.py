"""The front door: draws, priors, settings, and what it says of wrong arguments and data."""

from __future__ import annotations

import warnings
from functools import cache

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import stats

import made_up
from partialpool import (
    SamplingError,
    bf,
    brm,
    default_prior,
    prior,
)

FRAME = pd.DataFrame(made_up.data())
SHORT = {"iter": 300, "chains": 2, "seed": 4, "progress": False}


def quietly(*arguments, **options):
    """Fit with few draws, without the warnings that so few bring."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return brm(*arguments, **{**SHORT, **options})


@cache
def short_fit():
    return quietly("y ~ x + (1 | g)", FRAME)


# Draws ------------------------------------------------------------------------------------------------------------


def test_coefficients_of_a_linear_model_are_those_of_least_squares():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": rng.normal(3, 2, 200), "z": rng.normal(size=200)})
    frame["y"] = 1 + 2 * frame["x"] - frame["z"] + rng.normal(0, 0.5, 200)
    fit = brm("y ~ x + z", frame, seed=1, progress=False)
    X = np.column_stack([np.ones(200), frame["x"], frame["z"]])
    estimate, rss = np.linalg.lstsq(X, frame["y"], rcond=None)[:2]
    errors = np.sqrt(rss / 197 * np.diag(np.linalg.inv(X.T @ X)))
    for name, mean, sd in zip(["b_Intercept", "b_x", "b_z"], estimate, errors, strict=True):
        draws = fit.draws[name]
        assert draws.mean() == pytest.approx(mean, abs=0.1 * sd)
        assert draws.std() == pytest.approx(sd, rel=0.1)


def test_shapes_and_names():
    fit = short_fit()
    assert fit.draws.values.shape == (2, 150, 3 + 1 + 4 + 2)
    assert fit.variables()[:4] == ["b_Intercept", "b_x", "sd_g__Intercept", "sigma"]
    assert fit.variables()[4:8] == [f"r_g[{level},Intercept]" for level in ("ann", "bob", "cy", "dee.e")]
    assert (fit.nobs(), fit.ngrps(), fit.ndraws(), fit.nchains()) == (48, {"g": 4}, 300, 2)


def test_log_prior_and_log_density_of_draws():
    """`lprior` is the sum of the priors, `lp__` the log density on unconstrained space."""
    fit = short_fit()
    draws = {name: fit.draws[name].ravel() for name in fit.variables()}
    location, scale = round(float(FRAME["y"].median()), 1), 2.5
    centred = draws["b_Intercept"] + draws["b_x"] * FRAME["x"].mean()
    t = stats.t(3, 0, 2.5)
    expected = (
        stats.t(3, location, scale).logpdf(centred)
        + (t.logpdf(draws["sd_g__Intercept"]) + np.log(2))
        + (t.logpdf(draws["sigma"]) + np.log(2))
    )
    np.testing.assert_allclose(draws["lprior"], expected, rtol=1e-9)
    effects = fit.draws.select("r_g").flat / draws["sd_g__Intercept"][:, None]
    jacobian = np.log(draws["sigma"]) + np.log(draws["sd_g__Intercept"])
    total = expected + fit.log_lik().sum(axis=1) + stats.norm.logpdf(effects).sum(axis=1) + jacobian
    np.testing.assert_allclose(draws["lp__"], total, rtol=1e-9)


def test_same_seed_same_draws():
    one, two = short_fit(), quietly("y ~ x + (1 | g)", FRAME, cores=1)
    np.testing.assert_array_equal(one.draws.values, two.draws.values)
    other = quietly("y ~ x + (1 | g)", FRAME, seed=5)
    assert not np.array_equal(one.draws.values, other.draws.values)
    more = quietly("y ~ x + (1 | g)", FRAME, chains=3)
    np.testing.assert_array_equal(more.draws.values[:2], one.draws.values)


def test_without_a_seed_one_is_recorded():
    first = quietly("y ~ x", FRAME, seed=None)
    again = quietly("y ~ x", FRAME, seed=first.settings.seed)
    np.testing.assert_array_equal(first.draws.values, again.draws.values)


def test_thinning_keeps_every_third_draw():
    thinned = quietly("y ~ x + (1 | g)", FRAME, thin=3)
    np.testing.assert_array_equal(thinned.draws.values, short_fit().draws.values[:, ::3])


def test_warmup_is_kept_on_request():
    fit = quietly("y ~ x + (1 | g)", FRAME, save_warmup=True, warmup=100)
    assert fit.warmup.values.shape == (2, 100, 10)
    assert fit.warmup_stats["lp"].shape == (2, 100)
    np.testing.assert_array_equal(fit.warmup["lp__"], fit.warmup_stats["lp"])
    assert short_fit().warmup is None


@pytest.mark.parametrize(
    "init",
    [
        "random",
        0,
        0.5,
        np.zeros(8),
        np.full((2, 8), 0.1),
        lambda chain: np.full(8, 0.1 * chain),
        {"b": [1.0], "sigma": 2.0},
        [{"Intercept": 1.0}, {"Intercept": 2.0, "z_1": np.zeros((1, 4))}],
    ],
    ids=["random", "zeros", "radius", "point", "points", "function", "named", "named each"],
)
def test_starts(init):
    fit = quietly("y ~ x + (1 | g)", FRAME, init=init)
    assert np.isfinite(fit.draws.values).all()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lambda: {"b": [0.5], "sigma": 2.0}, {"b": [0.5], "sigma": 2.0}),
        (lambda chain_id=1: {"b": [0.5 + chain_id]}, [{"b": [0.5]}, {"b": [1.5]}]),
        (lambda chain: {"b": [0.5 + chain]}, [{"b": [0.5]}, {"b": [1.5]}]),
        ([0.1] * 8, np.full(8, 0.1)),
        ([np.full(8, 0.1), np.full(8, 0.2)], np.array([[0.1] * 8, [0.2] * 8])),
        ([{}, None], {}),
        ("0", 0),
        (None, "random"),
    ],
)
def test_starts_of_several_forms(one, other):
    draws = [quietly("y ~ x + (1 | g)", FRAME, init=init, iter=40, seed=3).draws.values for init in (one, other)]
    np.testing.assert_array_equal(*draws)


@pytest.mark.parametrize(
    ("init", "message"),
    [
        (lambda chain: {"sigmo": 1.0}, "names 'sigmo'.*did you mean 'sigma'"),
        (lambda chain: "x", "must hold numbers, or values by name"),
        (lambda chain: np.zeros(3), "shape .3,. for a chain; the model has 8"),
        ([np.zeros(8)] * 3, "3 sets of values for 2 chains"),
        (["a", "b"], "must hold numbers"),
    ],
)
def test_starts_that_are_none(init, message):
    with pytest.raises(SamplingError, match=message):
        quietly("y ~ x + (1 | g)", FRAME, init=init)


def test_a_prior_that_excludes_all_starts_is_named():
    far = prior("uniform(500, 600)", coef="x")
    with pytest.raises(SamplingError, match=r"b_x is .*, and uniform\(500, 600\) excludes it"):
        quietly("y ~ x", FRAME, prior=far)


def test_a_coefficient_without_influence_is_named():
    with pytest.raises(SamplingError, match=r"the log density does not change with b_none\. Give starting"):
        brm("y ~ x + none", FRAME.assign(none=0.0), progress=False)


def test_a_named_start_is_where_the_chain_starts():
    fit = quietly("y ~ x", FRAME, init={"b": [40.0], "Intercept": -30.0, "sigma": 50.0}, save_warmup=True)
    first = fit.warmup.values[:, 0, fit.variables().index("b_x")]
    assert (first > 10).all()
    assert abs(fit.draws["b_x"].mean()) < 3


def test_data_of_any_kind_give_the_same_draws():
    expected = short_fit().draws.values
    for data in (pl.DataFrame(FRAME), pa.Table.from_pandas(FRAME), FRAME.to_dict("list"), made_up.data()):
        np.testing.assert_array_equal(quietly("y ~ x + (1 | g)", data).draws.values, expected)


# Priors -----------------------------------------------------------------------------------------------------------

PROPER = [
    prior("normal(1, 2)", class_="b"),
    prior("student_t(5, 0, 1)", class_="Intercept"),
    prior("exponential(2)", class_="sigma"),
    prior("gamma(2, 1)", class_="sd"),
    prior("lkj(2)", class_="cor"),
]
LAWS = {
    "b_x": stats.norm(1, 2).cdf,
    "b_z": stats.norm(1, 2).cdf,
    "sigma": stats.expon(scale=0.5).cdf,
    "sd_g__Intercept": stats.gamma(2).cdf,
    "sd_g__x": stats.gamma(2).cdf,
    "cor_g__Intercept__x": stats.beta(2, 2, loc=-1, scale=2).cdf,
}


@cache
def prior_only():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return brm(
            *("y ~ x + z + (x | g)", FRAME),
            prior=PROPER,
            sample_prior="only",
            seed=1,
            iter=11_000,
            warmup=1000,
            thin=10,
            progress=False,
            control={"adapt_delta": 0.95},
        )


@pytest.mark.parametrize("name", LAWS)
def test_draws_from_the_prior_only(name):
    assert stats.kstest(prior_only().draws[name].ravel(), LAWS[name]).pvalue > 1e-3


def test_the_prior_of_the_intercept_is_at_the_means_of_the_predictors():
    fit = prior_only()
    centred = fit.draws["b_Intercept"] + fit.draws["b_x"] * FRAME["x"].mean() + fit.draws["b_z"] * FRAME["z"].mean()
    assert stats.kstest(centred.ravel(), stats.t(5).cdf).pvalue > 1e-3


def test_effects_under_the_prior_only():
    fit = prior_only()
    standard = fit.draws["r_g[bob,x]"] / fit.draws["sd_g__x"]
    assert stats.kstest(standard.ravel(), stats.norm.cdf).pvalue > 1e-3


def test_prior_predictions():
    """The mean of responses under the prior is the mean under the prior."""
    fit = prior_only()
    drawn = fit.posterior_predict(seed=1)
    residuals = (drawn - fit.posterior_epred()) / fit.draws["sigma"].ravel()[:, None]
    assert stats.kstest(residuals[:, 0], stats.norm.cdf).pvalue > 1e-3


def test_draws_from_priors_beside_those_of_the_posterior():
    fit = quietly("y ~ x + z + (x | g)", FRAME, prior=PROPER, sample_prior="yes", iter=2500, warmup=100, chains=1)
    extra = [name for name in fit.variables() if name.startswith("prior_")]
    assert extra == ["prior_b", "prior_Intercept", "prior_sigma", "prior_sd_g", "prior_cor_g"]
    assert fit.variables()[-2:] == ["lprior", "lp__"]
    for name, law in [
        ("prior_b", LAWS["b_x"]),
        ("prior_Intercept", stats.t(5).cdf),
        ("prior_sigma", LAWS["sigma"]),
        ("prior_sd_g", LAWS["sd_g__x"]),
        ("prior_cor_g", LAWS["cor_g__Intercept__x"]),
    ]:
        assert stats.kstest(fit.draws[name].ravel(), law).pvalue > 1e-3
    plain = quietly("y ~ x + z + (x | g)", FRAME, prior=PROPER, iter=2500, warmup=100, chains=1)
    np.testing.assert_array_equal(plain.draws["b_x"], fit.draws["b_x"])


def test_priors_that_differ_are_drawn_one_by_one():
    rows = [prior("normal(0, 1)", class_="b", coef="x"), prior("gamma(2, 1)", class_="sd", group="h")]
    fit = quietly(bf("y ~ x + z + (1 | g) + (1 | h)", "sigma ~ z"), FRAME, prior=rows, sample_prior="yes")
    assert [name for name in fit.variables() if name.startswith("prior_")] == [
        *("prior_b_x", "prior_Intercept", "prior_Intercept_sigma", "prior_sd_g", "prior_sd_h")
    ]


def test_flat_priors_over_defaults():
    """An empty prior takes a default away."""
    rows = [prior("", class_="Intercept"), prior("", class_="sigma")]
    model = brm("y ~ x", FRAME, prior=rows, empty=True).model
    for u in np.random.default_rng(1).normal(size=(3, 3)):
        eta = u[1] + (FRAME["x"] - FRAME["x"].mean()) * u[0]
        expected = stats.norm(eta, np.exp(u[2])).logpdf(FRAME["y"]).sum()
        assert model.log_density(u, jacobian=False) == pytest.approx(expected, rel=1e-12)
    assert quietly("y ~ x", FRAME, prior=rows).draws["lprior"].max() == 0


def test_default_prior_takes_what_brm_takes():
    table = default_prior(bf("y ~ f + (1 | g)", "sigma ~ z"), pl.DataFrame(FRAME), contrasts={"f": "sum"})
    assert [row.coef for row in table if row.class_ == "b" and not row.dpar] == ["", "f1", "f2"]


# Warnings -----------------------------------------------------------------------------------------------------------


def test_warnings_point_to_the_line_of_the_user():
    narrow = prior("uniform(0, 1)", coef="x")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        brm("y ~ x + (1 | g)", FRAME.assign(x=FRAME["x"].where(FRAME.index > 0)), prior=narrow, **SHORT)
    messages = [str(warning.message) for warning in caught]
    for start in ("1 of 48 rows was dropped", r"uniform(0, 1) for class_='b', coef='x' is zero outside", "Bulk"):
        assert any(message.startswith(start) for message in messages), start
    assert {warning.filename for warning in caught} == {__file__}
