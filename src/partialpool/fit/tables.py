"""Draws as tables: what an array of draws amounts to, and draws themselves as data frames."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.arguments import is_number
from partialpool.errors import DataError
from partialpool.fit.draws import Draws

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

__all__ = [
    "DEFAULT_PROBS",
    "central_probs",
    "chosen_probs",
    "draws_array",
    "draws_frame",
    "draws_of",
    "percent",
    "posterior_interval",
    "posterior_summary",
    "statistic_names",
    "summarise_draws",
    "summary_table",
]

Array: TypeAlias = NDArray[np.float64]

DEFAULT_PROBS = (0.025, 0.975)
"""Probabilities of the quantiles that tables have by default."""

_MAD_SCALE = 1.4826  # makes the median absolute deviation of normal draws their standard deviation
_CHUNK = 2_000_000  # numbers sorted at once: bounds the copies that quantiles need


def summarise_draws(values: Array, *, robust: bool = False, probs: Sequence[float] = DEFAULT_PROBS) -> Array:
    """Return estimate, estimated error and quantiles of draws: [..., statistic] for values [draw, ...].

    Parameters
    ----------
    values
        Draws along the first axis.
    robust
        Median and 1.4826 times the median absolute deviation instead of mean and standard deviation (which divides by
        the number of draws less one).
    probs
        Probabilities of the quantiles, which interpolate between order statistics linearly (type 7 of Hyndman and Fan,
        1996, "Sample quantiles in statistical packages", The American Statistician 50).

    Raises
    ------
    DataError
        If a probability is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> summarise_draws(np.array([1.0, 2.0, 3.0, 4.0, 10.0]), probs=[0.25]).round(3)
    array([4.   , 3.536, 2.   ])
    >>> summarise_draws(np.array([1.0, 2.0, 3.0, 4.0, 10.0]), robust=True, probs=[]).round(3)
    array([3.   , 1.483])
    """
    probs = _checked_probs(probs)
    n_draws = values.shape[0]
    cells = values.reshape(n_draws, math.prod(values.shape[1:]))
    summary = np.empty((cells.shape[1], 2 + len(probs)))
    step = max(1, _CHUNK // max(1, n_draws))
    for first in range(0, cells.shape[1], step):
        part = slice(first, first + step)
        summary[part] = _summarise(np.ascontiguousarray(cells[:, part].T, dtype=np.float64), robust, probs)
    return summary.reshape(*values.shape[1:], 2 + len(probs))


def _summarise(cells: Array, robust: bool, probs: Sequence[float]) -> Array:
    """Return the statistics of cells [cell, draw]: [cell, statistic]."""
    if robust:
        estimate = np.median(cells, axis=1)
        error = _MAD_SCALE * np.median(np.abs(cells - estimate[:, None]), axis=1)
    else:
        estimate = cells.mean(axis=1)
        error = cells.std(axis=1, ddof=1) if cells.shape[1] > 1 else np.full(len(cells), np.nan)
    quantiles = np.quantile(cells, list(probs), axis=1) if len(probs) else np.empty((0, len(cells)))
    return np.column_stack([estimate, error, quantiles.T])


def statistic_names(probs: Sequence[float] = DEFAULT_PROBS) -> list[str]:
    """Return the names of what `summarise_draws` returns.

    Examples
    --------
    >>> statistic_names([0.055, 0.945])
    ['Estimate', 'Est.Error', 'Q5.5', 'Q94.5']
    """
    return ["Estimate", "Est.Error", *(f"Q{percent(prob)}" for prob in _checked_probs(probs))]


def percent(prob: float) -> str:
    """Return a probability in percent as R prints it.

    Examples
    --------
    >>> percent(0.025), percent((1 - 0.89) / 2), percent(1.0)
    ('2.5', '5.5', '100')
    """
    return format(round(100 * prob, 10), ".15g")


def central_probs(prob: float) -> tuple[float, float]:
    """Return the probabilities of the quantiles that bound a central interval.

    Raises
    ------
    DataError
        If `prob` is not between 0 and 1.

    Examples
    --------
    >>> central_probs(0.5)
    (0.25, 0.75)
    """
    if not is_number(prob) or not 0 < prob < 1:
        raise DataError(f"prob must be a number between 0 and 1, such as 0.95, not {prob!r}")
    tail = (1 - float(prob)) / 2
    return tail, 1 - tail


def chosen_probs(probs: Sequence[float], prob: float | None) -> Sequence[float]:
    """Return the probabilities of the quantiles of a table: those of a central interval, where one is asked for.

    Raises
    ------
    DataError
        If both are given, or `prob` is not between 0 and 1.

    Examples
    --------
    >>> chosen_probs(DEFAULT_PROBS, None), chosen_probs(DEFAULT_PROBS, 0.5)
    ((0.025, 0.975), (0.25, 0.75))
    """
    if prob is None:
        return probs
    if probs is not DEFAULT_PROBS:
        raise DataError("prob and probs say both which quantiles a table has; give one of them")
    return central_probs(prob)


def summary_table(
    values: Array,
    index: Iterable[Hashable] | pd.Index,
    *,
    robust: bool = False,
    probs: Sequence[float] = DEFAULT_PROBS,
) -> pd.DataFrame:
    """Return the table that sums up values [draw, row]: one row each, columns Estimate, Est.Error and quantiles."""
    import pandas as pd

    summary = summarise_draws(values, robust=robust, probs=probs)
    rows = index if isinstance(index, pd.Index) else pd.Index(list(index))
    return pd.DataFrame(summary, index=rows, columns=statistic_names(probs))


def posterior_summary(draws: Draws, *, robust: bool = False, probs: Sequence[float] = DEFAULT_PROBS) -> pd.DataFrame:
    """Return Estimate, Est.Error and quantiles of each variable.

    Examples
    --------
    >>> import numpy as np
    >>> draws = Draws(("b_x", "sigma"), np.arange(12.0).reshape(2, 3, 2))
    >>> posterior_summary(draws, probs=[0.5])
           Estimate  Est.Error  Q50
    b_x         5.0   3.741657  5.0
    sigma       6.0   3.741657  6.0
    """
    return summary_table(draws.flat, draws.names, robust=robust, probs=probs)


def posterior_interval(draws: Draws, *, prob: float = 0.95) -> pd.DataFrame:
    """Return the central interval of each variable.

    Examples
    --------
    >>> import numpy as np
    >>> posterior_interval(Draws(("b_x",), np.arange(11.0).reshape(1, 11, 1)), prob=0.5)
         25%  75%
    b_x  2.5  7.5
    """
    import pandas as pd

    probs = central_probs(prob)
    bounds = summarise_draws(draws.flat, probs=probs)[:, 2:]
    return pd.DataFrame(bounds, index=pd.Index(draws.names), columns=[f"{percent(p)}%" for p in probs])


def draws_array(draws: Draws) -> xr.DataArray:
    """Return draws as a labelled array [chain, draw, variable]; chains and draws count from 0, as in ArviZ."""
    import xarray as xr

    coords = {"chain": np.arange(draws.n_chains), "draw": np.arange(draws.n_per_chain), "variable": list(draws.names)}
    return xr.DataArray(draws.values, dims=tuple(coords), coords=coords, name="draws")


def draws_frame(draws: Draws) -> pd.DataFrame:
    """Return one row for each draw; the columns `.chain`, `.iteration` (in its chain) and `.draw` count from 1, as in R.

    Examples
    --------
    >>> import numpy as np
    >>> draws_frame(Draws(("b_x",), np.zeros((2, 2, 1))))
       b_x  .chain  .iteration  .draw
    0  0.0       1           1      1
    1  0.0       1           2      2
    2  0.0       2           1      3
    3  0.0       2           2      4
    """
    import pandas as pd

    chain, iteration = np.indices((draws.n_chains, draws.n_per_chain)).reshape(2, -1) + 1
    frame = pd.DataFrame(draws.flat.copy(), columns=list(draws.names))
    counts = pd.DataFrame({".chain": chain, ".iteration": iteration, ".draw": np.arange(1, len(frame) + 1)})
    return pd.concat([frame, counts], axis=1)


def draws_of(draws: Draws, names: Sequence[str]) -> Array:
    """Return the draws of many variables at once, in the order asked for: [draw, name]."""
    position = {name: i for i, name in enumerate(draws.names)}
    return draws.flat[:, [position[name] for name in names]]


def _checked_probs(probs: float | Sequence[float]) -> tuple[float, ...]:
    given = list(probs) if isinstance(probs, Iterable) else [probs]
    for prob in given:
        if not is_number(prob) or not 0 <= prob <= 1:
            raise DataError(f"probs holds {prob!r}, which is not a number between 0 and 1")
    return tuple(map(float, given))
