"""Draws from priors, to lay beside those from the posterior (`sample_prior="yes"`)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from partialpool.priors.multivariate import LKJ, Dirichlet
from partialpool.priors.resolution import PriorInForce
from partialpool.priors.univariate import Univariate

__all__ = ["draw_priors", "shared_variables"]


def shared_variables(block: str, elements: Mapping[str, PriorInForce]) -> dict[str, PriorInForce]:
    """Return one variable for a block of parameters that share a prior, else one for each of them.

    Parameters
    ----------
    block
        Public name of the block: `"b"`, `"sd_patient"`.
    elements
        What holds for each of its parameters, by public name: `"b_x"`, `"sd_patient__Intercept"`.
    """
    shared = len({(prior.row.key, prior.lb, prior.ub) for prior in elements.values()}) == 1
    return {block: next(iter(elements.values()))} if shared else dict(elements)


def draw_priors(
    variables: Mapping[str, PriorInForce],
    n_draws: int,
    rng: np.random.Generator,
    sizes: Mapping[str, int] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Return independent draws from priors, by names such as `prior_b` and `prior_simo_mox1[2]`.

    Flat priors and constants have no draws and are left out. Draws respect the bounds of the parameter.

    Parameters
    ----------
    variables
        What holds for each variable.
    n_draws
        Number of draws.
    rng
        Source of randomness.
    sizes
        Number of elements of each simplex, and of coefficients of each correlation matrix. The marginal distributions of
        all correlations of a matrix are the same; one of them is drawn.

    Examples
    --------
    >>> from partialpool.priors.prior import Prior, PriorTable
    >>> from partialpool.priors.resolution import resolve
    >>> priors = resolve(PriorTable((Prior("exponential(1)", "sigma", lb=0.0), Prior(class_="b"))))
    >>> found = {name: priors.lookup(name) for name in ("sigma", "b")}
    >>> draws = draw_priors(found, 1000, np.random.default_rng(1))
    >>> list(draws), bool(draws["prior_sigma"].min() > 0)
    (['prior_sigma'], True)
    """
    drawn: dict[str, NDArray[np.float64]] = {}
    for name, prior in variables.items():
        values = _draws_of(prior, n_draws, rng, (sizes or {}).get(name, 1))
        if values is None:
            continue
        if values.ndim == 1:
            drawn[f"prior_{name}"] = values
        else:
            drawn |= {f"prior_{name}[{k}]": column for k, column in enumerate(values.T, start=1)}
    return drawn


def _draws_of(prior: PriorInForce, n_draws: int, rng: np.random.Generator, size: int) -> NDArray[np.float64] | None:
    law = prior.distribution
    if isinstance(law, Univariate):
        shape = (n_draws,) if law.length is None else (n_draws, law.length)
        return law.draw(rng, shape, prior.lb, prior.ub)
    if isinstance(law, LKJ):
        return law.draw_correlation(rng, n_draws, size)
    return law.draw(rng, n_draws, size) if isinstance(law, Dirichlet) else None
