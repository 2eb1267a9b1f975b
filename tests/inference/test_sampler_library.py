import subprocess
import sys
import time

import numpy as np
import pytest

from partialpool.errors import SamplingError
from partialpool.inference.sampler_library import Chain, Progress, load
from partialpool.inference.settings import Control


def _chain(density, report=None, *, seed=1, n_warmup=200, n_draws=300, **control):
    start = np.full(density.n_unconstrained, 0.5)
    return Chain(density, Control(**control), start, seed=seed, n_warmup=n_warmup, n_draws=n_draws, report=report)


def test_extension_loads_without_its_package_and_serves_it_later():
    # In a process of its own: an extension module is initialised once only.
    check = """
import importlib.util, sys, types
from partialpool.inference.sampler_library import load
library = load()
assert library.__name__ == "nutpie._lib", library
heavy = {"nutpie", "arviz", "matplotlib", "pandas", "xarray", "pyarrow"} & set(sys.modules)
assert not heavy, heavy
# The package's own initialisation imports the module like this.
package = types.ModuleType("nutpie")
package.__path__ = importlib.util.find_spec("nutpie").submodule_search_locations
sys.modules["nutpie"] = package
from nutpie import _lib
assert _lib is library
"""
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)  # noqa: S603
    assert ran.returncode == 0, ran.stderr


def test_package_is_imported_where_the_extension_is_not_found(monkeypatch):
    monkeypatch.setattr("partialpool.inference.sampler_library._load_alone", lambda: None)
    monkeypatch.delitem(sys.modules, "nutpie._lib", raising=False)
    imported = []
    monkeypatch.setattr("importlib.import_module", imported.append)
    load.__wrapped__()
    assert imported == ["nutpie._lib"]


@pytest.mark.parametrize("error", [ImportError, AttributeError])
def test_missing_or_broken_library_is_a_sampling_error(monkeypatch, error):
    def fail():
        raise error("no such file")

    monkeypatch.setattr("partialpool.inference.sampler_library._load_alone", fail)
    monkeypatch.delitem(sys.modules, "nutpie._lib", raising=False)
    with pytest.raises(SamplingError, match="nutpie cannot be loaded: no such file"):
        load.__wrapped__()


@pytest.mark.parametrize("metric", ["diag", "draw_diag", "diag_e", "low_rank"])
def test_chain_gives_values_and_statistics_of_all_iterations(normal, metric):
    chain = _chain(normal, metric=metric)
    assert chain.wait(30)
    batch = chain.take()
    assert batch.n_rows == 500
    values = batch.values(200)
    assert values.shape == (300, 3)
    np.testing.assert_allclose(values[:, 2], values[:, 0] + values[:, 1], rtol=1e-12)
    assert batch.statistic("tuning").tolist() == [True] * 200 + [False] * 300
    log_density = [normal.evaluate(point).value for point in values[:, :2]]
    np.testing.assert_allclose(batch.statistic("logp")[200:], log_density, rtol=1e-10)


def test_control_reaches_the_sampler(funnel):
    def steps(**control):
        chain = _chain(funnel, **control)
        assert chain.wait(30)
        batch = chain.take()
        return batch.statistic("n_steps")[200:], batch.statistic("mean_tree_accept")[200:]

    assert steps(max_treedepth=2)[0].max() <= 3
    assert steps(adapt_delta=0.99)[1].mean() > steps(adapt_delta=0.6)[1].mean()


def test_wait_ends_and_abort_keeps_the_draws(normal):
    chain = _chain(normal, n_draws=50_000_000)
    before = time.perf_counter()
    assert not chain.wait(0.05)
    assert time.perf_counter() - before < 1
    chain.abort()
    assert 0 < chain.take().n_rows < 50_000_000


def test_progress_is_reported(normal):
    reports = []
    chain = _chain(normal, reports.append, n_draws=300_000)
    assert chain.wait(60)
    assert reports[-1].finished == 300_200
    assert all(isinstance(report, Progress) for report in reports)
    assert [report.finished for report in reports] == sorted(report.finished for report in reports)
    assert 0.1 < reports[-1].step_size < 3


def test_fatal_codes_become_sampling_errors(fatal, capfd):
    chain = _chain(fatal, n_draws=100_000)
    with pytest.raises(SamplingError, match=r"sampling failed.*ErrorCode\(-1\)"):
        chain.wait(30)
    chain.abort()
    assert "panicked" in capfd.readouterr().err
