"""The demonstration runs, prints its tables, and leaves a report and three fits."""

from __future__ import annotations

from pathlib import Path

import partialpool as pp


def test_season_pass(run, tmp_path: Path) -> None:
    result = run("demo", "season-pass", "--out", tmp_path / "made" / "for it", "--iter", 1000, "--seed", 1)
    assert result.exit_code == 0, result.stderr
    for expected in (
        "   Mail       359     242    601",
        "   total         1589         1567   3156       0.5034854",
        "Formula: bought_pass | trials(n) ~ 0 + (1 + promo | channel)",
        "l-89% CI",
        "cor(Intercept,promoBundle)",
        "ran_vals      cond channel Email promoBundle",
    ):
        assert expected in result.stdout
    folder = tmp_path / "made" / "for it"
    assert f"Report: {folder / 'index.html'}" in result.stdout
    assert sorted(path.name for path in folder.iterdir()) == [
        "baseline.ppfit",
        "index.html",
        "interactions.ppfit",
        "multilevel.ppfit",
    ]
    assert pp.load(folder / "multilevel.ppfit").ndraws() == 2000
    page = (folder / "index.html").read_text()
    assert page.count("<img") == 9
    assert page.count("<h2>") == 6
