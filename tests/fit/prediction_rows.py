"""Rows to predict for, and linear predictors of draws in numpy."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

import made_up

FRAME = pd.DataFrame(made_up.data())
NEW = pd.DataFrame(
    {
        "x": [0.0, -3.0, 2.5, 1.0, 4.0],
        "z": [0.1, 0.2, -0.9, 0.0, 0.5],
        "f": ["w", "u", "u", "v", "w"],
        "g": ["dee e", "ann", "ann", "cy", "bob"],
        "h": [1, 20, 3, 3, 10],
        "time": [1.0, 2.0, 0.5, 3.0, 1.5],
        "n": [4, 10, 7, 1, 12],
        "w": [1.0, 2.0, 0.5, 1.0, 3.0],
        "se": [0.2, 0.4, 0.6, 0.8, 1.0],
        "y": [0.3, -1.0, 2.0, 5.0, 1.0],
        "count": [0, 3, 7, 1, 2],
        "yes": [0, 1, 1, 0, 1],
        "positive": [0.4, 1.0, 2.0, 3.0, 0.1],
    }
)


def dummy(frame, name):
    return (frame["f"] == name).astype(float)


def ones(frame):
    return pd.Series(np.ones(len(frame)), index=frame.index)


def level(name):
    return str(name).replace(" ", ".")


def by_hand(fit, frame, population, groups=(), offset=0.0, dpar=""):
    """Return sums of coefficients and effects times columns: [draw, row]."""
    draws = {name: fit.draws[name].ravel() for name in fit.draws.names}
    infix = f"{dpar}_" if dpar else ""
    total = sum(np.outer(draws[f"b_{infix}{coef}"], column) for coef, column in population.items())
    for group, levels, columns in groups:
        variable = f"r_{group}__{dpar}" if dpar else f"r_{group}"
        for coef, column in columns.items():
            effects = np.column_stack([draws[f"{variable}[{level(name)},{coef}]"] for name in levels])
            total = total + effects * np.asarray(column)
    return total + np.asarray(offset)


@cache
def fit_of(formula, family=None):
    """Return a fit of made-up draws."""
    return made_up.fit(formula, family, FRAME)
