"""Prior tables as text and as HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["as_html", "as_text", "bound_text"]

_COLUMNS = ("prior", "class", "coef", "group", "resp", "dpar", "nlpar", "lb", "ub", "tag", "source")


def bound_text(bound: float | str | None) -> str:
    """Return a bound as a table shows it.

    Examples
    --------
    >>> bound_text(0.0), bound_text(0.25), bound_text("min_Y"), bound_text(None)
    ('0', '0.25', 'min_Y', '')
    """
    if bound is None or isinstance(bound, str):
        return bound or ""
    return str(int(bound)) if float(bound).is_integer() else repr(float(bound))


def _cells(row: Mapping[str, Any]) -> list[str]:
    return [bound_text(row[name]) if name in ("lb", "ub") else str(row[name]) for name in _COLUMNS]


def as_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the table with its columns flush right, a blank before each."""
    lines = [list(_COLUMNS), *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("".join(f" {cell:>{width}}" for cell, width in zip(line, widths, strict=True)) for line in lines)


def as_html(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the table as HTML; all text is escaped."""
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in _cells(row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
