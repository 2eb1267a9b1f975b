"""Splines of a baseline hazard: M-splines, of which each integrates to one, and their integrals, I-splines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.errors import DataError
from partialpool.families.responses import Array

__all__ = ["HazardSplines"]

_MARGIN = 50
"""The boundary knots lie beyond the smallest and the largest time by this part of their distance."""


@dataclass(frozen=True)
class HazardSplines:
    """A basis of M-splines.

    Attributes
    ----------
    interior
        Knots between the boundaries.
    boundary
        First and last knot; hazards are zero beyond them.
    degree
        Degree of the pieces.
    intercept
        Whether the first spline, which is not zero at the first knot, is among them.

    References
    ----------
    Ramsay (1988). Monotone regression splines in action. Statistical Science 3.

    Examples
    --------
    >>> splines = HazardSplines((2.0,), (0.0, 10.0))
    >>> splines.cumulative(np.array([0.0, 2.0, 10.0])).sum(axis=1).round(6)
    array([0. , 1.6, 5. ])
    """

    interior: tuple[float, ...]
    boundary: tuple[float, float]
    degree: int = 3
    intercept: bool = True

    @classmethod
    def learn(cls, times: Array, settings: Mapping[str, Any]) -> HazardSplines:
        """Return the basis for some times: knots at their quantiles, as many as degrees of freedom ask for.

        Parameters
        ----------
        times
            Shape [row].
        settings
            `bhaz_df`, `bhaz_knots`, `bhaz_Boundary.knots`, `bhaz_degree`, `bhaz_intercept`, as arrays; any may be absent.

        Raises
        ------
        DataError
            If there are fewer degrees of freedom than the degree needs, or knots are out of the boundary.
        """
        degree = _whole(settings, "bhaz_degree", 3, 0)
        intercept = bool(settings.get("bhaz_intercept", np.ones(1))[0])
        margin = (times.max() - times.min()) / _MARGIN
        ends = settings.get("bhaz_Boundary.knots", np.array([max(times.min() - margin, 0.0), times.max() + margin]))
        if len(ends) != 2 or not 0 <= ends[0] < ends[1] or times.min() < ends[0] or times.max() > ends[1]:
            raise DataError(
                f"bhaz(): Boundary.knots must be two numbers of at least 0 that enclose all times, {times.min():.15g} to "
                f"{times.max():.15g}"
            )
        interior = settings.get("bhaz_knots")
        if interior is None:
            df = _whole(settings, "bhaz_df", 5, 1)
            count = df - degree - intercept
            if count < 0:
                raise DataError(
                    f"bhaz(df = {df}): degree {degree} needs at least {degree + intercept} degrees of freedom"
                )
            interior = np.quantile(times, np.arange(1, count + 1) / (count + 1))
        if np.any(np.diff([ends[0], *interior, ends[1]]) <= 0):
            raise DataError(
                "bhaz(): knots must increase and lie within the boundary; ask for fewer, or give knots = c(...)"
            )
        return cls(tuple(map(float, interior)), (float(ends[0]), float(ends[1])), degree, intercept)

    @property
    def size(self) -> int:
        """Number of splines."""
        return len(self.interior) + self.degree + self.intercept

    @property
    def knots(self) -> tuple[float, ...]:
        """Boundary and interior knots."""
        return (self.boundary[0], *self.interior, self.boundary[1])

    def hazard(self, times: Array) -> Array:
        """Return the M-splines at some times, shape [row, spline]."""
        inside = (times >= self.boundary[0]) & (times <= self.boundary[1])
        values = self._spline(0)(np.clip(times, *self.boundary))
        return np.asarray(np.where(inside[:, None], values, 0.0))

    def cumulative(self, times: Array) -> Array:
        """Return the I-splines at some times, the integrals of the M-splines up to there, shape [row, spline]."""
        return np.asarray(self._spline(1)(np.clip(times, *self.boundary)))

    def _spline(self, integrals: int) -> Any:
        from scipy.interpolate import BSpline

        first, last = self.boundary
        order = self.degree + 1
        knots = np.array([first] * order + [*self.interior] + [last] * order)
        width = knots[order:] - knots[:-order]
        scaled = np.diag(order / width[: len(knots) - order])
        spline = BSpline(knots, scaled[:, 0 if self.intercept else 1 :], self.degree)
        return spline.antiderivative(integrals) if integrals else spline


def _whole(settings: Mapping[str, Any], name: str, default: int, least: int) -> int:
    values = settings.get(name, np.array([float(default)]))
    if len(values) != 1 or values[0] != np.floor(values[0]) or values[0] < least:
        raise DataError(f"bhaz(): {name.removeprefix('bhaz_')} must be a whole number of at least {least}")
    return int(values[0])
