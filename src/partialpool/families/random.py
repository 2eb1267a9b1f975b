"""Random counts whose mean may be beyond what a generator of integers can draw."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "negative_binomial_counts",
    "poisson_counts",
    "positive_negative_binomial_counts",
    "positive_poisson_counts",
]

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


def positive_poisson_counts(rng: np.random.Generator, mean: Any) -> NDArray[np.float64]:
    """Return Poisson counts that are not 0, as float64.

    Of the events of a process over the interval [0, 1], of which there is at least one, the first is drawn from its
    distribution; those after it are Poisson over what is left of the interval.
    """
    mean = np.asarray(mean, dtype=np.float64)
    log_waited = np.log1p(rng.random(mean.shape) * np.expm1(-mean))
    return 1.0 + poisson_counts(rng, np.maximum(mean + log_waited, 0.0))


def positive_negative_binomial_counts(rng: np.random.Generator, mean: Any, shape: Any) -> NDArray[np.float64]:
    """Return negative binomial counts that are not 0, as float64.

    As for Poisson counts, the rate of the process being gamma-distributed: after the first event at time t it is of shape
    `shape + 1` and of rate `shape / mean + t`.
    """
    mean, shape = np.broadcast_arrays(np.asarray(mean, dtype=np.float64), np.asarray(shape, dtype=np.float64))
    log_waited = np.log1p(rng.random(mean.shape) * np.expm1(-shape * np.log1p(mean / shape)))
    first = np.minimum(np.expm1(-log_waited / shape) * (shape / mean), 1.0)
    rate = rng.standard_gamma(shape + 1.0) / (shape / mean + first)
    return 1.0 + poisson_counts(rng, rate * (1.0 - first))
