"""What the gallery of families shows of each: values of its parameters, and an example.

Both follow from what a family states of itself. The tables here hold what cannot: numbers that look well, and the few
families whose formula is more than `y ~ x`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from partialpool.families.base import Family
from partialpool.frame.values import Matrix

__all__ = ["DATA", "bound", "example", "settings"]

CATEGORIES = ("a", "b", "c")

DATA = {"trials": 10.0, "dec": 1.0}
"""Numbers for the addition terms that a density needs."""

_VALUES = {
    "sigma": (1.0, 0.5),
    "shape": (2.0, 5.0),
    "phi": (8.0, 3.0),
    "kappa": (2.0, 6.0),
    "beta": (1.0, 2.0),
    "bs": (1.5, 2.0),
    "ndt": (0.2, 0.4),
    "nu": (5.0, 9.0),
    "xi": (0.1, -0.2),
    "alpha": (2.0, -2.0),
    "disc": (1.0, 2.0),
    "power": (1.5, 1.2),
    "coi": (0.5, 0.7),
    "bias": (0.5, 0.3),
    "quantile": (0.75, 0.5),
    "delta": (0.3, 0.6),
}
"""Two values of parameters, by name."""

_OF_FAMILY = {
    ("loglogistic", "shape"): (4.0, 8.0),
    ("ordered_beta", "xi"): (-1.5, -0.5),
    ("ordered_beta", "kappa"): (3.0, 2.0),
    ("tweedie", "phi"): (1.0, 0.5),
    ("xbeta", "phi"): (3.0, 8.0),
    ("xbeta", "kappa"): (0.1, 0.3),
    ("hurdle_lognormal", "mu"): (0.0, 0.7),
    ("lognormal", "mu"): (0.0, 0.7),
    ("shifted_lognormal", "mu"): (-0.5, 0.3),
    ("generalized_gamma", "mu"): (0.0, 0.7),
    ("generalized_gamma", "alpha"): (1.0, -0.5),
    ("generalized_gamma", "sigma"): (0.5, 0.3),
    ("wiener", "mu"): (1.0, 0.0),
    ("dirichlet2", "mu"): (2.0, 4.0),
    ("discrete_weibull", "mu"): (0.8, 0.9),
    ("discrete_weibull", "shape"): (1.0, 2.0),
}
"""Values where those of the name would not do."""

_OF_RESPONSE = {"count": (2.0, 6.0), "positive": (1.5, 3.0), "nonnegative": (1.5, 3.0)}
"""Values of mu by kind of response."""

_SETUPS = {
    "successes": (
        "n = np.full(200, 10)\n",
        "y | trials(n) ~ x",
        "y = family.draw(rng, mu=mu, {others}trials=n)",
        "y n",
    ),
    "wiener": (
        "d = rng.binomial(1, 1 / (1 + np.exp(-1.5 * mu)))  # where the process starts halfway between the boundaries\n",
        "y | dec(d) ~ x",
        "y = family.draw(rng, mu=mu, {others})",
        "y d",
    ),
    "ordered": ("", "y ~ x", "y = 1 + np.digitize(x + rng.logistic(size=200), [-1, 0, 1])", "y"),
    "hurdle_cumulative": (
        "crossed = rng.binomial(1, 0.8, 200)\n",
        "y ~ x",
        "y = crossed * (1 + np.digitize(x + rng.logistic(size=200), [-1, 0, 1]))",
        "y",
    ),
    "category": (
        "utility = np.stack([0 * x, x, 1 - x]) + rng.gumbel(size=(3, 200))\n",
        "y ~ x",
        'y = np.array(["a", "b", "c"])[utility.argmax(axis=0)]',
        "y",
    ),
    "simplex": ("", "cbind(a, b, c) ~ x", "a, b, c = rng.dirichlet([4, 2, 2], 200).T", "a b c"),
    "counts": (
        "n = np.full(200, 10)\n",
        "cbind(a, b, c) | trials(n) ~ x",
        "a, b, c = rng.multinomial(n, [0.5, 0.3, 0.2]).T",
        "a b c n",
    ),
    "dirichlet_multinomial": (
        "n = np.full(200, 10)\n",
        "cbind(a, b, c) | trials(n) ~ x",
        "a, b, c = rng.multinomial(n, rng.dirichlet([4, 2, 2], 200)).T",
        "a b c n",
    ),
    "cox": ("", "y ~ x", "y = rng.exponential(1 / mu)", "y"),
}
"""Further data, formula, response and its columns, by the name of the family or the kind of its response."""

_PLAIN = ("", "y ~ x", "y = family.draw(rng, mu=mu, {others})", "y")


def settings(family: Family) -> list[dict[str, float]]:
    """Return settings of the distributional parameters: the first, and one for each parameter that differs in it alone."""
    first = {p: _values(family, p)[0] for p in family.dpars}
    return [first, *({**first, name: _values(family, name)[1]} for name in family.dpars)]


def _values(family: Family, dpar: str) -> tuple[float, float]:
    """Return two values of a parameter within its bounds."""
    parameter, stem = family.parameter(dpar), "mu" if dpar.startswith("mu") else dpar
    upper = parameter.upper if isinstance(parameter.upper, float) else None
    if family.categories and stem == "mu" and _any_real(parameter.links):
        return _among(family, dpar, (0.6, -1.0))
    known = _OF_FAMILY.get((family.name, stem)) or _VALUES.get(dpar.rstrip("".join(CATEGORIES)), _VALUES.get(stem))
    if known:
        return known
    if parameter.lower == 0.0 and upper == 1.0:
        return (0.4, 0.7) if stem == "mu" else (0.2, 0.4)
    if stem == "mu" and parameter.links[0] != "identity" and family.response.kind in _OF_RESPONSE:
        return _OF_RESPONSE[family.response.kind]
    if parameter.lower is None:
        return (0.0, 1.5)
    return (parameter.lower + 1.0, parameter.lower + 2.0)


def _among(family: Family, dpar: str, values: tuple[float, float]) -> tuple[float, float]:
    """Return values for the location of a category, other ones for each."""
    k = family.main_dpars.index(dpar)
    return values if k % 2 == 0 else values[::-1]


def _any_real(links: Iterable[str]) -> bool:
    return next(iter(links)) in ("identity", "logit")


def bound(family: Family) -> Family:
    """Return a family bound to a response, if its parameters depend on it: three categories, times up to 10."""
    kind = family.response.kind
    if kind in ("simplex", "counts"):
        rows = np.full((2, 3), 1 / 3) if kind == "simplex" else np.array([[4.0, 3.0, 3.0], [2.0, 4.0, 4.0]])
        return family.bound(Matrix(rows, CATEGORIES), {})
    if kind == "category":
        return family.bound(np.array(CATEGORIES), {})
    if kind == "nonnegative":
        return family.bound(np.linspace(0.1, 10.0, 50), {})
    return family


def example(family: Family) -> str:
    """Return a program that simulates data and fits the family to them."""
    further, formula, response, columns = _SETUPS.get(family.name) or _SETUPS.get(family.response.kind) or _PLAIN
    first, others = settings(family)[0], family.dpars[1:]
    given = "".join(f"{name}={first[name]:g}, " for name in others) if "{others}" in response else ""
    response = response.format(others=given).replace(", )", ")")
    mu = 'mu = family.link_of("mu").inverse(0.5 + 0.4 * x)\n'
    needs_mu = "mu" in response or "mu" in further
    data = ", ".join(f'"{name}": {name}' for name in ("x", *columns.split()))
    return (
        f'rng, family = np.random.default_rng(1), pp.brmsfamily("{family.name}")\n'
        f"x = rng.uniform(size=200)\n{mu if needs_mu else ''}{further}{response}\n"
        f'fit = pp.brm("{formula}", {{{data}}}, family, seed=1)\n'
    )


def arguments(family: Family, setting: Mapping[str, float]) -> dict[str, Any]:
    """Return all that the methods of a family take for a setting: parameters, columns of addition terms, shares; [1, 1]."""
    given: dict[str, Any] = {name: np.full((1, 1), value) for name, value in setting.items()}
    shares = getattr(family, "shares", ())
    for share in shares:
        given |= {name: np.full((1, 1), 1 / len(share.elements)) for name in share.elements}
    full = family.completed(given, {}) if shares else given
    full |= {name: np.full((1, 1), DATA[name]) for name in family.data}
    return full
