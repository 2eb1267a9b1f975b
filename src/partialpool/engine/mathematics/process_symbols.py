"""SymPy functions of stochastic processes; see `symbols`."""

from __future__ import annotations

from typing import Any

import sympy as sp

from partialpool.engine.mathematics.symbols import Real

__all__ = ["LogFirstPassage", "LogFirstPassageStart", "LogFirstPassageTime"]


class LogFirstPassage(Real):
    """The log density of the first passage of a Wiener process, of time and start w, and of 1 - w, which goes with w."""

    code = "log_first_passage"

    def _partials(self, u: Any, w: Any, v: Any) -> tuple[Any, ...]:
        return LogFirstPassageTime(u, w, v), LogFirstPassageStart(u, w, v), sp.S.Zero


class LogFirstPassageTime(Real):
    """The derivative of LogFirstPassage by the time."""

    code = "log_first_passage_time"


class LogFirstPassageStart(Real):
    """The derivative of LogFirstPassage by the start."""

    code = "log_first_passage_start"
