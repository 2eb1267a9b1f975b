"""Checks of responses and addition terms: what passes, and how errors name rows, values and remedies."""

from __future__ import annotations

import numpy as np
import pytest

from oracle import load
from partialpool.errors import DataError, FamilyError
from partialpool.families import as_family
from partialpool.frame.values import Factor, Matrix


def check(family, values, **options):
    return as_family(family).check_response(np.asarray(values), **options)


def factor(codes, *levels, ordered=False):
    return Factor(np.array(codes, dtype=np.int32), levels, ordered)


@pytest.mark.parametrize(
    ("family", "values"),
    [
        ("gaussian", [-1.5, 0.0, 1e300]),
        ("student", [3, -4]),
        ("bernoulli", [0, 1, 1]),
        ("poisson", [0, 3, 10**9]),
        ("negbinomial", [0.0, 3.0]),
        ("geometric", [0, 1]),
        ("gamma", [1e-300, 2.0]),
        ("exponential", [1e-300, 2.0]),
        ("lognormal", [1e-300, 2.0]),
        ("beta", [1e-300, 0.999]),
        ("skew_normal", [-1.5, 0.0, 1e300]),
        ("von_mises", [-np.pi, 0.0, np.pi]),
        ("weibull", [1e-300, 2.0]),
        ("shifted_lognormal", [1e-300, 2.0]),
        ("hurdle_gamma", [0.0, 2.0]),
        ("tweedie", [0.0, 2.0]),
        ("zero_inflated_asym_laplace", [-1.0, 0.0, 2.0]),
    ],
)
def test_what_is_allowed_passes_as_doubles(family, values):
    checked = check(family, values)
    assert checked.dtype == np.float64
    np.testing.assert_array_equal(checked, values)


@pytest.mark.parametrize(
    ("family", "values", "message"),
    [
        ("gaussian", [0.0, np.inf], "must be finite numbers, but row 2 is inf; remove the infinite values"),
        ("poisson", [1, 2, -3], "must be non-negative integers, but row 3 is -3; such values suit gaussian or student"),
        ("poisson", [1.5, 2], "must be non-negative integers, but row 1 is 1.5; such values suit gamma or lognormal"),
        (
            "negbinomial",
            [0.5, 2.5, 0.0],
            "row 1 is 0.5, row 2 is 2.5; such values suit hurdle_gamma or hurdle_lognormal",
        ),
        ("geometric", [-1] * 7, "row 1 is -1, row 2 is -1, row 3 is -1 and 4 more rows are out of range"),
        (
            "bernoulli",
            [0, 1, 2],
            "must be 0 or 1, true or false.*, but row 3 is 2; such values suit poisson or negbinomial",
        ),
        ("gamma", [0.0, 1.2], "must be positive numbers, but row 1 is 0; such values suit hurdle_gamma"),
        ("frechet", [0.0, 1.2], "must be positive numbers, but row 1 is 0; such values suit hurdle_gamma"),
        ("hurdle_lognormal", [0.0, -1.2], "must be non-negative numbers, but row 2 is -1.2; such values suit gaussian"),
        (
            "von_mises",
            [90.0, 1.2],
            "must be angles in radians, from -pi to pi, but row 1 is 90; turn degrees into radians",
        ),
        ("exponential", [0.0, 1.2], "must be positive numbers, but row 1 is 0"),
        ("lognormal", [-2.0, 1.2], "must be positive numbers, but row 1 is -2; such values suit gaussian or student"),
        ("beta", [0.0, 1.0, 0.3], "row 1 is 0, row 2 is 1; such values suit zero_one_inflated_beta"),
        ("beta", [0.0, 0.2, 0.3], "strictly between 0 and 1, but row 1 is 0; such values suit zero_inflated_beta"),
        ("beta", [0.2, 3.4], "row 2 is 3.4; such values suit gamma or lognormal"),
        ("poisson", [1.0, np.nan], "response 'y' of family poisson is missing in row 2; drop such rows"),
        ("poisson", [True, False], "response 'y' of family poisson holds truth values; family bernoulli takes them"),
    ],
)
def test_what_is_not_allowed_is_named(family, values, message):
    with pytest.raises(DataError, match=message):
        check(family, values)


def test_rows_and_columns_go_by_the_names_of_the_caller():
    with pytest.raises(DataError, match=r"response 'n_claims' of family poisson .*, but row 1204 \(index 'x'\) is -1"):
        check("poisson", [-1], name="n_claims", row_name=lambda row: "row 1204 (index 'x')")


def test_missing_responses_pass_where_they_are_to_be_estimated():
    np.testing.assert_array_equal(check("gamma", [1.0, np.nan], missing_allowed=True), [1.0, np.nan])
    with pytest.raises(DataError, match="row 3 is -1"):
        check("gamma", [1.0, np.nan, -1.0], missing_allowed=True)


def test_two_levels_are_0_and_1():
    family = as_family("bernoulli")
    np.testing.assert_array_equal(family.check_response(factor([1, 0, 1], "no", "yes")), [1.0, 0.0, 1.0])
    np.testing.assert_array_equal(check("bernoulli", [True, False]), [1.0, 0.0])


@pytest.mark.parametrize(
    ("family", "values", "message"),
    [
        (
            "bernoulli",
            factor([0], "a", "b", "c"),
            r"must have two levels and has 3 \('a', 'b', 'c'\); family categorical",
        ),
        ("bernoulli", factor([0], "a", "b", "c", ordered=True), "family cumulative takes any number"),
        ("bernoulli", factor([0], "a"), "must have two levels and has 1"),
        ("bernoulli", factor([0, -1], "a", "b"), "is missing in row 2"),
        (
            "poisson",
            factor([0, 1], "a", "b"),
            "has levels 'a', 'b', and must be non-negative integers; family bernoulli",
        ),
        ("gaussian", Matrix(np.zeros((2, 3)), ("a", "b", "c")), "has 3 columns; this family takes one"),
    ],
)
def test_categories_where_numbers_should_be(family, values, message):
    with pytest.raises(DataError, match=message):
        as_family(family).check_response(values)


def test_trials_are_needed_and_bound_the_successes():
    trials = {"trials": np.array([3, 5])}
    np.testing.assert_array_equal(check("binomial", [3, 0], additions=trials), [3.0, 0.0])
    with pytest.raises(FamilyError, match=r"binomial needs the addition term trials\(\): write y \| trials\(n\) ~"):
        check("binomial", [3, 0])
    with pytest.raises(
        DataError, match="integers from 0 to the number of trials, but row 1 is 4; check the numbers of trials"
    ):
        check("beta_binomial", [4, 0], additions=trials)
    with pytest.raises(DataError, match=r"row 1 is 0\.5; multiply proportions by the numbers of trials"):
        check("binomial", [0.5, 0], additions=trials)
    with pytest.raises(DataError, match=r"the values of trials\(\) must be non-negative integers, but row 2 is 2.5"):
        check("binomial", [1, 1], additions={"trials": np.array([3, 2.5])})


@pytest.mark.parametrize(
    ("family", "column", "values", "message"),
    [
        ("poisson", "weights", [1.0, -1.0], r"the values of weights\(\) must be non-negative, but row 2 is -1"),
        ("poisson", "denom", [0.0, 1.0], r"the values of rate\(\) must be positive, but row 1 is 0"),
        ("gaussian", "se", [0.1, np.nan], r"the values of se\(\) must be non-negative, but row 2 is nan"),
    ],
)
def test_columns_of_addition_terms_are_checked(family, column, values, message):
    with pytest.raises(DataError, match=message):
        check(family, [1, 1], additions={column: np.array(values)})


def test_addition_terms_that_a_family_does_not_take():
    with pytest.raises(
        FamilyError, match=r"family gamma does not take the addition term rate\(\); it takes cens, index"
    ):
        check("gamma", [1.0, 2.0], additions={"denom": np.ones(2)})


@pytest.mark.parametrize("name", ["026", "029", "032", "036", "041", "056", "059", "094"])
def test_responses_of_the_oracles_pass_unchanged(name):
    oracle = load(name)
    y = oracle.data("Y")
    additions = {"trials": oracle.data("trials")} if "trials" in oracle.figures["standata"] else {}
    family = as_family({k: v for k, v in oracle.figures["family"].items() if k.startswith(("family", "link"))})
    np.testing.assert_array_equal(family.check_response(y, additions=additions), y)
