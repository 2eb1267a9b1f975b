"""What the families of several categories share: a location for each category but a reference, and how they are named."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from partialpool.errors import DataError, FamilyError, nearest
from partialpool.families.base import Family
from partialpool.families.links import Link
from partialpool.families.parameters import Parameter
from partialpool.families.responses import Array
from partialpool.frame.values import Value

if TYPE_CHECKING:
    from partialpool.engine.ops.softmax import Proportions
    from partialpool.engine.tape import Section, Slot

__all__ = [
    "FIRST",
    "CategoryFamily",
    "SoftmaxFamily",
    "natural",
    "plain_name",
    "shares_of",
    "softmax",
]

FIRST = ""
"""The reference category that stands for whichever comes first."""

_INTERCEPT = "student_t(3, 0, 2.5)"


class JointLogit(Link):
    """The link of predictors that a softmax turns into proportions together; each is itself the parameter."""

    name = "logit"

    def inverse(self, eta: Any) -> Any:
        return eta

    def link(self, mu: Array) -> Array:
        return np.asarray(mu, dtype=np.float64)


_JOINT_LOGIT = JointLogit()


def plain_name(category: str) -> str:
    """Return the part of a parameter's name that stands for a category: its letters and digits.

    Examples
    --------
    >>> plain_name("very_good")
    'verygood'
    """
    return "".join(sign for sign in category if sign.isalnum())


def softmax(etas: Array) -> Array:
    """Return proportions, exp(eta_k) / sum_j exp(eta_j) along the last axis.

    Examples
    --------
    >>> softmax(np.array([0.0, 0.0, -np.inf]))
    array([0.5, 0.5, 0. ])
    """
    return shares_of(np.exp(etas - etas.max(axis=-1, keepdims=True)))


def shares_of(values: Array) -> Array:
    """Return positive numbers divided by their sum along the last axis."""
    return np.asarray(values / values.sum(axis=-1, keepdims=True))


class CategoryFamily(Family):
    """A family with a location for each category, `muB`, `muC`, ..., known once the family is bound to a response.

    A subclass states its fields (`link`, `refcat`, links of further parameters) and what `Family` asks for.

    Attributes
    ----------
    categories
        Names of the categories.
    reference
        Place of the category whose location is fixed at 0; None where there is none.
    """

    link: str
    links: ClassVar[tuple[str, ...]] = ("logit",)
    categories: tuple[str, ...] = ()
    reference: int | None = None

    # What binding finds ---------------------------------------------------------------------------------------------

    def bound(self, y: Value, columns: Mapping[str, Value]) -> Family:
        """Return the family with the categories of a response, and a location for each.

        Raises
        ------
        DataError
            If the response has not the form that the family takes, fewer than two categories, or two whose names agree
            in all letters and digits.
        FamilyError
            If the reference category is not among them.
        """
        categories = self._categories_of(y)
        _check_names(categories, self.name)
        family = replace(self)  # type: ignore[type-var]
        object.__setattr__(family, "categories", categories)
        object.__setattr__(family, "reference", self._place_of_reference(categories))
        object.__setattr__(family, "parameters", family._parameters())
        return family

    @abstractmethod
    def _categories_of(self, y: Value) -> tuple[str, ...]:
        """Return the names of the categories of a response."""

    def _place_of_reference(self, categories: tuple[str, ...]) -> int | None:
        refcat = getattr(self, "refcat", None)
        if refcat is None:
            return None
        if refcat == FIRST:
            return 0
        if str(refcat) not in categories:
            raise FamilyError(f"refcat={refcat!r} is not a category; {nearest(str(refcat), categories)}")
        return categories.index(str(refcat))

    def _parameters(self) -> tuple[Parameter, ...]:
        """Return the locations, then the other parameters."""
        others = type(self).parameters[1:]
        return (*(Parameter(name, self.links, intercept_prior=_INTERCEPT) for name in self.main_dpars), *others)

    # Names ----------------------------------------------------------------------------------------------------------

    @property
    def compared(self) -> tuple[int, ...]:
        """Places of the categories that have a location."""
        return tuple(k for k in range(len(self.categories)) if k != self.reference)

    @property
    def main_dpars(self) -> tuple[str, ...]:
        """Names of the locations."""
        if not self.categories:
            return ("mu",)
        return tuple(f"mu{plain_name(self.categories[k])}" for k in self.compared)

    def _link_name(self, dpar: str) -> str:
        return self.link if dpar in self.main_dpars else super()._link_name(dpar)

    # Arrays ---------------------------------------------------------------------------------------------------------

    def locations(self, given: Mapping[str, Any]) -> Array:
        """Return the locations of all categories, [..., category], 0 for the reference."""
        values = np.broadcast_arrays(*(given[name] for name in self.main_dpars))
        whole = np.zeros((*values[0].shape, len(self.categories)))
        for k, value in zip(self.compared, values, strict=True):
            whole[..., k] = value
        return whole

    def log_density(self, y: Any, *args: Any, **given: Any) -> Any:
        """Raise: the density is an op of its own."""
        raise FamilyError(f"the density of family {self.name} is not a formula of scalars")


class SoftmaxFamily(CategoryFamily):
    """A family whose locations a softmax turns into proportions."""

    refcat: str | None

    def link_of(self, dpar: str) -> Link:
        """Return the link of a distributional parameter."""
        return _JOINT_LOGIT if dpar in self.main_dpars else super().link_of(dpar)

    def proportions(self, given: Mapping[str, Any]) -> Array:
        """Return the proportions of all categories, [..., category]."""
        return softmax(self.locations(given))

    def add_proportions(self, section: Section, slots: Mapping[str, Slot]) -> Proportions:
        """Add the op that computes the proportions of the rows, and return their slots."""
        from partialpool.engine.ops.softmax import Proportions, Softmax, side_by_side

        etas: list[Slot | None] = [None] * len(self.categories)
        for k, name in zip(self.compared, self.main_dpars, strict=True):
            etas[k] = slots[name]
        target = Proportions.reserve(section, len(self.categories))
        section.add(Softmax(tuple(etas), target, side_by_side(section, 2)))
        return target


def natural(section: Section, slot: Slot, link: str) -> Slot:
    """Return the slot of a positive parameter, of which a row slot holds the predictor."""
    from partialpool.engine.ops.inverse_link import InverseLink

    if slot.region != "row":
        return slot
    target = section.slot()
    section.add(InverseLink(slot, target, link))
    return target


def _check_names(categories: tuple[str, ...], family: str) -> None:
    if len(categories) < 2:
        raise DataError(f"family {family} needs at least two categories, and the response has {len(categories)}")
    seen: dict[str, str] = {}
    for category in categories:
        name = plain_name(category)
        if not name:
            raise DataError(f"category {category!r} has no letter or digit to name its parameters by; rename it")
        if name in seen:
            raise DataError(
                f"categories {seen[name]!r} and {category!r} would both be called {name!r} in names of parameters; "
                "rename one of them"
            )
        seen[name] = category
