"""Figures and moments of a family for some settings of its parameters, from its own density, mean and draws."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import family_settings
import numpy as np
from family_settings import arguments

import partialpool as pp
from partialpool.families.base import Family
from partialpool.families.ordinal import OrdinalFamily

__all__ = ["DRAWS", "Setting", "described", "svg"]

DRAWS = 10_000
_SHOWN = 0.995  # part of the draws that the axis holds
_ATOM = 0.01  # draws that are the same number, by which a mass is known
_LINE = "#999990"  # stands for the colour of the page's text
_COLORS = ("#3182bd", "#e6873c", "#4fa36b")
_THRESHOLDS = (-1.0, 0.0, 1.0)


@dataclass(frozen=True)
class Setting:
    """A setting of a family's parameters, and what is known of the response.

    Attributes
    ----------
    label
        The parameters as text.
    mean, sd
        Mean, and standard deviation of draws, by category where there are several; None where it has no number.
    density
        Curve or probabilities: places, and heights; None where there is no density of a number.
    masses
        Places and probabilities of single numbers of a continuous response.
    """

    label: str
    mean: np.ndarray | None = None
    sd: np.ndarray | None = None
    density: tuple[Any, np.ndarray] | None = None
    masses: tuple[np.ndarray, np.ndarray] | None = None


def described(family: Family) -> list[Setting]:
    """Return the settings of a family with what is known of each."""
    if isinstance(family, OrdinalFamily):
        return [_ordinal(family, eta) for eta in (-1.0, 0.0, 1.0)]
    whole = family_settings.bound(family)
    chosen = family_settings.settings(whole)
    if whole.response.kind == "category":
        return [_categorical(whole, setting) for setting in chosen]
    drawn = [_draws(whole, setting) for setting in chosen]
    if whole.categories:
        return [_by_category(whole, *pair) for pair in zip(chosen, drawn, strict=True)]
    places = _places(whole, drawn)
    return [_scalar(whole, places, *pair) for pair in zip(chosen, drawn, strict=True)]


def _label(setting: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in setting.items())


def _draws(family: Family, setting: Mapping[str, float]) -> np.ndarray:
    given = {name: np.full((DRAWS, 1), value) for name, value in arguments(family, setting).items()}
    given |= {name: np.full((DRAWS, 1), 0.3) for name in _correlations(family)}
    return np.asarray(family.draw(np.random.default_rng(1), **given))[:, 0]


def _correlations(family: Family) -> list[str]:
    names = family.correlated
    return [f"lncor__{a}__{b}" for i, a in enumerate(names) for b in names[i + 1 :]]


def _places(family: Family, drawn: Sequence[np.ndarray]) -> np.ndarray:
    """Return responses at which to show the density."""
    every = np.concatenate(drawn)
    if family.response.discrete:
        return np.arange(every.min(), np.quantile(every, _SHOWN) + 1)
    tail = (1 - _SHOWN) * 2
    low = 0.0 if every.min() >= 0 else np.quantile(every, tail)
    high = np.quantile(every, 1 - tail)
    inner = np.linspace(low, high, 122)[1:-1]
    return inner[~np.isin(inner, _atoms(every))]


def _atoms(draws: np.ndarray) -> np.ndarray:
    values, counts = np.unique(draws, return_counts=True)
    return values[counts > _ATOM * len(draws)]


def _scalar(family: Family, places: np.ndarray, setting: Mapping[str, float], draws: np.ndarray) -> Setting:
    given = arguments(family, setting)
    atoms = np.zeros(0) if family.response.discrete else _atoms(draws)
    atoms = atoms[atoms < family.horizon]
    masses = (atoms, _density(family, atoms, given)) if atoms.size else None
    heights = _density(family, places, given)
    mean = np.asarray(family.mean(**given), dtype=np.float64).ravel()
    return Setting(_label(setting), mean, np.array([draws.std()]), (places, heights), masses)


def _density(family: Family, y: np.ndarray, given: Mapping[str, np.ndarray]) -> np.ndarray:
    wide = {name: np.full((1, len(y)), value) for name, value in given.items()}
    with np.errstate(all="ignore"):  # outside the support
        heights = np.exp(np.asarray(family.log_density(y, **wide), dtype=np.float64)).reshape(-1)
    return np.where(np.isfinite(heights), heights, 0.0)


def _by_category(family: Family, setting: Mapping[str, float], draws: np.ndarray) -> Setting:
    given = arguments(family, setting) | {name: np.full((1, 1), 0.3) for name in _correlations(family)}
    mean = np.asarray(family.mean(**given), dtype=np.float64)[0, 0]
    sd = draws.std(axis=0)
    return Setting(_label(setting), mean, sd, (list(family.categories), mean))


def _categorical(family: Any, setting: Mapping[str, float]) -> Setting:
    shares = family.proportions(arguments(family, setting))[0, 0]
    return Setting(_label(setting), density=(list(family.categories), shares))


def _ordinal(family: OrdinalFamily, eta: float) -> Setting:
    """Return the probabilities of the categories, from the log densities of models of a single row."""
    first = 1 - family.extra
    categories = np.arange(first, len(_THRESHOLDS) + 2)
    values = np.array([_one_row(family, k, eta) for k in categories])
    shares = np.exp(values - np.logaddexp.reduce(values))
    return Setting(f"mu = {eta:g}", density=([str(k) for k in categories], shares))


def _one_row(family: OrdinalFamily, category: int, eta: float) -> float:
    """Return the log density of one response; the prior in it is the same for all categories."""
    data = {"y": [category], "eta": [eta]}
    held = {name: 0.2 for name in family.dpars if name == "hu"}
    formula = pp.bf(f"y | thres({len(_THRESHOLDS)}) ~ 0 + offset(eta)", **held)
    fit = pp.brm(formula, data, family, empty=True)
    steps = np.array(_THRESHOLDS)
    free = np.concatenate([steps[:1], np.log(np.diff(steps))]) if family.increasing else steps
    return float(fit.log_density_gradient(free)[0])


def svg(family: Family, settings: Sequence[Setting]) -> str:
    """Return a figure of the densities, with the colour of the text of the page; empty where there is none."""
    if not settings or settings[0].density is None:
        return ""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib.figure import Figure

    style = {"svg.fonttype": "none", "svg.hashsalt": family.name, "font.size": 9, "font.family": "sans-serif"}
    style |= dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), _LINE)
    with mpl.rc_context(style):
        figure = Figure(figsize=(5.2, 2.3), layout="constrained")
        axes = figure.add_subplot()
        _draw(axes, family, settings)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    text = text[text.index("<svg") :].replace(_LINE, "currentColor")
    described = f"Density of family {family.name} for {'; '.join(s.label for s in settings)}"
    return text.replace("<svg ", f'<svg role="img" aria-label="{described}" class="family-figure" ', 1)


def _draw(axes: Any, family: Family, settings: Sequence[Setting]) -> None:
    for k, setting in enumerate(settings):
        places, heights = setting.density
        style = {"color": _COLORS[k % 3], "label": setting.label}
        if isinstance(places, list) or family.response.kind == "binary":
            _bars(axes, k, len(settings), places, setting, style)
        elif family.response.discrete:
            axes.plot(places, heights, "o-", markersize=3, linewidth=0.7, **style)
        else:
            axes.plot(places, heights, linewidth=1.4, **style)
        if setting.masses:
            axes.vlines(setting.masses[0], 0, setting.masses[1], color=_COLORS[k % 3], linewidth=1, linestyle=":")
            axes.plot(*setting.masses, "o", color=_COLORS[k % 3], markersize=4)
    axes.set_ylim(0, _top(settings))
    axes.set_xlabel("category" if isinstance(settings[0].density[0], list) else "y")
    axes.set_ylabel(_height_of(family, settings[0]))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _height_of(family: Family, setting: Setting) -> str:
    if setting.sd is not None and isinstance(setting.density[0], list):
        return "mean ± sd"
    return "probability" if family.response.discrete else "density"


def _bars(axes: Any, k: int, n: int, places: Any, setting: Setting, style: Mapping[str, Any]) -> None:
    at = np.arange(len(places)) + (k - (n - 1) / 2) * 0.8 / n
    error = setting.sd if isinstance(places, list) else None
    axes.bar(at, setting.density[1], 0.7 / n, yerr=error, error_kw={"ecolor": _LINE, "elinewidth": 0.8}, **style)
    axes.set_xticks(np.arange(len(places)), [str(p) if isinstance(p, str) else f"{p:g}" for p in places])


def _top(settings: Sequence[Setting]) -> float:
    """Return the upper end of the axis: a pole of one density shall not flatten the others."""
    peaks = []
    for setting in settings:
        heights = setting.density[1]
        spread = setting.sd if setting.sd is not None and len(setting.sd) == len(heights) > 1 else 0.0
        peak = np.max(heights + spread)
        peaks.append(min(peak, 4 * np.quantile(heights, 0.9)) if isinstance(setting.density[0], np.ndarray) else peak)
        if setting.masses:
            peaks.append(np.max(setting.masses[1]))
    return 1.08 * float(max(peaks))
