"""A page stands alone, and its contents lead to its sections."""

from __future__ import annotations

from pathlib import Path

import pytest

from partialpool.errors import StorageError
from partialpool.report.blocks import Paragraph
from partialpool.report.page import Page, Section

PAGE = Page("Report & more", "Lead.", [Section("Data: y < 1", [Paragraph("One.")]), Section("Data: y < 1", [])])


def test_contents_lead_to_the_sections(read) -> None:
    reading = read(PAGE.html())
    anchors = [section["id"] for section in reading.all("section")]
    assert [link["href"] for link in reading.all("a")] == [f"#{anchor}" for anchor in anchors]
    assert len(set(anchors)) == 2
    assert reading.text.count("Data: y < 1") == 4


def test_the_page_needs_nothing_from_elsewhere(read) -> None:
    reading = read(PAGE.html())
    assert reading.all("script") == []
    assert [link["href"] for link in reading.all("link")] == ["data:,"]
    assert "url(" not in PAGE.html()
    assert "@import" not in PAGE.html()
    assert reading.all("html")[0]["lang"] == "en"
    assert "width=device-width" in str(reading.all("meta")[1]["content"])


def test_writing_makes_the_folder(tmp_path: Path) -> None:
    path = PAGE.write(tmp_path / "new" / "page.html")
    assert path.read_text(encoding="utf-8") == PAGE.html()


def test_writing_where_one_cannot_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        PAGE.write(tmp_path / "file" / "page.html")
