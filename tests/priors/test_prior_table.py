"""Rows and tables of priors: making, combining, printing, round trips."""

import pandas as pd
import pytest

from partialpool.errors import PriorError
from partialpool.priors.prior import Prior, PriorTable, as_prior_table, empty_prior, filled, prior, set_prior


def test_prior_makes_a_row():
    row = prior(" gamma(2, 0.1) ", class_="nu", lb=1, ub="max_nu", tag="tail")
    assert row == Prior("gamma(2, 0.1)", "nu", lb=1.0, ub="max_nu", tag="tail", source="user")


def test_mu_is_the_empty_dpar():
    assert prior("normal(0, 1)", dpar="mu").dpar == ""
    assert prior("normal(0, 1)", dpar="mu2").dpar == "mu2"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prior": "nrmal(0, 1)"}, "not a distribution"),
        ({"prior": "normal(0, 1)", "coef": ["a", "b"]}, r"coef of a prior is text.*set_prior\(\) takes lists"),
        ({"prior": "normal(0, 1)", "class_": ""}, "names no class"),
        ({"prior": "normal(0, 1)", "lb": [1]}, "lb of a prior is a number"),
        ({"prior": "normal(0, 1)", "ub": float("nan")}, "ub of a prior is a number"),
        ({"prior": 3}, "a prior is text"),
    ],
)
def test_bad_rows_are_refused(arguments, message):
    with pytest.raises(PriorError, match=message):
        prior(**arguments)


def test_rows_and_tables_add_up():
    a, b, c = prior("normal(0, 1)"), prior("normal(0, 2)", coef="x"), prior("exponential(1)", class_="sd")
    assert list(a + b + c) == [a, b, c]
    assert list(a + (b + c)) == [a, b, c]
    assert list(empty_prior() + a + [b, c]) == [a, b, c]
    assert (a + b + c)[1:] == b + c
    assert len(empty_prior()) == 0


def test_everything_that_is_priors_becomes_a_table():
    rows = prior("normal(0, 1)") + prior("exponential(1)", class_="sd", group="g", lb=0)
    for form in (rows, list(rows), [rows[:1], rows[1]], rows.frame, iter(rows)):
        assert as_prior_table(form) == rows
    assert as_prior_table(None) == empty_prior()
    assert as_prior_table(rows[0]) == rows[:1]


@pytest.mark.parametrize(
    "other", ["normal(0, 1)", 3, ["normal(0, 1)"], pd.DataFrame({"prior": ["normal(0, 1)"], "klass": ["b"]})]
)
def test_everything_else_is_refused(other):
    with pytest.raises(PriorError, match=r"expected priors|no column 'klass'"):
        as_prior_table(other)


def test_set_prior_repeats_single_values():
    table = set_prior(["normal(0, 1)", "normal(0, 2)"], coef=["x", "z"], dpar="sigma")
    assert list(table) == [prior("normal(0, 1)", coef="x", dpar="sigma"), prior("normal(0, 2)", coef="z", dpar="sigma")]
    assert len(set_prior("normal(0, 1)", coef=[])) == 0
    with pytest.raises(PriorError, match="differ in length: 2 and 3"):
        set_prior("normal(0, 1)", coef=["x", "z"], dpar=["a", "b", "c"])


def test_round_trip_by_plain_dicts():
    table = prior("normal(0, 1)", class_="b", lb=0) + prior("lkj(2)", class_="cor", group="g", tag="t")
    dicts = table.as_dicts()
    assert dicts[0]["class"] == "b"
    assert all(type(value) in (str, float, type(None)) for row in dicts for value in row.values())
    assert PriorTable(tuple(map(Prior.from_dict, dicts))) == table


def test_frame_has_the_columns_of_brms():
    frame = (prior("normal(0, 1)", lb=0.5) + prior("", class_="sd")).frame
    assert list(frame) == ["prior", "class", "coef", "group", "resp", "dpar", "nlpar", "lb", "ub", "tag", "source"]
    assert frame["lb"].tolist() == ["0.5", ""]


def test_frame_with_missing_cells_is_read():
    frame = pd.DataFrame({"prior": ["normal(0, 1)"], "class": ["b"], "coef": [None], "lb": [float("nan")]})
    assert as_prior_table(frame)[0] == Prior("normal(0, 1)")


TABLE = PriorTable(
    (
        Prior("", "b", source="default"),
        Prior("", "b", coef="Age", source="default"),
        Prior("student_t(3, 0, 2.5)", "sd", lb=0.0, source="default"),
        Prior("", "sd", group="g", source="default"),
        Prior("", "sd", group="g", coef="Intercept", source="default"),
    )
)


PRINTED = """\
                prior class      coef group resp dpar nlpar lb ub tag       source
               (flat)     b                                                default
               (flat)     b       Age                                 (vectorized)
 student_t(3, 0, 2.5)    sd                                  0             default
 student_t(3, 0, 2.5)    sd               g                  0        (vectorized)
 student_t(3, 0, 2.5)    sd Intercept     g                  0        (vectorized)"""


def test_print_writes_out_what_is_inherited():
    assert str(TABLE) == PRINTED
    assert repr(TABLE) == PRINTED


def test_filled_prefers_the_group_to_the_class():
    table = filled(PriorTable((*TABLE[:3], Prior("normal(0, 1)", "sd", group="g"), TABLE[4])))
    assert [row.prior for row in table[2:]] == ["student_t(3, 0, 2.5)", "normal(0, 1)", "normal(0, 1)"]
    assert [row.lb for row in table[2:]] == [0.0, 0.0, 0.0]
    assert [row.source for row in table[2:]] == ["default", "user", "(vectorized)"]


def test_html_escapes_names():
    page = PriorTable((Prior("normal(0, 1)", coef="<b>"),))._repr_html_()
    assert "&lt;b&gt;" in page
    assert page.count("<tr>") == 2


def test_a_row_prints_as_a_statement():
    assert str(prior("normal(0, 1)", class_="sd", coef="x", group="g", dpar="sigma")) == "sd_g__sigma_x ~ normal(0, 1)"
    assert str(prior("normal(0, 1)", class_="sd", group="g")) == "sd_g ~ normal(0, 1)"
    assert str(prior("beta(1, 1)", class_="zi", lb=0, ub=1)) == "<lower=0,upper=1> zi ~ beta(1, 1)"
    assert str(prior("", class_="nu", lb=1)) == "<lower=1> nu ~ (flat)"
