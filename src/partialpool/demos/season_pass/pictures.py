"""The plots of the analysis: bars of the data, half-eyes of priors, and what the models found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mizani.labels import percent_format
from plotnine import (
    aes,
    coord_flip,
    geom_col,
    geom_text,
    geom_vline,
    ggplot,
    labs,
    scale_x_discrete,
    scale_y_continuous,
    theme,
)

from partialpool.demos.season_pass.models import PROB
from partialpool.plots.areas import mcmc_areas
from partialpool.plots.slabs import halfeye
from partialpool.plots.theme import scale_fill_partialpool, theme_partialpool
from partialpool.plots.traces import mcmc_trace

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.fit.fit import Fit

__all__ = ["bought_bars", "effect_areas", "prior_halfeyes", "share_bars", "trace"]


def bought_bars(grouped: pd.DataFrame) -> ggplot:
    """Return stacked bars of the buyers by channel, in the colours of the promotion."""
    return (
        ggplot(grouped, aes(x="channel", y="bought_pass", fill="promo"))
        + geom_col(width=0.7)
        + scale_fill_partialpool(name="")
        + labs(x="", y="season passes bought", title="Customers by channel", subtitle="with and without the bundle")
        + theme_partialpool(grid="Y")
        + theme(figure_size=(6.4, 3.8))
    )


def share_bars(table: pd.DataFrame, share: str, title: str) -> ggplot:
    """Return a labelled bar for each channel.

    Parameters
    ----------
    table
        One row for each channel.
    share
        Column of the share, between 0 and 1.
    title
        Title of the plot.
    """
    shown = table.assign(label=percent_format()(table[share].tolist()))
    return (
        ggplot(shown, aes(x="channel", y=share, fill="channel"))
        + geom_col(width=0.55)
        + geom_text(aes(label="label"), ha="left", nudge_y=0.012, size=10)
        + coord_flip()
        + scale_x_discrete(limits=list(table["channel"].cat.categories)[::-1])
        + scale_y_continuous(labels=[], breaks=[], limits=(0, 1.12 * float(table[share].max())))
        + scale_fill_partialpool()
        + labs(x="", y="", title=title)
        + theme_partialpool(grid="")
        + theme(figure_size=(6.4, 2.6), legend_position="none")
    )


def prior_halfeyes() -> ggplot:
    """Return what normal priors of three widths say of log-odds; effects below 2.5 are in colour."""
    priors = {f"sd = {sd}": f"normal(0, {sd})" for sd in (1, 2, 5)}
    return halfeye(priors, shade=(-2.5, 2.5)) + labs(
        title="Normal priors", subtitle="coloured: effects of less than 2.5", x="log-odds", y="standard deviation"
    )


def trace(fit: Fit, rows: int) -> ggplot:
    """Return the traces of the population-level coefficients."""
    return mcmc_trace(fit, regex_pars="^b_", facet_args={"nrow": rows})


def effect_areas(fit: Fit, variables: str, title: str, subtitle: str = "") -> ggplot:
    """Return the densities of effects, with a line at no effect."""
    areas: ggplot = mcmc_areas(fit, regex_pars=variables, prob=PROB, point_est="median", area_method="equal height")
    line = geom_vline(xintercept=0, color="red", alpha=0.6, size=0.8, linetype="dashed")
    return areas + line + labs(title=title, subtitle=subtitle, x="log-odds")
