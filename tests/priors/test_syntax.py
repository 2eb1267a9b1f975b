"""Text of priors: what it means, and how it fails."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partialpool.errors import PriorError
from partialpool.priors.distributions import DISTRIBUTIONS
from partialpool.priors.multivariate import LKJ, Constant, Dirichlet
from partialpool.priors.syntax import check_text, read_prior


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("normal(0, 1)", "normal", (0, 1)),
        (" normal( -1.5 ,2L ) ", "normal", (-1.5, 2)),
        ("student_t(3, 0, 2.5)", "student_t", (3, 0, 2.5)),
        ("normal(0, 2*3)", "normal", (0, 6)),
        ("normal(log(10), 1)", "normal", (math.log(10), 1)),
        ("normal(-(1 + 2)^2 / 4, sqrt(16))", "normal", (-2.25, 4)),
        ("exponential(1/3)", "exponential", (1 / 3,)),
        ("std_normal()", "std_normal", ()),
        ("inv_gamma(4e-1, .3)", "inv_gamma", (0.4, 0.3)),
        ("normal(sigma = 2, mu = 1)", "normal", (1, 2)),
        ("normal(sigma = 2, 1)", "normal", (1, 2)),
        ("exp_mod_normal(0, 1, lambda = 2)", "exp_mod_normal", (0, 1, 2)),
        ("von_mises(pi / 2, 3)", "von_mises", (math.pi / 2, 3)),
        ("normal(c(0, 1, 2), 5)", "normal", ((0, 1, 2), 5)),
        ("normal(rep(1, 2), c(1, 2) * 2)", "normal", ((1, 1), (2, 4))),
        ("normal(m, s)", "normal", ((1, 2), 3)),
        ("uniform(0, min_Y)", "uniform", (0, 0.25)),
    ],
)
def test_univariate(text, name, arguments):
    constants = {"m": np.array([1.0, 2.0]), "s": 3.0, "min_Y": 0.25}
    assert read_prior(text, constants) == DISTRIBUTIONS[name](*arguments)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("  ", None),
        ("lkj(2)", LKJ(2.0)),
        ("lkj_corr_cholesky(1)", LKJ(1.0)),
        ("dirichlet(1)", Dirichlet(1.0)),
        ("dirichlet(c(2, 1, 1))", Dirichlet((2.0, 1.0, 1.0))),
        ("dirichlet(2, 1, 1)", Dirichlet((2.0, 1.0, 1.0))),
        ("dirichlet(c(rep(1, 2), 3))", Dirichlet((1.0, 1.0, 3.0))),
        ("constant(-10)", Constant(-10.0)),
        ("constant(c(1, 2))", Constant((1.0, 2.0))),
        ("constant(1, broadcast = FALSE)", Constant(1.0, broadcast=False)),
        ("constant(1, TRUE)", Constant(1.0)),
    ],
)
def test_others(text, expected):
    assert read_prior(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "carets"),
    [
        ("norml(0, 1)", "'norml' is not a distribution .* did you mean 'normal'", "^^^^^"),
        ("normal(0, 1", "this bracket is never closed", "      ^"),
        ("normal(0)", "takes mu, sigma; 1 are given", "^^^^^^^^^"),
        ("normal(0, 1, 2)", "takes mu, sigma; 3 are given", "^^^^^^^^^^^^^^^"),
        ("std_normal(1)", "takes no arguments; 1 are given", "^^^^^^^^^^^^^"),
        ("normal(0, -1)", "sigma of normal.* must be positive", "^^^^^^^^^^^^^"),
        ("normal(0, 1/0)", "sigma of normal.* must be positive and finite, not inf", "^^^^^^^^^^^^^^"),
        ("normal(0, log(-1))", "this is not a number", "          ^^^^^^^"),
        ("normal(0, sd = 1)", "no parameter 'sd'", "               ^"),
        ("normal(0, tau)", "'tau' is not a constant", "          ^^^"),
        ("normal(0, y ~ 1)", "one '~'", "            ^"),
        ("normal(0, 'a')", "arguments of a prior are made of", "          ^^^"),
        ("normal(0, exec(1))", "arguments of a prior are made of", "          ^^^^^^^"),
        ("normal(0, exp(x = 1))", "argument 'x' has no name here", "                  ^"),
        ("normal(c(1, 2) + c(1, 2, 3), 1)", "length 2 and 3 do not match", "       ^^^^^^^^^^^^^^^^^^^^"),
        ("normal(rep(1, 1e9), 1)", "how often to repeat", "       ^^^^^^^^^^^"),
        ("5", "a prior is a distribution", "^"),
        ("y ~ normal(0, 1)", "a prior is a distribution", "    ^^^^^^^^^^^^"),
        ("lkj(0)", "eta of lkj.* must be positive", "^^^^^^"),
        ("lkj(c(1, 2))", "eta of lkj.* is a single number", "^^^^^^^^^^^^"),
        ("dirichlet(c(1, 0))", "alpha of dirichlet", "^^^^^^^^^^^^^^^^^^"),
        ("horseshoe(1)", r"horseshoe\(\) is not supported yet", "^^^^^^^^^"),
        ("R2D2(mean_R2 = 0.8)", r"R2D2\(\) is not supported yet", "^^^^"),
        ("lasso()", r"lasso\(\) is not supported yet", "^^^^^"),
        ("multi_normal(m, S)", r"multi_normal\(\) is not supported yet", "^^^^^^^^^^^^"),
    ],
)
def test_errors_show_the_place(text, message, carets):
    with pytest.raises(PriorError, match=message) as caught:
        read_prior(text)
    *_, line, marks = str(caught.value).splitlines()
    assert line == "  " + text
    assert marks == "  " + carets


def test_check_leaves_values_alone():
    check_text("normal(0, tau)")
    check_text("")
    with pytest.raises(PriorError, match="a prior is text"):
        check_text(3)
    with pytest.raises(PriorError, match="never closed"):
        check_text("normal(0")


def test_matrices_are_refused():
    with pytest.raises(PriorError, match="'S' is a matrix"):
        read_prior("normal(S, 1)", {"S": np.eye(2)})


PIECES = [
    "normal",
    "dirichlet",
    "constant",
    "c",
    "rep",
    "exp",
    "tau",
    "(",
    ")",
    ",",
    "+",
    "-",
    "*",
    "/",
    "^",
    "1",
    "0.5",
    "2L",
    "1e400",
    "=",
    "~",
    "'a'",
    " ",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=20))
def test_any_text_is_a_prior_or_a_prior_error(text):
    try:
        found = read_prior(text, {"tau": np.array([1.0, 2.0])})
    except PriorError:
        return
    assert (found is None) == (not text.strip())


def test_sizes_of_vectors_are_checked_when_they_are_known():
    assert read_prior("constant(3)").values(2) == pytest.approx([3, 3])
    for text in ("constant(c(1, 2))", "constant(3, broadcast = FALSE)"):
        with pytest.raises(PriorError, match="but its parameter has 3 elements"):
            read_prior(text).values(3)
    with pytest.raises(PriorError, match="length 2, but its parameter has 4 elements"):
        read_prior("dirichlet(c(1, 2))").concentrations(4)
