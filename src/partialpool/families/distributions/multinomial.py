"""The multinomial distribution."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from partialpool.families.base import COMMON_ADDITIONS
from partialpool.families.categories import FIRST, SoftmaxFamily
from partialpool.families.matrices import COUNT_MATRIX, MatrixFamily
from partialpool.families.parameters import location
from partialpool.families.random_categories import multinomial_counts
from partialpool.families.responses import Array

if TYPE_CHECKING:
    from partialpool.engine.tape import Section, Slot

__all__ = ["Multinomial"]


@dataclass(frozen=True, repr=False)
class Multinomial(MatrixFamily, SoftmaxFamily):
    """Counts by category, `cbind(a, b, c) | trials(n) ~ ...`, with probabilities p_k = exp(mu_k) / sum_j exp(mu_j).

    The log probability is log(n!) - sum log(y_k!) + sum y_k log(p_k), the mean n p_k, the variance n p_k (1 - p_k). The
    formula predicts one mu for each category but the reference, `mub`, `muc`, ...

    Parameters
    ----------
    link
        `"logit"`.
    refcat
        Reference category, whose mu is 0; the first where it is empty. None: no category is fixed.

    Examples
    --------
    >>> import partialpool as pp
    >>> data = {"a": [3, 1], "b": [2, 2], "c": [0, 4], "n": [5, 7], "x": [0.0, 1.0]}
    >>> pp.brm("cbind(a, b, c) | trials(n) ~ x", data, "multinomial", empty=True).variables()[:4]
    ['b_mub_Intercept', 'b_muc_Intercept', 'b_mub_x', 'b_muc_x']
    """

    link: str = "logit"
    refcat: str | None = FIRST

    name = "multinomial"
    parameters = (location("logit", intercept_prior="student_t(3, 0, 2.5)"),)
    response = COUNT_MATRIX
    additions = COMMON_ADDITIONS | {"trials"}
    data = ("trials",)

    def add_rows(
        self, section: Section, slots: Mapping[str, Slot], additions: Collection[str], columns: Mapping[str, Any]
    ) -> Slot | None:
        """Add the ops of the family; see `Family.add_rows`."""
        from partialpool.engine.ops.multinomial import CountTable
        from partialpool.engine.ops.multinomial import Multinomial as Rows

        proportions, out = self.add_proportions(section, slots), section.slot()
        section.add(Rows(out, proportions, CountTable.of(columns["y"], section), columns.get("weights")))
        return out

    def mean(self, *, trials: Any, **given: Any) -> Any:
        """Return the expected counts, [..., category]."""
        return np.asarray(trials)[..., None] * self.proportions(given)

    def draw(self, rng: np.random.Generator, *, trials: Any, **given: Any) -> Array:  # type: ignore[override]
        """Return counts, [..., category]."""
        return multinomial_counts(rng, trials, self.proportions(given))
