"""Densities of the draws, of all chains together or of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from plotnine import (
    aes,
    element_blank,
    geom_line,
    geom_ribbon,
    ggplot,
    labs,
    scale_color_manual,
    scale_x_continuous,
    scale_y_continuous,
    theme,
)

from partialpool.fit.draws import Draws
from partialpool.plots.colors import color_scheme
from partialpool.plots.kernel_density import estimate_density
from partialpool.plots.labels import tick_labels
from partialpool.plots.panels import FacetLayout, facet_layout
from partialpool.plots.selection import Transformations, chain_table, select_draws
from partialpool.plots.theme import plot_theme

__all__ = ["mcmc_dens", "mcmc_dens_overlay"]


def mcmc_dens(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    facet_args: Mapping[str, Any] | None = None,
    bw: str | float = "nrd0",
    adjust: float = 1.0,
    n_dens: int = 1024,
    bounds: tuple[float, float] | None = None,
    alpha: float = 1.0,
) -> ggplot:
    """Return the density of each variable, all chains together, one panel each.

    Parameters
    ----------
    source, pars, regex_pars, transformations
        The draws, and which of them: see `partialpool.plots.selection.select_draws`.
    facet_args
        Arguments of plotnine's `facet_wrap`, as `{"nrow": 2}`.
    bw, adjust, n_dens, bounds
        Bandwidth, factor of it, points and bounds: see `partialpool.plots.kernel_density.estimate_density`.
    alpha
        Opacity of the areas.

    Raises
    ------
    DataError
        If variables or arguments are not as described.

    Examples
    --------
    >>> import numpy as np
    >>> plot = mcmc_dens({"sigma": np.random.default_rng(1).gamma(2.0, size=(4, 100))}, bounds=(0, np.inf))
    """
    draws = select_draws(source, pars, regex_pars, transformations)
    together = Draws(draws.names, draws.flat[np.newaxis])
    table = chain_table(together, partial(_curves, bw=bw, adjust=adjust, n_dens=n_dens, bounds=bounds))
    layout = facet_layout(draws.names, facet_args)
    scheme = color_scheme()
    return (
        ggplot(table, aes(x="x", y="density"))
        + geom_ribbon(aes(ymin=0, ymax="density"), fill=scheme.mid, alpha=alpha)
        + geom_line(color=scheme.dark, size=0.7)
        + _panels(layout)
    )


def mcmc_dens_overlay(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    facet_args: Mapping[str, Any] | None = None,
    color_chains: bool = True,
    bw: str | float = "nrd0",
    adjust: float = 1.0,
    n_dens: int = 1024,
    bounds: tuple[float, float] | None = None,
    size: float = 0.7,
) -> ggplot:
    """Return the densities of each chain, laid over one another, one panel for each variable.

    Parameters
    ----------
    source, pars, regex_pars, transformations
        The draws, and which of them: see `partialpool.plots.selection.select_draws`.
    facet_args
        Arguments of plotnine's `facet_wrap`, as `{"nrow": 2}`.
    color_chains
        Whether chains have colours of their own.
    bw, adjust, n_dens, bounds
        Bandwidth, factor of it, points and bounds: see `partialpool.plots.kernel_density.estimate_density`.
    size
        Width of the lines.

    Raises
    ------
    DataError
        If variables or arguments are not as described.

    Examples
    --------
    >>> import numpy as np
    >>> plot = mcmc_dens_overlay({"b_x": np.random.default_rng(1).normal(size=(4, 100))})
    """
    draws = select_draws(source, pars, regex_pars, transformations)
    table = chain_table(draws, partial(_curves, bw=bw, adjust=adjust, n_dens=n_dens, bounds=bounds))
    layout = facet_layout(draws.names, facet_args, legend=bool(color_chains))
    colors = color_scheme().chain_colors(draws.n_chains)
    plot = ggplot(table, aes(x="x", y="density", group="chain")) + _panels(layout)
    if not color_chains:
        return plot + geom_line(size=size, color=color_scheme().dark)
    return plot + geom_line(aes(color="chain"), size=size) + scale_color_manual(colors, name="Chain")


def _curves(values: NDArray[np.float64], **density: Any) -> dict[str, NDArray[np.float64]]:
    """Return the density of each chain, all on one grid that spans the draws of all."""
    limits = (float(values.min()), float(values.max()))
    curves = [estimate_density(chain, limits=limits, **density) for chain in values]
    return {"x": curves[0].x, "density": np.stack([curve.y for curve in curves])}


def _panels(layout: FacetLayout) -> list[Any]:
    return [
        layout.facet,
        scale_x_continuous(labels=tick_labels, expand=(0.01, 0)),
        scale_y_continuous(expand=(0, 0, 0.04, 0)),
        labs(x="", y=""),
        plot_theme(layout.figure_size, grid="Xx"),
        theme(axis_text_y=element_blank()),
    ]
