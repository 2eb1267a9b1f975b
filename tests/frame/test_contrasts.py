"""Codings against the tables that R prints, and against properties that define them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from partialpool.errors import DataError
from partialpool.frame.contrasts import code_levels, contrasts

LEVELS = ("a", "b", "c", "d")


@pytest.mark.parametrize(
    ("coding", "names", "matrix"),
    [
        ("treatment", "b c d", [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        ("contr.sum", "1 2 3", [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, -1, -1]]),
        ("helmert", "1 2 3", [[-1, -1, -1], [1, -1, -1], [0, 2, -1], [0, 0, 3]]),
        ("contr.SAS", "a b c", [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]),
        (("treatment", "c"), "a b d", [[1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 1]]),
        (
            "poly",
            ".L .Q .C",
            [
                [-0.6708203932499369, 0.5, -0.22360679774997896],
                [-0.22360679774997896, -0.5, 0.6708203932499369],
                [0.22360679774997896, -0.5, -0.6708203932499369],
                [0.6708203932499369, 0.5, 0.22360679774997896],
            ],
        ),
    ],
)
def test_codings_are_those_of_r(coding: object, names: str, matrix: list) -> None:
    contrast = code_levels(LEVELS, coding, label="f")
    assert contrast.names == tuple(names.split())
    np.testing.assert_allclose(contrast.matrix, matrix, atol=1e-14)


def test_polynomials_of_higher_degree_are_orthonormal() -> None:
    contrast = code_levels(tuple("abcdefg"), None, ordered=True, label="f")
    assert contrast.names == (".L", ".Q", ".C", "^4", "^5", "^6")
    np.testing.assert_allclose(contrast.matrix.T @ contrast.matrix, np.eye(6), atol=1e-12)
    np.testing.assert_allclose(contrast.matrix.sum(axis=0), 0, atol=1e-12)
    assert (contrast.matrix[-1] > 0).all()


def test_the_public_function_shows_the_coding() -> None:
    channel = pd.Series(pd.Categorical(["Park", "Mail", "Email"], categories=["Mail", "Park", "Email"]))
    shown = contrasts(channel)
    assert shown.index.tolist() == ["Mail", "Park", "Email"]
    assert shown.columns.tolist() == ["Park", "Email"]
    assert shown.to_numpy().tolist() == [[0, 0], [1, 0], [0, 1]]
    assert contrasts([True, False]).columns.tolist() == ["TRUE"]
    ordered = pd.Series(pd.Categorical(["x", "y", "z"], ordered=True))
    assert contrasts(ordered).columns.tolist() == [".L", ".Q"]
    assert contrasts(ordered, "treatment").columns.tolist() == ["y", "z"]


def test_a_matrix_or_data_frame_of_ones_own() -> None:
    frame = pd.DataFrame({"ab_c": [-0.5, 1.0, -0.5], "b": [0.0, 1.0, -1.0]}, index=["b", "c", "a"])
    shown = contrasts(["a", "b", "c"], frame)
    assert shown.columns.tolist() == ["ab_c", "b"]
    assert shown.loc["c"].tolist() == [1.0, 1.0]
    assert shown.loc["a"].tolist() == [-0.5, -1.0]
    assert contrasts(["a", "b", "c"], [1, 0, -1]).columns.tolist() == ["1"]


@pytest.mark.parametrize(
    ("column", "coding", "words"),
    [
        ([1.0, 2.0], None, "numeric and has no contrasts"),
        (["a", "a"], None, "has one level, 'a'"),
        (["a", "b"], "summ", "no coding named 'summ'.*did you mean 'sum'"),
        (["a", "b"], ("sum", "a"), "has no base level"),
        (["a", "b"], ("treatment", "z"), "no level 'z'"),
        (["a", "b"], np.ones((3, 1)), "needs one row for each of its 2 levels"),
        (["a", "b"], np.ones((2, 2)), "at most 1 columns"),
        (["a", "b"], np.array([[1.0], [np.nan]]), "not finite"),
        (["a", "b"], pd.DataFrame({"1": [0.0, 1.0]}, index=["a", "z"]), "has rows for a, z; the levels are a, b"),
        (["a", "b"], object(), "neither the name of a coding nor a matrix"),
    ],
)
def test_what_does_not_fit(column: list, coding: object, words: str) -> None:
    with pytest.raises(DataError, match=words):
        contrasts(column, coding)
