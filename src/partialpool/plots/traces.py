"""Draws in the order in which they were taken, a line for each chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from plotnine import (
    aes,
    annotate,
    coord_cartesian,
    geom_line,
    geom_rug,
    ggplot,
    guide_legend,
    guides,
    labs,
    scale_color_manual,
    scale_x_continuous,
    scale_y_continuous,
)

from partialpool.arguments import is_pair, is_whole
from partialpool.errors import DataError
from partialpool.plots.colors import DIVERGENCE, color_scheme
from partialpool.plots.labels import tick_labels
from partialpool.plots.panels import facet_layout
from partialpool.plots.selection import Transformations, long_table, select_draws
from partialpool.plots.source import divergent_draws
from partialpool.plots.theme import plot_theme

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["divergence_caption", "mcmc_trace"]

_LONG = 1000  # draws of a chain beyond which its line fills its panel


def mcmc_trace(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    facet_args: Mapping[str, Any] | None = None,
    n_warmup: int = 0,
    window: tuple[float, float] | None = None,
    size: float | None = None,
    alpha: float | None = None,
    np: object = None,
) -> ggplot:
    """Return the trace of each variable: value against iteration, a line for each chain, one panel for each variable.

    Parameters
    ----------
    source, pars, regex_pars, transformations
        The draws, and which of them: see `partialpool.plots.selection.select_draws`.
    facet_args
        Arguments of plotnine's `facet_wrap`, as `{"nrow": 2}`.
    n_warmup
        How many of the first draws of each chain are warmup; they are shaded.
    window
        First and last iteration to show.
    size, alpha
        Width and opacity of the lines; by default thinner and more transparent for long chains, so that no chain hides
        another.
    np
        Sampler statistics with `diverging` [chain, draw]; by default those that the source carries, False for none.
        Divergent iterations are marked in red at the foot of each panel.

    Raises
    ------
    DataError
        If variables or arguments are not as described.

    Examples
    --------
    >>> import numpy as np
    >>> draws = {"b_x": np.random.default_rng(1).normal(size=(4, 100))}
    >>> plot = mcmc_trace(draws, regex_pars="^b_", facet_args={"nrow": 1}, window=(20, 60))
    """
    draws = select_draws(source, pars, regex_pars, transformations)
    divergent = divergent_draws(np, source, draws)
    layout = facet_layout(draws.names, facet_args, scales="free_y", panel=(4.2, 1.4), wide=True, legend=True)
    colors = color_scheme().chain_colors(draws.n_chains)
    return (
        ggplot(long_table(draws), aes(x="draw", y="value"))
        + _warmup_shade(n_warmup, draws.n_per_chain)
        + _chain_lines(draws.n_per_chain, size, alpha)
        + _divergence_marks(divergent)
        + _window(window)
        + layout.facet
        + scale_color_manual(colors, name="Chain")
        + scale_x_continuous(expand=(0.015, 0))
        + scale_y_continuous(labels=tick_labels)
        + guides(color=guide_legend(override_aes={"size": 1.2, "alpha": 1}))
        + labs(x="Iteration", y="", caption=divergence_caption(divergent))
        + plot_theme(layout.figure_size, grid="XYxy")
    )


def _chain_lines(n_draws: int, size: float | None, alpha: float | None) -> geom_line:
    usual_size, usual_alpha = (0.3, 0.8) if n_draws <= _LONG else (0.2, 0.5)
    return geom_line(
        aes(color="chain"),
        size=usual_size if size is None else size,
        alpha=usual_alpha if alpha is None else alpha,
    )


def _warmup_shade(n_warmup: int, n_draws: int) -> list[Any]:
    if not is_whole(n_warmup) or not 0 <= n_warmup <= n_draws:
        raise DataError(f"n_warmup = {n_warmup!r}, but each chain has {n_draws} draws")
    if n_warmup == 0:
        return []
    return [
        annotate(
            "rect", xmin=0.5, xmax=n_warmup + 0.5, ymin=-np.inf, ymax=np.inf, fill=color_scheme().light, alpha=0.45
        )
    ]


def _divergence_marks(divergent: NDArray[np.bool_]) -> list[Any]:
    if not divergent.any():
        return []
    marks = _iteration_table(np.flatnonzero(divergent.any(axis=0)) + 1)
    return [geom_rug(aes(x="draw"), marks, sides="b", color=DIVERGENCE, size=0.6, length=0.06, inherit_aes=False)]


def _iteration_table(iterations: NDArray[np.int64]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({"draw": iterations})


def divergence_caption(divergent: NDArray[np.bool_]) -> str:
    """Return the note that counts divergent transitions; empty where there is none."""
    count = int(divergent.sum())
    return f"{count} divergent transition{'s' if count > 1 else ''} in red" if count else ""


def _window(window: tuple[float, float] | None) -> list[Any]:
    if window is None:
        return []
    if not is_pair(window):
        raise DataError(f"`window` is a pair of iterations, the first before the last; got {window!r}")
    return [coord_cartesian(xlim=(window[0], window[1]))]
