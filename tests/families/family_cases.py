"""One table of the families: an independent distribution of SciPy for each, and responses to try. One of the links."""

from __future__ import annotations

import continuous_cases
import count_cases
import mpmath as mp
import numpy as np
import proportion_cases
from family_case import Case
from scipy import stats

REALS = np.array([-3.0, 0.0, 0.4, 7.5])
COUNTS = np.array([0.0, 1.0, 4.0, 30.0])
POSITIVE = np.array([0.01, 0.5, 3.0, 12.0])
UNIT = np.array([0.001, 0.2, 0.5, 0.97])
MEANS = np.array([0.3, 2.0, 4.0, 25.0])
CHANCES = np.array([0.02, 0.3, 0.5, 0.9])
TRIALS = np.array([3.0, 1.0, 9.0, 40.0])

_FIRST = [
    Case(
        "gaussian",
        lambda mu, sigma: stats.norm(mu, sigma),
        REALS,
        {"mu": np.array([0.0, 1.0, -2.0, 5.0]), "sigma": 1.7},
    ),
    Case(
        "student",
        lambda mu, sigma, nu: stats.t(nu, mu, sigma),
        REALS,
        {"mu": np.array([0.0, 1.0, -2.0, 5.0]), "sigma": 1.7, "nu": np.array([1.2, 4.0, 30.0, 8.0])},
    ),
    Case("bernoulli", lambda mu: stats.bernoulli(mu), np.array([0.0, 1.0, 1.0, 0.0]), {"mu": CHANCES}),
    Case(
        "binomial",
        lambda mu, trials: stats.binom(trials, mu),
        np.array([0.0, 1.0, 4.0, 30.0]),
        {"mu": CHANCES},
        {"trials": TRIALS},
    ),
    Case(
        "beta_binomial",
        lambda mu, phi, trials: stats.betabinom(trials.astype(int), mu * phi, (1 - mu) * phi),
        np.array([0.0, 1.0, 4.0, 30.0]),
        {"mu": CHANCES, "phi": np.array([0.3, 2.0, 15.0, 7.0])},
        {"trials": TRIALS},
    ),
    Case("poisson", lambda mu: stats.poisson(mu), COUNTS, {"mu": MEANS}),
    Case(
        "negbinomial",
        lambda mu, shape: stats.nbinom(shape, shape / (mu + shape)),
        COUNTS,
        {"mu": MEANS, "shape": np.array([0.2, 1.0, 5.0, 60.0])},
    ),
    Case("geometric", lambda mu: stats.nbinom(1, 1 / (1 + mu)), COUNTS, {"mu": MEANS}),
    Case(
        "gamma",
        lambda mu, shape: stats.gamma(shape, scale=mu / shape),
        POSITIVE,
        {"mu": MEANS, "shape": np.array([0.2, 1.0, 5.0, 60.0])},
    ),
    Case("exponential", lambda mu: stats.expon(scale=mu), POSITIVE, {"mu": MEANS}),
    Case(
        "lognormal",
        lambda mu, sigma: stats.lognorm(sigma, scale=np.exp(mu)),
        POSITIVE,
        {"mu": np.array([-1.0, 0.0, 2.0, 0.5]), "sigma": np.array([0.3, 1.0, 2.0, 0.7])},
    ),
    Case(
        "beta",
        lambda mu, phi: stats.beta(mu * phi, (1 - mu) * phi),
        UNIT,
        {"mu": CHANCES, "phi": np.array([0.3, 2.0, 15.0, 7.0])},
    ),
]

CASES = [*_FIRST, *continuous_cases.CASES, *count_cases.CASES, *proportion_cases.CASES]

DEFINITIONS = {
    "identity": lambda x: x,
    "log": mp.exp,
    "logm1": lambda x: 1 + mp.exp(x),
    "log1p": lambda x: mp.exp(x) - 1,
    "inverse": lambda x: 1 / x,
    "sqrt": lambda x: x**2,
    "1/mu^2": lambda x: 1 / mp.sqrt(x),
    "tan_half": lambda x: 2 * mp.atan(x),
    "logit": lambda x: 1 / (1 + mp.exp(-x)),
    "logitm1": lambda x: 1 + 1 / (1 + mp.exp(-x)),
    "probit": lambda x: mp.erfc(-x / mp.sqrt(2)) / 2,
    "probit_approx": lambda x: 1 / (1 + mp.exp(-(mp.mpf(0.07056) * x**3 + mp.mpf(1.5976) * x))),
    "cloglog": lambda x: 1 - mp.exp(-mp.exp(x)),
    "cauchit": lambda x: mp.atan(x) / mp.pi + 0.5,
    "softit": lambda x: mp.log(1 + mp.exp(x)) / (1 + mp.log(1 + mp.exp(x))),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "squareplus": lambda x: (x + mp.sqrt(x**2 + 4)) / 2,
}
"""Inverses of the links as they are defined, for mpmath."""
