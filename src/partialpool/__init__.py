"""Bayesian multilevel regression from a formula: the language and results of brms, natively in Python.

Public names are imported when they are first used, so that `import partialpool` costs next to nothing.
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

# The constructor of a family goes by the name of its file.
_FAMILIES = sorted(
    file.removesuffix(".py")
    for file in os.listdir(os.path.join(os.path.dirname(__file__), "families", "distributions"))
    if file.endswith(".py") and not file.startswith("_")
)
_HOMES = {
    "partialpool.brm": ("brm", "default_prior"),
    "partialpool.errors": (
        *("ConvergenceWarning", "DataError", "DataWarning", "FamilyError", "FormulaError", "PartialPoolError"),
        *("PartialPoolWarning", "PriorError", "SamplingError", "StorageError"),
    ),
    "partialpool.families": ("Beta", "Gamma", "brmsfamily", *_FAMILIES),
    "partialpool.families.custom": ("custom_family",),
    "partialpool.families.mixtures": ("mixture",),
    "partialpool.fit.draws": ("Draws",),
    "partialpool.fit.fit": ("Fit",),
    "partialpool.fit.membership": ("pp_mixture",),
    "partialpool.formula.amendments": ("acformula", "lf", "nlf", "set_mecor", "set_nl", "set_rescor"),
    "partialpool.formula.functions": ("register_function",),
    "partialpool.formula.model_formula": ("bf", "mvbf"),
    "partialpool.frame.contrasts": ("contrasts",),
    "partialpool.io": ("load", "save"),
    "partialpool.plots": (
        *("halfeye", "mcmc_acf", "mcmc_areas", "mcmc_areas_ridges", "mcmc_dens", "mcmc_dens_overlay", "mcmc_hist"),
        *("mcmc_intervals", "mcmc_intervals_data", "mcmc_pairs", "mcmc_plot", "mcmc_rank_overlay", "mcmc_trace"),
        *("plot_fit", "scale_color_partialpool"),
        *("scale_fill_partialpool", "set_color_scheme", "theme_partialpool"),
    ),
    "partialpool.priors.prior": ("empty_prior", "prior", "set_prior"),
    "partialpool.tidy": ("adorn_totals", "augment", "glance", "plogis", "qlogis", "tidy"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
_MODULES = ("datasets", "families", "mathematics")

__all__ = ["__version__", *_MODULES, *_HOME_OF]


def __getattr__(name: str) -> Any:
    """Return a public name from the module that it lives in."""
    if name in _HOME_OF:
        value = getattr(importlib.import_module(_HOME_OF[name]), name)
    elif name in _MODULES:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


class _Package(ModuleType):
    """Importing a submodule binds its name here; where a public function bears the same name (`brm`), that one stays."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
