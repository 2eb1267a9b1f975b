"""The Dirichlet distribution, by a positive parameter for each category."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from partialpool.families.categories import natural, shares_of
from partialpool.families.matrices import SIMPLEX, MatrixFamily
from partialpool.families.parameters import location
from partialpool.families.random_categories import dirichlet_shares
from partialpool.families.responses import Array

if TYPE_CHECKING:
    from partialpool.engine.tape import Section, Slot

__all__ = ["Dirichlet2"]

_LINKS = ("log", "softplus", "squareplus", "identity", "logm1")


@dataclass(frozen=True, repr=False)
class Dirichlet2(MatrixFamily):
    """Proportions that add up to 1, `cbind(a, b, c) ~ ...`, with a positive mu_k for each category, `mua`, `mub`, ...

    The log density is lgamma(sum mu_k) - sum lgamma(mu_k) + sum (mu_k - 1) log(y_k); the mean is m_k = mu_k / sum_j mu_j,
    the variance m_k (1 - m_k) / (1 + sum_j mu_j). All mu are predicted: there is no reference category.

    Parameters
    ----------
    link
        Link of every mu.

    Examples
    --------
    >>> import partialpool as pp
    >>> data = {"a": [0.3, 0.1], "b": [0.2, 0.5], "c": [0.5, 0.4], "x": [0.0, 1.0]}
    >>> pp.brm("cbind(a, b, c) ~ 1", data, "dirichlet2", empty=True).variables()[:3]
    ['b_mua_Intercept', 'b_mub_Intercept', 'b_muc_Intercept']
    """

    link: str = "log"

    name = "dirichlet2"
    links = _LINKS
    parameters = (location(*_LINKS, lower=0.0, intercept_prior="student_t(3, 0, 2.5)"),)
    response = SIMPLEX

    def add_rows(
        self, section: Section, slots: Mapping[str, Slot], additions: Collection[str], columns: Mapping[str, Any]
    ) -> Slot | None:
        """Add the ops of the family; see `Family.add_rows`."""
        from partialpool.engine.ops.dirichlet_rows import SCRATCH, DirichletRows, SimplexTable
        from partialpool.engine.ops.shares import Shares
        from partialpool.engine.ops.softmax import Proportions, side_by_side

        alphas = tuple(natural(section, slots[name], self.link) for name in self.main_dpars)
        proportions, total, out = Proportions.reserve(section, len(alphas)), section.slot(), section.slot()
        section.add(Shares(alphas, proportions, total, side_by_side(section, 2)))
        table, scratch = SimplexTable.of(columns["y"], section), side_by_side(section, SCRATCH + 1)
        section.add(DirichletRows(out, proportions, total, table, scratch, columns.get("weights")))
        return out

    def mean(self, **given: Any) -> Any:
        """Return mu_k / sum_j mu_j, [..., category]."""
        return shares_of(self.locations(given))

    def draw(self, rng: np.random.Generator, **given: Any) -> Array:
        """Return proportions, [..., category]."""
        return dirichlet_shares(rng, self.locations(given))
