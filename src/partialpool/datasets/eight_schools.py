"""Effects of coaching for a scholastic test in eight schools, each with its standard error.

Rows
    8: one school each.
Columns
    - school: the school, A to H.
    - y: estimated effect of the coaching, in points of the test.
    - se: standard error of the estimate.
Source
    Rubin (1981), Estimation in parallel randomized experiments, Journal of Educational Statistics 6, 377-401.
Licence
    Figures published in a journal; no rights are claimed in them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame"]

_EFFECTS = (28, 8, -3, 7, -1, 1, 18, 12)
_STANDARD_ERRORS = (15, 10, 16, 11, 9, 11, 10, 18)


def frame() -> pd.DataFrame:
    """Return the data set.

    Examples
    --------
    >>> frame().head(2)
      school   y  se
    0      A  28  15
    1      B   8  10
    """
    import pandas as pd

    return pd.DataFrame({"school": pd.Categorical(list("ABCDEFGH")), "y": _EFFECTS, "se": _STANDARD_ERRORS})
