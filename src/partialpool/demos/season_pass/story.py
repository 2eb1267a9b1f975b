"""The report of the analysis: what was asked, what the data show, what each model says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from partialpool.demos.season_pass import exploring, models, pictures
from partialpool.report.blocks import Block, Output, Paragraph, Picture, Table
from partialpool.report.fits import summary_blocks
from partialpool.report.page import Page, Section
from partialpool.tidy import plogis, tidy

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.fit.fit import Fit

__all__ = ["Analysis", "page"]


@dataclass(frozen=True)
class Analysis:
    """Everything that the report tells of.

    Attributes
    ----------
    customers, grouped
        The data, one row a customer and one row a kind of customer.
    baseline, interactions, multilevel
        The three fits.
    seed
        Seed of the predictions.
    """

    customers: pd.DataFrame
    grouped: pd.DataFrame
    baseline: Fit
    interactions: Fit
    multilevel: Fit
    seed: int


def page(analysis: Analysis) -> Page:
    """Return the report."""
    lead = (
        "A theme park wrote to 3,156 customers, met them at the gate or sent them an email, and offered some of them a "
        "bundle: a season pass with free parking. Who bought, and where does the bundle help?"
    )
    sections = [
        _data(analysis),
        _priors(),
        _baseline(analysis),
        _interactions(analysis),
        _multilevel(analysis),
        _comparison(analysis),
    ]
    return Page("Who buys a season pass?", lead, sections)


def _data(analysis: Analysis) -> Section:
    bought = exploring.bought_by_channel(analysis.grouped)
    shares = exploring.share_by_channel(analysis.grouped)
    bundles = exploring.bundle_share(analysis.grouped)
    blocks: list[Block] = [
        Table(analysis.grouped, "Customers who bought, and all who were contacted"),
        Table(bought, "Season passes sold, by channel and promotion"),
        Picture(
            pictures.bought_bars(analysis.grouped), f"Stacked bars of season passes sold: {_listed(bought, 'Total')}"
        ),
        Paragraph(
            "Most passes are sold in the park, to people who came because they like it. Few who got an email bought one; "
            "among those few, most took the bundle."
        ),
        Picture(
            pictures.share_bars(shares, "percent_bought", "Customers who bought, by channel"),
            f"Bars of the share of customers who bought: {_percent(shares, 'percent_bought')}",
        ),
        Table(bundles, "Bundles among the passes sold", digits=3),
        Picture(
            pictures.share_bars(bundles, "percent_bundle", "Buyers who took the bundle, by channel"),
            f"Bars of the share of buyers who took the bundle: {_percent(bundles, 'percent_bundle')}",
        ),
    ]
    return Section("The data", blocks)


def _priors() -> Section:
    return Section(
        "What to expect before looking",
        [
            Paragraph(
                "Effects are on the scale of log-odds. There, 2.5 is a lot: it takes a chance of 50 % to 92 %. "
                "A prior of `normal(0, 1)` allows for effects of that size; one with a standard deviation of 5 puts most "
                "of its weight on effects that no campaign has ever had."
            ),
            Picture(pictures.prior_halfeyes(), "Half-eyes of normal priors with standard deviations of 1, 2 and 5"),
        ],
    )


def _baseline(analysis: Analysis) -> Section:
    fit = analysis.baseline
    totals = exploring.promo_totals(analysis.customers)
    counted = exploring.log_odds(totals)
    intercept, slope = (float(fit.draws[name].mean()) for name in ("b_Intercept", "b_promoBundle"))
    odds = models.odds(fit)
    times = float(odds["Estimate"].iloc[1])
    return Section(
        models.MODELS[0].title,
        [
            *summary_blocks(fit, prob=models.PROB),
            Picture(pictures.trace(fit, 2), "Draws of both coefficients against the iteration"),
            Picture(
                pictures.effect_areas(fit, "^b_", "Effect of the bundle on sales"),
                f"Densities of the intercept, about {intercept:.2f}, and of the effect, about {slope:.2f}",
            ),
            Table(odds, "The coefficients on the scale of the odds", index=True, digits=4),
            Paragraph(
                f"With the bundle, the odds of buying are {times:.2f} times those without. "
                "That is no more than counting:"
            ),
            Table(totals, "Customers by promotion", digits=4),
            Paragraph(
                f"Without the bundle {totals['bought_pass'].iloc[0]} bought and {totals['did_not_buy'].iloc[0]} did not: "
                f"log-odds of {counted.log_odds:.4f}. The ratio of the odds with and without is {counted.ratio:.4f}, its "
                f"logarithm {counted.log_ratio:.4f}. The way back to chances: {intercept:.2f} is a chance of "
                f"{plogis(intercept):.4f}, and {intercept:.2f} + {slope:.2f} one of {plogis(intercept + slope):.4f}."
            ),
            Table(models.predict_promotions(fit, analysis.seed), "Predicted for one customer of each kind", digits=4),
        ],
    )


def _interactions(analysis: Analysis) -> Section:
    fit = analysis.interactions
    return Section(
        models.MODELS[1].title,
        [
            Paragraph(
                "The first model leaves out the channel, on which everything depends. Here the effect of the bundle may "
                "differ between channels; customers who were offered the plain pass by mail are the baseline."
            ),
            *summary_blocks(fit, prob=models.PROB),
            Picture(pictures.trace(fit, 3), "Draws of the six coefficients against the iteration"),
            Picture(
                pictures.effect_areas(fit, "^b_", "Effects of channel and bundle", "with interactions"),
                "Densities of the six coefficients",
                "By email the pass sells far worse than by mail, but the bundle helps there more than anywhere.",
            ),
        ],
    )


def _multilevel(analysis: Analysis) -> Section:
    fit = analysis.multilevel
    values = tidy(fit, effects="ran_vals", prob=models.PROB).drop(columns=["effect", "component", "group"])
    return Section(
        models.MODELS[2].title,
        [
            Paragraph(
                "Each channel gets an intercept and an effect of its own, drawn from a common distribution whose spread is "
                "estimated too. Channels lend each other strength: estimates that rest on few customers are drawn towards "
                "the others. And each channel has its own estimate, where the model before knew only differences."
            ),
            *summary_blocks(fit, prob=models.PROB),
            Table(
                values,
                f"Intercept and effect of the bundle in each channel, {100 * models.PROB:g} % intervals",
                digits=3,
            ),
            Picture(
                pictures.effect_areas(fit, "^r_channel", "Effects of channel and bundle", "varying by channel"),
                "Densities of intercept and effect of the bundle for mail, park and email",
                "The effect by email is the widest, because few were sold that way, and the only one above zero.",
            ),
        ],
    )


def _comparison(analysis: Analysis) -> Section:
    import pandas as pd

    predicted = {
        "interactions": models.predict_channels(analysis.interactions, analysis.seed),
        "multilevel": models.predict_channels(analysis.multilevel, analysis.seed),
    }
    table = pd.concat([frame.assign(model=name) for name, frame in predicted.items()])
    return Section(
        "Predictions compared",
        [
            Paragraph(
                "The last two models say nearly the same about the bundle, for one customer by email or in the park:"
            ),
            Table(
                table[["model", *[name for name in table if name != "model"]]], "Predicted for one customer", digits=4
            ),
            Paragraph("How the draws of the multilevel model read in the console:"),
            Output(str(analysis.multilevel.summary(prob=models.PROB))),
        ],
    )


def _listed(table: pd.DataFrame, column: str) -> str:
    return ", ".join(f"{channel} {value:,}" for channel, value in zip(table["channel"], table[column], strict=True))


def _percent(table: pd.DataFrame, column: str) -> str:
    return ", ".join(f"{channel} {value:.0%}" for channel, value in zip(table["channel"], table[column], strict=True))
