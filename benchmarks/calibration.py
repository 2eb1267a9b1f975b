"""Simulation-based calibration: parameters from the prior, responses from the parameters, ranks in the posterior.

Fit, random draws and density belong together, or ranks are not uniform (Talts, Betancourt, Simpson, Vehtari and Gelman
2018, arXiv 1804.06788). Beside the parameters, the joint log likelihood is ranked: it sees what single parameters hide
(Modrák et al. 2023, Bayesian Analysis).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import partialpool as pp

__all__ = ["CASES", "Case", "Ranks", "calibrate"]

_COEFFICIENTS = (("normal(0, 0.5)", {"class_": "b"}), ("normal(0, 0.5)", {"class_": "Intercept"}))

PRIORS = {
    "sigma": "gamma(8, 8)",
    "shape": "gamma(8, 4)",
    "phi": "gamma(20, 2)",
    "nu": "gamma(20, 2)",
    "kappa": "gamma(20, 5)",
    "beta": "gamma(8, 8)",
    "bs": "gamma(20, 12)",
    "bias": "beta(8, 8)",
    "quantile": "beta(8, 8)",
    "zi": "beta(4, 12)",
    "hu": "beta(4, 12)",
    "zoi": "beta(4, 8)",
    "coi": "beta(4, 4)",
    "alpha": "normal(1, 0.5)",
    "xi": "normal(0, 0.1)",
    "power": "normal(1.5, 0.1)",
}
"""Priors of the parameters beside mu, tight enough that every simulated response is one that doubles can hold."""


@dataclass(frozen=True)
class Case:
    """A model to calibrate.

    Attributes
    ----------
    family
        Name of the family.
    formula
        Text or pieces of a formula.
    priors
        Further priors: text and where it holds.
    options
        Arguments of the family.
    """

    family: str
    formula: Any = "y ~ x"
    priors: tuple[tuple[str, Mapping[str, str]], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranks:
    """Ranks of what was simulated among posterior draws.

    Attributes
    ----------
    names
        Names of the quantities.
    values
        Ranks [replication, quantity], from 0 to `n_draws`.
    n_draws
        Number of posterior draws of a replication.
    """

    names: tuple[str, ...]
    values: np.ndarray
    n_draws: int

    def uniform(self, seed: int = 1) -> np.ndarray:
        """Return ranks as numbers in (0, 1), uniform where calibrated: [replication, quantity]."""
        return (self.values + np.random.default_rng(seed).random(self.values.shape)) / (self.n_draws + 1)

    def p_values(self) -> dict[str, float]:
        """Return the p value of a Kolmogorov-Smirnov test of each quantity."""
        from scipy.stats import kstest

        uniform = self.uniform()
        return {name: float(kstest(uniform[:, i], "uniform").pvalue) for i, name in enumerate(self.names)}


def covariates(n_rows: int = 40) -> dict[str, Any]:
    """Return the data but for the response."""
    rng = np.random.default_rng(5)
    return {
        "x": rng.normal(size=n_rows),
        "n": rng.integers(3, 9, n_rows),
        "censored": np.zeros(n_rows, dtype=int),
    }


def case_of(family: str) -> Case:
    """Return the case of a family: one of `CASES`, or the plain one."""
    return CASES.get(family, Case(family))


def priors_of(case: Case) -> list[Any]:
    """Return the priors of all parameters of a case."""
    family = pp.brmsfamily(case.family, **case.options)
    formula = pp.bf(*case.formula) if isinstance(case.formula, tuple) else pp.bf(case.formula)
    held = {*formula.fixed, *formula.parameters}
    given = {where.get("class_", "").removesuffix("y2") for _, where in case.priors}
    named = [
        (PRIORS[name], {"class_": name})
        for name in family.dpars
        if name in PRIORS and name not in held and name not in given and family.parameter(name).value is None
    ]
    rows = [*_COEFFICIENTS, *named, *case.priors]
    return [pp.prior(text, **where) for text, where in rows]


def calibrate(case: Case, replications: int, *, seed: int = 1, draws: int = 63) -> Ranks:
    """Return the ranks of a case.

    Parameters
    ----------
    case
        The model.
    replications
        Number of simulated data sets.
    seed
        Seed of everything.
    draws
        Number of nearly independent posterior draws that each is ranked among.
    """
    warnings.simplefilter("ignore")
    family = pp.brmsfamily(case.family, **case.options)
    formula = pp.bf(*case.formula) if isinstance(case.formula, tuple) else case.formula
    prior = priors_of(case)
    data = covariates() | responses(family, np.random.default_rng(seed), 40)
    thin = 10
    warmup = 500
    simulated = pp.brm(
        formula,
        data,
        family,
        prior,
        sample_prior="only",
        iter=warmup + replications * thin,
        warmup=warmup,
        thin=thin,
        chains=1,
        seed=seed,
        progress=False,
    )
    truth = simulated.draws
    names = [name for name in truth.names if name not in ("lprior", "lp__") and np.ptp(truth[name]) > 0]
    y = simulate(simulated, seed)
    ranks = np.empty((replications, len(names) + 1))
    for i in range(replications):
        new = data | as_columns(simulated, y, i)
        fit = pp.brm(
            formula,
            new,
            family,
            prior,
            iter=300 + 8 * draws,
            warmup=300,
            thin=8,
            chains=1,
            seed=seed + i,
            progress=False,
        )
        for k, name in enumerate(names):
            ranks[i, k] = (fit.draws[name] < truth[name][0, i]).sum()
        own = float(simulated.log_lik(new, draw_ids=[i]).sum())
        ranks[i, -1] = (fit.log_lik().sum(axis=1) < own).sum()
    return Ranks((*names, "log_lik"), ranks, draws)


def simulate(prior_fit: Any, seed: int) -> Any:
    """Return simulated responses for all draws of the prior; times of the lower decision of family wiener are negative."""
    return prior_fit.posterior_predict(seed=seed, negative_rt=prior_fit.family.name == "wiener")


def as_columns(prior_fit: Any, y: Any, i: int) -> dict[str, Any]:
    """Return the columns of the data that hold the response of one replication."""
    if prior_fit.family.name == "wiener":
        return {"y": np.abs(y[i]), "d": (y[i] > 0).astype(float)}
    if prior_fit.family.name == "cox":  # times that last as long as the study are censored
        return {"y": y[i], "censored": (y[i] >= prior_fit.model.spec.family.horizon).astype(int)}
    if y.ndim == 3:
        return {f"y{k + 1}": y[i, :, k] for k in range(y.shape[2])}
    if prior_fit.family.name == "categorical":
        levels = np.array(prior_fit.model.spec.family.categories)
        values = prior_fit.model.spec.family.category_values
        return {"y": levels[np.searchsorted(values, y[i])]}
    return {"y": y[i]}


def responses(family: Any, rng: np.random.Generator, n: int) -> dict[str, Any]:
    """Return some response that the family takes, to set the model up with."""
    kind = family.response.kind
    uniform = rng.random(n)
    parts = rng.dirichlet([4.0, 4.0, 4.0], n)
    counts = np.stack([rng.multinomial(m, p) for m, p in zip(covariates(n)["n"], parts, strict=True)])
    columns = {"simplex": parts, "counts": counts}.get(kind)
    if columns is not None:
        return {f"y{k + 1}": columns[:, k] for k in range(3)}
    y = {
        "binary": rng.integers(0, 2, n),
        "proportion": uniform,
        "proportion_or_zero": uniform,
        "closed_proportion": uniform,
        "successes": rng.integers(0, 3, n),
        "count": rng.integers(0, 4, n),
        "ordered": rng.integers(1, 5, n),
        "category": np.array(["a", "b", "c"])[np.arange(n) % 3],
    }.get(kind, 0.5 + uniform)
    return {"y": y, "d": rng.integers(0, 2, n)}


_TRIALS = "y | trials(n) ~ x"
_MATRIX = "cbind(y1, y2, y3) ~ x"


CASES = {
    "binomial": Case("binomial", _TRIALS),
    "beta_binomial": Case("beta_binomial", _TRIALS),
    "zero_inflated_binomial": Case("zero_inflated_binomial", _TRIALS),
    "zero_inflated_beta_binomial": Case("zero_inflated_beta_binomial", _TRIALS),
    "shifted_lognormal": Case("shifted_lognormal", ("y ~ x", "ndt = 0.2")),
    "wiener": Case("wiener", ("y | dec(d) ~ x", "ndt = 0.2")),
    **{
        name: Case(name, "y | thres(3) ~ x") for name in ("cumulative", "sratio", "cratio", "acat", "hurdle_cumulative")
    },
    # Knots that the data do not move: the weights of the splines have the same meaning in each simulation.
    "cox": Case("cox", "y | cens(censored) + bhaz(knots = c(0.8, 1.6), Boundary.knots = c(0, 3)) ~ x"),
    "inverse_gaussian": Case("inverse_gaussian", options={"link": "log"}),
    "gen_extreme_value": Case(
        "gen_extreme_value", ("y ~ x", "xi ~ 1"), (("normal(0, 0.1)", {"class_": "Intercept", "dpar": "xi"}),)
    ),
    "multinomial": Case("multinomial", "cbind(y1, y2, y3) | trials(n) ~ x"),
    "dirichlet_multinomial": Case("dirichlet_multinomial", "cbind(y1, y2, y3) | trials(n) ~ x"),
    "dirichlet": Case("dirichlet", _MATRIX),
    "dirichlet2": Case("dirichlet2", _MATRIX),
    "logistic_normal": Case(
        "logistic_normal",
        _MATRIX,
        (("gamma(8, 8)", {"class_": "sigmay2"}), ("gamma(8, 8)", {"class_": "sigmay3"})),
    ),
}
"""Cases that need more than `y ~ x`."""
