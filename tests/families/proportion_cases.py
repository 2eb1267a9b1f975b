"""Proportions that may be 0 or 1: distributions of SciPy, and what becomes of them."""

from __future__ import annotations

import numpy as np
from continuous_cases import Shifted
from family_case import Case
from scipy import special, stats

CHANCES = np.array([0.02, 0.3, 0.5, 0.9])
PRECISIONS = np.array([0.3, 2.0, 15.0, 7.0])
EXTRA = np.array([0.3, 0.1, 0.6, 0.02])
CLOSED = np.array([0.0, 0.2, 0.97, 1.0])


def beta(mu, phi):
    return stats.beta(mu * phi, (1 - mu) * phi)


class Ends:
    """A continuous distribution over [0, 1] with point masses at both ends, of the methods that the tests use."""

    dist = None

    def __init__(self, zero, one, between):
        self.zero, self.one, self.between = zero, one, between

    def logpdf(self, y):
        inside = (y > 0) & (y < 1)
        density = np.log(1 - self.zero - self.one) + self.between.logpdf(np.where(inside, y, 0.5))
        return np.where(inside, density, np.log(np.where(y == 0, self.zero, self.one)))

    def cdf(self, y):
        below = self.zero + (1 - self.zero - self.one) * self.between.cdf(y)
        return np.select([y < 0, y < 1], [0.0, below], 1.0)

    def sf(self, y):
        above = self.one + (1 - self.zero - self.one) * self.between.sf(y)
        return np.select([y < 0, y < 1], [1.0, above], 0.0)

    def mean(self):
        return self.one + (1 - self.zero - self.one) * self.between.mean()


def stretched(mu, phi, kappa):
    """A beta distribution over [-kappa, 1 + kappa], what lies outside of [0, 1] moved to its ends."""
    whole = stats.beta(mu * phi, (1 - mu) * phi, loc=-kappa, scale=1 + 2 * kappa)
    return Ends(whole.cdf(0), whole.sf(1), Part(whole))


class Part:
    """A continuous distribution, given that it is in [0, 1]."""

    def __init__(self, whole):
        self.whole, self.mass = whole, whole.cdf(1) - whole.cdf(0)

    def logpdf(self, y):
        return self.whole.logpdf(y) - np.log(self.mass)

    def cdf(self, y):
        return (self.whole.cdf(y) - self.whole.cdf(0)) / self.mass

    def sf(self, y):
        return (self.whole.sf(y) - self.whole.sf(1)) / self.mass

    def mean(self):
        nodes, weights = np.polynomial.legendre.leggauss(400)
        y = (nodes[:, None] + 1) / 2
        return (y * self.whole.pdf(y) * weights[:, None] / 2).sum(axis=0) / self.mass


def ordered(mu, phi, xi, kappa):
    e = special.logit(mu)
    return Ends(special.expit(xi - e), special.expit(e - xi - kappa), beta(mu, phi))


CASES = [
    Case(
        "xbeta",
        stretched,
        CLOSED,
        {"mu": np.array([0.2, 0.3, 0.5, 0.8]), "phi": np.array([0.9, 2.0, 15.0, 7.0]), "kappa": PRECISIONS / 10},
    ),
    Case(
        "ordered_beta",
        ordered,
        CLOSED,
        {
            "mu": CHANCES,
            "phi": PRECISIONS,
            "xi": np.array([-1.3, 0.2, -2.0, 1.0]),
            "kappa": np.array([0.4, 2.0, 4.0, 1.5]),
        },
    ),
    Case(
        "zero_inflated_beta",
        lambda mu, phi, zi: Shifted(zi, beta(mu, phi)),
        np.array([0.0, 0.2, 0.5, 0.97]),
        {"mu": CHANCES, "phi": PRECISIONS, "zi": EXTRA},
    ),
    Case(
        "zero_one_inflated_beta",
        lambda mu, phi, zoi, coi: Ends(zoi * (1 - coi), zoi * coi, beta(mu, phi)),
        CLOSED,
        {"mu": CHANCES, "phi": PRECISIONS, "zoi": EXTRA, "coi": np.array([0.3, 0.2, 0.6, 0.9])},
    ),
]
