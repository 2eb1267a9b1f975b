"""Cox models: splines against SciPy and brms, survival functions, restricted means and draws, strata."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

import made_up
import oracle
from partialpool import brm, default_prior
from partialpool.errors import DataError, FamilyError
from partialpool.families import cox
from partialpool.families.hazard_splines import HazardSplines
from partialpool.families.outcomes import draw, epred

TIMES = np.array([8.0, 23.0, 22.0, 447.0, 30.0, 24.0, 7.0, 511.0, 53.0, 15.0])
DATA = {
    "time": TIMES.tolist(),
    "censored": [0, 0, 1, 0, 0, 1, 0, 0, 1, 0],
    "x": [0.1, -0.3, 0.8, 0.2, -1.0, 0.4, 0.0, 1.1, -0.6, 0.5],
    "g": ["a", "b"] * 5,
    "entry": (TIMES / 4).tolist(),
    "kind": ["none", "left", "right", "interval", "none"] * 2,
    "until": np.where(np.arange(10) % 5 == 3, 600.0, np.nan).tolist(),
}


def test_splines_are_those_of_brms():
    known = oracle.load("089")
    times = known.data("Y").astype(float)
    splines = HazardSplines.learn(times, {})
    np.testing.assert_allclose(splines.hazard(times), known.data("Zbhaz"), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(splines.cumulative(times), known.data("Zcbhaz"), rtol=1e-10, atol=1e-13)


def test_each_spline_integrates_to_one_and_ends_at_the_boundary():
    splines = HazardSplines((20.0, 60.0), (2.0, 500.0), degree=2)
    assert splines.size == 5
    for k in range(splines.size):
        area, _ = integrate.quad(lambda t, k=k: splines.hazard(np.array([t]))[0, k], 2.0, 500.0, points=[20.0, 60.0])
        assert area == pytest.approx(1.0, rel=1e-9)
    assert (splines.hazard(np.array([1.0, 501.0])) == 0.0).all()
    np.testing.assert_array_equal(splines.cumulative(np.array([1.0]))[0], 0.0)
    np.testing.assert_allclose(splines.cumulative(np.array([900.0]))[0], 1.0, rtol=1e-12)


def test_settings_of_the_baseline_hazard():
    def splines(text):
        return brm(f"time | cens(censored) + bhaz({text}) ~ x", DATA, "cox", empty=True).model.spec.family.splines

    assert splines("df = 6, degree = 2").size == 6
    assert len(splines("df = 6, degree = 2").interior) == 3
    assert splines("knots = c(10, 100)").interior == (10.0, 100.0)
    assert splines("Boundary.knots = c(0, 1000)").boundary == (0.0, 1000.0)
    assert splines("df = 5, intercept = FALSE").size == 5
    np.testing.assert_allclose(splines("df = 7").interior, np.quantile(TIMES, [0.25, 0.5, 0.75]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("df = 3", r"bhaz\(df = 3\): degree 3 needs at least 4 degrees of freedom"),
        ("df = 4.5", "df must be a whole number of at least 1"),
        ("knots = c(100, 10)", "knots must increase"),
        ("Boundary.knots = c(0, 100)", "that enclose all times, 7 to 511"),
    ],
)
def test_impossible_settings(text, message):
    with pytest.raises(DataError, match=message):
        brm(f"time | cens(censored) + bhaz({text}) ~ x", DATA, "cox", empty=True)


def hazards(fit, times, rows=slice(None)):
    """Return h0 and H0 at the times of each row, [draw, row], from the weights of the splines."""
    splines = fit.model.spec.family.splines
    weights = fit.draws.select(regex=r"^sbhaz").flat
    return weights @ splines.hazard(times).T, weights @ splines.cumulative(times).T


def test_log_density_of_rows():
    fit = made_up.fit("time | cens(kind, until) + weights(w) ~ x", "cox", {**DATA, "w": [0.5, 1.0, 2.0, 1.0, 3.0] * 2})
    mu, kind = np.exp(fit.posterior_linpred()), np.array(DATA["kind"])
    h, H = hazards(fit, TIMES)
    _, until = hazards(fit, np.nan_to_num(np.array(DATA["until"])))
    expected = np.select(
        [kind == "left", kind == "right", kind == "interval"],
        [np.log(-np.expm1(-H * mu)), -H * mu, np.log(np.exp(-H * mu) - np.exp(-until * mu) * (kind == "interval"))],
        np.log(h) + np.log(mu) - H * mu,
    )
    np.testing.assert_allclose(fit.log_lik(), expected * np.array([0.5, 1.0, 2.0, 1.0, 3.0] * 2), rtol=1e-9)


def test_late_entry_divides_by_the_probability_to_be_alive_then():
    late = made_up.fit("time | cens(censored) + trunc(lb = entry) ~ x", "cox", DATA)
    early = made_up.fit("time | cens(censored) ~ x", "cox", DATA)
    _, entry = hazards(late, np.array(DATA["entry"]))
    np.testing.assert_allclose(late.log_lik(), early.log_lik() + entry * np.exp(late.posterior_linpred()), rtol=1e-10)


@pytest.mark.parametrize("formula", ["time | cens(kind, until) ~ x", "time | cens(censored) + bhaz(gr = g) ~ x"])
@pytest.mark.parametrize("link", ["log", "softplus"])
def test_gradients(formula, link):
    model = brm(formula, DATA, cox(link=link), empty=True).model
    rng = np.random.default_rng(3)
    u = rng.normal(0.0, 0.5, model.param_unc_num())
    _, gradient = model.log_density_gradient(u)
    for i in range(len(u)):
        step = np.eye(len(u))[i] * 1e-5
        slope = (model.log_density(u + step) - model.log_density(u - step)) / 2e-5
        assert gradient[i] == pytest.approx(slope, rel=1e-6, abs=1e-6)


def test_strata_have_hazards_of_their_own():
    fit = made_up.fit("time | cens(censored) + bhaz(g) ~ x", "cox", DATA)
    names = [name for name in fit.model.variables if name.startswith("sbhaz")]
    assert names[:2] + names[5:6] == ["sbhaz[a,1]", "sbhaz[a,2]", "sbhaz[b,1]"]
    splines = fit.model.spec.family.splines
    sums = [fit.draws.select(regex=rf"^sbhaz\[{g}").flat.sum(axis=1) for g in "ab"]
    np.testing.assert_allclose(sums, 1.0, rtol=1e-12)
    censored = np.flatnonzero(DATA["censored"])
    found = fit.log_lik()[:, censored]
    mu = np.exp(fit.posterior_linpred())[:, censored]
    for column, row in enumerate(censored):
        weights = fit.draws.select(regex=rf"^sbhaz\[{DATA['g'][row]}").flat
        H = weights @ splines.cumulative(TIMES[[row]])[0]
        np.testing.assert_allclose(found[:, column], -H * mu[:, column], rtol=1e-10)
    table = default_prior("time | cens(censored) + bhaz(g) ~ x", DATA, "cox")
    assert [(row.prior, row.group) for row in table if row.class_ == "sbhaz"] == [
        ("dirichlet(1)", ""),
        ("", "a"),
        ("", "b"),
    ]
    with pytest.raises(DataError, match="the group 'c', for which the fit has no baseline hazard"):
        fit.posterior_epred(newdata={"x": [0.0], "g": ["c"]})


WEIGHTS = {f"sbhaz{k + 1}": np.array([[w]]) for k, w in enumerate([0.1, 0.3, 0.2, 0.3, 0.1])}


@pytest.mark.parametrize("mu", [0.01, 1.0, 40.0, 1e4])
def test_mean_is_the_area_under_the_survival_function(mu):
    family = cox().bound(TIMES, {})
    scale = min(family.horizon, 30.0 / mu)
    edges = sorted({0.0, scale / 50, scale, *family.splines.interior, family.horizon})
    area = sum(
        integrate.quad(lambda t: family.survival(np.array(t), mu, **WEIGHTS).item(), a, b, epsabs=0, epsrel=1e-11)[0]
        for a, b in pairwise(edges)
    )
    mean = family.mean(mu=np.array([[mu]]), **WEIGHTS).item()
    assert mean == pytest.approx(area, rel=1e-9)
    drawn = family.draw(np.random.default_rng(1), mu=np.full((4000, 1), mu), **WEIGHTS)
    assert abs(drawn.mean() - mean) < 4.5 * drawn.std() / np.sqrt(4000)
    assert drawn.max() <= family.horizon


def test_draws_have_the_distribution_function():
    family = cox().bound(TIMES, {})
    drawn = family.draw(np.random.default_rng(2), mu=np.full((4000, 1), 3.0), **WEIGHTS)[:, 0]
    inside = drawn < family.horizon
    ended = family.cdf(np.array(family.horizon), 3.0, **WEIGHTS).item()
    assert abs(inside.mean() - ended) < 4.5 * np.sqrt(ended * (1 - ended) / 4000)
    u = family.cdf(drawn[inside], 3.0, **WEIGHTS)[0] / ended
    assert stats.kstest(u, "uniform").pvalue > 1e-3


def test_predictions_after_late_entry_are_later():
    fit = made_up.fit("time | cens(censored) + trunc(lb = entry) ~ x", "cox", DATA)
    entry, mean = np.array(DATA["entry"]), fit.posterior_epred()
    assert (mean > entry).all()
    drawn = np.concatenate([fit.posterior_predict(seed=seed) for seed in range(40)])
    assert (drawn >= entry).all()
    error = 5 * drawn.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - mean.mean(axis=0)) < error + 1e-9).all()


def test_an_unbound_family_has_no_hazard_yet():
    with pytest.raises(FamilyError, match="only once it is bound to times"):
        cox().mean(mu=1.0)
    with pytest.raises(DataError, match="times that are not all the same"):
        brm("time ~ x", {"time": [1.0, 1.0], "x": [0.0, 1.0]}, "cox", empty=True)
    with pytest.raises(DataError, match=r"response 'time' .* but row 2 is -1; such values suit gaussian"):
        brm("time ~ x", {"time": [1.0, -1.0], "x": [0.0, 1.0]}, "cox", empty=True)


@pytest.mark.parametrize("mu", [1e-20, 1e-3, 1.0, 30.0])
@pytest.mark.parametrize(("lower", "upper"), [(-np.inf, 1e3), (0.3, 0.6), (0.5, np.inf)])
def test_truncated_means_and_draws_belong_together(mu, lower, upper):
    """An upper bound beyond the last knot leaves out the times of which the data say nothing."""
    family = cox().bound(TIMES, {})
    data = {name: np.full(4000, share * family.horizon) for name, share in (("lb", lower), ("ub", upper))}
    parameters = {"mu": np.array([[mu]])} | WEIGHTS
    mean = epred(family, parameters, ["trunc"], {name: values[:1] for name, values in data.items()}).item()
    wide = {name: np.broadcast_to(value, (1, 4000)) for name, value in parameters.items()}
    drawn = draw(family, np.random.default_rng(3), wide, ["trunc"], data)
    assert abs(drawn.mean() - mean) < 4.5 * drawn.std() / np.sqrt(4000) + 1e-9
    assert ((drawn > data["lb"]) & (drawn <= data["ub"])).all()
