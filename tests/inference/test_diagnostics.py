import warnings

import numpy as np
import pytest

from partialpool.errors import ConvergenceWarning
from partialpool.inference import diagnostics
from partialpool.inference.diagnostics import diagnose, energy_fraction, summarise_convergence
from partialpool.inference.settings import Settings

rng = np.random.default_rng(20)


def autoregressive(phi, shape):
    noise = rng.normal(size=shape)
    draws = noise.copy()
    for t in range(1, shape[1]):
        draws[:, t] = phi * draws[:, t - 1] + np.sqrt(1 - phi**2) * noise[:, t]
    return draws


def cases(shape):
    return np.stack(
        [
            autoregressive(0.0, shape),
            autoregressive(0.9, shape),
            autoregressive(-0.7, shape),
            autoregressive(0.995, shape),
            np.round(autoregressive(0.5, shape), 1),  # ties
            autoregressive(0.2, shape) + np.arange(shape[0])[:, None],  # not mixed
            autoregressive(0.2, shape) * (1 + np.arange(shape[0])[:, None]),  # different spreads
            rng.standard_cauchy(size=shape),
        ],
        axis=2,
    )


@pytest.mark.parametrize("shape", [(4, 1000), (2, 16), (3, 100), (2, 4)])
def test_figures_agree_with_arviz(shape):
    # The library takes one pair of autocorrelations more than R's posterior where half a chain is an odd number of
    # draws, and leaves out the middle draw before folding instead of after it; so these are multiples of four.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's own
        from arviz_stats.base import array_stats
    axes = {"chain_axis": 0, "draw_axis": 1}
    draws = cases(shape)
    found = summarise_convergence(draws)
    np.testing.assert_allclose(found.rhat, array_stats.rhat(draws, method="rank", **axes), rtol=1e-10)
    np.testing.assert_allclose(found.ess_bulk, array_stats.ess(draws, method="bulk", **axes), rtol=1e-10)
    tail = array_stats.ess(draws, method="tail", prob=(0.05, 0.95), **axes)
    varies = np.isfinite(found.ess_tail)
    assert varies.all() or shape == (2, 4)
    np.testing.assert_allclose(found.ess_tail[varies], tail[varies], rtol=1e-10)
    np.testing.assert_allclose(found.mcse_mean, array_stats.mcse(draws, method="mean", **axes), rtol=1e-10)


def ess_by_the_book(chains):
    """Stan reference manual, "Effective sample size", with the last pair of lags left out: one term at a time."""
    n_chains, n = chains.shape
    deviations = chains - chains.mean(axis=1, keepdims=True)
    covariance = [np.mean([d[: n - t] @ d[t:] / n for d in deviations]) for t in range(n)]
    within = covariance[0] * n / (n - 1)
    total = covariance[0] + np.var(chains.mean(axis=1), ddof=1)
    rho = [1.0] + [1 - (within - covariance[t]) / total for t in range(1, n)]
    tau, smallest = -1.0, np.inf
    for even in range(0, n - 3, 2):
        pair = rho[even] + rho[even + 1]
        if pair <= 0 or even + 2 >= n - 3:
            tau += max(rho[even], 0.0) if pair <= 0 else rho[even]
            break
        smallest = min(smallest, pair)
        tau += 2 * smallest
    size = n_chains * n
    return size / max(tau, 1 / np.log10(size))


@pytest.mark.parametrize("n_draws", [30, 31, 60, 61, 203])
def test_effective_sizes_agree_with_the_definition_at_any_length(n_draws):
    halves = np.moveaxis(cases((4, n_draws)), 2, 0)
    expected = [ess_by_the_book(chains) for chains in halves]
    np.testing.assert_allclose(diagnostics._effective_size(halves), expected, rtol=1e-9)


@pytest.mark.parametrize(("phi", "relative"), [(0.0, 1.0), (0.5, 1 / 3), (0.9, 1 / 19), (-0.3, 13 / 7)])
def test_effective_sizes_of_autoregressive_chains(phi, relative):
    # The mean of n draws has (1 - phi) / (1 + phi) n effective ones.
    draws = autoregressive(phi, (8, 10_000))
    assert summarise_convergence(draws[:, :, None]).ess_bulk[0] / draws.size == pytest.approx(relative, rel=0.1)


def test_rhat_of_separated_chains():
    # Chains at distance d in units of their spread have Rhat near sqrt(1 + variance of their means).
    draws = rng.normal(size=(4, 5000, 1)) + np.array([0, 0, 0, 1])[:, None, None]
    assert summarise_convergence(draws).rhat[0] == pytest.approx(np.sqrt(1 + 0.25 * 8 / 7 * 6 / 8), abs=0.03)


def test_degenerate_draws_have_no_figures():
    draws = rng.normal(size=(4, 100, 4))
    draws[:, :, 1] = 2.5
    draws[1, 7, 2] = np.nan
    draws[1, 7, 3] = np.inf
    found = summarise_convergence(draws)
    for figure in (found.rhat, found.ess_bulk, found.ess_tail, found.mcse_mean):
        assert np.isfinite(figure).tolist() == [True, False, False, False]
    assert np.isnan(summarise_convergence(draws[:, :3]).rhat).all()
    assert summarise_convergence(draws[:, :, :0]).rhat.shape == (0,)


def test_one_chain_is_judged_by_its_halves():
    drifting = rng.normal(size=(1, 1000, 1)) + np.linspace(0, 5, 1000)[None, :, None]
    assert summarise_convergence(drifting).rhat[0] > 1.5
    assert summarise_convergence(rng.normal(size=(1, 1000, 1))).rhat[0] < 1.01


def test_pieces_do_not_change_the_figures(monkeypatch):
    draws = cases((4, 50))
    whole = summarise_convergence(draws)
    monkeypatch.setattr(diagnostics, "_CHUNK", 1)
    pieces = summarise_convergence(draws)
    np.testing.assert_array_equal(whole.rhat, pieces.rhat)
    np.testing.assert_array_equal(whole.ess_tail, pieces.ess_tail)


def test_energy_fraction_of_independent_and_sticky_energies():
    energies = np.concatenate([rng.normal(size=(1, 20_000)), autoregressive(0.8, (1, 20_000))])
    # E (x' - x)^2 / var x = 2 (1 - phi)
    np.testing.assert_allclose(energy_fraction(energies), [2.0, 0.4], rtol=0.05)


def test_good_draws_give_no_messages():
    draws = rng.normal(size=(4, 1000, 2))
    quiet = np.zeros((4, 1000), dtype=bool)
    stats = {"diverging": quiet, "reached_max_treedepth": quiet, "energy": rng.normal(size=(4, 1000))}
    found = diagnose(draws, stats, ["b_Intercept", "sigma"])
    assert found.messages == ()
    assert (found.n_divergent, found.n_max_treedepth) == (0, 0)
    found.warn()


def test_each_fault_has_its_message_and_remedy():
    n = (4, 300)
    draws = np.stack([autoregressive(0.99, n), rng.normal(size=n), autoregressive(0.97, n)], axis=2)
    flags = np.zeros(n, dtype=bool)
    flags[0, :3] = True
    stats = {"diverging": flags, "reached_max_treedepth": flags[::-1], "energy": autoregressive(0.98, n)}
    settings = Settings(control={"adapt_delta": 0.95, "max_treedepth": 12})
    found = diagnose(draws, stats, ["sd_g", "b_x", "sigma"], settings)
    divergences, depth, energy, rhat, bulk, tail = found.messages
    assert divergences.startswith("3 transitions of 1200 diverged")
    assert 'control={"adapt_delta": 0.99}, now 0.95' in divergences
    assert "maximal tree depth of 12" in depth
    assert '"max_treedepth": 14' in depth
    assert "chain 1 (" in energy
    assert "E-BFMI" in energy
    assert "sd_g (1." in rhat
    assert "b_x" not in rhat
    assert "Bulk effective sample size is below 400 for sd_g (" in bulk
    assert "Tail" in tail
    with pytest.warns(ConvergenceWarning) as caught:
        found.warn()
    assert [str(warning.message) for warning in caught] == list(found.messages)
    assert {warning.filename for warning in caught} == {__file__}


def test_many_faulty_variables_are_counted_not_listed():
    draws = rng.normal(size=(4, 500, 50)) + 3 * np.arange(4)[:, None, None]
    (message, *_) = diagnose(draws, {}, [f"r[{i}]" for i in range(50)]).messages
    assert "and 47 more" in message
    assert len(message) < 300


def test_single_divergence_at_the_highest_target():
    stats = {"diverging": np.array([[True] + [False] * 999])}
    (message,) = diagnose(
        rng.normal(size=(1, 1000, 1)), stats, ["b"], Settings(control={"adapt_delta": 0.9995})
    ).messages
    assert message.startswith("1 transition of 1000 diverged")
    assert "tighter priors" in message
