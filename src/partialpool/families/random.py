"""Random counts whose mean may be beyond what a generator of integers can draw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["negative_binomial_counts", "poisson_counts"]

_LARGE = 1e15
"""Above it the normal approximation is exact to the digits of a double."""


def poisson_counts(rng: np.random.Generator, mean: Any) -> NDArray[np.float64]:
    """Return Poisson counts as float64.

    Parameters
    ----------
    rng
        Source of randomness.
    mean
        Their means; NaN and negative ones give NaN.
    """
    mean = np.asarray(mean, dtype=np.float64)
    small = (mean >= 0) & (mean < _LARGE)
    counts = rng.poisson(np.where(small, mean, 0.0)).astype(np.float64)
    if small.all():
        return counts
    finite = (mean >= _LARGE) & np.isfinite(mean)
    scaled = np.where(finite, mean, 0.0)
    normal = np.round(scaled + np.sqrt(scaled) * rng.standard_normal(mean.shape))
    return np.select([small, finite, mean == np.inf], [counts, normal, np.inf], np.nan)


def negative_binomial_counts(rng: np.random.Generator, mean: Any, shape: Any) -> NDArray[np.float64]:
    """Return counts of variance mean + mean^2 / shape, as float64: Poisson counts whose means are gamma-distributed."""
    mean, shape = np.broadcast_arrays(np.asarray(mean, dtype=np.float64), np.asarray(shape, dtype=np.float64))
    return poisson_counts(rng, rng.standard_gamma(shape) * (mean / shape))
