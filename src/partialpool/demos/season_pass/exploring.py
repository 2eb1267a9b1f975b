"""Looking at the data: who bought, through which channel, with or without the bundle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from partialpool import datasets
from partialpool.tidy import adorn_totals

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LogOdds",
    "bought_by_channel",
    "bundle_share",
    "customers",
    "group_customers",
    "log_odds",
    "promo_totals",
    "share_by_channel",
]


@dataclass(frozen=True)
class LogOdds:
    """How the odds of buying compare without and with the bundle.

    Attributes
    ----------
    odds
        Buyers to others among customers without the bundle.
    ratio
        Odds with the bundle, divided by the odds without.
    """

    odds: float
    ratio: float

    @property
    def log_odds(self) -> float:
        """Logarithm of the odds: what the intercept of a logistic regression estimates."""
        return math.log(self.odds)

    @property
    def log_ratio(self) -> float:
        """Logarithm of the ratio: what the slope estimates."""
        return math.log(self.ratio)


def customers() -> pd.DataFrame:
    """Return one row for each customer: promo, channel, n (always 1) and bought_pass (0 or 1)."""
    data = datasets.load("season_pass")
    return data[["Promo", "Channel"]].rename(columns=str.lower).assign(n=1, bought_pass=(data["Pass"] == "YesPass") * 1)


def group_customers(data: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each kind of customer, with the number of those who bought and of all."""
    return data.groupby(["promo", "channel"], observed=True)[["bought_pass", "n"]].sum().reset_index()


def bought_by_channel(grouped: pd.DataFrame) -> pd.DataFrame:
    """Return the number of buyers by channel (rows) and promotion (columns), with the total of each channel."""
    table: pd.DataFrame = adorn_totals(_by_channel(grouped), "col")
    return table


def share_by_channel(grouped: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the customers of each channel who bought."""
    table = grouped.groupby("channel", observed=True)[["bought_pass", "n"]].sum().reset_index()
    return table.assign(percent_bought=table["bought_pass"] / table["n"])


def bundle_share(grouped: pd.DataFrame) -> pd.DataFrame:
    """Return the share of the buyers of each channel who bought the bundle."""
    table = _by_channel(grouped)
    return table.assign(percent_bundle=table["Bundle"] / (table["NoBundle"] + table["Bundle"]))


def promo_totals(data: pd.DataFrame) -> pd.DataFrame:
    """Return buyers and others by promotion, with totals of rows and columns and the share of buyers."""
    table = data.groupby("promo", observed=True)[["bought_pass", "n"]].sum().reset_index()
    table = table.assign(did_not_buy=table.pop("n") - table["bought_pass"])
    totals: pd.DataFrame = adorn_totals(table, ["row", "col"], name="total")
    return totals.assign(percent_bought=totals["bought_pass"] / totals["total"])


def log_odds(totals: pd.DataFrame) -> LogOdds:
    """Return the odds of buying that `promo_totals` counts."""
    odds = (totals["bought_pass"] / totals["did_not_buy"]).to_numpy()
    return LogOdds(float(odds[0]), float(odds[1] / odds[0]))


def _by_channel(grouped: pd.DataFrame) -> pd.DataFrame:
    table = grouped.pivot(index="channel", columns="promo", values="bought_pass")
    return table.set_axis(list(table.columns.astype(str)), axis=1).reset_index()
