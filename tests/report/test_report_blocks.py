"""Parts of a page."""

from __future__ import annotations

import base64
import struct

import numpy as np
import pandas as pd
from plotnine import aes, geom_point, ggplot, theme

from partialpool.report.blocks import Notice, Output, Paragraph, Picture, Table


def test_text_is_escaped_everywhere(read) -> None:
    hostile = '<script>alert("x")</script> & `a<b`'
    frame = pd.DataFrame({hostile: [hostile]}, index=[hostile])
    for block in (Paragraph(hostile), Notice(hostile), Output(hostile), Table(frame, hostile, index=True)):
        assert "<script" not in block.html()
        assert 'alert("x")' in read(block.html()).text


def cells(table: Table) -> list[str]:
    body = table.html().split("<tbody>")[1]
    return [cell.split(">")[-1] for cell in body.replace("</td>", "</th>").split("</th>")[:-1]]


def test_numbers_are_rounded_by_column_and_whole_ones_are_not() -> None:
    frame = pd.DataFrame({"term": ["a", "b"], "x": [-1.2345, 20000.0], "n": [3, 40000], "p": [True, False]})
    assert cells(Table(frame, "")) == ["a", "−1.23", "3", "True", "b", "20,000.00", "40,000", "False"]


def test_missing_numbers_leave_an_empty_cell() -> None:
    frame = pd.DataFrame({"x": [np.nan, 1.5], "n": pd.array([None, 2], dtype="Int64"), "s": [None, "t"]})
    assert cells(Table(frame, "", digits=1)) == ["", "", "", "1.5", "2", "t"]


def test_infinite_numbers_are_shown() -> None:
    assert cells(Table(pd.DataFrame({"x": [np.inf, -np.inf, 1.0]}), "")) == ["inf", "−inf", "1.00"]


def test_tables_are_regions_that_scroll_and_have_headings(read) -> None:
    reading = read(Table(pd.DataFrame({"a": [1]}, index=["row"]), "Counts", index=True).html())
    region = reading.all("div")[0]
    assert (region["class"], region["role"], region["aria-label"], region["tabindex"]) == (
        "scroll",
        "region",
        "Counts",
        "0",
    )
    assert [heading["scope"] for heading in reading.all("th")] == ["col", "col", "row"]


def test_pictures_stand_in_the_page_and_are_described(read) -> None:
    plot = ggplot(pd.DataFrame({"x": [1, 2]}), aes("x", "x")) + geom_point() + theme(figure_size=(9, 3))
    picture = Picture(plot, 'Two "points"', "In a row.")
    reading = read(picture.html())
    (image,) = reading.all("img")
    assert image["alt"] == 'Two "points"'
    assert reading.text == "In a row."
    kind, _, data = str(image["src"]).partition("base64,")
    assert kind == "data:image/png;"
    width, height = struct.unpack(">II", base64.b64decode(data)[16:24])
    assert (width, height) == (1080, 600)  # 5.4 by 3 inches, the 9 being too wide for a telephone
    assert image["width"] == "583"
    assert picture.html() == picture.html()  # the plot itself is not changed by being drawn
    assert plot.theme.getp("figure_size") == (9, 3)
