"""Mixtures: densities and gradients against mpmath and SciPy, what they share, proportions, refusals."""

from __future__ import annotations

import itertools

import mpmath as mp
import numpy as np
import pytest
from family_cases import DEFINITIONS
from kernel_rows import evaluate
from scipy import stats

import oracle
import partialpool as pp
from partialpool import bf, brm, default_prior, mixture, prior
from partialpool.errors import DataError, FamilyError, FormulaError, PriorError
from partialpool.families import as_family, from_dict
from partialpool.families.composition import likelihood
from partialpool.families.outcomes import draw, epred, probability
from partialpool.priors.prior import Prior, PriorTable

RNG = np.random.default_rng(20)
N = 40
DATA = {
    "x": RNG.normal(size=N),
    "z": RNG.normal(size=N),
    "g": np.repeat(["a", "b", "c", "d"], 10),
    "y": RNG.normal(size=N) + np.repeat([0.0, 3.0], N // 2),
    "count": RNG.poisson(3.0, N).astype(float),
    "positive": RNG.gamma(2.0, size=N),
    "w": RNG.uniform(0.5, 2.0, N),
    "se": RNG.uniform(0.2, 1.0, N),
    "n": np.full(N, 30.0),
    "censored": np.resize(["none", "left", "right"], N),
}
IDENTIFIED = prior("normal(0, 2)", dpar="mu1") + prior("normal(0, 2)", dpar="mu2")


def exact(family, y, inputs, rows):
    """Return the log density of rows and its derivatives by the inputs, from definitions at high precision."""

    def log_density(i):
        def of(*point):
            given = dict(zip(inputs, point, strict=True))
            logs = []
            for k, component in enumerate(family.components, start=1):
                natural = {}
                for name in component.dpars:
                    value = given[f"{name}{k}"]
                    predicted = np.size(inputs[f"{name}{k}"]) > 1
                    natural[name] = DEFINITIONS[component.link_of(name).name](value) if predicted else value
                logs.append(component.log_density(mp.mpf(float(y[i])), **natural))
            thetas = [given.get(theta, mp.mpf(0)) for theta in family.thetas]
            if family.mixing == "predicted":
                total = mp.fsum(map(mp.exp, thetas))
                thetas = [mp.exp(theta) / total for theta in thetas]
            return mp.log(mp.fsum(t * mp.exp(log) for t, log in zip(thetas, logs, strict=True)))

        return of

    values, slopes = [], []
    for i in rows:
        point = tuple(mp.mpf(float(np.ravel(value)[i if np.size(value) > 1 else 0])) for value in inputs.values())
        values.append(float(log_density(i)(*point)))
        unit = np.eye(len(point), dtype=int)
        slopes.append([float(mp.diff(log_density(i), point, tuple(map(int, n)))) for n in unit])
    return np.array(values), np.array(slopes)


def compare(family, y, inputs, rtol=1e-10):
    levels = {name: "row" if np.size(value) > 1 else "scalar" for name, value in inputs.items()}
    values, gradients = evaluate(likelihood(family, levels), inputs, {"y": y})
    with mp.workdps(60):
        expected, slopes = exact(family, y, inputs, range(len(y)))
    np.testing.assert_allclose(values, expected, rtol=rtol, atol=1e-11)
    for k, (name, value) in enumerate(inputs.items()):
        slope = slopes[:, k] if np.size(value) > 1 else slopes[:, k].sum()
        np.testing.assert_allclose(gradients[name], slope, rtol=1e-8, atol=1e-11, err_msg=name)


def test_value_and_gradient_with_proportions_as_numbers():
    etas = np.array(list(itertools.product([-40.0, 0.3, 40.0], [-40.0, 1.1, 40.0])))
    y = np.resize([-3.0, 0.2, 35.0], len(etas))
    inputs = {"mu1": etas[:, 0], "sigma1": 0.7, "mu2": etas[:, 1], "sigma2": np.full(len(etas), 0.4), "nu2": 4.5}
    compare(mixture("gaussian", "student"), y, inputs | {"theta1": 0.2, "theta2": 0.8})


@pytest.mark.parametrize("theta", [1e-300, 1 - 1e-12])
def test_proportions_near_zero_and_one(theta):
    inputs = {"mu1": np.array([0.1, 2.0]), "mu2": np.array([3.0, -2.0]), "theta1": theta, "theta2": 1 - theta}
    compare(mixture("poisson", nmix=2), np.array([0.0, 30.0]), inputs)


@pytest.mark.parametrize("reference", [1, 3, "NA"])
def test_value_and_gradient_with_predicted_proportions(reference):
    predicted = [f"theta{k}" for k in (1, 2, 3) if k != reference]
    family = mixture("gamma", "lognormal", "weibull", refcat=reference).arranged(predicted, {})
    y = np.array([0.02, 0.9, 7.0, 2.0])
    inputs = {"mu1": np.array([-2.0, 0.4, 3.0, 1.0]), "shape1": 2.5, "mu2": np.array([0.0, 1.0, -1.0, 0.3])}
    inputs |= {"sigma2": 0.8, "mu3": np.array([0.2, -0.3, 1.0, 0.1]), "shape3": 1.4}
    inputs |= {
        name: np.array([-40.0, 40.0, 0.3, 2.0]) * sign for name, sign in zip(predicted, (1, -1, 0.5), strict=False)
    }
    compare(family, y, inputs)


def test_a_component_that_is_out_of_the_question_spoils_nothing():
    """The mean of the second component overflows: its density is 0, and so are its derivatives."""
    inputs = {"mu1": np.array([0.5, 1.0]), "mu2": np.array([800.0, 900.0]), "theta1": 0.3, "theta2": 0.7}
    levels = {"mu1": "row", "mu2": "row", "theta1": "scalar", "theta2": "scalar"}
    values, gradients = evaluate(likelihood(mixture("poisson", nmix=2), levels), inputs, {"y": np.array([1.0, 4.0])})
    expected = np.log(0.3) + stats.poisson.logpmf([1, 4], np.exp(inputs["mu1"]))
    np.testing.assert_allclose(values, expected, rtol=1e-12)
    np.testing.assert_allclose(gradients["mu1"], [1.0, 4.0] - np.exp(inputs["mu1"]), rtol=1e-12)
    np.testing.assert_array_equal(gradients["mu2"], 0.0)
    assert gradients["theta1"] == pytest.approx(2 / 0.3)
    assert gradients["theta2"] == 0.0


@pytest.mark.parametrize("name", ["poisson", "negbinomial", "zero_inflated_poisson"])
def test_a_mixture_of_equal_components_is_the_component(name):
    single = as_family(name)
    y, mu = np.array([0.0, 1.0, 5.0, 40.0]), np.array([-1.0, 0.5, 2.0, 3.0])
    others = dict.fromkeys(single.dpars[1:], 0.37)
    levels = {"mu": "row", **dict.fromkeys(others, "scalar")}
    expected, slopes = evaluate(likelihood(single, levels), {"mu": mu, **others}, {"y": y})
    mixed = mixture(name, nmix=3)
    inputs = {f"{dpar}{k}": value for k in (1, 2, 3) for dpar, value in {"mu": mu, **others}.items()}
    inputs |= {"theta1": 0.2, "theta2": 0.3, "theta3": 0.5}
    mixed_levels = {n: "row" if n.startswith("mu") else "scalar" for n in inputs}
    values, gradients = evaluate(likelihood(mixed, mixed_levels), inputs, {"y": y})
    np.testing.assert_allclose(values, expected, rtol=1e-13)
    for dpar in ("mu", *others):
        np.testing.assert_allclose(sum(gradients[f"{dpar}{k}"] for k in (1, 2, 3)), slopes[dpar], rtol=1e-11)


MODELS = [
    ("y ~ x + (1 | g)", mixture("gaussian", nmix=2)),
    (bf("y ~ x", "mu2 ~ 1", "sigma2 ~ z", "theta2 ~ z"), mixture("gaussian", "student")),
    (bf("y ~ x", "theta1 ~ z", "theta2 ~ 1"), mixture("gaussian", nmix=2, refcat="NA")),
    (bf("y ~ x", theta1=1, theta2=2, sigma2="sigma1"), mixture("gaussian", "student")),
    ("count ~ x", mixture("poisson", nmix=3)),
    ("positive | weights(w) ~ x", mixture("gamma", "lognormal")),
    ("count | rate(w) ~ x", mixture("poisson", "negbinomial")),
    ("y | se(se) ~ x", mixture("gaussian", nmix=2)),
    ("y | se(se, sigma = TRUE) ~ 1", mixture("gaussian", "student")),
    ("count | trials(n) ~ x", mixture("binomial", "beta_binomial")),
    ("y | cens(censored) ~ x", mixture("gaussian", nmix=2)),
    ("positive | trunc(lb = 0.001) ~ x", mixture("gamma", "weibull")),
]


@pytest.mark.parametrize(("formula", "family"), MODELS, ids=[str(formula) for formula, _ in MODELS])
def test_gradients_of_models_against_central_differences(formula, family):
    model = brm(formula, DATA, family, empty=True).model
    for seed in range(2):
        u = np.random.default_rng(seed).normal(scale=0.5, size=model.param_unc_num())
        _, gradient = model.log_density_gradient(u)
        steps = 1e-5 * np.eye(len(u))
        numeric = [(model.log_density(u + step) - model.log_density(u - step)) / 2e-5 for step in steps]
        np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-6)


def test_parameters_and_variables_are_called_as_in_brms():
    model = brm("y ~ x", DATA, mixture("gaussian", nmix=2), empty=True).model
    assert model.param_names() == [
        *("b_mu1.1", "sigma1", "b_mu2.1", "sigma2", "theta.1", "theta.2"),
        *("ordered_Intercept.1", "ordered_Intercept.2"),
    ]
    assert model.variables == (
        *("b_mu1_Intercept", "b_mu2_Intercept", "b_mu1_x", "b_mu2_x"),
        *("sigma1", "sigma2", "theta1", "theta2", "lprior", "lp__"),
    )


def test_intercepts_increase_and_have_priors_of_their_own():
    """The log prior is that of the two normal distributions and the Dirichlet, at the intercepts in order."""
    priors = prior("normal(1, 2)", "Intercept", dpar="mu1") + prior("normal(5, 3)", "Intercept", dpar="mu2")
    priors += (
        prior("dirichlet(c(2, 5))", "theta") + prior("exponential(1)", "sigma1") + prior("exponential(2)", "sigma2")
    )
    model = brm("y ~ 1", DATA, mixture("gaussian", nmix=2), priors, empty=True).model
    u = np.random.default_rng(3).normal(size=5)
    named = dict(zip(model.param_names(), model.param_constrain(u), strict=True))
    first, second = named["ordered_Intercept.1"], named["ordered_Intercept.2"]
    assert first < second
    expected = stats.norm.logpdf(first, 1, 2) + stats.norm.logpdf(second, 5, 3)
    expected += stats.dirichlet.logpdf([named["theta.1"], named["theta.2"]], [2, 5])
    expected += stats.expon.logpdf(named["sigma1"]) + stats.expon.logpdf(named["sigma2"], scale=0.5)
    assert model.program.expand(u)[1] == pytest.approx(expected, rel=1e-12)
    back = model.param_unconstrain(model.param_constrain(u))
    np.testing.assert_allclose(back, u, atol=1e-12)


def test_a_constant_prior_holds_the_proportions():
    priors = prior("constant(c(0.25, 0.75))", "theta")
    model = brm("y ~ 1", DATA, mixture("gaussian", nmix=2), priors, empty=True).model
    assert "theta.1" not in model.param_names()
    values = dict(zip(model.variables, model.program.expand(np.zeros(4))[0], strict=False))
    assert (values["theta1"], values["theta2"]) == (0.25, 0.75)
    with pytest.raises(PriorError, match="must be positive numbers that sum to one"):
        brm("y ~ 1", DATA, mixture("gaussian", nmix=2), prior("constant(c(0.5, 0.75))", "theta"), empty=True)


@pytest.mark.filterwarnings("ignore::partialpool.errors.ConvergenceWarning")
def test_fixed_proportions_are_normalised():
    """They are data: no variables."""
    family = mixture("gaussian", nmix=2)
    fit = brm(bf("y ~ 1", theta1=1, theta2=3), DATA, family, iter=60, chains=1, seed=1, progress=False)
    expected = ["b_mu1_Intercept", "b_mu2_Intercept", "sigma1", "sigma2", "Intercept_mu1", "Intercept_mu2"]
    assert [name for name in fit.model.variables if "lp" not in name] in (expected, expected[:4])
    for k, share in ((1, 0.25), (2, 0.75)):
        assert (fit.posterior_epred(dpar=f"theta{k}") == share).all()
    means = [fit.posterior_epred(dpar=f"mu{k}") for k in (1, 2)]
    np.testing.assert_allclose(fit.posterior_epred(), 0.25 * means[0] + 0.75 * means[1], rtol=1e-12)
    scales = [fit.posterior_epred(dpar=f"sigma{k}") for k in (1, 2)]
    y = np.asarray(DATA["y"])
    joint = [stats.norm.pdf(y, mu, sigma) for mu, sigma in zip(means, scales, strict=True)]
    np.testing.assert_allclose(np.exp(fit.log_lik()), 0.25 * joint[0] + 0.75 * joint[1], rtol=1e-9)


def test_default_priors_by_component():
    rows = {
        (row.class_, row.coef, row.dpar): row.prior
        for row in default_prior(
            bf("positive ~ x", "theta2 ~ z", "shape1 ~ 1"), DATA, mixture(pp.gamma("log"), pp.lognormal())
        )
    }
    assert rows[("Intercept", "", "theta2")] == "logistic(0, 1)"
    assert rows[("b", "z", "theta2")] == ""
    assert rows[("Intercept", "", "shape1")] == "student_t(3, 0, 2.5)"
    assert rows[("sigma2", "", "")] == "student_t(3, 0, 2.5)"
    assert ("theta", "", "") not in rows
    center = np.round(np.median(np.log(DATA["positive"])), 1)
    assert rows[("Intercept", "", "mu1")] == rows[("Intercept", "", "mu2")] == f"student_t(3, {center:g}, 2.5)"


def natural(family):
    """Parameters [draw, row] of a mixture of three."""
    shape = (3, 2)
    found = {dpar: RNG.uniform(1.0, 3.0, shape) for dpar in family.dpars}
    shares = RNG.dirichlet([1.0, 2.0, 3.0], shape)
    return found | {theta: shares[:, :, k] for k, theta in enumerate(family.thetas)}


def test_means_probabilities_and_draws_of_responses():
    family = mixture("gaussian", pp.lognormal(), "student")
    given = natural(family)
    means = [given["mu1"], np.exp(given["mu2"] + given["sigma2"] ** 2 / 2), given["mu3"]]
    expected = sum(given[theta] * mean for theta, mean in zip(family.thetas, means, strict=True))
    np.testing.assert_allclose(epred(family, given), expected, rtol=1e-12)
    y = np.array([1.3, 4.0])
    parts = [
        stats.norm.cdf(y, given["mu1"], given["sigma1"]),
        stats.lognorm.cdf(y, given["sigma2"], scale=np.exp(given["mu2"])),
        stats.t.cdf(y, given["nu3"], given["mu3"], given["sigma3"]),
    ]
    expected = sum(given[theta] * part for theta, part in zip(family.thetas, parts, strict=True))
    np.testing.assert_allclose(probability(family, y, given), expected, rtol=1e-10)
    many = {name: np.broadcast_to(value[0], (20000, 2)) for name, value in given.items()}
    drawn = draw(family, np.random.default_rng(8), many)
    for row in range(2):
        one = {name: value[:1, row : row + 1] for name, value in given.items()}
        uniform = probability(family, drawn[None, :, row], {name: np.asarray(v) for name, v in one.items()})
        assert stats.kstest(uniform.ravel(), "uniform").pvalue > 1e-3


def test_methods_on_arrays_agree_with_the_parts():
    family = mixture("gaussian", nmix=3)
    given = natural(family)
    y = np.array([0.5, 2.0])
    parts = [stats.norm(given[f"mu{k}"], given[f"sigma{k}"]) for k in (1, 2, 3)]
    shares = [given[theta] for theta in family.thetas]
    density = sum(share * part.pdf(y) for share, part in zip(shares, parts, strict=True))
    np.testing.assert_allclose(family.log_density(y, **given), np.log(density), rtol=1e-12)
    np.testing.assert_allclose(family.mean(**given), epred(family, given), rtol=1e-14)
    np.testing.assert_allclose(family.cdf(y, **given) + family.survival(y, **given), 1.0, rtol=1e-14)
    assert family.draw(np.random.default_rng(1), **given).shape == (3, 2)


def test_components_of_simulated_data_are_found():
    """Two well separated components: locations, scales and proportions are near those of the samples."""
    rng = np.random.default_rng(11)
    low, high = rng.normal(-2.75, 1.0, 100), rng.normal(2.75, 0.7, 200)
    fit = brm(
        *("y ~ 1", {"y": np.concatenate([low, high])}, mixture("gaussian", nmix=2)),
        iter=3000,
        chains=2,
        seed=2,
        progress=False,
    )
    means = {name: fit.draws[name].mean() for name in fit.variables()}
    assert means["b_mu1_Intercept"] == pytest.approx(low.mean(), abs=0.15)
    assert means["b_mu2_Intercept"] == pytest.approx(high.mean(), abs=0.15)
    assert means["sigma1"] == pytest.approx(low.std(), abs=0.15)
    assert means["sigma2"] == pytest.approx(high.std(), abs=0.15)
    assert means["theta1"] == pytest.approx(1 / 3, abs=0.03)
    np.testing.assert_allclose(fit.draws["theta1"] + fit.draws["theta2"], 1.0, rtol=1e-12)
    assert (fit.draws["b_mu1_Intercept"] < fit.draws["b_mu2_Intercept"]).all()


def test_the_oracle_of_two_normal_components():
    figures = oracle.load("137").figures
    family = from_dict(figures["family"])
    assert family == mixture("gaussian", nmix=2)
    user = PriorTable(tuple(Prior.from_dict(row) for row in figures["prior"]))
    model = brm(figures["formula"], oracle.load("137").frame, family, user, empty=True).model
    assert model.param_names() == figures["param_names_constrained"]["rstan_parameters"]
    assert list(model.variables) == figures["param_names_constrained"]["brms_variables"]
    expected = [Prior.from_dict(row) for row in figures["default_prior"]]
    assert list(default_prior(figures["formula"], oracle.load("137").frame, family)) == expected
    for point in figures["log_prob"]:
        value, gradient = model.log_density_gradient(point["u"])
        assert value == pytest.approx(point["lp_adjusted"], rel=1e-10)
        np.testing.assert_allclose(gradient, point["gradient"], rtol=1e-9, atol=1e-9)


def test_storage_and_display():
    family = mixture(pp.student(link_nu="identity"), "lognormal", refcat=2)
    assert from_dict(family.to_dict()) == family
    assert str(family) == "mixture(student, lognormal)"
    assert repr(family).endswith("order='none', refcat=2)")
    assert family.links_line(["mu1", "nu1"]).startswith("mu1 = identity; sigma1 = identity; nu1 = identity; mu2 =")
    assert mixture("poisson", "negbinomial", nmix=[2, 1]).thetas == ("theta1", "theta2", "theta3")


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (["gaussian"], {}, "at least two components"),
        (["gaussian", "poisson"], {}, "poisson has whole numbers and gaussian any"),
        (["cumulative", "cumulative"], {}, "family cumulative cannot be part of a mixture"),
        (["categorical", "categorical"], {}, "family categorical cannot be part of a mixture"),
        (["dirichlet", "dirichlet"], {}, "family dirichlet cannot be part of a mixture"),
        (["hurdle_gamma", "gamma"], {}, "values at the hurdle have a probability"),
        (["zero_inflated_beta", "beta"], {}, "can only be mixed with its like"),
        ([mixture("poisson", nmix=2), "poisson"], {}, "it is a mixture itself"),
        (["binomial", "poisson"], {}, r"not all of its families take the addition term trials\(\)"),
        (["gaussian", "student"], {"order": "mu"}, "order='mu' is for components of the same family"),
        (["gaussian", "student"], {"order": "theta"}, "order='theta'"),
        (["gaussian", "student"], {"refcat": 3}, "number of a component from 1 to 2"),
        (["gaussian", "student"], {"nmix": [1, 0]}, "nmix"),
        (["gaussian", "student"], {"nmix": [1, 1, 1]}, "nmix"),
    ],
)
def test_refusals_of_families(arguments, options, message):
    with pytest.raises(FamilyError, match=message):
        mixture(*arguments, **options)


@pytest.mark.parametrize(
    ("formula", "options", "message"),
    [
        (bf("y ~ 0 + x"), {}, "mu1 has none that is centred; use mixture"),
        (bf("y ~ x", "theta1 ~ 1", "theta2 ~ 1"), {}, "leave one out, or set mixture"),
        (bf("y ~ x", "theta1 ~ 1"), {"refcat": "NA"}, "give theta2 a formula"),
        (bf("y ~ x", "theta1 ~ 1"), {"refcat": 1}, "theta1 is the reference"),
        (bf("y ~ x", "theta1 ~ 1", theta2=0.5), {}, "predict the thetas or fix them"),
        (bf("y ~ x", theta1=0.5), {}, "give theta2 a number too"),
        (bf("y ~ x", theta1=0.5, theta2=0), {}, "theta2 is fixed at 0, but must be positive"),
        (bf("y ~ x", theta1=0.5, theta2="theta1"), {}, "thetas can be fixed at numbers only"),
        (bf("y ~ x", "sigma ~ z"), {}, "'sigma' is not a parameter of family mixture"),
        (bf("y ~ x", mu2="mu1"), {}, "mu2 cannot be fixed"),
    ],
)
def test_refusals_of_formulas(formula, options, message):
    with pytest.raises(FormulaError, match=message):
        brm(formula, DATA, mixture("gaussian", nmix=2, **options), empty=True)


def test_responses_suit_all_components():
    with pytest.raises(DataError, match="family gamma must be positive"):
        brm("y ~ x", DATA, mixture("gaussian", "gamma"), empty=True)
    with pytest.raises(FamilyError, match=r"does not take the addition term trunc\(\)"):
        brm("positive | trunc(lb = 0) ~ x", DATA, mixture("gaussian", "gamma"), empty=True)


@pytest.mark.parametrize(("name", "call"), [("mixture", "mixture"), ("custom", "custom_family")])
def test_names_that_stand_for_no_family_by_themselves(name, call):
    with pytest.raises(
        FamilyError, match=rf"family '{name}' is made of others, or of a density of yours: call {call}\("
    ):
        as_family(name)
