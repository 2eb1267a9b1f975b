"""The one place that speaks to nutpie, which samples: its extension module has no public interface for C functions.

Importing nutpie imports much else besides (ArviZ, matplotlib), which takes seconds; all that is needed here is its
extension module, which loads in hundredths of one.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import SamplingError
from partialpool.inference.density import Density
from partialpool.inference.settings import Control

__all__ = ["Batch", "Chain", "Progress", "load"]

_MODULE = "nutpie._lib"
_PROGRESS_INTERVAL = 100  # ms
_PROGRESS_TEMPLATE = (
    "{% for chain in chains %}"
    "{{ chain.finished_draws }} {{ chain.divergences }} {{ chain.step_size }} {{ chain.latest_num_steps }}"
    "{% endfor %}"
)


class Batch(NamedTuple):
    """What one chain has made so far: two Arrow record batches with a row for each iteration, warm-up first."""

    draws: Any
    statistics: Any

    @property
    def n_rows(self) -> int:
        """Number of iterations."""
        return int(self.draws.num_rows)

    def values(self, first: int) -> NDArray[np.float64]:
        """Return the values from iteration `first` on: shape [iteration, n_values]."""
        from arro3.core import list_flatten

        column = self.draws.column("values")
        n_rows = self.n_rows - first
        flat = list_flatten(column.slice(first, n_rows)).to_numpy()
        return np.asarray(flat, dtype=np.float64).reshape(n_rows, -1)

    def statistic(self, name: str) -> NDArray[Any]:
        """Return a statistic of all iterations, under the library's own name: shape [iteration]."""
        return np.asarray(self.statistics.column(name).to_numpy())


class Progress(NamedTuple):
    """How far a chain is."""

    finished: int = 0
    divergences: int = 0
    step_size: float = 0.0
    n_steps: int = 0


class Chain:
    """One chain, running in a thread of its own from the moment it is made.

    Parameters
    ----------
    density, control
        What is sampled, and how.
    start
        Point to start from, with a finite log density and a finite gradient without zeros.
    seed
        Seed of the chain's random numbers.
    n_warmup, n_draws
        Iterations of warm-up, and after it.
    report
        Called about ten times a second, from another thread, with the progress of the chain.
    """

    def __init__(
        self,
        density: Density,
        control: Control,
        start: NDArray[np.float64],
        *,
        seed: int,
        n_warmup: int,
        n_draws: int,
        report: Callable[[Progress], None] | None = None,
    ) -> None:
        library = load()
        extra = (None, _PROGRESS_INTERVAL) if _version(library) >= (0, 16, 9) else ()
        self._sampler = library.PySampler.from_pymc(
            _settings(library, control, seed, n_warmup, n_draws),
            1,
            _model(library, density, start),
            _progress_type(library, report),
            *extra,
            library.PyStorage.arrow(),
        )

    def wait(self, seconds: float) -> bool:
        """Return whether the chain has come to its end, after waiting for that for some seconds at most.

        Raises
        ------
        SamplingError
            If the chain has failed.
        """
        try:
            self._sampler.wait(seconds)
        except TimeoutError:
            return False
        except BaseException as error:
            if isinstance(error, Exception) or _is_panic(error):
                raise SamplingError(f"sampling failed: {_first_line(error)}") from error
            raise
        return True

    def take(self) -> Batch | None:
        """Return what has been made since the start, or None if nothing has; the chain must not run any more."""
        draws, statistics = self._sampler.take_results().get_arrow_trace()
        return Batch(draws[0], statistics[0]) if draws else None

    def abort(self) -> None:
        """End the chain, if it has not ended by failing; what it has made can be taken afterwards."""
        try:
            self._sampler.abort()
        except BaseException as error:
            if not _is_panic(error):
                raise


@cache
def load() -> ModuleType:
    """Return nutpie's extension module, without running the package's own initialisation where that can be avoided.

    Raises
    ------
    SamplingError
        If nutpie cannot be loaded.
    """
    if _MODULE in sys.modules:
        return sys.modules[_MODULE]
    try:
        return _load_alone() or importlib.import_module(_MODULE)
    except Exception as error:  # the package's own imports can fail in any way
        raise SamplingError(f"the sampler library nutpie cannot be loaded: {error}") from error


def _load_alone() -> ModuleType | None:
    package = importlib.util.find_spec(_MODULE.partition(".")[0])
    if package is None or package.submodule_search_locations is None:
        return None
    spec = importlib.machinery.PathFinder.find_spec(_MODULE, package.submodule_search_locations)
    if spec is None or not isinstance(spec.loader, importlib.machinery.ExtensionFileLoader):
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # An extension module is initialised once per process: a later `import nutpie` has to find this one.
    sys.modules[_MODULE] = module
    return module


def _version(library: ModuleType) -> tuple[int, ...]:
    return tuple(int(part) for part in str(library.__version__).split(".")[:3] if part.isdigit())


def _settings(library: ModuleType, control: Control, seed: int, n_warmup: int, n_draws: int) -> Any:
    kind = "LowRank" if control.metric == "low_rank" else "Diag"
    settings = getattr(library.PyNutsSettings, kind)(seed)
    settings.num_chains = 1
    settings.num_tune = n_warmup
    settings.num_draws = n_draws
    settings.target_accept = control.adapt_delta
    settings.maxdepth = control.max_treedepth
    settings.initial_step = control.step_size
    settings.step_size_jitter = control.step_size_jitter or None
    settings.max_energy_error = control.max_energy_error
    if control.metric in ("draw_diag", "diag_e"):
        settings.use_grad_based_mass_matrix = False
    return settings


def _model(library: ModuleType, density: Density, start: NDArray[np.float64]) -> Any:
    sizes = {"value": density.n_values}
    return library.PyMcModel(
        library.LogpFunc(density.logp, density.user_data, density.keep_alive),
        library.ExpandFunc(
            density.n_unconstrained, density.n_values, density.expand, density.user_data, density.keep_alive
        ),
        library.PyVariable.new_variables(["values"], ["float64"], [[density.n_values]], sizes, {"values": ["value"]}),
        density.n_unconstrained,
        sizes,
        {},
        lambda _seed: start,
        None,
    )


def _progress_type(library: ModuleType, report: Callable[[Progress], None] | None) -> Any:
    if report is None:
        return library.ProgressType.none()

    def read(text: str) -> None:
        finished, divergences, step_size, n_steps = text.split()
        report(Progress(int(finished), int(divergences), float(step_size), int(n_steps)))

    return library.ProgressType.template_callback(_PROGRESS_INTERVAL, _PROGRESS_TEMPLATE, 1, read)


def _is_panic(error: BaseException) -> bool:
    """Return whether this is a panic of the library, which is no Exception (nor is KeyboardInterrupt)."""
    return type(error).__name__ == "PanicException"


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n\nStack backtrace")[0].replace("\n", " ").strip()
