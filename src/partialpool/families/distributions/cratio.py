"""The sequential model of ordered categories with the continuation ratio."""

from __future__ import annotations

from dataclasses import dataclass

from partialpool.families.ordinal import OrdinalFamily, sequential_parameters

__all__ = ["Cratio"]


@dataclass(frozen=True, repr=False)
class Cratio(OrdinalFamily):
    """Categories reached step by step: P(y > k | y >= k) = F(disc * (mu - tau_k)).

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

    name = "cratio"
    mu_less_threshold = True
    parameters = sequential_parameters
