"""The work of a row in several loops: one with a call in it that iterates does not vectorise, nor what stands beside the call.

So rows are taken in pieces. Of each piece, what the arguments of the calls need is computed first, then the calls are made,
then all the rest is computed; what one loop hands on to a later one stands in between in a small array on the stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from partialpool.engine.expression.joining import Steps
from partialpool.engine.expression.printing import source_of

__all__ = ["PIECE", "Staging", "has_calls"]

PIECE = 64
"""Rows of a piece."""


def has_calls(steps: Steps) -> bool:
    """Return whether one of the assignments calls a function of several results."""
    return any(isinstance(target, tuple) for target, _ in steps)


@dataclass
class Staging:
    """Writes the loops.

    Attributes
    ----------
    steps
        Assignments in order.
    loads
        Line that loads each symbol which is no step's: inputs and data.
    places
        Place in the array between the loops of what is handed on, by its symbol or expression.
    """

    steps: Steps
    loads: Mapping[Any, str]
    places: dict[Any, int] = field(default_factory=dict)

    def loops(self, finish: list[str], used: Iterable[Any], size: str) -> list[str]:
        """Return the source of all loops over the rows.

        Parameters
        ----------
        finish
            Last lines of the work of a row.
        used
            Expressions in them.
        size
            Name of the number of rows.
        """
        body: list[str] = []
        computed: set[Any] = set()
        rest = list(self.steps)
        while has_calls(rest):
            ready, calls = self._next_calls(rest)
            arguments = {a for call in calls for a in call[1].args if a.free_symbols & self._by_row}
            early = self._needed(ready, set().union(*(a.free_symbols for a in arguments)))
            done = [*early, *calls]
            rest = [step for step in rest if step not in done]
            later = self._symbols(rest, used)
            kept = [a for a in arguments if a not in self.loads]
            kept += [symbol for symbol, _ in early if symbol in later and symbol not in arguments]
            lines = [*map(_assignment, early), *map(self._keep, kept)]
            body += self._loop(size, lines, self._symbols(early, arguments), computed)
            body += self._loop(size, [line for call in calls for line in self._call_lines(call)], set(), set())
            computed |= {symbol for symbol, _ in early}.union(*(target for target, _ in calls))
        body += self._loop(size, [*map(_assignment, rest), *finish], self._symbols(rest, used), computed)
        return [
            f"between = reserve({max(1, len(self.places))} * {PIECE})",
            f"for start in range(0, {size}, {PIECE}):",
            *(f"    {line}" for line in body),
        ]

    @property
    def _by_row(self) -> set[Any]:
        targets = (target if isinstance(target, tuple) else (target,) for target, _ in self.steps)
        return set(self.loads).union(*targets)

    def _next_calls(self, steps: Steps) -> tuple[Steps, Steps]:
        """Return the assignments that no call must precede, and the calls whose arguments need no others."""
        waiting: set[Any] = set()
        ready: Steps = []
        calls: Steps = []
        for target, expression in steps:
            if expression.free_symbols & waiting:
                waiting |= set(target) if isinstance(target, tuple) else {target}
            elif isinstance(target, tuple):
                calls.append((target, expression))
                waiting |= set(target)
            else:
                ready.append((target, expression))
        return ready, calls

    def _needed(self, steps: Steps, wanted: set[Any]) -> Steps:
        """Return the assignments that lead to what is wanted, in order."""
        found: Steps = []
        for target, expression in reversed(steps):
            if target in wanted:
                found.insert(0, (target, expression))
                wanted = wanted | expression.free_symbols
        return found

    def _symbols(self, steps: Steps, others: Iterable[Any]) -> set[Any]:
        """Return what must be known before the assignments, and the other symbols or expressions, are evaluated."""
        parts = [expression.free_symbols for _, expression in steps] + [other.free_symbols for other in others]
        return set().union(*parts) - {target for target, _ in steps}

    def _loop(self, size: str, lines: list[str], symbols: set[Any], computed: set[Any]) -> list[str]:
        known = [line for symbol, line in self.loads.items() if symbol in symbols]
        known += [f"{s} = between[{self._place(s)} + j]" for s in sorted(symbols & computed, key=str)]
        inside = ["i = start + j", *known, *lines]
        return [f"for j in range(min({PIECE}, {size} - start)):", *(f"    {line}" for line in inside)]

    def _call_lines(self, call: Any) -> list[str]:
        targets, expression = call
        lines, arguments = [], []
        for argument in expression.args:
            if argument in self.loads:
                lines.append(self.loads[argument])
            by_row = argument.free_symbols & self._by_row and argument not in self.loads
            arguments.append(f"between[{self._place(argument)} + j]" if by_row else source_of(argument))
        lines.append(f"{', '.join(map(str, targets))} = {expression.code}({', '.join(arguments)})")
        return [*lines, *(self._keep(target) for target in targets)]

    def _keep(self, expression: Any) -> str:
        return f"between[{self._place(expression)} + j] = {source_of(expression)}"

    def _place(self, expression: Any) -> int:
        return PIECE * self.places.setdefault(expression, len(self.places))


def _assignment(step: Any) -> str:
    return f"{step[0]} = {source_of(step[1])}"
