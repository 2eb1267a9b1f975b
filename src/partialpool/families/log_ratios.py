"""Correlations of the log ratios behind a simplex: their names, and the matrices that drawn ones form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["correlation_factors", "correlation_names"]

_SHRINKAGE = 1e-14  # of correlations that rounding may have made a singular matrix of


def correlation_names(names: Sequence[str]) -> dict[tuple[int, int], str]:
    """Return the names of the correlations of log ratios, by their place below the diagonal of the matrix.

    Examples
    --------
    >>> correlation_names(["b", "c"])
    {(1, 0): 'lncor__b__c'}
    """
    return {(i, j): f"lncor__{names[j]}__{names[i]}" for i in range(len(names)) for j in range(i)}


def correlation_factors(names: Sequence[str], values: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the Cholesky factors of correlation matrices, [..., log ratio, log ratio].

    Parameters
    ----------
    names
        Names of the log ratios.
    values
        Correlations by name, [...].

    Examples
    --------
    >>> correlation_factors(["b", "c"], {"lncor__b__c": np.array([0.6])}).round(12)
    array([[[1. , 0. ],
            [0.6, 0.8]]])
    """
    places = correlation_names(names)
    shape = np.broadcast_shapes(*(np.shape(values[name]) for name in places.values()))
    matrices = np.tile(np.eye(len(names)), (*shape, 1, 1))
    for (i, j), name in places.items():
        matrices[..., i, j] = matrices[..., j, i] = (1.0 - _SHRINKAGE) * np.asarray(values[name])
    return np.asarray(np.linalg.cholesky(matrices))
