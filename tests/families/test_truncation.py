"""Means and draws of truncated responses against integrals, sums and closed forms of others."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from family_cases import CASES
from scipy import special, stats

from partialpool.families import as_family
from partialpool.families.density_means import from_density
from partialpool.families.events import region
from partialpool.families.outcomes import draw, epred, probability
from partialpool.families.truncation import _integral as tail_mean
from partialpool.families.truncation import mean_of_part

TRUNCATED = [case for case in CASES if "trunc" in as_family(case.family).additions]
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
every_case = pytest.mark.parametrize("case", TRUNCATED, ids=lambda case: case.family)


def one(case, i):
    return {name: float(np.broadcast_to(value, case.y.shape)[i]) for name, value in case.given.items()}


def middle(family, given, p):
    """Return the smallest response with a probability of at least p up to it."""
    low, high = (-1e6 if family.response.kind in ("real", "angle") else -1.0), float(given.get("trials", 1e6))
    for _ in range(120):
        y = (low + high) / 2
        at = np.floor(y) if family.response.discrete else y
        low, high = (y, high) if family.cdf(at, **given) < p else (low, y)
    return float(np.round(high)) if family.response.discrete else high


def mean_between(family, lower, upper, given):
    """Return the mean of responses from lower (discrete) or above it up to upper, from the density alone."""
    if family.response.discrete:
        y = np.arange(max(lower, 0.0), upper + 1)
        p = np.exp(family.log_density(y, **given))
        return float((y * p).sum() / p.sum())
    # Bounded responses on the scale of their logarithm or log odds; other densities are parted where they have a kink.
    kind, bounds = family.response.kind, np.array([lower, upper])
    bounded = kind not in ("real", "angle")
    ends = special.logit(bounds) if "proportion" in kind else np.log(bounds) if bounded else bounds
    kinks = [] if bounded else [at for at in (0.0, given.get("mu", 0.0)) if lower < at < upper]
    moments = np.zeros(2)
    for a, b in pairwise(np.unique([*np.linspace(*ends, 41), *kinks])):
        t = (a + b) / 2 + (b - a) / 2 * NODES
        y = special.expit(t) if "proportion" in kind else np.exp(t) if bounded else t
        slope = y * (1 - y) if "proportion" in kind else y if bounded else 1.0
        density = np.exp(family.log_density(y, **given)) * slope * WEIGHTS * (b - a) / 2
        moments += density.sum(), (y * density).sum()
    if family.name == "zero_inflated_asym_laplace" and lower < 0 <= upper:
        moments[0] += given["zi"]
    return float(moments[1] / moments[0])


@every_case
@pytest.mark.parametrize(("low", "high"), [(0.3, 0.99)])
def test_mean_between_bounds(case, low, high):
    family = as_family(case.family)
    for i in (0, 2):
        given = one(case, i)
        lb, ub = middle(family, given, low), middle(family, given, high)
        if not lb < ub or (not family.response.discrete and lb == 0.0):
            continue  # as good as all responses are one value, or zero is the bound: is it within or not?
        data = {"lb": np.array([lb]), "ub": np.array([ub]), **{n: np.array([given[n]]) for n in family.data}}
        parameters = {name: np.array([[given[name]]]) for name in family.dpars}
        found = epred(family, parameters, ["trunc", *family.data], data)
        assert found.shape == (1, 1)
        assert found.item() == pytest.approx(mean_between(family, lb, ub, given), rel=1e-7)


@every_case
def test_without_bounds_the_mean_is_that_of_the_family(case):
    family = as_family(case.family)
    if family.response.kind == "angle":
        return  # whose mean is a direction
    n = len(case.y)
    given = {name: np.broadcast_to(np.asarray(value, dtype=float), (n,)) for name, value in case.given.items()}
    infinite = np.full(n, np.inf)
    found = family.truncated_mean(*region(family, {"lb": -infinite, "ub": infinite, **given}), **given)
    np.testing.assert_allclose(found, np.broadcast_to(family.mean(**given), (n,)), rtol=1e-9, atol=1e-12)


def test_quadrature_agrees_with_closed_forms_where_tails_are_heavy_or_light():
    """The same means with and without what the family knows."""
    for name, given, bounds in (
        ("lognormal", {"mu": 0.3, "sigma": 1.5}, [(-np.inf, 2.0), (1.0, np.inf), (400.0, np.inf), (3.0, 3.5)]),
        ("gamma", {"mu": 2.0, "shape": 0.4}, [(-np.inf, 2.0), (1.0, np.inf), (80.0, np.inf), (3.0, 3.5)]),
        ("student", {"mu": 1.0, "sigma": 2.0, "nu": 2.5}, [(-np.inf, 2.0), (1.0, np.inf), (90.0, np.inf), (3.0, 3.5)]),
        ("gaussian", {"mu": 1.0, "sigma": 2.0}, [(-np.inf, 2.0), (1.0, np.inf), (30.0, np.inf), (31.0, 31.5)]),
    ):
        family = as_family(name)
        blind = type("Blind", (type(family),), {"size_biased": lambda self, **given: None})()
        lower, upper = (np.array(ends, dtype=float) for ends in zip(*bounds, strict=True))
        closed = family.truncated_mean(lower, upper, **given)
        np.testing.assert_allclose(mean_of_part(blind, lower, upper, given), closed, rtol=1e-9)


def test_sums_of_many_counts_are_in_strides():
    family = as_family("negbinomial")
    blind = type("Blind", (type(family),), {"size_biased": lambda self, **given: None})()
    given = {"mu": np.array([3e5, 40.0]), "shape": np.array([3.0, 1.5])}
    lower, upper = np.array([1e5, -np.inf]), np.array([np.inf, 9.0])
    closed = family.truncated_mean(lower, upper, **given)
    np.testing.assert_allclose(mean_of_part(blind, lower, upper, given), closed, rtol=1e-7)


def test_means_far_out_in_the_tail():
    """Beyond where probabilities underflow: the mean excess of a normal is then close to sigma^2 / distance."""
    mean = epred(
        *(
            as_family("gaussian"),
            {"mu": np.array([[0.0]]), "sigma": np.array([[1.0]])},
            ["trunc"],
            {"lb": np.array([50.0])},
        )
    )
    assert mean.item() == pytest.approx(50.0 + 1 / 50 - 2 / 50**3, rel=1e-7)
    mean = epred(as_family("exponential"), {"mu": np.array([[2.0]])}, ["trunc"], {"lb": np.array([5e3])})
    assert mean.item() == pytest.approx(5002.0, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "given", "bounds"),
    [
        ("gaussian", {"mu": 0.0, "sigma": 1.0}, (-0.5, 2.0)),
        ("gaussian", {"mu": 0.0, "sigma": 1.0}, (7.0, 7.5)),
        ("student", {"mu": 0.0, "sigma": 1.0, "nu": 3.0}, (-np.inf, -40.0)),
        ("gamma", {"mu": 2.0, "shape": 0.5}, (30.0, np.inf)),
        ("beta", {"mu": 0.5, "phi": 2.0}, (0.9, 0.91)),
        ("poisson", {"mu": 3.0}, (1, 4)),
        ("poisson", {"mu": 3.0}, (15, np.inf)),
        ("negbinomial", {"mu": 3.0, "shape": 0.6}, (1, 20)),
    ],
)
def test_draws_follow_the_distribution_between_the_bounds(name, given, bounds):
    family, n = as_family(name), 4000
    data = {"lb": np.array([float(bounds[0])]), "ub": np.array([float(bounds[1])])}
    wide = {key: np.full((n, 1), value) for key, value in given.items()}
    drawn = draw(family, np.random.default_rng(11), wide, ["trunc"], data)[:, 0]
    assert drawn.min() >= bounds[0]
    assert drawn.max() <= bounds[1]
    if not family.response.discrete:
        cdf = probability(family, drawn, {key: np.full((1, 1), value) for key, value in given.items()}, ["trunc"], data)
        assert stats.kstest(cdf[0], "uniform").pvalue > 1e-3
        return
    for y in np.unique(drawn)[:6]:
        one_row = {key: np.full((1, 1), value) for key, value in given.items()}
        expected = probability(family, np.array([y]), one_row, ["trunc"], data).item()
        assert abs(np.mean(drawn <= y) - expected) < 4.5 * np.sqrt(expected * (1 - expected) / n) + 1e-9


def test_probabilities_of_whole_numbers_between_bounds_add_up_to_one():
    data = {"lb": np.array([2.0]), "ub": np.array([6.0])}
    given = {"mu": np.array([[3.0]])}
    cdf = [probability(as_family("poisson"), np.array([y]), given, ["trunc"], data).item() for y in np.arange(1.0, 8.0)]
    assert cdf[0] == 0.0
    assert cdf[5] == pytest.approx(1.0)
    steps = stats.poisson.pmf(np.arange(2, 7), 3.0)
    np.testing.assert_allclose(np.diff(cdf)[:5], steps / steps.sum(), rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("poisson", {"mu": 3.0}),
        ("negbinomial", {"mu": 3.0, "shape": 0.6}),
        ("binomial", {"mu": 0.3, "trials": 4.0}),
        ("beta_binomial", {"mu": 0.3, "phi": 2.0, "trials": 4.0}),
        ("hurdle_poisson", {"mu": 3.0, "hu": 0.2}),
        ("zero_inflated_binomial", {"mu": 0.3, "zi": 0.2, "trials": 4.0}),
    ],
)
def test_a_region_that_leaves_zero_alone_has_mean_zero(name, given):
    family = as_family(name)
    data = {"ub": np.array([0.0, 1.0])} | {n: np.full(2, given[n]) for n in family.data}
    parameters = {dpar: np.array([[given[dpar]]]) for dpar in family.dpars}
    found = epred(family, parameters, ["trunc", *family.data], data)
    share = np.exp(np.diff([float(family.log_density(y, **given)) for y in (0.0, 1.0)])[0])
    assert found.tolist() == [[0.0, pytest.approx(share / (1 + share))]]
    assert (draw(family, np.random.default_rng(1), parameters, ["trunc", *family.data], data)[0, 0]) == 0.0


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("lognormal", {"mu": 0.0, "sigma": 60.0}, 5.5 / np.log(12)),  # the density is next to 1 / y
        ("hurdle_lognormal", {"mu": 0.0, "sigma": 60.0, "hu": 0.2}, 5.5 / np.log(12)),
        ("weibull", {"mu": 1e-3, "shape": 3.0}, 0.5),
    ],
)
def test_a_mean_beyond_the_doubles_does_not_spoil_that_of_a_part(name, given, expected):
    parameters = {dpar: np.array([[value]]) for dpar, value in given.items()}
    found = epred(as_family(name), parameters, ["trunc"], {"lb": np.array([0.5]), "ub": np.array([6.0])})
    assert found.item() == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("skew_normal", {"mu": 1.0, "sigma": 2.0, "alpha": 3.0}),
        ("exgaussian", {"mu": 1.0, "sigma": 0.5, "beta": 0.7}),
        ("von_mises", {"mu": 1.0, "kappa": 2.0}),
        ("frechet", {"mu": 2.0, "nu": 2.5}),
        ("inverse_gaussian", {"mu": 2.0, "shape": 1.5}),
    ],
)
def test_the_density_gives_what_the_tails_give(name, given):
    family = as_family(name)
    bounds = np.array([0.2, 1.5]), np.array([1.0, 2.5])
    flat = {key: np.full(2, value) for key, value in given.items()}
    found = from_density(family, *bounds, flat)
    np.testing.assert_allclose(found, tail_mean(family, *bounds, flat), rtol=1e-8)


def test_a_density_that_is_not_smooth_between_the_bounds_gives_nothing():
    """A peak far narrower than the bounds, and a tail that never ends."""
    narrow = {"mu": np.array([0.123]), "sigma": np.array([1e-9]), "nu": np.array([3.0])}
    bounds = np.array([-1.0]), np.array([1.0])
    assert np.isnan(from_density(as_family("student"), *bounds, narrow)).all()
    wide = {"mu": np.array([0.0]), "sigma": np.array([1.0]), "nu": np.array([1.5])}
    assert np.isnan(from_density(as_family("student"), np.array([-np.inf]), np.array([np.inf]), wide)).all()
    assert mean_of_part(as_family("student"), *bounds, narrow).item() == pytest.approx(0.123)
