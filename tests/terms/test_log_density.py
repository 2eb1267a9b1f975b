"""Log densities of terms against formulas written out in numpy and scipy, and their gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import special, stats

import made_up
from partialpool import bernoulli, bf, brm, mixture, poisson, prior
from partialpool import gaussian as gaussian_family

DATA = made_up.data()
Y, X, Z = DATA["y"], DATA["x"], DATA["z"]
ONE = np.ones(len(Y))
F = np.array([[level == name for name in "uvw"] for level in DATA["f"]], dtype=float)
G = np.unique(DATA["g"], return_inverse=True)[1]
H = np.unique(DATA["h"], return_inverse=True)[1]
Values = dict[str, Any]

# Location and scale of the default priors for this response: rounded median, and 2.5 or the rounded MAD if larger.
LOCATION = round(float(np.median(Y)), 1)
SCALE = max(2.5, round(1.4826 * float(np.median(np.abs(Y - np.median(Y)))), 1))


def half_t(values, scale=SCALE):
    return np.sum(stats.t(3, 0, scale).logpdf(values) + np.log(2))


def intercept(value, location=LOCATION, scale=SCALE):
    return stats.t(3, location, scale).logpdf(value)


def lkj(L):
    """Return the log density of a Cholesky factor whose correlation matrix is uniformly distributed.

    Row i has i free numbers in the unit ball, with density proportional to (1 - |l|^2)^((k - 1 - i) / 2).
    """
    k, total = len(L), 0.0
    for i in range(1, k):
        half = (k - 1 - i) / 2
        log_integral = i / 2 * np.log(np.pi) + special.gammaln(half + 1) - special.gammaln(i / 2 + half + 1)
        total += 2 * half * np.log(L[i, i]) - log_integral
    return total


def group(p: Values, number, codes, columns, scale=SCALE):
    """Return the contribution of a group to the predictor, its prior density, and its effects."""
    sd, z = np.atleast_1d(p[f"sd_{number}"]), np.atleast_2d(p[f"z_{number}"])
    L = p.get(f"L_{number}")
    r = sd[:, None] * (z if L is None else L @ z)
    eta = sum(r[k, codes] * np.asarray(column) for k, column in enumerate(columns))
    return eta, half_t(sd, scale) + stats.norm.logpdf(z).sum() + (0 if L is None else lkj(L)), r


def gaussian(p: Values, eta):
    return stats.norm(eta, p["sigma"]).logpdf(Y).sum() + half_t(p["sigma"])


def centred(*columns):
    columns = np.column_stack(columns)
    return columns - columns.mean(axis=0)


def uncorrelated(p):
    eta, density, _ = group(p, 1, G, [ONE, X])
    return gaussian(p, p["Intercept"] + eta) + density + intercept(p["Intercept"])


def population(p):
    return gaussian(p, p["Intercept"] + centred(X, F[:, 1], F[:, 2]) @ p["b"]) + intercept(p["Intercept"])


def interaction(p):
    columns = centred(X, F[:, 1], F[:, 2], X * F[:, 1], X * F[:, 2])
    return gaussian(p, p["Intercept"] + columns @ p["b"]) + intercept(p["Intercept"])


def nested(p):
    pairs = np.unique([f"{a}_{b}" for a, b in zip(DATA["g"], DATA["f"], strict=True)], return_inverse=True)[1]
    outer, d1, _ = group(p, 1, G, [ONE])
    inner, d2, _ = group(p, 2, pairs, [ONE])
    return gaussian(p, p["Intercept"] + outer + inner) + d1 + d2 + intercept(p["Intercept"])


def crossed(p):
    one, d1, _ = group(p, 1, G, [ONE])
    other, d2, _ = group(p, 2, H, [ONE])
    return gaussian(p, p["Intercept"] + one + other) + d1 + d2 + intercept(p["Intercept"])


def together(p):
    levels = sorted({f"{a}_{b}" for a, b in zip(DATA["g"], DATA["f"], strict=True)})
    codes = np.array([levels.index(f"{a}_{b}") for a, b in zip(DATA["g"], DATA["f"], strict=True)])
    eta, density, _ = group(p, 1, codes, [ONE])
    return gaussian(p, p["Intercept"] + eta) + density + intercept(p["Intercept"])


def factor_slopes(p):
    eta, density, _ = group(p, 1, G, F.T)
    return gaussian(p, p["Intercept"] + eta) + density + intercept(p["Intercept"])


def interaction_slopes(p):
    columns = [ONE, X, F[:, 1], F[:, 2], X * F[:, 1], X * F[:, 2]]
    eta, density, _ = group(p, 1, G, columns)
    return gaussian(p, p["Intercept"] + eta) + density + intercept(p["Intercept"])


def two_terms(p):
    one, d1, _ = group(p, 1, G, [ONE])
    other, d2, _ = group(p, 2, G, [X])
    return gaussian(p, p["Intercept"] + one + other) + d1 + d2 + intercept(p["Intercept"])


def across(p):
    eta, density, r = group(p, 1, G, [ONE, X, np.zeros_like(X)])
    log_sigma = p["Intercept_sigma"] + centred(Z) @ p["b_sigma"] + r[2, G]
    likelihood = stats.norm(p["Intercept"] + centred(X) @ p["b"] + eta, np.exp(log_sigma)).logpdf(Y).sum()
    return likelihood + density + intercept(p["Intercept"]) + intercept(p["Intercept_sigma"], 0, 2.5)


def uncentred(p):
    return gaussian(p, np.column_stack([ONE, X]) @ p["b"])


def cells(p):
    return gaussian(p, np.column_stack([F, X]) @ p["b"])


def contrasts_without_intercept(p):
    return gaussian(p, np.column_stack([F[:, 1:], X]) @ p["b"])


def orthogonal(p):
    columns = centred(X, Z, X * Z)
    Q, R = np.linalg.qr(columns)
    Q = Q * np.sign(np.diag(R)) * np.sqrt(len(X) - 1)
    return (
        gaussian(p, p["Intercept"] + Q @ p["bQ"]) + intercept(p["Intercept"]) + stats.norm(0, 2).logpdf(p["bQ"]).sum()
    )


def offsets(p):
    counts, offset = DATA["count"], np.log(DATA["time"]) + Z
    logs = np.log(np.where(counts == 0, 0.1, counts))
    location = round(float(np.median(logs)), 1) - offset.mean()
    scale = max(2.5, round(1.4826 * float(np.median(np.abs(logs - np.median(logs)))), 1))
    eta = p["Intercept"] + centred(X) @ p["b"] + offset
    return stats.poisson(np.exp(eta)).logpmf(counts).sum() + intercept(p["Intercept"], location, scale)


def held(p):
    b = np.array([2.0, p["par_b_2"]])  # the first of two is constant(2)
    density = intercept(p["Intercept"]) + stats.norm(0, 3).logpdf(p["par_b_2"])
    return gaussian(p, p["Intercept"] + centred(X, Z) @ b) + density


def held_sd(p):
    eta = group({**p, "sd_1": np.array([1.5, p["par_sd_1_2"]])}, 1, G, [ONE, X])[0]
    density = half_t(p["par_sd_1_2"]) + stats.norm.logpdf(p["z_1"]).sum() + lkj(p["L_1"])
    return gaussian(p, p["Intercept"] + eta) + density + intercept(p["Intercept"])


def fixed(p):
    return stats.norm(p["Intercept"] + centred(X) @ p["b"], 1.5).logpdf(Y).sum() + intercept(p["Intercept"])


def tied(p):
    components = [stats.norm(p[f"Intercept_mu{k}"], p["sigma1"]).logpdf(Y) + np.log(p["theta"][k - 1]) for k in (1, 2)]
    means = intercept(p["Intercept_mu1"]) + intercept(p["Intercept_mu2"])
    return np.logaddexp(*components).sum() + half_t(p["sigma1"]) + means


def weighted(p):
    each = stats.norm(p["Intercept"] + centred(X) @ p["b"], p["sigma"]).logpdf(Y)
    return DATA["w"] @ each + half_t(p["sigma"]) + intercept(p["Intercept"])


def weighted_to_mean_one(p):
    each = stats.norm(p["Intercept"] + centred(X) @ p["b"], p["sigma"]).logpdf(Y)
    return DATA["w"] / DATA["w"].mean() @ each + half_t(p["sigma"]) + intercept(p["Intercept"])


def known_errors(p):
    likelihood = stats.norm(p["Intercept"], np.hypot(DATA["se"], p["sigma"])).logpdf(Y).sum()
    return likelihood + half_t(p["sigma"]) + intercept(p["Intercept"])


def binary(p):
    one, density, _ = group(p, 1, G, [ONE, X], 2.5)
    eta = p["Intercept"] + centred(X, Z) @ p["b"] + one
    likelihood = np.where(DATA["yes"] == 1, -np.logaddexp(0, -eta), -np.logaddexp(0, eta)).sum()
    return likelihood + density + intercept(p["Intercept"], 0, 2.5)


@dataclass(frozen=True)
class Case:
    """A formula with the log density (without Jacobian) that it stands for."""

    formula: Any
    by_hand: Callable[[Values], float]
    family: Any = None
    options: dict[str, Any] = field(default_factory=dict)


CASES = {
    "population": Case("y ~ x + f", population),
    "interaction": Case("y ~ x * f", interaction),
    "uncorrelated": Case("y ~ (x || g)", uncorrelated),
    "nested": Case("y ~ (1 | g / f)", nested),
    "crossed": Case("y ~ (1 | g) + (1 | h)", crossed),
    "together": Case("y ~ (1 | g:f)", together),
    "factor slopes": Case("y ~ (0 + f | g)", factor_slopes),
    "interaction slopes": Case("y ~ (x * f | g)", interaction_slopes),
    "two terms of a group": Case("y ~ (1 | g) + (0 + x | g)", two_terms),
    "across parameters": Case(bf("y ~ x + (x | p | g)", "sigma ~ z + (1 | p | g)"), across),
    "center = False": Case(bf("y ~ x", center=False), uncentred),
    "0 + Intercept": Case("y ~ 0 + Intercept + x", uncentred),
    "cell means": Case("y ~ 0 + f + x", cells),
    "cmc = False": Case(bf("y ~ 0 + f + x", cmc=False), contrasts_without_intercept),
    "QR": Case(bf("y ~ x * z", decomp="QR"), orthogonal, options={"prior": prior("normal(0, 2)", class_="b")}),
    "offsets": Case("count ~ x + offset(log(time)) + offset(z)", offsets, poisson()),
    "constant coefficient": Case(
        "y ~ x + z",
        held,
        options={"prior": [prior("constant(2)", class_="b", coef="x"), prior("normal(0, 3)", class_="b")]},
    ),
    "constant standard deviation": Case(
        "y ~ (x | g)",
        held_sd,
        options={"prior": prior("constant(1.5)", class_="sd", group="g", coef="Intercept")},
    ),
    "fixed": Case(bf("y ~ x", sigma=1.5), fixed),
    "tied": Case(bf("y ~ 1", sigma2="sigma1"), tied, mixture(gaussian_family(), gaussian_family(), order="none")),
    "weights": Case("y | weights(w) ~ x", weighted),
    "scaled weights": Case("y | weights(w, scale = TRUE) ~ x", weighted_to_mean_one),
    "known errors": Case("y | se(se, sigma = TRUE) ~ 1", known_errors),
    "binary": Case("yes ~ x + z + (x | g)", binary, bernoulli()),
}


@cache
def model(name):
    case = CASES[name]
    return brm(case.formula, DATA, case.family, empty=True, **case.options).model


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("spread", [0.5, 1.5])
def test_log_density(name, spread):
    rng = np.random.default_rng(3)
    for _ in range(5):
        u = rng.normal(0.0, spread, model(name).param_unc_num())
        expected = CASES[name].by_hand(made_up.blocks(model(name), u))
        assert model(name).log_density(u, jacobian=False) == pytest.approx(expected, rel=1e-10)


def differences(density, u, step):
    """Return central differences of fourth order."""
    found = np.empty(len(u))
    for i in range(len(u)):
        h = step * max(1.0, abs(u[i]))
        at = [density(u + k * h * np.eye(len(u))[i]) for k in (-2, -1, 1, 2)]
        found[i] = (at[0] - 8 * at[1] + 8 * at[2] - at[3]) / (12 * h)
    return found


@pytest.mark.parametrize("jacobian", [True, False])
@pytest.mark.parametrize("name", CASES)
def test_gradient(name, jacobian):
    rng = np.random.default_rng(4)
    for spread in (0.3, 1.0):
        u = rng.normal(0.0, spread, model(name).param_unc_num())
        gradient = model(name).log_density_gradient(u, jacobian)[1]
        expected = differences(lambda at: model(name).log_density(at, jacobian), u, 1e-3)
        np.testing.assert_allclose(gradient, expected, rtol=2e-6, atol=1e-6 * max(1.0, np.abs(expected).max()))


@pytest.mark.parametrize("place", [40.0, -40.0])
@pytest.mark.parametrize("name", CASES)
def test_gradient_far_out(name, place):
    """Predictors of 40 and -40 on the scale of the link, or beyond."""
    names = model(name).param_unc_names()
    u = np.random.default_rng(5).normal(0.0, 0.2, len(names))
    u[names.index("Intercept") if "Intercept" in names else 0] = place
    value, gradient = model(name).log_density_gradient(u)
    assert value == pytest.approx(CASES[name].by_hand(made_up.blocks(model(name), u)) + jacobian_of(name, u), rel=1e-9)
    expected = differences(model(name).log_density, u, 1e-4)
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-6 * np.abs(expected).max())


def jacobian_of(name, u):
    return model(name).log_density(u) - model(name).log_density(u, jacobian=False)


@pytest.mark.parametrize("at", [-20.0, 12.0])
def test_gradient_at_tiny_and_huge_scales(at):
    built = model("two terms of a group")
    names = built.param_unc_names()
    u = np.random.default_rng(6).normal(0.0, 0.2, len(names))
    u[[names.index("sd_1.1"), names.index("sigma")]] = at, 3.0
    expected = differences(built.log_density, u, 1e-4)
    np.testing.assert_allclose(
        built.log_density_gradient(u)[1], expected, rtol=1e-5, atol=1e-7 * max(1.0, np.abs(expected).max())
    )
