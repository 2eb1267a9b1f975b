"""Autocorrelation of each chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from plotnine import aes, geom_hline, geom_line, ggplot, labs, scale_color_manual, scale_x_continuous

from partialpool.arguments import is_whole
from partialpool.errors import DataError
from partialpool.plots.colors import color_scheme
from partialpool.plots.panels import facet_layout
from partialpool.plots.selection import Transformations, chain_table, select_draws
from partialpool.plots.theme import plot_theme

__all__ = ["autocorrelation", "mcmc_acf"]


def mcmc_acf(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    facet_args: Mapping[str, Any] | None = None,
    lags: int = 20,
    size: float = 0.7,
) -> ggplot:
    """Return the autocorrelation of each chain up to a lag, one panel for each variable.

    Parameters
    ----------
    source, pars, regex_pars, transformations
        The draws, and which of them: see `partialpool.plots.selection.select_draws`.
    facet_args
        Arguments of plotnine's `facet_wrap`, as `{"nrow": 2}`.
    lags
        The largest lag.
    size
        Width of the lines.

    Raises
    ------
    DataError
        If variables are not as described, or a chain is too short for the lags.

    Examples
    --------
    >>> import numpy as np
    >>> plot = mcmc_acf({"b_x": np.random.default_rng(1).normal(size=(4, 100))}, lags=10)
    """
    draws = select_draws(source, pars, regex_pars, transformations)
    if not is_whole(lags) or not 1 <= lags < draws.n_per_chain:
        raise DataError(
            f"lags must be between 1 and one less than the {draws.n_per_chain} draws of a chain; got {lags!r}"
        )
    layout = facet_layout(draws.names, facet_args, scales="fixed", panel=(3.2, 1.9), legend=True)
    colors = color_scheme().chain_colors(draws.n_chains)
    return (
        ggplot(chain_table(draws, partial(_lags, lags=lags)), aes(x="lag", y="acf", color="chain"))
        + geom_hline(yintercept=0, color="#8A8A8A", size=0.5)
        + geom_line(size=size, na_rm=True)
        + layout.facet
        + scale_color_manual(colors, name="Chain")
        + scale_x_continuous(expand=(0.02, 0))
        + labs(x="Lag", y="Autocorrelation")
        + plot_theme(layout.figure_size, grid="XYxy")
    )


def autocorrelation(values: NDArray[np.float64], lags: int) -> NDArray[np.float64]:
    """Return the autocorrelations of a series at lags 0 to `lags`.

    The covariance at each lag is divided by the length of the series and by its variance, as R's `acf` does. A series
    that does not vary has no autocorrelation: NaN.

    Examples
    --------
    >>> import numpy as np
    >>> autocorrelation(np.array([1.0, 2.0, 3.0]), 2).round(3).tolist()
    [1.0, 0.0, -0.5]
    """
    centered = values - values.mean()
    spectrum = np.fft.rfft(centered, 2 * values.size)
    covariance = np.fft.irfft(np.abs(spectrum) ** 2, 2 * values.size)[: lags + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.ptp(values) > 0, covariance / covariance[0], np.nan)


def _lags(values: NDArray[np.float64], lags: int) -> dict[str, Any]:
    return {"lag": np.arange(lags + 1), "acf": np.stack([autocorrelation(chain, lags) for chain in values])}
