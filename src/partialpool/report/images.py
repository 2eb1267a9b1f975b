"""Plots as pictures that stand in the page itself."""

from __future__ import annotations

import base64
from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from plotnine import ggplot
    from plotnine.composition import Compose

    Drawable: TypeAlias = ggplot | Compose

__all__ = ["png_data", "width_in_pixels"]

_DPI = 200
_PIXELS = 108
"""An inch of a figure on a desktop's screen: letters somewhat larger than in print."""

_WIDEST = 5.4
"""Inches. Letters of a wider figure would be too small on a telephone."""


def png_data(plot: Drawable) -> str:
    """Return a plot as a data URI, drawn finely enough for screens of high resolution."""
    from matplotlib import pyplot as plt

    figure = deepcopy(_narrowed(plot)).draw()
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI)
    plt.close(figure)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def width_in_pixels(plot: Drawable) -> int:
    """Return the width at which a plot is meant to be seen."""
    return round(_PIXELS * min(_size(plot)[0], _WIDEST))


def _size(plot: Drawable) -> tuple[float, float]:
    from plotnine.composition import Compose

    last = plot.last_plot if isinstance(plot, Compose) else plot
    width, height = last.theme.getp("figure_size")
    return float(width), float(height)


def _narrowed(plot: Drawable) -> Drawable:
    from plotnine import theme
    from plotnine.composition import Compose

    width, height = _size(plot)
    size = theme(figure_size=(min(width, _WIDEST), height), dpi=_DPI)
    return plot & size if isinstance(plot, Compose) else plot + size
