"""Draws out of whatever the user holds: a fit, an ArviZ tree, a data frame, a dictionary or an array."""

from __future__ import annotations

import math
import sys
from collections.abc import Hashable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partialpool.errors import DataError
from partialpool.fit.draws import Draws

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["divergent_draws", "draws_from", "given_statistics", "statistics_from"]

_CHAIN, _DRAW = ".chain", ".draw"
_POPULATION = ("b", "bcs", "bs", "bsp")
_DIVERGENCE_NAMES = ("diverging", "divergent__", "divergent")


def draws_from(source: object) -> Draws:
    """Return the draws that `source` holds, under flat names.

    Parameters
    ----------
    source
        One of: `Draws`, or any object with an attribute `draws` that is one (a fit); an xarray `DataTree` or `Dataset`
        with dimensions `chain` and `draw` (of a tree, the group `posterior`), whose further dimensions become the
        indices of a name, as in `r_channel[Mail,Intercept]`; a dictionary of arrays [draw], [chain, draw] or
        [chain, draw, ...]; an array [chain, draw, variable], whose variables are named `V1`, `V2`, ...; or a data frame
        with a column for each variable and, where there are several chains, a column `.chain`.

    Raises
    ------
    DataError
        If the object is none of these, if chains differ in length, or if draws are missing or infinite.

    Examples
    --------
    >>> import numpy as np
    >>> draws_from({"b_x": np.zeros((4, 100)), "theta": np.zeros((4, 100, 2))}).names
    ('b_x', 'theta[1]', 'theta[2]')
    """
    draws = _read(source)
    if not draws.names:
        raise DataError("the source of draws holds no variable")
    if draws.values.shape[0] == 0 or draws.values.shape[1] == 0:
        raise DataError("the source holds variables, but not one draw")
    _check_finite(draws)
    return draws


def _read(source: object) -> Draws:
    attached = getattr(source, "draws", None)
    if isinstance(source, Draws):
        return source
    if isinstance(attached, Draws):
        return attached
    dataset = _posterior_dataset(source)
    if dataset is not None:
        return _from_dataset(dataset)
    if isinstance(source, Mapping):
        return _from_mapping(source)
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if _is_data_frame(source):
        return _from_frame(source)
    raise DataError(
        f"cannot take draws from an object of type {type(source).__name__!r}; pass a fit, an xarray DataTree or Dataset, "
        "a dictionary of arrays [chain, draw], an array [chain, draw, variable] or a data frame"
    )


def _check_finite(draws: Draws) -> None:
    bad = ~np.isfinite(draws.flat)
    if not bad.any():
        return
    worst = int(bad.sum(axis=0).argmax())
    raise DataError(
        f"{int(bad[:, worst].sum())} of {bad.shape[0]} draws of {draws.names[worst]!r} are missing or infinite; "
        "leave the variable out by `pars` or `regex_pars`, or mend the draws"
    )


# xarray ---------------------------------------------------------------------------------------------------------------


def _posterior_dataset(source: object) -> xr.Dataset | None:
    """Return the dataset of posterior draws, or None where the source is not of xarray."""
    if "xarray" not in sys.modules:  # then nothing can be one of its objects
        return None
    import xarray as xr

    if isinstance(source, xr.DataTree):
        return _group(source, "posterior")
    if isinstance(source, xr.DataArray):
        return source.to_dataset(name=source.name or "x")
    return source if isinstance(source, xr.Dataset) else None


def _group(tree: xr.DataTree, name: str) -> xr.Dataset:
    if name in tree.children:
        return tree[name].to_dataset()
    if tree.data_vars:
        return tree.to_dataset()
    raise DataError(f"the DataTree has no group {name!r}; its groups: {', '.join(tree.children) or 'none'}")


def _from_dataset(dataset: xr.Dataset) -> Draws:
    names: list[str] = []
    columns: list[NDArray[np.float64]] = []
    for name, array in dataset.data_vars.items():
        missing = [dim for dim in ("chain", "draw") if dim not in array.dims]
        if missing:
            raise DataError(f"variable {name!r} has no dimension {missing[0]!r}; its dimensions: {list(array.dims)}")
        inner = [dim for dim in array.dims if dim not in ("chain", "draw")]
        labels = [[str(label) for label in array[dim].values] for dim in inner]
        names += _flat_names(str(name), inner, labels)
        columns += _columns(str(name), array.transpose("chain", "draw", *inner).to_numpy())
    return _joined(names, columns)


def _flat_names(name: str, dims: Sequence[Hashable], labels: Sequence[Sequence[str]]) -> list[str]:
    """Names of all elements, the first index running fastest, as brms writes them.

    Coefficients and correlations follow their class after underscores (dims `coef`, `<group>_coef`, `<group>_cor`);
    everything else carries its indices in brackets.
    """
    if not dims:
        return [name]
    joint = _coefficient_joint(name, [str(dim) for dim in dims])
    if joint is not None:
        return [f"{name}{joint}{label}" for label in labels[0]]
    return [f"{name}[{','.join(reversed(index)).replace(' ', '.')}]" for index in product(*reversed(labels))]


def _coefficient_joint(name: str, dims: Sequence[str]) -> str | None:
    if len(dims) != 1:
        return None
    if name.startswith("sd_") and dims[0].endswith("_coef"):
        return "__"
    if name.startswith("cor_") and dims[0].endswith("_cor"):
        return "__"
    if name.split("_")[0] in _POPULATION and (dims[0] == "coef" or dims[0].endswith("_coef")):
        return "_"
    return None


# Dictionaries, arrays, data frames ------------------------------------------------------------------------------------


def _from_mapping(source: Mapping[Any, ArrayLike]) -> Draws:
    names: list[str] = []
    columns: list[NDArray[np.float64]] = []
    for name, values in source.items():
        array = _numeric(str(name), values)
        if array.ndim == 0:
            raise DataError(f"{name!r} is a single number; draws are arrays of shape [draw] or [chain, draw]")
        array = array[np.newaxis] if array.ndim == 1 else array
        counters = [[str(i + 1) for i in range(length)] for length in array.shape[2:]]
        names += _flat_names(str(name), [f"index_{i}" for i in range(len(counters))], counters)
        columns += _columns(str(name), array)
    return _joined(names, columns)


def _from_array(array: NDArray[Any]) -> Draws:
    if array.ndim != 3:
        raise DataError(f"an array of draws has the shape [chain, draw, variable]; this one has shape {array.shape}")
    values = _numeric("the array of draws", array)
    return Draws(tuple(f"V{i + 1}" for i in range(array.shape[2])), values)


def _is_data_frame(source: object) -> bool:
    import narwhals as nw

    return isinstance(nw.from_native(source, eager_only=True, pass_through=True), nw.DataFrame)


def _from_frame(source: Any) -> Draws:
    import narwhals as nw

    frame = nw.from_native(source, eager_only=True)
    order = [name for name in (_CHAIN, _DRAW, ".iteration") if name in frame.columns]
    if order:
        frame = frame.sort(*order)
    names = [name for name in frame.columns if not name.startswith(".")]
    n_chains = _count_chains(frame)
    columns = [_numeric(name, frame[name].to_numpy()).reshape(n_chains, -1) for name in names]
    return _joined(names, columns)


def _count_chains(frame: Any) -> int:
    if _CHAIN not in frame.columns:
        return 1
    chains, counts = np.unique(frame[_CHAIN].to_numpy(), return_counts=True)
    if len(set(counts.tolist())) > 1:
        lengths = ", ".join(f"{chain}: {count}" for chain, count in zip(chains, counts, strict=True))
        raise DataError(f"the chains differ in length (rows for each value of '.chain': {lengths})")
    return max(len(chains), 1)


def _numeric(name: str, values: ArrayLike) -> NDArray[np.float64]:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name!r} is not numeric: {error}") from error


def _columns(name: str, array: NDArray[Any]) -> list[NDArray[np.float64]]:
    """Split [chain, draw, ...] into its elements [chain, draw], the first index running fastest."""
    numeric = _numeric(name, array)
    flat = numeric.reshape(*numeric.shape[:2], math.prod(numeric.shape[2:]), order="F")
    return [flat[:, :, i] for i in range(flat.shape[2])]


def _joined(names: Sequence[str], columns: Sequence[NDArray[np.float64]]) -> Draws:
    for name, column in zip(names, columns, strict=True):
        if column.shape != columns[0].shape:
            raise DataError(
                f"{name!r} has draws of shape [chain, draw] = {list(column.shape)}, "
                f"but {names[0]!r} has {list(columns[0].shape)}"
            )
    values = np.stack(columns, axis=2) if columns else np.empty((1, 0, 0))
    return Draws(tuple(names), values)


# Sampler statistics ---------------------------------------------------------------------------------------------------


def statistics_from(source: object) -> dict[str, NDArray[Any]]:
    """Return the sampler statistics, name to array [chain, draw], that `source` carries; none is an empty dictionary.

    Parameters
    ----------
    source
        A fit (attribute `sampler_stats`), a DataTree (group `sample_stats`), a Dataset of statistics or a dictionary.
    """
    attached = getattr(source, "sampler_stats", None)
    if isinstance(attached, Mapping):
        return {str(name): np.asarray(value) for name, value in attached.items()}
    if "xarray" not in sys.modules:
        return {}
    import xarray as xr

    if isinstance(source, xr.DataTree) and "sample_stats" in source.children:
        source = source["sample_stats"].to_dataset()
    elif not isinstance(source, xr.Dataset):
        return {}
    scalars = {name: array for name, array in source.data_vars.items() if set(array.dims) == {"chain", "draw"}}
    return {str(name): array.transpose("chain", "draw").to_numpy() for name, array in scalars.items()}


def given_statistics(np_: object, source: object) -> dict[str, NDArray[Any]]:
    """Return the sampler statistics that were passed with the draws, or else those that the source carries.

    Parameters
    ----------
    np_
        A dictionary of arrays [chain, draw], or anything that `statistics_from` takes; None where nothing was passed.
    source
        The source of the draws.
    """
    if isinstance(np_, Mapping) and not hasattr(np_, "data_vars"):  # a Dataset is a mapping, too
        return {str(name): np.asarray(value) for name, value in np_.items()}
    return statistics_from(source if np_ is None else np_)


def divergent_draws(np_: object, source: object, draws: Draws) -> NDArray[np.bool_]:
    """Return which draws ended a divergent transition: shape [chain, draw].

    Parameters
    ----------
    np_
        Sampler statistics that were passed with the draws: a dictionary or a Dataset with `diverging` (or brms'
        `divergent__`), or an array [chain, draw] of truth values. None: what the source itself carries; False: none.
    source
        The source of the draws.
    draws
        The draws, whose shape the statistics must have.

    Raises
    ------
    DataError
        If the statistics that were passed hold no divergences, or are of another shape than the draws.
    """
    shape = draws.values.shape[:2]
    if np_ is False:
        return np.zeros(shape, dtype=bool)
    if isinstance(np_, np.ndarray):
        return _shaped(np_, shape)
    statistics = given_statistics(np_, source)
    for name in _DIVERGENCE_NAMES:
        if name in statistics:
            return _shaped(statistics[name], shape)
    if np_ is not None:
        raise DataError(f"`np` holds no 'diverging'; it holds: {', '.join(statistics) or 'nothing'}")
    return np.zeros(shape, dtype=bool)


def _shaped(values: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    if values.shape != shape:
        raise DataError(f"`np` has shape {list(values.shape)}, but the draws have [chain, draw] = {list(shape)}")
    return values.astype(bool)
