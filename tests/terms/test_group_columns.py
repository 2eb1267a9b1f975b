"""The parts of a group-level design give back the dense matrix, and hold no more than its numbers that are not zero."""

import numpy as np
import pytest

from partialpool.formula.algebra import expand
from partialpool.formula.parser import parse
from partialpool.frame.columns import Frame
from partialpool.frame.design import Design
from partialpool.terms import group_columns as module
from partialpool.terms.group_columns import group_columns

RNG = np.random.default_rng(4)
N = 700
FRAME = Frame.read(
    {
        "x": RNG.normal(size=N),
        "f": [f"l{k}" for k in RNG.integers(0, 12, N)],
        "h": [f"m{k}" for k in RNG.integers(0, 3, N)],
        "rare": np.where(RNG.random(N) < 0.1, RNG.normal(size=N), 0.0),
    }
)


def learn(text):
    formula = parse(text)
    predictor = expand(formula.rhs, formula.source)
    return Design.learn(predictor.terms, predictor.intercept, FRAME)


def rebuilt(parts, n_columns):
    Z = np.zeros((N, n_columns))
    for part in parts:
        values = np.ones(N) if part.values is None else part.values
        Z[np.arange(N), part.coefficient] += values
    return Z


@pytest.mark.parametrize(
    ("formula", "n_parts"),
    [("~ x", 2), ("~ 0 + f", 1), ("~ f", 2), ("~ 0 + f:x", 1), ("~ f * x", 4), ("~ f + h + rare", 4), ("~ 0 + f:h", 1)],
)
@pytest.mark.parametrize("chunk", [2**16, 97])
def test_parts_are_the_dense_design(formula, n_parts, chunk, monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", chunk)
    design = learn(formula)
    columns = range(len(design.names))
    parts = group_columns(design, FRAME, columns)
    assert len(parts) == n_parts
    np.testing.assert_array_equal(rebuilt(parts, len(columns)), design.matrix(FRAME))


def test_some_columns_are_numbered_by_their_place():
    design = learn("~ f * x")
    columns = [1, 5, 14]
    parts = group_columns(design, FRAME, columns)
    np.testing.assert_array_equal(rebuilt(parts, 3), design.matrix(FRAME)[:, columns])


def test_dummies_need_no_numbers():
    assert [part.values for part in group_columns(learn("~ 0 + f"), FRAME, range(12))] == [None]
