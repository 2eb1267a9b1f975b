"""The response of a model and its addition terms, read from the data of the fit or from new data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, FormulaError
from partialpool.families.base import Family
from partialpool.formula.nodes import Formula, Name, Node
from partialpool.formula.printing import label
from partialpool.frame.columns import Frame, pointed
from partialpool.frame.evaluate import evaluate
from partialpool.frame.groups import GroupIndex
from partialpool.frame.missing import used_columns
from partialpool.frame.values import Factor, State, Value
from partialpool.model.additions import AdditionTerm

__all__ = ["ResponseTerm"]


@dataclass(frozen=True, eq=False)
class ResponseTerm:
    """What stands left of the `~`.

    Attributes
    ----------
    formula
        The formula.
    family
        The family that says what the response may be.
    state
        What the expressions learnt from the data of the fit.
    terms
        The addition terms.
    groups
        Levels of the groups that have thresholds or a baseline hazard of their own, known once the data are.
    """

    formula: Formula
    family: Family
    state: State
    terms: tuple[AdditionTerm, ...]
    groups: GroupIndex | None = None

    @classmethod
    def learn(cls, formula: Formula, family: Family) -> ResponseTerm:
        """Read the addition terms.

        Raises
        ------
        FormulaError
            If there is no response, or an addition term is not supported or has unknown arguments.
        FamilyError
            If the family does not take an addition term.
        """
        if formula.response is None:
            raise FormulaError(f"the formula {formula.source.text!r} has no response: write y ~ ...")
        terms = {call.function: AdditionTerm.read(call, formula.source, family) for call in formula.additions}
        if "cat" in terms and "thres" in terms:
            raise formula.source.error("cat() and thres() say the same; write thres()", terms["cat"].call.span)
        return cls(formula, family, State(), tuple(terms.values()))

    @property
    def additions(self) -> tuple[str, ...]:
        """Names of the addition terms and of what their arguments ask for, sorted: `rate`, `se`, `se_sigma`, ..."""
        return tuple(sorted([name for term in self.terms for name in (term.name, *term.flags)]))

    @property
    def label(self) -> str:
        """Text of the response, as R prints it."""
        return label(self._node)

    @property
    def _node(self) -> Node:
        assert self.formula.response is not None  # noqa: S101  (checked when the term was learnt)
        return self.formula.response

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Columns of the data that the response and the addition terms read, and that must be complete."""
        added = (name for term in self.terms for name in term.columns_used)
        return tuple(dict.fromkeys([*used_columns(self._node), *added]))

    def rows_used(self, frame: Frame) -> Frame:
        """Return the rows that `subset()` keeps for this response; all where there is none.

        Raises
        ------
        DataError
            If it keeps none.
        """
        for term in self.terms:
            if term.name == "subset":
                keep = term.rows(frame, self.state)
                if not keep.any():
                    raise DataError(f"subset() leaves no row for the response {self.label!r}")
                return frame.select_rows(keep)
        return frame

    def response(self, frame: Frame) -> NDArray[np.float64]:
        """Return the response as numbers, [row] or [row, category], checked against the family.

        Raises
        ------
        DataError
            If the family cannot have such values.
        """
        value = evaluate(self._node, frame, self.state, self.formula.source)
        return self.family.check_response(value, self.label, self.columns(frame), row_name=frame.row_name)

    def value(self, frame: Frame) -> Value:
        """Return the response as the formula evaluates it.

        Raises
        ------
        DataError
            If it is a constant, or has values that are infinite or no numbers.
        """
        if not used_columns(self._node):
            message = f"the response {self.label} is a constant; name a column"
            raise DataError(pointed(message, (self.formula.source, self._node.span)))
        return evaluate(self._node, frame, self.state, self.formula.source)

    def columns(self, frame: Frame, *, needed: Sequence[str] | None = None) -> dict[str, NDArray[np.float64]]:
        """Return the columns of the addition terms by the name that the family knows them by, shape [row].

        Parameters
        ----------
        frame
            The data.
        needed
            Addition terms that are read; all where it is None.
        """
        found: dict[str, NDArray[np.float64]] = {}
        for term in self.terms:
            if needed is None or term.name in needed:
                found |= term.columns(frame, self.state)
        return found

    def constants(self) -> dict[str, NDArray[np.float64]]:
        """Return what addition terms say that is no column, by name of term and argument: `bhaz_df`."""
        return {name: values for term in self.terms for name, values in term.constants().items()}

    def with_groups(self, frame: Frame) -> ResponseTerm:
        """Return the term with the levels of the groups of `thres(gr = g)` or `bhaz(gr = g)`, learnt from the data."""
        for _, node in self._group_nodes:
            return replace(self, groups=GroupIndex.learn((node.text,), frame))
        return self

    @property
    def _group_nodes(self) -> list[tuple[AdditionTerm, Name]]:
        return [(term, term.group) for term in self.terms if term.group is not None]

    def group_columns(self, frame: Frame) -> dict[str, Factor]:
        """Return the group of each row, as `thres_gr` or `bhaz_gr`; nothing where there are no groups.

        Raises
        ------
        DataError
            If a group is missing, or did not occur in the data of the fit.
        """
        if self.groups is None:
            return {}
        codes, new = self.groups.codes_of(frame)
        ((term, _),) = self._group_nodes
        if new or (codes < 0).any():
            found = f"the group {new[0]!r}" if new else "a missing group"
            of = {"thres": "thresholds", "bhaz": "baseline hazard"}[term.name]
            raise DataError(f"{term.name}(gr = {self.groups.name}) has {found}, for which the fit has no {of}")
        return {f"{term.name}_gr": Factor(codes, self.groups.levels)}
