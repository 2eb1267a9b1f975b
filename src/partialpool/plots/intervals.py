"""Point estimates and two central intervals of each variable, one row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from plotnine import aes, geom_point, geom_segment, geom_vline, ggplot, labs, scale_color_manual

from partialpool.arguments import is_number
from partialpool.errors import DataError, DataWarning, nearest, warn
from partialpool.fit.draws import Draws
from partialpool.plots.colors import ColorScheme, color_scheme
from partialpool.plots.panels import row_positions, rows_theme, scale_y_rows
from partialpool.plots.selection import Transformations, select_draws

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RHAT_COLORS", "interval_table", "mcmc_intervals", "mcmc_intervals_data", "rhat_class", "zero_line"]

RHAT_COLORS = {"≤ 1.05": "#0072B2", "≤ 1.1": "#E69F00", "> 1.1": "#D7191C"}
"""Classes of Rhat, as bayesplot draws the lines between them, and their colours."""


def mcmc_intervals(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    prob: float = 0.5,
    prob_outer: float = 0.9,
    point_est: str = "median",
    outer_size: float = 0.8,
    inner_size: float = 2.6,
    point_size: float = 3.4,
    rhat: Mapping[str, float] | Sequence[float] | None = None,
) -> ggplot:
    """Return a plot of central intervals: a thick line for the inner, a thin one for the outer, a point between.

    Parameters
    ----------
    source, pars, regex_pars, transformations
        The draws, and which of them: see `partialpool.plots.selection.select_draws`.
    prob, prob_outer
        Probability of the inner and of the outer interval.
    point_est
        `median`, `mean` or `none`.
    outer_size, inner_size, point_size
        Sizes of the lines and of the point.
    rhat
        Rhat of each variable, by name or in order: points are then coloured by its class.

    Raises
    ------
    DataError
        If variables, probabilities or words are not as described.

    Examples
    --------
    >>> import numpy as np
    >>> draws = {"b_Intercept": np.random.default_rng(1).normal(size=(4, 100))}
    >>> plot = mcmc_intervals(draws, prob=0.5, prob_outer=0.89)
    """
    draws = select_draws(source, pars, regex_pars, transformations)
    table = interval_table(draws, prob=prob, prob_outer=prob_outer, point_est=point_est)
    scheme = color_scheme()
    plot = (
        ggplot(table)
        + zero_line(table)
        + geom_segment(aes(x="ll", xend="hh", y="y", yend="y"), color=scheme.mid, size=outer_size)
        + geom_segment(aes(x="l", xend="h", y="y", yend="y"), color=scheme.dark, size=inner_size)
    )
    if point_est != "none":
        plot += _points(table, rhat, scheme, point_size)
    return plot + scale_y_rows(draws.names, below=0.6, above=0.6) + labs(x="", y="") + rows_theme(len(draws.names))


def _points(table: pd.DataFrame, rhat: object, scheme: ColorScheme, size: float) -> list[Any]:
    if rhat is None:
        return [geom_point(aes(x="m", y="y"), color=scheme.dark_highlight, fill=scheme.light, size=size, stroke=0.6)]
    classes = rhat_class(list(table["parameter"]), rhat)
    return [
        geom_point(aes(x="m", y="y", color="rhat"), table.assign(rhat=classes), size=size),
        scale_color_manual(RHAT_COLORS, name="Rhat"),
    ]


def mcmc_intervals_data(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    prob: float = 0.5,
    prob_outer: float = 0.9,
    point_est: str = "median",
) -> pd.DataFrame:
    """Return what `mcmc_intervals` draws: one row for each variable.

    Columns: parameter, outer_width, inner_width, point_est, ll and hh (ends of the outer interval), l and h (of the
    inner one), m (the point estimate; absent for `none`) and y (height in the plot).

    Examples
    --------
    >>> import numpy as np
    >>> draws = {"b_x": np.arange(101.0)}
    >>> mcmc_intervals_data(draws)[["ll", "l", "m", "h", "hh"]].round(6).iloc[0].tolist()
    [5.0, 25.0, 50.0, 75.0, 95.0]
    """
    draws = select_draws(source, pars, regex_pars, transformations)
    return interval_table(draws, prob=prob, prob_outer=prob_outer, point_est=point_est)


def interval_table(draws: Draws, *, prob: float, prob_outer: float, point_est: str) -> pd.DataFrame:
    """Return the intervals of each variable of `draws`; columns as in `mcmc_intervals_data`."""
    import pandas as pd

    inner, outer = _sorted_widths(prob, prob_outer)
    levels = np.clip([0.5 - outer / 2, 0.5 - inner / 2, 0.5 + inner / 2, 0.5 + outer / 2], 0, 1)
    ll, l, h, hh = np.quantile(draws.flat, levels, axis=0)  # noqa: E741 - bayesplot's names of the columns
    center = _center(draws, point_est)
    table = pd.DataFrame(
        {
            "parameter": pd.Categorical(draws.names, categories=list(draws.names), ordered=True),
            "outer_width": outer,
            "inner_width": inner,
            "point_est": point_est,
            "ll": ll,
            "l": l,
            "h": h,
            "hh": hh,
            "y": list(row_positions(draws.names).values()),
        }
    )
    return table if center is None else table.assign(m=center)


def _sorted_widths(prob: float, prob_outer: float) -> tuple[float, float]:
    for word, value in (("prob", prob), ("prob_outer", prob_outer)):
        if not is_number(value) or not 0 < value <= 1:
            raise DataError(f"`{word}` is a probability above 0 and at most 1; got {value!r}")
    if prob > prob_outer:
        message = f"prob = {prob:g} is wider than prob_outer = {prob_outer:g}; the two are exchanged"
        warn(message, DataWarning)
    return min(prob, prob_outer), max(prob, prob_outer)


def _center(draws: Draws, point_est: str) -> Any:
    known = {"median": np.median, "mean": np.mean, "none": None}
    if not isinstance(point_est, str) or point_est not in known:
        raise DataError(f"no point estimate is named {point_est!r}; {nearest(str(point_est), known)}")
    estimator = known[point_est]
    return None if estimator is None else estimator(draws.flat, axis=0)


def zero_line(table: pd.DataFrame) -> list[Any]:
    """Return a quiet vertical line at zero, where zero lies within what is drawn; else nothing."""
    if table["ll"].min() <= 0 <= table["hh"].max():
        return [geom_vline(xintercept=0, color="#BDBDBD", size=0.7)]
    return []


def rhat_class(names: Sequence[str], rhat: object) -> pd.Categorical[Any]:
    """Return the class of Rhat of each variable, one of the keys of `RHAT_COLORS`.

    Raises
    ------
    DataError
        If a variable has no Rhat, or the values are not as many as the variables.
    """
    import pandas as pd

    if isinstance(rhat, Mapping | pd.Series):
        missing = [name for name in names if name not in rhat]
        if missing:
            raise DataError(f"`rhat` has no value for {missing[0]!r}; {nearest(missing[0], map(str, rhat.keys()))}")
        rhat = [rhat[name] for name in names]
    try:
        values = np.asarray(rhat, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"`rhat` has a number for each variable; got {rhat!r}") from error
    if values.shape != (len(names),):
        raise DataError(f"`rhat` has shape {values.shape}, but there are {len(names)} variables")
    words = np.array(list(RHAT_COLORS), dtype=object)
    return pd.Categorical(words[np.digitize(values, [1.05, 1.1], right=True)], categories=words, ordered=True)
