"""The analysis as it runs in a terminal: tables, models as they are fitted, and at the end the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from partialpool.demos.season_pass import exploring, models
from partialpool.frame.contrasts import contrasts
from partialpool.tidy import plogis, tidy

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.fit.fit import Fit

__all__ = ["Printer", "run"]


class Printer(Protocol):
    """Where the analysis prints."""

    def heading(self, text: str) -> None:
        """Print a heading."""

    def text(self, text: str) -> None:
        """Print text as it is."""

    def table(self, frame: pd.DataFrame, caption: str, *, index: bool = False, digits: int = 2) -> None:
        """Print a table under a caption."""


def run(folder: Path, printer: Printer, *, iterations: int, seed: int, progress: bool | None = None) -> Path:
    """Run the whole analysis, print what it finds, and return where the report was written.

    Parameters
    ----------
    folder
        Folder of the report (`index.html`) and of the three fits (`baseline.ppfit`, ...), made if need be.
    printer
        Where to print.
    iterations
        Iterations of each of the four chains, half of them warm-up.
    seed
        Seed of the draws and of the predictions.
    progress
        Whether to show the progress of the chains; in a terminal by default.
    """
    customers = exploring.customers()
    grouped = exploring.group_customers(customers)
    _print_data(printer, customers, grouped)
    fits = []
    for model in models.MODELS:
        printer.heading(model.title)
        printer.text(f"{model.formula}\n{_prior_line(model)}")
        fit = models.fit_model(model, grouped, iter=iterations, seed=seed, progress=progress)
        printer.text(str(fit.summary(prob=models.PROB)))
        fits.append(fit)
        _PRINT[model.name](printer, fit, seed)
    return _write(folder, customers, grouped, fits, seed)


def _print_data(printer: Printer, customers: pd.DataFrame, grouped: pd.DataFrame) -> None:
    printer.heading("The data")
    printer.table(grouped, f"{len(customers):,} customers: how many bought, and how many were contacted")
    printer.table(contrasts(customers["promo"]), "How the promotion is coded", index=True, digits=0)
    printer.table(contrasts(customers["channel"]), "How the channel is coded", index=True, digits=0)
    printer.table(exploring.bought_by_channel(grouped), "Season passes sold")
    printer.table(exploring.share_by_channel(grouped), "Customers who bought", digits=3)
    printer.table(exploring.bundle_share(grouped), "Bundles among the passes sold", digits=3)
    totals = exploring.promo_totals(customers)
    printer.table(totals, "Customers by promotion", digits=7)
    counted = exploring.log_odds(totals)
    printer.text(
        f"Log-odds of buying without the bundle: {counted.log_odds:.7f}\n"
        f"Logarithm of the odds ratio, with to without: {counted.log_ratio:.7f}"
    )


def _prior_line(model: models.Specification) -> str:
    return "priors: " + ", ".join(f"{class_} ~ {text}" for class_, text in model.priors)


def _print_baseline(printer: Printer, fit: Fit, seed: int) -> None:
    printer.table(models.odds(fit), "Coefficients on the scale of the odds", index=True, digits=4)
    printer.text(f"plogis(-0.19) = {plogis(-0.19):.7f}, plogis(-0.19 + 0.39) = {plogis(-0.19 + 0.39):.7f}")
    printer.table(models.predict_promotions(fit, seed), "Predicted for one customer of each kind", digits=4)


def _print_interactions(printer: Printer, fit: Fit, seed: int) -> None:
    printer.table(models.predict_channels(fit, seed), "Predicted for one customer who is offered the bundle", digits=4)


def _print_multilevel(printer: Printer, fit: Fit, seed: int) -> None:
    values = tidy(fit, effects="ran_vals", prob=models.PROB)
    printer.table(values, "Intercept and effect of the bundle in each channel", digits=3)
    _print_interactions(printer, fit, seed)


_PRINT = {"baseline": _print_baseline, "interactions": _print_interactions, "multilevel": _print_multilevel}


def _write(folder: Path, customers: pd.DataFrame, grouped: pd.DataFrame, fits: list[Fit], seed: int) -> Path:
    from partialpool.demos.season_pass.story import Analysis, page

    report = page(Analysis(customers, grouped, fits[0], fits[1], fits[2], seed)).write(folder / "index.html")
    for model, fit in zip(models.MODELS, fits, strict=True):
        fit.save(folder / f"{model.name}.ppfit")
    return report
