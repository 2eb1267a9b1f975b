"""Log densities of models whose formulas, options and priors are out of the ordinary, against columns written out by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import made_up
from partialpool import bf, brm, lf, prior, student

DATA = made_up.data()
FRAME = pd.DataFrame(DATA).assign(
    o=pd.Categorical(DATA["f"], categories=["w", "u", "v"], ordered=True), l=DATA["z"] > 0
)
FRAME = FRAME.assign(**{"my.x": DATA["x"], "größe 1": DATA["z"]})
Y, X, Z, W, POSITIVE = (DATA[name] for name in ("y", "x", "z", "w", "positive"))
ONE, TRUE = np.ones(len(Y)), (Z > 0).astype(float)
U, V, F3 = (np.array([level == name for level in DATA["f"]], dtype=float) for name in "uvw")
DUMMIES = [U, V, F3]
G = np.unique(DATA["g"], return_inverse=True)[1]
PAIRS = np.unique([f"{a}_{b}" for a, b in zip(DATA["g"], DATA["f"], strict=True)], return_inverse=True)[1]
LINEAR = (V - F3) / np.sqrt(2)  # of the levels w, u, v in this order: -1, 0, 1
QUADRATIC = (V + F3 - 2 * U) / np.sqrt(6)


def orthonormal(x, degree):
    """Polynomials orthogonal to each other and to a constant, with positive leading coefficients."""
    Q, R = np.linalg.qr(np.column_stack([x**k for k in range(degree + 1)]))
    return list((Q * np.sign(np.diag(R)))[:, 1:].T)


def rounded_scale(values):
    return max(2.5, round(1.4826 * float(np.median(np.abs(values - np.median(values)))), 1))


def half(law):
    """Return a log density that is normalised over the positive numbers."""
    return lambda x: law.logpdf(x) - law.logsf(0)


def flat(x):
    return np.zeros(np.shape(x))


HALF_T = half(stats.t(3, 0, 2.5))


@dataclass(frozen=True)
class Part:
    """The predictor of a parameter: its columns, how they become a design, its offset and its priors."""

    columns: list[np.ndarray] = field(default_factory=list)
    centred: bool = True
    qr: bool = False
    offset: Any = 0.0
    b: Any = flat  # one log density for all coefficients, or one for each
    intercept: Any = None


@dataclass(frozen=True)
class Group:
    """A block of group-level effects: the parameter and the column of each."""

    codes: np.ndarray
    effects: list[tuple[str, np.ndarray]]
    sd: Any = HALF_T
    eta: float | None = 1.0  # of the LKJ prior; None where effects are not correlated


@dataclass(frozen=True)
class Case:
    """A formula with what it stands for."""

    formula: Any
    parts: dict[str, Part]
    groups: list[Group] = field(default_factory=list)
    prior: Any = None
    y: np.ndarray = field(default_factory=lambda: Y)
    family: Any = None


def log_prior(densities, values):
    values = np.atleast_1d(values)
    if callable(densities):
        return np.sum(densities(values))
    return sum(density(value) for density, value in zip(densities, values, strict=True))


def lkj(L, eta):
    """Log density of a 2 x 2 or larger factor; the constant by the sum of beta integrals over its rows."""
    k, total = len(L), 0.0
    for i in range(1, k):
        power = k - 1 - i + 2 * (eta - 1)
        total += power * np.log(L[i, i])
        total -= i / 2 * np.log(np.pi) + special.gammaln(power / 2 + 1) - special.gammaln((i + power) / 2 + 1)
    return total


def default_intercept(dpar, y):
    if dpar == "mu":
        return stats.t(3, round(float(np.median(y)), 1), rounded_scale(y)).logpdf
    return {"sigma": stats.t(3, 0, 2.5), "nu": stats.norm(2.7, 0.8)}[dpar].logpdf


def by_hand(case, p):
    etas, total = {}, 0.0
    for dpar, part in case.parts.items():
        suffix = "" if dpar == "mu" else f"_{dpar}"
        design = np.column_stack(part.columns) if part.columns else np.empty((len(Y), 0))
        design = design - design.mean(axis=0) if part.centred else design
        if part.qr:
            Q, R = np.linalg.qr(design)
            design = Q * np.sign(np.diag(R)) * np.sqrt(len(Y) - 1)
        eta = part.offset + np.zeros(len(Y))
        if part.columns:
            b = np.atleast_1d(p[("bQ" if part.qr else "b") + suffix])
            eta, total = eta + design @ b, total + log_prior(part.b, b)
        if part.centred:
            intercept = p[f"Intercept{suffix}"]
            eta += intercept
            total += (part.intercept or default_intercept(dpar, case.y))(intercept)
        etas[dpar] = eta
    for number, group in enumerate(case.groups, start=1):
        sd, z = np.atleast_1d(p[f"sd_{number}"]), np.atleast_2d(p[f"z_{number}"])
        total += log_prior(group.sd, sd) + stats.norm.logpdf(z).sum()
        if group.eta is not None and len(sd) > 1:
            L = p[f"L_{number}"]
            z, total = L @ z, total + lkj(L, group.eta)
        for (dpar, column), effects in zip(group.effects, sd[:, None] * z, strict=True):
            etas[dpar] = etas[dpar] + effects[group.codes] * column
    sigma = np.exp(etas["sigma"]) if "sigma" in etas else p["sigma"]
    total += 0.0 if "sigma" in etas else half(stats.t(3, 0, rounded_scale(case.y)))(sigma)
    if "nu" in etas:
        return total + stats.t(1 + np.exp(etas["nu"]), etas["mu"], sigma).logpdf(case.y).sum()
    return total + stats.norm(etas["mu"], sigma).logpdf(case.y).sum()


NORMAL = stats.norm(0, 2).logpdf
B = prior("normal(0, 2)")
CASES = {
    "QR of cell means": Case(
        bf("y ~ 0 + f + x", decomp="QR"), {"mu": Part([U, V, F3, X], centred=False, qr=True, b=NORMAL)}, prior=B
    ),
    "QR without centring": Case(
        bf("y ~ x + z", decomp="QR", center=False), {"mu": Part([ONE, X, Z], centred=False, qr=True, b=NORMAL)}, prior=B
    ),
    "sparse": Case(bf("y ~ f * x + l", sparse=True), {"mu": Part([ONE, V, F3, X, TRUE, V * X, F3 * X], centred=False)}),
    "sparse cell means": Case(
        bf("y ~ z") + lf("sigma ~ 0 + f:l", sparse=True),
        {
            "mu": Part([Z]),
            "sigma": Part([*(f * (1 - TRUE) for f in DUMMIES), *(f * TRUE for f in DUMMIES)], centred=False),
        },
    ),
    "QR of one parameter": Case(
        bf("y ~ x") + lf("sigma ~ x + z", decomp="QR"), {"mu": Part([X]), "sigma": Part([X, Z], qr=True)}
    ),
    "centring of one parameter": Case(
        bf("y ~ x + z") + lf("sigma ~ x", center=False), {"mu": Part([X, Z]), "sigma": Part([ONE, X], centred=False)}
    ),
    "centring of the other parameter": Case(
        bf("y ~ x + z", "sigma ~ x", center=False), {"mu": Part([ONE, X, Z], centred=False), "sigma": Part([X])}
    ),
    "reserved intercepts": Case(
        bf("y ~ 0 + Intercept + f", "sigma ~ 0 + Intercept + f:x"),
        {
            "mu": Part([ONE, V, F3], centred=False),
            "sigma": Part([ONE, *(X * f for f in DUMMIES)], centred=False),
        },
    ),
    "contrasts without intercepts": Case(
        bf("y ~ 0 + f + (0 + f | g)", cmc=False),
        {"mu": Part([V, F3], centred=False)},
        [Group(G, [("mu", V), ("mu", F3)])],
    ),
    "interaction alone": Case("y ~ x:f", {"mu": Part([X * f for f in DUMMIES])}),
    "interaction before a main effect": Case("y ~ x:f + f", {"mu": Part([V, F3, *(X * f for f in DUMMIES)])}),
    "interaction of factors alone": Case(
        "y ~ 0 + f:l", {"mu": Part([*(f * (1 - TRUE) for f in DUMMIES), *(f * TRUE for f in DUMMIES)], centred=False)}
    ),
    "within": Case("y ~ l + x %in% l", {"mu": Part([TRUE, X * (1 - TRUE), X * TRUE])}),
    "slash": Case("y ~ l / f", {"mu": Part([TRUE, *(on * f for f in (V, F3) for on in (1 - TRUE, TRUE))])}),
    "powers": Case("y ~ (l + x + z)^2 - x:z - z", {"mu": Part([TRUE, X, TRUE * X, (1 - TRUE) * Z, TRUE * Z])}),
    "ordered factor": Case("y ~ o * x", {"mu": Part([LINEAR, QUADRATIC, X, X * LINEAR, X * QUADRATIC])}),
    "polynomial": Case("y ~ poly(x, 3) + I(z^2)", {"mu": Part([*orthonormal(X, 3), Z**2])}),
    "names that need quotes": Case("y ~ my.x + `größe 1` + log(`größe 1` + 2)", {"mu": Part([X, Z, np.log(Z + 2)])}),
    "transformed response": Case("log(positive) ~ x", {"mu": Part([X])}, y=np.log(POSITIVE)),
    "offsets of parameters": Case(
        bf("y ~ x", "sigma ~ offset(z) + x + offset(log(w))"),
        {"mu": Part([X]), "sigma": Part([X], offset=Z + np.log(W))},
    ),
    "bounded coefficients": Case(
        "y ~ x + z + l",
        {"mu": Part([X, Z, TRUE], b=[half(stats.norm(0, 2)), half(stats.norm(1, 3)), half(stats.norm(0, 2))])},
        prior=prior("normal(0, 2)", lb=0) + prior("normal(1, 3)", coef="z"),
    ),
    "coefficients in an interval": Case(
        "y ~ x + z",
        {"mu": Part([X, Z], b=lambda b: stats.t(4, 0, 1).logpdf(b) - np.log(np.diff(stats.t(4, 0, 1).cdf([-1, 2]))))},
        prior=prior("student_t(4, 0, 1)", lb=-1, ub=2),
    ),
    "positive intercept": Case(
        "y ~ x",
        {"mu": Part([X], intercept=half(stats.norm(1, 1)))},
        prior=prior("normal(1, 1)", class_="Intercept", lb=0),
    ),
    "priors of parameters": Case(
        bf("y ~ x", "sigma ~ x + z"),
        {
            "mu": Part([X], b=stats.logistic(0, 1).logpdf),
            "sigma": Part([X, Z], b=[stats.laplace(0, 1).logpdf, NORMAL], intercept=stats.gumbel_r(0, 1).logpdf),
        },
        prior=[
            prior("logistic(0, 1)"),
            prior("normal(0, 2)", dpar="sigma"),
            prior("double_exponential(0, 1)", coef="x", dpar="sigma"),
            prior("gumbel(0, 1)", class_="Intercept", dpar="sigma"),
        ],
    ),
    "priors of groups": Case(
        "y ~ x + (x | g) + (1 | g:f)",
        {"mu": Part([X])},
        [
            Group(G, [("mu", ONE), ("mu", X)], [half(stats.norm(0, 1)), stats.expon(scale=0.5).logpdf], eta=3.0),
            Group(PAIRS, [("mu", ONE)], stats.gamma(2, scale=0.5).logpdf),
        ],
        prior=[
            prior("normal(0, 1)", class_="sd"),
            prior("exponential(2)", class_="sd", group="g", coef="x"),
            prior("gamma(2, 2)", class_="sd", group="g:f"),
            prior("lkj(3)", class_="cor", group="g"),
        ],
    ),
    "flat priors": Case(
        "y ~ x + (1 | g)",
        {"mu": Part([X], intercept=flat)},
        [Group(G, [("mu", ONE)], flat)],
        prior=prior("", class_="Intercept") + prior("", class_="sd"),
    ),
    "uncorrelated factor": Case(
        "y ~ (f || g)", {"mu": Part()}, [Group(G, [("mu", ONE), ("mu", V), ("mu", F3)], eta=None)]
    ),
    "uncorrelated across parameters": Case(
        bf("y ~ (x || i | g)", "sigma ~ (1 || i | g)"),
        {"mu": Part(), "sigma": Part()},
        [Group(G, [("mu", ONE), ("mu", X), ("sigma", ONE)], eta=None)],
    ),
    "three parameters": Case(
        bf("y ~ x + (1 | i | g)", "sigma ~ (0 + x | i | g) + (1 | g)", "nu ~ z + (1 | i | g)"),
        {"mu": Part([X]), "sigma": Part(), "nu": Part([Z])},
        [Group(G, [("mu", ONE), ("sigma", X), ("nu", ONE)]), Group(G, [("sigma", ONE)])],
        family=student(),
    ),
    "nested slopes": Case(
        "y ~ (o | g / f)",
        {"mu": Part()},
        [
            Group(G, [("mu", ONE), ("mu", LINEAR), ("mu", QUADRATIC)]),
            Group(PAIRS, [("mu", ONE), ("mu", LINEAR), ("mu", QUADRATIC)]),
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_log_density(name):
    case = CASES[name]
    model = brm(case.formula, FRAME, case.family, case.prior, empty=True).model
    rng = np.random.default_rng(3)
    for spread in (0.3, 1.0, 1.0):
        u = rng.normal(0.0, spread, model.param_unc_num())
        expected = by_hand(case, made_up.blocks(model, u))
        assert model.log_density(u, jacobian=False) == pytest.approx(expected, rel=1e-10)
