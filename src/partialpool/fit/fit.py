"""The fit: draws and the model they belong to. Each method is one line that calls the module that knows how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, NoReturn, Unpack

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, StorageError
from partialpool.families.base import Family
from partialpool.fit.draws import Draws
from partialpool.fit.tables import DEFAULT_PROBS, chosen_probs
from partialpool.formula.model_formula import ModelFormula
from partialpool.inference.nuts import Settings
from partialpool.model.model import Model
from partialpool.model.recipe import Recipe

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from partialpool.fit.request import Options
    from partialpool.fit.summary import Summary
    from partialpool.plots.pages import Pages
    from partialpool.priors.prior import PriorTable

__all__ = ["Fit"]

Array = NDArray[np.float64]
Names = str | Sequence[str] | None


class Fit:
    """What `brm` returns.

    Attributes
    ----------
    recipe
        Formula, data, family and priors.
    model
        The model; `model.log_density_gradient(u)` and the like are ready to use.
    draws
        Posterior draws under brms' flat names, or None in a fit without draws (`empty=True`).
    sampler_stats
        What the sampler reports of each draw, by ArviZ's names, [chain, draw].
    settings
        How the draws were made, the seed among it.
    warmup
        Draws of the warm-up if they were kept, else None.

    Notes
    -----
    Tables that sum up draws have the mean as Estimate and the standard deviation as Est.Error (with `robust=True` the
    median and the scaled median absolute deviation), and quantiles: of the probabilities `probs`, or with `prob=0.89` the
    bounds of a central interval. Without either these are those of 95 %.
    """

    def __init__(
        self,
        recipe: Recipe,
        model: Model,
        settings: Settings,
        draws: Draws | None = None,
        sampler_stats: Mapping[str, NDArray[Any]] | None = None,
        warmup: Draws | None = None,
        warmup_stats: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        self.recipe = recipe
        self.model = model
        self.settings = settings
        self._draws = draws
        self.sampler_stats = dict(sampler_stats or {})
        self.warmup = warmup
        self.warmup_stats = dict(warmup_stats or {})

    # What was fitted ------------------------------------------------------------------------------------------------

    @property
    def formula(self) -> ModelFormula:
        """The formula."""
        return self.recipe.formula

    @property
    def family(self) -> Family:
        """The family."""
        return self.recipe.family

    @property
    def draws(self) -> Draws:
        """Posterior draws under flat names.

        Raises
        ------
        DataError
            If the fit has none.
        """
        if self._draws is None:
            raise DataError("this fit has no draws: it was made with empty=True")
        return self._draws

    def log_density_gradient(self, u: Array) -> tuple[float, Array]:
        """Return log density and gradient at unconstrained parameters; see `Model.log_density_gradient`."""
        return self.model.log_density_gradient(u)

    def nobs(self) -> int:
        """Return the number of rows that the model was fitted to."""
        return self.model.spec.frame.n_rows

    def ngrps(self) -> dict[str, int]:
        """Return the number of levels of each group."""
        return {block.group: len(block.levels) for block in self.model.spec.blocks}

    def prior_summary(self) -> PriorTable:
        """Return the table of the priors in force."""
        return self.model.priors.table

    # Draws ----------------------------------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """Whether the fit has no draws."""
        return self._draws is None

    def variables(self) -> list[str]:
        """Return the names of the variables, as brms writes them."""
        return list(self.model.variables if self.is_empty else self.draws.names)

    def ndraws(self) -> int:
        """Return the number of draws of all chains."""
        return self.draws.n_chains * self.draws.n_per_chain

    def nchains(self) -> int:
        """Return the number of chains."""
        return self.draws.n_chains

    def as_draws(self, variable: Names = None, *, regex: bool = False) -> Draws:
        """Return draws under flat names; `regex` reads `variable` as regular expressions."""
        return self.draws.select(regex=variable) if regex else self.draws.select(variable)

    def as_draws_array(self, variable: Names = None, *, regex: bool = False) -> xr.DataArray:
        """Return draws as a labelled array [chain, draw, variable]."""
        from partialpool.fit.tables import draws_array

        return draws_array(self.as_draws(variable, regex=regex))

    def as_draws_df(self, variable: Names = None, *, regex: bool = False) -> pd.DataFrame:
        """Return draws as a data frame, one row a draw, with columns `.chain`, `.iteration` and `.draw` at the end."""
        from partialpool.fit.tables import draws_frame

        return draws_frame(self.as_draws(variable, regex=regex))

    @cached_property
    def idata(self) -> xr.DataTree:
        """Draws as an ArviZ-style DataTree: posterior, sample_stats, observed_data."""
        from partialpool.fit.idata import data_tree

        return data_tree(self)

    def to_idata(
        self, *, log_likelihood: bool = False, posterior_predictive: bool = False, seed: int | None = None
    ) -> xr.DataTree:
        """Return a DataTree that has also the log likelihood of each row, or random responses."""
        from partialpool.fit.idata import data_tree

        return data_tree(self, log_likelihood=log_likelihood, posterior_predictive=posterior_predictive, seed=seed)

    # Summaries ------------------------------------------------------------------------------------------------------

    def summary(self, prob: float = 0.95, *, robust: bool = False, priors: bool = False) -> Summary:
        """Return a summary that prints as brms prints it, and has its tables as data frames."""
        from partialpool.fit.summary import summarise

        return summarise(self, prob=prob, robust=robust, priors=priors)

    def posterior_summary(
        self,
        variable: Names = None,
        *,
        regex: bool = False,
        robust: bool = False,
        probs: Sequence[float] = DEFAULT_PROBS,
        prob: float | None = None,
    ) -> pd.DataFrame:
        """Return Estimate, Est.Error and quantiles of variables."""
        from partialpool.fit.tables import posterior_summary

        return posterior_summary(self.as_draws(variable, regex=regex), robust=robust, probs=chosen_probs(probs, prob))

    def posterior_interval(self, variable: Names = None, *, regex: bool = False, prob: float = 0.95) -> pd.DataFrame:
        """Return central intervals of variables."""
        from partialpool.fit.tables import posterior_interval

        return posterior_interval(self.as_draws(variable, regex=regex), prob=prob)

    def fixef(
        self,
        *,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = DEFAULT_PROBS,
        prob: float | None = None,
        pars: Names = None,
    ) -> pd.DataFrame:
        """Return population-level coefficients: a table, or with `summary=False` their draws."""
        from partialpool.fit.effects import fixef

        return fixef(self, summary=summary, robust=robust, probs=chosen_probs(probs, prob), pars=pars)

    def ranef(
        self,
        *,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = DEFAULT_PROBS,
        prob: float | None = None,
        groups: Names = None,
    ) -> dict[str, xr.DataArray]:
        """Return group-level effects by group: [level, statistic, coefficient], or [draw, level, coefficient]."""
        from partialpool.fit.effects import ranef

        return ranef(self, summary=summary, robust=robust, probs=chosen_probs(probs, prob), groups=groups)

    def coef(
        self,
        *,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = DEFAULT_PROBS,
        prob: float | None = None,
        groups: Names = None,
    ) -> dict[str, xr.DataArray]:
        """Return the sums of population-level and group-level effects by group, shaped as in `ranef`."""
        from partialpool.fit.effects import coef

        return coef(self, summary=summary, robust=robust, probs=chosen_probs(probs, prob), groups=groups)

    def VarCorr(  # noqa: N802  (brms' name)
        self,
        *,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = DEFAULT_PROBS,
        prob: float | None = None,
    ) -> dict[str, dict[str, Any]]:
        """Return standard deviations, correlations and covariances by group, that of the residuals as `residual__`."""
        from partialpool.fit.effects import var_corr

        return var_corr(self, summary=summary, robust=robust, probs=chosen_probs(probs, prob))

    def vcov(self, *, correlation: bool = False) -> pd.DataFrame:
        """Return the covariance or correlation matrix of the population-level coefficients."""
        from partialpool.fit.effects import vcov

        return vcov(self, correlation=correlation)

    # Predictions ----------------------------------------------------------------------------------------------------

    def posterior_linpred(
        self,
        newdata: Any = None,
        re_formula: str | bool | None = None,
        *,
        dpar: str | None = None,
        transform: bool = False,
        **options: Unpack[Options],
    ) -> Array:
        """Return the linear predictor of each row for each draw: [draw, row].

        In models of unordered categories there is one for each but the reference, `muB`, `muC`, ...: name it by `dpar`, or
        have them all, [draw, row, parameter].

        Parameters
        ----------
        newdata
            Rows to predict for; those of the fit where it is None.
        re_formula
            Which group-level effects take part: all (None), none (`"NA"`), or those of a formula, `"~ (1 | g)"`.
        dpar
            Distributional parameter; mu where it is None.
        transform
            Whether to apply the inverse link.
        **options
            `ndraws` (how many draws, at random), `draw_ids` (which, from 0), `allow_new_levels`, `sample_new_levels`
            (`"uncertainty"`, `"gaussian"` or `"old_levels"`), `seed`.

        Raises
        ------
        DataError
            If a column, a level or an option is not what it must be.
        """
        from partialpool.fit.prediction import linpred
        from partialpool.fit.request import Request

        return linpred(
            Request.of(self, newdata, re_formula, **options), "mu" if dpar is None else dpar, transform=transform
        )

    def posterior_epred(
        self,
        newdata: Any = None,
        re_formula: str | bool | None = None,
        *,
        dpar: str | None = None,
        **options: Unpack[Options],
    ) -> Array:
        """Return the mean of each row's response for each draw, or a distributional parameter: [draw, row].

        Of a response that is a matrix it has a mean for each column, of categories their probabilities: [draw, row,
        category]. Arguments are those of `posterior_linpred`.
        """
        from partialpool.fit.prediction import distributional_parameter, epred
        from partialpool.fit.request import Request

        request = Request.of(self, newdata, re_formula, **options)
        return epred(request) if dpar is None else distributional_parameter(request, dpar)

    def posterior_predict(
        self,
        newdata: Any = None,
        re_formula: str | bool | None = None,
        *,
        negative_rt: bool = False,
        **options: Unpack[Options],
    ) -> Array:
        """Return random responses of each row for each draw: [draw, row], of matrices [draw, row, category].

        Categories come as numbers, from 1. With `negative_rt=True`, response times of the family wiener are negative where
        the decision is that of the lower boundary. The other arguments are those of `posterior_linpred`.
        """
        from partialpool.fit.prediction import predict
        from partialpool.fit.request import Request

        return predict(Request.of(self, newdata, re_formula, **options), negative_rt=negative_rt)

    def log_lik(self, newdata: Any = None, re_formula: str | bool | None = None, **options: Unpack[Options]) -> Array:
        """Return the log density of each row's response for each draw: [draw, row]; arguments as in `posterior_linpred`."""
        from partialpool.fit.prediction import log_lik
        from partialpool.fit.request import Request

        return log_lik(Request.of(self, newdata, re_formula, **options))

    def pp_mixture(
        self,
        newdata: Any = None,
        re_formula: str | bool | None = None,
        *,
        log: bool = False,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = DEFAULT_PROBS,
        prob: float | None = None,
        **options: Unpack[Options],
    ) -> xr.DataArray | Array:
        """Return the probabilities that rows come from each component of a mixture: a table, or with `summary=False` draws."""
        from partialpool.fit.membership import pp_mixture

        return pp_mixture(
            self,
            newdata,
            re_formula,
            log=log,
            summary=summary,
            robust=robust,
            probs=chosen_probs(probs, prob),
            **options,
        )

    def fitted(
        self,
        newdata: Any = None,
        re_formula: str | bool | None = None,
        *,
        scale: str = "response",
        dpar: str | None = None,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = DEFAULT_PROBS,
        prob: float | None = None,
        **options: Unpack[Options],
    ) -> pd.DataFrame | xr.DataArray | Array:
        """Return a table of the mean (`scale="response"`) or the linear predictor (`"linear"`) of each row, or its draws."""
        from partialpool.fit.row_tables import fitted

        return fitted(
            self,
            newdata,
            re_formula,
            scale=scale,
            dpar=dpar,
            summary=summary,
            robust=robust,
            probs=chosen_probs(probs, prob),
            **options,
        )

    def predict(
        self,
        newdata: Any = None,
        re_formula: str | bool | None = None,
        *,
        negative_rt: bool = False,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = DEFAULT_PROBS,
        prob: float | None = None,
        **options: Unpack[Options],
    ) -> pd.DataFrame | xr.DataArray | Array:
        """Return a table of random responses of each row, or the responses; `negative_rt` as in `posterior_predict`."""
        from partialpool.fit.row_tables import predicted

        return predicted(
            self,
            newdata,
            re_formula,
            negative_rt=negative_rt,
            summary=summary,
            robust=robust,
            probs=chosen_probs(probs, prob),
            **options,
        )

    def residuals(
        self,
        newdata: Any = None,
        re_formula: str | bool | None = None,
        *,
        type: str = "ordinary",  # noqa: A002  (brms' name)
        method: str = "posterior_epred",
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = DEFAULT_PROBS,
        prob: float | None = None,
        **options: Unpack[Options],
    ) -> pd.DataFrame | xr.DataArray | Array:
        """Return a table of the differences between responses and predictions, or their draws; `type` may be `"pearson"`."""
        from partialpool.fit.row_tables import residuals

        return residuals(
            self,
            newdata,
            re_formula,
            type=type,
            method=method,
            summary=summary,
            robust=robust,
            probs=chosen_probs(probs, prob),
            **options,
        )

    # Plots ----------------------------------------------------------------------------------------------------------

    def plot(
        self,
        variable: Names = None,
        *,
        regex: bool = False,
        combo: Sequence[str] = ("hist", "trace"),
        nvariables: int = 5,
        bins: int = 30,
    ) -> Pages:
        """Return the first look at the fit, the distribution and the trace of each variable; see `plot_fit`."""
        from partialpool.plots import plot_fit

        pars, expressions = (None, variable) if regex else (variable, None)
        return plot_fit(self, pars, expressions, combo=combo, nvariables=nvariables, bins=bins)

    # Storage and display --------------------------------------------------------------------------------------------

    def save(self, path: str | PathLike[str]) -> None:
        """Write the fit to one file; `load` reads it again."""
        from partialpool.io import save

        save(self, path)

    def __copy__(self) -> Fit:
        """Return a fit that shares everything with this one."""
        return Fit(self.recipe, self.model, self.settings, *self._made)

    def __deepcopy__(self, memo: dict[int, Any]) -> Fit:
        """Return a fit with draws of its own; the model, which never changes, is shared."""
        return Fit(self.recipe, self.model, self.settings, *deepcopy(self._made, memo))

    @property
    def _made(self) -> tuple[Any, ...]:
        return self._draws, self.sampler_stats, self.warmup, self.warmup_stats

    def __reduce__(self) -> NoReturn:
        raise StorageError(
            "a fit is not pickled: write it with fit.save(path), and read it with partialpool.load(path)"
        )

    def __repr__(self) -> str:
        return f"<Fit without draws: {self.formula}>" if self.is_empty else str(self.summary())

    def _repr_html_(self) -> str:
        return f"<pre>{self!r}</pre>" if self.is_empty else self.summary()._repr_html_()
