"""Draws as an ArviZ-style DataTree: one variable for each class of parameters, with named dimensions and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from partialpool.fit.draws import Draws
from partialpool.formula.nodes import Name
from partialpool.terms.output import Output

if TYPE_CHECKING:
    import xarray as xr

    from partialpool.fit.fit import Fit

__all__ = ["ROW_DIMENSION", "data_tree"]

ROW_DIMENSION = "obs_id"
"""Dimension of the rows of the data."""

COLUMN_DIMENSION = "category"
"""Dimension of the columns of a response that is a matrix."""

_LEADING = ("chain", "draw")
_PRIOR = "prior_"


def data_tree(
    fit: Fit, *, log_likelihood: bool = False, posterior_predictive: bool = False, seed: int | None = None
) -> xr.DataTree:
    """Return the draws of a fit as a DataTree.

    Groups are `posterior`, `sample_stats` and `observed_data`, `prior` where priors were drawn from too, those of the
    warm-up where it was kept, and on request `log_likelihood` and `posterior_predictive`. Names and dimensions follow
    ArviZ's schema, so that the functions of arviz-stats and arviz-plots take it.

    Parameters
    ----------
    fit
        The fit.
    log_likelihood
        Whether to add the log density of each row for each draw.
    posterior_predictive
        Whether to add random responses of each row.
    seed
        Seed of the random responses.
    """
    import xarray as xr

    response = _response_name(fit)
    rows = {ROW_DIMENSION: np.arange(fit.nobs())}
    groups: dict[str, xr.Dataset] = {
        "posterior": _posterior(fit.model.outputs, fit.draws),
        "sample_stats": _scalars(fit.sampler_stats),
    }
    prior = [name for name in fit.draws.names if name.startswith(_PRIOR) and name not in fit.model.variables]
    if prior:
        groups["prior"] = _scalars({name.removeprefix(_PRIOR): fit.draws[name] for name in prior})
    if fit.warmup is not None:
        groups["warmup_posterior"] = _posterior(fit.model.outputs, fit.warmup)
        groups["warmup_sample_stats"] = _scalars(fit.warmup_stats)
    shape = (fit.draws.n_chains, fit.draws.n_per_chain, fit.nobs())
    by_row: dict[str, NDArray[np.float64]] = {}
    if log_likelihood:
        by_row["log_likelihood"] = fit.log_lik()
    if posterior_predictive:
        by_row["posterior_predictive"] = fit.posterior_predict(seed=seed)
    observed = fit.model.spec.response.response(fit.model.spec.frame)
    columns = {COLUMN_DIMENSION: list(fit.model.spec.family.categories)} if observed.ndim == 2 else {}
    for name, values in by_row.items():
        dims = (*_LEADING, ROW_DIMENSION, *columns)[: values.ndim + 1]
        coords = {name: label for name, label in {**rows, **columns}.items() if name in dims}
        array = xr.DataArray(values.reshape(*shape, *values.shape[2:]), dims=dims, coords=coords)
        groups[name] = xr.Dataset({response: array})
    groups["observed_data"] = xr.Dataset({response: ((*rows, *columns), observed)}, coords={**rows, **columns})
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = _attributes()
    for node in tree.children.values():
        node.attrs = _attributes()
    return tree


def _response_name(fit: Fit) -> str:
    """Return the name of the response's column, where it is one, and `_response` behind it where a dimension has it."""
    response = fit.formula.response
    name = response.text if isinstance(response, Name) else fit.formula.response_name
    return f"{name}_response" if name in (*_LEADING, ROW_DIMENSION, COLUMN_DIMENSION) else name


def _attributes() -> dict[str, Any]:
    from partialpool import __version__

    return {
        "inference_library": "nutpie",
        "modeling_interface": "partialpool",
        "modeling_interface_version": __version__,
        "sample_dims": list(_LEADING),
        "created_at": datetime.now(UTC).isoformat(),
    }


def _posterior(outputs: Sequence[Output], draws: Draws) -> xr.Dataset:
    """Return one variable for each array that the outputs form; outputs of one name are joined along the last axis.

    The dimension of a group has the group's name, and `_level` behind it where that is the name of something else.
    """
    import xarray as xr

    position = {name: i for i, name in enumerate(draws.names)}
    taken = {
        *_LEADING,
        "lprior",
        *(output.variable for output in outputs),
        *(dim for output in outputs for dim in output.dims[-1:]),
    }
    arrays: dict[str, list[xr.DataArray]] = {}
    for output in outputs:
        values = draws.values[:, :, [position[name] for name in output.names]]
        shape = tuple(len(labels) for labels in output.coords)
        # Names run fastest along the first dimension of the array.
        shaped = values.reshape(*values.shape[:2], *shape[::-1]).transpose(0, 1, *range(len(shape) + 1, 1, -1))
        dims = [*(f"{name}_level" if name in taken else name for name in output.dims[:-1]), *output.dims[-1:]]
        coords = {name: np.array(labels, dtype=str) for name, labels in zip(dims, output.coords, strict=True)}
        array = xr.DataArray(shaped, dims=(*_LEADING, *dims), coords=coords)
        arrays.setdefault(output.variable, []).append(array)
    joined = {
        name: parts[0] if len(parts) == 1 else xr.concat(parts, dim=parts[0].dims[-1]) for name, parts in arrays.items()
    }
    return xr.Dataset(_matrices_first(_told_apart(joined))).merge(_scalars({"lprior": draws["lprior"]}))


def _matrices_first(arrays: dict[str, xr.DataArray]) -> dict[str, xr.DataArray]:
    """Move effects [level, coefficient] before what has the coefficients alone, standard deviations.

    Dimensions of the dataset are then in the order in which every array has them. Where they are not, summaries of ArviZ
    give the values of one level the label of another.
    """
    n_leading = len(_LEADING)
    places: dict[Any, int] = {}
    for place, (name, array) in enumerate(arrays.items()):
        places.setdefault((array.dims[n_leading:] or (name,))[-1], place)
    order = sorted(
        arrays, key=lambda name: (places[(arrays[name].dims[n_leading:] or (name,))[-1]], -arrays[name].ndim)
    )
    return {name: arrays[name] for name in order}


def _told_apart(arrays: dict[str, xr.DataArray]) -> dict[str, xr.DataArray]:
    """Rename the last dimension of arrays whose labels there are not those of arrays before them.

    Standard deviations have the coefficients of a group in all predictors, effects those in one.
    """
    labels: dict[Any, list[str]] = {}
    for name, array in arrays.items():
        for dim in array.dims[-1:]:
            if (
                dim in array.coords
                and labels.setdefault(dim, array[dim].to_numpy().tolist()) != array[dim].to_numpy().tolist()
            ):
                arrays[name] = array.rename({dim: f"{name}_coef"})
    return arrays


def _scalars(stats: Mapping[str, NDArray[Any]]) -> xr.Dataset:
    import xarray as xr

    dataset = xr.Dataset({name: (_LEADING, values) for name, values in stats.items()})
    shape = next(iter(stats.values())).shape if stats else (0, 0)
    return dataset.assign_coords(chain=np.arange(shape[0]), draw=np.arange(shape[1]))
