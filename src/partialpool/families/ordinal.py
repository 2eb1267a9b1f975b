"""What the families of ordered categories share: thresholds, category probabilities, support check."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from partialpool.errors import DataError, FamilyError, nearest
from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.parameters import BOUNDED_LINKS, STANDARD, Parameter, location
from partialpool.families.responses import Array, Mask, Response
from partialpool.frame.values import Factor, Matrix, Value

if TYPE_CHECKING:
    from partialpool.engine.tape import Section, Slot

__all__ = ["ORDINAL_PARAMETERS", "THRESHOLDS", "OrdinalFamily", "ThresholdLayout", "sequential_parameters"]

THRESHOLDS = ("flexible", "equidistant", "sum_to_zero")
"""Kinds of thresholds."""

_DISC = replace(STANDARD["disc"], value=1.0)

ORDINAL_PARAMETERS = (location(*BOUNDED_LINKS, intercept_prior="student_t(3, 0, 2.5)"), _DISC)
"""Location and discrimination; the latter is 1 where it is not predicted."""

sequential_parameters = (
    location(*(link for link in BOUNDED_LINKS if link != "softit"), intercept_prior="student_t(3, 0, 2.5)"),
    _DISC,
)
"""The same for sequential models, which do not have the link softit."""


def _category(y: Array, additions: Mapping[str, Array]) -> Mask:
    return np.asarray((y >= 0) & (y == np.floor(y)))


@dataclass(frozen=True)
class ThresholdLayout:
    """The thresholds of an ordinal model.

    Attributes
    ----------
    kind
        One of `THRESHOLDS`.
    ordered
        Whether they must increase.
    counts
        Number of thresholds of each group.
    groups
        Names of the groups that have thresholds of their own; empty where all rows share theirs.
    """

    kind: str
    ordered: bool
    counts: tuple[int, ...]
    groups: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Number of thresholds of all groups."""
        return sum(self.counts)

    @property
    def firsts(self) -> tuple[int, ...]:
        """Place of the first threshold of each group among all."""
        return tuple(sum(self.counts[:i]) for i in range(len(self.counts)))

    @property
    def indices(self) -> tuple[str, ...]:
        """Index of each threshold in public names: `2`, or `item1,2`."""
        names = self.groups or ("",)
        return tuple(
            f"{group},{k + 1}" if group else str(k + 1)
            for group, count in zip(names, self.counts, strict=True)
            for k in range(count)
        )


class OrdinalFamily(Family):
    """A family of ordered categories. A subclass states its fields (`link`, `link_disc`, `threshold`) and name.

    Attributes
    ----------
    layout
        The thresholds, once the family is bound to its response.
    increasing
        Whether its thresholds must increase.
    extra
        Number of categories before those that the thresholds part: 1 with a hurdle.
    mu_less_threshold
        Whether probabilities depend on mu less the thresholds; else on the thresholds less mu.
    """

    parameters: tuple[Parameter, ...] = ORDINAL_PARAMETERS
    response = Response("ordered", "whole numbers from 1, or an ordered factor", _category, discrete=True)
    additions = COMMON_ADDITIONS | {"thres", "cat"}
    threshold: str
    layout: ThresholdLayout | None = None
    increasing: ClassVar[bool] = False
    extra: ClassVar[int] = 0
    mu_less_threshold: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.threshold not in THRESHOLDS:
            raise FamilyError(f"threshold={self.threshold!r}; {nearest(self.threshold, THRESHOLDS)}")

    def bound(self, y: Value, columns: Mapping[str, Any]) -> Family:
        """Return the family with the categories of a response and its thresholds."""
        codes = self._codes(y)
        groups = columns.get("thres_gr")
        wanted = columns.get("thres")
        if isinstance(groups, Factor):
            counts = tuple(
                _threshold_count(codes[groups.codes == g], None if wanted is None else wanted[groups.codes == g])
                for g in range(len(groups.levels))
            )
            layout = ThresholdLayout(self.threshold, self.increasing, counts, groups.levels)
        else:
            layout = ThresholdLayout(self.threshold, self.increasing, (_threshold_count(codes, wanted),))
        return self._with(categories=self._names(y, max(layout.counts)), layout=layout)

    @property
    def category_values(self) -> tuple[float, ...]:
        """Whole numbers from 1, or from 0 where there is a hurdle."""
        return tuple(float(k + 1 - self.extra) for k in range(len(self.categories)))

    def _with(self, **bound: Any) -> Family:
        family = replace(self)  # type: ignore[type-var]
        for name, value in bound.items():
            object.__setattr__(family, name, value)
        return family

    def _codes(self, y: Value) -> Array:
        """Return the number of each row's category, from 1 (from 0 for one before the thresholds)."""
        if isinstance(y, Matrix):
            raise DataError(f"family {self.name} takes one response, not a matrix")
        if isinstance(y, Factor):
            if not y.ordered and len(y.levels) > 1:
                shown = ", ".join(map(repr, y.levels[:4])) + (", ..." if len(y.levels) > 4 else "")
                raise DataError(
                    f"family {self.name} needs an order, and the levels of the response, {shown}, have none: write "
                    "ordered(y) ~ ... if this is their order, or make the column an ordered categorical; family "
                    f"{'bernoulli' if len(y.levels) == 2 else 'categorical'} takes levels without order"
                )
            return np.where(y.codes < 0, np.nan, y.codes + 1.0 - self.extra)
        return np.asarray(y, dtype=np.float64)

    def _names(self, y: Value, n_thresholds: int) -> tuple[str, ...]:
        if isinstance(y, Factor):
            return y.levels
        return tuple(str(k) for k in range(1 - self.extra, n_thresholds + 2))

    def check_response(
        self,
        values: Value,
        name: str = "y",
        additions: Mapping[str, Any] | None = None,
        *,
        missing_allowed: bool = False,
        row_name: Any = None,
    ) -> Array:
        """Return the numbers of the categories, shape [row]; see `Family.check_response`."""
        codes = self._codes(values)
        given = {key: value for key, value in (additions or {}).items() if not key.startswith("thres")}
        y = super().check_response(codes, name, given, missing_allowed=missing_allowed, row_name=row_name)
        lowest = 1 - self.extra
        if (y < lowest).any():
            row = int(np.argmax(y < lowest))
            called = f"row {row + 1}" if row_name is None else row_name(row)
            fitting = (
                "bernoulli takes 0 and 1" if y.max() <= 1 else "hurdle_cumulative takes 0 as a category of its own"
            )
            hint = "" if self.extra else f"; {fitting}"
            raise DataError(
                f"response {name!r} of family {self.name} starts at {lowest}, but {called} is {y[row]:g}{hint}"
            )
        return y

    def add_rows(
        self, section: Section, slots: Mapping[str, Slot], additions: Collection[str], columns: Mapping[str, Any]
    ) -> Slot | None:
        """Add the op of the family; see `Family.add_rows`."""
        from partialpool.engine.ops.inverse_link import InverseLink
        from partialpool.engine.ops.ordinal import SCRATCH, Ordinal

        assert self.layout is not None  # noqa: S101  (the family is bound by now)
        out = self.start_rows(section, slots, columns)
        disc = slots["disc"]
        if disc.region == "row":
            natural = section.slot()
            section.add(InverseLink(disc, natural, self.link_of("disc").name))
            disc = natural
        first, size = self._places(columns)
        scratch, *_ = [section.slot() for _ in range(SCRATCH)]  # next to one another
        section.add(
            Ordinal(
                family=self.kernel_name,
                link=self.link_of("mu").name,
                out=out,
                eta=slots["mu"],
                thresholds=slots["thresholds"],
                disc=disc,
                specific=slots.get("specific"),
                scratch=scratch,
                y=columns["y"],
                first=first,
                size=size,
                weights=columns.get("weights"),
            )
        )
        return out

    @property
    def kernel_name(self) -> str:
        """Name of the distribution over the thresholds."""
        return self.name

    def start_rows(self, section: Section, slots: Mapping[str, Slot], columns: Mapping[str, Any]) -> Slot:
        """Return the row slot that the op adds to, set to zero for each block."""
        from partialpool.engine.ops.linear import Linear

        out = section.slot()
        section.add(Linear(out, None, None, section.blocked(np.empty((section.n_rows, 0)))))
        return out

    def _places(self, columns: Mapping[str, Any]) -> tuple[Any, Any]:
        """Return the place of each row's first threshold and their number, None where all rows share theirs."""
        layout, groups = self.layout, columns.get("thres_gr")
        if layout is None or not isinstance(groups, Factor):
            return None, None
        firsts, counts = np.array(layout.firsts, dtype=np.int32), np.array(layout.counts, dtype=np.int32)
        return firsts[groups.codes], counts[groups.codes]

    def log_density(self, y: Any, *args: Any, **given: Any) -> Any:
        """Raise: the density is an op of its own."""
        raise FamilyError(f"the density of family {self.name} is not a formula of its parameters")

    def mean(self, *args: Any, **given: Any) -> Any:
        """Raise: an ordered category has no mean; predictions are probabilities of the categories."""
        raise FamilyError(f"family {self.name} has probabilities of categories, no mean")

    def draw(self, rng: np.random.Generator, *args: Any, **given: Any) -> Array:
        """Raise: categories are drawn from their probabilities."""
        raise FamilyError(f"family {self.name} draws from the probabilities of its categories")


def _threshold_count(codes: Array, wanted: Any) -> int:
    """Return the number of thresholds that rows need, or that `thres()` asks for."""
    largest = int(np.nanmax(codes)) - 1
    if wanted is None:
        return max(1, largest)
    asked = np.unique(np.asarray(wanted, dtype=np.float64))
    if len(asked) != 1 or asked[0] != np.floor(asked[0]) or asked[0] < 1:
        raise DataError("thres() takes one positive whole number, the same for all rows of a group")
    if asked[0] < largest:
        raise DataError(f"thres({asked[0]:g}) leaves out category {largest + 1}, which occurs")
    return int(asked[0])
