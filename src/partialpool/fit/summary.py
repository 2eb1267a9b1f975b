"""The summary of a fit: estimates, intervals and convergence of its parameters, block by block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from partialpool.fit.blocks import Block, blocks
from partialpool.fit.tables import central_probs, draws_of, percent, summarise_draws
from partialpool.inference.diagnostics import summarise_convergence
from partialpool.inference.settings import Control
from partialpool.priors.prior import PriorTable

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.fit.fit import Fit

__all__ = ["Summary", "SummaryBlock", "summarise"]

_RHAT_LIMIT = 1.05


@dataclass(frozen=True)
class SummaryBlock:
    """One table of a summary.

    Attributes
    ----------
    title
        Title above it.
    group, n_levels
        The group that the parameters belong to and the number of its levels; empty and 0 where they belong to none.
    variables
        Flat name of each row, `sd_channel__Intercept`.
    frame
        Estimate, Est.Error, the bounds of the interval, Rhat, Bulk_ESS and Tail_ESS. Rows are called as in brms:
        `sd(Intercept)`.
    """

    title: str
    group: str
    n_levels: int
    variables: tuple[str, ...]
    frame: pd.DataFrame


@dataclass(frozen=True)
class Summary:
    """What a fit says about its parameters. Print it, or take its tables.

    Attributes
    ----------
    family, links, formula
        What was fitted, as text.
    n_rows
        Number of observations.
    chains, iter, warmup, thin, n_draws
        How the draws were made, and how many of all chains are kept.
    prob
        Probability of the intervals.
    robust
        Whether Estimate and Est.Error are median and scaled median absolute deviation.
    blocks
        All tables, in the order of print.
    priors
        Priors in force, where they were asked for.
    n_divergent
        Number of divergent transitions after the warm-up.
    warnings
        What makes the estimates doubtful, empty if nothing does.
    """

    family: str
    links: str
    formula: str
    n_rows: int
    chains: int
    iter: int
    warmup: int
    thin: int
    n_draws: int
    prob: float
    robust: bool
    blocks: tuple[SummaryBlock, ...]
    priors: PriorTable | None
    n_divergent: int
    warnings: tuple[str, ...]

    @property
    def hyperparameters(self) -> dict[str, pd.DataFrame]:
        """Standard deviations and correlations of group-level effects, by group."""
        return {block.group: block.frame for block in self.blocks if block.group}

    @property
    def coefficients(self) -> pd.DataFrame:
        """Population-level coefficients."""
        return self.block("Regression Coefficients")

    @property
    def distributional(self) -> pd.DataFrame:
        """Distributional parameters that are not predicted."""
        return self.block("Further Distributional Parameters")

    def block(self, title: str) -> pd.DataFrame:
        """Return the tables of a title, one below the other; without rows where the model has no such parameters."""
        import pandas as pd

        frames = [block.frame for block in self.blocks if block.title == title]
        return pd.concat(frames) if frames else pd.DataFrame(columns=_columns(self.prob), dtype=np.float64)

    @property
    def frame(self) -> pd.DataFrame:
        """All tables as one, with flat names (`sd_channel__Intercept`) as its index."""
        import pandas as pd

        frames = [block.frame.set_axis(list(block.variables)) for block in self.blocks]
        return pd.concat(frames) if frames else pd.DataFrame(columns=_columns(self.prob), dtype=np.float64)

    @property
    def max_rhat(self) -> float:
        """Largest Rhat in the tables; NaN where there is none."""
        rhat = self.frame["Rhat"].to_numpy()
        return float(np.nanmax(rhat)) if np.isfinite(rhat).any() else float("nan")

    def __str__(self) -> str:
        from partialpool.fit.printing import as_text

        return as_text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from partialpool.fit.printing import as_html

        return as_html(self)


def summarise(fit: Fit, prob: float = 0.95, *, robust: bool = False, priors: bool = False) -> Summary:
    """Return the summary of a fit.

    Parameters
    ----------
    fit
        The fit.
    prob
        Probability of the central intervals.
    robust
        Median and scaled median absolute deviation instead of mean and standard deviation.
    priors
        Whether the summary lists the priors in force.

    Raises
    ------
    DataError
        If the fit has no draws, or `prob` is not between 0 and 1.

    Examples
    --------
    >>> from partialpool import brm, datasets
    >>> fit = brm("Reaction ~ Days", datasets.load("sleepstudy"), iter=1000, seed=1, progress=False)
    >>> fit.summary(prob=0.89).coefficients["Estimate"].round(-1).to_dict()
    {'Intercept': 250.0, 'Days': 10.0}
    >>> list(fit.summary().frame.index)
    ['b_Intercept', 'b_Days', 'sigma']
    """
    central_probs(prob)
    levels = fit.ngrps()
    tables = tuple(_table(fit, block, levels, prob, robust) for block in blocks(fit.model.outputs))
    n_divergent = int(np.sum(fit.sampler_stats.get("diverging", 0)))
    settings, spec = fit.settings, fit.model.spec
    return Summary(
        family=str(spec.family),
        links="; ".join(f"{p.dpar} = {spec.family.link_of(p.dpar).name}" for p in spec.predictors),
        formula=str(fit.formula),
        n_rows=fit.nobs(),
        chains=fit.nchains(),
        iter=settings.iter,
        warmup=settings.n_warmup,
        thin=settings.thin,
        n_draws=fit.ndraws(),
        prob=prob,
        robust=robust,
        blocks=tables,
        priors=fit.prior_summary() if priors else None,
        n_divergent=n_divergent,
        warnings=_warnings(tables, n_divergent, Control.read(settings.control).adapt_delta),
    )


def _columns(prob: float) -> list[str]:
    level = percent(prob)
    return ["Estimate", "Est.Error", f"l-{level}% CI", f"u-{level}% CI", "Rhat", "Bulk_ESS", "Tail_ESS"]


def _table(fit: Fit, block: Block, levels: Mapping[str, int], prob: float, robust: bool) -> SummaryBlock:
    import pandas as pd

    names = tuple(block.labels)
    values = draws_of(fit.draws, names)
    convergence = summarise_convergence(values.reshape(fit.nchains(), -1, len(names)))
    summary = summarise_draws(values, robust=robust, probs=central_probs(prob))
    figures = np.column_stack([summary, convergence.rhat, convergence.ess_bulk, convergence.ess_tail])
    frame = pd.DataFrame(figures, index=pd.Index(list(block.labels.values())), columns=_columns(prob))
    return SummaryBlock(block.title, block.group, levels.get(block.group, 0), names, frame)


def _warnings(tables: tuple[SummaryBlock, ...], n_divergent: int, adapt_delta: float) -> tuple[str, ...]:
    found = []
    rhats = {name: float(rhat) for table in tables for name, rhat in table.frame["Rhat"].items()}
    high = [name for name, rhat in rhats.items() if rhat > _RHAT_LIMIT]
    if high:
        worst = max(high, key=rhats.__getitem__)
        found.append(
            f"Rhat is above {_RHAT_LIMIT} for {len(high)} of the parameters listed, up to {rhats[worst]:.2f} for {worst}: "
            "the chains disagree, and the estimates cannot be trusted. Run more iterations, or use tighter priors."
        )
    if n_divergent:
        found.append(
            f"{n_divergent} transition{'s' * (n_divergent != 1)} after the warm-up diverged: parts of the posterior may "
            f"be missing. An adapt_delta above {adapt_delta:g} may help."
        )
    return tuple(found)
