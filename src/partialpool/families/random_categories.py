"""Random counts by category and random proportions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["dirichlet_shares", "multinomial_counts"]

Array = NDArray[np.float64]

_SMALLEST = 1e-300  # stands for a parameter that has underflowed to 0


def multinomial_counts(rng: np.random.Generator, trials: Any, shares: Array) -> Array:
    """Return counts by category, [..., category], as float64.

    Parameters
    ----------
    rng
        Source of randomness.
    trials
        Number of trials, [...].
    shares
        Probabilities, [..., category].

    Examples
    --------
    >>> multinomial_counts(np.random.default_rng(1), 5, np.array([[0.0, 1.0]]))
    array([[0., 5.]])
    """
    counts = rng.multinomial(np.broadcast_to(np.asarray(trials, dtype=np.int64), shares.shape[:-1]), shares)
    return counts.astype(np.float64)


def dirichlet_shares(rng: np.random.Generator, alpha: Array) -> Array:
    """Return Dirichlet-distributed proportions, [..., category].

    They are gamma variables over their sum. Where parameters are small the variables underflow, so that they are drawn as
    logarithms: a variable of shape a is one of shape a + 1 times the a-th root of a uniform one.

    Parameters
    ----------
    rng
        Source of randomness.
    alpha
        Parameters, [..., category].

    Examples
    --------
    >>> float(dirichlet_shares(np.random.default_rng(1), np.full((2, 3), 1e-9)).sum())
    2.0
    """
    alpha = np.maximum(alpha, _SMALLEST)
    logs = np.log(rng.standard_gamma(alpha + 1.0)) + np.log1p(-rng.random(alpha.shape)) / alpha
    values = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(values / values.sum(axis=-1, keepdims=True))
