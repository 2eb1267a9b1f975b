"""Plots of draws and distributions, as plotnine objects: further layers, facets and themes can be added to each.

Nothing here is imported before it is asked for, so that `import partialpool.plots` does not load plotnine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from partialpool.plots.areas import mcmc_areas, mcmc_areas_ridges
    from partialpool.plots.autocorrelation import mcmc_acf
    from partialpool.plots.colors import color_scheme, set_color_scheme
    from partialpool.plots.densities import mcmc_dens, mcmc_dens_overlay
    from partialpool.plots.histograms import mcmc_hist
    from partialpool.plots.intervals import mcmc_intervals, mcmc_intervals_data
    from partialpool.plots.pages import Pages, mcmc_plot, plot_fit
    from partialpool.plots.pairs import mcmc_pairs
    from partialpool.plots.ranks import mcmc_rank_overlay
    from partialpool.plots.slabs import halfeye
    from partialpool.plots.theme import scale_color_partialpool, scale_fill_partialpool, theme_partialpool
    from partialpool.plots.traces import mcmc_trace

__all__ = [
    "Pages",
    "color_scheme",
    "halfeye",
    "mcmc_acf",
    "mcmc_areas",
    "mcmc_areas_ridges",
    "mcmc_dens",
    "mcmc_dens_overlay",
    "mcmc_hist",
    "mcmc_intervals",
    "mcmc_intervals_data",
    "mcmc_pairs",
    "mcmc_plot",
    "mcmc_rank_overlay",
    "mcmc_trace",
    "plot_fit",
    "scale_color_partialpool",
    "scale_fill_partialpool",
    "set_color_scheme",
    "theme_partialpool",
]

_MODULES = {
    "Pages": "pages",
    "color_scheme": "colors",
    "halfeye": "slabs",
    "mcmc_acf": "autocorrelation",
    "mcmc_areas": "areas",
    "mcmc_areas_ridges": "areas",
    "mcmc_dens": "densities",
    "mcmc_dens_overlay": "densities",
    "mcmc_hist": "histograms",
    "mcmc_intervals": "intervals",
    "mcmc_intervals_data": "intervals",
    "mcmc_pairs": "pairs",
    "mcmc_plot": "pages",
    "mcmc_rank_overlay": "ranks",
    "mcmc_trace": "traces",
    "plot_fit": "pages",
    "scale_color_partialpool": "theme",
    "scale_fill_partialpool": "theme",
    "set_color_scheme": "colors",
    "theme_partialpool": "theme",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
