"""Regions of highest density of two variables, as polygons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError
from partialpool.plots.kernel_density import bandwidth

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["density_regions"]

_CELLS = 128
_TAIL = 4.0


def density_regions(x: NDArray[np.float64], y: NDArray[np.float64], probs: Sequence[float]) -> pd.DataFrame:
    """Return the regions of highest density that hold the given shares of the draws, the widest first.

    Parameters
    ----------
    x, y
        Draws of the two variables, [draw].
    probs
        Probabilities of the regions, each between 0 and 1.

    Returns
    -------
    DataFrame
        The corners of polygons: columns prob, ring (number of the polygon within the region), x and y. A polygon with a
        hole also runs around the hole, in the other direction, and back.

    Raises
    ------
    DataError
        If a probability is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = np.random.default_rng(1).normal(size=(2, 1000))
    >>> density_regions(x, y, [0.5, 0.9])["prob"].unique().tolist()
    [0.9, 0.5]
    """
    import pandas as pd
    from contourpy import FillType, contour_generator

    if not probs or not all(0 < prob < 1 for prob in probs):
        raise DataError(f"`probs` are probabilities between 0 and 1; got {list(probs)!r}")
    grid_x, grid_y, density = _smoothed(x, y)
    generator = contour_generator(grid_x, grid_y, density, fill_type=FillType.OuterOffset)
    widest_first = sorted(probs, reverse=True)
    parts = []
    for prob, level in zip(widest_first, _levels(density, widest_first), strict=True):
        polygons: Any = generator.filled(level, np.inf)
        for ring, (points, offset) in enumerate(zip(*polygons, strict=True)):
            corners = _keyhole(np.split(points, offset[1:-1]))
            parts.append(pd.DataFrame({"prob": prob, "ring": ring, "x": corners[:, 0], "y": corners[:, 1]}))
    return pd.concat(parts, ignore_index=True)


def _keyhole(rings: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Join an outline and its holes into one path, which comes back to its start after each hole."""
    outline, *holes = rings
    return np.concatenate([outline, *(np.concatenate([hole, outline[:1]]) for hole in holes)])


def _levels(density: NDArray[np.float64], probs: Sequence[float]) -> NDArray[np.float64]:
    """Return the densities above which the given shares of the mass lie."""
    descending = np.sort(density.ravel())[::-1]
    mass = np.cumsum(descending) / descending.sum()
    return descending[np.searchsorted(mass, probs)]


def _smoothed(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return a grid and the kernel density estimate [y, x] on it, binned and convolved by a Fourier transform."""
    widths = np.array([1.25 * bandwidth(x), 1.25 * bandwidth(y)])  # two dimensions need a wider kernel than one
    low = np.array([x.min(), y.min()]) - _TAIL * widths
    high = np.array([x.max(), y.max()]) + _TAIL * widths
    counts, edges_y, edges_x = np.histogram2d(y, x, _CELLS, [[low[1], high[1]], [low[0], high[0]]])
    step = (high - low) / _CELLS
    spread_x = np.exp(-0.5 * (2 * np.pi * np.fft.rfftfreq(_CELLS) * widths[0] / step[0]) ** 2)
    spread_y = np.exp(-0.5 * (2 * np.pi * np.fft.fftfreq(_CELLS) * widths[1] / step[1]) ** 2)
    smooth = np.fft.irfft2(np.fft.rfft2(counts) * spread_y[:, np.newaxis] * spread_x, counts.shape)
    middle_x, middle_y = (edges_x[1:] + edges_x[:-1]) / 2, (edges_y[1:] + edges_y[:-1]) / 2
    # What the kernel spreads beyond the draws is dropped: a correlation does not go below -1, nor a deviation below 0.
    inside_x = (middle_x > x.min() - step[0] / 2) & (middle_x < x.max() + step[0] / 2)
    inside_y = (middle_y > y.min() - step[1] / 2) & (middle_y < y.max() + step[1] / 2)
    return middle_x, middle_y, np.maximum(smooth, 0.0) * inside_y[:, np.newaxis] * inside_x
