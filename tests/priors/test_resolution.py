"""Which prior is in force: rules, refusals and warnings."""

import math
import warnings

import pytest

from partialpool.errors import DataWarning, PriorError
from partialpool.priors.prior import Prior, PriorTable, empty_prior, prior
from partialpool.priors.resolution import resolve


def table(*rows):
    return PriorTable(tuple(Prior(*row[:3], **row[3], source="default") for row in rows))


MIXED = table(
    ("", "b", "", {}),
    ("", "b", "x", {}),
    ("", "b", "z", {}),
    ("lkj(1)", "cor", "", {}),
    ("", "cor", "", {"group": "g"}),
    ("student_t(3, 1, 2.5)", "Intercept", "", {}),
    ("student_t(3, 0, 2.5)", "sd", "", {"lb": 0.0}),
    ("", "sd", "", {"group": "g"}),
    ("", "sd", "Intercept", {"group": "g"}),
    ("", "sd", "x", {"group": "g"}),
    ("", "sd", "", {"group": "h"}),
    ("", "sd", "Intercept", {"group": "h"}),
    ("gamma(0.01, 0.01)", "shape", "", {"lb": 0.0}),
    ("", "b", "", {"dpar": "sigma"}),
    ("", "b", "x", {"dpar": "sigma"}),
    ("student_t(3, 0, 2.5)", "sd", "", {"lb": 0.0, "dpar": "sigma"}),
    ("", "sd", "", {"group": "g", "dpar": "sigma"}),
    ("", "sd", "x", {"group": "g", "dpar": "sigma"}),
)
LENGTH_SCALES = table(
    ("", "lscale", "", {"lb": 0.0}), ("inv_gamma(2, 1)", "lscale", "gpx", {}), ("inv_gamma(3, 1)", "lscale", "gpz", {})
)
NDT = table(
    ("uniform(0, min_Y)", "ndt", "", {"lb": 0.0, "ub": "min_Y"}),
)
CAR = table(
    ("", "car", "", {"lb": 0.0, "ub": 1.0}),
)
MULTIVARIATE = table(
    ("", "b", "", {}),
    ("", "Intercept", "", {}),
    ("", "b", "", {"resp": "y1"}),
    ("", "b", "x", {"resp": "y1"}),
    ("student_t(3, 1, 2.5)", "Intercept", "", {"resp": "y1"}),
    ("", "b", "", {"resp": "y2"}),
    ("", "b", "x", {"resp": "y2"}),
    ("student_t(3, 2, 2.5)", "Intercept", "", {"resp": "y2"}),
)
CATEGORICAL = table(
    ("", "b", "", {}),
    ("", "b", "", {"dpar": "muB"}),
    ("", "b", "x", {"dpar": "muB"}),
    ("", "b", "", {"dpar": "muC"}),
    ("", "b", "x", {"dpar": "muC"}),
)
SIMPLEX = table(("dirichlet(1)", "simo", "mox1", {}), ("dirichlet(1)", "theta", "", {}))

B, SD = {"class_": "b"}, {"class_": "sd"}


@pytest.mark.parametrize(
    ("user", "asked", "expected"),
    [
        # coefficient over group over class, default where nothing is said
        ([], {**B, "coef": "x"}, ""),
        ([prior("normal(0, 1)")], {**B, "coef": "x"}, "normal(0, 1)"),
        ([prior("normal(0, 1)"), prior("normal(0, 2)", coef="x")], {**B, "coef": "x"}, "normal(0, 2)"),
        ([prior("normal(0, 1)"), prior("normal(0, 2)", coef="x")], {**B, "coef": "z"}, "normal(0, 1)"),
        ([], {**SD, "coef": "x", "group": "g"}, "student_t(3, 0, 2.5)"),
        ([prior("normal(0, 1)", **SD)], {**SD, "coef": "x", "group": "g"}, "normal(0, 1)"),
        ([prior("normal(0, 1)", **SD, group="g")], {**SD, "coef": "x", "group": "g"}, "normal(0, 1)"),
        ([prior("normal(0, 1)", **SD, group="g")], {**SD, "coef": "Intercept", "group": "h"}, "student_t(3, 0, 2.5)"),
        ([prior("normal(0, 1)", **SD, group="g", coef="x")], {**SD, "coef": "x", "group": "g"}, "normal(0, 1)"),
        (
            [prior("normal(0, 1)", **SD, group="g", coef="x")],
            {**SD, "coef": "Intercept", "group": "g"},
            "student_t(3, 0, 2.5)",
        ),
        # each distributional parameter for itself
        ([prior("normal(0, 1)")], {**B, "coef": "x", "dpar": "sigma"}, ""),
        ([prior("normal(0, 1)", dpar="sigma")], {**B, "coef": "x", "dpar": "sigma"}, "normal(0, 1)"),
        ([prior("normal(0, 1)", **SD)], {**SD, "coef": "x", "group": "g", "dpar": "sigma"}, "student_t(3, 0, 2.5)"),
        # correlations
        ([prior("lkj(2)", class_="cor")], {"class_": "cor", "group": "g"}, "lkj(2)"),
        ([prior("lkj(3)", class_="cor", group="g")], {"class_": "cor", "group": "g"}, "lkj(3)"),
        # flat on request; rows that the table has not (levels of a by-variable) inherit
        ([prior("", class_="Intercept")], {"class_": "Intercept"}, ""),
        ([prior("normal(0, 1)", **SD, group="g")], {**SD, "coef": "x:byA", "group": "g"}, "normal(0, 1)"),
    ],
)
def test_the_most_specific_row_wins(user, asked, expected):
    in_force = resolve(MIXED, user).lookup(**asked)
    assert in_force.row.prior == expected
    assert (in_force.distribution is None) == (expected == "")


def test_a_user_class_row_beats_more_specific_defaults():
    priors = resolve(LENGTH_SCALES, prior("normal(0, 1)", class_="lscale"))
    assert priors.lookup("lscale", "gpx").row.prior == "normal(0, 1)"
    assert resolve(LENGTH_SCALES).lookup("lscale", "gpz").row.prior == "inv_gamma(3, 1)"
    priors = resolve(LENGTH_SCALES, prior("normal(0, 1)", class_="lscale", coef="gpx"))
    assert [priors.lookup("lscale", c).row.prior for c in ("gpx", "gpz")] == ["normal(0, 1)", "inv_gamma(3, 1)"]


def test_bounds():
    assert resolve(MIXED).lookup("sd", "x", "g").lb == 0.0
    assert resolve(MIXED).lookup("b", "x").lb == -math.inf
    priors = resolve(MIXED, prior("normal(0, 1)", lb=0, ub=5) + prior("exponential(1)", coef="x"))
    assert (priors.lookup("b", "x").lb, priors.lookup("b", "x").ub) == (0.0, 5.0)
    assert resolve(MIXED, prior("normal(0, 1)", **SD)).lookup("sd", "x", "g").lb == 0.0
    assert resolve(MIXED, prior("normal(0, 1)", **SD, group="g", lb=0.5)).lookup("sd", "x", "g").lb == 0.5


def test_named_bounds():
    in_force = resolve(NDT, constants={"min_Y": 0.25}).lookup("ndt")
    assert (in_force.lb, in_force.ub, in_force.distribution.support) == (0.0, 0.25, (0.0, 0.25))
    with pytest.raises(PriorError, match="'min_Y' is not a constant"):
        resolve(NDT)


@pytest.mark.parametrize("defaults", [MULTIVARIATE, CATEGORICAL], ids=["responses", "categories"])
def test_rows_for_all_responses_or_categories_are_spread(defaults):
    priors = resolve(defaults, prior("normal(0, 1)"))
    slopes = [row for row in priors.table if row.class_ == "b" and not row.coef]
    assert [row.prior for row in slopes] == ["normal(0, 1)"] * 2
    assert all(row.resp or row.dpar for row in priors.table)


def test_a_row_for_one_response_beats_the_row_for_all():
    user = prior("normal(0, 1)", class_="Intercept") + prior("normal(0, 2)", class_="Intercept", resp="y2")
    priors = resolve(MULTIVARIATE, user)
    assert [priors.lookup("Intercept", resp=r).row.prior for r in ("y1", "y2")] == ["normal(0, 1)", "normal(0, 2)"]


@pytest.mark.parametrize(
    ("defaults", "user", "message"),
    [
        (
            MIXED,
            prior("normal(0, 1)", class_="sgima"),
            "matches no parameter .* for its class, .*known: 'b'|did you mean",
        ),
        (
            MIXED,
            prior("normal(0, 1)", coef="xx"),
            "class_='b', coef='xx' matches no parameter .* for its coef, did you mean 'x'",
        ),
        (MIXED, prior("normal(0, 1)", **SD, group="gg"), "for its group, did you mean 'g'"),
        (MIXED, prior("normal(0, 1)", dpar="sigmaa"), "for its dpar, did you mean 'sigma'"),
        (MIXED, prior("normal(0, 1)", coef="Intercept"), "a class of its own: class_='Intercept'"),
        (MIXED, prior("normal(0, 1)", class_="shape", coef="x", group="g"), "the model has class_='shape'"),
        (
            MIXED,
            prior("normal(0, 1)") + prior("normal(0, 2)"),
            r"2 priors are given for class_='b': normal\(0, 1\) and normal",
        ),
        (
            MIXED,
            prior("normal(0, 1)", coef="x", lb=0),
            "bounds can be set for a whole class only, not for class_='b', coef='x'",
        ),
        (
            MIXED,
            prior("normal(0, 1)", class_="cor"),
            r"the prior of correlations \(class_='cor'\) is lkj\(eta\), not normal",
        ),
        (MIXED, prior("lkj(1)"), "is a prior for correlations only, not for class_='b'"),
        (MIXED, prior("dirichlet(1)"), "is a prior for simplexes only"),
        (SIMPLEX, prior("normal(0, 1)", class_="theta"), r"simplex \(class_='theta'\) is dirichlet"),
        (MIXED, prior("uniform(-2, -1)", class_="shape"), r"no probability within the bounds \[0, inf\]"),
        (MIXED, prior("normal(0, 1)", lb=2, ub=1), "leave no room: lb = 2, ub = 1"),
        (MIXED, prior("constant(-1)", class_="shape"), r"lies outside the bounds \[0, inf\]"),
        (MIXED, prior("normal(0, tau)"), "prior for class_='b': 'tau' is not a constant"),
        (MIXED, Prior("horseshoe(1)", "b"), r"horseshoe\(\) is not supported yet"),
        (
            MIXED,
            prior("normal(0, 1)", **SD, lb=-1),
            r"lb = -1.0 of class_='sd' is beyond the limit of its parameters, 0.0",
        ),
        (
            CAR,
            prior("normal(0, 1)", class_="car", ub=2),
            "ub = 2.0 of class_='car' is beyond the limit of its parameters, 1.0",
        ),
        (MIXED, prior("normal(0, 1)", lb="low"), "the bound 'low' is not a constant"),
        (MIXED, "normal(0, 1)", r"expected priors made with prior\(\)"),
    ],
)
def test_refusals(defaults, user, message):
    with pytest.raises(PriorError, match=message):
        resolve(defaults, user)


@pytest.mark.parametrize(
    ("defaults", "user", "message"),
    [
        (MIXED, [prior("gamma(2, 1)")], r"gamma\(2, 1\) for class_='b' is zero outside \[0, inf\]"),
        (
            CAR,
            [prior("uniform(0.2, 0.4)", class_="car")],
            r"is zero outside \[0.2, 0.4\], but the parameters range over \[0, 1\]",
        ),
        (
            MIXED,
            [prior("normal(0, 1)"), *(prior("normal(0, 2)", coef=c) for c in "xz")],
            r"normal\(0, 1\) for class_='b' is not used",
        ),
        (
            MIXED,
            [prior("normal(0, 1)", **SD), *(prior("normal(0, 2)", **SD, group=g) for g in "gh")],
            r"normal\(0, 1\) for class_='sd' is not used",
        ),
    ],
)
def test_warnings(defaults, user, message):
    with pytest.warns(DataWarning, match=message):
        resolve(defaults, user)


def test_bounds_that_fit_the_support_are_silent():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        resolve(
            MIXED,
            [prior("gamma(2, 1)", lb=0), prior("exponential(2)", **SD), prior("beta(2, 2)", class_="shape", ub=1)],
        )
        resolve(MIXED, [prior("constant(1)", coef="x"), prior("constant(2)", class_="shape")])
        resolve(SIMPLEX, [prior("constant(0.5)", class_="theta"), prior("dirichlet(2)", class_="simo", coef="mox1")])


def test_lookup_of_what_the_model_has_not():
    with pytest.raises(PriorError, match="no row for class_='sds', coef='sx'"):
        resolve(MIXED).lookup("sds", "sx")


def test_summary_shows_what_is_inherited():
    shown = resolve(MIXED, prior("normal(0, 1)", **SD)).summary()
    row = next(row for row in shown if row.key == ("sd", "x", "g", "", "", ""))
    assert (row.prior, row.lb, row.source) == ("normal(0, 1)", 0.0, "(vectorized)")
    assert len(shown) == len(MIXED)
    proper = resolve(MIXED).summary(all_rows=False)
    assert {row.class_ for row in proper} == {"cor", "Intercept", "sd", "shape"}


def test_no_defaults_no_priors():
    assert len(resolve(empty_prior()).table) == 0
