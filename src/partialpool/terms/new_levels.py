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

__all__ = ["SAMPLING_RULES", "NewLevels", "drawn_effects"]

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
    block: GroupBlock, inputs: Inputs, by_level: NDArray[np.str_], new_levels: Sequence[str], new: NewLevels
) -> NDArray[np.float64]:
    """Return effects of new levels: an array [draw, new level, coefficient].

    The random numbers of a level depend on the seed, the group and the name of the level alone: rows can be predicted
    in any order, or piece by piece.

    Parameters
    ----------
    block
        The group.
    inputs
        Draws and seed.
    by_level
        Public names of the effects, [level, coefficient].
    new_levels
        Names of the new levels.
    new
        How they are drawn.
    """
    generators = [np.random.default_rng([inputs.seed, *_entropy(block.group), *_entropy(name)]) for name in new_levels]
    if new.rule == "gaussian":
        return _from_the_normal(block, inputs, generators)
    n_levels, width = by_level.shape
    known = inputs.values([str(name) for name in by_level.ravel()]).reshape(inputs.n_draws, n_levels, width)
    each_draw = np.arange(inputs.n_draws)
    size = 1 if new.rule == "old_levels" else inputs.n_draws
    return np.stack([known[each_draw, rng.integers(0, n_levels, size)] for rng in generators], axis=1)


def _entropy(name: str) -> list[int]:
    digest = hashlib.sha256(name.encode()).digest()
    return [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4)]


def _from_the_normal(
    block: GroupBlock, inputs: Inputs, generators: Sequence[np.random.Generator]
) -> NDArray[np.float64]:
    """Return draws from the normal distribution that each posterior draw's standard deviations and correlations give."""
    qualified = [place.qualify(coef) for place, coef in block.coefficients]
    sd = inputs.values([f"sd_{block.group}__{name}" for name in qualified])
    width = len(qualified)
    correlations = np.tile(np.eye(width), (inputs.n_draws, 1, 1))
    if block.correlated:
        for i in range(width):
            for j in range(i):
                values = inputs.values([f"cor_{block.group}__{qualified[j]}__{qualified[i]}"])[:, 0]
                correlations[:, i, j] = correlations[:, j, i] = values
    factor = np.linalg.cholesky(correlations)
    z = np.stack([rng.standard_normal((inputs.n_draws, width)) for rng in generators], axis=1)
    return np.asarray(np.einsum("dij,dnj->dni", factor, z) * sd[:, None, :])
