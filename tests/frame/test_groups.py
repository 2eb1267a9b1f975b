"""Levels of grouping columns and the codes of rows, against brms and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from oracle import load
from partialpool.errors import DataError
from partialpool.formula.nodes import Source, Span
from partialpool.frame.columns import Frame
from partialpool.frame.groups import GroupIndex, levels_within


@pytest.mark.parametrize(
    ("name", "group", "key"),
    [
        ("001", "channel", "J_1"),
        ("012", "Subject", "J_1"),
        ("019", "plate", "J_1"),
        ("019", "sample", "J_2"),
        ("020", "a", "J_1"),
        ("022", "sp", "J_1"),
        ("022", "sp2", "J_2"),
        ("029", "herd", "J_1"),
        ("032", "patient", "J_1"),
        ("045", "patient", "J_1"),
        ("047", "subj", "J_1"),
        ("059", "g", "J_1"),
        ("094", "school", "J_1"),
        ("131", "AY", "J_1"),
    ],
)
def test_codes_are_those_of_brms(name: str, group: str, key: str) -> None:
    oracle = load(name)
    index = GroupIndex.learn((group,), Frame.read(oracle.frame))
    np.testing.assert_array_equal(index.codes + 1, oracle.data(key))
    assert len(index.levels) == oracle.data("N_" + key[2:])
    assert index.codes.dtype == np.int32


def test_members_share_their_levels_as_in_brms() -> None:
    oracle = load("024")
    index = GroupIndex.learn(("g1", "g2"), Frame.read(oracle.frame), members=True)
    np.testing.assert_array_equal(index.codes[:, 0] + 1, oracle.data("J_1_1"))
    np.testing.assert_array_equal(index.codes[:, 1] + 1, oracle.data("J_1_2"))
    assert index.name == "mmg1g2"


def test_by_levels_are_those_of_brms() -> None:
    oracle = load("020")
    frame = Frame.read(oracle.frame)
    levels, codes = levels_within(GroupIndex.learn(("a",), frame), "by", frame)
    assert levels == ("t1", "t2")
    np.testing.assert_array_equal(codes + 1, oracle.data("Jby_1"))


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        ([10, 2, 1, 2], ("1", "2", "10")),
        ([1.5, -1.0, 1.5, 2.0], ("-1", "1.5", "2")),
        ([True, False, True, True], ("FALSE", "TRUE")),
        (["sp_10", "sp_2", "sp_1", "sp_2"], ("sp_1", "sp_10", "sp_2")),
        (pd.Categorical(["b", "a", "b", "a"], categories=["z", "b", "a"]), ("b", "a")),
    ],
)
def test_order_of_levels(values: object, levels: tuple[str, ...]) -> None:
    index = GroupIndex.learn(("g",), Frame.read({"g": values}))
    assert index.levels == levels
    texts = [str(value).upper() if isinstance(value, bool) else value for value in values]
    assert [index.levels[code] for code in index.codes] == [t if isinstance(t, str) else f"{t:g}" for t in texts]


def test_interactions_have_the_levels_that_occur() -> None:
    frame = Frame.read({"school": pd.Categorical(["z", "a", "z", "a"], categories=["z", "a"]), "room": [2, 1, 10, 1]})
    index = GroupIndex.learn(("school", "room"), frame)
    assert index.name == "school:room"
    assert index.levels == ("a_1", "z_10", "z_2")
    assert index.codes.tolist() == [2, 0, 1, 0]
    codes, new = index.codes_of(Frame.read({"school": ["a", "a", "z"], "room": [1, 2, 10]}))
    assert codes.tolist() == [0, 3, 1]
    assert new == ("a_2",)


def test_interactions_of_three() -> None:
    rng = np.random.default_rng(3)
    data = {name: rng.integers(0, 4, 200) for name in ("a", "b", "c")}
    index = GroupIndex.learn(("a", "b", "c"), Frame.read(data))
    pasted = ["_".join(map(str, row)) for row in zip(*data.values(), strict=True)]
    assert index.levels == tuple(sorted(set(pasted)))
    assert [index.levels[code] for code in index.codes] == pasted
    gap = Frame.read({"a": [1, None, 1], "b": [1, 1, 1], "c": [2, 2, None]})
    assert index.codes_of(gap)[0].tolist() == [index.levels.index("1_1_2"), -1, -1]


def test_levels_that_are_new_are_reported_in_order_of_appearance() -> None:
    index = GroupIndex.learn(("g",), Frame.read({"g": ["a", "b"]}))
    codes, new = index.codes_of(Frame.read({"g": ["z", "b", None, "y", "z"]}))
    assert codes.tolist() == [2, 1, -1, 3, 2]
    assert new == ("z", "y")


def test_numbers_match_the_texts_of_a_factor() -> None:
    index = GroupIndex.learn(("Subject",), Frame.read({"Subject": pd.Categorical(["308", "309"])}))
    codes, new = index.codes_of(Frame.read({"Subject": [309, 308, 400]}))
    assert codes.tolist() == [1, 0, 2]
    assert new == ("400",)


def test_members_that_are_new_share_a_code() -> None:
    index = GroupIndex.learn(("g1", "g2"), Frame.read({"g1": ["a", "c"], "g2": ["b", "a"]}), members=True)
    assert index.levels == ("a", "c", "b")
    codes, new = index.codes_of(Frame.read({"g1": ["z", "a"], "g2": ["a", "z"]}))
    assert codes.tolist() == [[3, 0], [0, 3]]
    assert new == ("z",)


def test_blanks_become_dots_in_public_names() -> None:
    index = GroupIndex.learn(("g",), Frame.read({"g": ["Direct Mail", "Park"]}))
    assert index.public_levels == ("Direct.Mail", "Park")


@pytest.mark.parametrize(
    ("groups", "data", "words"),
    [
        (("g",), {"g": ["a", None]}, "grouping column 'g' has a missing value in row 2"),
        (("h",), {"g": ["a"]}, "no column 'h'"),
        (("g",), {"g": ["a b", "a.b"]}, "two levels of 'g' would both be called 'a.b'"),
        (("g", "h"), {"g": ["a", "a_b"], "h": ["b_c", "c"]}, "two levels of 'g:h' would both be called 'a_b_c'"),
    ],
)
def test_groups_that_cannot_be(groups: tuple[str, ...], data: dict, words: str) -> None:
    where = (Source("y ~ (1 | g)"), Span(9, 10))
    with pytest.raises(DataError, match=words) as raised:
        GroupIndex.learn(groups, Frame.read(data), where=where)
    assert str(raised.value).endswith("           ^")


def test_levels_that_are_not_nested_are_an_error() -> None:
    frame = Frame.read({"g": ["a", "a"], "site": ["x", "y"]})
    with pytest.raises(DataError, match="level 'a' of 'g' occurs with more than one level of 'site'"):
        levels_within(GroupIndex.learn(("g",), frame), "site", frame)
