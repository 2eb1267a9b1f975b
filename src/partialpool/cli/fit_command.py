"""The command `partialpool fit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from partialpool.cli.arguments import read_control, read_links, read_prior

if TYPE_CHECKING:
    from partialpool.fit.fit import Fit

__all__ = ["fit"]

_FILE = click.Path(path_type=Path, dir_okay=False)
_COUNT = click.IntRange(min=1)


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("formula", nargs=-1, required=True)
@click.option("--family", default="gaussian", show_default=True, help="Family of the response.")
@click.option("--link", "links", multiple=True, metavar="[DPAR=]LINK",
              help="Link of the mean, or of another parameter: --link probit, --link sigma=softplus.")  # fmt: skip
@click.option("--prior", "priors", multiple=True, metavar="[PLACE:] DISTRIBUTION", help="A prior; may be repeated.")
@click.option("--factor", "factors", multiple=True, metavar="COLUMN", help="Read a column of numbers as a factor.")
@click.option("--iter", "iterations", type=click.IntRange(min=2), default=2000, show_default=True,
              help="Iterations of each chain, warm-up included.")  # fmt: skip
@click.option("--warmup", type=_COUNT, help="Iterations of the warm-up.  [default: half]")
@click.option("--chains", type=_COUNT, default=4, show_default=True, help="Number of chains.")
@click.option("--cores", type=_COUNT, help="Chains that run at once.  [default: one for each processor]")
@click.option("--thin", type=_COUNT, default=1, show_default=True, help="Keep every N-th draw.")
@click.option("--seed", type=click.IntRange(min=0), help="Makes the draws repeatable.")
@click.option("--adapt-delta", type=click.FloatRange(0, 1, min_open=True, max_open=True),
              help="Acceptance rate that the sampler aims at.  [default: 0.8]")  # fmt: skip
@click.option("--max-treedepth", type=_COUNT, help="Trajectories have at most 2^N steps.  [default: 10]")
@click.option("--prob", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.95, show_default=True,
              help="Probability of the intervals.")  # fmt: skip
@click.option("--priors", "show_priors", is_flag=True, help="Print the priors in force, and do not sample.")
@click.option("--out", type=_FILE, help="Write the fit to this file, for partialpool.load.")
@click.option("--draws", type=_FILE, help="Write the draws to this file (.csv or .parquet).")
@click.option("--report", type=_FILE, help="Write a report with tables and plots to this file (.html).")
def fit(
    data: Path,
    formula: tuple[str, ...],
    family: str,
    links: tuple[str, ...],
    priors: tuple[str, ...],
    factors: tuple[str, ...],
    iterations: int,
    adapt_delta: float | None,
    max_treedepth: int | None,
    prob: float,
    show_priors: bool,
    out: Path | None,
    draws: Path | None,
    report: Path | None,
    **settings: Any,
) -> None:
    """Fit a model to the data of a file and print its summary.

    DATA is a file .csv, .tsv (also compressed, .csv.gz) or .parquet. FORMULA is written as in brms; further formulas are
    those of other parameters:

    \b
    partialpool fit cows.csv "incidence | trials(size) ~ period + (1 | herd)" --family binomial
    partialpool fit nights.csv "reaction ~ days + (days | subject)" "sigma ~ days" --report nights.html

    A prior is a distribution of Stan's, for all coefficients or for the PLACE before the colon: a class (b, Intercept, sd,
    cor, sigma, ...), or any of class, coef, group, dpar, resp, nlpar, lb and ub.

    \b
    --prior "normal(0, 1)"
    --prior "sd: exponential(1)"
    --prior "class=sd, group=herd: exponential(2)"
    --prior "coef=period2: normal(0, 0.5)"

    Columns of text are factors, with their levels in alphabetical order, the first of them the baseline.
    """  # noqa: D301  (click needs the character, not its name)
    from partialpool.brm import brm
    from partialpool.cli.files import read_table, refuse_unwritable, write_draws
    from partialpool.families import brmsfamily
    from partialpool.formula.model_formula import bf

    refuse_unwritable(data, out, draws, report)
    fitted = brm(
        bf(*formula),
        data=read_table(data, factors),
        family=brmsfamily(family, **read_links(links)),
        prior=[read_prior(text) for text in priors],
        iter=iterations,
        control=read_control(adapt_delta=adapt_delta, max_treedepth=max_treedepth),
        empty=show_priors,
        **settings,
    )
    if show_priors:
        click.echo(fitted.prior_summary())
        return
    click.echo(fitted.summary(prob=prob))
    if draws is not None:
        write_draws(fitted, draws)
        click.echo(f"\nDraws:  {draws.absolute()}")
    _write(fitted, data, out, report, prob)


def _write(fitted: Fit, data: Path, out: Path | None, report: Path | None, prob: float) -> None:
    if out is not None:
        fitted.save(out)
        click.echo(f"\nFit:    {out.absolute()} (partialpool.load reads it)")
    if report is not None:
        from partialpool.report.fits import write_report

        lead = f"A model of {data.name}, fitted with partialpool. Intervals hold {100 * prob:g} %."
        where = write_report({"The model": fitted}, report, title=str(fitted.formula), lead=lead, prob=prob)
        click.echo(f"\nReport: {where}")
