"""Population-level coefficients, group-level effects, and their sums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.arguments import listed
from partialpool.errors import DataError, nearest
from partialpool.families.ordinal import OrdinalFamily
from partialpool.fit.blocks import COEFFICIENT_RANKS
from partialpool.fit.tables import DEFAULT_PROBS, draws_of, statistic_names, summarise_draws, summary_table
from partialpool.fit.variances import var_corr

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from partialpool.fit.fit import Fit

__all__ = ["GroupEffects", "coef", "fixef", "group_effects", "ranef", "var_corr", "vcov"]

Array: TypeAlias = NDArray[np.float64]

_THRESHOLD = re.compile(r"(.*_)?Intercept\[.*\]")


@dataclass(frozen=True, eq=False)
class GroupEffects:
    """Draws of the effects of one group.

    Attributes
    ----------
    levels
        Levels of the group, as the data have them.
    prefixes, coefficients
        Of each coefficient, the parameter that it predicts (empty for mu) and its name.
    values
        Draws, shape [draw, level, coefficient].
    """

    levels: tuple[str, ...]
    prefixes: tuple[str, ...]
    coefficients: tuple[str, ...]
    values: Array

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients with the parameter before them: `Intercept`, `sigma_Intercept`."""
        pairs = zip(self.prefixes, self.coefficients, strict=True)
        return tuple(f"{prefix}_{coef}" if prefix else coef for prefix, coef in pairs)


def fixef(
    fit: Fit,
    *,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = DEFAULT_PROBS,
    pars: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return population-level coefficients of all parameters, intercepts first: a table, or their draws.

    Parameters
    ----------
    fit
        The fit.
    summary
        Whether to return Estimate, Est.Error and quantiles of each coefficient; else one row for each draw.
    robust, probs
        As in `summarise_draws`.
    pars
        Names of coefficients, all where it is None.

    Raises
    ------
    DataError
        If there is no coefficient of a name.
    """
    import pandas as pd

    names, values = _coefficients(fit, pars)
    if not summary:
        return pd.DataFrame(values, columns=names)
    return summary_table(values, pd.Index(names, dtype=object), robust=robust, probs=probs)


def vcov(fit: Fit, *, correlation: bool = False) -> pd.DataFrame:
    """Return the covariance or correlation matrix of the population-level coefficients."""
    draws = fixef(fit, summary=False)
    return draws.corr() if correlation else draws.cov()


def ranef(
    fit: Fit,
    *,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = DEFAULT_PROBS,
    groups: str | Sequence[str] | None = None,
) -> dict[str, xr.DataArray]:
    """Return group-level effects by group: [level, statistic, coefficient], or draws [draw, level, coefficient].

    Parameters
    ----------
    fit
        The fit.
    summary
        Whether to return statistics, else draws.
    robust, probs
        As in `summarise_draws`.
    groups
        Names of groups, all where it is None.

    Raises
    ------
    DataError
        If the model has no group-level effects, or none by a group.
    """
    return {
        group: _labelled(effects.values, effects.levels, effects.names, summary, robust, probs)
        for group, effects in _chosen_effects(fit, groups).items()
    }


def coef(
    fit: Fit,
    *,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = DEFAULT_PROBS,
    groups: str | Sequence[str] | None = None,
) -> dict[str, xr.DataArray]:
    """Return the sums of population-level and group-level effects by group, shaped as in `ranef`.

    A coefficient that does not vary by the group is the same for all its levels; one that has no population-level
    counterpart is the group-level effect alone. An effect that all thresholds of an ordinal model share is part of each,
    `Intercept[1]`, `Intercept[2]`, ...: thresholds less the effect, or the effect less thresholds, as the family has it.

    Raises
    ------
    DataError
        If the model has no group-level effects, or none by a group.
    """
    names, population = _coefficients(fit)
    fixed = dict(zip(names, population.T, strict=True))
    found = {}
    for group, effects in _chosen_effects(fit, groups).items():
        every, values = _sums(fit, effects, fixed)
        found[group] = _labelled(values, effects.levels, every, summary, robust, probs)
    return found


def _sums(fit: Fit, effects: GroupEffects, fixed: dict[str, Array]) -> tuple[tuple[str, ...], Array]:
    """Return names and draws [draw, level, coefficient] of the effects of a group added to coefficients [draw]."""
    varying = dict(zip(effects.names, np.moveaxis(effects.values, 2, 0), strict=True))
    # `x[2]` of a category-specific effect, or a threshold, goes with the effect `x` of all categories.
    counterpart = {name: name if name in varying else name.partition("[")[0] for name in fixed}
    spread = {of for name, of in counterpart.items() if of != name}
    every = tuple(dict.fromkeys((*(name for name in varying if name not in spread), *fixed)))
    values = np.zeros((*effects.values.shape[:2], len(every)))
    for i, name in enumerate(every):
        effect = varying.get(counterpart.get(name, name), np.zeros(1))
        values[:, :, i] = effect if name not in fixed else _sum(fit, name, fixed[name][:, None], effect)
    return every, values


def _sum(fit: Fit, name: str, population: Array, effect: Array) -> Array:
    family = fit.model.spec.family
    if not (isinstance(family, OrdinalFamily) and _THRESHOLD.fullmatch(name)):
        return population + effect
    return effect - population if family.mu_less_threshold else population - effect


def _chosen_effects(fit: Fit, groups: str | Sequence[str] | None) -> dict[str, GroupEffects]:
    """Return the effects of some groups, all where `groups` is None."""
    every = group_effects(fit)
    if not every:
        raise DataError("the model has no group-level effects")
    chosen = list(every) if groups is None else listed("groups", groups)
    for group in chosen:
        if group not in every:
            raise DataError(f"the model has no effects by a group {group!r}; {nearest(group, every)}")
    return {group: every[group] for group in chosen}


def group_effects(fit: Fit) -> dict[str, GroupEffects]:
    """Return the draws of all group-level effects by group."""
    levels = {block.group: block.index.levels for block in fit.model.spec.blocks}
    return {group: _effects_of(fit, group, levels[group]) for group in levels}


def _effects_of(fit: Fit, group: str, levels: tuple[str, ...]) -> GroupEffects:
    outputs = [output for output in fit.model.outputs if output.rank == "r" and output.dims[0] == group]
    prefixes: list[str] = []
    coefficients: list[str] = []
    values: list[Array] = []
    for output in outputs:
        names = output.coords[1]
        prefixes += [output.variable.removeprefix(f"r_{group}").removeprefix("__")] * len(names)
        coefficients += names
        # Flat names run through the levels of a coefficient before the next coefficient.
        drawn = draws_of(fit.draws, output.names).reshape(-1, len(names), len(levels))
        values.append(drawn.transpose(0, 2, 1))
    return GroupEffects(levels, tuple(prefixes), tuple(coefficients), np.concatenate(values, axis=2))


def _coefficients(fit: Fit, pars: str | Sequence[str] | None = None) -> tuple[list[str], Array]:
    """Return names and draws [draw, coefficient] of the population-level coefficients."""
    flat = [name for output in fit.model.outputs if output.rank in COEFFICIENT_RANKS for name in output.names]
    by_name = {name.partition("_")[2]: name for name in flat}
    chosen = list(by_name) if pars is None else listed("pars", pars)
    for name in chosen:
        if name not in by_name:
            raise DataError(f"there is no population-level coefficient {name!r}; {nearest(name, by_name)}")
    return chosen, draws_of(fit.draws, [by_name[name] for name in chosen])


def _labelled(
    values: Array, levels: Sequence[str], names: Sequence[str], summary: bool, robust: bool, probs: Sequence[float]
) -> xr.DataArray:
    import xarray as xr

    coords: dict[str, list[str]] = {"level": list(levels), "coefficient": list(names)}
    if not summary:
        return xr.DataArray(values, dims=("draw", "level", "coefficient"), coords=coords)
    statistics = summarise_draws(values, robust=robust, probs=probs).transpose(0, 2, 1)
    coords["statistic"] = statistic_names(probs)
    return xr.DataArray(statistics, dims=("level", "statistic", "coefficient"), coords=coords)
