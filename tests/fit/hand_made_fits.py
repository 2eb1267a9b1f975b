"""Fits whose draws are made by hand, so that every figure about them is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from partialpool.brm import brm
from partialpool.fit.draws import Draws
from partialpool.fit.fit import Fit
from partialpool.inference.settings import Settings


def grid(n_chains: int, n_draws: int, seed: int) -> np.ndarray:
    """Shuffled centres of n equal parts of (0, 1): [chain, draw], with mean 0.5 and variance (n + 1) / (12 n)."""
    n = n_chains * n_draws
    return np.random.default_rng(seed).permutation((np.arange(n) + 0.5) / n).reshape(n_chains, n_draws)


def fit_with_draws(
    formula,
    data,
    family=None,
    *,
    constants: Mapping[str, float] | None = None,
    shape: tuple[int, int] = (4, 250),
    settings: Settings | None = None,
    stats=None,
    **arguments,
) -> Fit:
    """Return a fit whose variables are shuffled grids, the k-th of them on (k, k + 1), or constant."""
    empty = brm(formula, data, family, empty=True, **arguments)
    names = empty.model.variables
    values = np.stack([k + grid(*shape, seed=k) for k in range(len(names))], axis=2)
    for name, value in (constants or {}).items():
        values[:, :, names.index(name)] = value
    return Fit(empty.recipe, empty.model, settings or empty.settings, Draws(names, values), stats)
