"""The front door: draws, priors, settings, and what it says of wrong arguments and data."""

from __future__ import annotations

import contextlib
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
    DataError,
    DataWarning,
    FamilyError,
    FormulaError,
    PartialPoolError,
    PriorError,
    SamplingError,
    StorageError,
    bernoulli,
    beta,
    beta_binomial,
    bf,
    binomial,
    brm,
    default_prior,
    exponential,
    gamma,
    gaussian,
    geometric,
    lognormal,
    negbinomial,
    poisson,
    prior,
    student,
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


# Bad arguments ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"iter": 1}, SamplingError, "`iter`"),
        ({"iter": 10.5}, SamplingError, "`iter`"),
        ({"warmup": 300}, SamplingError, "smaller than `iter`"),
        ({"chains": 0}, SamplingError, "`chains`"),
        ({"cores": 0}, SamplingError, "`cores`"),
        ({"thin": 0}, SamplingError, "`thin`"),
        ({"seed": -1}, SamplingError, "`seed`"),
        ({"seed": "one"}, SamplingError, "`seed`"),
        ({"init": "rand"}, SamplingError, "`init`"),
        ({"init": np.zeros(3)}, SamplingError, r"shape \(3,\)"),
        ({"init": {"simga": 1}}, SamplingError, "did you mean 'sigma'"),
        ({"init": [{"sigma": 1}]}, SamplingError, "1 sets of values for 2 chains"),
        ({"init": []}, SamplingError, "`init`"),
        ({"control": {"adapt_dleta": 0.9}}, SamplingError, "did you mean 'adapt_delta'"),
        ({"control": {"adapt_delta": 2}}, SamplingError, "adapt_delta"),
        ({"control": 3}, SamplingError, "control"),
        ({"sample_prior": "some"}, PriorError, "sample_prior='some'"),
        ({"sample_prior": True}, PriorError, "sample_prior=True"),
        ({"family": "poison"}, FamilyError, "poisson"),
        ({"family": 3}, FamilyError, "3"),
        ({"prior": "normal(0, 1)"}, PriorError, "prior"),
        ({"prior": prior("normal(0, 1)", class_="b", coef="zz")}, PriorError, "zz"),
        ({"prior": 3}, PriorError, "3"),
        ({"contrasts": {"f": "summ"}}, DataError, "'summ'"),
        ({"contrasts": {"nowhere": "sum"}}, DataError, "'nowhere'"),
        ({"contrasts": "sum"}, DataError, "contrasts"),
        ({"file_refit": "sometimes", "file": "x"}, StorageError, "file_refit"),
    ],
)
def test_arguments_that_are_wrong(options, error, message):
    with pytest.raises(error, match=message):
        brm("y ~ x + f + (1 | g)", FRAME, **{**SHORT, **options})


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("~ x", "needs a response"),
        ("y ~ x +", r"\^"),
        ("y ~ s(x)", r"s\(\) is not supported yet"),
        ("y ~ x + (s(x) | g)", r"s\(\)"),
        ("y ~ (1 | gr(g, by = f))", "not supported yet"),
        ("y ~ (1 | mm(g, h))", "not supported yet"),
        ("y ~ (1 | g) + (x | g)", "'Intercept' by group 'g' stands in the formula twice"),
        ("mvbind(y, z) ~ x", "several responses"),
        (bf("y ~ a * x", "a ~ 1", nl=True), "nonlinear"),
        (bf("y ~ x", sparse=True), "sparse"),
        (3, "formula"),
        (None, "formula"),
        ("", "formula"),
    ],
)
def test_formulas_that_are_wrong(formula, message):
    with pytest.raises(FormulaError) as caught:
        brm(formula, FRAME, empty=True)
    assert message.replace("\\", "") in str(caught.value)


STRANGE = [
    *(3, -1, 1.5, "abc", "", None, True, float("nan"), float("inf"), b"x", [], {}, [1, 2], (1,), {"a": 1}, object()),
    *(len, np.zeros((2, 2)), np.array(["a"]), pd.DataFrame({"q": [1]}), pd.NaT),
]
ARGUMENTS = [
    *("formula", "data", "family", "prior", "contrasts", "sample_prior", "iter", "warmup", "chains", "cores", "thin"),
    *("seed", "init", "control", "progress", "save_warmup", "file_refit"),
]


@pytest.mark.parametrize("name", ARGUMENTS)
def test_strange_arguments_bring_no_other_errors(name, tmp_path):
    for value in STRANGE:
        options = {"formula": "y ~ x + (1 | g)", "data": FRAME, "empty": True, "seed": 1, name: value}
        if name == "file_refit":
            options["file"] = tmp_path / "fit"
        with contextlib.suppress(PartialPoolError):
            brm(**options)


@pytest.mark.parametrize(
    "name", ["newdata", "re_formula", "ndraws", "draw_ids", "allow_new_levels", "sample_new_levels", "seed", "dpar"]
)
def test_strange_arguments_of_predictions_bring_no_other_errors(name):
    for value in STRANGE:
        with contextlib.suppress(PartialPoolError):
            short_fit().posterior_epred(**{name: value})


# Bad data ---------------------------------------------------------------------------------------------------------


def changed(column, row, value):
    """Return the data with one value changed."""
    values = FRAME[column].astype(object if isinstance(value, str) or value is None else float).copy()
    values.iloc[row] = value
    return FRAME.assign(**{column: values})


MAXIMUM = FRAME.assign(count=np.minimum(FRAME["count"], FRAME["n"]))

BAD_DATA = {
    # what is wrong: (formula, family, data, what the message says: column, row, remedy)
    "unknown column": ("y ~ xx", None, FRAME, ["'xx'", "did you mean", "'x'", "^"]),
    "unknown response": ("yy ~ x", None, FRAME, ["'yy'", "did you mean 'y'"]),
    "unknown group": ("y ~ (1 | gg)", None, FRAME, ["'gg'", "did you mean 'g'", "^"]),
    "unknown trials": ("count | trials(nn) ~ x", binomial(), FRAME, ["'nn'", "did you mean 'n'"]),
    "no rows": ("y ~ x", None, FRAME.head(0), ["no rows"]),
    "no columns": ("y ~ x", None, pd.DataFrame(), ["no columns"]),
    "no data": ("y ~ x", None, None, ["no data", "pass a pandas or polars data frame"]),
    "data of a strange kind": ("y ~ x", None, 3.5, ["float", "pass a pandas or polars data frame"]),
    "factor with one level": ("y ~ f", None, FRAME.assign(f="u"), ["factor 'f' has one level, 'u'", "drop it", "^"]),
    "duplicate columns": (
        *("y ~ x", None),
        pd.concat([FRAME, FRAME[["x"]]], axis=1),
        ["'x'", "more than once", "rename one"],
    ),
    "names that collide": (
        *("y ~ `a b` + ab", None),
        FRAME.assign(**{"a b": FRAME["x"], "ab": FRAME["z"]}),
        ["ab", "rename"],
    ),
    "levels that collide": (
        *("y ~ (1 | g)", None),
        FRAME.assign(g=["a b", "a.b"] * 24),
        ["'g'", "a.b", "rename one"],
    ),
    "infinite predictor": ("y ~ x", None, changed("x", 6, np.inf), ["x is infinite in row 7", "correct", "drop"]),
    "infinite expression": (
        "y ~ log(z2)",
        None,
        FRAME.assign(z2=[0.0] + [1.0, 2.0] * 23 + [1.0]),
        ["log(z2)", "row 1"],
    ),
    "logarithm of a negative number": ("y ~ log(z)", None, FRAME, ["log(z)", "row"]),
    "infinite response": ("y ~ x", None, changed("y", 6, -np.inf), ["y is infinite in row 7", "correct", "drop"]),
    "infinite offset": ("y ~ offset(x)", None, changed("x", 6, np.inf), ["x", "row 7"]),
    "everything missing": ("y ~ x", None, FRAME.assign(x=np.nan), ["48 rows", "x: 48"]),
    "negative count": ("count ~ x", poisson(), changed("count", 3, -2), ["'count'", "row 4 is -2", "integers"]),
    "broken count": ("count ~ x", negbinomial(), changed("count", 3, 2.5), ["'count'", "row 4 is 2.5", "gamma"]),
    "broken geometric count": ("count ~ x", geometric(), changed("count", 3, 2.5), ["'count'", "row 4 is 2.5"]),
    "more successes than trials": (
        *("count | trials(n) ~ x", binomial()),
        MAXIMUM.assign(count=MAXIMUM["count"].where(MAXIMUM.index != 5, 99)),
        ["'count'", "row 6 is 99", "check the numbers of trials"],
    ),
    "broken successes": (
        *("count | trials(n) ~ x", beta_binomial()),
        MAXIMUM.assign(count=MAXIMUM["count"].where(MAXIMUM.index != 5, 0.25)),
        ["'count'", "row 6 is 0.25", "multiply"],
    ),
    "broken trials": ("count | trials(n) ~ x", binomial(), changed("n", 2, 4.5), ["trials()", "row 3 is 4.5"]),
    "no trials": ("count ~ x", binomial(), FRAME, ["trials()", "y | trials(n) ~"]),
    "binary response of 2": ("yes ~ x", bernoulli(), changed("yes", 2, 2), ["'yes'", "row 3 is 2"]),
    "binary response of three levels": ("f ~ x", bernoulli(), FRAME, ["'f'", "3", "categorical"]),
    "gamma of zero": ("positive ~ x", gamma(), changed("positive", 8, 0.0), ["'positive'", "row 9 is 0", "hurdle"]),
    "exponential of minus one": ("positive ~ x", exponential(), changed("positive", 8, -1.0), ["row 9 is -1"]),
    "lognormal of zero": ("positive ~ x", lognormal(), changed("positive", 8, 0.0), ["row 9 is 0"]),
    "beta of one": ("z2 ~ x", beta(), FRAME.assign(z2=[1.0] + [0.5] * 47), ["'z2'", "row 1 is 1", "inflated"]),
    "texts as a number": ("g ~ x", gaussian(), FRAME, ["'g'", "level"]),
    "negative weights": ("y | weights(z) ~ x", None, FRAME, ["weights()", "row", "non-negative"]),
    "negative rate": ("count | rate(z) ~ x", poisson(), FRAME, ["rate()", "row", "positive"]),
    "negative errors": ("y | se(z) ~ x", None, FRAME, ["se()", "row", "non-negative"]),
    "dates": ("y ~ when", None, FRAME.assign(when=pd.Timestamp("2020-01-01")), ["'when'", "date"]),
    "unequal lengths": ("y ~ x", None, {"y": [1.0, 2.0], "x": [1.0]}, ["'y' has 2", "'x' has 1"]),
    "collinear columns": ("y ~ x + x2", None, FRAME.assign(x2=2 * FRAME["x"]), []),
}
NOT_AN_ERROR = {"collinear columns"}


@pytest.mark.parametrize("name", BAD_DATA)
def test_data_that_are_wrong(name):
    formula, family, data, said = BAD_DATA[name]
    if name in NOT_AN_ERROR:
        assert brm(formula, data, family, empty=True).is_empty
        return
    with pytest.raises(PartialPoolError) as caught:
        brm(formula, data, family, empty=True)
    message = str(caught.value)
    assert isinstance(caught.value, DataError | FamilyError | FormulaError)
    for part in said:
        assert part in message, message


def test_rows_are_called_as_the_user_calls_them():
    """Rows dropped before do not shift the number; labels of the index are told."""
    frame = changed("count", 9, -1.0).assign(x=FRAME["x"].mask(FRAME.index == 2))
    frame.index = [f"id{i}" for i in range(48)]
    with (
        pytest.warns(DataWarning, match=r"1 of 48 rows was dropped because of missing values \(x: 1\)"),
        pytest.raises(DataError, match=r"row 10 \(index 'id9'\) is -1"),
    ):
        brm("count ~ x", frame, poisson(), empty=True)


def test_missing_values_are_dropped_with_one_message():
    frame = FRAME.assign(x=FRAME["x"].mask(FRAME.index < 3), g=FRAME["g"].mask(FRAME.index == 5), unused=np.nan)
    with pytest.warns(DataWarning) as caught:
        fit = brm("y ~ x + (1 | g)", frame, empty=True)
    assert [str(warning.message) for warning in caught] == [
        "4 of 48 rows were dropped because of missing values (x: 3, g: 1)"
    ]
    assert fit.nobs() == 44


def test_student_family_by_name_and_by_function():
    by_name = brm("y ~ x", FRAME, "student", empty=True).model
    by_function = brm("y ~ x", FRAME, student(), empty=True).model
    u = np.array([0.1, 0.2, 0.3, 0.4])
    assert by_name.log_density(u) == by_function.log_density(u)
