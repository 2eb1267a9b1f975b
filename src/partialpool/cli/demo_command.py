"""The command `partialpool demo`."""

from __future__ import annotations

from pathlib import Path

import click

from partialpool.cli.messages import Terminal

__all__ = ["demo"]


@click.group()
def demo() -> None:
    """Run a whole analysis, from data to report."""


@demo.command("season-pass")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("season-pass-report"),
    show_default=True,
    help="Folder of the report and of the three fits.",
)
@click.option("--iter", "iterations", type=click.IntRange(min=100), default=10_000, show_default=True,
              help="Iterations of each of the four chains, half of them warm-up.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=42, show_default=True, help="Seed of all random numbers.")
def season_pass(out: Path, iterations: int, seed: int) -> None:
    """Find out who buys the season pass of a theme park.

    Tables of the data, three logistic regressions (the promotion alone, its interaction with the channel, and
    coefficients that vary by channel) with 89 % intervals, predictions, and a report with all plots.
    """
    from partialpool.demos.season_pass.run import run

    report = run(out, Terminal(), iterations=iterations, seed=seed)
    click.echo(f"\nReport: {report}\nFits:   {report.parent}/*.ppfit (partialpool.load reads them)")
