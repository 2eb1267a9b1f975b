"""Ranks of the draws among all chains, counted for each chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from plotnine import aes, geom_hline, geom_step, ggplot, labs, scale_color_manual, scale_y_continuous

from partialpool.arguments import is_whole
from partialpool.errors import DataError
from partialpool.plots.colors import color_scheme
from partialpool.plots.panels import facet_layout
from partialpool.plots.selection import Transformations, chain_table, select_draws
from partialpool.plots.theme import plot_theme

__all__ = ["mcmc_rank_overlay", "rank_counts"]


def mcmc_rank_overlay(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    facet_args: Mapping[str, Any] | None = None,
    n_bins: int = 20,
    ref_line: bool = True,
    size: float = 0.7,
) -> ggplot:
    """Return the rank plot of each variable: how many draws of each chain fall into each bin of ranks.

    Draws are ranked among all chains. Where chains have mixed, each is spread evenly, and all lines lie near the
    reference (Vehtari et al. 2021, "Rank-normalization, folding, and localization", Bayesian Analysis 16).

    Parameters
    ----------
    source, pars, regex_pars, transformations
        The draws, and which of them: see `partialpool.plots.selection.select_draws`.
    facet_args
        Arguments of plotnine's `facet_wrap`, as `{"nrow": 2}`.
    n_bins
        Number of bins.
    ref_line
        Whether to mark the count that even spread would give.
    size
        Width of the lines.

    Raises
    ------
    DataError
        If variables or arguments are not as described.

    Examples
    --------
    >>> import numpy as np
    >>> plot = mcmc_rank_overlay({"b_x": np.random.default_rng(1).normal(size=(4, 100))}, n_bins=10)
    """
    draws = select_draws(source, pars, regex_pars, transformations)
    if not is_whole(n_bins) or not 1 <= n_bins <= draws.n_chains * draws.n_per_chain:
        raise DataError(f"n_bins must be between 1 and the number of draws; got {n_bins!r}")
    layout = facet_layout(draws.names, facet_args, scales="fixed", panel=(3.2, 2.0), legend=True)
    colors = color_scheme().chain_colors(draws.n_chains)
    even = geom_hline(yintercept=draws.n_per_chain / n_bins, linetype="dashed", color="#7A7A7A", size=0.5)
    reference: list[Any] = [even] if ref_line else []
    return (
        ggplot(chain_table(draws, partial(_steps, n_bins=n_bins)), aes(x="rank", y="count", color="chain"))
        + reference
        + geom_step(size=size)
        + layout.facet
        + scale_color_manual(colors, name="Chain")
        + scale_y_continuous(limits=_from_zero, expand=(0, 0, 0.06, 0))
        + labs(x="Rank", y="Draws")
        + plot_theme(layout.figure_size, grid="XYxy")
    )


def _from_zero(ends: tuple[float, float]) -> tuple[float, float]:
    return 0.0, ends[1]


def rank_counts(values: NDArray[np.float64], n_bins: int) -> NDArray[np.int64]:
    """Return how many draws of each chain have ranks in each bin: shape [chain, bin].

    Parameters
    ----------
    values
        Draws of one variable, [chain, draw]. Equal draws share the mean of their ranks.
    n_bins
        Number of bins of equal width.

    Examples
    --------
    >>> import numpy as np
    >>> rank_counts(np.array([[1.0, 2.0, 3.0, 7.0], [4.0, 5.0, 6.0, 8.0]]), 2).tolist()
    [[3, 1], [1, 3]]
    """
    from scipy.stats import rankdata

    ranks = rankdata(values).reshape(values.shape)
    edges = np.linspace(0.5, values.size + 0.5, n_bins + 1)
    return np.stack([np.histogram(chain, edges)[0] for chain in ranks])


def _steps(values: NDArray[np.float64], n_bins: int) -> dict[str, Any]:
    """Return left edges of the bins with their counts, and the last edge, so that the last bin, too, has a width."""
    counts = rank_counts(values, n_bins)
    return {"rank": np.linspace(0, values.size, n_bins + 1), "count": np.column_stack([counts, counts[:, -1]])}
