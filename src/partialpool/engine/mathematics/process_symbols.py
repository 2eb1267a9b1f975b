"""SymPy functions of stochastic processes; see `symbols`."""

from __future__ import annotations

from typing import Any

from partialpool.engine.mathematics.symbols import Real

__all__ = ["LogFirstPassage", "LogFirstPassageStart", "LogFirstPassageTime"]


class LogFirstPassage(Real):
    """The log density of the first passage of a Wiener process, of time and start."""

    code = "log_first_passage"

    def _partials(self, u: Any, w: Any) -> tuple[Any, ...]:
        return LogFirstPassageTime(u, w), LogFirstPassageStart(u, w)


class LogFirstPassageTime(Real):
    """The derivative of LogFirstPassage by the time."""

    code = "log_first_passage_time"


class LogFirstPassageStart(Real):
    """The derivative of LogFirstPassage by the start."""

    code = "log_first_passage_start"
