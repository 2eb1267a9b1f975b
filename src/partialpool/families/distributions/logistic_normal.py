"""The logistic normal distribution."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from partialpool.errors import FamilyError
from partialpool.families.base import Family
from partialpool.families.categories import FIRST, natural, plain_name, softmax
from partialpool.families.log_ratios import correlation_factors, correlation_names
from partialpool.families.matrices import SIMPLEX, MatrixFamily
from partialpool.families.normal_means import expected_shares
from partialpool.families.parameters import STANDARD, Parameter, location
from partialpool.families.responses import Array
from partialpool.frame.values import Value

if TYPE_CHECKING:
    from partialpool.engine.tape import Section, Slot

__all__ = ["LogisticNormal"]

_SIGMA = replace(STANDARD["sigma"], prior="student_t(3, 0, 2.5)", intercept_prior="student_t(3, 0, 2.5)")


@dataclass(frozen=True, repr=False)
class LogisticNormal(MatrixFamily):
    """Proportions that add up to 1, `cbind(a, b, c) ~ ...`, whose log ratios to a reference category are normal.

    z_k = log(y_k / y_ref) is multivariate normal with means `mub`, `muc`, ..., standard deviations `sigmab`, `sigmac`, ...
    and correlations `lncor`, with an LKJ prior; the log density is that of z, less sum log(y_k). Each mu is predicted by the
    formula, each sigma may have a formula of its own. The mean of y has no closed form and is computed by quadrature.

    Parameters
    ----------
    link
        Link of every mu.
    link_sigma
        Link of those sigma that are predicted.
    refcat
        Reference category; the first where it is empty.

    Examples
    --------
    >>> import partialpool as pp
    >>> data = {"a": [0.3, 0.1], "b": [0.2, 0.5], "c": [0.5, 0.4], "x": [0.0, 1.0]}
    >>> pp.brm("cbind(a, b, c) ~ 1", data, "logistic_normal", empty=True).variables()[:5]
    ['b_mub_Intercept', 'b_muc_Intercept', 'sigmab', 'sigmac', 'lncor__b__c']

    References
    ----------
    Aitchison and Shen (1980), Logistic-normal distributions: some properties and uses, Biometrika 67.
    """

    link: str = "identity"
    link_sigma: str = "log"
    refcat: str = FIRST

    name = "logistic_normal"
    links = ("identity",)
    parameters = (location("identity", intercept_prior="student_t(3, 0, 2.5)"), _SIGMA)
    response = SIMPLEX

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.refcat is None:
            raise FamilyError("family logistic_normal needs a reference category: refcat is the name of a column")

    def bound(self, y: Value, columns: Mapping[str, Value]) -> Family:
        """Return the family with a location and a scale for each log ratio; see `CategoryFamily.bound`."""
        family = super().bound(y, columns)
        assert isinstance(family, LogisticNormal)  # noqa: S101
        object.__setattr__(family, "correlated", family._ratios)
        return family

    def _parameters(self) -> tuple[Parameter, ...]:
        sigmas = tuple(replace(_SIGMA, name=f"sigma{name}") for name in self._ratios)
        return (*super()._parameters()[: len(self.compared)], *sigmas)

    def _link_name(self, dpar: str) -> str:
        return self.link_sigma if dpar.startswith("sigma") else super()._link_name(dpar)

    @property
    def _ratios(self) -> tuple[str, ...]:
        """Names of the log ratios: those of their categories."""
        return tuple(plain_name(self.categories[k]) for k in self.compared)

    def add_rows(
        self, section: Section, slots: Mapping[str, Slot], additions: Collection[str], columns: Mapping[str, Any]
    ) -> Slot | None:
        """Add the ops of the family; see `Family.add_rows`."""
        from partialpool.engine.ops.logistic_normal import LogisticNormalRows, LogRatioTable
        from partialpool.engine.ops.softmax import side_by_side

        assert self.reference is not None  # noqa: S101  (there is one in this family)
        mus = tuple(slots[name] for name in self.main_dpars)
        sigmas = tuple(natural(section, slots[f"sigma{name}"], self.link_sigma) for name in self._ratios)
        out, scratch = section.slot(), side_by_side(section, 3 * len(mus) + 1)
        table = LogRatioTable.of(columns["y"], self.reference, section)
        section.add(LogisticNormalRows(out, slots["lncor"], mus, sigmas, table, scratch, columns.get("weights")))
        return out

    def mean(self, **given: Any) -> Any:
        """Return the means of the proportions, [..., category], by quadrature."""
        assert self.reference is not None  # noqa: S101
        return expected_shares(self._log_ratio_means(given), self._factors(given), self.reference)

    def draw(self, rng: np.random.Generator, **given: Any) -> Array:
        """Return proportions, [..., category]."""
        means = self._log_ratio_means(given)
        noise = np.einsum("...ij,...j->...i", self._factors(given), rng.standard_normal(means.shape))
        whole = np.zeros((*means.shape[:-1], len(self.categories)))
        whole[..., list(self.compared)] = means + noise
        return softmax(whole)

    def _log_ratio_means(self, given: Mapping[str, Any]) -> Array:
        return self.locations(given)[..., list(self.compared)]

    def _factors(self, given: Mapping[str, Any]) -> Array:
        """Return square roots of the covariance matrices of the log ratios, [..., log ratio, log ratio]."""
        sigmas = np.stack(np.broadcast_arrays(*(given[f"sigma{name}"] for name in self._ratios)), axis=-1)
        # correlations are the same for all rows
        correlations = {name: np.asarray(given[name])[..., :1] for name in correlation_names(self._ratios).values()}
        return np.asarray(sigmas[..., None] * correlation_factors(self._ratios, correlations))
