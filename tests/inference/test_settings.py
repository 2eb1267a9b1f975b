import numpy as np
import pytest

from partialpool.errors import SamplingError
from partialpool.inference.settings import Control, Settings


def test_defaults_are_those_of_brms():
    settings = Settings()
    assert (settings.iter, settings.n_warmup, settings.chains, settings.thin) == (2000, 1000, 4, 1)
    assert settings.n_kept == 1000
    assert settings.n_kept_warmup == 0
    control = Control.read(settings.control)
    assert (control.adapt_delta, control.max_treedepth) == (0.8, 10)


@pytest.mark.parametrize(
    ("asked", "n_warmup", "n_kept"),
    [
        ({"iter": 2001}, 1000, 1001),
        ({"iter": 100, "warmup": 31, "thin": 3}, 31, 23),
        ({"iter": 10, "warmup": 9, "thin": 5}, 9, 1),
    ],
)
def test_kept_draws_follow_iter_warmup_and_thin(asked, n_warmup, n_kept):
    settings = Settings(**asked)
    assert settings.n_warmup == n_warmup
    # The draws kept are those of iterations warmup, warmup + thin, ...
    assert settings.n_kept == n_kept == len(range(n_warmup, settings.iter, settings.thin))


def test_cores_never_exceed_chains():
    assert Settings(chains=2, cores=8).n_parallel == 2
    assert Settings(chains=8, cores=3).n_parallel == 3
    assert Settings(chains=1).n_parallel == 1


def test_seed_is_drawn_and_recorded_where_there_is_none():
    assert Settings().seeded().seed != Settings().seeded().seed
    assert Settings(seed=4).seeded().seed == 4


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"iter": 0}, "`iter` must be a whole number of at least 2, not 0"),
        ({"iter": 100.5}, "`iter`"),
        ({"chains": 0}, "`chains`"),
        ({"chains": True}, "`chains`"),
        ({"cores": 0}, "`cores`"),
        ({"thin": 0}, "`thin`"),
        ({"seed": -1}, "`seed`"),
        ({"warmup": 0}, "`warmup`"),
        ({"iter": 100, "warmup": 100}, r"`warmup` \(100\) must be smaller than `iter` \(100\)"),
        ({"init": "zero"}, "`init` must be 'random'"),
        ({"init": -1}, "`init`"),
        ({"init": float("nan")}, "`init`"),
        ({"control": {"adapt_delt": 0.9}}, "no entry 'adapt_delt'; did you mean 'adapt_delta'"),
        ({"control": {"nonsense": 1}}, "known: 'adapt_delta', 'max_treedepth'"),
        ({"control": {"adapt_delta": 1.0}}, "`adapt_delta` must be a number between 0 and 1"),
        ({"control": {"max_treedepth": 2.5}}, "`max_treedepth`"),
        ({"control": {"metric": "dense_e"}}, "no metric 'dense_e'.*'low_rank'"),
    ],
)
def test_wrong_settings_are_named(wrong, message):
    with pytest.raises(SamplingError, match=message):
        Settings(**wrong)


def test_control_takes_the_names_of_stan():
    assert Control.read({"stepsize": 0.5, "metric": "diag_e"}) == Control(step_size=0.5, metric="diag_e")


def test_numpy_numbers_are_numbers():
    settings = Settings(iter=np.int64(10), init=np.float32(0.5), control={"adapt_delta": np.float64(0.9)})
    assert settings.n_kept == 5
    assert settings.init == 0.5
