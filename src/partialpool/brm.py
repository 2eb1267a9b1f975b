"""The front door: `brm` fits a model, `default_prior` lists the priors it would have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from partialpool.engine import driver
from partialpool.errors import SamplingError
from partialpool.families.base import Family
from partialpool.fit.draws import Draws
from partialpool.fit.fit import Fit
from partialpool.formula.model_formula import ModelFormula, MultivariateFormula
from partialpool.frame.contrasts import Coding
from partialpool.inference.density import Density
from partialpool.inference.diagnostics import diagnose
from partialpool.inference.nuts import Samples, Settings, sample
from partialpool.inference.settings import Init
from partialpool.model.initial import Starts, gives_starts, starting_points
from partialpool.model.model import Model
from partialpool.model.recipe import Recipe
from partialpool.priors.prior import PriorLike, PriorTable

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["brm", "default_prior"]

FormulaLike = str | ModelFormula | MultivariateFormula


def default_prior(
    formula: FormulaLike,
    data: Any,
    family: str | Family | None = None,
    *,
    contrasts: Mapping[str, Coding] | None = None,
) -> PriorTable:
    """Return the default priors of a model: one row for each class, and for each coefficient and group within it.

    Parameters
    ----------
    formula, data, family, contrasts
        As in `brm`.

    Raises
    ------
    FormulaError, FamilyError, DataError
        If an argument is not what it must be.

    Examples
    --------
    >>> table = default_prior("y ~ x", {"y": [1.0, 2.0, 4.0], "x": [0.0, 1.0, 2.0]})
    >>> [row.prior for row in table if row.class_ == "sigma"]
    ['student_t(3, 0, 2.5)']
    """
    return Recipe.read(formula, data, family, contrasts=contrasts).specification.default_priors()


def brm(
    formula: FormulaLike,
    data: Any,
    family: str | Family | None = None,
    prior: PriorLike | None = None,
    *,
    contrasts: Mapping[str, Coding] | None = None,
    sample_prior: str = "no",
    iter: int = 2000,  # noqa: A002  (brms' name)
    warmup: int | None = None,
    chains: int = 4,
    cores: int | None = None,
    thin: int = 1,
    seed: int | None = None,
    init: Init | Starts | None = "random",
    control: Mapping[str, Any] | None = None,
    progress: bool | None = None,
    save_warmup: bool = False,
    empty: bool = False,
    file: str | PathLike[str] | None = None,
    file_refit: str = "on_change",
) -> Fit:
    """Fit a Bayesian multilevel regression model.

    Parameters
    ----------
    formula
        brms' formula: a text such as `"y ~ x + (1 + x | g)"`, or what `bf()` returns.
    data
        pandas or polars data frame, pyarrow table, or dict of arrays.
    family
        What `gaussian()`, `binomial("logit")`, ... return, or the name of a family; gaussian where it is None.
    prior
        What `prior()` returns, a list of such, or their sum. Parameters without one have brms' default priors.
    contrasts
        Codings of factors by column: `{"f": "sum"}`. Treatment contrasts for factors, polynomial for ordered ones.
    sample_prior
        `"yes"` adds draws from the priors (`prior_b`, ...); `"only"` leaves the likelihood out.
    iter, warmup
        Iterations of each chain, warm-up included, and of the warm-up (half of them).
    chains, cores
        Number of chains, and how many of them run at once (as many as there are processors).
    thin
        Every how many iterations a draw is kept.
    seed
        Makes draws repeatable, whatever `cores`.
    init
        Where chains start: `"random"` or None, 0, a radius, values by the names of the parameters (`{"b": [1, 2],
        "sigma": 1}`, as `model.param_names()` has them; those not named start at random), an unconstrained point, a list
        of such values or points for the chains, or a function that returns them: of the chain (from 0), or of nothing.
    control
        `adapt_delta`, `max_treedepth`, `metric`, ...; see `inference.settings.Control`.
    progress
        Whether to show progress; where someone may be watching, by default.
    save_warmup
        Whether to keep the draws of the warm-up.
    empty
        Whether to return a fit without draws, whose `model` is ready.
    file
        Where to keep the fit. If a fit is there whose formula, data, family, priors and settings are the same, it is
        returned instead of a new one.
    file_refit
        `"on_change"`, `"always"` or `"never"` (the file is taken as it is).

    Returns
    -------
    Fit
        Draws, model, and everything that follows from them.

    Raises
    ------
    FormulaError, FamilyError, DataError, PriorError, SamplingError, StorageError
        If an argument is not what it must be, or sampling cannot start.

    References
    ----------
    Bürkner (2017), brms: An R package for Bayesian multilevel models using Stan, Journal of Statistical Software 80.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=100)
    >>> fit = brm("y ~ x", data={"x": x, "y": 1 + 2 * x + rng.normal(size=100)}, iter=1000, seed=1, progress=False)
    >>> fit.variables()
    ['b_Intercept', 'b_x', 'sigma', 'lprior', 'lp__']
    """
    recipe = Recipe.read(formula, data, family, prior, sample_prior=sample_prior, contrasts=contrasts)
    for name, flag in (("save_warmup", save_warmup), ("empty", empty)):
        if not isinstance(flag, bool):
            raise SamplingError(f"`{name}` must be True or False, not {flag!r}")
    if progress is not None and not isinstance(progress, bool):
        raise SamplingError(f"`progress` must be True, False or None, not {progress!r}")
    if control is not None and not isinstance(control, Mapping):
        raise SamplingError(f"`control` must be a dict of settings such as {{'adapt_delta': 0.95}}, not {control!r}")
    if isinstance(init, np.ndarray) and init.dtype.kind not in "biuf":
        raise SamplingError(f"`init` must hold numbers, not {init!r}")
    if isinstance(init, str) and init == "0":  # as R users may write it
        init = 0
    plain = "random" if init is None or gives_starts(init) else cast(Init, init)
    settings = Settings(iter, warmup, chains, cores, thin, seed, plain, dict(control or {}), progress, save_warmup)
    model = None
    if gives_starts(init):
        model = recipe.model()
        settings = replace(settings, init=starting_points(model, init, chains, seed))
    if file is not None:
        from partialpool.io import kept_fit

        kept = kept_fit(file, recipe, settings, refit=file_refit, empty=empty)
        if kept is not None:
            return kept
    model = model or recipe.model()
    fit = Fit(recipe, model, settings) if empty else _sampled(recipe, model, settings)
    if file is not None:
        fit.save(file)
    return fit


def _sampled(recipe: Recipe, model: Model, settings: Settings) -> Fit:
    """Return the fit with its draws, after warnings about them."""
    program = model.program
    density = Density(
        n_unconstrained=program.n_inputs,
        n_values=program.n_outputs + 1,
        logp=driver.density.address,
        expand=driver.expand.address,
        user_data=program.address,
        keep_alive=program,
    )
    samples = sample(
        density,
        settings,
        names=model.variables,
        coordinates=model.coordinate_labels(),
        explain=model.explain,
        middle=model.middle,
    )
    draws = Draws(model.variables, _with_log_density(samples.values, samples.stats["lp"]))
    if recipe.sample_prior == "yes":
        draws = _with_prior_draws(draws, model, samples)
    diagnose(draws.values, samples.stats, draws.names, samples.settings).warn()
    warmup = None
    if samples.warmup_values is not None and samples.warmup_stats is not None:
        warmup = Draws(model.variables, _with_log_density(samples.warmup_values, samples.warmup_stats["lp"]))
    return Fit(recipe, model, samples.settings, draws, samples.stats, warmup, samples.warmup_stats)


def _with_log_density(values: NDArray[np.float64], lp: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move the log prior to its place before the log density, for which the program leaves room."""
    values[:, :, -2] = values[:, :, -1]
    values[:, :, -1] = lp
    return values


def _with_prior_draws(draws: Draws, model: Model, samples: Samples) -> Draws:
    """Add draws from the priors, before `lprior`."""
    shape = draws.values.shape[:2]
    rng = np.random.default_rng([samples.settings.seed or 0, 3])
    named = model.prior_draws(shape[0] * shape[1], rng)
    extra = np.array([*named.values()]).T.reshape(*shape, len(named))
    names = (*draws.names[:-2], *named, *draws.names[-2:])
    return Draws(names, np.concatenate([draws.values[:, :, :-2], extra, draws.values[:, :, -2:]], axis=2))
