"""Addition terms of a response: what stands right of its bar, and the columns that this gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, DataWarning, FamilyError, FormulaError, warn
from partialpool.families.additions import check_column, column_of, refuse_unknown
from partialpool.families.base import Family
from partialpool.formula.nodes import Call, Name, Node, Number, Source, Unary
from partialpool.formula.printing import label
from partialpool.frame.columns import Frame, pointed
from partialpool.frame.evaluate import evaluate
from partialpool.frame.missing import used_columns
from partialpool.frame.values import Factor, State, Value

__all__ = ["AdditionTerm"]

Array = NDArray[np.float64]

_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "trials": ("trials",),
    "weights": ("weights", "scale"),
    "rate": ("denom",),
    "se": ("se", "sigma"),
    "cens": ("cens", "y2"),
    "trunc": ("lb", "ub"),
    "dec": ("dec",),
    "thres": ("thres", "gr"),
    "cat": ("cat",),
    "bhaz": ("gr", "df", "knots", "Boundary.knots", "degree", "intercept"),
    "subset": ("subset",),
    "vint": (),
    "vreal": (),
}
"""Arguments of the addition terms that are supported, in their order; those of `vint` and `vreal` have no names."""

_FLAGS = {"scale", "sigma", "intercept"}
"""Arguments that are TRUE or FALSE."""

_FIRST = "x"
"""Name that R gives to the first argument of many of them."""

_STATUS = {"left": -1.0, "none": 0.0, "right": 1.0, "interval": 2.0}
_STATUS_TEXTS = {"-1": -1.0, "0": 0.0, "1": 1.0, "2": 2.0, "false": 0.0, "true": 1.0}
_DECISIONS = {"lower": 0.0, "upper": 1.0}
_DECISION_TEXTS = {"0": 0.0, "1": 1.0}


@dataclass(frozen=True, eq=False)
class AdditionTerm:
    """One addition term.

    Attributes
    ----------
    call
        The call in the formula.
    source
        Text of the formula.
    arguments
        Its arguments by name; those of `vint` and `vreal` are `vint1`, `vint2`, ...
    """

    call: Call
    source: Source
    arguments: Mapping[str, Node]

    @classmethod
    def read(cls, call: Call, source: Source, family: Family) -> AdditionTerm:
        """Read one term.

        Raises
        ------
        FormulaError
            If it is not supported, or has arguments that it does not take.
        FamilyError
            If the family does not take it.
        """
        if call.function not in _ARGUMENTS:
            raise source.error(f"the addition term {call.function}() is not supported yet", call.span)
        _refuse(call, source, family)
        term = cls(call, source, dict(_named(call, source)))
        if term.name == "cat":
            warn("cat(k) is deprecated: write thres(k - 1), the number of thresholds", DataWarning)
        needed = _ARGUMENTS[term.name][:1]
        if not term.arguments and term.name not in ("thres", "bhaz"):
            raise source.error(f"{term.name}() needs {' '.join(needed) or 'columns'}: it is empty", call.span)
        for name in _FLAGS & term.arguments.keys():
            term.flag(name)
        return term

    @property
    def name(self) -> str:
        """Name of the term."""
        return self.call.function

    @property
    def flags(self) -> tuple[str, ...]:
        """What its arguments ask for, as the likelihood knows it: `se_sigma`."""
        return ("se_sigma",) if self.name == "se" and self.flag("sigma") else ()

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Columns of the data that must be complete; the upper end of intervals may be missing where there is none."""
        nodes = [node for name, node in self.arguments.items() if name not in ("y2", *_FLAGS)]
        return tuple(name for node in nodes for name in used_columns(node))

    @property
    def group(self) -> Name | None:
        """Name of the column of groups."""
        node = self.arguments.get("gr")
        if node is None or isinstance(node, Name):
            return None if node is not None and node.text == "NA" else node
        raise self.source.error("gr must be the name of a column", node.span)

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a logical argument."""
        node = self.arguments.get(name)
        if node is None:
            return default
        if isinstance(node, Name) and node.text in ("TRUE", "T", "True", "FALSE", "F", "False"):
            return node.text.startswith("T")
        raise self.source.error(f"{name} must be TRUE or FALSE", node.span)

    def constants(self) -> dict[str, Array]:
        """Return the arguments of `bhaz()` that are numbers, by the name of term and argument: `bhaz_df`."""
        if self.name != "bhaz":
            return {}
        found = {f"bhaz_{name}": self._constant(name) for name in self.arguments if name not in ("gr", "intercept")}
        return found | {"bhaz_intercept": np.array([float(self.flag("intercept", default=True))])}

    def _constant(self, name: str) -> Array:
        node = self.arguments[name]
        nodes = [a.value for a in node.arguments] if isinstance(node, Call) and node.function == "c" else [node]
        numbers = [_number(one) for one in nodes]
        if None in numbers:
            raise self.source.error(f"{name} must be a number, or numbers in c()", node.span)
        return np.array(numbers, dtype=np.float64)

    def columns(self, frame: Frame, state: State) -> dict[str, Array]:
        """Return its columns by the name that families know them by, shape [row].

        Raises
        ------
        DataError
            If a column does not hold what the term demands.
        """
        match self.name:
            case "subset" | "bhaz":
                return {}
            case "cens":
                return self._censoring(frame, state)
            case "dec":
                return {"dec": self._checked(self._coded("dec", frame, state, _DECISIONS, _DECISION_TEXTS), frame)}
            case "cat":
                return {"thres": self._numbers("cat", frame, state) - 1}
            case "thres" | "trunc" | "vint" | "vreal":
                found = {name: self._numbers(name, frame, state) for name in self.arguments if name != "gr"}
                return self._whole(found, frame) if self.name == "vint" else found
        values = self._checked(self._numbers(_ARGUMENTS[self.name][0], frame, state), frame)
        if self.flag("scale"):  # new rows are measured by the mean of the data of the fit
            known = state.recall(f"mean of {self.name}()", partial(dict, mean=float(values.mean())))
            values = values / known["mean"]
        return {column_of(self.name): values}

    def rows(self, frame: Frame, state: State) -> NDArray[np.bool_]:
        """Return which rows `subset()` keeps: those where it is true, or not zero."""
        return np.asarray(self._numbers("subset", frame, state) != 0)

    def _censoring(self, frame: Frame, state: State) -> dict[str, Array]:
        found = {"cens": self._checked(self._coded("cens", frame, state, _STATUS, _STATUS_TEXTS), frame)}
        if "y2" in self.arguments:
            found["y2"] = self._numbers("y2", frame, state, missing=True)
        return found

    def _coded(
        self, name: str, frame: Frame, state: State, words: Mapping[str, float], texts: Mapping[str, float]
    ) -> Array:
        """Return a column of words or their beginnings, of numbers, or of truth values, as numbers."""
        value = evaluate(self.arguments[name], frame, state, self.source)
        if not isinstance(value, Factor):
            return self._as_numbers(name, value)
        codes = [_code(level, words, texts) for level in value.levels]
        for row in np.flatnonzero(np.isnan(np.array(codes)[value.codes]))[:1]:
            level = value.levels[value.codes[row]]
            raise self._wrong(name, f"is {level!r} in {frame.row_name(int(row))}; it takes {', '.join(words)}")
        return np.array(codes)[value.codes]

    def _checked(self, values: Array, frame: Frame) -> Array:
        """Return the first argument's column if it holds what the term demands."""
        node = self.arguments[_ARGUMENTS[self.name][0]]
        try:
            check_column(self.name, values, frame.row_name)
            if self.name == "se" and not self.flag("sigma"):
                for row in np.flatnonzero(values == 0)[:1]:
                    found = f"{frame.row_name(int(row))} is 0: only se({label(node)}, sigma = TRUE) leaves it an error"
                    raise DataError(f"the values of se() must be positive, but {found}")
        except DataError as error:
            raise DataError(pointed(str(error), (self.source, node.span))) from None
        return values

    def _whole(self, found: dict[str, Array], frame: Frame) -> dict[str, Array]:
        for name, values in found.items():
            for row in np.flatnonzero(values != np.floor(values))[:1]:
                found_there = f"is {values[row]:.15g} in {frame.row_name(int(row))}; vint() takes whole numbers"
                raise self._wrong(name, f"{found_there}, vreal() any")
        return found

    def _numbers(self, name: str, frame: Frame, state: State, *, missing: bool = False) -> Array:
        if name not in self.arguments:
            raise self.source.error(f"{self.name}() needs a column or a number", self.call.span)
        infinite = self.name == "trunc"
        value = evaluate(self.arguments[name], frame, state, self.source, missing=missing, infinite=infinite)
        return self._as_numbers(name, value)

    def _as_numbers(self, name: str, value: Value) -> Array:
        if not isinstance(value, np.ndarray):
            node = self.arguments[name]
            found = f"{self.name}() needs numbers, and {label(node)} is not"
            raise FormulaError(pointed(found, (self.source, node.span)))
        return np.ascontiguousarray(value, dtype=np.float64)

    def _wrong(self, name: str, found: str) -> DataError:
        node = self.arguments[name]
        return DataError(pointed(f"{self.name}(): {label(node)} {found}", (self.source, node.span)))


def _refuse(call: Call, source: Source, family: Family) -> None:
    """Refuse a term that the family does not take, with a caret under it."""
    try:
        if call.function in ("cens", "trunc") and not family.has_cdf:
            remedy = ": pass cdf=, a function of the response and the parameters, to custom_family()"
            raise FamilyError(
                f"{call.function}() needs a distribution function, which family {family.name} does not have"
                + (remedy if family.is_code and not family.components else "")
            )
        refuse_unknown(family, [call.function])
    except FamilyError as error:
        raise FamilyError(pointed(str(error), (source, call.span))) from None


def _named(call: Call, source: Source) -> Any:
    """Yield the arguments of a call with their names."""
    known = _ARGUMENTS[call.function]
    places = iter(known)
    seen: set[str] = set()
    for i, argument in enumerate(call.arguments, start=1):
        name = f"{call.function}{i}" if not known else argument.name or next(places, None)
        if name == _FIRST and known:
            name = known[0]
        if name is None or (known and name not in known) or (not known and argument.name is not None):
            takes = ", ".join(known) or "columns without names"
            raise source.error(f"{call.function}() takes {takes}", argument.value.span)
        if name in seen:
            raise source.error(f"{call.function}() has {name} twice", argument.value.span)
        seen.add(name)
        yield name, argument.value


def _number(node: Node) -> float | None:
    if isinstance(node, Unary) and node.operator == "-":
        inner = _number(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, Number) else None


def _code(level: str, words: Mapping[str, float], texts: Mapping[str, float]) -> float:
    """Return the number that a text stands for, NaN if it stands for none."""
    text = level.strip().lower()
    if text in texts:
        return texts[text]
    meant = [code for word, code in words.items() if text and word.startswith(text)]
    return meant[0] if len(meant) == 1 else float("nan")
