"""What a page is made of: paragraphs, notices, tables, printed output and pictures. Each knows its own HTML."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from numbers import Integral
from typing import TYPE_CHECKING, Any, Protocol

from partialpool.arguments import is_number
from partialpool.report.images import png_data, width_in_pixels

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.report.images import Drawable

__all__ = ["Block", "Notice", "Output", "Paragraph", "Picture", "Table"]


class Block(Protocol):
    """A part of a page."""

    def html(self) -> str:
        """Return the part as HTML, all text escaped."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of plain text; what stands between backticks is set as code.

    Examples
    --------
    >>> Paragraph("the formula `y ~ x`, R < 1").html()
    '<p>the formula <code>y ~ x</code>, R &lt; 1</p>'
    """

    text: str

    def html(self) -> str:
        """Return the paragraph."""
        return f"<p>{_inline(self.text)}</p>"


@dataclass(frozen=True)
class Notice:
    """A remark that must not be missed, such as a warning about draws."""

    text: str

    def html(self) -> str:
        """Return the remark in a box."""
        return f'<p class="notice" role="note">{_inline(self.text)}</p>'


@dataclass(frozen=True)
class Output:
    """Text as a program prints it, every space kept."""

    text: str

    def html(self) -> str:
        """Return the text in a fixed-width face."""
        return f'<div class="scroll" tabindex="0"><pre>{escape(self.text)}</pre></div>'


@dataclass(frozen=True)
class Table:
    """A data frame.

    Attributes
    ----------
    frame
        The table.
    caption
        What it shows.
    index
        Whether the index heads the rows.
    digits
        Decimals of numbers that are not whole.
    """

    frame: pd.DataFrame
    caption: str
    index: bool = False
    digits: int = 2

    def html(self) -> str:
        """Return the table, in a region of its own that scrolls sideways where the screen is narrow."""
        head = "".join(f'<th scope="col"{_side(column)}>{escape(name)}</th>' for name, column in self._columns())
        body = "".join(f"<tr>{''.join(cells)}</tr>" for cells in zip(*self._cells(), strict=True))
        caption = escape(self.caption)
        return (
            f'<div class="scroll" role="region" aria-label="{caption}" tabindex="0"><table><caption>{caption}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )

    def _columns(self) -> list[tuple[str, Sequence[Any]]]:
        named: list[tuple[str, Sequence[Any]]] = [(str(name), _values(self.frame[name])) for name in self.frame.columns]
        return [("", [str(label) for label in self.frame.index]), *named] if self.index else named

    def _cells(self) -> list[list[str]]:
        columns = []
        for place, (_, values) in enumerate(self._columns()):
            tag, close = ('<th scope="row"', "th") if place == 0 else ("<td", "td")
            side, digits = _side(values), _decimals(values, self.digits)
            columns.append([f"{tag}{side}>{escape(_shown(value, digits))}</{close}>" for value in values])
        return columns


@dataclass(frozen=True)
class Picture:
    """A plot, drawn when the page is written.

    Attributes
    ----------
    plot
        A plotnine plot or composition.
    description
        What one sees in it, for those who do not see it.
    caption
        Text beneath it; empty for none.
    """

    plot: Drawable
    description: str
    caption: str = ""

    def html(self) -> str:
        """Return the picture, its data in the page."""
        data = png_data(self.plot)
        note = f"<figcaption>{_inline(self.caption)}</figcaption>" if self.caption else ""
        width = width_in_pixels(self.plot)
        return f'<figure><img src="{data}" width="{width}" alt="{escape(self.description)}">{note}</figure>'


def _inline(text: str) -> str:
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))


def _values(column: pd.Series[Any]) -> list[Any]:
    """Return the values of a column, None where one is missing."""
    return column.astype(object).where(column.notna(), None).tolist()


def _side(values: Sequence[Any]) -> str:
    return ' class="number"' if values and all(value is None or is_number(value) for value in values) else ""


def _decimals(values: Sequence[Any], digits: int) -> int:
    """Return the decimals of a column: none where all of its numbers are whole."""
    numbers = [value for value in values if is_number(value) and math.isfinite(value)]
    return 0 if all(isinstance(value, Integral) for value in numbers) else digits


def _shown(value: Any, digits: int) -> str:
    if value is None:
        return ""
    return f"{value:,.{digits}f}".replace("-", "\N{MINUS SIGN}", 1) if is_number(value) else str(value)
