"""Saved variables: their public names, their order among all variables, and the array that they form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.tape import Slot

__all__ = ["RANKS", "Output"]

RANKS = (
    *("b_Intercept", "b", "bs", "bsp", "bcs", "ar", "ma", "sderr", "lagsar", "errorsar", "car", "rhocar", "sdcar"),
    *("cosy", "cortime", "sd", "cor", "df", "sds", "sdgp", "lscale", "dpar", "tmp", "hs", "sdb", "lncor", "Intercept"),
    *("rescor", "delta", "simo", "r", "s", "zgp", "rcar", "sbhaz", "Ymi", "meanme", "sdme", "corme", "Xme"),
)
"""Kinds of variables in the order in which they are listed."""


@dataclass(frozen=True)
class Output:
    """Some elements of one saved variable.

    Attributes
    ----------
    rank
        Which of `RANKS` decides its place in lists of variables.
    variable
        Name of the array: `b`, `sd_channel`, `r_channel`. Outputs of one name are joined along their last dimension.
    dims, coords
        Names of the dimensions and, for each, its labels.
    names
        Flat public name of each element, the first dimension running fastest.
    slot
        Where the values are.
    order
        Places in the slot in the order of `names`; None if that is the order of the slot.
    """

    rank: str
    variable: str
    dims: tuple[str, ...]
    coords: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    slot: Slot
    order: NDArray[np.int64] | None = None
