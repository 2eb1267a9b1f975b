"""Continuous families beside the first ones: distributions of SciPy, or what becomes of them."""

from __future__ import annotations

import numpy as np
from family_case import Case
from scipy import special, stats

REALS = np.array([-3.0, 0.0, 0.4, 7.5])
POSITIVE = np.array([0.01, 0.5, 3.0, 12.0])
NONNEGATIVE = np.array([0.0, 0.5, 3.0, 12.0])
MEANS = np.array([0.3, 2.0, 4.0, 25.0])
SHAPES = np.array([0.2, 1.0, 5.0, 60.0])
CHANCES = np.array([0.02, 0.3, 0.5, 0.9])
CENTERS = np.array([0.0, 1.0, -2.0, 5.0])


class Shifted:
    """A continuous distribution with a point mass at 0, of the methods that the tests use."""

    dist = None

    def __init__(self, mass, rest):
        self.mass, self.rest = mass, rest

    def logpdf(self, y):
        return np.where(y == 0, np.log(self.mass), np.log1p(-self.mass) + self.rest.logpdf(np.where(y == 0, 1.0, y)))

    def cdf(self, y):
        return np.where(y < 0, 0.0, self.mass) + (1 - self.mass) * self.rest.cdf(y)

    def sf(self, y):
        return np.where(y < 0, self.mass, 0.0) + (1 - self.mass) * self.rest.sf(y)

    def mean(self):
        return (1 - self.mass) * self.rest.mean()


def asymmetric_laplace(mu, sigma, quantile):
    kappa = np.sqrt(quantile / (1 - quantile))
    return stats.laplace_asymmetric(kappa, mu, sigma / np.sqrt(quantile * (1 - quantile)))


def skew_normal(mu, sigma, alpha):
    mean, variance = stats.skewnorm.stats(alpha)
    return stats.skewnorm(alpha, mu - sigma * mean / np.sqrt(variance), sigma / np.sqrt(variance))


CASES = [
    Case("skew_normal", skew_normal, REALS, {"mu": CENTERS, "sigma": 1.7, "alpha": np.array([-3.0, 0.0, 0.4, 6.0])}),
    Case("asym_laplace", asymmetric_laplace, REALS, {"mu": CENTERS, "sigma": 1.7, "quantile": CHANCES}),
    Case(
        "zero_inflated_asym_laplace",
        lambda mu, sigma, quantile, zi: Shifted(zi, asymmetric_laplace(mu, sigma, quantile)),
        REALS,
        {"mu": CENTERS, "sigma": 1.7, "quantile": CHANCES, "zi": np.array([0.3, 0.1, 0.6, 0.02])},
    ),
    Case(
        "weibull",
        lambda mu, shape: stats.weibull_min(shape, scale=mu / special.gamma(1 + 1 / shape)),
        POSITIVE,
        {"mu": MEANS, "shape": SHAPES},
    ),
    Case(
        "frechet",
        lambda mu, nu: stats.invweibull(nu, scale=mu / special.gamma(1 - 1 / nu)),
        POSITIVE,
        {"mu": MEANS, "nu": np.array([1.2, 2.0, 4.0, 30.0])},
    ),
    Case(
        "inverse_gaussian",
        lambda mu, shape: stats.invgauss(mu / shape, scale=shape),
        POSITIVE,
        {"mu": MEANS, "shape": SHAPES},
    ),
    Case(
        "shifted_lognormal",
        lambda mu, sigma, ndt: stats.lognorm(sigma, ndt, np.exp(mu)),
        POSITIVE,
        {"mu": np.array([-1.0, 0.0, 2.0, 0.5]), "sigma": np.array([0.3, 1.0, 2.0, 0.7]), "ndt": POSITIVE / 2},
    ),
    Case(
        "hurdle_gamma",
        lambda mu, shape, hu: Shifted(hu, stats.gamma(shape, scale=mu / shape)),
        NONNEGATIVE,
        {"mu": MEANS, "shape": SHAPES, "hu": CHANCES},
    ),
    Case(
        "hurdle_lognormal",
        lambda mu, sigma, hu: Shifted(hu, stats.lognorm(sigma, scale=np.exp(mu))),
        NONNEGATIVE,
        {"mu": np.array([-1.0, 0.0, 2.0, 0.5]), "sigma": np.array([0.3, 1.0, 2.0, 0.7]), "hu": CHANCES},
    ),
]
