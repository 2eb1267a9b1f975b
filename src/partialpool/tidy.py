"""Tidy data frames of a fit, with the columns of R's broom.mixed; totals of tables; log-odds and probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partialpool.arguments import listed
from partialpool.errors import DataError, nearest
from partialpool.fit.blocks import COEFFICIENT_RANKS, pairs_of
from partialpool.fit.effects import group_effects
from partialpool.fit.row_tables import fitted, row_index
from partialpool.fit.tables import central_probs, draws_of, summarise_draws
from partialpool.fit.variances import residual_scales
from partialpool.frame.columns import Column, Frame

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.fit.fit import Fit

__all__ = ["adorn_totals", "augment", "glance", "plogis", "qlogis", "tidy"]

Array: TypeAlias = NDArray[np.float64]
_Row: TypeAlias = tuple[str, str | None, str | None, str, Array]
"""Component, group, level, term and draws of a row."""

_MAIN = "cond"
_RESIDUAL = "Residual"


def tidy(
    fit: Fit,
    effects: str | Sequence[str] = ("fixed", "ran_pars"),
    *,
    prob: float = 0.95,
    robust: bool = False,
    conf_int: bool = True,
) -> pd.DataFrame:
    """Return one row for each parameter.

    Parameters
    ----------
    fit
        The fit.
    effects
        `"fixed"`: population-level coefficients; `"ran_pars"`: standard deviations and correlations of group-level
        effects, and the standard deviation of the residuals; `"ran_vals"`: the group-level effects. One or several.
    prob
        Probability of the intervals.
    robust
        Median and scaled median absolute deviation instead of mean and standard deviation.
    conf_int
        Whether to add the bounds of central intervals.

    Returns
    -------
    pandas.DataFrame
        Columns `effect`, `component` (`"cond"` for what predicts the main parameter, else the name of the parameter),
        `group`, `level` (with `"ran_vals"`), `term`, `estimate`, `std.error`, `conf.low`, `conf.high`.

    Raises
    ------
    DataError
        If an effect is unknown, or `prob` is not between 0 and 1.

    Examples
    --------
    >>> from partialpool import brm, datasets
    >>> fit = brm("Reaction ~ Days", datasets.load("sleepstudy"), iter=1000, seed=1, progress=False)
    >>> tidy(fit)[["effect", "group", "term"]].fillna("")
         effect     group             term
    0     fixed                (Intercept)
    1     fixed                       Days
    2  ran_pars  Residual  sd__Observation
    """
    import pandas as pd

    wanted = listed("effects", effects)
    for effect in wanted:
        if effect not in _ROWS:
            raise DataError(f"effects={effect!r}; {nearest(effect, _ROWS)}")
    rows = [(effect, *row) for effect in wanted for row in _ROWS[effect](fit)]
    names = ["effect", "component", "group", "level", "term"]
    frame = pd.DataFrame([row[:-1] for row in rows], columns=names, dtype=object)
    figures = ["estimate", "std.error", "conf.low", "conf.high"]
    values = np.stack([row[-1] for row in rows], axis=1) if rows else np.empty((1, 0))
    frame[figures] = summarise_draws(values, robust=robust, probs=central_probs(prob))
    left_out = ([] if "ran_vals" in wanted else ["level"]) + ([] if conf_int else figures[2:])
    return frame.drop(columns=left_out)


def _fixed(fit: Fit) -> Iterator[_Row]:
    for output in fit.model.outputs:
        if output.rank in COEFFICIENT_RANKS:
            # Thresholds are a variable of their own, `b_Intercept`; the others stand with the parameter that they are of.
            variable = output.variable.removesuffix("_Intercept")
            for name, draws in zip(output.names, draws_of(fit.draws, output.names).T, strict=True):
                term = name.removeprefix(f"{variable}_")
                yield variable.partition("_")[2] or _MAIN, None, None, _term(term), draws


def _ran_pars(fit: Fit) -> Iterator[_Row]:
    named = {
        (block.group, place.qualify(coef)): (place.prefix, _term(coef))
        for block in fit.model.spec.blocks
        for place, coef in block.coefficients
    }
    variables = {name for output in fit.model.outputs for name in output.names}
    for group in dict.fromkeys(group for group, _ in named):
        labels = {label: name for (of, label), name in named.items() if of == group}
        for label, (prefix, term) in labels.items():
            yield prefix or _MAIN, group, None, f"sd__{term}", fit.draws[f"sd_{group}__{label}"].reshape(-1)
        for pair, members in pairs_of(labels).items():
            if f"cor_{group}__{pair}" in variables:
                component, term = _pair(*(labels[label] for label in members))
                yield component, group, None, f"cor__{term}", fit.draws[f"cor_{group}__{pair}"].reshape(-1)
    for name in residual_scales(fit):
        yield _MAIN, _RESIDUAL, None, "sd__Observation", fit.draws[name].reshape(-1)


def _pair(first: tuple[str, str], second: tuple[str, str]) -> tuple[str, str]:
    """Return component and term of a correlation: coefficients of different parameters keep the names of these."""
    if first[0] == second[0]:
        return first[0] or _MAIN, f"{first[1]}.{second[1]}"
    return _MAIN, ".".join(f"{prefix}_{term}" if prefix else term for prefix, term in (first, second))


def _ran_vals(fit: Fit) -> Iterator[_Row]:
    for group, effects in group_effects(fit).items():
        for i, (prefix, coef) in enumerate(zip(effects.prefixes, effects.coefficients, strict=True)):
            for j, level in enumerate(effects.levels):
                yield prefix or _MAIN, group, level, _term(coef), effects.values[:, j, i]


_ROWS = {"fixed": _fixed, "ran_pars": _ran_pars, "ran_vals": _ran_vals}


def _term(coefficient: str) -> str:
    """Return the term of a coefficient: intercepts, thresholds too, as R calls that of a model matrix."""
    name, bracket, index = coefficient.partition("[")
    return f"({name}){bracket}{index}" if name == "Intercept" else coefficient


def glance(fit: Fit) -> pd.DataFrame:
    """Return one row about the fit as a whole.

    Returns
    -------
    pandas.DataFrame
        Columns `algorithm`, `pss` (number of draws), `nobs`, and where the family has an estimated standard deviation
        of the residuals that is not predicted, its posterior mean as `sigma`.
    """
    import pandas as pd

    scales = {name: float(fit.draws[name].mean()) for name in residual_scales(fit)}
    return pd.DataFrame([{"algorithm": "sampling", "pss": fit.ndraws(), "nobs": fit.nobs(), **scales}])


def augment(fit: Fit, newdata: Any = None) -> pd.DataFrame:
    """Return data with the fitted mean of each row, its standard error, and the residual.

    Parameters
    ----------
    fit
        The fit.
    newdata
        Rows; those of the fit where it is None.

    Returns
    -------
    pandas.DataFrame
        Columns of the data, `.fitted` and `.se.fit` (mean and standard deviation of the posterior mean of the
        response), and where the data have the response, `.resid` (response less fitted).

    Raises
    ------
    DataError
        If the response has categories, or `newdata` is not what it must be.
    """
    family = fit.model.spec.family
    if family.categories:
        raise DataError(
            f"family {family.name} has a fitted value for each category, not one for each row; see fitted() for them"
        )
    frame = fit.model.spec.frame if newdata is None else Frame.read(newdata)
    table: Any = fitted(fit, newdata, probs=())
    added = {".fitted": np.asarray(table["Estimate"]), ".se.fit": np.asarray(table["Est.Error"])}
    if all(name in frame for name in fit.model.spec.response.columns_used):
        added[".resid"] = fit.model.spec.response.response(frame) - added[".fitted"]
    return _data_of(frame, row_index(fit, newdata)).assign(**added)


def _data_of(frame: Frame, index: pd.Index) -> pd.DataFrame:
    import pandas as pd

    columns = {name: _series(column) for name, column in frame.columns.items()}
    return pd.DataFrame(columns).set_axis(index)


def _series(column: Column) -> Any:
    import pandas as pd

    if column.kind in ("factor", "ordered"):
        return pd.Categorical.from_codes(column.values.tolist(), pd.Index(column.levels), ordered=column.is_ordered)
    if column.kind == "string":
        return pd.Series([column.levels[code] if code >= 0 else None for code in column.values])
    values = pd.Series(column.values)
    return values.mask(column.missing) if column.missing.any() else values


def adorn_totals(frame: Any, where: str | Sequence[str] = "row", name: str = "Total") -> Any:
    """Return a table with totals of its numeric columns added, as R's janitor adds them.

    Parameters
    ----------
    frame
        pandas or polars data frame. The first column holds labels and is never summed.
    where
        `"row"`: a last row with the total of each column; `"col"`: a last column with the total of each row; `"both"`,
        or both in a list.
    name
        Label of the row and name of the column.

    Returns
    -------
    pandas.DataFrame or polars.DataFrame
        What was given, with totals; missing values count as nothing. With a total row, the first column becomes text,
        and other columns that are not numeric get a dash there.

    Raises
    ------
    DataError
        If `where` is none of these, or the table has no numeric column beside its first.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"promo": ["NoBundle", "Bundle"], "bought": [670, 919], "not": [812, 755]})
    >>> adorn_totals(table, ["row", "col"], name="total")
          promo  bought   not  total
    0  NoBundle     670   812   1482
    1    Bundle     919   755   1674
    2     total    1589  1567   3156
    """
    import narwhals as nw

    sides = {"row", "col"} if isinstance(where, str) and where == "both" else set(listed("where", where))
    if not sides <= {"row", "col"}:
        raise DataError(f"where={where!r}; use 'row', 'col' or 'both'")
    if not isinstance(name, str):
        raise DataError(f"totals are called by a text, not by {name!r}")
    try:
        table = nw.from_native(frame, eager_only=True)
    except TypeError as error:
        raise DataError(f"expected a pandas or polars data frame, not {type(frame).__name__}") from error
    numeric = [column for column in table.columns[1:] if table.schema[column].is_numeric()]
    if not numeric:
        raise DataError("the table has no numeric column beside its first to make totals of")
    if "col" in sides:
        table = table.with_columns(nw.sum_horizontal(*numeric).alias(name))
        numeric = [*numeric, name]
    return (_with_total_row(table, numeric, name) if "row" in sides else table).to_native()


def _with_total_row(table: Any, numeric: Sequence[str], name: str) -> Any:
    import narwhals as nw

    labels = {column: name if column == table.columns[0] else "-" for column in table.columns if column not in numeric}
    whole = [column for column in numeric if table.schema[column].is_integer()]
    kinds = {column: nw.Int64 if column in whole else nw.Float64 for column in numeric} | dict.fromkeys(
        labels, nw.String
    )
    table = table.with_columns(nw.col(column).cast(kind) for column, kind in kinds.items())
    totals = table.select(
        nw.lit(labels[column]).alias(column) if column in labels else nw.col(column).sum() for column in table.columns
    )
    return nw.maybe_reset_index(nw.concat([table, totals]))


def plogis(x: ArrayLike) -> Any:
    """Return the probability of log-odds: 1 / (1 + exp(-x)), a number for a number and an array for an array.

    Examples
    --------
    >>> round(plogis(-0.19), 7), round(plogis(0.20), 6)
    (0.4526424, 0.549834)
    """
    x = _numbers("plogis", x)
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small) if x.ndim else float((1.0 if x >= 0 else small) / (1.0 + small))


def qlogis(p: ArrayLike) -> Any:
    """Return the log-odds of a probability: log(p / (1 - p)), a number for a number and an array for an array.

    Infinite for 0 and 1; NaN for what is no probability.

    Examples
    --------
    >>> round(qlogis(0.8), 6)
    1.386294
    """
    p = _numbers("qlogis", p)
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = np.log(p) - np.log1p(-p)
    return odds if p.ndim else float(odds)


def _numbers(function: str, values: ArrayLike) -> Array:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{function}() takes numbers, not {values!r}") from error
