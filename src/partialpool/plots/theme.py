"""The look of the plots: a quiet theme with a bold title at the left, and discrete scales for the colour-blind."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from functools import cache
from typing import Any

from plotnine import element_blank, element_line, element_text, options, theme
from plotnine import theme_minimal as _theme_minimal
from plotnine.scales.scale_discrete import scale_discrete
from plotnine.themes.elements import margin

from partialpool.arguments import is_number
from partialpool.errors import DataError
from partialpool.plots.colors import INK, distinct_colors

__all__ = ["plot_theme", "scale_color_partialpool", "scale_fill_partialpool", "theme_partialpool"]

_FAMILIES = ("Roboto Condensed", "IBM Plex Sans Condensed", "Arial Narrow", "Source Sans 3", "Source Sans Pro")
_GRID, _FAINT_GRID, _QUIET = "#DEDEDE", "#EFEFEF", "#5A5A5A"


@cache
def _default_family() -> str:
    """Return the first family of the list that is installed; matplotlib itself brings DejaVu Sans."""
    from matplotlib.font_manager import fontManager

    installed = set(fontManager.get_font_names())
    return next((family for family in _FAMILIES if family in installed), "DejaVu Sans")


def theme_partialpool(base_size: float = 10.5, base_family: str | None = None, grid: str = "XY") -> theme:
    """Return the theme of the plots of partialpool, for use with any plotnine plot.

    Generous margins, a bold title at the left edge, a light grid and no frame, in the spirit of the `theme_ipsum` of the
    R package hrbrthemes. `plotnine.theme_set(theme_partialpool())` makes it the theme of every plot.

    Parameters
    ----------
    base_size
        Size of the text in points.
    base_family
        Font family; by default a narrow one where it is installed, else DejaVu Sans.
    grid
        Which grid lines to draw: `X` for major vertical lines, `x` for minor ones, `Y` and `y` for horizontal ones, in
        any combination; empty for none.

    Raises
    ------
    DataError
        If `grid` has a letter other than these.

    Examples
    --------
    >>> from plotnine import ggplot
    >>> plot = ggplot() + theme_partialpool(grid="Y")
    """
    if not is_number(base_size) or not base_size > 0:
        raise DataError(f"`base_size` is a size in points; got {base_size!r}")
    if not isinstance(grid, str) or set(grid) - set("XYxy"):
        raise DataError(f"`grid` takes the letters X, Y, x and y; got {grid!r}")
    return _theme(base_size, base_family or _default_family(), grid, options.figure_size[0])


def plot_theme(figure_size: tuple[float, float], *, grid: str = "XY") -> theme:
    """Return the theme of a plot of this package: the one set by `plotnine.theme_set`, else `theme_partialpool`.

    Parameters
    ----------
    figure_size
        Width and height in inches.
    grid
        See `theme_partialpool`.
    """
    chosen = options.current_theme
    if chosen is None:
        return _theme(10.5, _default_family(), grid, figure_size[0]) + theme(figure_size=figure_size)
    return (chosen() if isinstance(chosen, type) else chosen) + theme(figure_size=figure_size)


def _theme(size: float, family: str, grid: str, width: float) -> theme:
    """Build the theme for figures of a width in inches: plotnine measures most margins in widths of the figure."""
    points = 1 / (72 * width)
    base = _theme_minimal(base_size=size, base_family=family)
    return base + _titles(size, points) + _labels(size) + _grid(grid) + _space(size, points)


def _titles(size: float, points: float) -> theme:
    def gap(**sides: float) -> margin:
        return margin(**{side: value * points for side, value in sides.items()}, unit="fig")

    return theme(
        text=element_text(color=INK),
        plot_title=element_text(size=1.4 * size, weight="bold", ha="left", margin=gap(b=0.6 * size)),
        plot_subtitle=element_text(size=1.05 * size, color=_QUIET, ha="left", margin=gap(b=size)),
        plot_caption=element_text(size=0.8 * size, color=_QUIET, style="italic", ha="right", margin=gap(t=0.8 * size)),
        plot_title_position="plot",
        plot_caption_position="plot",
        axis_title_x=element_text(size=0.92 * size, color=_QUIET, ha="right", margin=gap(t=0.6 * size)),
        axis_title_y=element_text(size=0.92 * size, color=_QUIET, va="top", margin=gap(r=0.6 * size)),
    )


def _labels(size: float) -> theme:
    return theme(
        axis_text=element_text(size=0.86 * size, color=INK),
        axis_text_y=element_text(ma="right"),
        legend_title=element_text(size=0.92 * size, color=_QUIET),
        legend_text=element_text(size=0.86 * size),
        strip_text=element_text(size=0.92 * size, color=INK, linespacing=1.15, ma="left"),
        strip_text_x=element_text(ha="left", margin=margin(t=0.4 * size, b=0.35 * size)),
    )


def _grid(letters: str) -> theme:
    def line(letter: str, color: str) -> element_line | element_blank:
        return element_line(color=color, size=0.6) if letter in letters else element_blank()

    return theme(
        panel_grid_major_x=line("X", _GRID),
        panel_grid_major_y=line("Y", _GRID),
        panel_grid_minor_x=line("x", _FAINT_GRID),
        panel_grid_minor_y=line("y", _FAINT_GRID),
    )


def _space(size: float, points: float) -> theme:
    return theme(
        plot_margin=1.3 * size * points,
        panel_spacing=1.7 * size * points,
        legend_box_spacing=1.2 * size * points,
        legend_key_size=1.5 * size,
    )


@dataclass
class _DistinctColors(scale_discrete):
    """A discrete scale of colours, as many as the data need."""

    _aesthetics = ("color",)
    _: KW_ONLY
    na_value: str = "#7F7F7F"

    def palette(self, n: int) -> list[str]:
        return distinct_colors(n)


@dataclass
class _DistinctFills(_DistinctColors):
    """The same for fills."""

    _aesthetics = ("fill",)  # type: ignore[assignment]


def scale_color_partialpool(**kwargs: Any) -> scale_discrete:
    """Return a discrete colour scale that the colour-blind can read; arguments are those of any discrete scale.

    Examples
    --------
    >>> from plotnine import aes, ggplot
    >>> plot = ggplot(mapping=aes(color="channel")) + scale_color_partialpool(name="Channel")
    """
    return _DistinctColors(**kwargs)


def scale_fill_partialpool(**kwargs: Any) -> scale_discrete:
    """Return a discrete fill scale that the colour-blind can read; arguments are those of any discrete scale.

    Examples
    --------
    >>> from plotnine import aes, ggplot
    >>> plot = ggplot(mapping=aes(fill="promo")) + scale_fill_partialpool(name="Promotion")
    """
    return _DistinctFills(**kwargs)
