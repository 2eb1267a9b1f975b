"""The adjacent-category model of ordered categories."""

from __future__ import annotations

from dataclasses import dataclass

from partialpool.families.ordinal import OrdinalFamily

__all__ = ["Acat"]


@dataclass(frozen=True, repr=False)
class Acat(OrdinalFamily):
    """Neighbouring categories: P(y = k + 1 | y in {k, k + 1}) = F(disc * (mu - tau_k)).

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

    name = "acat"
    mu_less_threshold = True
