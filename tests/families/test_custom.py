"""Custom families: the same as built-in ones where they are written the same, compiled ones, data, errors."""

from __future__ import annotations

import math
from functools import partial

import numba
import numpy as np
import pytest
from kernel_rows import evaluate
from scipy import stats

import partialpool as pp
from partialpool import bf, brm, custom_family, default_prior, mathematics, prior
from partialpool.engine.expression.generation import row_source
from partialpool.errors import DataError, FamilyError
from partialpool.families import as_family
from partialpool.families.composition import compose, likelihood
from partialpool.families.links import LINKS
from partialpool.families.outcomes import draw, epred, probability
from partialpool.mathematics import exp, lchoose, lgamma, lgamma_diff, log, log1m_exp, where

RNG = np.random.default_rng(5)
N = 30
DATA = {
    "x": RNG.normal(size=N),
    "count": RNG.poisson(3.0, N).astype(float),
    "y": RNG.normal(size=N),
    "positive": RNG.gamma(2.0, size=N),
    "n": RNG.integers(20, 40, N),
    "exposure": RNG.uniform(0.5, 2.0, N),
    "w": RNG.uniform(0.5, 2.0, N),
    "censored": np.resize(["none", "left", "right"], N),
}


def poisson_density(y, mu):
    return y * log(mu) - mu - lgamma(y + 1)


def beta_binomial_density(y, mu, phi, trials):
    chosen = lgamma_diff(mu * phi, y) + lgamma_diff((1 - mu) * phi, trials - y)
    return lchoose(trials, y) + chosen - lgamma_diff(phi, trials)


POISSON = custom_family(
    *("counts", ["mu"], "log", "int"),
    log_density=poisson_density,
    mean=lambda mu: mu,
    random=lambda rng, mu: rng.poisson(mu),
    support=(0, None),
)
BETA_BINOMIAL = custom_family(
    *("overdispersed", ["mu", "phi"], ["logit", "log"], "int"), log_density=beta_binomial_density, vars=["trials"]
)


@pytest.mark.parametrize(
    ("custom", "built_in", "parameters", "data"),
    [
        (POISSON, "poisson", {"mu": np.array([-40.0, 0.3, 2.0, 40.0])}, {}),
        (
            *(BETA_BINOMIAL, "beta_binomial"),
            {"mu": np.array([-8.0, 0.3, 2.0, 8.0]), "phi": np.array([-2.0, 0.5, 3.0, 9.0])},
            {"trials": np.array([3.0, 1.0, 9.0, 40.0])},
        ),
    ],
    ids=["poisson", "beta_binomial"],
)
def test_value_and_gradient_are_those_of_the_built_in_family(custom, built_in, parameters, data):
    columns = {"y": np.array([0.0, 1.0, 4.0, 30.0]), **data}
    levels = dict.fromkeys(parameters, "row")
    values, gradients = evaluate(likelihood(custom, levels), parameters, columns)
    expected, slopes = evaluate(likelihood(as_family(built_in), levels), parameters, columns)
    np.testing.assert_allclose(values, expected, rtol=1e-13, atol=1e-13)
    for name in parameters:
        np.testing.assert_allclose(gradients[name], slopes[name], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["poisson", "gaussian", "weibull"])
def test_the_same_formula_makes_the_same_kernel(name):
    """So that it costs the same."""
    built_in = as_family(name)
    links = [built_in.link_of(dpar).name for dpar in built_in.dpars]
    kind = "int" if built_in.response.discrete else "real"
    custom = custom_family("same", built_in.dpars, links, kind, log_density=built_in.log_density)
    levels = {dpar: "row" if dpar == "mu" else "scalar" for dpar in built_in.dpars}
    assert row_source(compose(custom, levels)) == row_source(compose(built_in, levels))


def test_models_are_those_of_the_built_in_family():
    u = np.array([0.3, 0.7])
    custom, built_in = (brm("count | weights(w) ~ x", DATA, f, empty=True).model for f in (POISSON, "poisson"))
    assert custom.variables == built_in.variables
    assert custom.log_density(u) == pytest.approx(built_in.log_density(u), rel=1e-13)


# Functions that numba compiles


@numba.njit
def compiled_poisson(y, mu, gradient):
    gradient[0] = y / mu - 1.0
    return y * math.log(mu) - mu - math.lgamma(y + 1.0)


@numba.njit
def compiled_normal(y, mu, sigma, vreal1, gradient):
    z = (y - mu * vreal1) / sigma
    gradient[0] = z * vreal1 / sigma
    gradient[1] = (z * z - 1.0) / sigma
    return -0.5 * z * z - math.log(sigma) - 0.5 * math.log(2.0 * math.pi)


def test_a_compiled_density_is_that_of_the_formula():
    compiled = custom_family("compiled", ["mu"], "log", "int", log_density=compiled_poisson)
    u = np.random.default_rng(2).normal(size=2)
    for formula in ("count ~ x", "count | weights(w) ~ x"):
        ours, expected = (brm(formula, DATA, f, empty=True).model for f in (compiled, "poisson"))
        value, gradient = ours.log_density_gradient(u)
        known, slopes = expected.log_density_gradient(u)
        assert value == pytest.approx(known, rel=1e-12)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-11)
    np.testing.assert_allclose(
        compiled.log_density(np.array([0.0, 3.0]), mu=2.0), stats.poisson.logpmf([0, 3], 2.0), rtol=1e-12
    )


@pytest.mark.parametrize("link", sorted(set(LINKS) - {"identity"}))
def test_compiled_densities_with_every_link(link):
    """A normal density whose mean and spread are predicted, the mean with each link; by finite differences."""
    family = custom_family(
        *("scaled", ["mu", "sigma"], {"mu": link, "sigma": "log"}), log_density=compiled_normal, vars=["vreal1"]
    )
    offset = "" if link not in ("inverse", "1/mu^2", "sqrt") else " + offset(exposure + 2)"
    formula = bf(f"y | vreal(exposure) ~ x{offset}", "sigma ~ x")
    model = brm(formula, DATA, family, empty=True).model
    u = np.array([0.1, 0.2, -0.3, 0.4])
    mu = LINKS[link].inverse(0.1 * (DATA["x"] - DATA["x"].mean()) + 0.2 + (DATA["exposure"] + 2 if offset else 0))
    sigma = np.exp(-0.3 * (DATA["x"] - DATA["x"].mean()) + 0.4)
    expected = stats.norm.logpdf(DATA["y"], mu * DATA["exposure"], sigma).sum()
    value, gradient = model.log_density_gradient(u)
    assert value - model.program.expand(u)[1] == pytest.approx(expected, rel=1e-11)
    steps = 1e-5 * np.eye(4)
    numeric = [(model.log_density(u + step) - model.log_density(u - step)) / 2e-5 for step in steps]
    np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-6)


def test_a_compiled_density_with_parameters_that_are_not_predicted():
    family = custom_family("scaled", ["mu", "sigma"], log_density=compiled_normal, vars=["vreal1"])
    model = brm("y | vreal(exposure) ~ x", DATA, family, empty=True).model
    assert model.param_names() == ["b.1", "Intercept", "sigma"]
    u = np.array([0.1, 0.2, -0.3])
    steps = 1e-5 * np.eye(3)
    numeric = [(model.log_density(u + step) - model.log_density(u - step)) / 2e-5 for step in steps]
    np.testing.assert_allclose(model.log_density_gradient(u)[1], numeric, rtol=1e-7, atol=1e-7)


def test_draws_with_a_compiled_density():
    """The mean of an unknown mean with a flat prior: mean of the data, error s / sqrt(n)."""
    family = custom_family(
        *("scaled", ["mu", "sigma"]),
        log_density=compiled_normal,
        vars=["vreal1"],
        mean=lambda mu, vreal1: mu * vreal1,
        random=lambda rng, mu, sigma, vreal1: rng.normal(mu * vreal1, sigma),
    )
    data = {"y": DATA["y"], "one": np.ones(N)}
    fit = brm("y | vreal(one) ~ 1", data, family, prior("", "Intercept"), iter=2000, chains=2, seed=1, progress=False)
    draws = fit.draws["b_Intercept"]
    assert draws.mean() == pytest.approx(DATA["y"].mean(), abs=0.05)
    assert draws.std() == pytest.approx(DATA["y"].std() / np.sqrt(N), rel=0.2)
    np.testing.assert_allclose(fit.posterior_epred(), np.tile(draws.reshape(-1, 1), (1, N)))
    assert fit.posterior_predict(seed=1).shape == (2000, N)
    sigma = fit.draws["sigma"].reshape(-1, 1)
    np.testing.assert_allclose(fit.log_lik(), stats.norm.logpdf(DATA["y"], draws.reshape(-1, 1), sigma), rtol=1e-10)


# Parameters, data, predictions


def test_default_priors_and_bounds_go_by_the_names_of_parameters():
    family = custom_family(
        "shapes", ["mu", "shape", "wiggle"], log_density=lambda y, mu, shape, wiggle: -((y - mu) ** 2) * shape - wiggle
    )
    rows = {row.class_: row for row in default_prior("y ~ x", DATA, family)}
    assert (rows["shape"].prior, rows["shape"].lb) == ("gamma(0.01, 0.01)", 0.0)
    assert (rows["wiggle"].prior, rows["wiggle"].lb, rows["wiggle"].ub) == ("", None, None)
    assert rows["Intercept"].prior.startswith("student_t(3, ")
    bounded = custom_family(
        *("bounded", ["mu", "wiggle"]),
        lb=[None, -1],
        ub={"wiggle": 2},
        log_density=lambda y, mu, wiggle: -y * wiggle * mu,
    )
    row = next(row for row in default_prior("y ~ x", DATA, bounded) if row.class_ == "wiggle")
    assert (row.lb, row.ub) == (-1.0, 2.0)


def test_columns_of_vint_and_vreal_reach_the_density():
    def density(y, mu, vint1, vint2, vreal1):
        return -((y - mu * vint1 - vint2) ** 2) / vreal1

    family = custom_family("shifted", log_density=density, vars=["vint1[n]", "vint2", "vreal1"])
    model = brm("y | vint(n, count) + vreal(exposure) ~ 1", DATA, family, prior("", "Intercept"), empty=True).model
    expected = -np.sum((DATA["y"] - 0.3 * DATA["n"] - DATA["count"]) ** 2 / DATA["exposure"])
    assert model.log_density([0.3]) == pytest.approx(expected, rel=1e-13)
    with pytest.raises(FamilyError, match=r"needs the column vint2 of vint\(\): write y \| vint\(a, b, \.\.\.\) ~"):
        brm("y | vint(n) + vreal(exposure) ~ 1", DATA, family, empty=True)
    with pytest.raises(DataError, match="whole numbers"):
        brm("y | vint(n, exposure) + vreal(exposure) ~ 1", DATA, family, empty=True)


def test_other_arrays_come_with_the_function():
    knots = np.array([-1.0, 0.5])

    def density(y, mu):
        return sum(where(y < knot, -((y - mu) ** 2), -abs(knot) * (y - mu) ** 2) for knot in knots)

    def reference(mu):
        y = DATA["y"]
        return sum(np.where(y < knot, -((y - mu) ** 2), -abs(knot) * (y - mu) ** 2) for knot in knots).sum()

    first = brm("y ~ 1", DATA, custom_family("knotted", log_density=density), prior("", "Intercept"), empty=True).model
    assert first.log_density([0.2]) == pytest.approx(reference(0.2), rel=1e-13)
    knots[0] = -2.0  # another array is another density, though the code is the same
    second = brm("y ~ 1", DATA, custom_family("knotted", log_density=density), prior("", "Intercept"), empty=True).model
    assert second.log_density([0.2]) == pytest.approx(reference(0.2), rel=1e-13)


def test_what_a_partial_function_holds_counts():
    def density(y, mu, scale):
        return -scale * (y - mu) ** 2

    def value(scale):
        family = custom_family("scaled", log_density=partial(density, scale=scale))
        return brm("y ~ 1", DATA, family, prior("", "Intercept"), empty=True).model.log_density([0.2])

    assert value(3.0) == pytest.approx(3 * value(1.0), rel=1e-13)


EXPONENTIAL = custom_family(
    *("waiting", ["mu"], "log"),
    log_density=lambda y, mu: -log(mu) - y / mu,
    cdf=lambda y, mu: exp(log1m_exp(-y / mu)),
    mean=lambda mu: mu,
    random=lambda rng, mu: rng.exponential(mu),
    support=lambda y: y > 0,
)


def test_censoring_and_truncation_with_a_distribution_function():
    formula = "positive | cens(censored) + trunc(ub = 30) ~ x"
    ours, expected = (brm(formula, DATA, f, empty=True).model for f in (EXPONENTIAL, "exponential"))
    u = np.array([0.3, 0.7])
    assert ours.log_density(u) == pytest.approx(expected.log_density(u), rel=1e-11)
    np.testing.assert_allclose(ours.log_density_gradient(u)[1], expected.log_density_gradient(u)[1], rtol=1e-9)
    with pytest.raises(FamilyError, match=r"cens\(\) needs a distribution function.* pass cdf="):
        brm("count | cens(censored) ~ x", DATA, POISSON, empty=True)


def test_predictions_use_the_functions_given():
    mu = {"mu": RNG.uniform(1.0, 3.0, (4, 3))}
    np.testing.assert_array_equal(epred(EXPONENTIAL, mu), mu["mu"])
    np.testing.assert_allclose(
        probability(EXPONENTIAL, np.array([1.0, 2.0, 3.0]), mu), stats.expon.cdf([1.0, 2.0, 3.0], scale=mu["mu"])
    )
    assert draw(EXPONENTIAL, np.random.default_rng(1), mu).shape == (4, 3)
    for family, call in ((BETA_BINOMIAL, epred), (BETA_BINOMIAL, lambda f, *rest: draw(f, RNG, *rest))):
        arguments = {"mu": np.full((1, 2), 0.3), "phi": np.ones((1, 2))}, ["trials"], {"trials": np.array([3.0, 4.0])}
        with pytest.raises(FamilyError, match=r"was made without (mean|random), which is needed here: pass"):
            call(family, *arguments)
    wrong = custom_family("wrong", log_density=lambda y, mu: -y * mu, random=lambda rng, mu: rng.normal())
    with pytest.raises(FamilyError, match=r"returned an array of shape \(\), not \(4, 3\)"):
        draw(wrong, RNG, mu)


def test_a_custom_family_may_be_mixed():
    mixed = pp.mixture(POISSON, "poisson")
    single = brm("count ~ 1", DATA, "poisson", prior("", "Intercept"), empty=True).model
    priors = prior("", "Intercept", dpar="mu1") + prior("", "Intercept", dpar="mu2")
    model = brm(bf("count ~ 1", theta1=1, theta2=1), DATA, mixed, priors, empty=True).model
    assert model.log_density([0.4, 0.4]) == pytest.approx(single.log_density([0.4]), rel=1e-12)
    compiled = custom_family("compiled", ["mu"], "log", "int", log_density=compiled_poisson)
    with pytest.raises(
        FamilyError, match=r"family compiled cannot be part of a mixture: .* its density is not a formula"
    ):
        pp.mixture(compiled, "poisson")


# The response


def test_responses_are_checked_against_the_support():
    with pytest.raises(DataError, match=r"must be whole numbers of at least 0, but row 2 is 1\.5"):
        POISSON.check_response(np.array([1.0, 1.5]))
    with pytest.raises(DataError, match="must be whole numbers of at least 0, but row 1 is -1"):
        POISSON.check_response(np.array([-1.0, 1.0]))
    with pytest.raises(DataError, match="must be numbers that its `support` allows, but row 1 is -1"):
        EXPONENTIAL.check_response(np.array([-1.0, 1.0]))
    even = custom_family(
        "even",
        type="int",
        log_density=lambda y, mu, vint1: -y * mu,
        vars=["vint1"],
        support=lambda y, vint1: y % vint1 == 0,
    )
    with pytest.raises(DataError, match="row 2 is 3"):
        even.check_response(np.array([4.0, 3.0]), additions={"vint1": np.array([2.0, 2.0])})
    between = custom_family("between", log_density=lambda y, mu: -y * mu, support=(0, 1))
    with pytest.raises(DataError, match="numbers of at least 0 and of at most 1"):
        between.check_response(np.array([0.5, 3.0]))


# Errors


def wrong(density, formula="y ~ x", **options):
    options = {"name": "mine", "log_density": density} | options
    return brm(formula, DATA, custom_family(**options), empty=True)


def test_a_density_that_does_not_take_a_parameter():
    with pytest.raises(FamilyError, match=r"does not take the parameter 'phi': it takes \(y, mu\)"):
        wrong(lambda y, mu: -y * mu, dpars=["mu", "phi"])


def test_a_density_that_takes_something_unknown():
    with pytest.raises(
        FamilyError, match="takes 'phii', which is neither one of dpars nor of vars; did you mean 'phi'"
    ):
        wrong(lambda y, mu, phi, phii: -y * mu, dpars=["mu", "phi"])


def numpy_density(y, mu):
    return -np.log(mu) - y


def branching_density(y, mu):
    if mu > 0:
        return -y * mu
    return -y


@pytest.mark.parametrize(
    ("density", "message"),
    [
        (numpy_density, r"in line \d+, 'return -np.log\(mu\) - y': .*use the functions of partialpool.mathematics"),
        (lambda y, mu: math.lgamma(mu), "failed in line .*instead of those of math or numpy"),
        (branching_density, r"in line \d+, 'if mu > 0:': .*where\(\) instead of if"),
        (lambda y, mu: None, "returned None, which is no formula"),
    ],
    ids=["numpy", "math", "if", "nothing"],
)
def test_operations_that_symbols_do_not_have(density, message):
    with pytest.raises(FamilyError, match=message):
        wrong(density)


def test_functions_that_no_kernel_has():
    def density(y, mu):
        import sympy

        return -sympy.besselj(1, y * mu)

    with pytest.raises(FamilyError, match="the density of family mine cannot be compiled: no kernel has the function"):
        wrong(density)


def test_compiled_functions_that_do_not_fit():
    @numba.njit
    def short(y, gradient):
        return y

    with pytest.raises(FamilyError, match="takes 2 arguments; compiled, it must take 3: y, mu, gradient"):
        wrong(short)

    @numba.njit
    def untyped(y, mu, gradient):
        return mu.nothing

    with pytest.raises(FamilyError, match="cannot be compiled for numbers"):
        wrong(untyped)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "two words"}, "called by a name"),
        ({"dpars": ["phi", "mu"]}, "the first is 'mu'"),
        ({"dpars": ["mu", "mu"]}, "differ"),
        ({"dpars": ["mu", "a_b"]}, "use letters and digits"),
        ({"vars": ["weight"]}, "it may have 'trials', 'vint1'"),
        ({"type": "double"}, "type='double'"),
        ({"links": ["log", "log"]}, "2 links are given for 1 parameters"),
        ({"links": "lgo"}, "unknown link 'lgo'"),
        ({"links": {"sigma": "log"}}, "links names 'sigma'"),
        ({"lb": [0, 0]}, "lb has 2 bounds for 1 parameters"),
        ({"ub": {"sigma": 0}}, "ub names 'sigma'"),
        ({"mean": 3}, "mean of custom family 'mine' must be a function"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(FamilyError, match=message):
        custom_family(**({"name": "mine", "log_density": lambda y, mu: -y * mu} | options))


def test_the_public_vocabulary_is_that_of_the_engine():
    from partialpool.engine import mathematics as engine

    assert mathematics.__all__ == engine.__all__
    assert pp.mathematics.lgamma(5.0) == pytest.approx(math.log(24))
    assert repr(POISSON) == "custom_family('counts', mu='log')"
    assert str(POISSON) == "counts"
