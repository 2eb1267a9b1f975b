"""Data and fits that are made up: draws at random points, for what is true of any draws, without sampling."""

from __future__ import annotations

from typing import Any

import numpy as np

from partialpool import Draws, Fit, brm


def data(n: int = 48, seed: int = 1) -> dict[str, Any]:
    """Return a data set with numeric, categorical and grouping columns of all kinds."""
    rng = np.random.default_rng(seed)
    return {
        "y": rng.normal(1.0, 2.0, n),
        "x": rng.normal(3.0, 1.5, n),
        "z": rng.uniform(-1.0, 1.0, n),
        "f": [["u", "v", "w"][i % 3] for i in range(n)],
        "g": rng.choice(["ann", "bob", "cy", "dee e"], n).tolist(),
        "h": rng.choice([3, 10, 20, 7, 1], n),
        "count": rng.poisson(3.0, n),
        "n": rng.integers(3, 12, n),
        "yes": rng.integers(0, 2, n),
        "positive": rng.gamma(2.0, 1.0, n),
        "time": rng.uniform(0.5, 4.0, n),
        "w": rng.uniform(0.2, 3.0, n),
        "se": rng.uniform(0.3, 1.0, n),
    }


def with_draws(fit: Fit, n_draws: int = 20, chains: int = 2, seed: int = 2, spread: float = 0.5) -> Fit:
    """Return a fit with draws at random unconstrained points, normal around zero."""
    rng = np.random.default_rng(seed)
    model = fit.model
    values = np.empty((chains, n_draws, len(model.variables)))
    for chain in range(chains):
        for draw in range(n_draws):
            u = rng.normal(0.0, spread, model.param_unc_num())
            outputs, log_prior = model.program.expand(u)
            values[chain, draw] = [*outputs[:-1], log_prior, model.log_density(u)]
    stats = {"lp": values[:, :, -1], "diverging": np.zeros((chains, n_draws), dtype=bool)}
    return Fit(fit.recipe, model, fit.settings, Draws(model.variables, values), stats)


def fit(
    formula: Any, family: Any = None, frame: Any = None, *, draws: dict[str, Any] | None = None, **options: Any
) -> Fit:
    """Return a fit of made-up data with made-up draws."""
    return with_draws(brm(formula, data() if frame is None else frame, family, empty=True, **options), **(draws or {}))


def blocks(model: Any, u: np.ndarray) -> dict[str, np.ndarray]:
    """Return constrained values by name of the parameter, as Stan shapes them (scalars, vectors, matrices)."""
    values, found, start = model.param_constrain(u), {}, 0
    for parameter in model.parameters:
        size = len(parameter.names)
        part, start = values[start : start + size], start + size
        if not parameter.elements:
            found[parameter.name] = part[0]
        else:
            shape = tuple(int(k) for k in parameter.elements[-1].split("."))
            found[parameter.name] = part.reshape(shape, order="F")
    return found
