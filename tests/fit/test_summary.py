import re
from html.parser import HTMLParser

import arviz_stats
import numpy as np
import pytest
from hand_made_fits import fit_with_draws

import oracle
import partialpool as pp
from partialpool.fit.summary import summarise
from partialpool.inference.settings import Settings


def sizes(fit, name):
    """Bulk and tail effective sample size by ArviZ, as printed."""
    values = fit.draws[name]
    bulk, tail = arviz_stats.ess(values), arviz_stats.ess(values, method="tail", prob=(0.05, 0.95))
    return f"{float(bulk):8.0f} {float(tail):8.0f}"


def test_printed_as_brms_prints():
    published = oracle.load("014")
    fit = fit_with_draws(
        pp.bf(*published.formulas), published.frame, settings=Settings(iter=500, warmup=250, seed=1), shape=(4, 250)
    )
    # The k-th variable has draws k + (i + 0.5) / 1000: mean k + 0.5, standard deviation 0.28882, and the quantile of
    # probability p is k + (0.5 + 999 p) / 1000.
    expected = f"""\
 Family: gaussian
  Links: mu = identity; sigma = log
Formula: Reaction ~ Days + (1 | i | Subject)
         sigma ~ Days + (1 | i | Subject)
   Data: data (Number of observations: 180)
  Draws: 4 chains, each with iter = 500; warmup = 250; thin = 1;
         total post-warmup draws = 1000

Multilevel Hyperparameters:
~Subject (Number of levels: 18)
                               Estimate Est.Error l-89% CI u-89% CI Rhat Bulk_ESS Tail_ESS
sd(Intercept)                      4.50      0.29     4.06     4.94 1.00 {sizes(fit, "sd_Subject__Intercept")}
sd(sigma_Intercept)                5.50      0.29     5.06     5.94 1.00 {sizes(fit, "sd_Subject__sigma_Intercept")}
cor(Intercept,sigma_Intercept)     6.50      0.29     6.06     6.94 1.01 \
{sizes(fit, "cor_Subject__Intercept__sigma_Intercept")}

Regression Coefficients:
                Estimate Est.Error l-89% CI u-89% CI Rhat Bulk_ESS Tail_ESS
Intercept           0.50      0.29     0.06     0.94 1.00 {sizes(fit, "b_Intercept")}
sigma_Intercept     1.50      0.29     1.06     1.94 1.00 {sizes(fit, "b_sigma_Intercept")}
Days                2.50      0.29     2.06     2.94 1.00 {sizes(fit, "b_Days")}
sigma_Days          3.50      0.29     3.06     3.94 1.00 {sizes(fit, "b_sigma_Days")}

"""
    text = str(fit.summary(prob=0.89))
    assert text.startswith(expected)
    assert "\n\n" not in text.removeprefix(expected)
    assert repr(fit) == str(fit.summary())


def test_groups_share_a_title_and_parameters_that_are_not_predicted_have_their_own(crossed):
    lines = str(crossed.summary()).splitlines()
    assert lines.count("Multilevel Hyperparameters:") == 1
    at = lines.index("~plate (Number of levels: 24)")
    assert lines[at - 1] == "Multilevel Hyperparameters:"
    assert lines[at + 3 : at + 5] == ["", "~sample (Number of levels: 6)"]
    further = lines.index("Further Distributional Parameters:")
    assert lines[further + 2].startswith("sigma ")
    assert "  Links: mu = identity" in lines


def test_a_constant_has_no_rhat(schools):
    row = next(line for line in str(schools.summary()).splitlines() if line.startswith("sigma"))
    assert row.split() == ["sigma", "0.00", "0.00", "0.00", "0.00", "NA", "NA", "NA"]
    assert np.isnan(schools.summary().distributional.loc["sigma", "Rhat"])


def test_tables(crossed):
    summary = crossed.summary(prob=0.9)
    assert list(summary.hyperparameters) == ["plate", "sample"]
    assert list(summary.coefficients.columns) == [
        *("Estimate", "Est.Error", "l-90% CI", "u-90% CI", "Rhat", "Bulk_ESS", "Tail_ESS"),
    ]
    assert list(summary.distributional.index) == ["sigma"]
    assert list(summary.frame.index) == ["sd_plate__Intercept", "sd_sample__Intercept", "b_Intercept", "sigma"]
    draws = crossed.draws["sd_sample__Intercept"].ravel()
    expected = [draws.mean(), draws.std(ddof=1), *np.quantile(draws, [0.05, 0.95])]
    np.testing.assert_allclose(summary.hyperparameters["sample"].iloc[0, :4].to_numpy(float), expected, rtol=1e-12)
    np.testing.assert_allclose(summary.frame.loc["sd_sample__Intercept"].iloc[:4].to_numpy(float), expected, rtol=1e-12)


def test_what_a_model_does_not_have_is_an_empty_table(season_pass):
    summary = season_pass.summary()
    assert summary.coefficients.empty
    assert "Regression Coefficients" not in str(summary)
    assert list(summary.coefficients.columns) == list(summary.frame.columns)


def test_robust_means_median_and_scaled_deviation(season_pass):
    draws = season_pass.draws["sd_channel__Intercept"].ravel()
    median = np.median(draws)
    row = season_pass.summary(robust=True).frame.loc["sd_channel__Intercept"]
    assert row["Estimate"] == pytest.approx(median)
    assert row["Est.Error"] == pytest.approx(1.4826 * np.median(np.abs(draws - median)))
    assert "median" in str(season_pass.summary(robust=True))


def test_priors_come_first(crossed):
    text = str(crossed.summary(priors=True))
    priors = text[text.index("Priors:") : text.index("Multilevel")].split("\n")
    assert priors == [
        "Priors:",
        "Intercept ~ student_t(3, 23, 2.5)",
        "<lower=0> sd ~ student_t(3, 0, 2.5)",
        "<lower=0> sigma ~ student_t(3, 0, 2.5)",
        "",
        "",
    ]
    assert "Priors" not in str(crossed.summary())


def test_chains_that_disagree_are_warned_of(crossed):
    values = crossed.draws.values.copy()
    values[0, :, crossed.draws.names.index("sigma")] += 5.0
    stuck = pp.Fit(crossed.recipe, crossed.model, crossed.settings, pp.Draws(crossed.draws.names, values))
    summary = stuck.summary()
    assert summary.max_rhat > 1.5
    assert len(summary.warnings) == 1
    assert f"for 1 of the parameters listed, up to {summary.max_rhat:.2f} for sigma" in summary.warnings[0]
    assert re.search(r"\n\nWarning: Rhat is above 1\.05", str(summary))
    assert crossed.summary().warnings == ()


def test_divergences_are_warned_of(crossed):
    diverging = np.zeros((4, 250), dtype=bool)
    diverging[1, :3] = True
    settings = Settings(control={"adapt_delta": 0.9})
    fit = pp.Fit(crossed.recipe, crossed.model, settings, crossed.draws, {"diverging": diverging})
    summary = fit.summary()
    assert summary.n_divergent == 3
    assert summary.warnings[0].startswith("3 transitions after the warm-up diverged")
    assert "adapt_delta above 0.9" in summary.warnings[0]


def test_an_empty_fit_has_no_summary(crossed):
    empty = pp.Fit(crossed.recipe, crossed.model, crossed.settings)
    with pytest.raises(pp.DataError, match="no draws"):
        summarise(empty)


def test_a_probability_is_checked(crossed):
    with pytest.raises(pp.DataError, match="between 0 and 1"):
        crossed.summary(prob=95)


class Cells(HTMLParser):
    """Texts of the cells of all tables; every tag that opens must close."""

    def __init__(self):
        super().__init__()
        self.open, self.cells = [], []

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th", "b"):
            self.cells.append(data)


def test_html_has_the_same_figures_as_the_text(schools):
    summary = schools.summary(priors=True)
    page = Cells()
    page.feed(summary._repr_html_())
    assert page.open == []
    text = [line.split() for line in str(summary).splitlines()]
    for name in ("sd(Intercept)", "Intercept", "sigma"):
        row = next(words for words in text if words and words[0] == name and len(words) == 8)
        at = page.cells.index(name)
        assert page.cells[at : at + 8] == row
    assert "&lt;lower=0&gt; sd" in summary._repr_html_()


def test_estimates_of_the_season_pass_model(season_pass):
    frame = season_pass.summary(prob=0.89).frame
    for row in oracle.load("001").figures["posterior"]["summary"][:3]:
        ours = frame.loc[row["variable"]]
        error = np.hypot(row["mcse_mean"], ours["Est.Error"] / np.sqrt(ours["Bulk_ESS"]))
        assert abs(ours["Estimate"] - row["mean"]) < 4 * error
        assert ours["l-89% CI"] == pytest.approx(row["q5.5"], abs=0.12)
