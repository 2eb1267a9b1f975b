"""Predictions of rows as tables: estimates, their errors and quantiles over the draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, nearest
from partialpool.fit.prediction import epred, predict
from partialpool.fit.request import Request
from partialpool.fit.tables import DEFAULT_PROBS, summary_table
from partialpool.frame.columns import Frame

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.fit.fit import Fit

__all__ = ["fitted", "predicted", "residuals", "row_index"]

Array: TypeAlias = NDArray[np.float64]

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
    **options: Any,
) -> pd.DataFrame | Array:
    """Return a table of the mean or the linear predictor of each row, or its draws [draw, row].

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
    predictor = fit.posterior_linpred if scale == "linear" else fit.posterior_epred
    values = predictor(newdata, re_formula, dpar=dpar, **options)
    return summary_table(values, row_index(fit, newdata), robust=robust, probs=probs) if summary else values


def predicted(
    fit: Fit,
    newdata: Any = None,
    re_formula: str | bool | None = None,
    *,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = DEFAULT_PROBS,
    **options: Any,
) -> pd.DataFrame | Array:
    """Return a table of random responses of each row, or the responses [draw, row]; arguments as in `fitted`."""
    values = fit.posterior_predict(newdata, re_formula, **options)
    return summary_table(values, row_index(fit, newdata), robust=robust, probs=probs) if summary else values


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
    **options: Any,
) -> pd.DataFrame | Array:
    """Return a table of the differences between responses and predictions, or their draws [draw, row].

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
        If an argument is not what it must be, or the response is missing.
    """
    _check("type", type, _TYPES)
    _check("method", method, _METHODS)
    request = Request.of(fit, newdata, re_formula, **options)
    response = fit.model.spec.response.response(request.frame)
    values = response - (epred(request) if method == "posterior_epred" else predict(request))
    if type == "pearson":
        values /= predict(request).std(axis=0, ddof=1)
    return summary_table(values, row_index(fit, newdata), robust=robust, probs=probs) if summary else values


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
    if value not in known:
        raise DataError(f"{argument}={value!r}; {nearest(str(value), known)}")
