"""New cases of contagious bovine pleuropneumonia in 15 herds of zebu cattle in the Ethiopian highlands.

Rows
    56: up to four periods of 15 herds.
Columns
    - herd: the herd, 1 to 15.
    - incidence: new serological cases in the period.
    - size: animals of the herd that could fall ill.
    - period: the period, 1 to 4.
Source
    Lesnoff, Laval, Bonnet et al. (2004), Within-herd spread of contagious bovine pleuropneumonia in Ethiopian highlands,
    Preventive Veterinary Medicine 64, 27-40.
Licence
    Measurements published in a journal; no rights are claimed in them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame"]

# Herd: period: (new cases, animals that could fall ill).
# fmt: off
_HERDS = {
    1: {1: (2, 14), 2: (3, 12), 3: (4, 9), 4: (0, 5)},
    2: {1: (3, 22), 2: (1, 18), 3: (1, 21)},
    3: {1: (8, 22), 2: (2, 16), 3: (0, 16), 4: (2, 20)},
    4: {1: (2, 10), 2: (0, 10), 3: (2, 9), 4: (0, 6)},
    5: {1: (5, 18), 2: (0, 25), 3: (0, 24), 4: (1, 4)},
    6: {1: (3, 17), 2: (0, 17), 3: (0, 18), 4: (1, 20)},
    7: {1: (8, 16), 2: (1, 10), 3: (3, 9), 4: (0, 5)},
    8: {1: (12, 34)},
    9: {1: (2, 9), 2: (0, 6), 3: (0, 8), 4: (0, 6)},
    10: {1: (1, 22), 2: (1, 22), 3: (0, 18), 4: (2, 22)},
    11: {1: (0, 25), 2: (5, 27), 3: (3, 22), 4: (1, 22)},
    12: {1: (2, 10), 2: (1, 8), 3: (0, 6), 4: (0, 5)},
    13: {1: (1, 21), 2: (2, 24), 3: (0, 19), 4: (0, 23)},
    14: {1: (11, 19), 2: (0, 2), 3: (0, 3), 4: (0, 2)},
    15: {1: (1, 19), 2: (1, 15), 3: (1, 15), 4: (0, 15)},
}
# fmt: on


def frame() -> pd.DataFrame:
    """Return the data set.

    Examples
    --------
    >>> data = frame()
    >>> data.shape, int(data["incidence"].sum())
    ((56, 4), 99)
    """
    import pandas as pd

    rows = [
        (str(herd), incidence, size, str(period))
        for herd, periods in _HERDS.items()
        for period, (incidence, size) in periods.items()
    ]
    data = pd.DataFrame(rows, columns=["herd", "incidence", "size", "period"])
    return data.assign(
        herd=pd.Categorical(data["herd"], categories=[str(herd) for herd in _HERDS]),
        period=pd.Categorical(data["period"], categories=["1", "2", "3", "4"]),
    )
