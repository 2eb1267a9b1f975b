"""Random counts whose mean may be beyond what a generator of integers can draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "log_concave_counts",
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


def log_concave_counts(
    rng: np.random.Generator,
    mode: NDArray[np.float64],
    highest: NDArray[np.float64],
    log_ratio: Callable[[NDArray[np.float64], NDArray[np.intp]], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return counts of distributions whose log probabilities are concave, as float64.

    By rejection from a constant about the mode with exponential tails, of which at least one in five is accepted
    (Devroye 1987, Computing 39, 87-91).

    Parameters
    ----------
    rng
        Source of randomness.
    mode
        Most probable counts.
    highest
        Their probabilities.
    log_ratio
        Log of the probability of counts over that of the mode, given counts and the places of their distributions in the
        flattened arrays.
    """
    result = np.full(mode.size, np.nan)
    mode_of, highest_of = mode.ravel(), highest.ravel()
    waiting = np.flatnonzero(highest_of > 0)
    while waiting.size:
        p = highest_of[waiting]
        width = 1.0 + p / 2.0
        within = rng.random(p.shape) * (1.0 + width) <= width
        tail = rng.standard_exponential(p.shape)
        offset = np.where(within, rng.random(p.shape) * width, width + tail) / p
        counts = mode_of[waiting] + np.where(rng.random(p.shape) < 0.5, -1.0, 1.0) * np.round(offset)
        height = np.log(rng.random(p.shape)) + np.where(within, 0.0, -tail)
        accepted = (counts >= 0) & (height <= log_ratio(np.maximum(counts, 0.0), waiting))
        result[waiting[accepted]] = counts[accepted]
        waiting = waiting[~accepted]
    return result.reshape(mode.shape)
