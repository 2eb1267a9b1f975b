"""The response of a model and its addition terms, read from the data of the fit or from new data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, FormulaError
from partialpool.families.additions import column_of, refuse_unknown
from partialpool.families.base import Family
from partialpool.formula.nodes import Call, Formula, Name, Node
from partialpool.formula.printing import label
from partialpool.frame.columns import Frame, pointed
from partialpool.frame.evaluate import evaluate
from partialpool.frame.groups import GroupIndex
from partialpool.frame.missing import used_columns
from partialpool.frame.values import Factor, State, Value

__all__ = ["ResponseTerm"]

_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "trials": ("trials",),
    "weights": ("weights", "scale"),
    "rate": ("denom",),
    "se": ("se", "sigma"),
    "thres": ("thres", "gr"),
}
"""Arguments of the addition terms that are supported; the first is a column."""


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
    additions
        Names of the addition terms and of what their arguments ask for, sorted: `rate`, `se`, `se_sigma`, ...
    groups
        Levels of the groups that have thresholds of their own, known once the data are.
    """

    formula: Formula
    family: Family
    state: State
    additions: tuple[str, ...]
    groups: GroupIndex | None = None

    @classmethod
    def learn(cls, formula: Formula, family: Family) -> ResponseTerm:
        """Read the addition terms.

        Raises
        ------
        FormulaError
            If there is no response, or an addition term is not supported, stands twice or has unknown arguments.
        FamilyError
            If the family does not take an addition term.
        """
        if formula.response is None:
            raise FormulaError(f"the formula {formula.source.text!r} has no response: write y ~ ...")
        names: list[str] = []
        for call in formula.additions:
            if call.function not in _ARGUMENTS:
                raise formula.source.error(f"the addition term {call.function}() is not supported yet", call.span)
            if call.function in names:
                raise formula.source.error(f"the addition term {call.function}() stands twice", call.span)
            names.append(call.function)
            refuse_unknown(family, [call.function])
        term = cls(formula, family, State(), ())
        flags = ["se_sigma"] if term._flag("se", "sigma") else []
        return cls(formula, family, State(), tuple(sorted([*names, *flags])))

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
        """Columns of the data that the response and the addition terms read."""
        columns = (self._argument(call, _ARGUMENTS[call.function][0]) for call in self.formula.additions)
        nodes = [self._node, *columns, self._group_node]
        return tuple(dict.fromkeys(name for node in nodes if node is not None for name in used_columns(node)))

    def response(self, frame: Frame) -> NDArray[np.float64]:
        """Return the response as numbers, shape [row], checked against the family.

        Raises
        ------
        DataError
            If the family cannot have such values.
        """
        value = evaluate(self._node, frame, self.state, self.formula.source)
        columns = {**self.columns(frame)}
        return self.family.check_response(value, self.label, columns, row_name=frame.row_name)

    def value(self, frame: Frame) -> Value:
        """Return the response as the formula evaluates it."""
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
        for call in self.formula.additions:
            if needed is None or call.function in needed:
                if call.function == "thres" and self._argument(call, "thres") is None:
                    continue
                values = self._numbers(call, frame)
                if self._flag(call.function, "scale"):
                    # New rows are measured by the mean of the data of the fit.
                    known = self.state.recall(f"mean of {call.function}()", partial(dict, mean=float(values.mean())))
                    values = values / known["mean"]
                found[column_of(call.function)] = values
        return found

    def with_groups(self, frame: Frame) -> ResponseTerm:
        """Return the term with the levels of the groups of `thres(gr = g)`, learnt from the data of the fit."""
        node = self._group_node
        return self if node is None else replace(self, groups=GroupIndex.learn((node.text,), frame))

    @property
    def _group_node(self) -> Name | None:
        for call in self.formula.additions:
            if call.function == "thres":
                node = self._argument(call, "gr")
                if node is not None and not isinstance(node, Name):
                    raise self.formula.source.error("gr must be the name of a column", node.span)
                return node
        return None

    def threshold_groups(self, frame: Frame) -> dict[str, Factor]:
        """Return the group of each row that decides its thresholds, as `thres_gr`; nothing where there are no groups.

        Raises
        ------
        DataError
            If a group is missing, or did not occur in the data of the fit.
        """
        if self.groups is None:
            return {}
        codes, new = self.groups.codes_of(frame)
        if new or (codes < 0).any():
            found = f"the group {new[0]!r}" if new else "a missing group"
            raise DataError(f"thres(gr = {self.groups.name}) has {found}, for which the fit has no thresholds")
        return {"thres_gr": Factor(codes, self.groups.levels)}

    def _numbers(self, call: Call, frame: Frame) -> NDArray[np.float64]:
        node = self._argument(call, _ARGUMENTS[call.function][0])
        if node is None:
            raise self.formula.source.error(f"{call.function}() needs a column or a number", call.span)
        value = evaluate(node, frame, self.state, self.formula.source)
        if not isinstance(value, np.ndarray):
            raise FormulaError(
                pointed(f"{call.function}() needs numbers, and {label(node)} is not", (self.formula.source, node.span))
            )
        return np.ascontiguousarray(value, dtype=np.float64)

    def _argument(self, call: Call, name: str) -> Node | None:
        """Return an argument of an addition term by its name or its place.

        Raises
        ------
        FormulaError
            If the call has an argument that is not known, or too many.
        """
        known = _ARGUMENTS[call.function]
        places = iter(known)
        found: dict[str, Node] = {}
        for argument in call.arguments:
            key = argument.name or next(places, None)
            if key is None or (argument.name is not None and key not in known):
                takes = ", ".join(known)
                raise self.formula.source.error(f"{call.function}() takes {takes}", argument.value.span)
            found[key] = argument.value
        return found.get(name)

    def _flag(self, function: str, argument: str) -> bool:
        """Return whether an addition term has a logical argument that is TRUE."""
        for call in self.formula.additions:
            if call.function == function and argument in _ARGUMENTS[function]:
                node = self._argument(call, argument)
                if node is None:
                    return False
                if isinstance(node, Name) and node.text in ("TRUE", "T", "FALSE", "F"):
                    return node.text in ("TRUE", "T")
                raise self.formula.source.error(f"{argument} must be TRUE or FALSE", node.span)
        return False
