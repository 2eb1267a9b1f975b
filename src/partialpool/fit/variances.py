"""Standard deviations, correlations and covariances of group-level effects, and of residuals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.fit.blocks import pairs_of
from partialpool.fit.tables import DEFAULT_PROBS, draws_of, statistic_names, summarise_draws, summary_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from partialpool.fit.fit import Fit

__all__ = ["RESIDUAL", "residual_scales", "standard_deviations", "var_corr"]

Array: TypeAlias = NDArray[np.float64]

RESIDUAL = "residual__"
"""Name under which `var_corr` lists the standard deviation of the residuals."""


def var_corr(
    fit: Fit, *, summary: bool = True, robust: bool = False, probs: Sequence[float] = DEFAULT_PROBS
) -> dict[str, dict[str, Any]]:
    """Return standard deviations, correlations and covariances by group.

    Parameters
    ----------
    fit
        The fit.
    summary
        Whether to return statistics, else draws.
    robust, probs
        As in `summarise_draws`.

    Returns
    -------
    dict
        For each group a dict of `sd`: a data frame with a row for each coefficient (with `summary=False`, an array
        [draw, coefficient]), and where effects are correlated of `cor` and `cov`: arrays
        [coefficient, statistic, coefficient_2] (or [draw, coefficient, coefficient_2]). Effects whose correlation the
        model fixes to zero have a correlation of zero. The standard deviation of the residuals, if the family has one
        that is estimated and not predicted, is the `sd` of the group `residual__`.
    """
    found: dict[str, dict[str, Any]] = {}
    for group, (labels, sd) in standard_deviations(fit).items():
        found[group] = {"sd": _deviations(sd, labels, summary, robust, probs)}
        correlations = _correlations(fit, group, labels)
        if correlations is not None:
            covariances = correlations * sd[:, :, None] * sd[:, None, :]
            found[group]["cor"] = _matrices(correlations, labels, summary, robust, probs)
            found[group]["cov"] = _matrices(covariances, labels, summary, robust, probs)
    residual = residual_scales(fit)
    if residual:
        found[RESIDUAL] = {"sd": _deviations(draws_of(fit.draws, residual), residual, summary, robust, probs)}
    return found


def standard_deviations(fit: Fit) -> dict[str, tuple[tuple[str, ...], Array]]:
    """Return the names of the coefficients of each group, and draws [draw, coefficient] of their standard deviations."""
    outputs = [output for output in fit.model.outputs if output.rank == "sd"]
    found = {}
    for variable in dict.fromkeys(output.variable for output in outputs):
        members = [output for output in outputs if output.variable == variable]
        labels = tuple(label for output in members for label in output.coords[0])
        names = [name for output in members for name in output.names]
        found[variable.removeprefix("sd_")] = (labels, draws_of(fit.draws, names))
    return found


def residual_scales(fit: Fit) -> tuple[str, ...]:
    """Return the variables that are standard deviations of residuals: estimated, and not predicted."""
    return tuple(p.name for p in fit.model.spec.scalars if p.place.dpar == "sigma" and p.value is None)


def _correlations(fit: Fit, group: str, labels: Sequence[str]) -> Array | None:
    """Return correlation matrices [draw, coefficient, coefficient], or None if the model has no correlation here."""
    variable = f"cor_{group}"
    modelled = {name for output in fit.model.outputs if output.variable == variable for name in output.names}
    if not modelled:
        return None
    matrices = np.tile(np.eye(len(labels)), (fit.ndraws(), 1, 1))
    for pair, (first, second) in pairs_of(labels).items():
        if f"{variable}__{pair}" in modelled:
            i, j = labels.index(first), labels.index(second)
            matrices[:, i, j] = matrices[:, j, i] = fit.draws[f"{variable}__{pair}"].reshape(-1)
    return matrices


def _deviations(
    values: Array, labels: Sequence[str], summary: bool, robust: bool, probs: Sequence[float]
) -> pd.DataFrame | xr.DataArray:
    import xarray as xr

    if summary:
        return summary_table(values, labels, robust=robust, probs=probs)
    return xr.DataArray(values, dims=("draw", "coefficient"), coords={"coefficient": list(labels)})


def _matrices(
    values: Array, labels: Sequence[str], summary: bool, robust: bool, probs: Sequence[float]
) -> xr.DataArray:
    import xarray as xr

    coords: dict[str, list[str]] = {"coefficient": list(labels), "coefficient_2": list(labels)}
    if not summary:
        return xr.DataArray(values, dims=("draw", *coords), coords=coords)
    statistics = summarise_draws(values, robust=robust, probs=probs).transpose(0, 2, 1)
    coords["statistic"] = statistic_names(probs)
    return xr.DataArray(statistics, dims=("coefficient", "statistic", "coefficient_2"), coords=coords)
