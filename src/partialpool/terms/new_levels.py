"""Group levels that the data of the fit did not have: whether they are allowed, and how their effects are drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from partialpool.terms.group import GroupBlock
    from partialpool.terms.inputs import Inputs

__all__ = ["SAMPLING_RULES", "NewLevels", "drawn_effects", "uniforms"]

SAMPLING_RULES = ("uncertainty", "gaussian", "old_levels")


@dataclass(frozen=True)
class NewLevels:
    """What prediction does about group-level effects.

    Attributes
    ----------
    keeps
        Whether a coefficient of a group takes part (group, coefficient).
    allowed
        Whether levels are allowed that the data of the fit did not have.
    rule
        How their effects are drawn. `uncertainty`: in each draw, those of a level picked at random; `gaussian`: from the
        normal distribution of the group; `old_levels`: those of one level picked at random, in all draws.
    """

    keeps: Callable[[str, str], bool]
    allowed: bool = False
    rule: str = "uncertainty"


def drawn_effects(
    block: GroupBlock, inputs: Inputs, columns: NDArray[np.int64], new_levels: Sequence[str], new: NewLevels
) -> NDArray[np.float64]:
    """Return effects of new levels: an array [draw, new level, coefficient].

    The random numbers of a level depend on the seed, the group, the name of the level and the draw alone: rows and draws
    can be predicted in any order, or piece by piece.

    Parameters
    ----------
    block
        The group.
    inputs
        Draws and seed.
    columns
        Which column of the draws holds each effect of the known levels, [level, coefficient].
    new_levels
        Names of the new levels.
    new
        How they are drawn.
    """
    if new.rule == "gaussian":  # independent between the blocks of a group
        return _from_the_normal(block, inputs, _keys(inputs.seed, f"{block.group}#{block.number}", new_levels))
    keys = _keys(inputs.seed, block.group, new_levels)  # all blocks of a group pick the same level
    draws = np.zeros_like(inputs.picked) if new.rule == "old_levels" else inputs.picked
    chosen = (uniforms(keys, draws, 1)[:, :, 0] * len(columns)).astype(np.int64)
    return inputs.flat[inputs.picked[:, None, None], columns[chosen]]


def _keys(seed: int, group: str, levels: Sequence[str]) -> NDArray[np.uint64]:
    digests = (hashlib.sha256(f"{seed}\0{group}\0{level}".encode()).digest() for level in levels)
    return np.array([int.from_bytes(digest[:8], "little") for digest in digests], dtype=np.uint64)


def uniforms(keys: NDArray[np.uint64], draws: NDArray[np.int64], width: int) -> NDArray[np.float64]:
    """Return random numbers, uniform in (0, 1): an array [draw, key, element], each a function of its key and place.

    References
    ----------
    Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA (the generator splitmix64).

    Examples
    --------
    >>> keys = np.array([3, 8], dtype=np.uint64)
    >>> whole = uniforms(keys, np.arange(100), 2)
    >>> bool((uniforms(keys[1:], np.array([7]), 2)[0, 0] == whole[7, 1]).all())
    True
    """
    place = draws.astype(np.uint64)[:, None] * np.uint64(width) + np.arange(1, width + 1, dtype=np.uint64)
    z = np.asarray(keys[:, None] + place[:, None, :] * np.uint64(0x9E3779B97F4A7C15), dtype=np.uint64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.asarray(((z >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)


def _from_the_normal(block: GroupBlock, inputs: Inputs, keys: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return draws from the normal distribution that each posterior draw's standard deviations and correlations give."""
    from scipy.special import ndtri

    qualified = [place.qualify(coef) for place, coef in block.coefficients]
    sd = inputs.values([f"sd_{block.group}__{name}" for name in qualified])
    z: NDArray[np.float64] = ndtri(uniforms(keys, inputs.picked, len(qualified)))
    if block.correlated:
        z = np.einsum("dij,dnj->dni", _roots(_correlations(block.group, qualified, inputs)), z)
    return z * sd[:, None, :]


def _correlations(group: str, coefs: Sequence[str], inputs: Inputs) -> NDArray[np.float64]:
    """Return the correlation matrix of each draw: [draw, coefficient, coefficient]."""
    matrices = np.tile(np.eye(len(coefs)), (inputs.n_draws, 1, 1))
    for i in range(len(coefs)):
        for j in range(i):
            values = inputs.values([f"cor_{group}__{coefs[j]}__{coefs[i]}"])[:, 0]
            matrices[:, i, j] = matrices[:, j, i] = values
    return matrices


def _roots(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a square root of each positive semidefinite matrix, for all that rounding may have done to it."""
    values, vectors = np.linalg.eigh(matrices)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :])
