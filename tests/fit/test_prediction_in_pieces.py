"""Predictions piece by piece: the same as whole, within the memory budget, at the speed of compiled code."""

from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from prediction_rows import FRAME, NEW, fit_of
from scipy import stats

import made_up
from partialpool import augment, bernoulli, bf, negbinomial, prior
from partialpool.fit import prediction, row_tables, tables


@pytest.mark.parametrize("budget", [4_000, 60_000])
@pytest.mark.parametrize("method", ["posterior_linpred", "posterior_epred", "log_lik"])
def test_piece_by_piece_is_the_same(monkeypatch, budget, method):
    fit = made_up.fit(
        bf("count | weights(w, scale = TRUE) ~ scale(x) + f + (x | g) + (0 + z | g)", "shape ~ z + (1 | g)"),
        negbinomial(),
        FRAME,
        prior=prior("normal(0, 1)", class_="b"),
    )
    new = pd.concat([NEW] * 3).assign(g=["ann", "bob", "new", "newer", None] * 3)
    for rule in ("gaussian", "uncertainty", "old_levels"):
        options = {"allow_new_levels": True, "sample_new_levels": rule, "seed": 3}
        whole = getattr(fit, method)(new, **options)
        with monkeypatch.context() as patch:
            patch.setattr(prediction, "MEMORY_BUDGET", budget)
            # Vectorised loops and what they leave over may differ in the last digit.
            np.testing.assert_allclose(getattr(fit, method)(new, **options), whole, rtol=1e-14)


def test_random_responses_piece_by_piece(monkeypatch):
    monkeypatch.setattr(prediction, "MEMORY_BUDGET", 3000)
    fit = fit_of("y ~ x + f")
    one = fit.posterior_predict(seed=4)
    np.testing.assert_array_equal(one, fit.posterior_predict(seed=4))
    residuals = (one - fit.posterior_epred()) / fit.draws["sigma"].ravel()[:, None]
    assert stats.kstest(residuals.ravel(), stats.norm.cdf).pvalue > 1e-3
    assert np.abs(np.corrcoef(residuals) - np.eye(len(residuals))).max() < 6 / np.sqrt(residuals.shape[1])


@pytest.mark.parametrize(
    ("method", "levels"),
    [
        ("posterior_linpred", "known"),
        ("posterior_epred", "all new"),
        ("log_lik", "one new"),
        ("posterior_predict", "all new"),
    ],
)
def test_memory_is_the_result_and_the_budget(monkeypatch, method, levels):
    budget = 8 * 2**20
    monkeypatch.setattr(prediction, "MEMORY_BUDGET", budget)
    fit = made_up.fit("count ~ x + f + (x * f | g)", negbinomial(), FRAME, draws={"n_draws": 100})
    new = pd.concat([NEW] * 2500, ignore_index=True)
    if levels != "known":
        new["g"] = "new" if levels == "one new" else [f"new {i}" for i in range(len(new))]
    options = {"allow_new_levels": levels != "known", "sample_new_levels": "gaussian", "seed": 1}
    getattr(fit, method)(new.head(), **options)  # imports and compiles what is needed
    tracemalloc.start()
    result = getattr(fit, method)(new, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.shape == (200, 12_500)
    assert result.nbytes > 2 * budget
    assert peak < result.nbytes + budget


@pytest.mark.parametrize(
    "summarise",
    [
        lambda fit, new: fit.fitted(new),
        lambda fit, new: fit.predict(new, seed=1),
        lambda fit, new: fit.residuals(new, type="pearson", seed=1),
        augment,
    ],
    ids=["fitted", "predict", "residuals", "augment"],
)
def test_memory_of_a_table_is_the_budget(monkeypatch, summarise):
    budget = 8 * 2**20
    for module in (prediction, row_tables):
        monkeypatch.setattr(module, "MEMORY_BUDGET", budget)
    monkeypatch.setattr(tables, "_CHUNK", 2**16)
    fit = made_up.fit("count ~ x + f + (x * f | g)", negbinomial(), FRAME, draws={"n_draws": 100})
    new = pd.concat([NEW.assign(g="ann")] * 5000, ignore_index=True)
    summarise(fit, new.head())
    tracemalloc.start()
    result = summarise(fit, new)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(result) == 25_000
    assert 8 * 200 * len(result) > 4 * budget
    rows = 8 * 20 * len(result)  # columns of the data and of the table
    assert peak < budget + rows


def test_prediction_runs_at_the_speed_of_compiled_code():
    """A quarter of a microsecond of processor time for each draw and row; a loop in Python needs many."""
    fit = made_up.fit("yes ~ x + z + f + (x | g) + (1 | h)", bernoulli(), FRAME, draws={"n_draws": 200})
    new = pd.concat([NEW] * 2000, ignore_index=True)
    fit.posterior_epred(NEW)
    start = time.process_time()
    cells = fit.posterior_epred(new).size
    assert time.process_time() - start < 0.25e-6 * cells
