"""First passage of a Wiener process: series against mpmath, the family against simulation-free identities."""

import itertools

import mpmath as mp
import numpy as np
import pytest
from scipy.integrate import quad

import partialpool as pp
from partialpool.engine.vecmath import (
    first_passage_quantile,
    log_first_passage,
    log_first_passage_start,
    log_first_passage_time,
)

TIMES = [1e-4, 1e-2, 0.1, 0.3999999, 0.4, 0.7, 1.5, 5.0, 50.0]
STARTS = [1e-6, 0.01, 0.3, 0.5, 0.500001, 0.9, 0.99, 1 - 1e-6]
FAMILY = pp.brmsfamily("wiener")


def exact(u, w):
    """Log density, by images of the start for small times and by eigenfunctions for large ones."""
    u, w = mp.mpf(u), mp.mpf(w)
    if u < 1:
        total = mp.fsum((w + 2 * k) * mp.exp(-((w + 2 * k) ** 2) / (2 * u)) for k in range(-40, 41))
        return mp.log(total / mp.sqrt(2 * mp.pi * u**3))
    return mp.log(mp.pi * mp.fsum(k * mp.exp(-(k**2) * mp.pi**2 * u / 2) * mp.sin(k * mp.pi * w) for k in range(1, 40)))


@pytest.mark.parametrize("w", STARTS)
@pytest.mark.parametrize("u", TIMES)
def test_series_and_slopes(u, w):
    with mp.workdps(50):
        assert log_first_passage(u, w, 1 - w) == pytest.approx(float(exact(u, w)), rel=1e-12, abs=1e-12)
        by_u, by_w = mp.diff(lambda t: exact(t, w), u), mp.diff(lambda t: exact(u, t), w)
    assert log_first_passage_time(u, w, 1 - w) == pytest.approx(float(by_u), rel=1e-11)
    assert log_first_passage_start(u, w, 1 - w) == pytest.approx(float(by_w), rel=1e-11, abs=1e-11)


def test_the_distance_from_the_upper_end_keeps_its_digits():
    for u in (0.01, 0.39, 0.41, 3.0):
        with mp.workdps(600):
            expected = float(exact(u, 1 - mp.mpf("1e-250")))
        assert log_first_passage(u, 1.0, 1e-250) == pytest.approx(expected, rel=1e-13)
        assert log_first_passage_start(u, 1.0, 1e-250) == pytest.approx(-1e250, rel=1e-13)


@pytest.mark.parametrize(("mu", "bs", "bias"), [(0.5, 3.0, 0.3), (-1.2, 1.5, 0.6), (0.0, 1.0, 0.4), (4.0, 2.0, 0.5)])
def test_density_mean_and_draws_belong_together(mu, bs, bias):
    def density(t, dec):
        return float(np.exp(FAMILY.log_density(t, mu, bs, 0.2, bias, dec)))

    def integral(f):
        return sum(quad(lambda t, d=d: f(t) * density(t, d), 0.2 + 1e-9, 80, limit=500)[0] for d in (0.0, 1.0))

    assert integral(lambda t: 1.0) == pytest.approx(1.0, abs=1e-7)
    mean = integral(lambda t: t)
    assert FAMILY.mean(mu, bs, 0.2, bias) == pytest.approx(mean, rel=1e-6)
    drawn = FAMILY.draw(np.random.default_rng(1), *(np.full(20_000, x) for x in (mu, bs, 0.2, bias)))
    assert drawn.mean() == pytest.approx(mean, abs=4 * drawn.std() / np.sqrt(20_000))
    for q in (0.1, 0.5, 0.9):
        at = np.quantile(drawn, q)
        below = sum(quad(density, 0.2 + 1e-9, at, args=(d,), limit=500)[0] for d in (0.0, 1.0))
        assert below == pytest.approx(q, abs=4 * np.sqrt(q * (1 - q) / 20_000))


@pytest.mark.parametrize("p", [1e-6, 0.1, 0.5, 0.9, 1 - 1e-6])
@pytest.mark.parametrize(("v", "w"), [(0.0, 0.4), (3.0, 0.7), (-3.0, 0.7), (40.0, 0.2)])
def test_quantile_is_the_inverse_of_the_integral(p, v, w):
    def density(s):
        return np.exp(log_first_passage(s, w, 1 - w) - 0.5 * v * v * s)

    u = first_passage_quantile(p, v, w)
    centre = w / max(abs(v), 1.0)
    parts = sorted({1e-9, min(u, centre), u})
    below = sum(quad(density, a, b, limit=500)[0] for a, b in itertools.pairwise(parts))
    whole = (
        quad(density, 1e-9, centre, limit=500)[0] + quad(density, centre, 40, limit=500, points=[2 * centre, 1.0])[0]
    )
    assert below / whole == pytest.approx(p, rel=1e-5, abs=1e-9)


def test_mean_at_rest_is_a_limit():
    means = [FAMILY.mean(mu, 1.3, 0.0, 0.3) for mu in (-1e-4, -1e-7, 0.0, 1e-7, 1e-4)]
    np.testing.assert_allclose(means, 1.3**2 * 0.3 * 0.7, rtol=1e-4)
    assert np.abs(np.diff(means)).max() < 1e-4


def test_no_response_is_as_fast_as_the_rest():
    assert FAMILY.log_density(0.3, 0.5, 1.2, 0.4, 0.5, 1.0) == -np.inf
    data = {"y": [0.3, 0.5, 0.9], "d": [0, 1, 1], "x": [0.0, 1.0, 2.0]}
    model = pp.brm(pp.bf("y | dec(d) ~ 1", "ndt ~ 1"), data, "wiener", empty=True).model
    value, _ = model.log_density_gradient(np.zeros(model.param_unc_num()))  # ndt = 1
    assert value == -np.inf


@pytest.fixture(scope="module")
def decisions():
    rng = np.random.default_rng(4)
    mu, bs, ndt, bias = (np.full(200, x) for x in (1.0, 1.5, 0.2, 0.4))
    signed = FAMILY.draw(rng, mu, bs, ndt, bias, negative_rt=True)
    data = {"y": np.abs(signed), "d": np.where(signed > 0, "upper", "lower")}
    return pp.brm("y | dec(d) ~ 1", data, "wiener", iter=1200, chains=2, seed=1, progress=False)


def test_signs_tell_decisions(decisions):
    """Responses at the lower boundary are as frequent and as slow as the density says."""
    plain, signed = decisions.posterior_predict(seed=3), decisions.posterior_predict(seed=3, negative_rt=True)
    np.testing.assert_array_equal(plain, np.abs(signed))
    times = np.linspace(0.1, 12, 3000)
    density = np.exp(decisions.log_lik({"y": times, "d": ["lower"] * 3000}, draw_ids=[7])[0])
    drawn = decisions.posterior_predict({"x": np.zeros(20_000)}, draw_ids=[7], seed=5, negative_rt=True)
    share = np.trapezoid(density, times)
    assert (drawn < 0).mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 20_000))
    slow = np.trapezoid(density * times, times) / share
    assert -drawn[drawn < 0].mean() == pytest.approx(slow, rel=0.03)
    assert plain.mean() == pytest.approx(decisions.posterior_epred().mean(), rel=0.03)


def test_the_table_takes_signs_too(decisions):
    table = decisions.predict(negative_rt=True, seed=2)
    assert (table["Q2.5"] < 0).all()
    assert (decisions.predict(seed=2)["Q2.5"] > 0).all()


@pytest.mark.filterwarnings("ignore::partialpool.errors.ConvergenceWarning")
def test_other_families_have_no_decisions():
    fit = pp.brm("y ~ 1", {"y": [0.3, 0.5, 0.9]}, iter=20, warmup=10, chains=1, seed=1, progress=False)
    with pytest.raises(pp.DataError, match="wiener"):
        fit.posterior_predict(negative_rt=True)
    with pytest.raises(pp.DataError, match="True or False"):
        fit.posterior_predict(negative_rt=1)
