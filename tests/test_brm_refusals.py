"""What the front door says of wrong arguments, formulas and data: where, what, and what to do."""

from __future__ import annotations

import contextlib
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest

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
        ("y ~ (1 | i | g) + (1 | i | h)", "id 'i' has 'g' and 'h'; use an id for each group"),
        ("y ~ (1 | i | g / h)", "id 'i' has 'g' and 'g:h'"),
        (bf("y ~ (1 | i | g)", "sigma ~ (1 | i | h)"), "id 'i' has 'g' and 'h'"),
        ("mvbind(y, z) ~ x", "several responses"),
        (bf("y ~ a * x", "a ~ 1", nl=True), "nonlinear"),
        (bf("y ~ x", sparse=True, decomp="QR"), "a sparse design is not decomposed"),
        (3, "formula"),
        (None, "formula"),
        ("", "formula"),
    ],
)
def test_formulas_that_are_wrong(formula, message):
    with pytest.raises(FormulaError) as caught:
        brm(formula, FRAME, empty=True)
    assert message.replace("\\", "") in str(caught.value)


@pytest.mark.parametrize(
    ("formula", "given", "message"),
    [
        ("y ~ x + z", prior("constant(c(1, 2, 3))"), "vector of length 3, but its parameter has 2"),
        ("y ~ 0 + Intercept + x", prior("normal(0, 1)", class_="Intercept"), "class_='b', coef='Intercept'"),
        (bf("y ~ x", "sigma ~ z"), prior("normal(0, 1)", class_="sigma"), "'Intercept' with dpar='sigma'"),
        ("y ~ x", prior("normal(0, 1)", coef="Intercept"), "a class of its own: class_='Intercept'"),
        ("y ~ x + z", prior("constant(Inf)"), "finite numbers, not at inf"),
        ("y ~ x + z", prior("constant(c(1))"), "vector of length 1, but its parameter has 2"),
        ("y ~ x + z", prior("constant(c(1, 2))", coef="x"), "vector of length 2, but its parameter has 1"),
        ("y ~ x + z", prior("normal(0, 1)", coef="x", lb=0), "whole class only"),
        ("y ~ x + z", prior("normal(0, 1)", tag="a"), "tags of priors are not supported yet; leave tag='a'"),
        ("y ~ x + z", prior("", lb=2, ub=1), "leave no room: lb = 2, ub = 1"),
        ("y ~ (x | g)", prior("normal(0, 1)", class_="sd", group="g", lb=-1), "beyond the limit"),
        ("y ~ (x | g)", prior("normal(0, 1)", class_="sd", lb=-1), "beyond the limit"),
        (bf("y ~ x + z", decomp="QR"), prior("normal(0, 1)", lb=0), "take no bounds"),
    ],
)
def test_priors_that_are_wrong(formula, given, message):
    with pytest.raises(PriorError, match=message):
        brm(formula, FRAME, prior=given, empty=True)


def test_a_prior_of_several_coefficients_warns_once():
    with pytest.warns(DataWarning) as caught:
        brm("y ~ x + z + w", FRAME, prior=prior("exponential(1)"), empty=True)
    assert len(caught) == 1


def test_names_of_values():
    """T, F and pi are R's, True and False Python's; a column of such a name is that column."""
    u = np.array([0.1, 0.2, 3.0, 0.4])
    by_name = brm("y ~ poly(x, 2, raw = T)", FRAME, empty=True).model
    assert by_name.log_density(u) == brm("y ~ poly(x, 2, raw = TRUE)", FRAME, empty=True).model.log_density(u)
    assert by_name.log_density(u) == brm("y ~ poly(x, 2, raw = True)", FRAME, empty=True).model.log_density(u)
    assert brm("y ~ I(pi * x)", FRAME, empty=True).model.variables[:2] == ("b_Intercept", "b_IpiMUx")
    assert brm("y ~ T", FRAME.assign(T=FRAME["x"]), empty=True).model.variables[:2] == ("b_Intercept", "b_T")


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
    "column of another case": ("y ~ Z", None, FRAME, ["'Z'", "did you mean 'z'"]),
    "unknown response": ("yy ~ x", None, FRAME, ["'yy'", "did you mean 'y'", "^^"]),
    "unknown group": ("y ~ (1 | gg)", None, FRAME, ["'gg'", "did you mean 'g'", "\n           ^^"]),
    "unknown trials": (
        "count | trials(nn) ~ x",
        binomial(),
        FRAME,
        ["'nn'", "did you mean 'n'", "                 ^^"],
    ),
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
    "names of two parameters that collide": (
        *(bf("y ~ sigma_x", "sigma ~ x"), None),
        FRAME.assign(sigma_x=FRAME["z"]),
        ["'b_sigma_x'", "rename"],
    ),
    "names of group-level effects that collide": (
        *(bf("y ~ (0 + sigma_x | g)", "sigma ~ (0 + x | g)"), None),
        FRAME.assign(sigma_x=FRAME["z"]),
        ["'sd_g__sigma_x'", "rename"],
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
    "collinear columns for QR": (
        *(bf("y ~ x + x2 + z", decomp="QR"), None),
        FRAME.assign(x2=2 * FRAME["x"]),
        ["'x2' depends on", "leave decomp out"],
    ),
    "fewer rows than columns for QR": (bf("y ~ x + z + w", decomp="QR"), None, FRAME.head(3), ["'w' depends on"]),
    "a term without a column": ("y ~ x + TRUE", None, FRAME, ["TRUE is a constant", "offset()", "^^^^"]),
    "two intercepts": ("y ~ x + Intercept", None, FRAME, ["'0 + Intercept'", "^^^^^^^^^"]),
    "pi as a term": ("y ~ pi", None, FRAME, ["pi is a constant", "^^"]),
    "a response without a column": ("1 ~ x", None, FRAME, ["the response 1 is a constant", "^"]),
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


def test_family_of_the_formula():
    for formula in (bf("count ~ x", family="poisson"), bf("count ~ x", family=poisson()), bf("count ~ x") + poisson()):
        assert brm(formula, FRAME, empty=True).model.variables[:2] == ("b_Intercept", "b_x")
    with pytest.raises(FamilyError, match="name different families"):
        brm(bf("count ~ x", family="poisson"), FRAME, negbinomial(), empty=True)
    with pytest.raises(FamilyError, match="did you mean 'poisson'"):
        brm(bf("count ~ x", family="poison"), FRAME, empty=True)


def test_student_family_by_name_and_by_function():
    by_name = brm("y ~ x", FRAME, "student", empty=True).model
    by_function = brm("y ~ x", FRAME, student(), empty=True).model
    u = np.array([0.1, 0.2, 0.3, 0.4])
    assert by_name.log_density(u) == by_function.log_density(u)
