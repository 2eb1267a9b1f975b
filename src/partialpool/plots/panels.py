"""How panels and rows are laid out: sizes of figures, facets with readable strips, axes of variables in rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from plotnine import element_text, facet_wrap, scale_y_continuous, theme

from partialpool.errors import DataError, nearest
from partialpool.plots.labels import wrap_name
from partialpool.plots.theme import plot_theme

__all__ = ["FacetLayout", "facet_layout", "row_positions", "rows_theme", "scale_y_rows"]

_FACET_ARGS = ("nrow", "ncol", "scales", "shrink", "labeller", "as_table", "drop", "dir")
_CHARACTERS_PER_INCH = 12.0
_ROW_LABEL_WIDTH = 38
_MAX_HEIGHT = 24.0  # plotnine refuses to save what is higher than 25 inches
_ROW_OF_TEXT = 0.16  # inches that a row needs for a label of the usual size


@dataclass(frozen=True)
class FacetLayout:
    """One panel for each variable, and the figure that holds them.

    Attributes
    ----------
    facet
        The facet to be added to a plot whose data have a column `parameter`.
    shape
        Number of rows and of columns.
    figure_size
        Width and height in inches.
    """

    facet: facet_wrap
    shape: tuple[int, int]
    figure_size: tuple[float, float]


def facet_layout(
    names: Sequence[str],
    facet_args: Mapping[str, Any] | None = None,
    *,
    scales: str = "free",
    panel: tuple[float, float] = (2.6, 1.8),
    wide: bool = False,
    legend: bool = False,
) -> FacetLayout:
    """Return how the panels of the named variables are laid out.

    Parameters
    ----------
    names
        Names of the variables, in their order.
    facet_args
        What the user asks for: arguments of plotnine's `facet_wrap` (`nrow`, `ncol`, `scales`, `labeller`, ...).
    scales
        Scales where the user asks for none.
    panel
        Width and height of a panel in inches, where there are several.
    wide
        Whether panels are best wide, and so rather stand below one another.
    legend
        Whether a legend stands at the right.

    Raises
    ------
    DataError
        If an argument is unknown, or the rows and columns asked for are too few for the variables.
    """
    if not isinstance(facet_args, Mapping | None):
        raise DataError(f"`facet_args` is a dictionary such as {{'nrow': 2}}; got {facet_args!r}")
    arguments = dict(facet_args or {})
    for name in arguments:
        if name not in _FACET_ARGS:
            raise DataError(f"`facet_args` has no argument {name!r}; {nearest(name, _FACET_ARGS)}")
    nrow, ncol = _rows_and_columns(len(names), arguments.pop("nrow", None), arguments.pop("ncol", None), wide)
    width = min(max(ncol * panel[0], 6.4), 13.0)
    height = min(max(nrow * panel[1] + 0.9, 3.2), _MAX_HEIGHT)
    characters = int(_CHARACTERS_PER_INCH * (width - 0.8) / ncol)
    chosen: dict[str, Any] = {"scales": scales, "labeller": lambda name: wrap_name(name, characters), **arguments}
    facet = facet_wrap("parameter", nrow=nrow, ncol=ncol, **chosen)
    return FacetLayout(facet, (nrow, ncol), (width + 0.8 * legend, height))


def _rows_and_columns(n: int, nrow: int | None, ncol: int | None, wide: bool) -> tuple[int, int]:
    for word, value in (("nrow", nrow), ("ncol", ncol)):
        if value is not None and (int(value) != value or value < 1):
            raise DataError(f"`facet_args` has {word} = {value!r}; it must be a whole number from 1 on")
    if nrow is not None and ncol is not None:
        if nrow * ncol < n:
            raise DataError(f"{nrow} x {ncol} panels are too few for {n} variables; leave out nrow or ncol")
        return int(nrow), int(ncol)
    if nrow is not None:
        return int(nrow), math.ceil(n / nrow)
    columns = int(ncol) if ncol is not None else _natural_columns(n, wide)
    return math.ceil(n / columns), columns


def _natural_columns(n: int, wide: bool) -> int:
    if wide:
        return 1 if n <= 4 else 2 if n <= 16 else 3
    return n if n <= 3 else 2 if n == 4 else 3 if n <= 12 else 4


def row_positions(names: Sequence[str]) -> dict[str, int]:
    """Return the height at which each variable stands: the first at the top, the last at 1."""
    return {name: len(names) - i for i, name in enumerate(names)}


def scale_y_rows(names: Sequence[str], *, below: float, above: float) -> scale_y_continuous:
    """Return the axis that writes names beside their rows.

    Parameters
    ----------
    names
        Names, from the top.
    below, above
        Room left under the lowest and over the highest row, in rows.
    """
    return scale_y_continuous(
        breaks=list(row_positions(names).values()),
        labels=[wrap_name(name, _ROW_LABEL_WIDTH) for name in names],
        minor_breaks=[],
        limits=(1 - below, len(names) + above),
        expand=(0, 0),
    )


def rows_theme(n_rows: int, *, factor: float = 1.0) -> theme:
    """Return the theme of a plot with so many rows; rows get narrower as they get more, and in the end so do their labels.

    Parameters
    ----------
    n_rows
        Number of rows.
    factor
        How much higher rows are than those of a plot of areas.
    """
    row = min(factor * min(1.0, 0.2 + 2.0 / n_rows), (_MAX_HEIGHT - 1.1) / n_rows)
    look = plot_theme((7.0, max(2.4, 1.1 + row * n_rows)), grid="XxY")
    if row >= _ROW_OF_TEXT:
        return look
    return look + theme(axis_text_y=element_text(size=9 * row / _ROW_OF_TEXT))
