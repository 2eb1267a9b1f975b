"""Half-eye plots of distributions: a density on a line, the point estimate and intervals beneath it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from plotnine import aes, geom_path, geom_point, geom_ribbon, geom_segment, ggplot, guides, labs, scale_fill_manual

from partialpool.arguments import is_number, is_pair, is_whole
from partialpool.errors import DataError, nearest
from partialpool.plots.colors import color_scheme
from partialpool.plots.kernel_density import Density, estimate_density, height_factors
from partialpool.plots.panels import row_positions, rows_theme, scale_y_rows
from partialpool.plots.selection import select_draws
from partialpool.priors.syntax import read_prior
from partialpool.priors.univariate import Univariate

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["halfeye"]

_HEIGHT, _DROP = 0.78, 0.09
_TAIL = 0.001
_ESTIMATES = ("median", "mean", "none")


@dataclass(frozen=True)
class _Slab:
    """What is drawn of one distribution: its density, its point estimate, and the ends of its intervals."""

    density: Density
    point: float
    intervals: NDArray[np.float64]  # [width, end]


def halfeye(
    distributions: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    *,
    shade: tuple[float, float] | None = None,
    widths: Sequence[float] = (0.66, 0.95),
    point_est: str = "median",
    area_method: str = "equal area",
    n_dens: int = 512,
    bw: str | float = "nrd0",
    adjust: float = 1.0,
) -> ggplot:
    """Return a half-eye plot: for each distribution its density, over a point estimate with its central intervals.

    Parameters
    ----------
    distributions
        Distributions by name, one, or several in a list. A distribution is the text of a prior, as `normal(0, 1)`; a
        frozen distribution of scipy, or any object with `pdf` and `ppf` (drawn between its 0.1 % and 99.9 % quantiles)
        or with `rvs` alone (10,000 draws of it are shown); or an array of draws. Or a source of draws, as a fit: see
        `select_draws`.
    pars, regex_pars
        Which variables of a source of draws, or which names of a dictionary.
    shade
        Ends of a range that is drawn in colour, while the rest is grey. By default all is in colour.
    widths
        Probabilities of the intervals.
    point_est
        `median`, `mean` or `none`.
    area_method
        How heights compare: `equal area`, `equal height` or `scaled height`, as in `mcmc_areas`.
    n_dens, bw, adjust
        Points of each density, and the bandwidth for draws: see `partialpool.plots.kernel_density.estimate_density`.

    Raises
    ------
    DataError
        If an object is not a continuous distribution, or an argument is not as described.
    PriorError
        If the text of a prior cannot be read.

    Examples
    --------
    >>> from plotnine import labs
    >>> priors = {sd: f"normal(0, {sd})" for sd in (1, 2, 5)}
    >>> plot = halfeye(priors, shade=(-2.5, 2.5)) + labs(title="Normal priors", x="log-odds", y="standard deviation")
    """
    _check(shade, widths, point_est)
    slabs = {
        name: _slab(name, value, sorted(widths), point_est, {"n_dens": n_dens, "bw": bw, "adjust": adjust})
        for name, value in _named(distributions, pars, regex_pars).items()
    }
    names = list(slabs)
    return (
        ggplot(_interval_table(slabs, sorted(widths)))
        + _areas(_curve_table(slabs, shade, area_method))
        + _marks(point_est, len(widths))
        + scale_y_rows(names, below=0.4, above=1.0)
        + labs(x="", y="")
        + rows_theme(len(names), factor=1.2)
    )


def _check(shade: tuple[float, float] | None, widths: Sequence[float], point_est: str) -> None:
    if shade is not None and not is_pair(shade):
        raise DataError(f"`shade` is a pair of numbers, the lower first; got {shade!r}")
    several = isinstance(widths, Iterable) and len(list(widths)) > 0
    if not several or not all(is_number(width) and 0 < width < 1 for width in widths):
        raise DataError(f"`widths` are probabilities between 0 and 1; got {widths!r}")
    if not isinstance(point_est, str) or point_est not in _ESTIMATES:
        raise DataError(f"no point estimate is named {point_est!r}; {nearest(str(point_est), _ESTIMATES)}")


# What was passed ------------------------------------------------------------------------------------------------------


def _named(
    distributions: object, pars: str | Sequence[str] | None, regex_pars: str | Sequence[str] | None
) -> dict[str, Any]:
    if _is_distribution(distributions):
        return {_name(distributions): distributions}
    if isinstance(distributions, Mapping) and any(_is_distribution(value) for value in distributions.values()):
        return {str(name): value for name, value in distributions.items()}
    if isinstance(distributions, list | tuple):
        return {_name(value, i): value for i, value in enumerate(distributions, 1)}
    if isinstance(distributions, np.ndarray) and distributions.ndim <= 2:
        return {"": distributions}
    draws = select_draws(distributions, pars, regex_pars)
    return {name: draws[name] for name in draws.names}


def _is_distribution(value: object) -> bool:
    return isinstance(value, str) or hasattr(value, "rvs") or (hasattr(value, "pdf") and hasattr(value, "ppf"))


def _name(value: Any, number: int = 1) -> str:
    family = getattr(getattr(value, "dist", None), "name", None)
    if family is None:
        return str(number) if isinstance(value, np.ndarray) else str(value)
    arguments = [f"{x:g}" for x in value.args] + [f"{key} = {x:g}" for key, x in value.kwds.items()]
    return f"{family}({', '.join(arguments)})"


# From a distribution to what is drawn ---------------------------------------------------------------------------------


def _slab(name: str, value: Any, widths: Sequence[float], point_est: str, style: Mapping[str, Any]) -> _Slab:
    value = _law(value) if isinstance(value, str) else value
    ends = np.array([[0.5 - width / 2, 0.5 + width / 2] for width in widths])
    if hasattr(value, "pdf") and hasattr(value, "ppf"):
        density = _analytic(name, value, style["n_dens"])
        center = (
            float("nan") if point_est == "none" else float(value.ppf(0.5) if point_est == "median" else value.mean())
        )
        return _Slab(density, center, np.asarray(value.ppf(ends), dtype=np.float64))
    draws = _draws(name, value)
    center = float("nan") if point_est == "none" else float(np.median(draws) if point_est == "median" else draws.mean())
    return _Slab(estimate_density(draws, **style), center, np.quantile(draws, ends))


def _law(text: str) -> Any:
    """Return scipy's twin of the distribution that the text of a prior names."""
    prior = read_prior(text)
    if not isinstance(prior, Univariate):
        raise DataError(f"{text!r} is not a distribution of a single number, and has no half-eye")
    return prior.scipy()


def _analytic(name: str, value: Any, n_dens: int) -> Density:
    if not is_whole(n_dens) or n_dens < 2:
        raise DataError(f"a density needs at least two points; got n_dens = {n_dens!r}")
    low, high = (float(value.ppf(p)) for p in (_TAIL, 1 - _TAIL))
    if not (np.isfinite([low, high]).all() and low < high):
        raise DataError(f"{name!r} has no finite quantiles; a half-eye needs a proper continuous distribution")
    x = np.linspace(low, high, n_dens)
    y = np.asarray(value.pdf(x), dtype=np.float64)
    return Density(x, np.minimum(y, y[np.isfinite(y)].max()))  # a density may be infinite at the end of its support


def _draws(name: str, value: Any) -> NDArray[np.float64]:
    drawn = value.rvs(size=10_000, random_state=np.random.default_rng(1)) if hasattr(value, "rvs") else value
    try:
        draws = np.asarray(drawn, dtype=np.float64).ravel()
    except (TypeError, ValueError) as error:
        raise DataError(f"{name!r} is neither draws nor a distribution with `pdf` and `ppf`, or `rvs`") from error
    if draws.size < 2 or not np.isfinite(draws).all():
        raise DataError(f"{name!r} must be at least two finite draws; got {draws.size} of which some may not be finite")
    return draws


# Tables and layers ----------------------------------------------------------------------------------------------------


def _curve_table(slabs: Mapping[str, _Slab], shade: tuple[float, float] | None, area_method: str) -> pd.DataFrame:
    """Return the densities, cut at the ends of `shade`: columns distribution, part, inside, x, y, density and top."""
    import pandas as pd

    positions = row_positions(list(slabs))
    factors = height_factors([slab.density for slab in slabs.values()], area_method)
    parts = []
    for (name, slab), factor in zip(slabs.items(), factors, strict=True):
        for number, (inside, x) in enumerate(_cut(slab.density.x, shade)):
            density = slab.density.at(x)
            top = positions[name] + _HEIGHT * factor * density
            part = {"distribution": name, "part": f"{name} {number}", "inside": inside, "x": x, "density": density}
            parts.append(pd.DataFrame({**part, "y": float(positions[name]), "top": top}))
    return pd.concat(parts, ignore_index=True)


def _cut(x: NDArray[np.float64], shade: tuple[float, float] | None) -> list[tuple[bool, NDArray[np.float64]]]:
    """Split a grid at the ends of a range into (inside, points), each piece with both its ends."""
    if shade is None:
        return [(True, x)]
    cuts = [x[0], *(end for end in shade if x[0] < end < x[-1]), x[-1]]
    pieces = []
    for low, high in pairwise(cuts):
        inside = shade[0] <= (low + high) / 2 <= shade[1]
        pieces.append((inside, np.concatenate([[low], x[(x > low) & (x < high)], [high]])))
    return pieces


def _interval_table(slabs: Mapping[str, _Slab], widths: Sequence[float]) -> pd.DataFrame:
    import pandas as pd

    rows = [
        {
            "distribution": name,
            "y": y,
            "under": y - _DROP,
            "point": slabs[name].point,
            **{f"low_{i}": low for i, low in enumerate(slabs[name].intervals[:, 0])},
            **{f"high_{i}": high for i, high in enumerate(slabs[name].intervals[:, 1])},
        }
        for name, y in row_positions(list(slabs)).items()
    ]
    return pd.DataFrame(rows)


def _areas(curves: pd.DataFrame) -> list[Any]:
    scheme = color_scheme()
    fills = {False: "#D3D3D3", True: scheme.light_highlight}
    return [
        geom_ribbon(aes(x="x", ymin="y", ymax="top", group="part", fill="inside"), curves),
        scale_fill_manual(fills),
        guides(fill="none"),
        geom_path(aes(x="x", y="top", group="distribution"), curves, color=scheme.dark, size=0.6),
    ]


def _marks(point_est: str, n_widths: int) -> list[Any]:
    """Draw the intervals, the widest thinnest, and the point."""
    scheme = color_scheme()
    sizes = np.linspace(2.8, 0.9, n_widths) if n_widths > 1 else np.array([1.6])
    layers: list[Any] = [
        geom_segment(
            aes(x=f"low_{i}", xend=f"high_{i}", y="under", yend="under"), color=scheme.dark_highlight, size=sizes[i]
        )
        for i in reversed(range(n_widths))
    ]
    if point_est != "none":
        layers.append(geom_point(aes(x="point", y="under"), color=scheme.dark_highlight, size=3.6))
    return layers
