"""Variances of families from their own densities: sums over whole numbers, Gauss-Legendre quadrature elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from partialpool.families.base import Family
from partialpool.families.events import support

__all__ = ["density", "mean_and_variance"]

_LARGEST_COUNT = 20_000
_PIECES = 200
_DOUBLINGS = 40
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_ENOUGH = 1e-3  # mass that quadrature may miss


def density(family: Family, y: np.ndarray, given: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the density, or the probability, at each y, shape [y]; 0 outside of the support."""
    wide = {name: np.full((1, len(y)), value) for name, value in given.items()}
    with np.errstate(all="ignore"):  # outside the support
        heights = np.exp(np.asarray(family.log_density(y, **wide), dtype=np.float64)).reshape(-1)
    return np.where(np.isfinite(heights), heights, 0.0)


def mean_and_variance(
    family: Family, given: Mapping[str, np.ndarray], draws: np.ndarray, atoms: np.ndarray
) -> tuple[float, float]:
    """Return mean and variance, of angles the mean direction and the circular variance, by integrating the density.

    Parameters
    ----------
    family
        A family of one number.
    given
        Its parameters, and columns of addition terms.
    draws
        Draws, which say where the density is high.
    atoms
        Single numbers of a continuous response that have a probability.

    Raises
    ------
    ValueError
        If the density does not integrate to one.
    """
    places, weights = _rule(family, given, draws)
    masses = weights * _whole_density(family, places, given)
    if atoms.size:
        places, masses = np.append(places, atoms), np.append(masses, density(family, atoms, given))
    if np.isfinite(family.horizon):  # times are cut there
        places, masses = np.append(places, family.horizon), np.append(masses, 1 - masses.sum())
    if abs(masses.sum() - 1) > _ENOUGH:
        raise ValueError(f"the density of {family.name} integrates to {masses.sum():.5f} for {dict(given)}")
    masses = masses / masses.sum()

    def average(function: Callable[[np.ndarray], np.ndarray]) -> float:
        return float((masses * function(places)).sum())

    if family.response.kind == "angle":
        direction = complex(average(np.cos), average(np.sin))
        return float(np.angle(direction)), 1 - abs(direction)
    mean = average(lambda y: y)
    return mean, average(lambda y: (y - mean) ** 2)


def _whole_density(family: Family, y: np.ndarray, given: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the density of y whatever the decision, where there is one."""
    if "dec" not in family.data:
        return density(family, y, given)
    return sum(density(family, y, {**given, "dec": np.full((1, 1), d)}) for d in (0.0, 1.0))


def _rule(family: Family, given: Mapping[str, np.ndarray], draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return places and weights of a sum, or of quadrature that grows coarser beyond the draws."""
    free = np.array([-np.inf]), np.array([np.inf])
    columns = {"trials": given.get("trials", np.array([np.inf])).ravel()}
    low, high = (float(end[0]) for end in support(family, *free, columns))
    if family.response.discrete:
        largest = 1.0 if family.response.kind == "binary" else min(high, _LARGEST_COUNT)
        places = np.arange(low + 1, largest + 1)
        return places, np.ones(len(places))
    inner = np.unique(np.quantile(draws, np.linspace(0, 1, _PIECES + 1)))
    steps = 2.0 ** np.arange(_DOUBLINGS)
    width = inner[-1] - inner[0]
    beyond = np.append(inner[-1] + width * (steps - 1)[1:], high)
    before = inner[0] / steps[1:] if low == 0 else np.append(inner[0] - width * (steps - 1)[1:], low)
    edges = np.unique(np.concatenate([before, inner, beyond, [low] * (low == 0)]))
    edges = edges[(edges >= low) & (edges <= high) & (np.abs(edges) < width * 2.0**_DOUBLINGS)]
    middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    return (middle[:, None] + half[:, None] * _NODES).ravel(), (half[:, None] * _WEIGHTS).ravel()
