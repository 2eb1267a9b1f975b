"""Fitting a file: what is printed and written, and what is said of bad input."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import partialpool as pp


@pytest.fixture(scope="module")
def cows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "cows.csv"
    pp.datasets.load("cbpp").to_csv(path, index=False)
    return path


FORMULA = "incidence | trials(size) ~ period + (1 | herd)"
COWS = ["--family", "binomial", "--factor", "period", "--factor", "herd", "--iter", 1000, "--seed", 3]


@pytest.mark.filterwarnings("ignore::partialpool.errors.ConvergenceWarning")  # the chains are short
def test_everything_at_once(run, cows: Path, tmp_path: Path) -> None:
    out, draws, report = tmp_path / "cows.ppfit", tmp_path / "cows.parquet", tmp_path / "cows.html"
    priors = ["--prior", "normal(0, 2)", "--prior", "class=sd, group=herd: exponential(1)"]
    written = ["--out", out, "--draws", draws, "--report", report]
    result = run("fit", cows, FORMULA, *COWS, *priors, *written, "--prob", 0.8)
    assert result.exit_code == 0, result.stderr
    assert "l-80% CI" in result.stdout
    for path in (out, draws, report):
        assert str(path) in result.stdout
    fit = pp.load(out)
    expected = pp.brm(
        FORMULA,
        pp.datasets.load("cbpp"),
        pp.binomial(),
        prior=[pp.prior("normal(0, 2)"), pp.prior("exponential(1)", class_="sd", group="herd")],
        iter=1000,
        seed=3,
        progress=False,
    )
    np.testing.assert_array_equal(fit.draws.values, expected.draws.values)
    np.testing.assert_array_equal(pd.read_parquet(draws)["b_period2"], expected.draws["b_period2"].ravel())
    page = report.read_text()
    assert "Group-level values: r_herd" in page
    assert "l-80% CI" in page


def test_parquet_and_csv_give_the_same(run, cows: Path, tmp_path: Path) -> None:
    parquet = tmp_path / "cows.parquet"
    pp.datasets.load("cbpp").to_parquet(parquet)
    table = [run("fit", path, FORMULA, *COWS).stdout for path in (cows, parquet)]
    assert "sd(Intercept)" in table[0]
    assert table[0] == table[1]


def test_several_formulas_and_links(run, tmp_path: Path) -> None:
    path = tmp_path / "nights.tsv"
    pp.datasets.load("sleepstudy").to_csv(path, sep="\t", index=False)
    result = run(
        "fit", path, "Reaction ~ Days", "sigma ~ Days", "--link", "sigma=softplus", "--iter", 1000, "--seed", 1
    )
    assert result.exit_code == 0, result.stderr
    assert "sigma = softplus" in result.stdout
    assert "sigma_Days" in result.stdout


def test_priors_are_listed_without_sampling(run, cows: Path) -> None:
    result = run("fit", cows, FORMULA, *COWS, "--prior", "b: normal(0, 1)", "--priors")
    assert result.exit_code == 0
    assert "student_t(3, 0, 2.5)" in result.stdout
    assert "Estimate" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["incidence | trials(size) ~ perod"], "did you mean 'period'"),
        (["incidence | trials(size) ~ (1 | herd"], "^"),
        ([FORMULA, "--family", "binomal"], "did you mean 'binomial'"),
        ([FORMULA, "--link", "mu=logt"], "did you mean 'logit'"),
        ([FORMULA, "--prior", "coef=perod2: normal(0, 1)"], "perod2"),
        ([FORMULA, "--factor", "hrd"], "did you mean 'herd'"),
        ([FORMULA, "--warmup", "2000"], "must be smaller than `iter`"),
        ([FORMULA, "--report", "no/such/folder/page.html"], "--report: there is no folder"),
        ([FORMULA, "--report", "page.pdf"], "must end in .html or .htm"),
        ([FORMULA, "--draws", "draws.txt"], "must end in .csv or .parquet"),
    ],
)
def test_what_is_wrong_is_said_without_a_traceback(run, cows: Path, arguments: list[str], message: str) -> None:
    family = [] if "--family" in arguments else ["--family", "binomial"]
    result = run("fit", cows, *arguments, *family)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert message in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "cannot be read as a table"),
        ("not.parquet", b"PAR1 and nothing else", "cannot be read as a table"),
        ("binary.csv", b"\xff\xfe\x00\x01", "cannot be read as a table"),
        ("book.xlsx", b"", "not .csv, .tsv or .parquet"),
        ("twice.csv", b"y,x,x\n1,2,3\n", "two columns named 'x'"),
        ("twice.tsv", b"y\tx\ty\n1\t2\t3\n", "two columns named 'y'"),
    ],
)
def test_files_that_are_no_tables(run, tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    result = run("fit", tmp_path / name, "y ~ x")
    assert result.exit_code == 1
    assert message in result.stderr


def test_what_is_there_is_not_replaced(run, cows: Path, tmp_path: Path) -> None:
    before = cows.read_bytes()
    result = run("fit", cows, FORMULA, *COWS, "--draws", cows)
    assert result.exit_code == 1
    assert "would replace the data" in result.stderr
    assert cows.read_bytes() == before
    both = ["--draws", tmp_path / "x.csv", "--out", tmp_path / "." / "x.csv"]
    assert "would replace what --out writes" in run("fit", cows, FORMULA, *COWS, *both).stderr


def test_warnings_are_messages(run, tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("y,x\n" + "\n".join(f"{i % 7},{'NA' if i == 3 else i}" for i in range(20)))
    result = run("fit", path, "y ~ x", "--iter", 400, "--seed", 1)
    assert result.exit_code == 0
    assert "Warning: " in result.stderr
    assert "UserWarning" not in result.stderr
    assert ".py:" not in result.stderr
