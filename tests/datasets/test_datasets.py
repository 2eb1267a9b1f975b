"""Data sets against the tables that brms was given, and against published totals."""

from __future__ import annotations

import importlib

import pandas as pd
import pytest

import oracle
from partialpool import datasets
from partialpool.errors import DataError


@pytest.mark.parametrize(
    ("name", "key"), [("sleepstudy", "012"), ("cbpp", "029"), ("epilepsy", "032"), ("eight_schools", "094")]
)
def test_equals_the_table_that_brms_was_given(name: str, key: str) -> None:
    pd.testing.assert_frame_equal(datasets.load(name), oracle.load(key).frame, check_dtype=False, rtol=1e-12)


def test_season_pass_has_the_published_counts() -> None:
    frame = datasets.load("season_pass")
    assert frame.shape == (3156, 3)
    counts = pd.crosstab([frame["Promo"], frame["Channel"]], frame["Pass"])
    table = counts.assign(n=counts.sum(axis=1))[["YesPass", "n"]].reset_index().to_numpy().tolist()
    assert table == [
        ["NoBundle", "Mail", 359, 637],
        ["NoBundle", "Park", 284, 333],
        ["NoBundle", "Email", 27, 512],
        ["Bundle", "Mail", 242, 691],
        ["Bundle", "Park", 639, 862],
        ["Bundle", "Email", 38, 121],
    ]


def test_season_pass_equals_the_grouped_table_that_brms_was_given() -> None:
    frame = datasets.load("season_pass")
    bought = (frame["Pass"] == "YesPass").groupby([frame["Promo"], frame["Channel"]], observed=True)
    grouped = bought.agg(bought_pass="sum", n="size").reset_index()
    grouped = grouped.rename(columns={"Promo": "promo", "Channel": "channel"})
    expected = oracle.load("001").frame[list(grouped.columns)]
    pd.testing.assert_frame_equal(grouped, expected, check_dtype=False)


@pytest.mark.parametrize("name", datasets.names())
def test_documented_and_new_at_each_call(name: str) -> None:
    frame = datasets.load(name)
    documentation = importlib.import_module(f"partialpool.datasets.{name}").__doc__
    for heading in ("Rows", "Columns", "Source", "Licence"):
        assert f"\n{heading}\n" in documentation
    for column in frame.columns:
        assert column in documentation
    frame.iloc[:, :] = frame.iloc[::-1].to_numpy()
    assert not frame.equals(datasets.load(name))


def test_unknown_name_is_refused_with_a_suggestion() -> None:
    with pytest.raises(DataError, match="did you mean 'sleepstudy'"):
        datasets.load("sleep_study")
