"""Draws from resolved priors."""

import numpy as np
import pytest
import scipy.stats

from partialpool.priors.prior import Prior, PriorTable
from partialpool.priors.resolution import resolve
from partialpool.priors.sampling import draw_priors, shared_variables

PRIORS = resolve(
    PriorTable(
        (
            Prior("normal(1, 2)", "b", source="default"),
            Prior("", "b", coef="x", source="default"),
            Prior("cauchy(0, 1)", "b", coef="z", source="default"),
            Prior("student_t(3, 0, 2.5)", "sd", lb=0.0, source="default"),
            Prior("", "sd", group="g", source="default"),
            Prior("lkj(2)", "cor", source="default"),
            Prior("dirichlet(c(2, 1, 1))", "simo", coef="mox1", source="default"),
            Prior("", "Intercept", source="default"),
            Prior("constant(3)", "sigma", lb=0.0, source="default"),
            Prior("normal(c(0, 50), 1)", "ar", source="default"),
        )
    )
)


def drawn(n=4000, **variables):
    sizes = {"cor_g": 3, "simo_mox1": 3}
    return draw_priors(variables, n, np.random.default_rng(11), sizes)


@pytest.mark.parametrize(
    ("name", "asked", "law"),
    [
        ("b", ("b",), scipy.stats.norm(1, 2)),
        ("b_z", ("b", "z"), scipy.stats.cauchy(0, 1)),
        ("cor_g", ("cor", "", "g"), scipy.stats.beta(2.5, 2.5, loc=-1, scale=2)),
    ],
)
def test_draws_follow_the_prior(name, asked, law):
    values = drawn(**{name: PRIORS.lookup(*asked)})[f"prior_{name}"]
    assert scipy.stats.kstest(values, law.cdf).pvalue > 1e-3


def test_draws_respect_bounds():
    values = drawn(sd_g=PRIORS.lookup("sd", "", "g"))["prior_sd_g"]
    assert scipy.stats.kstest(values, lambda x: 2 * scipy.stats.t(3, 0, 2.5).cdf(x) - 1).pvalue > 1e-3


def test_simplexes_and_vectors_have_a_variable_per_element():
    draws = drawn(simo_mox1=PRIORS.lookup("simo", "mox1"), ar=PRIORS.lookup("ar"))
    assert list(draws) == [
        "prior_simo_mox1[1]",
        "prior_simo_mox1[2]",
        "prior_simo_mox1[3]",
        "prior_ar[1]",
        "prior_ar[2]",
    ]
    assert draws["prior_simo_mox1[1]"].mean() == pytest.approx(0.5, abs=0.02)
    assert sum(draws[f"prior_simo_mox1[{k}]"] for k in (1, 2, 3)) == pytest.approx(np.ones(4000))
    assert draws["prior_ar[2]"].mean() == pytest.approx(50, abs=0.1)


def test_flat_priors_and_constants_are_left_out():
    assert drawn(Intercept=PRIORS.lookup("Intercept"), sigma=PRIORS.lookup("sigma")) == {}


def test_a_block_with_one_prior_is_one_variable():
    x, w, z = (PRIORS.lookup("b", coef) for coef in "xwz")
    assert shared_variables("b", {"b_x": x, "b_w": w}) == {"b": x}
    assert shared_variables("b", {"b_x": x, "b_z": z}) == {"b_x": x, "b_z": z}
