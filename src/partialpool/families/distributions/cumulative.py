"""The cumulative model of ordered categories: a latent variable cut at thresholds."""

from __future__ import annotations

from dataclasses import dataclass

from partialpool.families.ordinal import OrdinalFamily

__all__ = ["Cumulative"]


@dataclass(frozen=True, repr=False)
class Cumulative(OrdinalFamily):
    """Categories k with P(y <= k) = F(disc * (tau_k - mu)), F the inverse link.

    Predictions are probabilities of the categories, [draw, row, category].

    Parameters
    ----------
    link
        Link of mu.
    link_disc
        Link of the discrimination, where it is predicted; it is 1 otherwise.
    threshold
        `"flexible"`, `"equidistant"` or `"sum_to_zero"`.

    References
    ----------
    Bürkner and Vuorre (2019), Ordinal regression models in psychology: a tutorial, Advances in Methods and Practices in
    Psychological Science 2.
    """

    link: str = "logit"
    link_disc: str = "log"
    threshold: str = "flexible"

    name = "cumulative"
    increasing = True
