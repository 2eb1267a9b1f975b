"""Means of proportions whose log ratios are normal: integrals that have no closed form."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["expected_shares", "normal_nodes"]

Array = NDArray[np.float64]

_RADIUS = 6.0  # the normal distribution beyond has 1e-8 of its mass for a few dimensions
_DIGITS = 18.5  # exp(-18.5) = 1e-8 is the error of the trapezoidal rule
_MOST_NODES = 4096
_QUASI_RANDOM_NODES = 2048
_SEED = 4  # of the scrambling, the same at every call


def expected_shares(locations: Array, factors: Array, reference: int) -> Array:
    """Return E[softmax(z)] for z = locations + factors x, x standard normal, and z = 0 for the reference category.

    The trapezoidal rule on a grid of x, whose step is chosen so that the error is below 1e-7; in many dimensions or with
    very large scales, where that would need more than 4,096 points, 2,048 points of a scrambled Sobol sequence, whose
    error is of the order of 1e-3 at most.

    Parameters
    ----------
    locations
        Means of the log ratios, [draw, row, log ratio].
    factors
        Square roots of their covariance matrices, [draw, row or 1, log ratio, log ratio].
    reference
        Place of the reference category among all.

    References
    ----------
    Trefethen and Weideman (2014), The exponentially convergent trapezoidal rule, SIAM Review 56.

    Examples
    --------
    >>> expected_shares(np.zeros((1, 1, 1)), np.ones((1, 1, 1, 1)), 0)
    array([[[0.5, 0.5]]])
    """
    from partialpool.engine.mean_shares import mean_shares

    nodes, weights = normal_nodes(_spreads(factors))
    return mean_shares(locations, factors, reference, nodes, weights)


def _spreads(factors: Array) -> Array:
    """Return by how much each normal variable spreads the log ratios, at most."""
    largest = np.maximum(factors.max(axis=-2), 0.0)
    smallest = np.minimum(factors.min(axis=-2), 0.0)
    spreads = (largest - smallest).reshape(-1, factors.shape[-1])
    return np.asarray(np.maximum(spreads.max(axis=0), 1e-3))


def normal_nodes(spreads: Any) -> tuple[Array, Array]:
    """Return points [node, dimension] and weights [node] that average functions of standard normal variables.

    Parameters
    ----------
    spreads
        For each variable, by how much it moves the log ratios of a softmax: the function has poles at the distance
        pi / spread from the real axis, which limits the step.

    Examples
    --------
    >>> nodes, weights = normal_nodes([1.0])
    >>> nodes.shape, bool(abs(weights.sum() - 1) < 1e-12)
    ((15, 1), True)
    """
    spreads = np.asarray(spreads, dtype=np.float64)
    # the error of step h is exp(d^2 / 2 - 2 pi d / h) for any distance d at which the function is analytic
    distance = np.minimum(math.pi / spreads, math.sqrt(2.0 * _DIGITS))
    steps = 2.0 * math.pi * distance / (_DIGITS + distance**2 / 2.0)
    halves = np.floor(_RADIUS / steps).astype(int)
    if np.prod(2.0 * halves + 1.0) > 20 * _MOST_NODES:
        return _quasi_random(len(spreads))
    axes = [step * np.arange(-half, half + 1) for step, half in zip(steps, halves, strict=True)]
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(spreads))
    square = (nodes**2).sum(axis=1)
    inside = square <= _RADIUS**2
    if inside.sum() > _MOST_NODES:
        return _quasi_random(len(spreads))
    weights = np.exp(-0.5 * square[inside])
    return nodes[inside], weights / weights.sum()


def _quasi_random(dimension: int) -> tuple[Array, Array]:
    from scipy.special import ndtri
    from scipy.stats import qmc

    points = qmc.Sobol(dimension, scramble=True, rng=_SEED).random(_QUASI_RANDOM_NODES)
    n = len(points)
    return ndtri(np.clip(points, 0.5 / n**2, 1.0 - 0.5 / n**2)), np.full(n, 1.0 / n)
