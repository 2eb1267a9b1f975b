"""Univariate distributions against SciPy, mpmath and the definition of a density."""

import math

import mpmath as mp
import numpy as np
import pytest
from scipy import integrate

from partialpool.errors import PriorError
from partialpool.priors.distributions import DISTRIBUTIONS

CASES = {
    "normal": (0.3, 1.7),
    "std_normal": (),
    "student_t": (3.0, -1.0, 2.5),
    "cauchy": (0.5, 2.0),
    "double_exponential": (-0.5, 1.5),
    "skew_double_exponential": (-0.5, 1.5, 0.3),
    "logistic": (1.0, 0.7),
    "gumbel": (-0.4, 1.3),
    "skew_normal": (0.2, 1.4, -2.0),
    "exp_mod_normal": (0.1, 0.8, 1.6),
    "lognormal": (0.2, 0.6),
    "chi_square": (3.5,),
    "inv_chi_square": (4.0,),
    "scaled_inv_chi_square": (5.0, 1.3),
    "exponential": (0.7,),
    "gamma": (2.0, 0.1),
    "inv_gamma": (1.494197, 0.056607),
    "weibull": (1.5, 2.0),
    "frechet": (2.5, 1.2),
    "rayleigh": (1.8,),
    "loglogistic": (1.4, 2.6),
    "pareto": (0.5, 3.0),
    "pareto_type_2": (-0.5, 2.0, 3.0),
    "beta": (2.0, 3.5),
    "beta_proportion": (0.3, 4.0),
    "uniform": (-1.0, 2.5),
    "von_mises": (1.0, 2.0),
}

# Densities by the formulas of the Stan Functions Reference, in mpmath.
REFERENCE = {
    "student_t": lambda x, nu, mu, s: (
        mp.gamma((nu + 1) / 2)
        / mp.gamma(nu / 2)
        / mp.sqrt(nu * mp.pi)
        / s
        * (1 + ((x - mu) / s) ** 2 / nu) ** (-(nu + 1) / 2)
    ),
    "gamma": lambda x, a, b: b**a / mp.gamma(a) * x ** (a - 1) * mp.exp(-b * x),
    "inv_gamma": lambda x, a, b: b**a / mp.gamma(a) * x ** (-a - 1) * mp.exp(-b / x),
    "exponential": lambda x, b: b * mp.exp(-b * x),
    "scaled_inv_chi_square": lambda x, nu, s: (
        (nu / 2) ** (nu / 2) / mp.gamma(nu / 2) * s**nu * x ** (-nu / 2 - 1) * mp.exp(-nu * s**2 / 2 / x)
    ),
    "exp_mod_normal": lambda x, mu, s, r: (
        r / 2 * mp.exp(r / 2 * (2 * mu + r * s**2 - 2 * x)) * mp.erfc((mu + r * s**2 - x) / mp.sqrt(2) / s)
    ),
    "skew_normal": lambda x, xi, w, a: (
        mp.exp(-(((x - xi) / w) ** 2) / 2) / w / mp.sqrt(2 * mp.pi) * mp.erfc(-a * (x - xi) / w / mp.sqrt(2))
    ),
    "weibull": lambda x, a, s: a / s * (x / s) ** (a - 1) * mp.exp(-((x / s) ** a)),
    "frechet": lambda x, a, s: a / s * (x / s) ** (-a - 1) * mp.exp(-((x / s) ** (-a))),
    "pareto_type_2": lambda x, mu, lam, a: a / lam * (1 + (x - mu) / lam) ** (-(a + 1)),
    "pareto": lambda x, m, a: a * m**a / x ** (a + 1),
    "beta_proportion": lambda x, mu, k: (
        x ** (mu * k - 1) * (1 - x) ** ((1 - mu) * k - 1) / mp.beta(mu * k, (1 - mu) * k)
    ),
    "von_mises": lambda x, mu, k: mp.exp(k * mp.cos(x - mu)) / (2 * mp.pi * mp.besseli(0, k)),
    "gumbel": lambda x, mu, b: mp.exp(-(x - mu) / b - mp.exp(-(x - mu) / b)) / b,
    "double_exponential": lambda x, mu, s: mp.exp(-abs(x - mu) / s) / (2 * s),
    "skew_double_exponential": lambda x, mu, s, t: (
        2 * t * (1 - t) / s * mp.exp(-2 / s * ((1 - t) * (mu - x) if x < mu else t * (x - mu)))
    ),
    "loglogistic": lambda x, a, b: b / a * (x / a) ** (b - 1) / (1 + (x / a) ** b) ** 2,
    "rayleigh": lambda x, s: x / s**2 * mp.exp(-(x**2) / (2 * s**2)),
}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("exp_mod_normal", (0.0, 1e300, 2.0)), ("lognormal", (1e8, 1.0)), ("scaled_inv_chi_square", (3.0, 1e300))],
)
def test_arguments_beyond_all_measure_are_refused(name, arguments):
    law = DISTRIBUTIONS[name](*arguments)
    with pytest.raises(PriorError, match=r"the probability of \[1, 2\] under .* too extreme"):
        law.log_probability(1.0, 2.0)
    with pytest.raises(PriorError, match=r"a draw under .* too extreme"):
        law.draw(np.random.default_rng(1), (3,), 1.0, 2.0)


def prior(name):
    return DISTRIBUTIONS[name](*CASES[name])


def grid(law, n=41):
    low, high = law.support
    wide = np.concatenate([law.scipy().ppf(np.linspace(1e-6, 1 - 1e-6, n)), [-30.0, 30.0, 0.01, 200.0]])
    return wide[(wide > low) & (wide < high)]


def test_every_distribution_has_a_case():
    assert set(CASES) == set(DISTRIBUTIONS)


@pytest.mark.parametrize("name", CASES)
def test_log_density_is_that_of_scipy(name):
    law = prior(name)
    x = grid(law)
    expected = law.scipy().logpdf(x)
    known = expected > -math.inf  # SciPy's density underflows in some tails
    assert known.sum() >= 40
    assert law.log_density(x[known]) == pytest.approx(expected[known], rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("name", REFERENCE)
def test_log_density_is_the_formula_of_the_manual(name):
    law = prior(name)
    for x in grid(law, 9):
        with mp.workdps(40):
            expected = mp.log(REFERENCE[name](mp.mpf(float(x)), *map(mp.mpf, CASES[name])))
            exact = law.distribution.log_density(mp.mpf(float(x)), *map(mp.mpf, CASES[name]))
        assert float(exact) == pytest.approx(float(expected), rel=1e-14)
        assert law.log_density(float(x)) == pytest.approx(float(expected), rel=2e-13, abs=1e-14)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("lb", "ub"), [(0.3, math.inf), (-math.inf, 0.8), (0.55, 0.7)])
def test_probability_of_bounds_is_the_integral_of_the_density(name, lb, ub):
    law = prior(name)
    low, high = law.support
    start, stop = max(lb, low), min(ub, high)
    expected = (
        -math.inf
        if start >= stop
        else math.log(
            integrate.quad(lambda x: math.exp(law.log_density(x)), start, stop, epsabs=1e-12, epsrel=1e-11)[0]
        )
    )
    assert law.log_probability(lb, ub) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("name", CASES)
def test_whole_support_has_probability_one(name):
    assert prior(name).log_probability(*prior(name).support) == 0.0


@pytest.mark.parametrize(
    ("name", "arguments", "lb", "expected"),
    [
        ("student_t", (3, 0, 2.5), 0.0, -math.log(2)),
        ("cauchy", (0, 1), 0.0, -math.log(2)),
        ("normal", (0, 1), 30.0, -454.32124395634316),  # log of the upper tail, mpmath
        ("gamma", (2, 0.1), 1.0, math.log(1.1) - 0.1),
        ("exponential", (2,), 400.0, -800.0),
    ],
)
def test_truncation_constants(name, arguments, lb, expected):
    assert DISTRIBUTIONS[name](*arguments).log_probability(lb) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(("lb", "ub"), [(-math.inf, math.inf), (0.55, 0.7), (0.6, math.inf)])
def test_draws_follow_the_truncated_distribution(name, lb, ub):
    law = prior(name)
    drawn = law.draw(np.random.default_rng(7), (1000,), lb, ub)
    low, high = max(lb, law.support[0]), min(ub, law.support[1])
    assert ((drawn >= low) & (drawn <= high)).all()
    whole = law.log_probability(lb, ub)
    for p in (0.1, 0.5, 0.9):  # the share below an empirical quantile, by the distribution function
        share = math.exp(law.log_probability(lb, float(np.quantile(drawn, p))) - whole)
        assert share == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / 1000))


def test_draws_far_in_the_upper_tail():
    drawn = DISTRIBUTIONS["normal"](0, 1).draw(np.random.default_rng(1), (1000,), 20.0)
    assert drawn.min() >= 20.0
    assert drawn.mean() == pytest.approx(20.0497, abs=0.01)


def test_vectors_hold_one_number_per_element():
    law = DISTRIBUTIONS["normal"]((0.0, 10.0), 2.0)
    assert law.length == 2
    assert law.log_density(np.array([0.0, 10.0])) == pytest.approx([-0.5 * math.log(8 * math.pi)] * 2)
    assert law.log_normaliser(2, 0.0) == pytest.approx(math.log(0.5) + math.log(0.9999997133484281))
    assert law.draw(np.random.default_rng(0), (500, 2)).mean(axis=0) == pytest.approx([0, 10], abs=0.4)
    with pytest.raises(PriorError, match="length 2, but its parameter has 3 elements"):
        law.log_normaliser(3)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("normal", (0, -1), "sigma of normal.* must be positive and finite, not -1"),
        ("normal", (0, 0), "sigma of normal"),
        ("normal", (math.inf, 1), "mu of normal.* must be finite"),
        ("gamma", (2,), "takes alpha, beta; 1 arguments"),
        ("uniform", (2, 1), "alpha must be below beta"),
        ("beta_proportion", (1.5, 2), "mu of beta_proportion.* between 0 and 1"),
        ("exponential", ((1.0, -2.0),), "beta of exponential.* not -2"),
        ("normal", ((1.0, 2.0), (1.0, 2.0, 3.0)), "differ in length"),
    ],
)
def test_impossible_parameters_are_refused(name, arguments, message):
    with pytest.raises(PriorError, match=message):
        DISTRIBUTIONS[name](*arguments)
