"""Design matrices and group codes against those that brms hands to Stan."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

from oracle import Oracle, load, names
from partialpool.errors import DataWarning
from partialpool.formula.algebra import expand
from partialpool.formula.nodes import Formula
from partialpool.formula.parser import parse
from partialpool.frame.columns import Frame
from partialpool.frame.design import Design
from partialpool.frame.missing import complete_rows, used_columns

ORDINAL = ("cumulative", "sratio", "acat")


def formulas(oracle: Oracle) -> list[Formula]:
    return [parse(text) for text in oracle.formulas if "~" in text]


def used_rows(oracle: Oracle) -> Frame:
    """Rows that brms kept; it keeps those whose missing values it estimates."""
    frame = Frame.read(oracle.frame)
    texts = [formula.source.text for formula in formulas(oracle)]
    if any("mi()" in text for text in texts):
        return frame
    used = {
        name
        for formula in formulas(oracle)
        for node in (formula.response, formula.rhs, *formula.additions)
        for name in used_columns(node)
    } - {"y2"}  # the end of an interval may be missing where the value is not censored
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return complete_rows(frame, [name for name in frame.names if name in used])[0]


def cases() -> list[tuple[str, str, str]]:
    """All pairs of a formula and the matrix that it gave."""
    found = []
    for name in names():
        oracle = load(name)
        matrices = [key for key in oracle.figures["standata"] if key == "X" or key.startswith("X_")]
        texts = [text for text in oracle.formulas if "~" in text]
        for key in matrices:
            suffix = key.removeprefix("X").removeprefix("_")
            starting = [text for text in texts if suffix and text.partition("~")[0].partition("|")[0].strip() == suffix]
            found.append((name, key, (starting or texts)[0]))
    return found


@pytest.mark.parametrize(("name", "key", "text"), cases())
def test_matrix_is_that_of_brms(name: str, key: str, text: str) -> None:
    oracle, formula = load(name), parse(text)
    frame = used_rows(oracle)
    if key == "X_y1" and "subset" in text:
        frame = frame.select_rows(frame.column("s1").values)
    if key == "X_y2" and "subset" in text:
        frame = frame.select_rows(frame.column("s2").values)
    predictor = expand(formula.rhs, formula.source)
    ordinal = oracle.figures["family"]
    implicit = any(word in str(ordinal) for word in ORDINAL) and key == "X"
    design = Design.learn(predictor.terms, predictor.intercept and not implicit, frame, cmc=not implicit)
    expected = oracle.data(key)
    matrix = design.matrix(frame)
    if "cosy(gr" in text:  # brms sorts these rows by group
        order, matrix = np.lexsort(expected.T), matrix[np.lexsort(matrix.T)]
        expected = expected[order]
    assert matrix.shape == expected.shape
    np.testing.assert_allclose(matrix, expected, rtol=1e-12, atol=1e-12)
    assert matrix.flags.c_contiguous
    assert matrix.dtype == np.float64


@pytest.mark.parametrize(("name", "key", "text"), cases())
def test_design_survives_json(name: str, key: str, text: str) -> None:
    formula, frame = parse(text), used_rows(load(name))
    predictor = expand(formula.rhs, formula.source)
    design = Design.learn(predictor.terms, predictor.intercept, frame)
    restored = Design.from_dict(json.loads(json.dumps(design.to_dict())))
    assert restored.names == design.names
    np.testing.assert_array_equal(restored.matrix(frame), design.matrix(frame))
    few = frame.select_rows(np.array([3, 0]))
    np.testing.assert_allclose(restored.matrix(few), design.matrix(frame)[[3, 0]], rtol=1e-14)


def test_names_are_those_of_brms() -> None:
    formula = parse(load("007").formulas[0])
    predictor = expand(formula.rhs, formula.source)
    design = Design.learn(predictor.terms, predictor.intercept, used_rows(load("007")))
    known = {row["coef"] for row in load("007").figures["default_prior"] if row["class"] == "b" and row["coef"]}
    assert set(design.names) - {"Intercept"} == known
