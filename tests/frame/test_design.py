"""Columns, order and names of design matrices: R's rules."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partialpool.errors import DataError
from partialpool.formula.algebra import expand
from partialpool.formula.parser import parse
from partialpool.frame.columns import Frame
from partialpool.frame.design import Design

RNG = np.random.default_rng(20)
N = 60
DATA = pd.DataFrame(
    {
        "x": RNG.normal(size=N),
        "z": RNG.normal(size=N),
        "a": pd.Categorical(RNG.choice(["a1", "a2", "a3"], N)),
        "b": pd.Categorical(RNG.choice(["b1", "b2"], N)),
        "c": pd.Categorical(RNG.choice(["c1", "c2"], N)),
        "o": pd.Categorical(RNG.choice(["lo", "mid", "hi"], N), categories=["lo", "mid", "hi"], ordered=True),
        "l": RNG.choice([True, False], N),
        "my var": RNG.normal(size=N),
    }
)
FRAME = Frame.read(DATA)


def learn(text: str, frame: Frame = FRAME, **options: object) -> Design:
    formula = parse(f"y ~ {text}")
    predictor = expand(formula.rhs, formula.source)
    return Design.learn(predictor.terms, predictor.intercept, frame, source=formula.source, **options)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1", "Intercept"),
        ("0", ""),
        ("x + a", "Intercept x aa2 aa3"),
        ("0 + a + b", "aa1 aa2 aa3 bb2"),
        ("0 + x + a", "x aa1 aa2 aa3"),
        ("a - 1", "aa1 aa2 aa3"),
        ("a:b", "Intercept aa1:bb1 aa2:bb1 aa3:bb1 aa1:bb2 aa2:bb2 aa3:bb2"),
        ("0 + a:b", "aa1:bb1 aa2:bb1 aa3:bb1 aa1:bb2 aa2:bb2 aa3:bb2"),
        ("a * b", "Intercept aa2 aa3 bb2 aa2:bb2 aa3:bb2"),
        ("a + a:b", "Intercept aa2 aa3 aa1:bb2 aa2:bb2 aa3:bb2"),
        ("a / b", "Intercept aa2 aa3 aa1:bb2 aa2:bb2 aa3:bb2"),
        ("b + a:b", "Intercept bb2 bb1:aa2 bb2:aa2 bb1:aa3 bb2:aa3"),
        ("a + b + b:a", "Intercept aa2 aa3 bb2 aa2:bb2 aa3:bb2"),
        ("b:a + a", "Intercept aa2 aa3 aa1:bb2 aa2:bb2 aa3:bb2"),
        ("x:a + a", "Intercept aa2 aa3 aa1:x aa2:x aa3:x"),
        ("a * b - a", "Intercept bb2 bb1:aa2 bb2:aa2 bb1:aa3 bb2:aa3"),
        ("c:b:x + a + b", "Intercept aa2 aa3 bb2 bb1:cc1:x bb2:cc1:x bb1:cc2:x bb2:cc2:x"),
        ("x:a", "Intercept x:aa1 x:aa2 x:aa3"),
        ("x * a", "Intercept x aa2 aa3 x:aa2 x:aa3"),
        ("x + x:a", "Intercept x x:aa2 x:aa3"),
        ("a + x:a", "Intercept aa2 aa3 aa1:x aa2:x aa3:x"),
        ("0 + b + b:x", "bb1 bb2 bb1:x bb2:x"),
        ("b:a + b:c", "Intercept bb1:aa1 bb2:aa1 bb1:aa2 bb2:aa2 bb1:aa3 bb2:aa3 bb1:cc2 bb2:cc2"),
        ("b * c * x", "Intercept bb2 cc2 x bb2:cc2 bb2:x cc2:x bb2:cc2:x"),
        ("o", "Intercept o.L o.Q"),
        ("0 + o", "olo omid ohi"),
        ("o:x", "Intercept olo:x omid:x ohi:x"),
        ("l", "Intercept lTRUE"),
        ("0 + l", "lFALSE lTRUE"),
        ("I(x > 0)", "Intercept Ix>0TRUE"),
        ("as.numeric(l)", "Intercept as.numericl"),
        ("0 + Intercept + a", "Intercept aa2 aa3"),
        ("poly(x, 2):b", "Intercept polyx21:bb1 polyx22:bb1 polyx21:bb2 polyx22:bb2"),
        ("b:poly(x, 2)", "Intercept bb1:polyx21 bb2:polyx21 bb1:polyx22 bb2:polyx22"),
        ("`my var` + I(x^2) + I(x/100):b", "Intercept myvar IxE2 IxD100:bb1 IxD100:bb2"),
        (
            "C(a, contr.sum) + C(b, contr.treatment, base = 2)",
            "Intercept Cacontr.sum1 Cacontr.sum2 Cbcontr.treatmentbaseEQ2b1",
        ),
        ("factor(a)", "Intercept factoraa2 factoraa3"),
        ("relevel(a, 'a2')", "Intercept relevelaa2a1 relevelaa2a3"),
        (
            "b:relevel(a, ref = 3)",
            "Intercept bb1:relevelarefEQ3a3 bb2:relevelarefEQ3a3"
            " bb1:relevelarefEQ3a1 bb2:relevelarefEQ3a1 bb1:relevelarefEQ3a2 bb2:relevelarefEQ3a2",
        ),
        ("scale(x)", "Intercept scalex"),
        ("cbind(x, z)", "Intercept cbindxzx cbindxzz"),
    ],
)
def test_columns_are_those_of_r(text: str, names: str) -> None:
    design = learn(text)
    assert design.names == tuple(names.split())
    matrix = design.matrix(FRAME)
    assert matrix.shape == (N, len(design.names))
    assert len(design.assign) == len(design.names)


def test_contrasts_without_cell_means() -> None:
    assert learn("0 + a + b", cmc=False).names == ("aa2", "aa3", "bb2")
    assert learn("0 + a:x", cmc=False).names == ("aa1:x", "aa2:x", "aa3:x")


def test_values_of_interactions() -> None:
    design = learn("a * x + poly(z, 2):b")
    columns = dict(zip(design.names, design.matrix(FRAME).T, strict=True))
    np.testing.assert_allclose(columns["aa3:x"], (DATA["a"] == "a3") * DATA["x"])
    squared = np.linalg.qr(np.vander(DATA["z"], 3, increasing=True))[0][:, 2]
    expected = squared * np.sign(squared @ DATA["z"] ** 2) * (DATA["b"] == "b2")
    np.testing.assert_allclose(columns["polyz22:bb2"], expected, atol=1e-12)


def test_codings_can_be_set_for_a_fit() -> None:
    design = learn("a * x", contrasts={"a": "sum"})
    assert design.names == ("Intercept", "a1", "a2", "x", "a1:x", "a2:x")
    columns = dict(zip(design.names, design.matrix(FRAME).T, strict=True))
    expected = np.select([DATA["a"] == "a1", DATA["a"] == "a3"], [1.0, -1.0], 0.0)
    np.testing.assert_array_equal(columns["a1"], expected)
    own = pd.DataFrame({"_new": [0.0, 1.0], "unused": [1.0, 1.0]}, index=["b2", "b1"])[["_new"]]
    assert learn("b", contrasts={"b": own}).names == ("Intercept", "b_new")
    np.testing.assert_array_equal(learn("b", contrasts={"b": own}).matrix(FRAME)[:, 1], DATA["b"] == "b1")
    assert learn("0 + a", contrasts={"a": "sum"}).names == ("aa1", "aa2", "aa3")
    with pytest.raises(DataError, match="x is numeric and takes no contrasts"):
        learn("x", contrasts={"x": "sum"})


@pytest.mark.parametrize(
    ("dropped", "names"),
    [
        ("x:a", "Intercept x z aa2 aa3 x:z z:aa2 z:aa3 x:z:aa2 x:z:aa3"),
        ("z:a", "Intercept x z aa2 aa3 x:z x:aa2 x:aa3 x:z:aa2 x:z:aa3"),
        ("x:z", "Intercept x z aa2 aa3 x:aa2 x:aa3 z:aa2 z:aa3 x:z:aa1 x:z:aa2 x:z:aa3"),
    ],
)
def test_models_without_a_marginal_term(dropped: str, names: str) -> None:
    """As R's own output was shown on the R-devel mailing list in November 2017."""
    assert learn(f"(x + z + a)^3 - {dropped}").names == tuple(names.split())


def test_a_part_of_an_earlier_term_counts_as_marginal() -> None:
    # R looks whether x stands in an earlier term, even together with something else.
    assert learn("x:z + x:a").names == ("Intercept", "x:z", "x:aa2", "x:aa3")


VARIABLES = ("x", "z", "a", "b", "c")
factors = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3, unique=True)
formulas = st.tuples(st.sampled_from(["1", "0"]), st.lists(factors, min_size=1, max_size=4))


def dummies(name: str) -> np.ndarray:
    return (DATA[name].to_numpy()[:, None] == DATA[name].cat.categories.to_numpy()[None, :]).astype(float)


@settings(max_examples=150, deadline=None)
@given(formulas)
def test_columns_span_the_same_space_as_all_dummies(formula: tuple[str, list[list[str]]]) -> None:
    intercept, terms = formula
    matrix = learn(" + ".join([intercept, *(":".join(term) for term in terms)])).matrix(FRAME)
    whole = [np.ones((N, 1))] * (intercept == "1")
    for term in terms:
        block = np.ones((N, 1))
        for name in term:
            block = (block[:, :, None] * dummies(name)[:, None, :]).reshape(N, -1)
        whole.append(block)
    everything = np.hstack(whole)
    rank = np.linalg.matrix_rank(everything)
    assert np.linalg.matrix_rank(matrix) == rank
    assert np.linalg.matrix_rank(np.hstack([matrix, everything])) == rank


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["1", "0"]),
    st.lists(st.lists(st.sampled_from(VARIABLES), min_size=1, max_size=3, unique=True), min_size=1, max_size=3),
)
def test_values_are_those_of_formulaic(intercept: str, products: list[list[str]]) -> None:
    """Formulaic codes the same way where every term comes with all that is marginal to it."""
    from formulaic import model_matrix

    text = " + ".join([intercept, *("*".join(product) for product in products)])
    design = learn(text)
    expected = model_matrix(text, DATA)
    columns = dict(zip(design.names, design.matrix(FRAME).T, strict=True))
    assert len(columns) == expected.shape[1]
    for name, values in expected.items():
        renamed = [factor.replace("[T.", "").replace("[", "").replace("]", "") for factor in name.split(":")]
        found = [key for key in columns if sorted(key.split(":")) == sorted(renamed)]
        assert len(found) == 1, name
        np.testing.assert_allclose(columns[found[0]], values, rtol=1e-12)


def test_new_data_need_only_the_columns_used() -> None:
    design = learn("a * log(x + 10) + C(b, contr.sum) + 0 + Intercept")
    assert design.columns_used == ("a", "x", "b")
    new = Frame.read({"a": ["a3"], "x": [1.0], "b": ["b2"]})
    restored = Design.from_dict(json.loads(json.dumps(design.to_dict())))
    row = dict(zip(design.names, restored.matrix(new)[0], strict=True))
    assert row["aa2"] == 0
    assert row["aa3"] == 1
    assert row["Cbcontr.sum1"] == -1
    assert row["aa3:logxP10"] == pytest.approx(np.log(11))


def test_missing_levels_may_give_zeros() -> None:
    design = learn("a + x", contrasts={"a": "sum"})
    new = Frame.read({"a": [None, "a1"], "x": [1.0, 2.0]})
    np.testing.assert_array_equal(design.matrix(new, missing="zero"), [[1, 0, 0, 1], [1, 1, 0, 2]])
    with pytest.raises(DataError, match="a is missing in row 1"):
        design.matrix(new)
    with pytest.raises(DataError, match="x is missing or not a number in row 1"):
        design.matrix(Frame.read({"a": ["a1"], "x": [None]}), missing="zero")


def test_levels_that_do_not_occur_have_no_column() -> None:
    frame = Frame.read({"f": pd.Categorical(["q", "s", "q"], categories=["p", "q", "r", "s"])})
    assert learn("f", frame).names == ("Intercept", "fs")
    with pytest.raises(DataError, match=r"level 'r' of f \(first in row 1\)"):
        learn("f", frame).matrix(Frame.read({"f": ["r"]}))


@pytest.mark.parametrize(
    ("text", "data", "words"),
    [
        ("f", {"f": ["a", "a"]}, "factor 'f' has one level, 'a'"),
        ("f", {"f": pd.Categorical(["a", "a"], categories=["a", "b"])}, "factor 'f' has one level, 'a'"),
        ("f + fb", {"f": ["a", "b"], "fb": [1, 2]}, "columns 'fb' and 'fb' would both be called 'fb'"),
        ("`a b` + ab", {"a b": [1, 2], "ab": [1, 2]}, "columns '`a b`' and 'ab' would both be called 'ab'"),
        ("x", {"y": [1, 2]}, "no column 'x'"),
        ("log(x)", {"x": [0, 2]}, "log.x. is infinite in row 1"),
    ],
)
def test_designs_that_cannot_be(text: str, data: dict, words: str) -> None:
    with pytest.raises(DataError, match=words):
        learn(text, Frame.read(data))


def test_a_logical_has_two_levels_even_where_one_occurs() -> None:
    design = learn("l", Frame.read({"l": [True, True]}))
    np.testing.assert_array_equal(design.matrix(Frame.read({"l": [True, False]})), [[1, 1], [1, 0]])
