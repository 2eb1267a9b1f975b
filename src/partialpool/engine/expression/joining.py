"""Calls one function for what several functions of the same arguments are: a series and its derivatives, say.

A distribution function without a closed form is summed together with its derivatives. Where a calculation has more than one
of them, at the same arguments, they come from one call.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import sympy as sp

from partialpool.engine.mathematics.symbols import Real

__all__ = ["Steps", "join"]

Steps: TypeAlias = "list[tuple[Any, Any]]"
"""Assignments in order: a symbol, or a tuple of symbols, and what it becomes."""


def join(steps: Steps, results: list[Any], letter: str) -> tuple[Steps, list[Any]]:
    """Return assignments and results in which functions that belong together are called at once.

    Parameters
    ----------
    steps, results
        Assignments in order, and what is wanted in terms of them.
    letter
        What the names of new symbols begin with.
    """
    groups = _groups([expression for _, expression in steps] + results)
    joined: Steps = []
    known: dict[Any, Any] = {}

    def declare(expression: Any) -> Any:
        """Add the calls that an expression needs, from the innermost; return it in terms of them."""
        for part in reversed(list(sp.preorder_traversal(expression))):
            key = _key(part)
            if key in groups and part not in known:
                members = groups.pop(key)
                names = [sp.Symbol(f"{letter}{len(joined)}_{k}", real=True) for k in range(part.joint.size)]
                joined.append((tuple(names), part.joint.call(*(argument.xreplace(known) for argument in part.args))))
                known.update({member: names[member.joint.place] for member in members})
        return expression.xreplace(known)

    for symbol, expression in steps:
        reduced = declare(expression)
        joined.append((symbol, reduced))
    reduced_results = [declare(result) for result in results]
    return joined, reduced_results


def _key(part: Any) -> Any:
    """Return what functions that belong together have in common; None for others."""
    return (part.joint.name, part.args) if isinstance(part, Real) and part.joint is not None else None


def _groups(expressions: Iterable[Any]) -> dict[Any, set[Any]]:
    """Return the functions that belong together, where there is more than one."""
    found: dict[Any, set[Any]] = {}
    for expression in expressions:
        for part in sp.preorder_traversal(expression):
            if _key(part) is not None:
                found.setdefault(_key(part), set()).add(part)
    return {key: members for key, members in found.items() if len(members) > 1}
