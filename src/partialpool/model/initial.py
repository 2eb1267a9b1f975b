"""Starting points given by names of parameters, in lists or by functions, as unconstrained points for the sampler."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeGuard, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partialpool.errors import DataError, SamplingError, nearest
from partialpool.model.model import Model

__all__ = ["Starts", "gives_starts", "starting_points"]

Values = Mapping[str, ArrayLike] | ArrayLike
"""Where a chain starts: constrained values by name of the parameter, or an unconstrained point."""

Starts = Mapping[str, ArrayLike] | Sequence[Values] | Callable[..., Values]
"""Values for all chains (by name, `{"b": [1, 2], "sigma": 1}`), for each in a list, or a function that returns them."""

_RADIUS = 2.0  # of random starts, as everywhere
_COUNTERS = ("chain", "chain_id")


def gives_starts(init: Any) -> TypeGuard[Starts]:
    """Return whether starting values need the model to be read: by name, in a list, or from a function."""
    return isinstance(init, Mapping | list | tuple) or callable(init)


def starting_points(model: Model, init: Starts, chains: int, seed: int | None) -> NDArray[np.float64]:
    """Return unconstrained points [chain, parameter] of starting values.

    Parameters
    ----------
    model
        The model.
    init
        Constrained values by name of the parameter, in the shapes that `Model.parameters` has, or an unconstrained point;
        for all chains, or a list of such for each, or a function that returns one for a chain: called with the number of
        the chain (from 0) if it has an argument for it, else without. Parameters that are not named start at random.
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
    >>> starting_points(model, lambda chain: {"Intercept": chain, "sigma": 1}, chains=2, seed=1)
    array([[0., 0.],
           [1., 0.]])
    """
    sets = _for_each_chain(init, chains)
    if len(sets) != chains:
        raise SamplingError(f"`init` has {len(sets)} sets of values for {chains} chains")
    return np.array([_point(model, values, np.random.default_rng([seed or 0, 4, i])) for i, values in enumerate(sets)])


def _for_each_chain(init: Starts, chains: int) -> list[Values]:
    if callable(init):
        return [_made(init, chain) for chain in range(chains)]
    if isinstance(init, Mapping) or all(isinstance(each, int | float | np.number) for each in init):
        return [cast(Values, init)] * chains  # values by name, or the numbers of one point
    return [cast(Values, {}) if each is None else each for each in init]


def _made(init: Callable[..., Values], chain: int) -> Values:
    """Call the user's function; whatever goes wrong in it is told as an error of `init`."""
    try:
        return _called(init, chain)
    except Exception as error:
        raise SamplingError(f"the function `init` failed: {type(error).__name__}: {error}") from error


def _called(init: Callable[..., Values], chain: int) -> Values:
    try:
        parameters = inspect.signature(init).parameters.values()
    except (TypeError, ValueError):  # of a function written in C
        return init(chain)
    wanted = (p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD))
    if next(wanted, None) is not None:
        return init(chain)
    named = [p.name for p in parameters if p.name in _COUNTERS]
    return init(**{named[0]: chain}) if named else init()


def _point(model: Model, values: Values, rng: np.random.Generator) -> NDArray[np.float64]:
    if not isinstance(values, Mapping):
        return _given_point(values, model.param_unc_num())
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


def _given_point(values: ArrayLike, size: int) -> NDArray[np.float64]:
    try:
        point = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise SamplingError(f"`init` must hold numbers, or values by name of the parameter, not {values!r}") from None
    if point.shape != (size,):
        raise SamplingError(
            f"`init` has shape {point.shape} for a chain; the model has {size} unconstrained parameters"
        )
    return point
