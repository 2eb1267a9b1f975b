"""Saved fits: what comes back, what is refused, and when a kept fit still holds."""

from __future__ import annotations

import copy
import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest

import made_up
from partialpool import (
    StorageError,
    bernoulli,
    bf,
    binomial,
    brm,
    load,
    mixture,
    negbinomial,
    poisson,
    prior,
    register_function,
    save,
    student,
)

FRAME = pd.DataFrame(made_up.data())
NEW = FRAME.head(6).assign(g=["ann", "zoe", "bob", "zoe", "cy", "kim"], count=[0, 1, 2, 3, 1, 0])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "fit.ppfit"


def assert_same(one, other):
    assert other.draws.names == one.draws.names
    np.testing.assert_array_equal(other.draws.values, one.draws.values)
    assert other.formula == one.formula
    assert other.family == one.family
    assert other.model.variables == one.model.variables
    u = np.random.default_rng(1).normal(0, 0.3, one.model.param_unc_num())
    assert other.model.log_density(u) == one.model.log_density(u)
    options = {"allow_new_levels": True, "seed": 3, "sample_new_levels": "gaussian"}
    for method in ("posterior_epred", "posterior_predict", "log_lik"):
        np.testing.assert_array_equal(getattr(other, method)(NEW, **options), getattr(one, method)(NEW, **options))
        np.testing.assert_array_equal(getattr(other, method)(seed=3), getattr(one, method)(seed=3))
    pd.testing.assert_frame_equal(other.posterior_summary(), one.posterior_summary())
    assert str(other.prior_summary()) == str(one.prior_summary())
    for name, values in one.sampler_stats.items():
        np.testing.assert_array_equal(other.sampler_stats[name], values)


register_function("dampen", lambda x: x / (1 + np.abs(x)))

MODELS = {
    "group": ("y ~ x * f + (x | g) + (1 | h)", None, {}),
    "parameters": (bf("y ~ x + (x | p | g)", "sigma ~ z + (1 | p | g)"), None, {}),
    "fixed": (bf("y ~ x", nu=4, center=False), student(), {}),
    "tied": (bf("y ~ x", sigma2="sigma1"), mixture("gaussian", nmix=2), {}),
    "QR": (bf("y ~ x * z", decomp="QR"), None, {"prior": prior("normal(0, 2)", class_="b")}),
    "bases": ("y ~ poly(x, 2) + scale(z) + bs(time, df = 4) + log(w)", None, {}),
    "registered": ("y ~ dampen(x) + (dampen(x) | g)", None, {}),
    "sum contrasts": ("y ~ f", None, {"contrasts": {"f": "sum"}}),
    "contrasts from a level": ("y ~ f", None, {"contrasts": {"f": ("treatment", "v")}}),
    "contrasts from a matrix": ("y ~ f", None, {"contrasts": {"f": np.array([[1.0, 0], [0, 1], [-1, -1]])}}),
    "named contrasts": (
        *("y ~ f", None),
        {"contrasts": {"f": pd.DataFrame([[1.0, 0], [0, 1], [-1, -1]], columns=["first", "second"])}},
    ),
    "trials": ("count | trials(n) ~ z", binomial("probit"), {}),
    "rate": ("count | rate(time) ~ z", negbinomial(link_shape="softplus"), {}),
    "weights": ("yes | weights(w, scale = TRUE) ~ z", bernoulli(), {}),
    "offset": ("count ~ z + offset(log(time))", poisson(), {}),
    "priors": (
        *("y ~ x + z + (1 | g)", None),
        {
            "prior": [
                prior("normal(0, 1)", class_="b"),
                prior("constant(2)", class_="b", coef="x"),
                prior("student_t(4, 0, 1)", class_="sd", group="g", lb=0),
            ]
        },
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_what_is_saved_comes_back(name, path):
    formula, family, options = MODELS[name]
    frame = FRAME.assign(count=np.minimum(FRAME["count"], FRAME["n"]))
    fit = made_up.fit(formula, family, frame, draws={"spread": 0.2}, **options)
    fit.save(path)
    assert_same(fit, load(path))


def test_kinds_of_columns(path):
    """Ordered factors, unused levels, truth values, missing values, labels of rows, polars."""
    frame = FRAME.assign(
        size=pd.Categorical(FRAME["f"], ["w", "v", "u", "unused"], ordered=True),
        g=pd.Categorical(FRAME["g"], ["dee e", "cy", "bob", "ann"]),
        flag=FRAME["z"] > 0,
        z=FRAME["z"].mask(FRAME["z"] > 0.8),
        when=pd.Timestamp("2020-01-01"),
    ).set_index(pd.Index([f"row {i}" for i in range(len(FRAME))]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rows are dropped
        fit = made_up.fit("y ~ size + flag + z + (flag | g)", frame=frame)
    fit.save(path)
    found = load(path)  # without a warning
    assert found.nobs() == fit.nobs() < len(frame)
    np.testing.assert_array_equal(found.posterior_epred(), fit.posterior_epred())
    new = frame.head(4).assign(z=0.1)
    np.testing.assert_array_equal(found.posterior_epred(new), fit.posterior_epred(new))
    assert found.model.spec.frame.row_name(2) == fit.model.spec.frame.row_name(2)
    one = made_up.fit("y ~ x + f", frame=pl.DataFrame(FRAME))
    save(one, path)
    assert_same(one, load(path))


def test_sampled_fits_with_warmup_and_prior_draws(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few draws do not converge
        fit = brm(
            *("y ~ x + (1 | g)", FRAME),
            prior=prior("normal(0, 1)", class_="b"),
            sample_prior="yes",
            save_warmup=True,
            iter=200,
            chains=2,
            seed=np.int64(5),
            progress=False,
            control={"adapt_delta": np.float64(0.9)},
            init={"sigma": 2.0},
        )
    fit.save(path)
    found = load(path)
    assert_same(fit, found)
    assert "prior_b" in found.draws.names
    np.testing.assert_array_equal(found.warmup.values, fit.warmup.values)
    assert set(found.warmup_stats) == set(fit.warmup_stats)
    assert found.settings.seed == 5
    assert str(found.summary()) == str(fit.summary())
    assert found.idata["posterior"].equals(fit.idata["posterior"])


def test_empty_fits(path):
    fit = brm("y ~ x", FRAME, empty=True)
    fit.save(path)
    assert load(path).is_empty
    assert load(path).model.log_density(np.zeros(3)) == fit.model.log_density(np.zeros(3))


def test_saving_again_replaces_the_file_and_leaves_nothing_else(path):
    made_up.fit("y ~ x", frame=FRAME).save(path)
    fit = made_up.fit("y ~ x + z", frame=FRAME)
    fit.save(path)
    assert_same(fit, load(path))
    assert list(path.parent.iterdir()) == [path]


def test_places_where_nothing_can_be_written_or_read(tmp_path):
    fit = made_up.fit("y ~ x", frame=FRAME)
    with pytest.raises(StorageError, match="cannot be written"):
        fit.save(tmp_path / "nowhere" / "fit")
    with pytest.raises(StorageError, match="cannot be written"):
        fit.save(tmp_path)
    with pytest.raises(StorageError, match="cannot be read"):
        load(tmp_path / "none")
    with pytest.raises(StorageError, match="cannot be read"):
        load(tmp_path)


def test_fits_can_be_copied_but_not_pickled():
    fit = made_up.fit("y ~ x + (1 | g)")
    for copied in (copy.copy(fit), copy.deepcopy(fit)):
        np.testing.assert_array_equal(copied.posterior_epred(), fit.posterior_epred())
        assert str(copied.summary()) == str(fit.summary())
    copied.draws.values[:] = 0.0
    assert (fit.draws["sigma"] > 0).all()
    with pytest.raises(StorageError, match=r"fit\.save\(path\)"):
        pickle.dumps(fit)
