"""Scatter plots of all pairs of variables, their densities, and a histogram of each, as one plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from mizani.breaks import breaks_extended
from numpy.typing import NDArray
from plotnine import (
    aes,
    element_text,
    facet_grid,
    geom_point,
    geom_polygon,
    geom_rect,
    geom_ribbon,
    geom_text,
    ggplot,
    labs,
    scale_fill_identity,
    scale_x_continuous,
    scale_y_continuous,
    theme,
)

from partialpool.errors import DataError, nearest
from partialpool.fit.draws import Draws
from partialpool.plots.colors import DIVERGENCE, INK, color_scheme
from partialpool.plots.contours import density_regions
from partialpool.plots.kernel_density import estimate_density
from partialpool.plots.labels import tick_labels, wrap_name
from partialpool.plots.selection import Transformations, select_draws
from partialpool.plots.source import divergent_draws, given_statistics
from partialpool.plots.theme import plot_theme
from partialpool.plots.traces import divergence_caption

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["mcmc_pairs"]

_DIAGONALS = ("hist", "dens")
_UPPERS = ("density", "correlation", "scatter")
_MAX_VARIABLES = 12


def mcmc_pairs(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    diag_fun: str = "hist",
    upper_fun: str = "density",
    diag_args: Mapping[str, Any] | None = None,
    off_diag_args: Mapping[str, Any] | None = None,
    condition: object = None,
    max_points: int | None = 4000,
    np: object = None,
) -> ggplot:
    """Return a square of panels, one row and one column for each variable, as one plot.

    Below the diagonal stand scatter plots, on it a histogram of each variable, above it the regions of highest density
    that hold 50, 80 and 95 percent of the draws. Rows share their vertical, columns their horizontal axis; a histogram
    is scaled to the height of its panel. Divergent draws are marked in red.

    Parameters
    ----------
    source, pars, regex_pars, transformations
        The draws, and which of them: see `partialpool.plots.selection.select_draws`. At least 2 and at most 12 variables.
    diag_fun
        `hist` or `dens`.
    upper_fun
        What stands above the diagonal: `density`, `correlation` (the coefficient, its size as that of the text) or
        `scatter`.
    diag_args
        For histograms `bins`; for densities `bw`, `adjust`, `n_dens`; for both `alpha`.
    off_diag_args
        `size` and `alpha` of points; `probs`, the probabilities of the regions.
    condition
        Splits the draws between the two triangles, and makes both scatter plots: an array [chain, draw] that is true for
        draws above the diagonal; the name of a sampler statistic (draws above its median, or that are true, stand above
        the diagonal); a number between 0 and 1, the share of the draws of each chain, from the first on, that stand
        below; or `chains`, the first half of the chains below.
    max_points
        How many draws the scatter plots show at most, evenly spaced; divergent ones are always shown. None for all.
    np
        Sampler statistics with `diverging` [chain, draw]; by default those that the source carries, False for none.

    Raises
    ------
    DataError
        If variables or arguments are not as described.

    Examples
    --------
    >>> import numpy as np
    >>> draws = {"theta": np.random.default_rng(1).normal(size=(4, 100, 3))}
    >>> plot = mcmc_pairs(draws, off_diag_args={"size": 0.8})
    """
    draws = select_draws(source, pars, regex_pars, transformations)
    _check(draws, diag_fun, upper_fun, max_points)
    divergent = divergent_draws(np, source, draws)
    above = _above_diagonal(condition, given_statistics(np, source), draws)
    style = _checked(off_diag_args, ("size", "alpha", "probs"), "off_diag_args")
    upper = "scatter" if above is not None else upper_fun
    return (
        ggplot()
        + _diagonal(draws, diag_fun, _checked(diag_args, ("bins", "bw", "adjust", "n_dens", "alpha"), "diag_args"))
        + (_regions(draws, style.get("probs", (0.5, 0.8, 0.95))) if upper == "density" else [])
        + (_coefficients(draws) if upper == "correlation" else [])
        + _points(draws, divergent, above, upper, max_points, style)
        + _frame(draws.names)
        + labs(x="", y="", caption=divergence_caption(divergent))
    )


def _check(draws: Draws, diag_fun: str, upper_fun: str, max_points: int | None) -> None:
    count = len(draws.names)
    if not 2 <= count <= _MAX_VARIABLES:
        raise DataError(f"a plot of pairs takes 2 to {_MAX_VARIABLES} variables, not {count}; choose them by `pars`")
    for word, value, known in (("diag_fun", diag_fun, _DIAGONALS), ("upper_fun", upper_fun, _UPPERS)):
        if value not in known:
            raise DataError(f"`{word}` cannot be {value!r}; {nearest(value, known)}")
    if max_points is not None and max_points < 1:
        raise DataError(f"max_points must be at least 1, or None for all draws; got {max_points!r}")
    constant = [name for name in draws.names if float(np.ptp(draws[name])) == 0.0]
    if constant:
        raise DataError(f"{constant[0]!r} has the same value in all draws and cannot be paired; leave it out")


def _checked(given: Mapping[str, Any] | None, known: Sequence[str], word: str) -> dict[str, Any]:
    for name in given or {}:
        if name not in known:
            raise DataError(f"`{word}` has no argument {name!r}; {nearest(name, known)}")
    return dict(given or {})


# Which draws stand above the diagonal ---------------------------------------------------------------------------------


def _above_diagonal(condition: object, statistics: Mapping[str, Any], draws: Draws) -> NDArray[np.bool_] | None:
    shape = draws.values.shape[:2]
    if condition is None:
        return None
    if isinstance(condition, np.ndarray):
        return _of_shape(condition, shape)
    if isinstance(condition, str):
        return _by_chain(shape) if condition == "chains" else _by_statistic(condition, statistics, shape)
    if isinstance(condition, float) and 0 < condition < 1:
        return np.broadcast_to(np.arange(shape[1]) >= condition * shape[1], shape)
    raise DataError(
        f"`condition` is an array [chain, draw], the name of a sampler statistic, a share between 0 and 1, or 'chains'; "
        f"got {condition!r}"
    )


def _of_shape(condition: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    if condition.shape != shape:
        raise DataError(f"`condition` has shape {condition.shape}, but the draws have [chain, draw] = {shape}")
    return condition.astype(bool)


def _by_chain(shape: tuple[int, ...]) -> NDArray[np.bool_]:
    if shape[0] < 2:
        raise DataError("`condition` 'chains' needs at least two chains; these draws have one")
    return np.broadcast_to((np.arange(shape[0]) >= (shape[0] + 1) // 2)[:, np.newaxis], shape)


def _by_statistic(name: str, statistics: Mapping[str, Any], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    if name not in statistics:
        known = nearest(name, statistics) if statistics else "the source carries none; pass them as `np`"
        raise DataError(f"no sampler statistic is named {name!r}; {known}")
    values = np.asarray(statistics[name])
    return _of_shape(values if values.dtype == bool else values > np.median(values), shape)


# Tables of the layers -------------------------------------------------------------------------------------------------


def _place(table: pd.DataFrame, row: str, column: str, names: Sequence[str]) -> pd.DataFrame:
    """Return the table with the panel it belongs to."""
    import pandas as pd

    place = pd.CategoricalDtype(list(names), ordered=True)
    return table.assign(row=pd.Series(row, table.index, place), column=pd.Series(column, table.index, place))


def _stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat(tables, ignore_index=True)


def _diagonal(draws: Draws, diag_fun: str, style: Mapping[str, Any]) -> list[Any]:
    scheme = color_scheme()
    alpha = style.get("alpha", 1.0)
    if diag_fun == "hist":
        bars = _stacked(
            [_place(_bars(draws[name], style.get("bins", 30)), name, name, draws.names) for name in draws.names]
        )
        edges = aes(xmin="xmin", xmax="xmax", ymin="ymin", ymax="ymax")
        return [geom_rect(edges, bars, fill=scheme.mid, color=scheme.dark, size=0.2, alpha=alpha)]
    arguments = {key: style[key] for key in ("bw", "adjust", "n_dens") if key in style}
    curves = _stacked([_place(_curve(draws[name], arguments), name, name, draws.names) for name in draws.names])
    edge = aes(x="x", ymin="ymin", ymax="ymax")
    return [geom_ribbon(edge, curves, fill=scheme.mid, color=scheme.dark, outline_type="upper", alpha=alpha)]


def _bars(values: NDArray[np.float64], bins: int) -> pd.DataFrame:
    import pandas as pd

    count, edges = np.histogram(values, bins)
    low, height = values.min(), np.ptp(values) / count.max()
    return pd.DataFrame(
        {"xmin": edges[:-1], "xmax": edges[1:], "ymin": low, "ymax": low + height * count, "count": count}
    )


def _curve(values: NDArray[np.float64], arguments: Mapping[str, Any]) -> pd.DataFrame:
    import pandas as pd

    density = estimate_density(values, **arguments)
    low, height = values.min(), np.ptp(values) / density.y.max()
    return pd.DataFrame({"x": density.x, "ymin": low, "ymax": low + height * density.y, "density": density.y})


def _regions(draws: Draws, probs: Sequence[float]) -> list[Any]:
    """Draw regions of highest density above the diagonal, the innermost darkest."""
    scheme = color_scheme()
    shades = dict(zip(sorted(probs), np.resize([scheme.dark, scheme.mid, scheme.light], len(probs)), strict=True))
    tables = []
    for first, second in combinations(draws.names, 2):
        rings = density_regions(draws[second].ravel(), draws[first].ravel(), probs)
        tables.append(_place(rings.assign(fill=rings["prob"].map(shades)), first, second, draws.names))
    table = _stacked(tables)
    table["polygon"] = table.groupby(["row", "column", "prob", "ring"], observed=True).ngroup()
    return [geom_polygon(aes(x="x", y="y", group="polygon", fill="fill"), table), scale_fill_identity()]


def _coefficients(draws: Draws) -> list[Any]:
    import pandas as pd

    tables = []
    for first, second in combinations(draws.names, 2):
        r = float(np.corrcoef(draws[first].ravel(), draws[second].ravel())[0, 1])
        middle = [(draws[name].min() + draws[name].max()) / 2 for name in (second, first)]
        label = f"{round(r, 2) + 0.0:.2f}"  # adding zero turns -0.00 into 0.00
        text = pd.DataFrame({"x": [middle[0]], "y": [middle[1]], "label": [label], "size": [9 + 11 * abs(r)]})
        tables.append(_place(text, first, second, draws.names))
    table = _stacked(tables)
    return [geom_text(aes(x="x", y="y", label="label"), table, size=table["size"].to_numpy(), color=INK)]


def _points(
    draws: Draws,
    divergent: NDArray[np.bool_],
    above: NDArray[np.bool_] | None,
    upper: str,
    max_points: int | None,
    style: Mapping[str, Any],
) -> list[Any]:
    shown = _thinned(divergent, max_points)
    everywhere = np.ones(shown.shape, dtype=bool)
    lower = everywhere if above is None else ~above.ravel()
    raised = everywhere if above is None else above.ravel()
    calm = ~divergent.ravel()
    plain = [_scatter(draws, shown & calm & lower, below=True)]
    marked = [_scatter(draws, ~calm & lower, below=True)]
    if upper == "scatter":
        plain.append(_scatter(draws, shown & calm & raised, below=False))
        marked.append(_scatter(draws, ~calm & raised, below=False))
    size = style.get("size", 0.9)
    alpha = style.get("alpha", float(np.clip(900 / max(int(shown.sum()), 1), 0.25, 0.7)))
    xy = aes(x="x", y="y")
    layers = [geom_point(xy, _stacked(plain), size=size, alpha=alpha, stroke=0, color=color_scheme().dark)]
    if divergent.any():
        layers.append(geom_point(xy, _stacked(marked), size=max(1.6 * size, 1.2), stroke=0, color=DIVERGENCE))
    return layers


def _thinned(divergent: NDArray[np.bool_], max_points: int | None) -> NDArray[np.bool_]:
    """Return which draws are shown: flat over chains and draws, evenly spaced."""
    total = divergent.size
    shown = np.zeros(total, dtype=bool)
    count = total if max_points is None else min(max_points, total)
    shown[np.linspace(0, total - 1, count).astype(np.int64)] = True
    return shown


def _scatter(draws: Draws, chosen: NDArray[np.bool_], *, below: bool) -> pd.DataFrame:
    import pandas as pd

    tables = []
    for first, second in combinations(draws.names, 2):
        row, column = (second, first) if below else (first, second)
        points = pd.DataFrame({"x": draws[column].ravel()[chosen], "y": draws[row].ravel()[chosen]})
        tables.append(_place(points, row, column, draws.names))
    return _stacked(tables)


def _frame(names: Sequence[str]) -> list[Any]:
    side = min(max(1.9 * len(names), 5.0), 15.0)
    width = int(11 * side / len(names))

    def strip(name: str) -> str:
        return wrap_name(name, width)

    ticks: Any = breaks_extended(n=4)
    labeller: Any = strip
    return [
        facet_grid("row", "column", scales="free", labeller=labeller),
        scale_x_continuous(breaks=ticks, labels=tick_labels, expand=(0.03, 0)),
        scale_y_continuous(breaks=ticks, labels=tick_labels, expand=(0.03, 0)),
        plot_theme((side + 0.4, side)),
        theme(panel_spacing=0.012, strip_text=element_text(size=8.5)),
    ]
