"""The Dirichlet distribution, by mean and precision."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from partialpool.families.categories import FIRST, SoftmaxFamily, natural
from partialpool.families.matrices import SIMPLEX, MatrixFamily
from partialpool.families.parameters import STANDARD, location
from partialpool.families.random_categories import dirichlet_shares
from partialpool.families.responses import Array

if TYPE_CHECKING:
    from partialpool.engine.tape import Section, Slot

__all__ = ["Dirichlet"]


@dataclass(frozen=True, repr=False)
class Dirichlet(MatrixFamily, SoftmaxFamily):
    """Proportions that add up to 1, `cbind(a, b, c) ~ ...`, of mean p_k = exp(mu_k) / sum_j exp(mu_j), precision phi.

    The log density is lgamma(phi) - sum lgamma(phi p_k) + sum (phi p_k - 1) log(y_k), the variance p_k (1 - p_k) /
    (1 + phi). The formula predicts one mu for each category but the reference, `mub`, `muc`, ...

    Parameters
    ----------
    link
        `"logit"`.
    link_phi
        Link of phi, where it is predicted.
    refcat
        Reference category, whose mu is 0; the first where it is empty. None: no category is fixed.

    Examples
    --------
    >>> import partialpool as pp
    >>> data = {"a": [0.3, 0.1], "b": [0.2, 0.5], "c": [0.5, 0.4], "x": [0.0, 1.0]}
    >>> pp.brm("cbind(a, b, c) ~ x", data, "dirichlet", empty=True).variables()[:5]
    ['b_mub_Intercept', 'b_muc_Intercept', 'b_mub_x', 'b_muc_x', 'phi']

    References
    ----------
    Douma and Weedon (2019), Analysing continuous proportions in ecology and evolution, Methods in Ecology and Evolution 10.
    """

    link: str = "logit"
    link_phi: str = "log"
    refcat: str | None = FIRST

    name = "dirichlet"
    parameters = (location("logit", intercept_prior="student_t(3, 0, 2.5)"), STANDARD["phi"])
    response = SIMPLEX

    def add_rows(
        self, section: Section, slots: Mapping[str, Slot], additions: Collection[str], columns: Mapping[str, Any]
    ) -> Slot | None:
        """Add the ops of the family; see `Family.add_rows`."""
        from partialpool.engine.ops.dirichlet_rows import SCRATCH, DirichletRows, SimplexTable
        from partialpool.engine.ops.softmax import side_by_side

        proportions, out = self.add_proportions(section, slots), section.slot()
        phi = natural(section, slots["phi"], self.link_phi)
        table, scratch = SimplexTable.of(columns["y"], section), side_by_side(section, SCRATCH + 1)
        section.add(DirichletRows(out, proportions, phi, table, scratch, columns.get("weights")))
        return out

    def mean(self, *, phi: Any, **given: Any) -> Any:
        """Return p, [..., category]."""
        return self.proportions(given)

    def draw(self, rng: np.random.Generator, *, phi: Any, **given: Any) -> Array:  # type: ignore[override]
        """Return proportions, [..., category]."""
        return dirichlet_shares(rng, np.asarray(phi)[..., None] * self.proportions(given))
