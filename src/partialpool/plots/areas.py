"""Densities of several variables, one row each: areas with a shaded interval, and overlapping ridges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from plotnine import (
    aes,
    geom_path,
    geom_ribbon,
    geom_segment,
    ggplot,
    labs,
    scale_color_manual,
    scale_fill_identity,
    scale_fill_manual,
)

from partialpool.fit.draws import Draws
from partialpool.plots.colors import color_scheme
from partialpool.plots.intervals import RHAT_COLORS, interval_table, rhat_class, zero_line
from partialpool.plots.kernel_density import Density, estimate_density, height_factors
from partialpool.plots.panels import rows_theme, scale_y_rows
from partialpool.plots.selection import Transformations, select_draws

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["mcmc_areas", "mcmc_areas_ridges"]

_AREA_HEIGHT, _RIDGE_HEIGHT = 0.88, 1.8


def mcmc_areas(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    area_method: str = "equal area",
    prob: float = 0.5,
    prob_outer: float = 1.0,
    point_est: str = "median",
    rhat: Mapping[str, float] | Sequence[float] | None = None,
    border_size: float = 0.7,
    bw: str | float = "nrd0",
    adjust: float = 1.0,
    n_dens: int = 1024,
    bounds: tuple[float, float] | None = None,
) -> ggplot:
    """Return a plot of densities, one above the other, with the inner interval shaded and the point estimate marked.

    Parameters
    ----------
    source, pars, regex_pars, transformations
        The draws, and which of them: see `partialpool.plots.selection.select_draws`.
    area_method
        How heights compare: `equal area`, as the densities are; `equal height`, all peaks level; `scaled height`, a
        compromise, peaks in proportion to the square root of the densities' own.
    prob, prob_outer
        Probability of the shaded interval and of the range that is drawn.
    point_est
        `median`, `mean` or `none`.
    rhat
        Rhat of each variable, by name or in order: areas are then coloured by its class.
    border_size
        Width of the outline.
    bw, adjust, n_dens, bounds
        Bandwidth, factor of it, points and bounds of the densities: see
        `partialpool.plots.kernel_density.estimate_density`.

    Raises
    ------
    DataError
        If variables, probabilities or words are not as described.

    Examples
    --------
    >>> import numpy as np
    >>> from plotnine import geom_vline, labs
    >>> draws = {"b_promo": np.random.default_rng(1).normal(0.4, 0.1, size=(4, 100))}
    >>> plot = mcmc_areas(draws, prob=0.89, area_method="equal height")
    >>> plot = plot + geom_vline(xintercept=0, color="red", linetype="dashed") + labs(title="Effect of the promotion")
    """
    draws = select_draws(source, pars, regex_pars, transformations)
    table = interval_table(draws, prob=prob, prob_outer=prob_outer, point_est=point_est)
    curves = _curves(draws, table, bw=bw, adjust=adjust, n_dens=n_dens, bounds=bounds)
    scale = height_factors(curves, area_method)
    outer = _outline_table(table, curves, scale, _AREA_HEIGHT, "ll", "hh")
    inner = _outline_table(table, curves, scale, _AREA_HEIGHT, "l", "h")
    plot = ggplot(table) + zero_line(table) + _paint(outer, inner, draws.names, rhat, border_size)
    if point_est != "none":
        plot += _point_marks(table, curves, scale)
    return plot + scale_y_rows(draws.names, below=0.25, above=1.0) + labs(x="", y="") + rows_theme(len(draws.names))


def mcmc_areas_ridges(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    prob: float = 1.0,
    prob_outer: float = 1.0,
    border_size: float = 0.7,
    bw: str | float = "nrd0",
    adjust: float = 1.0,
    n_dens: int = 1024,
    bounds: tuple[float, float] | None = None,
) -> ggplot:
    """Return a ridge plot: densities of equal area that may overlap, each in front of the one above it.

    Parameters
    ----------
    source, pars, regex_pars, transformations
        The draws, and which of them: see `partialpool.plots.selection.select_draws`.
    prob, prob_outer
        Probability of the shaded interval and of the range that is drawn.
    border_size, bw, adjust, n_dens, bounds
        As in `mcmc_areas`.

    Raises
    ------
    DataError
        If variables or probabilities are not as described.

    Examples
    --------
    >>> import numpy as np
    >>> draws = {"theta": np.random.default_rng(1).normal(size=(4, 100, 8))}
    >>> plot = mcmc_areas_ridges(draws, pars="theta")
    """
    draws = select_draws(source, pars, regex_pars, transformations)
    table = interval_table(draws, prob=prob, prob_outer=prob_outer, point_est="none")
    curves = _curves(draws, table, bw=bw, adjust=adjust, n_dens=n_dens, bounds=bounds)
    scale = height_factors(curves, "equal area")
    layers = [_outline_table(table, curves, scale, _RIDGE_HEIGHT, "l", "h").assign(shade=color_scheme().light)]
    if prob < prob_outer:
        layers.insert(0, _outline_table(table, curves, scale, _RIDGE_HEIGHT, "ll", "hh").assign(shade="white"))
    return (
        ggplot(table)
        + _ridges(layers, border_size)
        + zero_line(table)
        + scale_y_rows(draws.names, below=0.25, above=_room_above(curves, scale))
        + labs(x="", y="")
        + rows_theme(len(draws.names))
    )


def _curves(draws: Draws, table: pd.DataFrame, **density: Any) -> list[Density]:
    ends = zip(table["ll"], table["hh"], strict=True)
    return [estimate_density(draws.flat[:, i], limits=limits, **density) for i, limits in enumerate(ends)]


def _room_above(curves: Sequence[Density], scale: Sequence[float]) -> float:
    """Return how far the highest ridge reaches above the first row."""
    heights = [_RIDGE_HEIGHT * factor * float(curve.y.max()) for curve, factor in zip(curves, scale, strict=True)]
    return max(height - i for i, height in enumerate(heights)) + 0.15


def _outline_table(
    table: pd.DataFrame, curves: Sequence[Density], scale: Sequence[float], height: float, low: str, high: str
) -> pd.DataFrame:
    """Return baseline and upper edge of each density between two quantiles: columns parameter, x, y, density, top."""
    import pandas as pd

    parts = []
    for (_, row), curve, factor in zip(table.iterrows(), curves, scale, strict=True):
        within = curve.x[(curve.x > row[low]) & (curve.x < row[high])]
        x = np.concatenate([[row[low]], within, [row[high]]])
        density = curve.at(x)
        parts.append(
            pd.DataFrame(
                {
                    "parameter": row["parameter"],
                    "x": x,
                    "y": float(row["y"]),
                    "density": density,
                    "top": row["y"] + height * factor * density,
                }
            )
        )
    joined = pd.concat(parts, ignore_index=True)
    names = list(table["parameter"].cat.categories)
    return joined.assign(parameter=pd.Categorical(joined["parameter"], categories=names, ordered=True))


def _paint(
    outer: pd.DataFrame, inner: pd.DataFrame, names: Sequence[str], rhat: object, border_size: float
) -> list[Any]:
    scheme = color_scheme()
    if rhat is None:
        return [
            geom_ribbon(aes(x="x", ymin="y", ymax="top", group="parameter"), inner, fill=scheme.light),
            geom_path(aes(x="x", y="y", group="parameter"), outer, color=scheme.dark, size=border_size),
            geom_path(aes(x="x", y="top", group="parameter"), outer, color=scheme.dark, size=border_size),
        ]
    classes = rhat_class(names, rhat)
    outer, inner = (part.assign(rhat=classes[part["parameter"].cat.codes.to_numpy()]) for part in (outer, inner))
    return [
        geom_ribbon(aes(x="x", ymin="y", ymax="top", group="parameter", fill="rhat"), inner, alpha=0.3),
        geom_path(aes(x="x", y="y", group="parameter", color="rhat"), outer, size=border_size),
        geom_path(aes(x="x", y="top", group="parameter", color="rhat"), outer, size=border_size),
        scale_fill_manual(RHAT_COLORS, name="Rhat"),
        scale_color_manual(RHAT_COLORS, name="Rhat"),
    ]


def _point_marks(table: pd.DataFrame, curves: Sequence[Density], scale: Sequence[float]) -> geom_segment:
    tops = [
        y + _AREA_HEIGHT * factor * float(curve.at(m))
        for y, m, curve, factor in zip(table["y"], table["m"], curves, scale, strict=True)
    ]
    marks = table.assign(top=tops)
    mark = aes(x="m", xend="m", y="y", yend="top")
    return geom_segment(mark, marks, color=color_scheme().dark, size=1.5)


def _ridges(layers: Sequence[pd.DataFrame], border_size: float) -> list[Any]:
    """Draw all ridges in one layer, row by row from the top, so that each stands in front of the one above it."""
    import pandas as pd

    areas = pd.concat([layer.assign(group=2 * layer["parameter"].cat.codes + i) for i, layer in enumerate(layers)])
    edge = aes(x="x", ymin="y", ymax="top", fill="shade", group="group")
    return [
        geom_ribbon(edge, areas, color=color_scheme().dark, size=border_size, alpha=0.85),
        scale_fill_identity(),
    ]
