"""Sections about fits: what was fitted, what came out, whether the draws can be trusted."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from partialpool.fit.blocks import COEFFICIENT_RANKS
from partialpool.report.blocks import Block, Notice, Paragraph, Picture, Table
from partialpool.report.page import Page, Section

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.fit.fit import Fit
    from partialpool.fit.summary import Summary

__all__ = ["fit_section", "summary_blocks", "write_report"]

_MOST_AREAS = 25
_MOST_INTERVALS = 60
_MOST_TRACES = 12


def write_report(
    fits: Fit | Mapping[str, Fit],
    path: str | os.PathLike[str],
    *,
    title: str = "Report",
    lead: str = "",
    prob: float = 0.95,
) -> Path:
    """Write a self-contained HTML page about one fit or several; return its absolute path.

    Parameters
    ----------
    fits
        A fit, or fits by the names that head their sections.
    path
        Where to write; a file that is there is replaced.
    title, lead
        Title of the page, and a sentence or two beneath it.
    prob
        Probability of the intervals.

    Raises
    ------
    DataError
        If a fit has no draws, or `prob` is not between 0 and 1.
    StorageError
        If the file cannot be written.
    """
    named = fits if isinstance(fits, Mapping) else {str(fits.formula): fits}
    return Page(title, lead, [fit_section(fit, name, prob=prob) for name, fit in named.items()]).write(path)


def fit_section(fit: Fit, title: str, *, prob: float = 0.95) -> Section:
    """Return a section about a fit: its summary, the priors in force, plots of effects and of the chains."""
    blocks = [*summary_blocks(fit, prob=prob), _priors(fit), *_effect_pictures(fit, prob), *_chain_pictures(fit)]
    return Section(title, blocks)


def summary_blocks(fit: Fit, *, prob: float = 0.95) -> list[Block]:
    """Return what the summary of a fit says, warnings first."""
    summary = fit.summary(prob=prob)
    notices = [Notice(warning) for warning in summary.warnings]
    tables = [Table(block.frame.pipe(_whole_ess), _caption(block.title, block.group, block.n_levels), index=True)
              for block in summary.blocks]  # fmt: skip
    return [Paragraph(_facts(summary)), Paragraph(_trust(summary)), *notices, *tables]


def _facts(summary: Summary) -> str:
    return (
        f"`{summary.formula}`, family {summary.family} ({summary.links}), fitted to {summary.n_rows:,} rows. "
        f"{summary.chains} chains of {summary.iter:,} iterations, {summary.warmup:,} of them warm-up, "
        f"left {summary.n_draws:,} draws."
    )


def _trust(summary: Summary) -> str:
    table = summary.frame
    if table.empty:
        return f"{summary.n_divergent:,} transitions diverged."
    return (
        f"Rhat is at most {summary.max_rhat:.3f}; the smallest effective sample sizes are "
        f"{table['Bulk_ESS'].min():,.0f} (bulk) and {table['Tail_ESS'].min():,.0f} (tail); "
        f"{summary.n_divergent or 'no'} transition{'s' * (summary.n_divergent != 1)} diverged."
    )


def _caption(title: str, group: str, n_levels: int) -> str:
    return f"{title}: {group} ({n_levels:,} levels)" if group else title


def _whole_ess(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].round().astype("Int64") for name in ("Bulk_ESS", "Tail_ESS")})


def _priors(fit: Fit) -> Table:
    import pandas as pd

    from partialpool.priors.prior import filled

    rows = [(str(row).partition(" ~ ")[0], row.prior or "(flat)", row.source) for row in filled(fit.prior_summary())]
    return Table(pd.DataFrame(rows, columns=["parameters", "prior", "source"]), "Priors in force")


def _effect_pictures(fit: Fit, prob: float) -> Iterator[Picture]:
    """Yield plots of the coefficients, and of the values of each group."""
    names: dict[str, list[str]] = {}
    for output in fit.model.outputs:
        if output.rank in COEFFICIENT_RANKS:
            names.setdefault("Population-level coefficients", []).extend(output.names)
        elif output.rank == "r":
            names.setdefault(f"Group-level values: {output.variable}", []).extend(output.names)
    for title, shown in names.items():
        yield _effects(fit, shown, prob, title)


def _effects(fit: Fit, names: Sequence[str], prob: float, title: str) -> Picture:
    from plotnine import labs

    from partialpool.plots.areas import mcmc_areas
    from partialpool.plots.intervals import mcmc_intervals

    shown = list(names[:_MOST_INTERVALS])
    left_out = f"The first {len(shown)} of {len(names):,}. " if len(shown) < len(names) else ""
    if len(shown) <= _MOST_AREAS:
        plot = mcmc_areas(fit, pars=shown, prob=prob, area_method="equal height")
        caption = f"{left_out}Posterior densities; shaded: {100 * prob:g} % intervals; lines: medians."
    else:
        plot = mcmc_intervals(fit, pars=shown, prob=0.5, prob_outer=prob)
        caption = f"{left_out}Medians with 50 % (thick) and {100 * prob:g} % (thin) intervals."
    described = "; ".join(f"{name} about {fit.draws[name].mean():.2f}" for name in shown[:8])
    return Picture(plot + labs(title=title), f"{title}: {described}", caption)


def _chain_pictures(fit: Fit) -> Iterator[Picture]:
    from plotnine import labs

    from partialpool.plots.ranks import mcmc_rank_overlay
    from partialpool.plots.traces import mcmc_trace

    listed = [name for block in fit.summary().blocks for name in block.variables]
    shown = [name for name in listed if np.ptp(fit.draws[name]) > 0][:_MOST_TRACES]  # what is held fixed has no chains
    if shown:
        names = ", ".join(shown)
        facets = {"ncol": 1 if len(shown) <= 4 else 2}
        trace = mcmc_trace(fit, pars=shown, facet_args=facets) + labs(title="Traces")
        yield Picture(trace, f"Draws of each chain against the iteration, for {names}",
                      "Chains that mix look alike, and like noise around one level.")  # fmt: skip
        ranks = mcmc_rank_overlay(fit, pars=shown, facet_args=facets) + labs(title="Ranks")
        yield Picture(ranks, f"Histograms of the ranks of the draws, chain by chain, for {names}",
                      "Ranks of each chain among all draws: level lines mean that the chains agree.")  # fmt: skip
