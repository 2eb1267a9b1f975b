"""Values of expressions, and what they learn from the data of the fit."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from partialpool.errors import DataError
from partialpool.formula import functions
from partialpool.formula.parser import parse
from partialpool.frame.columns import Frame
from partialpool.frame.evaluate import evaluate
from partialpool.frame.scope import known_functions
from partialpool.frame.values import Factor, Matrix, State

X = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 3.0])
DATA = {
    "x": X,
    "p": X / 10,
    "n": [1, 2, 3, 4, 5, 6],
    "b": [True, False, True, True, False, False],
    "f": pd.Categorical(list("bacbac"), categories=["c", "b", "a", "unused"]),
    "o": pd.Categorical(["lo", "mid", "hi", "lo", "mid", "hi"], categories=["lo", "mid", "hi"], ordered=True),
    "s": ["u", "V", "u", "v", "u", "V"],
    "my var": X,
    "NA_x": [1.0, None, 3.0, 4.0, 5.0, 6.0],
}
FRAME = Frame.read(DATA)


def value(text: str, frame: Frame = FRAME, state: State | None = None) -> object:
    formula = parse(f"~ {text}")
    return evaluate(formula.rhs, frame, state, formula.source)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("log(x)", np.log(X)),
        ("log(x, 2)", np.log2(X)),
        ("log(base = 2, x)", np.log2(X)),
        ("log10(x) + log2(x) - log1p(x)", np.log10(X) + np.log2(X) - np.log1p(X)),
        ("exp(-x)", np.exp(-X)),
        ("expm1(x) * sqrt(x)", np.expm1(X) * np.sqrt(X)),
        ("I(x^2)", X**2),
        ("I(-x^2)", -(X**2)),
        ("I(x / 2 + 3 * n)", X / 2 + 3 * np.arange(1, 7)),
        ("I(n %% 2)", np.arange(1, 7) % 2.0),
        ("I(n %/% 2)", np.arange(1, 7) // 2.0),
        ("abs(x - 2)", np.abs(X - 2)),
        ("sin(x) + cos(x) + tan(x) + atan(x)", np.sin(X) + np.cos(X) + np.tan(X) + np.arctan(X)),
        (
            "sinh(p) + cosh(p) + tanh(p) + asin(p) + acos(p)",
            np.sinh(X / 10) + np.cosh(X / 10) + np.tanh(X / 10) + np.pi / 2,
        ),
        ("plogis(x - 3)", special.expit(X - 3)),
        ("inv_logit(-500 * x)", special.expit(-500 * X)),
        ("qlogis(p)", special.logit(X / 10)),
        ("logit(p)", special.logit(X / 10)),
        ("round(x / 3, 1)", np.round(X / 3, 1)),
        ("round(x)", [0, 1, 2, 4, 8, 3]),
        ("round(x * 0 + 19.95, 1)", [20.0] * 6),
        ("round(x * 0 - 0.45, 1)", [-0.4] * 6),
        ("round(x * 0 + 1250, -2)", [1200.0] * 6),
        ("round(x * 0 + 1e300, 3)", [1e300] * 6),
        ("floor(x) + ceiling(x)", np.floor(X) + np.ceil(X)),
        ("sign(x - 2)", np.sign(X - 2)),
        ("pmin(x, n, 2)", np.minimum(np.minimum(X, np.arange(1, 7)), 2)),
        ("pmax(x, 2)", np.maximum(X, 2)),
        ("ifelse(x > 2, x, -1)", np.where(X > 2, X, -1)),
        ("ifelse(is.na(NA_x), 0, NA_x)", [1, 0, 3, 4, 5, 6]),
        ("as.numeric(x > 1)", X > 1),
        ("as.numeric(b) + b", 2.0 * np.array(DATA["b"])),
        ("as.numeric(f)", [2, 3, 1, 2, 3, 1]),
        ("as.numeric(o)", [1, 2, 3, 1, 2, 3]),
        ("as.integer(x)", np.trunc(X)),
        ("`my var` + 0", X),
        ("I(pi * x)", np.pi * X),
        ("I(x - 1 - 1)", X - 2),
        ("I(2^3^0 * x)", 2 * X),
    ],
)
def test_numeric_expressions(text: str, expected: object) -> None:
    result = value(text)
    assert result.dtype == np.float64
    np.testing.assert_allclose(result, np.asarray(expected, dtype=float), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x > 2", X > 2),
        ("x <= 2 & !b", [False, True, False, False, False, False]),
        ("x == 1 | b", [True, True, True, True, False, False]),
        ("n != 3", np.arange(1, 7) != 3),
        ('f == "a"', [False, True, False, False, True, False]),
        ('"V" == s', [False, True, False, False, False, True]),
        ('f != "zzz"', [True] * 6),
        ('f %in% c("a", "b")', [True, True, False, True, True, False]),
        ("n %in% c(1, 6)", [True, False, False, False, False, True]),
        ('o < "hi"', [True, True, False, True, True, False]),
        ('o >= "mid"', [False, True, True, False, True, True]),
        ("as.logical(n - 1)", np.arange(1, 7) != 1),
        ("is.na(NA_x)", [False, True, False, False, False, False]),
    ],
)
def test_boolean_expressions(text: str, expected: object) -> None:
    formula = parse(f"~ I({text})")
    result = evaluate(formula.rhs, FRAME)
    assert result.dtype == np.bool_
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("text", "levels", "labels", "ordered"),
    [
        ("f", "c b a", "b a c b a c", False),
        ("s", "u v V", "u V u v u V", False),
        ("factor(n)", "1 2 3 4 5 6", "1 2 3 4 5 6", False),
        ("factor(b)", "FALSE TRUE", "TRUE FALSE TRUE TRUE FALSE FALSE", False),
        ("ordered(s)", "u v V", "u V u v u V", True),
        ("as.factor(x / 2)", "0.25 0.5 1 1.5 2 4", "0.25 0.5 1 2 4 1.5", False),
        ('factor(f, levels = c("a", "b", "c"))', "a b c", "b a c b a c", False),
        ('factor(f, levels = c("a", "b", "c"), labels = c("A", "B", "C"))', "A B C", "B A C B A C", False),
        ('ordered(f, c("a", "b", "c"))', "a b c", "b a c b a c", True),
        ("factor(o, ordered = FALSE)", "lo mid hi", "lo mid hi lo mid hi", False),
        ("I(f:s)", "c:u c:V b:u b:v a:u a:V", "b:u a:V c:u b:v a:u c:V", False),
        ("cut(x, c(0, 1, 3, 10))", "(0,1] (1,3] (3,10]", "(0,1] (0,1] (1,3] (3,10] (3,10] (1,3]", False),
        ("cut(x, c(0.5, 1, 10), right = FALSE)", "[0.5,1) [1,10)", "[0.5,1) [1,10) [1,10) [1,10) [1,10) [1,10)", False),
        ('cut(n, 2, labels = c("few", "many"))', "few many", "few few few many many many", False),
        ('ifelse(x > 2, "much", "little")', "little much", "little little little much much much", False),
        ("C(f, contr.sum)", "c b a", "b a c b a c", False),
    ],
)
def test_factors(text: str, levels: str, labels: str, ordered: bool) -> None:
    factor = value(text)
    assert isinstance(factor, Factor)
    assert factor.levels == tuple(levels.split())
    assert [factor.levels[code] for code in factor.codes] == labels.split()
    assert factor.ordered is ordered


def test_intervals_of_equal_width_are_those_of_r() -> None:
    # cut(c(1, 5, 10), 3) in R: (0.991,4] (4,7] (7,10]
    frame = Frame.read({"x": [1.0, 5.0, 10.0]})
    assert value("cut(x, 3)", frame).levels == ("(0.991,4]", "(4,7]", "(7,10]")


def test_several_columns() -> None:
    both = value("cbind(x, twice = 2 * x, n + 1)")
    assert isinstance(both, Matrix)
    assert both.names == ("x", "twice", "n + 1")
    np.testing.assert_allclose(both.values, np.column_stack([X, 2 * X, np.arange(2, 8)]))
    np.testing.assert_allclose(value("poly(x, 3, raw = TRUE)").values, np.column_stack([X, X**2, X**3]))
    assert value("bs(x, df = 5)").values.shape == (6, 5)
    assert value("ns(x, knots = c(1, 3))").names == ("1", "2", "3")


def test_scaling_is_that_of_r() -> None:
    np.testing.assert_allclose(value("scale(x)"), stats.zscore(X, ddof=1))
    np.testing.assert_allclose(value("scale(x, scale = FALSE)"), X - X.mean())
    np.testing.assert_allclose(value("scale(x, center = FALSE)"), X / np.sqrt(np.sum(X**2) / 5))
    np.testing.assert_allclose(value("scale(x, center = 1, scale = 2)"), (X - 1) / 2)
    np.testing.assert_allclose(value("center(x)"), X - X.mean())


@pytest.mark.parametrize(
    "text",
    [
        "scale(log(x))",
        "center(x)",
        "log(scale(x) + 9)",
        "poly(x, 2)",
        "bs(x, df = 4)",
        "ns(x, df = 3)",
        "as.numeric(f)",
        "as.numeric(factor(n))",
        "as.numeric(cut(x, 3))",
    ],
)
def test_new_rows_get_the_values_that_they_had_in_the_fit(text: str) -> None:
    state = State()
    whole = value(text, state=state)
    restored = State(json.loads(json.dumps(state.entries)), learning=False)
    rows = np.array([4, 1])
    part = value(text, FRAME.select_rows(rows).drop_unused_levels(), restored)
    if isinstance(whole, Matrix):
        whole, part = whole.values, part.values
    np.testing.assert_allclose(part, whole[rows], rtol=1e-13)


def test_new_data_may_give_levels_as_plain_texts() -> None:
    state = State()
    value("o", state=state)
    factor = value("o", Frame.read({"o": ["hi", "lo"]}), state.frozen())
    assert factor.levels == ("lo", "mid", "hi")
    assert factor.codes.tolist() == [2, 0]
    assert factor.ordered


@pytest.mark.parametrize(
    ("text", "new", "words"),
    [
        ("f", {"f": ["a", "z"]}, "level 'z' of f .first in row 2. did not occur in the data of the fit"),
        ("f", {"f": ["unused"]}, "level 'unused' of f"),
        (
            "f",
            {"f": [1.0]},
            "column 'f' is numeric here, but was factor in the data of the fit; give one of its levels",
        ),
        ("x", {"x": ["1"]}, "column 'x' is factor here, but was numeric in the data of the fit; give numbers"),
        ("b", {"b": [1]}, "column 'b' is numeric here, but was boolean in the data of the fit; give True or False"),
        ("factor(n)", {"n": [9]}, "level '9' of factor.n."),
        ("f", {"g": ["a"]}, "no column 'f'"),
        ("scale(x)", {"x": [None]}, "scale.x. is missing or not a number in row 1"),
        ("f", {"f": [None]}, "f is missing in row 1"),
    ],
)
def test_new_data_that_do_not_fit(text: str, new: dict, words: str) -> None:
    state = State()
    value(text, state=state)
    with pytest.raises(DataError, match=words) as raised:
        value(text, Frame.read(new), state.frozen())
    assert "^" in str(raised.value)


def test_missing_values_come_out_where_they_may() -> None:
    node = parse("~ f").rhs
    state = State()
    evaluate(node, FRAME, state)
    new = Frame.read({"f": ["a", None]})
    assert evaluate(node, new, state.frozen(), missing=True).codes.tolist() == [2, -1]
    assert np.isnan(evaluate(parse("~ log(NA_x)").rhs, FRAME, missing=True)[1])
    with pytest.raises(DataError, match="infinite"):
        evaluate(parse("~ log(NA_x - 1)").rhs, FRAME, missing=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("log(x - 1)", r"log\(x - 1\) is missing or not a number in row 1"),
        ("I(1 / (x - 1))", "is infinite in row 2"),
        ("NA_x", "NA_x is missing or not a number in row 2"),
        ("sqrt(-x)", "row 1, row 2, row 3 and 3 more"),
        ("log(f)", "'log' has no meaning for a factor"),
        ("I(f + 1)", "'\\+' has no meaning for a factor"),
        ('I(x + "a")', "it needs a number"),
        ("I(poly(x, 2) * 2)", "has no meaning for a matrix"),
        ('I(f < "b")', "levels have no order"),
        ('I(o < "zzz")', "'zzz' is not a level"),
        ("log(y)", "no column 'y'"),
        ("sin(x, n)", r"sin\(\) takes at most 1 arguments"),
        ("log(x, bass = 2)", "no argument 'bass'; did you mean 'base'"),
        ("pmin()", "needs arguments"),
        ("center(NA)", "has no values to learn from"),
        ("I(o < x)", "between a factor and a column that is none"),
        ('poly(x, "a")', "'degree' must be a whole number from 1"),
        ("poly(x, 1e9, raw = TRUE)", "'degree' must be a whole number from 1"),
        ("poly(x, 1.5)", "'degree' must be a whole number from 1"),
        ("bs(x, knots = TRUE)", "'knots' must be numbers"),
        ("bs(x, intercept = 2)", "'intercept' must be TRUE or FALSE"),
        ("ns(x, Boundary.knots = 1)", "two boundary knots"),
        ('scale(x, center = "a")', "must be TRUE, FALSE or a number"),
        ("I(x %in% 1:1e12)", "at most 1000 elements"),
        ("scale(x, centre = 2)", "no argument 'centre'; did you mean 'center'"),
        ("center(x, 1)", "at most 1 arguments"),
        ("poly(degree = 2)", "needs its argument 'x'"),
        ("poly(x, n)", "must be a constant, not a column"),
        ("poly(x, 9)", "more than 9 distinct values"),
        ("scale(I(x * 0))", "divides by zero"),
        ("C(x, contr.sum)", "needs a factor; factor.x. makes one"),
        ("C(f)", "needs a coding"),
        ("factor(poly(x, 2))", "only a column"),
        ("cut(x, c(0, 1))", "is missing in row 3"),
        ("cut(x, 1)", "needs breaks"),
        ('cut(x, c(0, 9), labels = c("a", "b"))', "2 labels for 1 intervals"),
        ("I(f:x)", "crosses two factors"),
        ('factor(f, labels = c("a"))', "1 labels for 3 levels"),
        ("Intercept + nosuch", "no column 'nosuch'"),
        ("frobnicate(x)", "no function frobnicate"),
        ('I("a")', "is a constant"),
    ],
)
def test_expressions_that_make_no_sense(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as raised:
        value(text)
    assert f"~ {text}" in str(raised.value)
    assert "^" in str(raised.value)


def test_registered_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functions, "_registered", {})
    functions.register_function("halve", lambda x: x / 2)
    functions.register_function("total", np.cumsum)
    functions.register_function("pair", lambda x: np.stack([x, x]))
    functions.register_function("broken", lambda x: x / None)
    np.testing.assert_allclose(value("halve(x) + 1"), X / 2 + 1)
    with pytest.raises(DataError, match=r"pair\(\) gave shape \(2, 6\) for 6 rows"):
        value("pair(x)")
    with pytest.raises(DataError, match=r"broken\(\) failed: TypeError"):
        value("broken(x)")


def test_functions_of_the_formula_language_all_have_a_value() -> None:
    valued = {name for name, kind in functions.KINDS.items() if kind in ("elementwise", "stateful", "factor")}
    assert valued <= set(known_functions())
    assert set(known_functions()) <= set(functions.KINDS)


def test_the_reserved_intercept_is_a_column_of_ones() -> None:
    np.testing.assert_array_equal(value("Intercept"), np.ones(6))
    with pytest.raises(DataError, match="rename the column"):
        value("Intercept", Frame.read({"Intercept": [1.0]}))
