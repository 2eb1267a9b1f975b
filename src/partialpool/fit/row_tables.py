"""Predictions of rows as tables: estimates, their errors and quantiles over the draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, nearest
from partialpool.fit.prediction import MEMORY_BUDGET, distributional_parameter, epred, linpred, predict
from partialpool.fit.request import Options, Request
from partialpool.fit.tables import DEFAULT_PROBS, statistic_names, summarise_draws
from partialpool.frame.columns import Frame

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from partialpool.fit.fit import Fit

__all__ = ["fitted", "predicted", "residuals", "row_index", "row_table"]

Array: TypeAlias = NDArray[np.float64]
_Compute: TypeAlias = Callable[[Request, slice], Array]
"""Draws [draw, row, ...] of a request for some rows, and which rows these are of all."""

_ALL = slice(None)
_SHARE = 8
"""One part in so many of the memory budget is for the draws that a table sums up: computing them takes more."""

_SCALES = ("response", "linear")
_TYPES = ("ordinary", "pearson")
_METHODS = ("posterior_epred", "posterior_predict")


def fitted(
    fit: Fit,
    newdata: Any = None,
    re_formula: str | bool | None = None,
    *,
    scale: str = "response",
    dpar: str | None = None,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = DEFAULT_PROBS,
    **options: Unpack[Options],
) -> pd.DataFrame | xr.DataArray | Array:
    """Return a table of the mean or the linear predictor of each row, or its draws [draw, row].

    Where the response has categories, tables are arrays [row, statistic, category] with labels, draws [draw, row,
    category]: means or probabilities of each category, or with `scale="linear"` the predictors of `muB`, `muC`, ...

    Parameters
    ----------
    fit
        The fit.
    newdata, re_formula, dpar, **options
        As in `Fit.posterior_linpred`.
    scale
        `"response"` for the mean of the response (with `dpar`, the parameter itself), `"linear"` for the predictor.
    summary
        Whether to return a table with one row for each row of the data, called as in `row_index`.
    robust, probs
        As in `summarise_draws`.

    Raises
    ------
    DataError
        If an argument is not what it must be.
    """
    _check("scale", scale, _SCALES)

    def compute(request: Request, rows: slice) -> Array:
        if scale == "linear":
            return linpred(request, dpar or "mu")
        return epred(request) if dpar is None else distributional_parameter(request, dpar)

    request = Request.of(fit, newdata, re_formula, **options)
    if not summary:
        return compute(request, _ALL)
    family = fit.model.spec.family
    labels = ("category", family.categories) if scale == "response" else ("parameter", family.main_dpars)
    return row_table(request, compute, row_index(fit, newdata), robust, probs, *labels)


def predicted(
    fit: Fit,
    newdata: Any = None,
    re_formula: str | bool | None = None,
    *,
    negative_rt: bool = False,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = DEFAULT_PROBS,
    **options: Unpack[Options],
) -> pd.DataFrame | xr.DataArray | Array:
    """Return a table of random responses of each row, or the responses [draw, row]; arguments as in `fitted`.

    `negative_rt` is as in `Fit.posterior_predict`. The table of categories has the share of each among the responses of a
    row, in columns `P(Y = a)`, `P(Y = b)`, ...; that of matrices has a column for each of theirs, [row, statistic, category].
    """

    def compute(request: Request, rows: slice) -> Array:
        return predict(request, negative_rt=negative_rt)

    request = Request.of(fit, newdata, re_formula, **options)
    if not summary:
        return compute(request, _ALL)
    if fit.model.spec.family.category_values:
        return _shares_of_categories(request, compute, row_index(fit, newdata))
    return row_table(
        request, compute, row_index(fit, newdata), robust, probs, "category", fit.model.spec.family.categories
    )


def residuals(
    fit: Fit,
    newdata: Any = None,
    re_formula: str | bool | None = None,
    *,
    type: str = "ordinary",  # noqa: A002  (brms' name)
    method: str = "posterior_epred",
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = DEFAULT_PROBS,
    **options: Unpack[Options],
) -> pd.DataFrame | xr.DataArray | Array:
    """Return a table of the differences between responses and predictions, or their draws [draw, row].

    Responses that are matrices have a difference for each column, [draw, row, category].

    Parameters
    ----------
    fit
        The fit.
    newdata
        Rows, with the response; those of the fit where it is None.
    type
        `"ordinary"`, or `"pearson"`: divided by the standard deviation of random responses of the row.
    method
        What is subtracted from the response: its mean, `"posterior_epred"`, or random responses, `"posterior_predict"`.
    re_formula, summary, robust, probs, **options
        As in `fitted`.

    Raises
    ------
    DataError
        If an argument is not what it must be, the response is missing, or a category, which has no differences.
    """
    _check("type", type, _TYPES)
    _check("method", method, _METHODS)
    family = fit.model.spec.family
    if family.category_values:
        raise DataError(f"categories (family {family.name}) have no residuals; fitted() has their probabilities")
    request = Request.of(fit, newdata, re_formula, **options)
    response = fit.model.spec.response.response(request.frame)

    def compute(request: Request, rows: slice) -> Array:
        values = epred(request) if method == "posterior_epred" else predict(request)
        np.subtract(response[rows], values, out=values)
        if type == "pearson":
            values /= predict(request).std(axis=0, ddof=1)
        return values

    if not summary:
        return compute(request, _ALL)
    return row_table(request, compute, row_index(fit, newdata), robust, probs, "category", family.categories)


def row_table(
    request: Request,
    compute: _Compute,
    index: pd.Index,
    robust: bool,
    probs: Sequence[float],
    dimension: str,
    labels: Sequence[str],
) -> pd.DataFrame | xr.DataArray:
    """Return the table of what `compute` returns; `labels` are those of its third dimension, if it has one.

    Parameters
    ----------
    request
        What is asked for.
    compute
        Returns draws [draw, row] or [draw, row, column] of a request for some rows, given which of all rows these are.
    index
        Names of all rows.
    robust, probs
        As in `summarise_draws`.
    dimension, labels
        Name and labels of the third dimension.
    """
    import pandas as pd

    found = _by_rows(request, compute, len(index), lambda draws: summarise_draws(draws, robust=robust, probs=probs))
    if found.ndim == 2:
        return pd.DataFrame(found, index=index, columns=statistic_names(probs))
    import xarray as xr

    coords = {"row": index.to_numpy(), "statistic": statistic_names(probs), dimension: list(labels)}
    return xr.DataArray(found.transpose(0, 2, 1), dims=tuple(coords), coords=coords)


def _shares_of_categories(request: Request, compute: _Compute, index: pd.Index) -> pd.DataFrame:
    """Return the share of each category among the draws of each row."""
    import pandas as pd

    family = request.fit.model.spec.family

    def shares(draws: Array) -> Array:
        return np.stack([(draws == value).mean(axis=0) for value in family.category_values], axis=1)

    names = [f"P(Y = {category})" for category in family.categories]
    return pd.DataFrame(_by_rows(request, compute, len(index), shares), index=index, columns=names)


def _by_rows(request: Request, compute: _Compute, n_rows: int, summarised: Callable[[Array], Array]) -> Array:
    """Return what sums up draws, from as many rows at a time as the memory budget has room for."""
    family = request.fit.model.spec.family
    n_columns = max(1, len(family.categories), len(family.components))
    step = max(1, MEMORY_BUDGET // (8 * _SHARE * len(request.picked) * n_columns))
    parts = []
    for first in range(0, n_rows, step):
        rows = slice(first, first + step)
        parts.append(summarised(compute(_piece(request, rows), rows)))
    return np.concatenate(parts)


def _piece(request: Request, rows: slice) -> Request:
    """Return the request for some of its rows; random numbers of different rows are different ones."""
    if rows.start == 0 and rows.stop >= request.frame.n_rows:
        return request
    frame = request.frame.select_rows(np.arange(request.frame.n_rows)[rows])
    return replace(request, frame=frame, seed=request.seed + rows.start)


def row_index(fit: Fit, newdata: Any = None) -> pd.Index:
    """Return what tables call rows: as the pandas index of the data does, else by their position, from 0.

    Rows of the fit keep the names that they had in the user's data, whatever rows were dropped for missing values.
    """
    import pandas as pd

    if isinstance(newdata, (pd.DataFrame, pd.Series)):
        return newdata.index
    frame = fit.model.spec.frame if newdata is None else Frame.read(newdata)
    if frame.row_labels is None:
        return pd.Index(frame.row_numbers - 1)
    # Labels are kept as text; where all were whole numbers they are made so again, to align with the user's data.
    whole = all(label.lstrip("-").isdecimal() and str(int(label)) == label for label in frame.row_labels)
    return pd.Index([int(label) for label in frame.row_labels] if whole else list(frame.row_labels))


def _check(argument: str, value: str, known: Sequence[str]) -> None:
    if not isinstance(value, str) or value not in known:
        raise DataError(f"{argument}={value!r}; {nearest(str(value), known)}")
