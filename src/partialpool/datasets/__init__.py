"""Small classic data sets, each in a module of its own that says where it comes from."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from partialpool.errors import DataError, nearest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["load", "names"]

_NAMES = ("cbpp", "eight_schools", "epilepsy", "season_pass", "sleepstudy")


def names() -> list[str]:
    """Return the names of the data sets.

    Examples
    --------
    >>> names()
    ['cbpp', 'eight_schools', 'epilepsy', 'season_pass', 'sleepstudy']
    """
    return list(_NAMES)


def load(name: str) -> pd.DataFrame:
    """Return a data set as a new data frame.

    What its columns mean, where it was published and under what terms it may be used stands in the docstring of the
    module `partialpool.datasets.<name>`.

    Parameters
    ----------
    name
        One of `names()`.

    Raises
    ------
    DataError
        If there is no data set of that name.

    Examples
    --------
    >>> load("season_pass").shape
    (3156, 3)
    """
    if name not in _NAMES:
        raise DataError(f"there is no data set named {name!r}; {nearest(name, _NAMES)}")
    frame: pd.DataFrame = importlib.import_module(f"{__name__}.{name}").frame()
    return frame
