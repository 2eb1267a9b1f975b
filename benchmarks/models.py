"""The models that the benchmarks measure."""

from __future__ import annotations

import numpy as np

import partialpool as pp
from partialpool.model.model import Model


def season_pass() -> Model:
    """Return the multilevel model of the season-pass data: 6 rows, 9 parameters."""
    data = pp.datasets.load("season_pass")
    counts = data.assign(bought=data["Pass"] == "YesPass", n=1).groupby(["Promo", "Channel"], observed=True)
    frame = counts[["bought", "n"]].sum().reset_index()
    return pp.brm(
        "bought | trials(n) ~ 0 + (1 + Promo | Channel)",
        frame,
        pp.binomial("logit"),
        pp.prior("normal(0, 1)", class_="sd"),
        empty=True,
    ).model


def crossed(n_rows: int) -> Model:
    """Return a Bernoulli model of 10 predictors and two crossed groups of 3,000 and 1,000 levels."""
    rng = np.random.default_rng(1)
    data = {f"x{i}": rng.normal(size=n_rows) for i in range(10)}
    data |= {"g": rng.integers(0, 3000, n_rows), "h": rng.integers(0, 1000, n_rows), "y": rng.integers(0, 2, n_rows)}
    predictors = " + ".join(f"x{i}" for i in range(10))
    return pp.brm(f"y ~ {predictors} + (1 | g) + (1 | h)", data, pp.bernoulli(), empty=True).model


BYTES_PER_ROW = 10 * 8 + 2 * 4 + 8
"""What a gradient of `crossed` reads of each row: predictors, levels, response."""
