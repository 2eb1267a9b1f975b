"""Starting points given by the names of parameters, as unconstrained points for the sampler."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partialpool.errors import DataError, SamplingError, nearest
from partialpool.model.model import Model

__all__ = ["Named", "is_named", "starting_points"]

Named = Mapping[str, ArrayLike] | Sequence[Mapping[str, ArrayLike]]
"""Values by name of the parameter, `{"b": [1, 2], "sigma": 1}`, for all chains or for each."""

_RADIUS = 2.0  # of random starts, as everywhere


def is_named(init: Any) -> TypeGuard[Named]:
    """Return whether starting values are given by name."""
    return isinstance(init, Mapping) or (
        isinstance(init, list | tuple) and len(init) > 0 and all(isinstance(each, Mapping) for each in init)
    )


def starting_points(model: Model, init: Named, chains: int, seed: int | None) -> NDArray[np.float64]:
    """Return unconstrained points [chain, parameter] of values given by name.

    Parameters
    ----------
    model
        The model.
    init
        Constrained values by name of the parameter, in the shapes that `Model.parameters` has; for all chains, or one set
        for each. Parameters that are not named start at random.
    chains
        Number of chains.
    seed
        Makes the random starts repeatable.

    Raises
    ------
    SamplingError
        If a name is not that of a parameter, values do not fit it, or there are not as many sets as chains.

    Examples
    --------
    >>> from partialpool import brm
    >>> model = brm("y ~ 1", {"y": [1.0, 2.0, 4.0]}, empty=True).model
    >>> starting_points(model, {"Intercept": 2, "sigma": 1}, chains=2, seed=1)
    array([[2., 0.],
           [2., 0.]])
    """
    sets = [init] * chains if isinstance(init, Mapping) else list(init)
    if len(sets) != chains:
        raise SamplingError(f"`init` has {len(sets)} sets of values for {chains} chains")
    return np.array([_point(model, values, np.random.default_rng([seed or 0, 4, i])) for i, values in enumerate(sets)])


def _point(model: Model, values: Mapping[str, ArrayLike], rng: np.random.Generator) -> NDArray[np.float64]:
    known = {parameter.name: parameter for parameter in model.parameters}
    point = rng.uniform(-_RADIUS, _RADIUS, model.param_unc_num())
    for name, given in values.items():
        if name not in known:
            raise SamplingError(f"`init` names {name!r}, which is no parameter of the model; {nearest(name, known)}")
        parameter = known[name]
        try:
            free = parameter.unconstrain(parameter.flattened(given))
        except DataError as error:
            raise SamplingError(f"`init`: {error}") from error
        point[parameter.source.offset : parameter.source.offset + parameter.source.size] = free
    return point
