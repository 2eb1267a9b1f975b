"""Fits kept in a file: when one still holds, and when it is made anew."""

from __future__ import annotations

import warnings
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

import made_up
from partialpool import StorageError, brm, prior, student

FRAME = pd.DataFrame(made_up.data())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fit.ppfit"


SHORT = {"iter": 60, "chains": 2, "seed": 1, "progress": False}


def kept(path, formula="y ~ x + (1 | g)", frame=FRAME, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few draws do not converge
        return brm(formula, frame, file=path, **{**SHORT, **options})


def test_a_kept_fit_is_used_again(path):
    first = kept(path)
    written_at = path.stat().st_mtime_ns
    np.testing.assert_array_equal(kept(path).draws.values, first.draws.values)
    kept(path, cores=1, progress=None)
    assert path.stat().st_mtime_ns == written_at


def test_without_a_seed_any_will_do(path):
    first = kept(path, seed=None)
    np.testing.assert_array_equal(kept(path, seed=None).draws.values, first.draws.values)
    second = kept(path, seed=first.settings.seed + 1)
    assert not np.array_equal(second.draws.values, first.draws.values)


CHANGES = {
    "formula": {"formula": "y ~ z + (1 | g)"},
    "data": {"frame": FRAME.assign(x=FRAME["x"] + 1e-9)},
    "order of levels": {"frame": FRAME.assign(g=pd.Categorical(FRAME["g"], ["dee e", "cy", "bob", "ann"]))},
    "fewer rows": {"frame": FRAME.head(40)},
    "family": {"family": student()},
    "prior": {"prior": prior("normal(0, 1)", class_="b")},
    "sample_prior": {"sample_prior": "yes"},
    "iter": {"iter": 62},
    "warmup": {"warmup": 20},
    "chains": {"chains": 3},
    "thin": {"thin": 2},
    "seed": {"seed": 2},
    "control": {"control": {"adapt_delta": 0.9}},
    "init": {"init": {"sigma": 1.0}},
    "save_warmup": {"save_warmup": True},
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_refits(path, name):
    first = kept(path)
    second = kept(path, **CHANGES[name])
    same_shape = first.draws.values.shape == second.draws.values.shape
    assert name == "save_warmup" or not same_shape or not np.array_equal(first.draws.values, second.draws.values)
    written_at = path.stat().st_mtime_ns
    kept(path, **CHANGES[name])
    assert path.stat().st_mtime_ns == written_at


def test_starting_points_of_other_values_refit(path):
    first = kept(path, init={"sigma": 1.0})
    assert not np.array_equal(kept(path, init={"sigma": 2.0}).draws.values, first.draws.values)
    third = kept(path, init=lambda chain: np.full(8, 0.1 + chain))
    written_at = path.stat().st_mtime_ns
    again = kept(path, init=lambda chain: np.full(8, 0.1 + chain))
    assert path.stat().st_mtime_ns == written_at
    np.testing.assert_array_equal(again.draws.values, third.draws.values)
    kept(path, init=lambda chain: np.full(8, 0.2 + chain))
    assert path.stat().st_mtime_ns > written_at


def test_always_and_never(path):
    first = kept(path)
    written_at = path.stat().st_mtime_ns
    np.testing.assert_array_equal(kept(path, file_refit="never", seed=9).draws.values, first.draws.values)
    assert path.stat().st_mtime_ns == written_at
    kept(path, file_refit="always")
    assert path.stat().st_mtime_ns > written_at
    with pytest.raises(StorageError, match="did you mean 'never'"):
        kept(path, file_refit="neve")


def test_fits_with_and_without_draws_do_not_stand_for_each_other(path):
    assert kept(path, empty=True).is_empty
    assert not kept(path).is_empty
    assert kept(path, empty=True).is_empty


def test_an_interrupted_fit_is_made_again(path):
    fit = kept(path)
    cut = type(fit.draws)(fit.draws.names, fit.draws.values[:, :7])
    type(fit)(fit.recipe, fit.model, fit.settings, cut, {}).save(path)
    assert kept(path).draws.n_per_chain == 30


def test_a_file_of_something_else_is_not_overwritten(path):
    path.write_text("my thesis")
    with pytest.raises(StorageError, match="not a saved fit"):
        kept(path)
    assert path.read_text() == "my thesis"


def test_places_that_cannot_keep_a_fit_are_refused_before_sampling(tmp_path, monkeypatch):
    monkeypatch.setattr(import_module("partialpool.brm"), "sample", lambda *_, **__: pytest.fail("it was sampled"))
    with pytest.raises(StorageError, match=r"no folder .*nowhere to keep a fit in; make it first"):
        kept(tmp_path / "nowhere" / "fit")
    with pytest.raises(StorageError, match="is a folder; name a file"):
        kept(tmp_path, file_refit="always")
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(StorageError, match="nothing can be written to the folder"):
        kept(tmp_path / "fit")
