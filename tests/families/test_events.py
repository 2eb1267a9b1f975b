"""Censored and truncated likelihoods: intervals, and their compiled probabilities against mpmath, tails included."""

from __future__ import annotations

from itertools import pairwise

import mpmath as mp
import numpy as np
import pytest
from family_cases import CASES, DEFINITIONS
from kernel_rows import evaluate

from partialpool.errors import DataError
from partialpool.families import as_family, binomial, exponential, gaussian, poisson
from partialpool.families.composition import likelihood
from partialpool.families.events import check_events, event_columns, log_probability, region, support

COMMON = (
    *("gaussian", "student", "lognormal", "gamma", "exponential", "weibull", "beta"),
    *("poisson", "negbinomial", "binomial", "zero_inflated_poisson", "hurdle_gamma"),
)
"""Families that are tried each time; the others take long to compile."""

COSTLY = ("skew_normal", "von_mises", "beta_binomial")
"""Whose distribution function mpmath finds by quadrature or by sums."""

CENSORED = [
    pytest.param(case, id=case.family, marks=() if case.family in COMMON else pytest.mark.slow)
    for case in CASES
    if "cens" in as_family(case.family).additions
]

PROBABILITIES = (1e-200, 1e-12, 0.02, 0.4, 0.97, 1 - 1e-13)
"""Where responses are censored."""


def points(family, given):
    """Return responses at quantiles, from the very small to the very large, within the support."""
    discrete, kind = family.response.discrete, family.response.kind
    low = -1e12 if kind in ("real", "angle") else 0.0
    high = float(given.get("trials", 1e12)) - 1 if discrete else 1.0 if "proportion" in kind else 1e12
    found = set()
    # The end of the circle is no double, and next to the least time doubles are too far apart.
    first, last = (2, 5) if kind == "angle" else (int("ndt" in given), None)
    for p in PROBABILITIES[first:last]:
        a, b = low, high
        for _ in range(200):
            middle = (a + b) / 2
            at = np.floor(middle) if discrete else middle
            small = family.cdf(at, **given) < p if p < 0.5 else family.survival(at, **given) > 1 - p
            a, b = (middle, b) if small else (a, middle)
        found.add(float(np.ceil(b)) if discrete else b)
    after = given.get("ndt", 0.0)  # the doubles next to it differ by more than they have digits
    inside = (y for y in found if (y > 0 or discrete or kind in ("real", "angle")) and (discrete or y < high))
    return sorted(y for y in inside if not after or y - after > 1e-6 * after)


def crossed(case, family):
    """Rows: each point censored to the left and to the right, and each interval between two points."""
    rows = []
    for i in range(0, len(case.y), 2):
        given = {name: float(np.broadcast_to(value, case.y.shape)[i]) for name, value in case.given.items()}
        ys = points(family, given)
        rows += [(y, status, y, given) for y in ys for status in (-1.0, 1.0)]
        rows += [(y, 2.0, y2, given) for y, y2 in pairwise(ys)]
    return rows[::4] if case.family in COSTLY else rows


def exact(family, names, row, *etas):
    y, status, y2, given = row
    natural = {n: DEFINITIONS[family.link_of(n).name](eta) for n, eta in zip(names, etas, strict=True)}
    data = {n: mp.mpf(given[n]) for n in family.data}
    below = family.cdf(mp.mpf(y), **natural, **data)
    if status == -1:
        return mp.log(below)
    if status == 1:
        return mp.log(family.survival(mp.mpf(y), **natural, **data))
    return mp.log(family.cdf(mp.mpf(y2), **natural, **data) - below)


@pytest.mark.parametrize("case", CENSORED)
def test_probabilities_of_intervals_and_their_gradients(case):
    family = as_family(case.family)
    rows = crossed(case, family)
    columns = {name: np.array([row[i] for row in rows]) for i, name in enumerate(("y", "cens", "y2"))}
    data = {name: np.array([row[3][name] for row in rows]) for name in family.data}
    etas = {n: np.array([family.link_of(n).link(row[3][n]) for row in rows]) for n in family.dpars}
    described, kinds = event_columns(family, {**columns, **data})
    kernel = likelihood(family, dict.fromkeys(etas, "row"), ["cens", *family.data, *kinds])
    values, gradients = evaluate(kernel, etas, {"y": columns["y"], **data, **described})
    unit = np.eye(len(etas), dtype=int)
    tried = 0
    with mp.workdps(60):
        for i, row in enumerate(rows):
            at = tuple(mp.mpf(float(eta[i])) for eta in etas.values())
            value = exact(family, list(etas), row, *at)
            if not mp.isfinite(value) or (row[1] != -1 and value < mp.log(mp.mpf(10) ** -40)):
                continue  # what 60 digits cannot tell from 0
            tried += 1
            assert values[i] == pytest.approx(float(value), rel=1e-10, abs=1e-13), row
            for name, order in zip(etas, unit, strict=True):
                slope = mp.diff(lambda *e, row=row: exact(family, list(etas), row, *e), at, tuple(map(int, order)))
                assert gradients[name][i] == pytest.approx(float(slope), rel=1e-8, abs=1e-8), (name, row)
    assert tried >= (4 if case.family in COSTLY else 8)


def test_far_tails_of_common_families():
    """Probabilities of e^-800 and less, whose logarithm a model meets before it has found its place."""
    with mp.workdps(500):
        expected = [float(mp.log(mp.ncdf(-40))), float(mp.log(mp.ncdf(-60)))]
    eta = {"mu": np.array([0.0, 100.0]), "sigma": 1.0}
    described, kinds = event_columns(gaussian(), {"y": np.array([40.0, 40.0]), "cens": np.array([1.0, -1.0])})
    kernel = likelihood(gaussian(), {"mu": "row", "sigma": "scalar"}, ["cens", *kinds])
    values, gradients = evaluate(kernel, eta, {"y": np.array([40.0, 40.0]), **described})
    np.testing.assert_allclose(values, expected, rtol=1e-13)
    np.testing.assert_allclose(gradients["mu"], [40.0, -60.0], rtol=1e-3)


def test_intervals_of_whole_numbers_and_the_ends_of_the_support():
    lower, upper = region(poisson(), {"lb": np.array([0.0, 1.0, 2.5, -4.0]), "ub": np.array([3.0, 3.5, np.inf, 9.0])})
    np.testing.assert_array_equal(lower, [-np.inf, 0.0, 2.0, -np.inf])
    np.testing.assert_array_equal(upper, [3.0, 3.0, np.inf, 9.0])
    lower, upper = region(binomial(), {"ub": np.array([3.0, 9.0]), "trials": np.array([3.0, 12.0])})
    np.testing.assert_array_equal(upper, [np.inf, 9.0])
    lower, upper = region(exponential(), {"lb": np.array([0.0, 2.0])})
    np.testing.assert_array_equal(lower, [-np.inf, 2.0])
    first, last = support(binomial(), lower, np.full(2, np.inf), {"trials": np.array([5.0, 7.0])})
    np.testing.assert_array_equal(first, [-1.0, 2.0])
    np.testing.assert_array_equal(last, [5.0, 7.0])


@pytest.mark.parametrize("name", ["hurdle_gamma", "zero_inflated_beta", "hurdle_lognormal"])
def test_a_truncation_from_zero_on_keeps_zeros_that_have_a_probability(name):
    lower, _ = region(as_family(name), {"lb": np.array([0.0, -1.0, 0.1])})
    np.testing.assert_array_equal(lower, [-np.inf, -np.inf, 0.1])


@pytest.mark.parametrize(
    ("name", "given", "bare", "share"),
    [
        ("hurdle_lognormal", {"mu": 2.0, "sigma": 0.7, "hu": 0.2}, "lognormal", 0.8),
        ("hurdle_gamma", {"mu": 2.0, "shape": 9.0, "hu": 0.2}, "gamma", 0.8),
        ("zero_inflated_beta", {"mu": 0.5, "phi": 30.0, "zi": 0.2}, "beta", 0.8),
    ],
)
def test_intervals_near_zero_keep_their_digits_beside_zeros(name, given, bare, share):
    """They are those of the other responses, however improbable: the probability of 0 does not swamp them."""
    lower, upper = np.array([1e-6, 0.0, 0.3]), np.array([2e-6, 2e-6, 0.4])
    found = log_probability(as_family(name), lower, upper, given)
    own = {key: value for key, value in given.items() if key in as_family(bare).dpars}
    expected = log_probability(as_family(bare), np.where(lower == 0, -np.inf, lower), upper, own)
    np.testing.assert_allclose(found, np.log(share) + expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "given", "weight"),
    [
        ("zero_inflated_poisson", {"mu": 40.0, "zi": 0.2}, 0.8),
        ("hurdle_poisson", {"mu": 40.0, "hu": 0.2}, 0.8),
        ("zero_inflated_negbinomial", {"mu": 400.0, "shape": 60.0, "zi": 0.2}, 0.8),
    ],
)
def test_improbable_intervals_of_counts_beside_zeros(name, given, weight):
    """A sum of probabilities, next to which that of 0 is large."""
    family, y = as_family(name), np.arange(1.0, 4.0)
    expected = np.log(np.exp(family.log_density(y, **given)).sum())
    assert log_probability(family, np.array([0.0]), np.array([3.0]), given).item() == pytest.approx(expected, rel=1e-12)


def test_censoring_stays_within_the_region_of_truncation():
    columns = {"y": np.array([1.0, 1.0, 1.0]), "cens": np.array([-1.0, 1.0, 2.0]), "y2": np.array([1.0, 1.0, 9.0])}
    found, kinds = event_columns(gaussian(), {**columns, "lb": np.float64(0.0), "ub": np.float64(4.0)})
    assert kinds == {"event_between", "region_between"}
    np.testing.assert_array_equal(found["event_lower"], [0.0, 1.0, 1.0])
    np.testing.assert_array_equal(found["event_upper"], [1.0, 4.0, 4.0])


def test_log_probabilities_for_arrays_add_up():
    y = np.array([-3.0, 0.5, 2.0])
    for family, given in (
        (gaussian(), {"mu": 0.3, "sigma": 1.2}),
        (as_family("student"), {"mu": 0.0, "sigma": 1.0, "nu": 3.0}),
    ):
        edges = [-np.inf, *y, np.inf]
        parts = [
            np.exp(log_probability(family, np.array([low]), np.array([high]), given)) for low, high in pairwise(edges)
        ]
        assert np.sum(parts) == pytest.approx(1.0, rel=1e-14)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"lb": np.array([0.0, 2.0]), "ub": np.array([5.0, 2.0])}, "row 2 the lower bound 2 is not below 2"),
        ({"lb": np.array([2.0, 0.0])}, r"response 'y' is 1 in row 1, out of the bounds of trunc\(\), 2 and inf"),
        ({"ub": np.float64(2.0)}, "response 'y' is 3 in row 2"),
        ({"cens": np.array([0.0, 2.0])}, "interval censoring needs the upper end of each interval"),
        ({"cens": np.array([0.0, 2.0]), "y2": np.array([np.nan, np.nan])}, "row 2 is interval-censored, .* is missing"),
        ({"cens": np.array([2.0, 0.0]), "y2": np.array([1.0, np.nan])}, "row 1 .* is 1, not above its lower end 1"),
    ],
)
def test_contradictions_are_errors(columns, message):
    with pytest.raises(DataError, match=message):
        check_events(np.array([1.0, 3.0]), columns, "y", lambda row: f"row {row + 1}")
