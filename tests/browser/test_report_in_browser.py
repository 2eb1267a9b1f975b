"""The season-pass report in a real browser, on a desktop and on a telephone."""

from __future__ import annotations

from pathlib import Path

import chromium
import pytest
from click.testing import CliRunner

from partialpool.cli import main

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    result = CliRunner().invoke(main, ["demo", "season-pass", "--out", str(folder)])
    assert result.exit_code == 0, result.output
    return folder / "index.html"


@pytest.fixture(scope="module", params=[390, 1280], ids=["telephone", "desktop"])
def look(report: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> chromium.Look:
    return chromium.look_at(report, request.param, tmp_path_factory.mktemp("browser"))


def test_the_browser_complains_of_nothing(look: chromium.Look) -> None:
    assert look.console == []
    assert look.found["title"] == "Who buys a season pass?"
    assert look.found["dangling"] == 0


def test_nothing_sticks_out_of_the_screen(look: chromium.Look) -> None:
    assert look.found["content"] == look.found["width"]
    assert max(look.found["regions"]) <= look.found["width"]


def test_all_pictures_are_there_and_fit(look: chromium.Look) -> None:
    pictures = look.found["pictures"]
    assert len(pictures) == 9
    for picture in pictures:
        assert picture["complete"]
        assert picture["natural"] > 1000
        assert 300 < picture["shown"] <= look.found["width"]


def test_letters_are_legible(look: chromium.Look) -> None:
    assert look.found["smallest"] >= 13
    assert look.found["color"] == "rgb(38, 38, 38)"
    assert look.found["background"] == "rgb(255, 255, 255)"


def test_the_probe_sees_what_is_wrong(tmp_path: Path) -> None:
    """A page that errs in every respect is found out."""
    page = tmp_path / "bad.html"
    page.write_text('<title>bad</title><body><p style="width: 900px; font-size: 5px">x</p><a href="#no">y</a>'
                    '<img src="missing.png"><script>console.error("broken")</script>')  # fmt: skip
    folder = tmp_path / "browser"
    folder.mkdir()
    look = chromium.look_at(page, 390, folder)
    assert look.found["content"] > look.found["width"] == 390
    assert look.found["smallest"] == 5
    assert look.found["dangling"] == 1
    assert look.found["pictures"][0]["natural"] == 0
    assert any("broken" in line for line in look.console)
