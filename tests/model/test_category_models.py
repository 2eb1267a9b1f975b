"""Models of categories, counts and simplexes: names, priors, and what they are equal to when they are special cases."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import partialpool as pp
from partialpool.errors import FamilyError, FormulaError

RNG = np.random.default_rng(8)
ROWS = 24
DATA = pd.DataFrame(
    {
        "x": RNG.normal(size=ROWS),
        "z": RNG.normal(size=ROWS),
        "g": RNG.choice(list("pqr"), ROWS),
        "w": RNG.uniform(0, 2, ROWS),
        "y": pd.Categorical(RNG.choice(list("ABC"), ROWS)),
        "two": pd.Categorical(RNG.choice(["no", "yes"], ROWS)),
    }
)
COUNTS = RNG.multinomial(RNG.integers(1, 12, ROWS), [0.2, 0.5, 0.3])
SHARES = RNG.dirichlet([2.0, 3.0, 4.0], ROWS)
for k, name in enumerate("abc"):
    DATA[f"n{name}"], DATA[f"s{name}"] = COUNTS[:, k], SHARES[:, k]
DATA["n"], DATA["nab"] = COUNTS.sum(axis=1), COUNTS[:, :2].sum(axis=1)
DATA["pa"] = DATA["sa"] / (DATA["sa"] + DATA["sb"])
DATA["pb"] = 1 - DATA["pa"]
MATRIX = {
    "multinomial": "cbind(na, nb, nc) | trials(n)",
    "dirichlet_multinomial": "cbind(na, nb, nc) | trials(n)",
    "dirichlet": "cbind(sa, sb, sc)",
    "dirichlet2": "cbind(sa, sb, sc)",
    "logistic_normal": "cbind(sa, sb, sc)",
}


def model(formula, family, prior=None, **options):
    return pp.brm(formula, DATA, family, prior=prior, empty=True, **options).model


def differences(of, u):
    """Gradient of a log density from differences of the fourth order."""
    h = 1e-4
    gradient = np.empty_like(u)
    for i in range(len(u)):
        step = h * np.eye(len(u))[i]
        near = of.log_density(u + step) - of.log_density(u - step)
        far = of.log_density(u + 2 * step) - of.log_density(u - 2 * step)
        gradient[i] = (8 * near - far) / (12 * h)
    return gradient


# Names and priors ---------------------------------------------------------------------------------------------------


def test_each_category_may_have_a_formula_of_its_own():
    found = model(pp.bf("y ~ x", muC="~ z + (1 | g)"), "categorical").variables
    names = ["b_muB_Intercept", "b_muC_Intercept", "b_muB_x", "b_muC_z", "sd_g__muC_Intercept"]
    effects = [f"r_g__muC[{level},Intercept]" for level in "pqr"]
    assert list(found) == [*names, *effects, "lprior", "lp__"]
    with pytest.raises(FormulaError, match=r"'muA' is not a parameter of family categorical.*muB"):
        model(pp.bf("y ~ x", muA="~ z"), "categorical")


def test_group_level_effects_of_all_categories_may_be_correlated():
    found = model("y ~ 1 + (1 | i | g)", "categorical").variables
    assert "cor_g__muB_Intercept__muC_Intercept" in found
    assert {"sd_g__muB_Intercept", "sd_g__muC_Intercept", "r_g__muC[q,Intercept]"} <= set(found)


def test_without_a_reference_all_are_predicted():
    assert list(model("y ~ 1", pp.categorical(refcat=None)).variables[:3]) == [f"b_mu{k}_Intercept" for k in "ABC"]
    assert model("y ~ 1", pp.categorical(refcat="C")).variables[:2] == ("b_muA_Intercept", "b_muB_Intercept")


def test_one_prior_may_stand_for_all_categories():
    rows = [pp.prior("normal(0, 1)", class_="b"), pp.prior("normal(0, 9)", class_="b", coef="x", dpar="muC")]
    priors = model("y ~ x + z", "categorical", rows).priors
    assert priors.lookup("b", "x", dpar="muB").row.prior == "normal(0, 1)"
    assert priors.lookup("b", "z", dpar="muC").row.prior == "normal(0, 1)"
    assert priors.lookup("b", "x", dpar="muC").row.prior == "normal(0, 9)"
    wide = model("y ~ x", "categorical", pp.prior("normal(0, 5)", class_="Intercept")).priors
    assert {wide.lookup("Intercept", dpar=dpar).row.prior for dpar in ("muB", "muC")} == {"normal(0, 5)"}


@pytest.mark.parametrize("name", MATRIX)
def test_default_priors_of_further_parameters(name):
    rows = {(row.class_, row.coef): row.prior for row in pp.default_prior(f"{MATRIX[name]} ~ 1", DATA, name)}
    expected = {
        "multinomial": {},
        "dirichlet_multinomial": {("phi", ""): "gamma(0.01, 0.01)"},
        "dirichlet": {("phi", ""): "gamma(0.01, 0.01)"},
        "dirichlet2": {},
        "logistic_normal": {
            **{(f"sigma{k}", ""): "student_t(3, 0, 2.5)" for k in ("sb", "sc")},
            ("lncor", ""): "lkj(1)",
        },
    }[name]
    assert rows == {("Intercept", ""): "student_t(3, 0, 2.5)", **expected}


def test_parameters_beside_the_locations_may_be_predicted_fixed_or_tied():
    rows = pp.default_prior(pp.bf(f"{MATRIX['dirichlet']} ~ 1", phi="~ x"), DATA, "dirichlet")
    assert [row.prior for row in rows if row.dpar == "phi" and row.class_ == "Intercept"] == ["student_t(3, 0, 2.5)"]
    held = model(pp.bf(f"{MATRIX['dirichlet_multinomial']} ~ 1", phi=4), "dirichlet_multinomial")
    assert held.param_names() == ["Intercept_munb", "Intercept_munc"]
    tied = model(pp.bf(f"{MATRIX['logistic_normal']} ~ 1", sigmasc="sigmasb"), "logistic_normal")
    assert tied.param_names()[2] == "sigmasb"
    assert tied.param_unc_num() == 4
    predicted = model(pp.bf(f"{MATRIX['logistic_normal']} ~ 1", sigmasc="~ x"), "logistic_normal")
    assert {"b_sigmasc_Intercept", "b_sigmasc_x", "sigmasb", "lncor__sb__sc"} <= set(predicted.variables)


def test_additions_that_do_not_fit():
    with pytest.raises(FamilyError, match=r"dirichlet does not take the addition term trials\(\)"):
        model("cbind(sa, sb) | trials(n) ~ 1", "dirichlet")


# Gradients ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "family"),
    [
        (("y | weights(w) ~ x + (1 | i | g)",), pp.categorical(refcat="B")),
        (("cbind(na, nb, nc) | trials(n) + weights(w) ~ x",), pp.multinomial(refcat=None)),
        (("cbind(na, nb, nc) | trials(n) ~ x", "phi ~ z"), pp.dirichlet_multinomial(link_phi="softplus")),
        (("cbind(sa, sb, sc) | weights(w) ~ x", "phi ~ z"), pp.dirichlet(link_phi="squareplus")),
        (("cbind(sa, sb, sc) ~ x", "musa ~ z"), pp.dirichlet2()),
        (("cbind(sa, sb, sc) | weights(w) ~ x",), pp.dirichlet2(link="softplus")),
        (("cbind(sa, sb, sc) ~ x",), pp.dirichlet2(link="logm1")),
        (("cbind(sa, sb, sc) | weights(w) ~ x", "sigmasb ~ z"), pp.logistic_normal(refcat="sc")),
    ],
)
def test_gradients_are_slopes(formula, family):
    built = model(pp.bf(*formula), family)
    u = np.random.default_rng(4).uniform(-1, 1, built.param_unc_num())
    np.testing.assert_allclose(built.log_density_gradient(u)[1], differences(built, u), rtol=1e-7, atol=1e-7)


# Special cases ------------------------------------------------------------------------------------------------------


def same_density(one, other, constant=0.0):
    """Two models of the same parameters have the same log density, but for a constant of the data."""
    for seed in (1, 2):
        u = np.random.default_rng(seed).uniform(-2, 2, one.param_unc_num())
        value, gradient = one.log_density_gradient(u)
        expected, slopes = other.log_density_gradient(u)
        assert value + constant == pytest.approx(expected, rel=1e-11)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-9, atol=1e-10)


def test_two_categories_are_bernoulli():
    same_density(model("two ~ x + (1 | g)", "categorical"), model("two ~ x + (1 | g)", "bernoulli"))


def test_two_counts_are_binomial():
    formulas = "cbind(na, nb) | trials(nab) ~ x", "nb | trials(nab) ~ x"
    same_density(model(formulas[0], "multinomial"), model(formulas[1], "binomial"))
    same_density(model(formulas[0], "dirichlet_multinomial"), model(formulas[1], "beta_binomial"))


def test_two_shares_are_beta():
    same_density(model("cbind(pa, pb) ~ x", "dirichlet"), model("pb ~ x", "beta"))


def test_two_shares_with_a_normal_log_ratio():
    rows = [pp.prior("normal(0, 2)", class_="Intercept"), pp.prior("normal(0, 1)", class_="b")]
    scales = [pp.prior("exponential(1)", class_=name) for name in ("sigmapb", "sigma")]
    jacobian = np.log(DATA["pa"] * DATA["pb"]).sum()
    same_density(
        model("cbind(pa, pb) ~ x", "logistic_normal", [*rows, scales[0]]),
        model("log(pb / pa) ~ x", "gaussian", [*rows, scales[1]]),
        constant=jacobian,
    )


def test_one_count_of_each_row_is_a_category():
    data = DATA.assign(**{f"is{k}": (DATA["y"] == k).astype(int) for k in "ABC"}, one=1)
    counts = pp.brm("cbind(isA, isB, isC) | trials(one) ~ x", data, "multinomial", empty=True).model
    same_density(model("y ~ x", "categorical"), counts)


# Ordinal models without an intercept in the formula ----------------------------------------------------------------


ORDERED = DATA.assign(rating=pd.Categorical(DATA["y"].astype(str), categories=list("ABC"), ordered=True))


def cumulative_by_hand(columns, b, thresholds):
    """Log density with the default prior of thresholds, which stand where all predictors are zero."""
    eta = np.column_stack(columns) @ b
    at = np.column_stack([np.full(ROWS, -np.inf), *(np.full(ROWS, t) for t in thresholds), np.full(ROWS, np.inf)])
    below = stats.logistic.cdf(at - eta[:, None])
    code = ORDERED["rating"].cat.codes.to_numpy()
    rows = np.arange(ROWS)
    prior = stats.t(3, 0, 2.5).logpdf(thresholds).sum()
    return np.log(below[rows, code + 1] - below[rows, code]).sum() + prior


def test_ordinal_formulas_without_intercept_are_not_centred():
    x, yes = DATA["x"].to_numpy(), (DATA["two"] == "yes").to_numpy(float)
    cases = {
        "rating ~ 0 + x": ([x], ["b_x"]),
        "rating ~ 0 + two": ([1 - yes, yes], ["b_twono", "b_twoyes"]),
        "rating ~ x + two - 1": ([x, 1 - yes, yes], ["b_x", "b_twono", "b_twoyes"]),
    }
    for formula, (columns, names) in cases.items():
        built = pp.brm(formula, ORDERED, "cumulative", empty=True).model
        assert list(built.variables)[: 2 + len(names)] == ["b_Intercept[1]", "b_Intercept[2]", *names]
        u = np.random.default_rng(2).normal(size=built.param_unc_num())
        values = built.param_constrain(u)
        expected = cumulative_by_hand(columns, values[: len(columns)], values[len(columns) :])
        assert built.log_density(u, jacobian=False) == pytest.approx(expected, rel=1e-11)
