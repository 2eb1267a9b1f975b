"""Reports of fits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import made_up
from partialpool import acat
from partialpool.errors import DataError
from partialpool.fit.fit import Fit
from partialpool.report import fit_section, write_report
from partialpool.report.blocks import Notice, Picture, Table


def test_a_report_of_two_fits(read, sleep_fit: Fit, tmp_path: Path) -> None:
    path = write_report({"First": sleep_fit, "Second": sleep_fit}, tmp_path / "report.html", title="Sleep", prob=0.8)
    reading = read(path.read_text(encoding="utf-8"))
    assert reading.text.count("First") == reading.text.count("Second") == 2
    assert reading.text.count("u-80% CI") == 6
    assert all(str(image["src"]).startswith("data:image/png;base64,") for image in reading.all("img"))
    assert all(image["alt"] for image in reading.all("img"))


def test_tables_hold_the_figures_of_the_summary(sleep_fit: Fit) -> None:
    section = fit_section(sleep_fit, "Sleep", prob=0.9)
    tables = {block.caption: block.frame for block in section.blocks if isinstance(block, Table)}
    summary = sleep_fit.summary(prob=0.9)
    assert list(tables) == [
        "Multilevel Hyperparameters: Subject (18 levels)",
        "Regression Coefficients",
        "Further Distributional Parameters",
        "Priors in force",
    ]
    np.testing.assert_array_equal(tables["Regression Coefficients"].iloc[:, :5], summary.coefficients.iloc[:, :5])
    priors = tables["Priors in force"].set_index("parameters")["prior"]
    assert priors["cor"] == "lkj(1)"
    assert priors["b_Days"] == "(flat)"


def test_what_is_held_fixed_has_no_traces_and_category_specific_effects_are_shown() -> None:
    frame = {**made_up.data(), "rating": np.arange(48) % 3 + 1}
    section = fit_section(made_up.fit("rating ~ x + cs(z)", acat(), frame, draws={"n_draws": 100}), "Ratings")
    pictures = {str(block.plot.labels.title): block for block in section.blocks if isinstance(block, Picture)}
    varying = ["b_Intercept[1]", "b_Intercept[2]", "b_x", "bcs_z[1]", "bcs_z[2]"]
    for title in ("Population-level coefficients", "Traces", "Ranks"):
        assert list(pictures[title].plot.data["parameter"].cat.categories) == varying, title


def test_many_levels_are_shown_as_intervals_of_the_first(sleep_fit: Fit) -> None:
    pictures = [block for block in fit_section(sleep_fit, "Sleep").blocks if isinstance(block, Picture)]
    titles = [picture.plot.labels.title for picture in pictures]
    assert titles == ["Population-level coefficients", "Group-level values: r_Subject", "Traces", "Ranks"]
    assert "shaded" in pictures[0].caption
    assert "thick" in pictures[1].caption  # 36 values: too many for densities
    assert f"b_Days about {sleep_fit.draws['b_Days'].mean():.2f}" in pictures[0].description


def test_divergences_are_noticed(sleep_fit: Fit) -> None:
    diverging = np.zeros_like(sleep_fit.sampler_stats["diverging"])
    diverging[0, :3] = True
    stats = {**sleep_fit.sampler_stats, "diverging": diverging}
    fit = Fit(sleep_fit.recipe, sleep_fit.model, sleep_fit.settings, sleep_fit.draws, stats)
    notices = [block.text for block in fit_section(fit, "Sleep").blocks if isinstance(block, Notice)]
    assert any("3 transitions" in notice for notice in notices)


def test_a_fit_without_draws_has_no_report(sleep_fit: Fit, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no draws"):
        write_report(Fit(sleep_fit.recipe, sleep_fit.model, sleep_fit.settings), tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()
