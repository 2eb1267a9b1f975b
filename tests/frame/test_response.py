"""Responses and the refusal of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from partialpool.errors import DataError
from partialpool.formula.parser import parse
from partialpool.frame.columns import Frame
from partialpool.frame.response import Response, read_response
from partialpool.frame.values import State

DATA = pd.DataFrame(
    {
        "y": [1.0, 4.0, 9.0],
        "k": [0, 2, -1],
        "b": [True, False, True],
        "f": pd.Categorical(["lo", "hi", "lo"], categories=["lo", "mid", "hi"]),
        "o": pd.Categorical(["lo", "hi", "lo"], categories=["lo", "mid", "hi"], ordered=True),
        "gone": [1.0, None, 2.0],
    },
    index=["Mail", "Park", "Email"],
)
FRAME = Frame.read(DATA)


def read(text: str, **options: object) -> Response:
    formula = parse(f"{text} ~ 1")
    return read_response(formula.response, FRAME, source=formula.source, **options)


@pytest.mark.parametrize(
    ("text", "kind", "values", "levels"),
    [
        ("y", "numeric", [1, 4, 9], ()),
        ("sqrt(y)", "numeric", [1, 2, 3], ()),
        ("k", "numeric", [0, 2, -1], ()),
        ("b", "boolean", [1, 0, 1], ("FALSE", "TRUE")),
        ("f", "factor", [0, 1, 0], ("lo", "hi")),
        ("o", "ordered", [0, 1, 0], ("lo", "hi")),
        ("cbind(y, k)", "matrix", [[1, 0], [4, 2], [9, -1]], ("y", "k")),
    ],
)
def test_kinds_of_response(text: str, kind: str, values: list, levels: tuple[str, ...]) -> None:
    response = read(text)
    assert (response.kind, response.levels, response.label) == (kind, levels, text)
    assert response.values.dtype == np.float64
    np.testing.assert_array_equal(response.values, values)


def test_new_data_keep_the_levels_of_the_fit() -> None:
    state = State()
    node = parse("f ~ 1").response
    read_response(node, FRAME, state)
    again = read_response(node, Frame.read({"f": ["hi"]}), state.frozen())
    assert again.values.tolist() == [1.0]


def test_missing_values_only_where_they_may_be() -> None:
    np.testing.assert_array_equal(read("gone", missing=True).values, [1, np.nan, 2])
    with pytest.raises(DataError, match=r"gone is missing or not a number in row 2 \(index 'Park'\)"):
        read("gone")
    with pytest.raises(DataError, match=r"log\(k\) is infinite in row 1 \(index 'Mail'\), row 3"):
        read("log(k)", missing=False)


def test_kinds_that_a_family_does_not_take() -> None:
    read("y").require("numeric", "boolean", family="gaussian")
    with pytest.raises(DataError, match="the response f is a factor; family gaussian takes numeric or boolean"):
        read("f").require("numeric", "boolean", family="gaussian")


def test_values_that_a_family_does_not_take() -> None:
    response = read("k")
    response.refuse(response.values > 5, "be at most 5")
    expected = r"the response k must be positive; found 0 in row 1 \(index 'Mail'\), -1 in row 3 \(index 'Email'\)"
    with pytest.raises(DataError, match=expected) as raised:
        response.refuse(response.values <= 0, "be positive")
    assert str(raised.value).endswith("  k ~ 1\n  ^")
    matrix = read("cbind(y, k)")
    with pytest.raises(DataError, match="found -1 in row 3"):
        matrix.refuse(matrix.values < 0, "not be negative")
