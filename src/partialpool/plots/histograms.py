"""Histograms of the draws of all chains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from plotnine import (
    aes,
    after_stat,
    element_blank,
    geom_histogram,
    ggplot,
    labs,
    scale_x_continuous,
    scale_y_continuous,
    theme,
)

from partialpool.arguments import is_number, is_pair, is_whole
from partialpool.errors import DataError
from partialpool.plots.colors import color_scheme
from partialpool.plots.labels import tick_labels
from partialpool.plots.panels import facet_layout
from partialpool.plots.selection import Transformations, long_table, select_draws
from partialpool.plots.theme import plot_theme

__all__ = ["bin_arguments", "mcmc_hist"]


def mcmc_hist(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    facet_args: Mapping[str, Any] | None = None,
    binwidth: float | None = None,
    bins: int | None = None,
    breaks: Sequence[float] | None = None,
    freq: bool = True,
    alpha: float = 1.0,
) -> ggplot:
    """Return a histogram of each variable, all chains together, one panel each.

    Parameters
    ----------
    source, pars, regex_pars, transformations
        The draws, and which of them: see `partialpool.plots.selection.select_draws`.
    facet_args
        Arguments of plotnine's `facet_wrap`, as `{"nrow": 2}`.
    binwidth, bins, breaks
        Width of the bins, or their number (30 by default), or their edges.
    freq
        Whether heights are counts; otherwise densities.
    alpha
        Opacity of the bars.

    Raises
    ------
    DataError
        If variables or arguments are not as described.

    Examples
    --------
    >>> import numpy as np
    >>> plot = mcmc_hist({"sigma": np.random.default_rng(1).gamma(2.0, size=(4, 100))}, binwidth=0.25)
    """
    draws = select_draws(source, pars, regex_pars, transformations)
    layout = facet_layout(draws.names, facet_args)
    scheme = color_scheme()
    height = aes(x="value", y=after_stat("count" if freq else "density"))
    bars = geom_histogram(
        height, fill=scheme.mid, color=scheme.dark, size=0.2, alpha=alpha, **bin_arguments(binwidth, bins, breaks)
    )
    return (
        ggplot(long_table(draws))
        + bars
        + layout.facet
        + scale_x_continuous(labels=tick_labels)
        + scale_y_continuous(expand=(0, 0, 0.04, 0))
        + labs(x="", y="")
        + plot_theme(layout.figure_size, grid="Xx")
        + theme(axis_text_y=element_blank())
    )


def bin_arguments(binwidth: float | None, bins: int | None, breaks: Sequence[float] | None) -> dict[str, Any]:
    """Return the arguments that set the bins of a histogram.

    Raises
    ------
    DataError
        If more than one way of setting them is used, or a width or number is not positive.
    """
    given = {"binwidth": binwidth, "bins": bins, "breaks": breaks}
    chosen = {name: value for name, value in given.items() if value is not None}
    if len(chosen) > 1:
        raise DataError(f"pass one of binwidth, bins and breaks; got {' and '.join(chosen)}")
    if binwidth is not None and not (is_number(binwidth) and binwidth > 0):
        raise DataError(f"binwidth must be positive; got {binwidth!r}")
    if bins is not None and not (is_whole(bins) and bins >= 1):
        raise DataError(f"bins must be a whole number of at least 1; got {bins!r}")
    if breaks is not None and not (np.iterable(breaks) and all(map(is_pair, pairwise(breaks)))):
        raise DataError(f"breaks are numbers that increase; got {breaks!r}")
    return chosen or {"bins": 30}
