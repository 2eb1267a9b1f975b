"""Unordered categories."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from partialpool.errors import DataError, FamilyError, nearest
from partialpool.families.categories import FIRST, SoftmaxFamily
from partialpool.families.parameters import location
from partialpool.families.responses import Array, Mask, Response, fitting_families, numbered
from partialpool.frame.columns import printed
from partialpool.frame.values import Factor, Matrix, Value

if TYPE_CHECKING:
    from partialpool.engine.tape import Section, Slot

__all__ = ["Categorical"]


def _any(y: Array, additions: Mapping[str, Array]) -> Mask:
    return np.isfinite(y)


@dataclass(frozen=True, repr=False)
class Categorical(SoftmaxFamily):
    """Categories k of probability exp(mu_k) / sum_j exp(mu_j), mu being 0 for the reference category.

    The formula predicts one parameter for each other category, called by its letters and digits (`muB` for level `B`);
    each may have a formula of its own, `"muB ~ z"`. Predictions are probabilities of the categories, [draw, row, category].

    Parameters
    ----------
    link
        `"logit"`.
    refcat
        Reference category; the first where it is empty. None: no category is fixed, which only priors identify.

    Examples
    --------
    >>> import partialpool as pp
    >>> data = {"y": ["a", "b", "c", "a"], "x": [0.1, 0.4, -0.2, 0.7]}
    >>> pp.brm("y ~ x", data, "categorical", empty=True).variables()[:4]
    ['b_mub_Intercept', 'b_muc_Intercept', 'b_mub_x', 'b_muc_x']

    References
    ----------
    Agresti (2013), Categorical data analysis, chapter 8.
    """

    link: str = "logit"
    refcat: str | None = FIRST

    name = "categorical"
    parameters = (location("logit", intercept_prior="student_t(3, 0, 2.5)"),)
    response = Response("category", "a factor, texts or whole numbers", _any, discrete=True)

    @property
    def category_values(self) -> tuple[float, ...]:
        """Numbers of the categories, from 1."""
        return tuple(k + 1.0 for k in range(len(self.categories)))

    def _categories_of(self, y: Value) -> tuple[str, ...]:
        if isinstance(y, Matrix):
            raise DataError("family categorical takes one column; family multinomial takes a matrix of counts")
        if isinstance(y, Factor):
            return y.levels
        values = np.unique(y[~np.isnan(y)] if y.dtype.kind == "f" else y)
        if y.dtype.kind == "f" and (values != np.floor(values)).any():
            odd = values[values != np.floor(values)][0]
            found = f"the response has numbers such as {odd:g}"
            raise DataError(f"family categorical takes categories, and {found}; such values suit {fitting_families(y)}")
        return tuple(printed(value) for value in values.tolist())

    def check_response(
        self,
        values: Value,
        name: str = "y",
        additions: Mapping[str, Any] | None = None,
        *,
        missing_allowed: bool = False,
        row_name: Callable[[int], str] | None = None,
    ) -> Array:
        """Return the numbers of the categories, from 1, shape [row]; see `Family.check_response`."""
        codes = self._numbers(values, name, row_name or numbered)
        return super().check_response(codes, name, additions, missing_allowed=missing_allowed, row_name=row_name)

    def _numbers(self, y: Value, name: str, row_name: Callable[[int], str]) -> Array:
        """Return the number of each row's category, NaN for a missing one."""
        levels = self._categories_of(y)
        places = {category: k + 1.0 for k, category in enumerate(self.categories)}
        known = np.array([places.get(level, 0.0) for level in levels] + [np.nan])
        found: Array = known[_codes(y)]
        if (found == 0).any():
            row = int(np.argmax(found == 0))
            level = levels[_codes(y)[row]]
            raise DataError(
                f"response {name!r} is {level!r} in {row_name(row)}, which is no category of the fit; "
                f"{nearest(level, self.categories)}"
            )
        return found

    def add_rows(
        self, section: Section, slots: Mapping[str, Slot], additions: Collection[str], columns: Mapping[str, Any]
    ) -> Slot | None:
        """Add the ops of the family; see `Family.add_rows`."""
        from partialpool.engine.ops.categorical import Categorical as Rows

        proportions, out = self.add_proportions(section, slots), section.slot()
        y = np.asarray(columns["y"] - 1.0, dtype=np.int32)
        section.add(Rows(out, proportions, y, columns.get("weights")))
        return out

    def mean(self, *args: Any, **given: Any) -> Any:
        """Raise: a category has no mean; predictions are probabilities of the categories."""
        raise FamilyError("family categorical has probabilities of categories, no mean")

    def draw(self, rng: np.random.Generator, *args: Any, **given: Any) -> Array:
        """Raise: categories are drawn from their probabilities."""
        raise FamilyError("family categorical draws from the probabilities of its categories")


def _codes(y: Value) -> Any:
    """Return the place of each row's category among those of the response, -1 for a missing one."""
    if isinstance(y, Factor):
        return y.codes
    assert isinstance(y, np.ndarray)  # noqa: S101  (matrices were refused before)
    gone = np.isnan(y) if y.dtype.kind == "f" else np.zeros(len(y), dtype=bool)
    return np.where(gone, -1, np.searchsorted(np.unique(y[~gone]), y))
