"""The Dirichlet-multinomial distribution."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from partialpool.families.base import COMMON_ADDITIONS
from partialpool.families.categories import FIRST, SoftmaxFamily, natural
from partialpool.families.matrices import COUNT_MATRIX, MatrixFamily
from partialpool.families.parameters import STANDARD, location
from partialpool.families.random_categories import dirichlet_shares, multinomial_counts
from partialpool.families.responses import Array

if TYPE_CHECKING:
    from partialpool.engine.tape import Section, Slot

__all__ = ["DirichletMultinomial"]


@dataclass(frozen=True, repr=False)
class DirichletMultinomial(MatrixFamily, SoftmaxFamily):
    """Counts by category whose probabilities vary from row to row: Dirichlet-distributed, mean p, precision phi.

    With n trials and p_k = exp(mu_k) / sum_j exp(mu_j) the log probability is log(n!) - sum log(y_k!) + lgamma(phi) -
    lgamma(n + phi) + sum lgamma(y_k + phi p_k) - lgamma(phi p_k), the mean n p_k and the variance n p_k (1 - p_k)
    (n + phi) / (1 + phi); for a large phi it is the multinomial.

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
    >>> data = {"a": [3, 1], "b": [2, 2], "c": [0, 4], "n": [5, 7], "x": [0.0, 1.0]}
    >>> pp.brm("cbind(a, b, c) | trials(n) ~ x", data, "dirichlet_multinomial", empty=True).variables()[:5]
    ['b_mub_Intercept', 'b_muc_Intercept', 'b_mub_x', 'b_muc_x', 'phi']

    References
    ----------
    Mosimann (1962), On the compound multinomial distribution, Biometrika 49.
    """

    link: str = "logit"
    link_phi: str = "log"
    refcat: str | None = FIRST

    name = "dirichlet_multinomial"
    parameters = (location("logit", intercept_prior="student_t(3, 0, 2.5)"), STANDARD["phi"])
    response = COUNT_MATRIX
    additions = COMMON_ADDITIONS | {"trials"}
    data = ("trials",)

    def add_rows(
        self, section: Section, slots: Mapping[str, Slot], additions: Collection[str], columns: Mapping[str, Any]
    ) -> Slot | None:
        """Add the ops of the family; see `Family.add_rows`."""
        from partialpool.engine.ops.dirichlet_rows import SCRATCH, DirichletMultinomialRows
        from partialpool.engine.ops.multinomial import CountTable
        from partialpool.engine.ops.softmax import side_by_side

        proportions, out = self.add_proportions(section, slots), section.slot()
        phi = natural(section, slots["phi"], self.link_phi)
        table, scratch = CountTable.of(columns["y"], section), side_by_side(section, SCRATCH + 1)
        section.add(DirichletMultinomialRows(out, proportions, phi, table, scratch, columns.get("weights")))
        return out

    def mean(self, *, trials: Any, phi: Any, **given: Any) -> Any:
        """Return the expected counts, [..., category]."""
        return np.asarray(trials)[..., None] * self.proportions(given)

    def draw(self, rng: np.random.Generator, *, trials: Any, phi: Any, **given: Any) -> Array:  # type: ignore[override]
        """Return counts, [..., category], each row with probabilities of its own."""
        shares = dirichlet_shares(rng, np.asarray(phi)[..., None] * self.proportions(given))
        return multinomial_counts(rng, trials, shares)
