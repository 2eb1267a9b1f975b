"""Seizures of 59 patients with epilepsy, counted over four periods of two weeks each.

Half of the patients were given the drug progabide on top of their treatment, half a placebo.

Rows
    236: the visits of 59 patients, ordered by visit.
Columns
    - Age: age of the patient in years.
    - Base: seizures in the eight weeks before the trial.
    - Trt: 1 for progabide, 0 for placebo.
    - patient: the patient, 1 to 59.
    - visit: the period, 1 to 4.
    - count: seizures in the period.
    - obs: the row, 1 to 236, for effects of single observations.
    - zAge, zBase: Age and Base, standardised over all rows.
Source
    Thall and Vail (1990), Some covariance models for longitudinal count data with overdispersion, Biometrics 46,
    657-671 (table 2); the trial is that of Leppik et al. (1987), A controlled study of progabide in partial seizures,
    Neurology 37, 963-968.
Licence
    Measurements published in a journal; no rights are claimed in them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame"]

# One patient each: age, seizures before, treatment, seizures in the four periods.
# fmt: off
_PATIENTS = (
    (31, 11, 0, 5, 3, 3, 3), (30, 11, 0, 3, 5, 3, 3), (25, 6, 0, 2, 4, 0, 5), (36, 8, 0, 4, 4, 1, 4),
    (22, 66, 0, 7, 18, 9, 21), (29, 27, 0, 5, 2, 8, 7), (31, 12, 0, 6, 4, 0, 2), (42, 52, 0, 40, 20, 21, 12),
    (37, 23, 0, 5, 6, 6, 5), (28, 10, 0, 14, 13, 6, 0), (36, 52, 0, 26, 12, 6, 22), (24, 33, 0, 12, 6, 8, 4),
    (23, 18, 0, 4, 4, 6, 2), (36, 42, 0, 7, 9, 12, 14), (26, 87, 0, 16, 24, 10, 9), (26, 50, 0, 11, 0, 0, 5),
    (28, 18, 0, 0, 0, 3, 3), (31, 111, 0, 37, 29, 28, 29), (32, 18, 0, 3, 5, 2, 5), (21, 20, 0, 3, 0, 6, 7),
    (29, 12, 0, 3, 4, 3, 4), (21, 9, 0, 3, 4, 3, 4), (32, 17, 0, 2, 3, 3, 5), (25, 28, 0, 8, 12, 2, 8),
    (30, 55, 0, 18, 24, 76, 25), (40, 9, 0, 2, 1, 2, 1), (19, 10, 0, 3, 1, 4, 2), (22, 47, 0, 13, 15, 13, 12),
    (18, 76, 1, 11, 14, 9, 8), (32, 38, 1, 8, 7, 9, 4), (20, 19, 1, 0, 4, 3, 0), (30, 10, 1, 3, 6, 1, 3),
    (18, 19, 1, 2, 6, 7, 4), (24, 24, 1, 4, 3, 1, 3), (30, 31, 1, 22, 17, 19, 16), (35, 14, 1, 5, 4, 7, 4),
    (27, 11, 1, 2, 4, 0, 4), (20, 67, 1, 3, 7, 7, 7), (22, 41, 1, 4, 18, 2, 5), (28, 7, 1, 2, 1, 1, 0),
    (23, 22, 1, 0, 2, 4, 0), (40, 13, 1, 5, 4, 0, 3), (33, 46, 1, 11, 14, 25, 15), (21, 36, 1, 10, 5, 3, 8),
    (35, 38, 1, 19, 7, 6, 7), (25, 7, 1, 1, 1, 2, 3), (26, 36, 1, 6, 10, 8, 8), (25, 11, 1, 2, 1, 0, 0),
    (22, 151, 1, 102, 65, 72, 63), (32, 22, 1, 4, 3, 2, 4), (25, 41, 1, 8, 6, 5, 7), (35, 32, 1, 1, 3, 1, 5),
    (21, 56, 1, 18, 11, 28, 13), (41, 24, 1, 6, 3, 4, 0), (32, 16, 1, 3, 5, 4, 3), (26, 22, 1, 1, 23, 19, 8),
    (21, 25, 1, 2, 3, 0, 1), (36, 13, 1, 0, 0, 0, 0), (37, 12, 1, 1, 4, 3, 2),
)
# fmt: on
_N_VISITS = 4


def frame() -> pd.DataFrame:
    """Return the data set.

    Examples
    --------
    >>> data = frame()
    >>> data.shape, int(data["count"].sum())
    ((236, 9), 1948)
    """
    import pandas as pd

    rows = [
        (age, base, treatment, patient, visit + 1, counts[visit])
        for visit in range(_N_VISITS)
        for patient, (age, base, treatment, *counts) in enumerate(_PATIENTS, 1)
    ]
    data = pd.DataFrame(rows, columns=["Age", "Base", "Trt", "patient", "visit", "count"])
    data["obs"] = range(1, len(rows) + 1)
    for column in ("Trt", "patient", "visit", "obs"):
        levels = [str(level) for level in sorted(data[column].unique())]
        data[column] = pd.Categorical(data[column].astype(str), categories=levels)
    return data.assign(**{f"z{name}": (data[name] - data[name].mean()) / data[name].std() for name in ("Age", "Base")})
