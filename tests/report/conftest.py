"""A fit to report on, and a reader of HTML that insists on balance."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

import partialpool as pp
from partialpool.fit.fit import Fit

_VOID = {"meta", "link", "img", "br"}


class Reading(HTMLParser):
    """What a page holds: tags with their attributes, and text. Unbalanced tags are an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="session")
def read() -> type[Reading]:
    return Reading


@pytest.fixture(scope="session")
def sleep_fit() -> Fit:
    """A fit with coefficients, two coefficients of each of 18 levels, and a sigma."""
    return pp.brm(
        "Reaction ~ Days + (Days | Subject)",
        pp.datasets.load("sleepstudy"),
        iter=4000,
        seed=1,
        control={"adapt_delta": 0.95},
        progress=False,
    )
