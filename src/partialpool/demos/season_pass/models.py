"""The three models: the promotion alone, its interaction with the channel, and coefficients that vary by channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from partialpool.brm import brm
from partialpool.families import brmsfamily
from partialpool.priors.prior import prior

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.fit.fit import Fit

__all__ = ["MODELS", "Specification", "fit_model", "new_customers", "odds", "predict_channels", "predict_promotions"]

PROB = 0.89
"""Probability of the intervals of this analysis."""


@dataclass(frozen=True)
class Specification:
    """One model of the analysis.

    Attributes
    ----------
    name, title
        Short name, and what the model is, in words.
    formula
        Its formula.
    priors
        Class and text of each prior.
    adapt_delta
        Acceptance rate that the sampler aims at.
    """

    name: str
    title: str
    formula: str
    priors: tuple[tuple[str, str], ...]
    adapt_delta: float = 0.8


_COEFFICIENTS = (("Intercept", "normal(0, 1)"), ("b", "normal(0, 1)"))

MODELS = (
    Specification("baseline", "Promotion alone", "bought_pass | trials(n) ~ 1 + promo", _COEFFICIENTS),
    Specification("interactions", "Promotion by channel", "bought_pass | trials(n) ~ promo * channel", _COEFFICIENTS),
    Specification(
        *("multilevel", "Coefficients that vary by channel", "bought_pass | trials(n) ~ 0 + (1 + promo | channel)"),
        priors=(("sd", "normal(0, 1)"),),
        adapt_delta=0.95,
    ),
)
"""The models in the order in which the analysis tells of them."""


def fit_model(model: Specification, grouped: pd.DataFrame, **settings: Any) -> Fit:
    """Fit one of the models to the grouped customers; `settings` are those of `brm` (`iter`, `seed`, ...)."""
    return brm(
        model.formula,
        data=grouped,
        family=brmsfamily("binomial", link="logit"),
        prior=[prior(text, class_=class_) for class_, text in model.priors],
        control={"adapt_delta": model.adapt_delta},
        **settings,
    )


def odds(baseline: Fit) -> pd.DataFrame:
    """Return the coefficients on the scale of the odds."""
    table = baseline.fixef()
    return table.transform(np.exp)


def new_customers(**columns: list[str]) -> pd.DataFrame:
    """Return a customer for each row of the columns, contacted once."""
    import pandas as pd

    return pd.DataFrame({**columns, "n": 1})


def predict_promotions(baseline: Fit, seed: int) -> pd.DataFrame:
    """Return the predicted chance of buying without and with the bundle."""
    return _predict(baseline, new_customers(promo=["NoBundle", "Bundle"]), seed)


def predict_channels(fit: Fit, seed: int) -> pd.DataFrame:
    """Return the predicted chance of buying the bundle by email and in the park."""
    return _predict(fit, new_customers(promo=["Bundle", "Bundle"], channel=["Email", "Park"]), seed)


def _predict(fit: Fit, rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    import pandas as pd

    predicted = fit.predict(rows, seed=seed)
    assert isinstance(predicted, pd.DataFrame)  # noqa: S101  (it was asked for a summary)
    return rows.drop(columns="n").join(predicted)
