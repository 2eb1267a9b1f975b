"""Whether draws can be trusted: convergence of the chains, effective sample sizes, and what the sampler reports.

Definitions are those of R's posterior package, from Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021),
"Rank-normalization, folding, and localization: an improved R-hat", Bayesian Analysis 16(2). They are computed here for
many variables at once, because every fit is checked: libraries that take variables one by one need 2 ms for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import ConvergenceWarning, warn
from partialpool.inference.settings import Control, Settings

__all__ = ["Convergence", "Diagnostics", "diagnose", "energy_fraction", "summarise_convergence"]

_Array = NDArray[np.float64]

_RHAT_LIMIT = 1.01
_ESS_LIMIT = 100  # per chain
_ENERGY_LIMIT = 0.3
_CHUNK = 100_000  # draws worked on at once: few enough for the cache


@dataclass(frozen=True)
class Convergence:
    """Convergence of variables, each an array of shape [variable]; NaN for variables that are constant or not finite.

    Attributes
    ----------
    rhat
        Larger of the rank-normalised split Rhat of the draws and that of their distances from the median.
    ess_bulk
        Effective sample size of the rank-normalised draws.
    ess_tail
        Smaller of the effective sample sizes of the 5 % and the 95 % quantile.
    mcse_mean
        Monte Carlo standard error of the mean.
    """

    rhat: _Array
    ess_bulk: _Array
    ess_tail: _Array
    mcse_mean: _Array


@dataclass(frozen=True)
class Diagnostics:
    """What was found about a set of draws.

    Attributes
    ----------
    n_divergent, n_max_treedepth
        Number of draws after the warm-up whose trajectory diverged, or was cut short.
    energy_fractions
        Estimated Bayesian fraction of missing information, shape [chain].
    convergence
        Of the variables by themselves.
    messages
        What is wrong, each with its remedy; empty if nothing is.
    """

    n_divergent: int
    n_max_treedepth: int
    energy_fractions: _Array
    convergence: Convergence
    messages: tuple[str, ...]

    def warn(self) -> None:
        """Issue each message as a ConvergenceWarning."""
        for message in self.messages:
            warn(message, ConvergenceWarning)


def diagnose(
    values: _Array, stats: Mapping[str, NDArray[Any]], names: Sequence[str], settings: Settings | None = None
) -> Diagnostics:
    """Return what can be said against the draws.

    Parameters
    ----------
    values
        Draws, shape [chain, draw, variable].
    stats
        Sampler statistics, each of shape [chain, draw]; of these `diverging`, `reached_max_treedepth` and `energy` are
        used, where present.
    names
        Of the variables.
    settings
        The request that was sampled by, for the remedies to name values.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> stuck = rng.normal(size=(4, 1000, 1)) + np.arange(4)[:, None, None]
    >>> print(diagnose(stuck, {}, ["sigma"]).messages[0])
    Rhat is above 1.01 for sigma (1.540): the chains have not mixed. Run them for longer (`iter`), or look for a \
posterior with several modes or unidentified parameters.
    """
    control = Control.read(settings.control if settings is not None else {})
    convergence = summarise_convergence(values)
    n_divergent = int(np.sum(stats.get("diverging", 0)))
    n_deep = int(np.sum(stats.get("reached_max_treedepth", 0)))
    fractions = energy_fraction(stats["energy"]) if "energy" in stats else np.empty(0)
    n_draws = values.shape[0] * values.shape[1]
    messages = (
        _about_divergences(n_divergent, n_draws, control),
        _about_depth(n_deep, n_draws, control),
        _about_energy(fractions),
        _about_rhat(convergence.rhat, names),
        _about_ess("Bulk", "means and medians", convergence.ess_bulk, values.shape[0], names),
        _about_ess("Tail", "variances and outer quantiles", convergence.ess_tail, values.shape[0], names),
    )
    return Diagnostics(n_divergent, n_deep, fractions, convergence, tuple(filter(None, messages)))


def summarise_convergence(values: _Array) -> Convergence:
    """Return Rhat, effective sample sizes and Monte Carlo error of draws of shape [chain, draw, variable].

    Examples
    --------
    >>> import numpy as np
    >>> draws = np.random.default_rng(1).normal(size=(4, 1000, 2))
    >>> summarise_convergence(draws).rhat.round(2)
    array([1., 1.])
    """
    n_chains, n_draws, n_variables = values.shape
    figures = np.full((4, n_variables), np.nan)
    if n_draws >= 4:
        step = max(1, _CHUNK // (n_chains * n_draws))
        for first in range(0, n_variables, step):
            figures[:, first : first + step] = _figures(values[:, :, first : first + step])
    return Convergence(*figures)


def energy_fraction(energy: _Array) -> _Array:
    """Return the estimated Bayesian fraction of missing information of each chain from energies [chain, draw].

    References
    ----------
    Betancourt (2016), "Diagnosing suboptimal cotangent disintegrations in Hamiltonian Monte Carlo", arXiv 1604.00695.

    Examples
    --------
    >>> import numpy as np
    >>> energy_fraction(np.array([[0.0, 1.0, 0.0, 1.0]]))
    array([3.])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.sum(np.diff(energy, axis=1) ** 2, axis=1) / (np.var(energy, axis=1) * energy.shape[1]))


def _figures(values: _Array) -> _Array:
    """Return rhat, ess_bulk, ess_tail, mcse_mean as rows, for draws [chain, draw, variable]."""
    draws = np.ascontiguousarray(np.moveaxis(values, 2, 0))  # [variable, chain, draw]
    flat = draws.reshape(len(draws), -1)
    usable = np.isfinite(flat).all(axis=1) & (np.ptp(flat, axis=1) > 0)
    figures = np.full((4, len(draws)), np.nan)
    if usable.any():
        figures[:, usable] = _usable_figures(draws[usable])
    return figures


def _usable_figures(draws: _Array) -> _Array:
    flat = draws.reshape(len(draws), -1)
    low, median, high = np.quantile(flat, (0.05, 0.5, 0.95), axis=1)[:, :, None, None]
    split = _split(draws)
    ranked = _normal_scores(split)
    folded = _normal_scores(np.abs(split - median))
    tails = [_effective_size(_split((draws <= limit).astype(np.float64))) for limit in (low, high)]
    return np.array(
        [
            np.maximum(_rhat(ranked), _rhat(folded)),
            _effective_size(ranked),
            np.minimum(*tails),
            np.std(flat, axis=1, ddof=1) / np.sqrt(_effective_size(split)),
        ]
    )


def _split(draws: _Array) -> _Array:
    """Return the two halves of each chain as chains of their own; the middle draw of an odd number belongs to none."""
    half = draws.shape[2] // 2
    return np.concatenate((draws[:, :, :half], draws[:, :, -half:]), axis=1)


def _normal_scores(draws: _Array) -> _Array:
    """Return the normal quantiles of the ranks of all draws of a variable, ties at their mean rank."""
    from scipy.special import ndtri

    flat = draws.reshape(len(draws), -1)
    size = flat.shape[1]
    order = np.argsort(flat, axis=1)
    ordered = np.take_along_axis(flat, order, axis=1)
    new = np.ones(flat.shape, dtype=bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    last = np.ones(flat.shape, dtype=bool)
    last[:, :-1] = new[:, 1:]
    place = np.arange(size)
    low = np.maximum.accumulate(np.where(new, place, 0), axis=1)
    high = np.minimum.accumulate(np.where(last, place, size)[:, ::-1], axis=1)[:, ::-1]
    # low + high is twice the mean rank less 2: one of 2 * size - 1 values, so that each quantile is taken once.
    scores = ndtri((np.arange(2 * size - 1) / 2 + 1 - 3 / 8) / (size + 1 / 4))
    result = np.empty_like(flat)
    np.put_along_axis(result, order, scores[low + high], axis=1)
    return result.reshape(draws.shape)


def _rhat(draws: _Array) -> _Array:
    n_draws = draws.shape[2]
    between = np.var(draws.mean(axis=2), axis=1, ddof=1)
    within = np.var(draws, axis=2, ddof=1).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.sqrt((n_draws - 1) / n_draws + between / within))


def _effective_size(draws: _Array) -> _Array:
    """Return the effective sample size by Geyer's initial monotone sequence, over the chains of [variable, chain, draw]."""
    n_chains, n_draws = draws.shape[1:]
    covariance = _autocovariance(draws)
    within = covariance[:, :1] * n_draws / (n_draws - 1)
    total = covariance[:, :1] + (np.var(draws.mean(axis=2), axis=1, ddof=1)[:, None] if n_chains > 1 else 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = 1 - (within - covariance) / total
    correlation[:, 0] = 1.0
    # Sums of neighbours are positive and decrease for a reversible chain: the sequence is cut, and made to, where not.
    n_pairs = max(1, (n_draws - 2) // 2)
    even = correlation[:, : 2 * n_pairs : 2]
    pairs = even + correlation[:, 1 : 2 * n_pairs : 2]
    ends = pairs <= 0
    ends[:, -1] = True
    cut = np.argmax(ends, axis=1)[:, None]
    monotone = np.minimum.accumulate(pairs, axis=1)
    kept = np.where(np.arange(n_pairs) < cut, monotone, 0.0).sum(axis=1)
    rest = np.take_along_axis(even, cut, axis=1)[:, 0]
    rest = np.where((rest > 0) | (np.take_along_axis(pairs, cut, axis=1)[:, 0] >= 0), rest, 0.0)
    size = n_chains * n_draws
    return np.asarray(size / np.maximum(-1 + 2 * kept + rest, 1 / np.log10(size)))


def _autocovariance(draws: _Array) -> _Array:
    """Return the mean over chains of the autocovariances at all lags: shape [variable, lag]."""
    n_draws = draws.shape[2]
    length = 1 << (2 * n_draws - 1).bit_length()
    spectrum = np.fft.rfft(draws - draws.mean(axis=2, keepdims=True), length, axis=2)
    power = (spectrum.real**2 + spectrum.imag**2).mean(axis=1)
    return np.asarray(np.fft.irfft(power, length, axis=1)[:, :n_draws] / n_draws)


def _about_divergences(n_divergent: int, n_draws: int, control: Control) -> str:
    if n_divergent == 0:
        return ""
    higher = next((delta for delta in (0.9, 0.95, 0.99, 0.999) if delta > control.adapt_delta + 1e-9), None)
    remedy = (
        f'Raise adapt_delta (control={{"adapt_delta": {higher}}}, now {control.adapt_delta:g})'
        if higher is not None
        else "Use tighter priors"
    )
    return (
        f"{_counted(n_divergent, 'transition')} of {n_draws} diverged: regions of high curvature may be missed and "
        f"estimates biased. {remedy}, or simplify the model."
    )


def _about_depth(n_deep: int, n_draws: int, control: Control) -> str:
    if n_deep == 0:
        return ""
    depth = control.max_treedepth
    return (
        f"{_counted(n_deep, 'transition')} of {n_draws} reached the maximal tree depth of {depth}: sampling is slow, "
        f'though not biased. Raise it (control={{"max_treedepth": {depth + 2}}}), or rescale the predictors.'
    )


def _about_energy(fractions: _Array) -> str:
    low = np.flatnonzero(fractions < _ENERGY_LIMIT)
    if len(low) == 0:
        return ""
    listed = ", ".join(f"chain {chain + 1} ({fractions[chain]:.2f})" for chain in low)
    return (
        f"The energy fraction E-BFMI is below {_ENERGY_LIMIT} in {listed}: heavy tails may be explored poorly. "
        "Run longer (`iter`), or use priors with lighter tails."
    )


def _about_rhat(rhat: _Array, names: Sequence[str]) -> str:
    high = np.flatnonzero(rhat > _RHAT_LIMIT)
    if len(high) == 0:
        return ""
    worst = [f"{names[i]} ({rhat[i]:.3f})" for i in high[np.argsort(-rhat[high])]]
    return (
        f"Rhat is above {_RHAT_LIMIT} for {_first(worst)}: the chains have not mixed. Run them for longer (`iter`), "
        "or look for a posterior with several modes or unidentified parameters."
    )


def _about_ess(kind: str, consequence: str, ess: _Array, n_chains: int, names: Sequence[str]) -> str:
    needed = _ESS_LIMIT * n_chains
    low = np.flatnonzero(ess < needed)
    if len(low) == 0:
        return ""
    worst = [f"{names[i]} ({ess[i]:.0f})" for i in low[np.argsort(ess[low])]]
    return (
        f"{kind} effective sample size is below {needed} for {_first(worst)}: {consequence} may be unreliable. "
        "Run the chains for longer (`iter`)."
    )


def _first(items: Iterable[str], limit: int = 3) -> str:
    listed = list(items)
    more = len(listed) - limit
    return ", ".join(listed[:limit]) + (f" and {more} more" if more > 0 else "")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
