"""Summaries as text, laid out as brms lays them out, and as HTML."""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.fit.summary import Summary, SummaryBlock

__all__ = ["as_html", "as_text", "text_table"]

_WIDTH = 80
_WHOLE = ("Bulk_ESS", "Tail_ESS")


def as_text(summary: Summary) -> str:
    """Return a summary as text."""
    parts = [_header(summary)]
    if summary.priors is not None:
        parts.append("\n".join(["Priors:", *_prior_lines(summary)]))
    title = ""
    for block in summary.blocks:
        parts.append(_block(block, with_title=block.title != title))
        title = block.title
    parts.append(textwrap.fill(_legend(summary), _WIDTH))
    parts += [textwrap.fill(f"Warning: {warning}", _WIDTH) for warning in summary.warnings]
    return "\n\n".join(parts)


def as_html(summary: Summary) -> str:
    """Return a summary as HTML: a table for each block, all text escaped."""
    lines = [_html_header(summary)]
    if summary.priors is not None:
        items = "".join(f"<li><code>{html.escape(line)}</code></li>" for line in _prior_lines(summary))
        lines.append(f"<p><b>Priors</b></p><ul>{items}</ul>")
    lines += [_html_block(block) for block in summary.blocks]
    lines.append(f"<p><small>{html.escape(_legend(summary))}</small></p>")
    lines += [f"<p><b>Warning:</b> {html.escape(warning)}</p>" for warning in summary.warnings]
    return f'<div class="partialpool-summary">{"".join(lines)}</div>'


def text_table(frame: pd.DataFrame, digits: int = 2) -> str:
    """Return a table as text: names of rows flush left, columns flush right, effective sample sizes as whole numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> print(text_table(pd.DataFrame({"Estimate": [0.5, -12.0], "Bulk_ESS": [1203.4, float("nan")]}, ["x", "sigma"])))
          Estimate Bulk_ESS
    x         0.50     1203
    sigma   -12.00       NA
    """
    columns = [
        [str(name), *(_shown(value, 0 if name in _WHOLE else digits) for value in frame[name])] for name in frame
    ]
    names = ["", *map(str, frame.index)]
    width = max(map(len, names))
    widths = [max(map(len, column)) for column in columns]
    rows = zip(names, *columns, strict=True)
    return "\n".join(
        name.ljust(width) + "".join(f" {cell:>{w}}" for cell, w in zip(cells, widths, strict=True))
        for name, *cells in rows
    )


def _shown(value: float, digits: int) -> str:
    if math.isnan(value):
        return "NA"
    return f"{value:.{digits}f}"


def _facts(summary: Summary) -> list[tuple[str, str]]:
    """Return what the head of a summary says."""
    return [
        ("Family", summary.family),
        ("Links", summary.links),
        ("Formula", summary.formula),
        ("Data", f"data (Number of observations: {summary.n_rows})"),
        (
            "Draws",
            f"{summary.chains} chains, each with iter = {summary.iter}; warmup = {summary.warmup}; "
            f"thin = {summary.thin};\ntotal post-warmup draws = {summary.n_draws}",
        ),
    ]


def _header(summary: Summary) -> str:
    indent = "\n" + " " * 9
    return "\n".join(f"{name:>7}: {text}".replace("\n", indent) for name, text in _facts(summary))


def _block(block: SummaryBlock, *, with_title: bool) -> str:
    lines = [f"{block.title}:"] if with_title else []
    lines += [_group_line(block)] if block.group else []
    return "\n".join([*lines, text_table(block.frame)])


def _group_line(block: SummaryBlock) -> str:
    return f"~{block.group} (Number of levels: {block.n_levels})"


def _prior_lines(summary: Summary) -> list[str]:
    """Return the priors that are not flat, nor inherited from another row."""
    return [str(row) for row in summary.priors or () if row.prior]


def _legend(summary: Summary) -> str:
    estimates = "median and scaled median absolute deviation" if summary.robust else "mean and standard deviation"
    return (
        f"Draws come from NUTS. Estimate and Est.Error are {estimates} of the posterior. Bulk_ESS and Tail_ESS tell how "
        "many independent draws the chains are worth in the middle and in the tails; Rhat compares the chains and is 1 "
        "when they agree."
    )


def _html_header(summary: Summary) -> str:
    rows = (_html_row(name, [html.escape(text).replace("\n", "<br>")], "left") for name, text in _facts(summary))
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def _html_block(block: SummaryBlock) -> str:
    title = f"{block.title} {_group_line(block)}" if block.group else block.title
    head = "".join(_html_cell("th", html.escape(str(name)), "right") for name in block.frame)
    rows = (
        _html_row(html.escape(str(name)), _cells(block.frame, values), "right")
        for name, values in zip(block.frame.index, block.frame.to_numpy(), strict=True)
    )
    return (
        f'<table><caption style="text-align: left"><b>{html.escape(title)}</b></caption>'
        f"<thead><tr><th></th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _cells(frame: pd.DataFrame, values: Iterable[float]) -> list[str]:
    return [_shown(value, 0 if name in _WHOLE else 2) for name, value in zip(frame, values, strict=True)]


def _html_row(name: str, cells: Sequence[str], side: str) -> str:
    return f"<tr>{_html_cell('th', name, 'left')}{''.join(_html_cell('td', cell, side) for cell in cells)}</tr>"


def _html_cell(tag: str, content: str, side: str) -> str:
    return f'<{tag} style="text-align: {side}">{content}</{tag}>'
