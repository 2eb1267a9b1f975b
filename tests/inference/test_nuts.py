import _thread
import signal
import threading

import numpy as np
import pytest
from normal_target import RHO, SD

from partialpool.errors import ConvergenceWarning, SamplingError
from partialpool.inference.diagnostics import summarise_convergence
from partialpool.inference.nuts import Settings, _most_draws, sample

NORMAL, FUNNEL = ("x", "y", "x + y"), ("v", "a", "b", "c", "d", "sum")


def test_moments_of_a_correlated_normal(normal):
    samples = sample(normal, Settings(iter=6000, seed=1), names=NORMAL)
    assert samples.values.shape == (4, 3000, 3)
    error = summarise_convergence(samples.values).mcse_mean
    np.testing.assert_array_less(np.abs(samples.values.mean(axis=(0, 1))), 4 * error)
    covariance = np.cov(samples.values[:, :, :2].reshape(-1, 2).T)
    expected = np.array([[SD[0] ** 2, RHO * SD[0] * SD[1]], [RHO * SD[0] * SD[1], SD[1] ** 2]])
    np.testing.assert_allclose(covariance, expected, rtol=0.08)


def test_neck_of_a_funnel_is_reached_with_small_steps_and_reported(funnel):
    samples = sample(funnel, Settings(iter=4000, seed=2, control={"adapt_delta": 0.99}), names=FUNNEL)
    v = samples.values[:, :, 0]
    assert v.mean() == pytest.approx(0, abs=5 * summarise_convergence(samples.values).mcse_mean[0])
    assert np.quantile(v, 0.9) == pytest.approx(1.2816 * 3, abs=0.9)
    assert samples.stats["tree_depth"].max() > 3


def test_same_seed_gives_same_draws_on_any_number_of_cores(funnel):
    settings = [Settings(iter=400, seed=7, cores=cores) for cores in (1, 2, 4)]
    first, *others = [sample(funnel, asked, names=FUNNEL) for asked in settings]
    for other in others:
        np.testing.assert_array_equal(first.values, other.values)
        for name, statistic in first.stats.items():
            np.testing.assert_array_equal(statistic, other.stats[name])
    assert len({chain.tobytes() for chain in first.values}) == 4


def test_more_chains_leave_the_first_as_they_were(normal):
    two, three = (sample(normal, Settings(iter=100, seed=7, chains=chains), names=NORMAL) for chains in (2, 3))
    np.testing.assert_array_equal(two.values, three.values[:2])


def test_seed_that_was_drawn_repeats_the_run(normal):
    samples = sample(normal, Settings(iter=100), names=NORMAL)
    again = sample(normal, Settings(iter=100, seed=samples.settings.seed), names=NORMAL)
    np.testing.assert_array_equal(samples.values, again.values)


def test_thinning_and_saved_warmup_are_parts_of_the_whole_run(normal):
    whole = sample(normal, Settings(iter=200, seed=3, save_warmup=True), names=NORMAL)
    assert whole.warmup_values.shape == (4, 100, 3)
    thinned = sample(normal, Settings(iter=200, seed=3, thin=3, save_warmup=True), names=NORMAL)
    np.testing.assert_array_equal(thinned.values, whole.values[:, ::3])
    np.testing.assert_array_equal(thinned.stats["lp"], whole.stats["lp"][:, ::3])
    np.testing.assert_array_equal(thinned.warmup_values, whole.warmup_values[:, ::3])
    np.testing.assert_array_equal(thinned.warmup_stats["energy"], whole.warmup_stats["energy"][:, ::3])
    without = sample(normal, Settings(iter=200, seed=3), names=NORMAL)
    np.testing.assert_array_equal(without.values, whole.values)
    assert without.warmup_values is None
    assert without.warmup_stats is None


def test_statistics_have_arviz_names_and_agree_with_the_draws(normal):
    samples = sample(normal, Settings(iter=300, seed=3, control={"max_treedepth": 1}), names=NORMAL)
    stats = samples.stats
    assert {kept.shape for kept in stats.values()} == {(4, 150)}
    assert stats["diverging"].dtype == stats["reached_max_treedepth"].dtype == np.bool_
    assert stats["tree_depth"].max() == 1
    assert stats["reached_max_treedepth"].mean() > 0.5
    assert (stats["n_steps"] == 1).all()
    expected = [[normal.evaluate(point).value for point in chain] for chain in samples.values[:, :, :2]]
    np.testing.assert_allclose(stats["lp"], expected, rtol=1e-10)
    kinetic = stats["energy"] + stats["lp"]  # plus a constant in each chain, in some versions of nutpie
    excess = (kinetic - kinetic.min(axis=1, keepdims=True)).mean()
    assert excess == pytest.approx(1, abs=0.3)  # half of the number of parameters
    assert ((stats["acceptance_rate"] > 0) & (stats["acceptance_rate"] <= 1)).all()


def test_points_that_cannot_be_evaluated_are_divergences(half_forbidden):
    samples = sample(half_forbidden, Settings(iter=1000, seed=3), names=("x", "sum"))
    assert samples.stats["diverging"].sum() > 10
    assert samples.values[:, :, 0].max() <= 1


def test_chains_start_where_they_are_told_to(normal):
    starts = np.array([[50.0, 1.0], [-50.0, 1.0], [1.0, 50.0], [1.0, -50.0]])
    asked = Settings(iter=10, warmup=1, seed=1, save_warmup=True, control={"step_size": 1e-6})
    samples = sample(normal, asked, names=NORMAL, initial=lambda chain: starts[chain])
    np.testing.assert_allclose(samples.warmup_values[:, 0, :2], starts, atol=0.1)


def test_failures_name_their_cause(normal, impossible, fatal, capfd):
    with pytest.raises(SamplingError, match="2 names for 3 values"):
        sample(normal, Settings(), names=("x", "y"))
    with pytest.raises(SamplingError, match=r"log density is -inf\. The prior of sigma"):
        sample(impossible, Settings(), names=("a", "b", "c", "d"), explain=lambda _: "The prior of sigma excludes it.")
    with pytest.raises(SamplingError, match="sampling failed"):
        sample(fatal, Settings(iter=200_000, seed=1, init=0.5), names=("x", "sum"))
    capfd.readouterr()


def test_interrupt_keeps_the_draws_made_so_far(normal):
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(0.5, _thread.interrupt_main).start()
        with pytest.warns(ConvergenceWarning, match="interrupted: 2 of 2 chains are kept, with .* of 19999000 draws"):
            samples = sample(
                normal, Settings(iter=20_000_000, warmup=1000, thin=1, chains=2, cores=2, seed=1), names=NORMAL
            )
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    n_draws = samples.values.shape[1]
    assert samples.interrupted
    assert 100 < n_draws < 19_999_000
    assert samples.stats["lp"].shape == (2, n_draws)
    undisturbed = sample(normal, Settings(iter=1100, warmup=1000, chains=2, seed=1), names=NORMAL)
    np.testing.assert_array_equal(samples.values[:, :100], undisturbed.values)
    assert not undisturbed.interrupted


def test_interrupt_before_any_draw_goes_on_to_the_caller(normal):
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(0.2, _thread.interrupt_main).start()
        with pytest.raises(KeyboardInterrupt):
            sample(normal, Settings(iter=20_000_000, warmup=19_000_000, chains=2, seed=1), names=NORMAL)
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("lengths", "chains", "length"),
    [
        ([10, 10, 10], [0, 1, 2], 10),
        ([9, 10, 8], [0, 1, 2], 8),
        ([100, 0, 100, 3], [0, 2], 100),
        ([5, 100, 0], [1], 100),
        ([0, 0], [0], 0),
    ],
)
def test_unequal_chains_are_cut_to_leave_the_most_draws(lengths, chains, length):
    kept, cut = _most_draws(np.array(lengths))
    assert kept.tolist() == chains
    assert cut == length


def test_sampling_works_in_another_thread(normal):
    made = []
    thread = threading.Thread(target=lambda: made.append(sample(normal, Settings(iter=100, seed=1), names=NORMAL)))
    thread.start()
    thread.join(30)
    np.testing.assert_array_equal(made[0].values, sample(normal, Settings(iter=100, seed=1), names=NORMAL).values)
