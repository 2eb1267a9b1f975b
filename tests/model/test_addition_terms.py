"""Addition terms in formulas: codings, bounds, weights, subsets, and what each does to the log density of the rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import made_up
from partialpool import brm, default_prior
from partialpool.errors import DataError, DataWarning, FamilyError, FormulaError

DATA = made_up.data()
N = len(DATA["y"])
STATUS = np.array(["left", "none", "right", "interval"])[np.arange(N) % 4]
FRAME = {
    **DATA,
    "status": STATUS.tolist(),
    "y2": np.where(STATUS == "interval", DATA["y"] + 1.5, np.nan),
    "low": np.asarray(DATA["y"]) - 0.5,
    "high": np.where(np.arange(N) % 3 == 0, np.inf, np.asarray(DATA["y"]) + 2.0),
    "right": (STATUS == "right").tolist(),
}
Y = np.asarray(DATA["y"])


def parameters(fit):
    """Return mu [draw, row] and sigma [draw, 1]."""
    return fit.posterior_linpred(), fit.draws["sigma"].reshape(-1, 1)


def log_between(mu, sigma, lower, upper):
    """Return the log probability of an interval, from the nearer tail."""
    a, b = (lower - mu) / sigma, (upper - mu) / sigma
    low, high = np.where(a > 0, -b, a), np.where(a > 0, -a, b)
    top = stats.norm.logcdf(high)
    return top + np.log(-np.expm1(stats.norm.logcdf(low) - top))


def expected_of(status, y, y2, mu, sigma):
    """Return the log probability of what is known of normal responses."""
    normal = stats.norm(mu, sigma)
    interval = log_between(mu, sigma, y, np.where(np.isnan(y2), y + 1, y2))
    choices = [status == "left", status == "right", status == "interval"]
    return np.select(choices, [normal.logcdf(y), normal.logsf(y), interval], normal.logpdf(y))


def test_censoring_of_all_kinds():
    fit = made_up.fit("y | cens(status, y2) ~ x", frame=FRAME)
    mu, sigma = parameters(fit)
    expected = expected_of(STATUS, Y, FRAME["y2"], mu, sigma)
    np.testing.assert_allclose(fit.log_lik(), expected, rtol=1e-10)
    assert fit.model.spec.frame.n_rows == N, "a missing upper end does not drop a row"


CODES = {"left": -1, "none": 0, "right": 1, "interval": 2}


@pytest.mark.parametrize(
    "coding",
    [
        [CODES[s] for s in STATUS],
        [float(CODES[s]) for s in STATUS],
        [str(CODES[s]) for s in STATUS],
        [s[0] for s in STATUS],
        [s[:3].upper() for s in STATUS],
        pd.Categorical(STATUS, categories=["right", "none", "interval", "left"]),
    ],
    ids=["integers", "numbers", "texts", "letters", "abbreviations", "factor"],
)
def test_codings_of_censoring(coding):
    model = brm("y | cens(how, y2) ~ x", {**FRAME, "how": coding}, empty=True).model
    reference = brm("y | cens(status, y2) ~ x", FRAME, empty=True).model
    u = np.array([0.3, 0.2, 0.1])
    assert model.log_density(u) == pytest.approx(reference.log_density(u), rel=1e-14)


def test_true_means_censored_to_the_right():
    logical = brm("y | cens(right) ~ x", FRAME, empty=True).model
    texts = brm("y | cens(how) ~ x", {**FRAME, "how": np.where(FRAME["right"], "right", "none")}, empty=True).model
    computed = brm("y | cens(x > 0 & status == 'right') ~ x", {**FRAME, "x": np.abs(DATA["x"])}, empty=True).model
    u = np.array([0.3, 0.2, 0.1])
    assert logical.log_density(u) == pytest.approx(texts.log_density(u), rel=1e-14)
    assert np.isfinite(computed.log_density(u))


def test_predictions_are_of_the_response_without_censoring():
    fit = made_up.fit("y | cens(status, y2) ~ x", frame=FRAME)
    mu, _ = parameters(fit)
    np.testing.assert_allclose(fit.posterior_epred(), mu, rtol=1e-13)
    assert np.isfinite(fit.posterior_predict(seed=1)).all()


def test_truncation_by_numbers_and_columns():
    fit = made_up.fit("y | trunc(lb = low, ub = high) ~ x", frame=FRAME)
    mu, sigma = parameters(fit)
    normal = stats.norm(mu, sigma)
    total = log_between(mu, sigma, FRAME["low"], FRAME["high"])
    np.testing.assert_allclose(fit.log_lik(), normal.logpdf(Y) - total, rtol=1e-9, atol=1e-9)
    drawn = fit.posterior_predict(seed=3)
    assert (drawn >= FRAME["low"]).all()
    assert (drawn <= FRAME["high"]).all()
    bounds = [(FRAME[end] - mu) / sigma for end in ("low", "high")]
    np.testing.assert_allclose(fit.posterior_epred(), stats.truncnorm.mean(*bounds, mu, sigma), rtol=1e-6)


@pytest.mark.parametrize(
    ("family", "response", "bounds", "grid"),
    [
        ("poisson", "count", "lb = 1, ub = 9", np.arange(1, 10)),
        ("poisson", "count", "ub = 12", np.arange(13)),
        ("negbinomial", "count", "lb = 2, ub = 15", np.arange(2, 16)),
    ],
)
def test_probabilities_of_truncated_counts_add_up_to_one(family, response, bounds, grid):
    """The lower bound is among the values that can be observed."""
    frame = {"count": np.clip(DATA["count"], grid[0], grid[-1]), "x": np.asarray(DATA["x"]) / 10}
    fit = made_up.fit(f"{response} | trunc({bounds}) ~ x", family, frame)
    rows = fit.log_lik(newdata={"count": grid, "x": np.full(len(grid), 0.3)})
    np.testing.assert_allclose(np.exp(rows).sum(axis=1), 1.0, rtol=1e-10)
    mean = fit.posterior_epred(newdata={"count": grid[:1], "x": np.array([0.3])})
    np.testing.assert_allclose((np.exp(rows) * grid).sum(axis=1), mean[:, 0], rtol=1e-9)


def test_the_density_of_truncated_responses_integrates_to_one_and_partitions():
    """Censored to the left at c, to the right at c: the two have all the probability between the bounds."""
    y = 0.5 + (np.polynomial.legendre.leggauss(60)[0] + 1) * 1.5
    frame = {"y": np.clip(Y, 0.5, 3.5), "x": DATA["x"], "c": np.array(["none", "left", "right"])[np.arange(N) % 3]}
    fit = made_up.fit("y | trunc(lb = 0.5, ub = 3.5) + cens(c) ~ x", frame=frame)
    new = {"y": y, "x": np.full(60, 3.0), "c": ["none"] * 60}
    weights = np.polynomial.legendre.leggauss(60)[1] * 1.5
    np.testing.assert_allclose(np.exp(fit.log_lik(newdata=new)) @ weights, 1.0, rtol=1e-9)
    both = fit.log_lik(newdata={"y": [2.0, 2.0], "x": [3.0, 3.0], "c": ["left", "right"]})
    np.testing.assert_allclose(np.exp(both).sum(axis=1), 1.0, rtol=1e-12)


@pytest.mark.parametrize(
    ("formula", "family"),
    [
        ("y | cens(status, y2) + trunc(lb = low, ub = high2) + weights(w) ~ x", "student"),
        ("positive | cens(right) + trunc(lb = 0.001) ~ z", "gamma"),
        ("count | cens(right) + trunc(ub = 40) + rate(w) ~ z", "negbinomial"),
        ("count | trials(n) + cens(right) ~ z", "beta_binomial"),
        ("y | se(se, sigma = TRUE) + cens(right) ~ z", "gaussian"),
    ],
)
def test_combinations_and_their_gradients(formula, family):
    frame = {**FRAME, "high2": Y + 4.0, "count": np.minimum(DATA["count"], np.asarray(DATA["n"]) - 1)}
    model = brm(formula, frame, family, empty=True).model
    rng = np.random.default_rng(4)
    for _ in range(3):
        u = rng.normal(0.0, 0.5, model.param_unc_num())
        value, gradient = model.log_density_gradient(u)
        assert np.isfinite(value)
        for i in range(len(u)):
            step = np.zeros(len(u))
            step[i] = 1e-5
            slope = (model.log_density(u + step) - model.log_density(u - step)) / 2e-5
            assert gradient[i] == pytest.approx(slope, rel=2e-6, abs=2e-6)


def test_weights_are_repeated_rows_and_may_be_scaled():
    twice = {name: np.repeat(np.asarray(column), 2) for name, column in DATA.items()}
    prior = "student_t(3, 0, 1)"
    from partialpool import prior as set_prior

    priors = [set_prior(prior, class_="Intercept"), set_prior(prior, class_="sigma")]
    weighted = brm("y | weights(two) ~ x", {**DATA, "two": np.full(N, 2.0)}, prior=priors, empty=True).model
    repeated = brm("y ~ x", twice, prior=priors, empty=True).model
    u = np.array([0.3, 0.2, 0.1])
    assert weighted.log_density(u) == pytest.approx(repeated.log_density(u), rel=1e-13)
    scaled = made_up.fit("y | weights(w, scale = TRUE) ~ x")
    plain = made_up.fit("y ~ x")
    weights = np.asarray(DATA["w"]) / np.mean(DATA["w"])
    np.testing.assert_allclose(scaled.log_lik(), plain.log_lik() * weights, rtol=1e-12)


def test_subset_keeps_some_rows_whatever_the_others_hold():
    keep = np.arange(N) % 3 != 0
    holes = np.where(keep, Y, np.nan)
    fit = made_up.fit("y | subset(keep) ~ x", frame={**DATA, "y": holes, "keep": keep.tolist()})
    only = {name: np.asarray(column)[keep] for name, column in DATA.items()}
    assert fit.model.spec.frame.n_rows == keep.sum()
    np.testing.assert_allclose(fit.log_lik(), made_up.fit("y ~ x", frame=only).log_lik(), rtol=1e-13)
    with pytest.raises(DataError, match=r"subset\(\) leaves no row for the response 'y'"):
        brm("y | subset(x > 100) ~ x", DATA, empty=True)


def test_cat_is_an_old_name_of_thres():
    frame = {"y": [1, 2, 3, 2, 1, 3], "x": [0.1, 0.4, 0.2, 0.9, 0.3, 0.5]}
    with pytest.warns(DataWarning, match=r"cat\(k\) is deprecated: write thres\(k - 1\)"):
        old = brm("y | cat(4) ~ x", frame, "cumulative", empty=True).model
    assert old.param_names() == brm("y | thres(3) ~ x", frame, "cumulative", empty=True).model.param_names()


def test_new_rows_are_checked_too():
    frame = {"y": [1, 2, 0, 2], "n": [4, 4, 5, 6], "x": [0.1, 0.4, 0.2, 0.9]}
    fit = made_up.fit("y | trials(n) ~ x", "binomial", frame=frame)
    with pytest.raises(DataError, match=r"trials\(\) must be non-negative integers, but row 2 is 2\.5\n"):
        fit.posterior_epred({"n": [4.0, 2.5], "x": [0.0, 0.0]})


def test_default_priors_do_not_depend_on_censoring():
    plain, censored = default_prior("y ~ x", FRAME), default_prior("y | cens(status, y2) ~ x", FRAME)
    assert list(plain) == list(censored)


@pytest.mark.parametrize(
    ("formula", "family", "error", "message"),
    [
        ("yes | cens(right) ~ x", "bernoulli", FamilyError, r"bernoulli does not take .* cens\(\).*\n.*\n {7} *\^+"),
        ("y | trials(n) ~ x", "gaussian", FamilyError, r"gaussian does not take .* trials\(\).*\n.*\n *\^{9}"),
        ("y | cens() ~ x", "gaussian", FormulaError, r"cens\(\) needs cens: it is empty\n"),
        ("y | cens(status, y2, 3) ~ x", "gaussian", FormulaError, r"cens\(\) takes cens, y2\n.*\n *\^"),
        (
            "y | cens(f) ~ x",
            "gaussian",
            DataError,
            r"cens\(\): f is 'u' in row 1; it takes left, none, right, interval",
        ),
        ("y | cens(h) ~ x", "gaussian", DataError, r"the values of cens\(\) must be -1, 0, 1 or 2.*\n.*\n *\^"),
        (
            "y | weights(x - 100) ~ x",
            "gaussian",
            DataError,
            r"weights\(\) must be non-negative, but row 1 .*\n.*\n {14}\^+",
        ),
        (
            "y | se(0 * x) ~ x",
            "gaussian",
            DataError,
            r"must be positive, but row 1 is 0: only se\(0 \* x, sigma = TRUE\)",
        ),
        ("y | cens(status) ~ x", "gaussian", DataError, "interval censoring needs the upper end"),
        ("y | trunc(lb = 100) ~ x", "gaussian", DataError, r"out of the bounds of trunc\(\), 100 and inf"),
        ("y | trunc(upper = 100) ~ x", "gaussian", FormulaError, r"trunc\(\) takes lb, ub\n"),
        ("y | trunc(lb = f) ~ x", "gaussian", FormulaError, r"trunc\(\) needs numbers, and f is not\n"),
        ("y | weights(w, scale = 2) ~ x", "gaussian", FormulaError, "scale must be TRUE or FALSE\n"),
        ("y | weights(w) + weights(w) ~ x", "gaussian", FormulaError, r"weights\(\) is given twice"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(formula, family, error, message):
    with pytest.raises(error, match=message):
        brm(formula, FRAME, family, empty=True)
