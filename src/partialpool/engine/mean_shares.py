"""Means of softmax functions of normal variables over the points of a quadrature rule, compiled."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import FLAGS, DiskCache
from partialpool.engine.vecmath import exp
from partialpool.engine.vecmath.primitives import select

__all__ = ["mean_shares"]

Array = NDArray[np.float64]


@numba.njit(error_model="numpy", fastmath={"contract", "nsz", "reassoc"})
def _product(x: Any, y: Any) -> float:
    total = 0.0
    for i in range(x.size):
        total += x[i] * y[i]
    return total


@numba.njit(error_model="numpy", fastmath=set(FLAGS))
def _log_ratios(z: Any, most: Any, location: Any, factor: Any, nodes: Any) -> None:
    """Set z = location + factor x at all nodes x, and their largest element or 0."""
    size, n = z.shape
    for i in range(n):
        most[i] = 0.0
    for k in range(size):
        for i in range(n):
            z[k, i] = location[k]
        for j in range(size):
            a = factor[k, j]
            if a != 0.0:
                for i in range(n):
                    z[k, i] += a * nodes[j, i]
        for i in range(n):
            most[i] = select(z[k, i] > most[i], z[k, i], most[i])


@numba.njit(error_model="numpy", fastmath=set(FLAGS))
def _mean_shares(locations: Any, factors: Any, reference: int, nodes: Any, weights: Any, out: Any) -> None:
    size, n = nodes.shape
    z, most, share, rest = np.empty((size, n)), np.empty(n), np.empty(n), np.empty(n)
    by_row = factors.shape[1] > 1
    for d in range(locations.shape[0]):
        for r in range(locations.shape[1]):
            _log_ratios(z, most, locations[d, r], factors[d, r if by_row else 0], nodes)
            for i in range(n):
                rest[i] = exp(-most[i])
                share[i] = rest[i]
            for k in range(size):
                for i in range(n):
                    value = exp(z[k, i] - most[i])
                    z[k, i] = value
                    share[i] += value
            for i in range(n):
                share[i] = weights[i] / share[i]
            out[d, r, reference] = _product(rest, share)
            for k in range(size):
                out[d, r, k if k < reference else k + 1] = _product(z[k], share)


_mean_shares._cache = DiskCache(_mean_shares.py_func)


def mean_shares(locations: Array, factors: Array, reference: int, nodes: Array, weights: Array) -> Array:
    """Return the mean over nodes x of softmax(z), z = location + factor x and 0 for the reference category.

    Parameters
    ----------
    locations
        [draw, row, log ratio].
    factors
        [draw, row or 1, log ratio, log ratio].
    reference
        Place of the reference category among all.
    nodes, weights
        Points [node, log ratio] and their weights [node].

    Returns
    -------
    array
        [draw, row, category].

    Examples
    --------
    >>> mean_shares(np.zeros((1, 1, 1)), np.ones((1, 1, 1, 1)), 0, np.zeros((1, 1)), np.ones(1))
    array([[[0.5, 0.5]]])
    """
    out = np.empty((*locations.shape[:2], locations.shape[2] + 1))
    arrays = (np.ascontiguousarray(a, dtype=np.float64) for a in (locations, factors, nodes.T, weights))
    first, second, points, by = arrays
    _mean_shares(first, second, reference, points, by, out)
    return out
