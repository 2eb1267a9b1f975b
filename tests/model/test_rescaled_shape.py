"""The shape of extreme values as one number: its range by the responses, gradients through it, and where it cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from partialpool import bf, brm, prior
from partialpool.errors import PriorError
from partialpool.families import as_family

N = 700  # more than a block of other models


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(12)
    x = rng.normal(size=N)
    y = stats.genextreme.rvs(-0.1, 2.0 + 0.5 * x, np.exp(0.1 * x), random_state=rng)
    return {"y": y, "x": x, "censored": (y > 4).astype(int)}


def model_of(formula, data, **links):
    return brm(formula, data, as_family({"family": "gen_extreme_value", **links}), empty=True).model


def point_of(model, **values):
    """An unconstrained point near the data."""
    rng = np.random.default_rng(3)
    start = dict(zip(model.param_names(), rng.normal(0.0, 0.1, model.param_num()), strict=True))
    return model.param_unconstrain(list({**start, "Intercept": 2.0, **values}.values()))


FORMULAS = {
    "one sigma": ("y ~ x", {"sigma": 1.2}, {}),
    "predicted sigma": (bf("y ~ x", "sigma ~ x"), {}, {}),
    "other links": (bf("y ~ x", "sigma ~ x"), {}, {"link": "softplus", "link_sigma": "squareplus"}),
    "censored": ("y | cens(censored) ~ x", {"sigma": 1.2}, {}),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_gradient_goes_through_the_range(name, data):
    formula, values, links = FORMULAS[name]
    model = model_of(formula, data, **links)
    u = point_of(model, **values)
    _, gradient = model.log_density_gradient(u)
    for i in range(len(u)):
        step = np.zeros(len(u))
        step[i] = 1e-6
        difference = (model.log_density(u + step) - model.log_density(u - step)) / 2e-6
        assert gradient[i] == pytest.approx(difference, rel=1e-6, abs=1e-5), model.param_unc_names()[i]


def test_shape_lies_where_the_logistic_function_puts_it(data):
    model = model_of("y ~ x", data)
    u = point_of(model, sigma=1.2, tmp_xi=0.7)
    values = dict(zip(model.variables[:-2], model.program.expand(u)[0], strict=False))
    x = (data["y"] - values["b_Intercept"] - values["b_x"] * data["x"]) / 1.2
    low, high = -1 / x.max(), -1 / x.min()
    assert values["xi"] == pytest.approx(low + (high - low) / (1 + np.exp(-0.7)), rel=1e-13)
    assert values["tmp_xi"] == 0.7
    rows = stats.genextreme.logpdf(data["y"], -values["xi"], data["y"] - 1.2 * x, 1.2)
    log_prior = model.program.expand(u)[1]
    assert model.log_density(u, jacobian=False) == pytest.approx(rows.sum() + log_prior, rel=1e-12)


def test_variables_and_parameters(data):
    model = model_of("y ~ x", data)
    assert model.param_names() == ["b.1", "Intercept", "sigma", "tmp_xi"]
    assert model.variables == ("b_Intercept", "b_x", "sigma", "xi", "tmp_xi", "lprior", "lp__")


def test_predictions_use_the_shape_itself(data):
    fit = brm("y ~ x", data, "gen_extreme_value", chains=2, iter=600, seed=4, progress=False)
    draws = fit.as_draws_df()
    assert abs(draws["xi"].mean() - 0.1) < 0.1
    mu = draws["b_Intercept"].to_numpy()[:, None] + draws["b_x"].to_numpy()[:, None] * data["x"]
    expected = stats.genextreme.logpdf(data["y"], -draws[["xi"]].to_numpy(), mu, draws[["sigma"]].to_numpy())
    np.testing.assert_allclose(fit.log_lik(), expected, rtol=1e-9)
    new = {"x": np.array([0.0, 30.0])}
    assert fit.posterior_epred(new).shape == (600, 2)


def test_shape_that_is_fixed_or_predicted_is_not_rescaled(data):
    fixed = model_of(bf("y ~ x", "xi = 0.1"), data)
    assert fixed.param_names() == ["b.1", "Intercept", "sigma"]
    u = point_of(fixed, sigma=1.2)
    values = dict(zip(fixed.variables, fixed.program.expand(u)[0], strict=False))
    assert values["xi"] == 0.1
    assert "Intercept_xi" in model_of(bf("y ~ x", "xi ~ 1"), data).param_names()


def test_there_is_no_prior_alone(data):
    priors = [prior("normal(0, 1)", class_="b")]
    with pytest.raises(PriorError, match=r"the range of xi depends on the responses.*'xi ~ 1'"):
        brm("y ~ x", data, "gen_extreme_value", priors, sample_prior="only", empty=True)
