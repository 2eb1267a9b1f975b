"""The model: its vocabulary, and what it says of wrong arguments."""

from __future__ import annotations

import numpy as np
import pytest

import made_up
from partialpool import (
    DataError,
    FamilyError,
    FormulaError,
    PriorError,
    SamplingError,
    bf,
    brm,
    brmsfamily,
    gaussian,
    mixture,
    poisson,
    prior,
    student,
)
from partialpool.model.initial import starting_points


@pytest.fixture(scope="module")
def model():
    return brm("y ~ x + f + (x | g)", made_up.data(), empty=True).model


def test_unconstrained_and_constrained_parameters(model):
    u = np.random.default_rng(1).normal(size=model.param_unc_num())
    values = model.param_constrain(u)
    assert len(values) == model.param_num() == len(model.param_names())
    assert model.param_unconstrain(values) == pytest.approx(u, abs=1e-10)
    assert model.param_unconstrain(made_up.blocks(model, u)) == pytest.approx(u, abs=1e-10)


def test_groups_stand_in_the_order_of_their_names():
    frame = {**made_up.data(), "g2": made_up.data()["h"], "G1": made_up.data()["f"]}
    built = brm("y ~ (1 | g2) + (1 | g/f) + (1 | G1)", frame, empty=True).model
    names = ["sd_g__Intercept", "sd_g:f__Intercept", "sd_G1__Intercept", "sd_g2__Intercept"]
    assert [name for name in built.variables if name.startswith("sd_")] == names


def test_groups_are_numbered_as_the_formulas_name_their_parameters():
    frame = made_up.data()
    built = brm(bf("y ~ (1 | h)", "nu ~ (1 | g) + x", "sigma ~ (1 | i | g)"), frame, student(), empty=True).model
    names = ["sd_h__Intercept", "sd_g__nu_Intercept", "sd_g__sigma_Intercept"]
    assert [name for name in built.variables if name.startswith("sd_")] == names
    assert built.param_names()[:4] == ["Intercept", "Intercept_sigma", "b_nu.1", "Intercept_nu"]


def test_groups_of_mixtures_are_numbered_by_their_means_first():
    components = mixture(gaussian(), gaussian())
    formula = bf("y ~ (1 | g)", "sigma1 ~ (1 | h)", "theta1 ~ (1 | f)")
    built = brm(formula, made_up.data(), components, empty=True).model
    names = ["sd_g__mu1_Intercept", "sd_g__mu2_Intercept", "sd_h__sigma1_Intercept", "sd_f__theta1_Intercept"]
    assert [name for name in built.variables if name.startswith("sd_")] == names


def test_parameters_of_the_family_stand_in_its_order():
    built = brm(bf("y ~ 1", sigma1="sigma2"), made_up.data(), mixture(gaussian(), gaussian()), empty=True).model
    assert built.variables[2:4] == ("sigma1", "sigma2")
    assert built.param_names()[0] == "sigma2"


def test_names_of_unconstrained_parameters(model):
    assert model.param_unc_names()[:6] == ["b.1", "b.2", "b.3", "Intercept", "sigma", "sd_1.1"]
    assert model.param_unc_names()[-1] == "L_1.1"
    assert len(model.param_unc_names()) == model.param_unc_num()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"b": [1, 2, 3]}, "no values for parameter 'Intercept'"),
        ([1.0, 2.0], "parameters, and 2 values were given"),
    ],
)
def test_values_that_do_not_fit(model, values, message):
    with pytest.raises(DataError, match=message):
        model.param_unconstrain(values)


def test_values_that_break_constraints(model):
    values = made_up.blocks(model, np.zeros(model.param_unc_num()))
    for name, wrong, message in [
        ("sigma", -1.0, "'sigma': values must be within"),
        ("sd_1", [1.0, np.nan], "'sd_1': values must be within"),
        ("L_1", np.array([[1.0, 0.5], [0.5, 1.0]]), "'L_1': values must be the Cholesky factor"),
        ("b", [1.0, 2.0], "'b' has 3 values, and 2 were given"),
        ("b", "abc", "'b' are not numbers"),
        ("sigmo", [1.0], "no parameter 'sigmo'; did you mean 'sigma'"),
    ]:
        with pytest.raises(DataError, match=message):
            model.param_unconstrain({**values, name: wrong})


@pytest.mark.parametrize("u", [np.zeros(3), np.zeros((2, 2)), 1.0])
def test_points_of_the_wrong_shape(model, u):
    with pytest.raises(DataError, match="unconstrained parameters, and an array of shape"):
        model.log_density(u)


def test_density_that_is_not_finite_is_explained(model):
    u = np.zeros(model.param_unc_num())
    u[model.param_unc_names().index("sigma")] = 800.0
    assert "sigma" in model.explain(u)
    u[model.param_unc_names().index("sigma")] = -800.0
    assert model.log_density(u) == -np.inf or np.isnan(model.log_density(u))
    assert "row 1" in model.explain(u)


def test_starting_points_by_name(model):
    found = starting_points(model, {"b": [1, 2, 3], "sigma": np.exp(1.0)}, chains=3, seed=7)
    names = model.param_unc_names()
    assert found.shape == (3, model.param_unc_num())
    assert found[:, :3] == pytest.approx(np.tile([1.0, 2.0, 3.0], (3, 1)))
    assert found[:, names.index("sigma")] == pytest.approx(np.ones(3))
    rest = [i for i, name in enumerate(names) if name.startswith(("z_1", "sd_1", "L_1"))]
    assert np.abs(found[:, rest]).max() <= 2
    assert len(np.unique(found[:, rest])) == found[:, rest].size
    np.testing.assert_array_equal(found, starting_points(model, {"b": [1, 2, 3], "sigma": np.exp(1.0)}, 3, 7))


def test_starting_points_for_each_chain(model):
    found = starting_points(model, [{"Intercept": 1}, {"Intercept": 5}], chains=2, seed=None)
    assert found[:, model.param_unc_names().index("Intercept")] == pytest.approx([1, 5])


@pytest.mark.parametrize(
    ("init", "message"),
    [
        ({"sgma": 1}, "'sgma', which is no parameter of the model; did you mean 'sigma'"),
        ({"sigma": -1}, "'sigma': values must be within"),
        ({"b": 1}, "'b' has 3 values, and 1 were given"),
        ([{"sigma": 1}], "1 sets of values for 4 chains"),
    ],
)
def test_starting_values_that_do_not_fit(model, init, message):
    with pytest.raises(SamplingError, match=message):
        starting_points(model, init, chains=4, seed=1)


@pytest.mark.parametrize(
    ("formula", "family", "message"),
    [
        (bf("y ~ x", sigma=-1), None, "sigma is fixed at -1, but must be positive"),
        (bf("y ~ x", sigma=0), None, "sigma is fixed at 0, but must be positive"),
        (bf("y ~ x", nu=0.5), student(), "nu is fixed at 0.5, but must be at least 1"),
        (bf("y ~ x", nu="sgma"), student(), "nu is tied to 'sgma'; did you mean 'sigma'"),
        (
            bf("y ~ x", "sigma1 ~ z", sigma2="sigma1"),
            mixture(gaussian(), brmsfamily("gaussian", link_sigma="softplus")),
            "sigma2 is tied to sigma1, which is predicted with another link",
        ),
        (bf("y ~ x", nu="sigma"), student(), "nu is tied to sigma, a parameter of another kind"),
        (bf("y ~ x", nu="nu"), student(), "nu is tied to nu, which must be a parameter of its own"),
        (bf("y ~ x", shape=1), None, "'shape' is not a parameter of family gaussian"),
        (bf("y ~ x", "zeta ~ 1"), None, "'zeta' is not a parameter of family gaussian"),
        (bf("y ~ x", mu=1), None, "mu cannot be fixed"),
        ("y | se(se) ~ x", poisson(), "does not take the addition term se"),
        (bf("y | se(se) ~ x", "sigma ~ z"), None, r"errors of se\(\) take the place of sigma"),
        (bf("y | se(se) ~ x", sigma=2), None, r"errors of se\(\) take the place of sigma"),
    ],
)
def test_parameters_that_do_not_fit(formula, family, message):
    with pytest.raises((FormulaError, FamilyError), match=message):
        brm(formula, made_up.data(), family, empty=True)


def test_sampling_from_the_prior_only_needs_proper_priors():
    with pytest.raises(PriorError, match=r"those of b_x, b_z are flat\. Set some"):
        brm("y ~ x + z", made_up.data(), sample_prior="only", empty=True)


def test_without_the_likelihood_the_data_do_not_matter():
    proper = prior("normal(0, 1)", class_="b") + prior("normal(0, 1)", class_="Intercept")
    one = brm("y ~ x", made_up.data(), prior=proper, sample_prior="only", empty=True).model
    other = {**made_up.data(), "y": made_up.data()["y"] + made_up.data()["z"]}
    two = brm("y ~ x", other, prior=proper, sample_prior="only", empty=True).model
    u = np.array([0.3, -0.2, 0.1])
    assert one.log_density(u) == two.log_density(u)
    assert one.prior_only
