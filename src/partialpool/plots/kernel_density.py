"""Kernel density estimates of draws: binned, convolved with a normal kernel by a Fourier transform, interpolated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partialpool.arguments import is_number, is_pair, is_whole
from partialpool.errors import DataError, nearest

__all__ = ["Density", "bandwidth", "estimate_density", "height_factors"]

# The power of its own peak that each density is divided by.
_AREA_METHODS = {"equal area": 0.0, "scaled height": 0.5, "equal height": 1.0}

_BINS_PER_BANDWIDTH = 16
_MAX_BINS = 2**18
_TAIL = 4.0  # bandwidths beyond the outermost draw where the normal kernel is as good as zero


@dataclass(frozen=True)
class Density:
    """A density on a grid.

    Attributes
    ----------
    x
        Points, equally spaced and increasing.
    y
        Density at the points, in units of 1 / x.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]

    def at(self, x: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """Return the density at other points, by linear interpolation; zero outside the grid."""
        return np.asarray(np.interp(x, self.x, self.y, left=0.0, right=0.0))


def bandwidth(values: NDArray[np.float64], bw: str | float = "nrd0", adjust: float = 1.0) -> float:
    """Return the standard deviation of the kernel, in the units of `values`.

    Parameters
    ----------
    values
        Draws, of any shape.
    bw
        A number, or a rule of thumb: `nrd0` (Silverman 1986, eq. 3.31: 0.9 min(sd, IQR / 1.34) n^-1/5) or `nrd` (Scott
        1992: the same with 1.06).
    adjust
        Factor by which the bandwidth is multiplied.

    Raises
    ------
    DataError
        If the rule is unknown, or the bandwidth not positive.

    Examples
    --------
    >>> import numpy as np
    >>> round(bandwidth(np.arange(100.0)), 3)
    10.395
    """
    width = _rule_of_thumb(values, bw) if isinstance(bw, str) else bw
    if not (is_number(width) and is_number(adjust) and width > 0 and adjust > 0 and np.isfinite(width * adjust)):
        raise DataError(f"a bandwidth must be positive; got bw = {bw!r}, adjust = {adjust!r}")
    return width * adjust


def _rule_of_thumb(values: NDArray[np.float64], rule: str) -> float:
    factors = {"nrd0": 0.9, "nrd": 1.06}
    if rule not in factors:
        raise DataError(f"no rule for a bandwidth is named {rule!r}; {nearest(rule, factors)}, or pass a number")
    flat = values.ravel()
    sd = float(np.std(flat, ddof=1)) if flat.size > 1 else 0.0
    quartile_spread = float(np.subtract(*np.quantile(flat, [0.75, 0.25]))) / 1.34
    # Ties can make either spread zero; a constant has none at all and is given its own size.
    spread = min((s for s in (sd, quartile_spread) if s > 0), default=abs(float(flat[0])) or 1.0)
    return float(factors[rule] * spread * flat.size**-0.2)


def estimate_density(
    values: NDArray[np.float64],
    *,
    bw: str | float = "nrd0",
    adjust: float = 1.0,
    n_dens: int = 1024,
    limits: tuple[float, float] | None = None,
    bounds: tuple[float, float] | None = None,
) -> Density:
    """Return the kernel density estimate of draws.

    Parameters
    ----------
    values
        Draws, of any shape.
    bw, adjust
        See `bandwidth`.
    n_dens
        Number of points of the grid.
    limits
        First and last point of the grid; by default the smallest and the largest draw.
    bounds
        Bounds of the quantity itself, as (0, inf) for a standard deviation: the mass that the kernel would put beyond
        them is reflected, and the grid goes no farther.

    Raises
    ------
    DataError
        If a draw lies outside `bounds`, or the grid has fewer than two points.

    Examples
    --------
    >>> import numpy as np
    >>> density = estimate_density(np.random.default_rng(1).normal(size=4000), limits=(-6, 6))
    >>> bool(abs(np.trapezoid(density.y, density.x) - 1) < 1e-6)
    True
    """
    flat = values.ravel()
    if bounds is not None and not is_pair(bounds):
        raise DataError(f"`bounds` is a pair of numbers, the lower first; got {bounds!r}")
    low, high = bounds if bounds is not None else (-np.inf, np.inf)
    _check_grid(flat, n_dens, low, high)
    first, last = limits if limits is not None else (float(flat.min()), float(flat.max()))
    x = np.linspace(max(first, low), min(last, high), n_dens)
    width = bandwidth(flat, bw, adjust)
    grid, smooth = _smoothed(flat, width)
    y = np.interp(x, grid, smooth, left=0.0, right=0.0)
    for bound in (low, high):
        if np.isfinite(bound):
            y = y + np.interp(2 * bound - x, grid, smooth, left=0.0, right=0.0)
    return Density(x, y)


def _check_grid(values: NDArray[np.float64], n_dens: int, low: float, high: float) -> None:
    if not is_whole(n_dens) or n_dens < 2:
        raise DataError(f"a density needs at least two points; got n_dens = {n_dens!r}")
    if values.min() < low or values.max() > high:
        raise DataError(f"draws from {values.min():g} to {values.max():g} lie outside bounds = ({low:g}, {high:g})")


def _smoothed(values: NDArray[np.float64], width: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a grid that reaches past the draws, and the density on it."""
    low, high = values.min() - _TAIL * width, values.max() + _TAIL * width
    size = int(np.clip(2 ** np.ceil(np.log2(_BINS_PER_BANDWIDTH * (high - low) / width)), 512, _MAX_BINS))
    grid = np.linspace(low, high, size)
    step = grid[1] - grid[0]
    frequency = 2 * np.pi * np.fft.rfftfreq(size, step)
    spectrum = np.fft.rfft(_linear_bins(values, low, step, size)) * np.exp(-0.5 * (width * frequency) ** 2)
    # Rounding in the transform leaves values around -1e-17 in the tails.
    return grid, np.maximum(np.fft.irfft(spectrum, size) / (values.size * step), 0.0)


def _linear_bins(values: NDArray[np.float64], low: float, step: float, size: int) -> NDArray[np.float64]:
    """Share each draw between its two neighbouring grid points, in proportion to nearness."""
    position = (values - low) / step
    left = np.floor(position).astype(np.int64)
    share = position - left
    return np.asarray(np.bincount(left, 1 - share, size) + np.bincount(left + 1, share, size), dtype=np.float64)


def height_factors(curves: Sequence[Density], area_method: str) -> list[float]:
    """Return the factor by which each density is multiplied, so that the highest of all reaches 1.

    Parameters
    ----------
    curves
        Densities that are drawn together.
    area_method
        `equal area` keeps their proportions; `equal height` brings all peaks to 1; `scaled height`, between the two, puts
        peaks in proportion to the square roots of the densities' own.

    Raises
    ------
    DataError
        If the method is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([0.0, 1.0])
    >>> height_factors([Density(x, np.array([0.0, 4.0])), Density(x, np.array([0.0, 1.0]))], "scaled height")
    [0.25, 0.5]
    """
    if not isinstance(area_method, str) or area_method not in _AREA_METHODS:
        raise DataError(f"no `area_method` is named {area_method!r}; {nearest(str(area_method), _AREA_METHODS)}")
    power = _AREA_METHODS[area_method]
    peaks = np.array([curve.y.max() for curve in curves])
    return [float(factor) for factor in 1 / (peaks**power * peaks.max() ** (1 - power))]
