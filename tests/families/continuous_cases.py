"""Continuous families beside the first ones: distributions of SciPy, or what becomes of them."""

from __future__ import annotations

import mpmath as mp
import numpy as np
from family_case import Case
from scipy import integrate, special, stats

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


class OnTheCircle:
    """SciPy's von Mises distribution, from -pi to pi; probabilities by quadrature, as SciPy's have six digits."""

    dist = None

    def __init__(self, mu, kappa):
        self.mu, self.kappa = mu, kappa

    def logpdf(self, y):
        return stats.vonmises.logpdf(y, self.kappa, self.mu)

    def cdf(self, y):
        rows = np.broadcast_arrays(np.clip(y, -np.pi, np.pi), self.mu, self.kappa)
        return np.array([self._probability(*row) for row in zip(*rows, strict=True)])

    def _probability(self, y, mu, kappa):
        inside = [point for point in (mu - 2 * np.pi, mu, mu + 2 * np.pi) if -np.pi < point < y]
        options = {"points": inside or None, "epsabs": 1e-14, "epsrel": 1e-13, "limit": 400}
        return integrate.quad(stats.vonmises.pdf, -np.pi, y, (kappa, mu), **options)[0]

    def sf(self, y):
        return 1 - self.cdf(y)

    def mean(self):
        return self.mu


class SkewT:
    """Azzalini's skew t distribution from its definition; probabilities by quadrature."""

    dist = None

    def __init__(self, mu, sigma, nu, alpha):
        shift = np.sqrt(nu / np.pi) * special.gamma((nu - 1) / 2) / special.gamma(nu / 2)
        location = mu - sigma * alpha / np.sqrt(1 + alpha**2) * shift
        self.given, self.mu = (location, sigma, nu, alpha), mu

    def _pdf(self, y, location, sigma, nu, alpha):
        z = (y - location) / sigma
        side = stats.t.cdf(alpha * z * np.sqrt((nu + 1) / (nu + z**2)), nu + 1)
        return 2 / sigma * stats.t.pdf(z, nu) * side

    def logpdf(self, y):
        return np.log(self._pdf(y, *self.given))

    def cdf(self, y):
        return np.array([integrate.quad(self._pdf, -np.inf, point, self.given)[0] for point in y])

    def mean(self):
        return self.mu


class Gompertz:
    """SciPy's Gompertz distribution; the mean by mpmath, as SciPy's quadrature has ten digits."""

    dist = None

    def __init__(self, mu, shape):
        self.c, self.shape = np.log(2) / np.expm1(shape * mu), shape
        known = stats.gompertz(self.c, scale=1 / shape)
        self.logpdf, self.cdf, self.sf = known.logpdf, known.cdf, known.sf

    def mean(self):
        return np.array([float(mp.exp(c) * mp.e1(c)) for c in self.c]) / self.shape


class Tweedie:
    """Sums of a Poisson number of gamma quantities, term by term."""

    dist = None

    def __init__(self, mu, phi, power):
        self.mu, self.rate = mu, mu ** (2 - power) / (phi * (2 - power))
        self.shape, self.scale = (2 - power) / (power - 1), phi * (power - 1) * mu ** (power - 1)

    def _parts(self):
        for j in range(1, 200):
            yield stats.poisson.pmf(j, self.rate), stats.gamma(j * self.shape, scale=self.scale)

    def logpdf(self, y):
        density = sum(weight * part.pdf(np.where(y > 0, y, 1.0)) for weight, part in self._parts())
        return np.where(y == 0, -self.rate, np.log(density))

    def cdf(self, y):
        return np.exp(-self.rate) + sum(weight * part.cdf(y) for weight, part in self._parts())

    def mean(self):
        return self.mu


def generalized_gamma(mu, sigma, alpha):
    power = alpha / sigma
    return stats.gengamma(1 / alpha**2, power, scale=np.exp(mu) * np.abs(alpha) ** (2 / power))


CASES = [
    Case(
        "gen_extreme_value",
        lambda mu, sigma, xi: stats.genextreme(-xi, mu, sigma),
        REALS,
        {"mu": CENTERS, "sigma": 1.7, "xi": np.array([0.4, 0.0, -0.3, 0.9])},
    ),
    Case(
        "exgaussian",
        lambda mu, sigma, beta: stats.exponnorm(beta / sigma, mu - beta, sigma),
        REALS,
        {"mu": CENTERS, "sigma": 1.7, "beta": np.array([0.2, 1.0, 2.5, 4.0])},
    ),
    Case(
        "von_mises",
        OnTheCircle,
        np.array([-3.0, 0.0, 0.4, 2.5]),
        {"mu": np.array([0.0, 1.0, -2.0, 3.0]), "kappa": np.array([0.2, 1.0, 5.0, 60.0])},
    ),
    Case(
        "loglogistic",
        lambda mu, shape: stats.fisk(shape, scale=mu),
        POSITIVE,
        {"mu": MEANS, "shape": np.array([1.2, 2.0, 5.0, 60.0])},
    ),
    Case(
        "gompertz",
        Gompertz,
        POSITIVE,
        {"mu": MEANS, "shape": np.array([0.2, 1.0, 3.0, 0.1])},
    ),
    Case(
        "generalized_gamma",
        generalized_gamma,
        POSITIVE,
        {
            "mu": np.array([-1.0, 0.0, 2.0, 0.5]),
            "sigma": np.array([0.3, 1.0, 2.0, 0.7]),
            "alpha": np.array([-1.5, 1.0, -0.3, 2.0]),
        },
    ),
    Case(
        "skew_t",
        SkewT,
        REALS,
        {"mu": CENTERS, "sigma": 1.7, "nu": np.array([1.6, 3.0, 8.0, 30.0]), "alpha": np.array([-3.0, 0.0, 0.4, 6.0])},
    ),
    Case(
        "tweedie",
        Tweedie,
        NONNEGATIVE,
        {"mu": MEANS, "phi": np.array([0.5, 2.0, 1.0, 0.3]), "power": np.array([1.1, 1.5, 1.7, 1.9])},
    ),
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
        {"mu": np.array([0.3, 2.0, 4.0, 13.0]), "nu": np.array([1.2, 2.0, 4.0, 30.0])},
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
