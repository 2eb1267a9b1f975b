"""Rows with missing values."""

from __future__ import annotations

import warnings

import pandas as pd
import pytest

from partialpool.errors import DataError, DataWarning
from partialpool.formula.parser import parse
from partialpool.frame.columns import Frame
from partialpool.frame.missing import complete_rows, used_columns

FRAME = Frame.read(
    pd.DataFrame(
        {
            "x": [1.0, None, 3.0, None],
            "f": pd.Categorical(["a", "b", None, None]),
            "y": [1, 2, 3, 4],
            "none": [None] * 4,
        }
    )
)


def test_one_warning_counts_the_rows_by_column() -> None:
    with pytest.warns(DataWarning) as caught:
        kept, mask = complete_rows(FRAME, ["x", "y", "f", "x"])
    assert [str(warning.message) for warning in caught] == [
        "3 of 4 rows were dropped because of missing values (x: 2, f: 2)"
    ]
    assert mask.tolist() == [True, False, False, False]
    assert kept.n_rows == 1
    assert kept.row_name(0) == "row 1"


def test_only_the_named_columns_count() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kept, mask = complete_rows(FRAME, ["y"])
    assert kept is FRAME
    assert mask.all()


def test_no_row_left_is_an_error() -> None:
    with pytest.raises(DataError, match=r"each of the 4 rows has a missing value .*\(x: 2, none: 4\)"):
        complete_rows(FRAME, ["x", "none"])
    with pytest.raises(DataError, match="no column 'z'"):
        complete_rows(FRAME, ["z"])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x", "x"),
        ("log(x + y):f", "x y f"),
        ("poly(x, degree = 2, raw = TRUE)", "x"),
        ("C(f, contr.sum) + contr", "f contr"),
        ("`odd name` * -x", "odd name,x"),
        ('ifelse(f == "a", NA, x)', "f x"),
        ("(1 + x | g)", "x g"),
        ("1", ""),
    ],
)
def test_columns_of_an_expression(text: str, names: str) -> None:
    expected = names.split("," if "," in names else None)
    assert used_columns(parse(f"~ {text}").rhs) == tuple(expected)
