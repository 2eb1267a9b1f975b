"""Means, draws and probabilities of responses, given draws of the parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import FamilyError
from partialpool.families.additions import adjusted, column_of
from partialpool.families.base import Family
from partialpool.families.events import log_probability, region
from partialpool.families.mixtures import Mixture
from partialpool.families.quantiles import quantile as inverse
from partialpool.families.responses import Array
from partialpool.families.truncation import draw_part

__all__ = ["draw", "epred", "probability", "quantile"]


def epred(
    family: Family,
    parameters: Mapping[str, Array],
    additions: Collection[str] = (),
    data: Mapping[str, NDArray[Any]] | None = None,
) -> Array:
    """Return the means of the responses, shape [draw, row], of responses by category [draw, row, category].

    Parameters
    ----------
    family
        The family.
    parameters
        Distributional parameters on the natural scale, shape [draw, row], or [draw, 1] for those that are not predicted.
    additions
        Addition terms of the response, as in `likelihood`.
    data
        Their columns by name (`trials`, `denom`, `se`, ...), shape [row].

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.families import binomial
    >>> epred(binomial(), {"mu": np.array([[0.5, 0.1]])}, ["trials"], {"trials": np.array([10.0, 20.0])})
    array([[5., 2.]])
    """
    if isinstance(family, Mixture):
        parts = (epred(*component, additions, data) for component in _components(family, parameters))
        return _weighted(family, parameters, parts)
    given = _given(family, parameters, additions, data)
    if "trunc" in additions:
        return _full(family.truncated_mean(*region(family, data or {}), **given), given)
    mean = np.asarray(family.mean(**given), dtype=np.float64)
    return _full(mean, given, (len(family.categories),) if family.categories else ())


def draw(
    family: Family,
    rng: np.random.Generator,
    parameters: Mapping[str, Array],
    additions: Collection[str] = (),
    data: Mapping[str, NDArray[Any]] | None = None,
    **flags: bool,
) -> Array:
    """Return one random response for each draw of the parameters and row, [draw, row] or [draw, row, category].

    Parameters
    ----------
    family, parameters, additions, data
        As in `epred`.
    rng
        Source of randomness.
    **flags
        Those of `Family.draw_options` that are wanted.

    Raises
    ------
    FamilyError
        If a parameter lies outside its range, as a link such as the identity allows.

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.families import gaussian
    >>> draw(gaussian(), np.random.default_rng(1), {"mu": np.zeros((4, 3)), "sigma": np.ones((4, 1))}).shape
    (4, 3)
    """
    if isinstance(family, Mixture):
        draws = [draw(one, rng, own, additions, data, **flags) for one, own in _components(family, parameters)]
        return family.chosen(rng, draws, parameters)
    given = _given(family, parameters, additions, data)
    shape = _shape(given)
    wide = {name: np.broadcast_to(value, shape) for name, value in given.items()}
    try:
        if "trunc" in additions:
            return draw_part(family, rng, *region(family, data or {}), wide)
        return family.draw(rng, **wide, **flags)
    except ValueError as error:
        raise FamilyError(
            f"family {family.name} cannot draw responses, as a parameter lies outside its range ({error}); "
            f"a link other than {family!r} keeps it inside"
        ) from error


def probability(
    family: Family,
    y: Array,
    parameters: Mapping[str, Array],
    additions: Collection[str] = (),
    data: Mapping[str, NDArray[Any]] | None = None,
) -> Array:
    """Return the probability of a response of at most y, shape [draw, row].

    Parameters
    ----------
    y
        Shape [row].
    family, parameters, additions, data
        As in `epred`.

    Raises
    ------
    FamilyError
        If the family has no distribution function.
    """
    if isinstance(family, Mixture):
        parts = (probability(one, y, own, additions, data) for one, own in _components(family, parameters))
        return _weighted(family, parameters, parts)
    given = _given(family, parameters, additions, data)
    if "trunc" in additions:
        lower, upper = region(family, data or {})
        below = log_probability(family, lower, np.clip(y, lower, upper), given)
        total = log_probability(family, lower, upper, given)
        return _full(np.where(y > lower, np.exp(below - total), 0.0), given)
    return _full(np.asarray(family.cdf(y, **given), dtype=np.float64), given)


def quantile(
    family: Family,
    p: Array,
    parameters: Mapping[str, Array],
    additions: Collection[str] = (),
    data: Mapping[str, NDArray[Any]] | None = None,
) -> Array:
    """Return the smallest response with a probability of at least p up to it, shape [draw, row].

    Parameters
    ----------
    p
        Probabilities, shape [row].
    family, parameters, additions, data
        As in `epred`.

    Raises
    ------
    FamilyError
        If the family has no distribution function.

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.families import poisson
    >>> quantile(poisson(), np.array([0.1, 0.5]), {"mu": np.array([[3.0, 8.0]])})
    array([[1., 8.]])
    """
    if not family.has_cdf:
        raise FamilyError(f"family {family.name} has no quantiles, as it has no cumulative distribution function")
    given = _given(family, parameters, additions, data)
    bounds = region(family, data or {}) if "trunc" in additions else (np.float64(-np.inf), np.float64(np.inf))
    shape = np.broadcast_shapes(np.shape(p), _shape(given))
    flat = {name: np.broadcast_to(value, shape).ravel() for name, value in given.items()}
    level, lower, upper = (np.broadcast_to(value, shape).ravel() for value in (p, *bounds))
    return inverse(family, level, lower, upper, flat).reshape(shape)


def _components(family: Mixture, parameters: Mapping[str, Array]) -> list[tuple[Family, dict[str, Array]]]:
    """Return the components of a mixture, each with its parameters; addition terms act on each by itself."""
    return [(component, family.part(k, parameters)) for k, component in enumerate(family.components, start=1)]


def _weighted(family: Mixture, parameters: Mapping[str, Array], parts: Iterable[Array]) -> Array:
    terms = [parameters[theta] * part for theta, part in zip(family.thetas, parts, strict=True)]
    return np.asarray(np.sum(np.broadcast_arrays(*terms), axis=0))


def _given(
    family: Family, parameters: Mapping[str, Array], additions: Collection[str], data: Mapping[str, NDArray[Any]] | None
) -> dict[str, Any]:
    """Return what the methods of the family take: parameters after the addition terms, and the columns it needs."""
    data = {} if data is None else data
    columns = {column_of(name): data[column_of(name)] for name in family.known}
    return {**adjusted(family, parameters, additions, data), **columns}


def _shape(given: Mapping[str, Any]) -> tuple[int, ...]:
    return np.broadcast_shapes(*(np.shape(value) for value in given.values()))


def _full(values: Array, given: Mapping[str, Any], trailing: tuple[int, ...] = ()) -> Array:
    shape = values.shape[: values.ndim - len(trailing)]
    return np.broadcast_to(values, (*np.broadcast_shapes(shape, _shape(given)), *trailing)).copy()
