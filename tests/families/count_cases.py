"""Counts beside the first ones: distributions of SciPy, and what inflation and hurdles make of them."""

from __future__ import annotations

import numpy as np
from family_case import Case
from scipy import stats

COUNTS = np.array([0.0, 1.0, 4.0, 30.0])
MEANS = np.array([0.3, 2.0, 4.0, 25.0])
SHAPES = np.array([0.2, 1.0, 5.0, 60.0])
CHANCES = np.array([0.02, 0.3, 0.5, 0.9])
EXTRA = np.array([0.3, 0.1, 0.6, 0.02])
TRIALS = np.array([3.0, 1.0, 9.0, 40.0])


class Inflated:
    """A distribution of counts with additional zeros, of the methods that the tests use."""

    dist = stats.poisson

    def __init__(self, zi, rest):
        self.zi, self.rest = zi, rest

    def logpmf(self, y):
        return np.log(np.where(y == 0, self.zi, 0) + (1 - self.zi) * self.rest.pmf(y))

    def cdf(self, y):
        return np.where(y < 0, 0.0, self.zi + (1 - self.zi) * self.rest.cdf(y))

    def sf(self, y):
        return np.where(y < 0, 1.0, (1 - self.zi) * self.rest.sf(y))

    def mean(self):
        return (1 - self.zi) * self.rest.mean()


class Truncated:
    """A distribution of counts, given that they are not zero."""

    def __init__(self, rest):
        self.rest, self.positive = rest, rest.sf(0)

    def pmf(self, y):
        return np.where(y == 0, 0.0, self.rest.pmf(y) / self.positive)

    def cdf(self, y):
        return (self.rest.cdf(y) - self.rest.pmf(0)) / self.positive

    def sf(self, y):
        return self.rest.sf(y) / self.positive

    def mean(self):
        return self.rest.mean() / self.positive


def negative_binomial(mu, shape):
    return stats.nbinom(shape, shape / (mu + shape))


def beta_binomial(mu, phi, trials):
    return stats.betabinom(trials.astype(int), mu * phi, (1 - mu) * phi)


class DiscreteWeibull:
    """Weibull lifetimes, rounded down."""

    dist = stats.poisson

    def __init__(self, mu, shape):
        self.lifetime = stats.weibull_min(shape, scale=(-np.log(mu)) ** (-1 / shape))

    def logpmf(self, y):
        return np.log(self.lifetime.sf(y) - self.lifetime.sf(y + 1))

    def cdf(self, y):
        return self.lifetime.cdf(np.floor(y) + 1)

    def sf(self, y):
        return self.lifetime.sf(np.floor(y) + 1)

    def mean(self):
        return sum(self.lifetime.sf(k) for k in range(1, 20_000))


class Tabulated:
    """A distribution of counts with given weights of 0, 1, ..., along the last axis."""

    dist = stats.poisson

    def __init__(self, weights):
        self.probabilities = weights / weights.sum(axis=-1, keepdims=True)
        self.counts = np.arange(weights.shape[-1])

    def _at(self, table, y):
        index = np.clip(np.floor(y), 0, len(self.counts) - 1).astype(int)
        if self.probabilities.ndim == 1:
            return table[index]
        return np.take_along_axis(table, index[:, None], axis=-1)[:, 0]

    def logpmf(self, y):
        return np.log(self._at(self.probabilities, y))

    def cdf(self, y):
        return np.where(y < 0, 0.0, self._at(self.probabilities.cumsum(axis=-1), y))

    def sf(self, y):
        above = self.probabilities[..., ::-1].cumsum(axis=-1)[..., ::-1] - self.probabilities
        return np.where(y < 0, 1.0, self._at(above, y))

    def mean(self):
        return (self.probabilities * self.counts).sum(axis=-1)


def com_poisson(mu, shape):
    mu, shape = np.broadcast_arrays(mu, shape)
    return Tabulated(stats.poisson.pmf(np.arange(400), mu[..., None]) ** shape[..., None])


def generalized_poisson(mu, delta):
    """Total numbers of a branching process, by the ballot theorem: of n Poisson numbers that add up to n - 1."""
    mu, delta = (np.asarray(value)[..., None] for value in np.broadcast_arrays(mu, delta))
    y, first = np.arange(2000.0), mu * (1 - delta)
    return Tabulated(first / (first + delta * y) * stats.poisson.pmf(y, first + delta * y))


def beta_negative_binomial(mu, shape, nu):
    return stats.betanbinom(shape, nu, mu * (nu - 1) / shape)


CASES = [
    Case(
        "generalized_poisson",
        generalized_poisson,
        COUNTS,
        {"mu": MEANS, "delta": np.array([0.3, 0.1, 0.6, 0.02])},
    ),
    Case(
        "beta_negbinomial",
        beta_negative_binomial,
        COUNTS,
        {"mu": MEANS, "shape": np.array([1.0, 2.0, 5.0, 60.0]), "nu": np.array([1.2, 3.0, 2.5, 30.0])},
    ),
    Case(
        "com_poisson",
        com_poisson,
        COUNTS,
        {"mu": np.array([0.3, 2.0, 4.0, 25.0]), "shape": np.array([0.7, 3.0, 0.5, 1.3])},
    ),
    Case(
        "negbinomial2",
        lambda mu, sigma: negative_binomial(mu, 1 / sigma),
        COUNTS,
        {"mu": MEANS, "sigma": np.array([4.0, 1.0, 0.3, 0.02])},
    ),
    Case(
        "discrete_weibull",
        DiscreteWeibull,
        COUNTS,
        {"mu": np.array([0.1, 0.5, 0.8, 0.95]), "shape": np.array([0.7, 1.0, 1.6, 0.9])},
    ),
    Case(
        "zero_inflated_poisson",
        lambda mu, zi: Inflated(zi, stats.poisson(mu)),
        COUNTS,
        {"mu": MEANS, "zi": EXTRA},
    ),
    Case(
        "zero_inflated_negbinomial",
        lambda mu, shape, zi: Inflated(zi, negative_binomial(mu, shape)),
        COUNTS,
        {"mu": MEANS, "shape": SHAPES, "zi": EXTRA},
    ),
    Case(
        "zero_inflated_binomial",
        lambda mu, zi, trials: Inflated(zi, stats.binom(trials, mu)),
        COUNTS,
        {"mu": CHANCES, "zi": EXTRA},
        {"trials": TRIALS},
    ),
    Case(
        "zero_inflated_beta_binomial",
        lambda mu, phi, zi, trials: Inflated(zi, beta_binomial(mu, phi, trials)),
        COUNTS,
        {"mu": CHANCES, "phi": np.array([0.3, 2.0, 15.0, 7.0]), "zi": EXTRA},
        {"trials": TRIALS},
    ),
    Case(
        "hurdle_poisson",
        lambda mu, hu: Inflated(hu, Truncated(stats.poisson(mu))),
        COUNTS,
        {"mu": MEANS, "hu": EXTRA},
    ),
    Case(
        "hurdle_negbinomial",
        lambda mu, shape, hu: Inflated(hu, Truncated(negative_binomial(mu, shape))),
        COUNTS,
        {"mu": MEANS, "shape": SHAPES, "hu": EXTRA},
    ),
]
