"""Draws as an ArviZ-style DataTree: one variable for each class of parameters, with named dimensions and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from partialpool.fit.draws import Draws
from partialpool.terms.output import Output

if TYPE_CHECKING:
    import xarray as xr

    from partialpool.fit.fit import Fit

__all__ = ["ROW_DIMENSION", "data_tree"]

ROW_DIMENSION = "obs_id"
"""Dimension of the rows of the data."""

_LEADING = ("chain", "draw")


def data_tree(
    fit: Fit, *, log_likelihood: bool = False, posterior_predictive: bool = False, seed: int | None = None
) -> xr.DataTree:
    """Return the draws of a fit as a DataTree.

    Groups are `posterior`, `sample_stats` and `observed_data`, those of the warm-up where it was kept, and on request
    `log_likelihood` and `posterior_predictive`. Names and dimensions follow ArviZ's schema, so that the functions of
    arviz-stats and arviz-plots take it.

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

    response = fit.formula.response_name
    rows = {ROW_DIMENSION: np.arange(fit.nobs())}
    groups: dict[str, xr.Dataset] = {
        "posterior": _posterior(fit.model.outputs, fit.draws),
        "sample_stats": _statistics(fit.sampler_stats),
    }
    if fit.warmup is not None:
        groups["warmup_posterior"] = _posterior(fit.model.outputs, fit.warmup)
        groups["warmup_sample_stats"] = _statistics(fit.warmup_stats)
    for name, wanted, values in (
        ("log_likelihood", log_likelihood, lambda: fit.log_lik()),
        ("posterior_predictive", posterior_predictive, lambda: fit.posterior_predict(seed=seed)),
    ):
        if wanted:
            by_chain = values().reshape(fit.draws.n_chains, fit.draws.n_per_chain, -1)
            groups[name] = xr.Dataset({response: ((*_LEADING, ROW_DIMENSION), by_chain)}, coords=rows)
    observed = fit.model.spec.response.response(fit.model.spec.frame)
    groups["observed_data"] = xr.Dataset({response: ((ROW_DIMENSION,), observed)}, coords=rows)
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = _attributes()
    for node in tree.children.values():
        node.attrs = _attributes()
    return tree


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
    """Return one variable for each array that the outputs form; outputs of one name are joined along the last axis."""
    import xarray as xr

    position = {name: i for i, name in enumerate(draws.names)}
    arrays: dict[str, list[xr.DataArray]] = {}
    for output in outputs:
        values = draws.values[:, :, [position[name] for name in output.names]]
        shape = tuple(len(labels) for labels in output.coords)
        # Names run fastest along the first dimension of the array.
        shaped = values.reshape(*values.shape[:2], *shape[::-1]).transpose(0, 1, *range(len(shape) + 1, 1, -1))
        coords = dict(zip(output.dims, output.coords, strict=True))
        array = xr.DataArray(shaped, dims=(*_LEADING, *output.dims), coords=_indexed(coords))
        arrays.setdefault(output.variable, []).append(array)
    joined = {
        name: parts[0] if len(parts) == 1 else xr.concat(parts, dim=parts[0].dims[-1]) for name, parts in arrays.items()
    }
    listed = {name for output in outputs for name in output.names}
    for name in draws.names:
        if name not in listed and name != "lp__":
            joined[name] = xr.DataArray(draws[name], dims=_LEADING)
    dataset = xr.Dataset(joined)
    return dataset.assign_coords(chain=np.arange(draws.n_chains), draw=np.arange(draws.n_per_chain))


def _indexed(coords: Mapping[str, Sequence[str]]) -> dict[str, NDArray[np.str_]]:
    return {name: np.array(labels, dtype=str) for name, labels in coords.items()}


def _statistics(stats: Mapping[str, NDArray[Any]]) -> xr.Dataset:
    import xarray as xr

    dataset = xr.Dataset({name: (_LEADING, values) for name, values in stats.items()})
    shape = next(iter(stats.values())).shape if stats else (0, 0)
    return dataset.assign_coords(chain=np.arange(shape[0]), draw=np.arange(shape[1]))
