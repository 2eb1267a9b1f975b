"""Figures and moments of a family for some settings of its parameters, from its own density, mean and draws.

Colours are variables of the page's style sheet, so that curves and the table below them have the same, in the dark too.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import family_settings
import numpy as np
from family_moments import density, mean_and_variance
from family_settings import arguments

import partialpool as pp
from partialpool.families.base import Family
from partialpool.families.ordinal import OrdinalFamily

__all__ = ["DRAWS", "Setting", "atoms_of", "described", "draws_of", "svg"]

DRAWS = 10_000
_ENDS = (0.002, 0.993)  # quantiles that the axis reaches
_ATOM = 2  # more draws than this that are the same number tell of a mass there
_LINE = "#999990"  # stands for the colour of the page's text
_COLORS = ("#11aa01", "#11aa02", "#11aa03", "#11aa04", "#11aa05")  # stand for the colours of the style sheet
_LIMITS = {"angle": (-np.pi, np.pi)}
_LIMITS |= dict.fromkeys(("proportion", "proportion_or_zero", "closed_proportion"), (0.0, 1.0))
_THRESHOLDS = (-1.0, 0.0, 1.0)


@dataclass(frozen=True)
class Setting:
    """A setting of a family's parameters, and what is known of the response.

    Attributes
    ----------
    values
        The parameters.
    mean, variance
        Mean and variance, by category where there are several; None where a response is no number.
    density
        Curve or probabilities: places, and heights; None where there is no density of a number.
    masses
        Places and probabilities of single numbers of a continuous response.
    """

    values: Mapping[str, float]
    mean: np.ndarray | None = None
    variance: np.ndarray | None = None
    density: tuple[Any, np.ndarray] | None = None
    masses: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def label(self) -> str:
        """The parameters as text."""
        return ", ".join(f"{name} = {value:g}" for name, value in self.values.items())


def described(family: Family) -> list[Setting]:
    """Return the settings of a family with what is known of each."""
    if isinstance(family, OrdinalFamily):
        return [_ordinal(family, eta) for eta in (-1.0, 0.0, 1.0)]
    whole = family_settings.bound(family)
    chosen = family_settings.settings(whole)
    if whole.response.kind == "category":
        return [_categorical(whole, setting) for setting in chosen]
    drawn = [draws_of(whole, setting) for setting in chosen]
    if whole.categories:
        return [_by_category(whole, *pair) for pair in zip(chosen, drawn, strict=True)]
    places = _places(whole, drawn)
    return [_scalar(whole, places, *pair) for pair in zip(chosen, drawn, strict=True)]


def draws_of(family: Family, setting: Mapping[str, float]) -> np.ndarray:
    """Return random responses of a setting, [draw] or [draw, category]."""
    given = {name: np.full((DRAWS, 1), value) for name, value in arguments(family, setting).items()}
    given |= {name: np.full((DRAWS, 1), 0.3) for name in _correlations(family)}
    return np.asarray(family.draw(np.random.default_rng(1), **given))[:, 0]


def _correlations(family: Family) -> list[str]:
    names = family.correlated
    return [f"lncor__{a}__{b}" for i, a in enumerate(names) for b in names[i + 1 :]]


def _places(family: Family, drawn: Sequence[np.ndarray]) -> np.ndarray:
    """Return responses at which to show the density."""
    low = min(np.quantile(draws, _ENDS[0]) for draws in drawn)
    high = max(np.quantile(draws, _ENDS[1]) for draws in drawn)
    if family.response.discrete:
        return np.arange(low, high + 1)
    low, high = _LIMITS.get(family.response.kind, (0.0 if min(map(np.min, drawn)) >= 0 else low, high))
    inner = np.linspace(low, high, 202)[1:-1]
    return inner[~np.isin(inner, atoms_of(family, np.concatenate(drawn)))]


def atoms_of(family: Family, draws: np.ndarray) -> np.ndarray:
    """Return the single numbers of a continuous response that have a probability."""
    values, counts = np.unique(draws, return_counts=True)
    return values[(counts > _ATOM) & (not family.response.discrete) & (values < family.horizon)]


def _scalar(family: Family, places: np.ndarray, setting: Mapping[str, float], draws: np.ndarray) -> Setting:
    given = arguments(family, setting)
    atoms = atoms_of(family, draws)
    masses = (atoms, density(family, atoms, given)) if atoms.size else None
    mean = np.asarray(family.mean(**given), dtype=np.float64).ravel()
    _, variance = mean_and_variance(family, given, draws, atoms)
    return Setting(setting, mean, np.array([variance]), (places, density(family, places, given)), masses)


def _by_category(family: Family, setting: Mapping[str, float], draws: np.ndarray) -> Setting:
    given = arguments(family, setting) | {name: np.full((1, 1), 0.3) for name in _correlations(family)}
    mean = np.asarray(family.mean(**given), dtype=np.float64)[0, 0]
    return Setting(setting, mean, draws.var(axis=0), (list(family.categories), mean))


def _categorical(family: Any, setting: Mapping[str, float]) -> Setting:
    shares = family.proportions(arguments(family, setting))[0, 0]
    return Setting(setting, density=(list(family.categories), shares))


def _ordinal(family: OrdinalFamily, eta: float) -> Setting:
    """Return the probabilities of the categories, from the log densities of models of a single row."""
    first = 1 - family.extra
    categories = np.arange(first, len(_THRESHOLDS) + 2)
    values = np.array([_one_row(family, k, eta) for k in categories])
    shares = np.exp(values - np.logaddexp.reduce(values))
    return Setting({"mu": eta}, density=([str(k) for k in categories], shares))


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
    for k, color in enumerate(_COLORS, start=1):
        text = text.replace(color, f"var(--curve-{k})")
    described = f"Density of family {family.name} for {'; '.join(s.label for s in settings)}"
    return text.replace("<svg ", f'<svg role="img" aria-label="{described}" class="family-figure" ', 1)


def _draw(axes: Any, family: Family, settings: Sequence[Setting]) -> None:
    from matplotlib.ticker import MaxNLocator

    for k, setting in enumerate(settings):
        places, heights = setting.density
        style = {"color": _COLORS[k]}
        if isinstance(places, list) or family.response.kind == "binary":
            _bars(axes, k, len(settings), places, setting, style)
        elif family.response.discrete:
            axes.plot(places, heights, "o-", markersize=3, linewidth=0.7, **style)
        else:
            axes.plot(places, heights, linewidth=1.4, **style)
        if setting.masses:
            axes.vlines(setting.masses[0], 0, setting.masses[1], color=_COLORS[k], linewidth=1, linestyle=":")
            axes.plot(*setting.masses, "o", color=_COLORS[k], markersize=4, clip_on=False)
    axes.set_ylim(0, _top(settings, poles=not family.response.discrete))
    if family.response.discrete and not axes.patches:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("category" if isinstance(settings[0].density[0], list) else "y")
    axes.set_ylabel(_height_of(family, settings[0]))
    axes.spines[["top", "right"]].set_visible(False)


def _height_of(family: Family, setting: Setting) -> str:
    if setting.variance is not None and isinstance(setting.density[0], list):
        return "mean ± standard deviation"
    if "dec" in family.data:
        return "density, upper boundary"
    return "probability" if family.response.discrete else "density"


def _bars(axes: Any, k: int, n: int, places: Any, setting: Setting, style: Mapping[str, Any]) -> None:
    at = np.arange(len(places)) + (k - (n - 1) / 2) * 0.8 / n
    error = np.sqrt(setting.variance) if isinstance(places, list) and setting.variance is not None else None
    axes.bar(at, setting.density[1], 0.7 / n, yerr=error, error_kw={"ecolor": _LINE, "elinewidth": 0.8}, **style)
    axes.set_xticks(np.arange(len(places)), [str(p) if isinstance(p, str) else f"{p:g}" for p in places])


def _top(settings: Sequence[Setting], *, poles: bool) -> float:
    """Return the upper end of the axis: a pole of one density shall not flatten the others, if there may be any."""
    peaks = []
    for setting in settings:
        heights = setting.density[1]
        by_category = setting.variance is not None and isinstance(setting.density[0], list)
        peak = np.max(heights + (np.sqrt(setting.variance) if by_category else 0.0))
        pole = poles and np.argmax(heights) in (0, len(heights) - 1)
        peaks.append(min(peak, 4 * np.quantile(heights, 0.85)) if pole else peak)
        if setting.masses:
            peaks.append(np.max(setting.masses[1]))
    return 1.08 * float(max(peaks))
