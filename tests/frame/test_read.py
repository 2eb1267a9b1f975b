"""Data frames of all kinds give the same columns."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from partialpool.errors import DataError
from partialpool.frame.collation import sorted_levels
from partialpool.frame.columns import Frame


def the_same_in_all_kinds() -> list[object]:
    dose = ["low", "high", None, "low"]
    pandas = pd.DataFrame(
        {
            "x": [1.5, np.nan, 3.0, -2.0],
            "n": pd.array([1, 2, None, 4], dtype="Int64"),
            "b": pd.array([True, False, None, True], dtype="boolean"),
            "s": ["b", "A", None, "a"],
            "f": pd.Categorical(dose, categories=["low", "mid", "high"]),
        }
    )
    polars = pl.DataFrame(
        {
            "x": [1.5, None, 3.0, -2.0],
            "n": [1, 2, None, 4],
            "b": [True, False, None, True],
            "s": ["b", "A", None, "a"],
            "f": pl.Series(dose, dtype=pl.Enum(["low", "mid", "high"])),
        }
    )
    dictionary = pa.DictionaryArray.from_arrays(pa.array([0, 2, None, 0]), pa.array(["low", "mid", "high"]))
    arrow = pa.table(
        {
            "x": pa.array([1.5, None, 3.0, -2.0]),
            "n": pa.array([1, 2, None, 4]),
            "b": pa.array([True, False, None, True]),
            "s": pa.array(["b", "A", None, "a"]),
            "f": dictionary,
        }
    )
    chunked = pa.concat_tables([arrow.slice(0, 2), arrow.slice(2, 2)])
    plain = {
        "x": np.array([1.5, np.nan, 3.0, -2.0]),
        "n": [1, 2, None, 4],
        "b": [True, False, None, True],
        "s": np.array(["b", "A", None, "a"], dtype=object),
        "f": pandas["f"],
    }
    mixed = {"x": polars["x"], "n": pandas["n"], "b": arrow["b"], "s": ("b", "A", None, "a"), "f": dictionary}
    objects = pandas.astype({"b": object, "s": object, "n": object})
    return [pandas, polars, arrow, chunked, plain, mixed, objects, pandas.iloc[:, ::-1][["x", "n", "b", "s", "f"]]]


@pytest.mark.parametrize("data", the_same_in_all_kinds())
def test_all_kinds_of_data_give_the_same_columns(data: object) -> None:
    frame = Frame.read(data)
    assert frame.names == ("x", "n", "b", "s", "f")
    assert [frame.column(name).kind for name in frame.names] == ["numeric", "integer", "boolean", "string", "factor"]
    assert frame.column("s").levels == ("a", "A", "b")
    assert frame.column("f").levels == ("low", "mid", "high")
    np.testing.assert_array_equal(frame.column("x").values, [1.5, np.nan, 3.0, -2.0])
    np.testing.assert_array_equal(frame.column("n").values, [1, 2, 0, 4])
    np.testing.assert_array_equal(frame.column("b").values, [True, False, False, True])
    np.testing.assert_array_equal(frame.column("s").values, [2, 1, -1, 0])
    np.testing.assert_array_equal(frame.column("f").values, [0, 2, -1, 0])
    np.testing.assert_array_equal(frame.column("x").missing, [False, True, False, False])
    for name in ("n", "b", "s", "f"):
        np.testing.assert_array_equal(frame.column(name).missing, [False, False, True, False])
    assert frame.column("x").values.dtype == np.float64
    assert frame.column("n").values.dtype == np.int64
    assert frame.column("s").values.dtype == np.int32


def test_ordered_categories_stay_ordered() -> None:
    ordered = pd.Series(pd.Categorical(["b", "a"], categories=["b", "a"], ordered=True))
    arrow = pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["b", "a"]), ordered=True)
    for values in (ordered, arrow):
        column = Frame.read({"f": values}).column("f")
        assert (column.kind, column.levels) == ("ordered", ("b", "a"))
    assert Frame.read({"f": pd.Categorical(["z"], ordered=True)}).column("f").kind == "ordered"


def test_dictionaries_of_arrow_in_pandas() -> None:
    series = pd.Series(["b", None, "a"], dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string())))
    column = Frame.read(pd.DataFrame({"f": series})).column("f")
    assert (column.kind, column.levels, column.values.tolist()) == ("factor", ("b", "a"), [0, -1, 1])


def test_levels_of_a_polars_categorical_are_sorted() -> None:
    pl.Series(["zebra", "ape"], dtype=pl.Categorical)  # what other columns hold makes no difference
    series = pl.Series(["mail", None, "ape", "Zebra", "mail"], dtype=pl.Categorical)
    assert Frame.read(pl.DataFrame({"f": series})).column("f").levels == ("ape", "mail", "Zebra")
    texts = pd.DataFrame({"f": ["mail", "ape", "Zebra"]})
    assert Frame.read(pl.from_pandas(texts.astype("category"))).column("f").levels == ("ape", "mail", "Zebra")


def test_columns_are_called_by_texts() -> None:
    for names in ([("a", "x"), ("a", "y")], [0, 1], ["x", None]):
        frame = pd.DataFrame(np.ones((2, 2)))
        frame.columns = pd.MultiIndex.from_tuples(names) if isinstance(names[0], tuple) else names
        with pytest.raises(DataError, match="column names must be texts"):
            Frame.read(frame)


@pytest.mark.parametrize(
    ("categories", "levels"),
    [([308, 309], ("308", "309")), ([0.5, 1.0], ("0.5", "1")), ([True, False], ("TRUE", "FALSE"))],
)
def test_categories_that_are_not_texts_are_printed_as_r_prints_them(categories: list, levels: tuple) -> None:
    series = pd.Series(pd.Categorical(categories, categories=categories))
    assert Frame.read({"f": series}).column("f").levels == levels


def test_numbers_of_all_widths() -> None:
    data = pd.DataFrame({kind: np.array([1, 2], dtype=kind) for kind in ("int8", "uint8", "float32", "uint64")})
    frame = Frame.read(data)
    kinds = [frame.column(name).kind for name in frame.names]
    assert kinds == ["integer", "integer", "numeric", "numeric"]
    assert Frame.read(pl.DataFrame({"d": pl.Series([1, 2], dtype=pl.Decimal(10, 2))})).column("d").kind == "numeric"
    assert Frame.read({"i": pl.Series([2**70, 1], dtype=pl.Int128)}).column("i").values.tolist() == [2.0**70, 1.0]
    assert Frame.read({"big": [2**70, 1]}).column("big").kind == "numeric"


def test_a_column_of_nothing_but_missing_values() -> None:
    for values in ([None, None], np.array([np.nan, np.nan]), pl.Series([None, None]), pd.Series([None, None])):
        assert Frame.read({"x": values}).column("x").missing.all()


def test_masked_arrays() -> None:
    column = Frame.read({"x": np.ma.array([1, 2, 3], mask=[False, True, False])}).column("x")
    assert column.kind == "integer"
    assert column.missing.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([date(2020, 1, 1)], "dates or times"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "dates or times"),
        (pd.to_datetime(pd.Series(["2020-01-01"])), "dates or times"),
        (pl.Series([date(2020, 1, 1)]), "dates or times"),
        ([{"a": 1}], "type dict"),
        ([[1, 2]], "lists"),
        (np.zeros((1, 2)), "2 dimensions"),
        (np.array([1j]), "complex"),
        (["a", 1], "mixes"),
        ([object()], "type object"),
        (pl.Series([[1], [2]]), "List"),
        ({"a": 1}, "is dict; pass an array"),
        (7, "is int; pass an array"),
    ],
)
def test_columns_that_cannot_be_used_are_an_error_only_when_asked_for(values: object, words: str) -> None:
    frame = Frame.read({"x": [1.0], "odd": values})
    assert frame.column("x").values.tolist() == [1.0]
    assert "odd" in frame
    with pytest.raises(DataError, match=f"column 'odd'.*{words}"):
        frame.column("odd")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "no data"),
        ({}, "no columns"),
        ({"x": []}, "no rows"),
        (pd.DataFrame({"x": []}), "no rows"),
        ({"x": [1, 2], "y": [1]}, "unequal lengths: 'x' has 2 values, 'y' has 1"),
        ({3: [1]}, "column names must be texts, found 3"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "'a' occurs more than once"),
        (pa.table([pa.array([1]), pa.array([2])], names=["a", "a"]), "'a' occurs more than once"),
        (pl.LazyFrame({"x": [1]}), "collect"),
        (np.zeros((3, 2)), "ndarray cannot be read"),
        ([1, 2], "list cannot be read"),
        ({"d": [date(2020, 1, 1)]}, "no column that can be used"),
    ],
)
def test_data_that_cannot_be_read(data: object, words: str) -> None:
    with pytest.raises(DataError, match=words):
        Frame.read(data)


def test_unknown_columns_suggest_the_nearest() -> None:
    with pytest.raises(DataError, match="no column 'chanel'; did you mean 'channel'"):
        Frame.read({"channel": ["a"], "n": [1]}).column("chanel")


def test_rows_keep_their_number_and_label() -> None:
    frame = Frame.read(pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index=["Mazda", "Fiat", "Volvo"]))
    kept = frame.select_rows(np.array([False, True, True]))
    assert kept.n_rows == 2
    assert kept.row_name(0) == "row 2 (index 'Fiat')"
    assert Frame.read({"x": [1.0, 2.0]}).select_rows(np.array([1])).row_name(0) == "row 2"
    assert Frame.read(pd.DataFrame({"x": [1.0]})).row_labels is None


def test_columns_can_be_added_and_replaced() -> None:
    frame = Frame.read({"x": [1, 2], "d": [date(2020, 1, 1)] * 2}).with_columns({"y": ["b", "a"], "d": [0.5, 1.5]})
    assert frame.names == ("x", "y", "d")
    assert frame.column("y").levels == ("a", "b")
    with pytest.raises(DataError, match="'z' has 3 values for 2 rows"):
        frame.with_columns({"z": [1, 2, 3]})


def test_unused_levels_can_be_dropped() -> None:
    series = pd.Series(pd.Categorical(["c", None, "a"], categories=["a", "b", "c"]))
    column = Frame.read({"f": series}).drop_unused_levels().column("f")
    assert column.levels == ("a", "c")
    assert column.values.tolist() == [1, -1, 0]
    assert column.labels() == ["c", "", "a"]


def test_texts_sort_as_in_r() -> None:
    assert sorted_levels(["sp_10", "sp_1", "sp_2"]) == ("sp_1", "sp_10", "sp_2")
    assert sorted_levels(["Zoo", "apple", "Banana", "apple"]) == ("apple", "Banana", "Zoo")
    assert sorted_levels(["é", "f", "e", "E"]) == ("e", "E", "é", "f")
    assert sorted_levels(["10", "9", "1"]) == ("1", "10", "9")
    assert sorted_levels(["a.1", "a1", "a_1", "a:1", "a 1", "a-1"]) == ("a 1", "a_1", "a-1", "a:1", "a.1", "a1")
