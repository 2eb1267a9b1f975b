"""Group-level terms: effects that vary by the levels of a group, correlated or not, within and across predictors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.ops.correlations import Correlations
from partialpool.engine.ops.group_effects import GroupEffects
from partialpool.engine.tape import Section, Slot
from partialpool.errors import DataError
from partialpool.formula.nodes import GroupTerm, Source
from partialpool.frame.columns import Frame
from partialpool.frame.contrasts import Coding
from partialpool.frame.design import Design
from partialpool.frame.groups import GroupIndex
from partialpool.priors.prior import Prior
from partialpool.terms.declarations import Declarations
from partialpool.terms.group_columns import add_effects
from partialpool.terms.inputs import Inputs
from partialpool.terms.new_levels import NewLevels, drawn_effects
from partialpool.terms.output import Output
from partialpool.terms.place import Place

__all__ = ["GroupBlock", "GroupMember", "learn_member", "number_blocks"]


@dataclass(frozen=True, eq=False)
class GroupMember:
    """The coefficients of one group-level term in one predictor.

    Attributes
    ----------
    place
        The predictor.
    term
        What the formula says.
    design
        How the columns that the effects are multiplied by are made.
    index
        Levels of the group.
    """

    place: Place
    term: GroupTerm
    design: Design
    index: GroupIndex


def learn_member(
    place: Place,
    term: GroupTerm,
    frame: Frame,
    *,
    source: Source,
    cmc: bool,
    contrasts: Mapping[str, Coding] | None,
) -> GroupMember:
    """Learn the design and the levels of a group-level term.

    Raises
    ------
    FormulaError
        For parts of the language that are not supported yet.
    """
    inner = term.coefficients
    if term.call != "gr" or term.options:
        what = "mm()" if term.call != "gr" else f"gr({term.options[0][0]} = ...)"
        raise source.error(f"{what} is not supported yet", term.span)
    if inner.specials:
        call = inner.specials[0].calls[0]
        raise source.error(f"{call.function}() in a group-level term is not supported yet", call.span)
    if inner.offsets:
        raise source.error("a group-level term cannot have an offset", term.span)
    design = Design.learn(inner.terms, inner.intercept, frame, contrasts=contrasts, cmc=cmc, source=source)
    if not design.names:
        raise source.error("this group-level term has no coefficients", term.span)
    return GroupMember(place, term, design, GroupIndex.learn(term.groups, frame))


def number_blocks(members: Sequence[GroupMember], sources: Mapping[Place, Source]) -> list[GroupBlock]:
    """Return the blocks of jointly distributed effects: one for each term, or for all terms of one id.

    Raises
    ------
    FormulaError
        If a coefficient of a group stands twice in a predictor, or terms of one id differ in group or correlation.
    """
    blocks: dict[str | int, list[GroupMember]] = {}
    seen: set[tuple[Place, str, str]] = set()
    for i, member in enumerate(members):
        term = member.term
        for coef in member.design.names:
            if (member.place, term.name, coef) in seen:
                message = f"the effect of {coef!r} by group {term.name!r} stands in the formula twice"
                raise sources[member.place].error(message, term.span)
            seen.add((member.place, term.name, coef))
        joint = blocks.setdefault(i if term.id is None else term.id, [])
        if joint and joint[0].term.name != term.name:
            message = f"terms of one id have one group, and id {term.id!r} has {joint[0].term.name!r} and {term.name!r}"
            raise sources[member.place].error(f"{message}; use an id for each group", term.span)
        if joint and joint[0].term.correlated != term.correlated:
            raise sources[member.place].error(f"terms of id {term.id!r} must all be correlated, or none", term.span)
        joint.append(member)
    return [GroupBlock(i + 1, tuple(joint)) for i, joint in enumerate(blocks.values())]


@dataclass(frozen=True, eq=False)
class GroupBlock:
    """Effects of one group that have a joint distribution, with coefficients in one or several predictors.

    Attributes
    ----------
    number
        Number of the block, as in `sd_1`, `z_1`, `L_1`.
    members
        Its terms.
    """

    number: int
    members: tuple[GroupMember, ...]

    @property
    def group(self) -> str:
        """Public name of the group."""
        return self.members[0].term.name

    @property
    def index(self) -> GroupIndex:
        """Levels of the group."""
        return self.members[0].index

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """Public names of the levels."""
        return self.index.public_levels

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Columns of the data that the block reads, the grouping columns among them."""
        used = (name for m in self.members for name in (*m.design.columns_used, *m.term.groups))
        return tuple(dict.fromkeys(used))

    @property
    def coefficients(self) -> tuple[tuple[Place, str], ...]:
        """Place and name of each coefficient."""
        return tuple((m.place, name) for m in self.members for name in m.design.names)

    @property
    def correlated(self) -> bool:
        """Whether the block has correlations."""
        return self.members[0].term.correlated and len(self.coefficients) > 1

    def default_priors(self, sd_prior: str) -> list[Prior]:
        """Return the default rows of the block; rows that several blocks share appear in each."""
        rows = []
        if self.correlated:
            rows = [Prior("lkj(1)", "cor", source="default"), Prior("", "cor", group=self.group, source="default")]
        for place, coef in self.coefficients:
            at = {"resp": place.resp, "dpar": place.dpar, "nlpar": place.nlpar, "source": "default"}
            rows.append(Prior(sd_prior, "sd", lb=0.0, **at))
            rows.append(Prior("", "sd", group=self.group, **at))
            rows.append(Prior("", "sd", coef, self.group, **at))
        return rows

    def declare(self, to: Declarations) -> Slot:
        """Declare parameters and outputs; return the slot of the effects, [level][coefficient]."""
        places, coefs = zip(*self.coefficients, strict=True)
        n = len(coefs)
        qualified = tuple(place.qualify(coef) for place, coef in self.coefficients)
        names = tuple(f"sd_{self.group}__{name}" for name in qualified)
        block = f"sd_{self.group}"
        sd = to.vector(f"sd_{self.number}", "sd", coefs, places=places, group=self.group, block=block, labels=names)
        z = to.standard(f"z_{self.number}", n, len(self.levels), correlated=self.correlated)
        L = to.correlation_factor(f"L_{self.number}", n, self.group) if self.correlated else None
        r = to.tape.slot(n * len(self.levels))
        to.tape.add(GroupEffects(sd, z, L, r))
        to.output(Output("sd", block, (f"{self.group}_coef",), (qualified,), names, sd))
        if L is not None:
            self._output_correlations(to, L, qualified)
        for member, first in zip(self.members, self._firsts(), strict=True):
            self._output_effects(to, r, member, first)
        return r

    def _firsts(self) -> list[int]:
        """Return the position of the first coefficient of each member."""
        sizes = [len(m.design.names) for m in self.members]
        return [sum(sizes[:i]) for i in range(len(sizes))]

    def _output_correlations(self, to: Declarations, L: Slot, qualified: tuple[str, ...]) -> None:
        pairs = [(qualified[j], qualified[i]) for i in range(len(qualified)) for j in range(i)]
        slot = to.tape.slot(len(pairs))
        to.tape.generate(Correlations(L, slot, len(qualified)))
        labels = tuple(f"{first}__{second}" for first, second in pairs)
        names = tuple(f"cor_{self.group}__{label}" for label in labels)
        to.output(Output("cor", f"cor_{self.group}", (f"{self.group}_cor",), (labels,), names, slot))

    def _effects_variable(self, place: Place) -> str:
        return f"r_{self.group}__{place.prefix}" if place.prefix else f"r_{self.group}"

    def effect_names(self, member: GroupMember, levels: Sequence[str]) -> list[str]:
        """Return the public names of a member's effects, level by level within each coefficient."""
        variable = self._effects_variable(member.place)
        return [f"{variable}[{level},{coef}]" for coef in member.design.names for level in levels]

    def _output_effects(self, to: Declarations, r: Slot, member: GroupMember, first: int) -> None:
        n_levels, width, coefs = len(self.levels), len(self.coefficients), member.design.names
        order = (np.arange(n_levels)[None, :] * width + first + np.arange(len(coefs))[:, None]).ravel()
        variable = self._effects_variable(member.place)
        dims = (self.group, f"{variable.removeprefix('r_')}_coef")
        names = tuple(self.effect_names(member, self.levels))
        to.output(Output("r", variable, dims, (self.index.levels, coefs), names, r, order))

    def add(self, section: Section, eta: Slot, place: Place, frame: Frame, r: Slot) -> None:
        """Add the effects of the data of the fit to the predictor of a place."""
        codes = self.index.codes
        for member, first in zip(self.members, self._firsts(), strict=True):
            if member.place == place:
                columns = range(len(member.design.names))
                places, width = [first + c for c in columns], len(self.coefficients)
                add_effects(section, eta, member.design, frame, columns, r, codes, places, width)

    def predict(
        self, section: Section, etas: Mapping[Place, Slot], frame: Frame, inputs: Inputs, new: NewLevels
    ) -> None:
        """Add the effects of new rows to the predictors of all places that the block has coefficients in."""
        kept = [i for i, (place, coef) in enumerate(self.coefficients) if place in etas and new.keeps(self.group, coef)]
        if not kept:
            return
        codes, new_levels = self.index.codes_of(frame)
        if (codes < 0).any():  # a missing level is a level of its own that nothing is known of
            new_levels = (*new_levels, "NA")
            codes = np.where(codes < 0, len(self.levels) + len(new_levels) - 1, codes).astype(np.int32)
        if new_levels and not new.allowed:
            first = int(np.argmax(codes >= len(self.levels)))
            raise DataError(
                f"group {self.group!r} has levels that the data of the fit did not have: "
                f"{', '.join(map(repr, new_levels[:5]))} (first in {frame.row_name(first)}); pass "
                "allow_new_levels=True to predict for new levels"
            )
        r, codes = self._drawn(inputs, codes, new_levels, new)
        for member, first in zip(self.members, self._firsts(), strict=True):
            columns = [c for c in range(len(member.design.names)) if first + c in kept]
            if columns:
                places, width = [first + c for c in columns], len(self.coefficients)
                add_effects(section, etas[member.place], member.design, frame, columns, r, codes, places, width)

    def _columns_of_draws(self, inputs: Inputs) -> NDArray[np.int64]:
        """Return which column of the draws holds each effect: [level, coefficient]."""
        found = []
        for member in self.members:
            first = inputs.column_of(self.effect_names(member, self.levels[:1])[0])
            # Effects are listed next to each other, level by level within each coefficient.
            found.append(first + np.arange(len(member.design.names) * len(self.levels)).reshape(-1, len(self.levels)))
        return np.concatenate(found).T

    def _drawn(
        self, inputs: Inputs, codes: NDArray[np.int32], new_levels: Sequence[str], new: NewLevels
    ) -> tuple[Slot, NDArray[np.int32]]:
        """Return the slot of the drawn effects of the levels that occur, and the codes of the rows among those."""
        known = np.unique(codes[codes < len(self.levels)])
        columns = self._columns_of_draws(inputs)
        slot = inputs.take_columns(columns[known].ravel())
        if new_levels:
            effects = drawn_effects(self, inputs, columns, new_levels, new)
            more = inputs.give(effects.reshape(inputs.n_draws, -1))
            slot = Slot(slot.region, slot.offset, slot.size + more.size)
        position = np.zeros(len(self.levels) + len(new_levels), dtype=np.int32)
        position[known] = np.arange(len(known))
        position[len(self.levels) :] = len(known) + np.arange(len(new_levels))
        return slot, position[codes]
