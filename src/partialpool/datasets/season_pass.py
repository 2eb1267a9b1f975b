"""Who buys a season pass? Customers of a theme park, reached through three channels, with or without a bundle.

Rows
    3,156: one customer each.
Columns
    - Channel: how the customer was reached: Mail, Park (at the point of sale) or Email.
    - Promo: whether the pass was offered with free parking: NoBundle or Bundle.
    - Pass: whether the customer bought it: YesPass or NoPass.

All are factors, with the levels in the order above, so that customers who got a plain offer by mail are the baseline.
Source
    Simulated data of a theme park that does not exist: Chapman and Feit (2019), R for Marketing Research and Analytics,
    2nd edition, Springer, chapter 9. Rebuilt here from the counts of the six kinds of customers.
Licence
    Counts published in a book; no rights are claimed in them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["frame"]

# Promotion, channel: (customers who bought, customers).
_COUNTS = {
    ("NoBundle", "Mail"): (359, 637),
    ("NoBundle", "Park"): (284, 333),
    ("NoBundle", "Email"): (27, 512),
    ("Bundle", "Mail"): (242, 691),
    ("Bundle", "Park"): (639, 862),
    ("Bundle", "Email"): (38, 121),
}


def frame() -> pd.DataFrame:
    """Return the data set.

    Examples
    --------
    >>> frame().groupby(["Promo", "Channel"], observed=True).size()
    Promo     Channel
    NoBundle  Mail       637
              Park       333
              Email      512
    Bundle    Mail       691
              Park       862
              Email      121
    dtype: int64
    """
    import pandas as pd

    rows = [
        (channel, promo, outcome)
        for (promo, channel), (bought, n) in _COUNTS.items()
        for outcome in ["YesPass"] * bought + ["NoPass"] * (n - bought)
    ]
    data = pd.DataFrame(rows, columns=["Channel", "Promo", "Pass"])
    return data.assign(
        Channel=pd.Categorical(data["Channel"], ["Mail", "Park", "Email"]),
        Promo=pd.Categorical(data["Promo"], ["NoBundle", "Bundle"]),
        Pass=pd.Categorical(data["Pass"], ["NoPass", "YesPass"]),
    )
