"""A page: title, contents and sections, in one HTML file that needs nothing else."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from pathlib import Path

from partialpool.errors import StorageError
from partialpool.report.blocks import Block, Paragraph

__all__ = ["Page", "Section"]


@dataclass(frozen=True)
class Section:
    """A part of a page under a heading of its own.

    Attributes
    ----------
    title
        The heading.
    blocks
        What stands beneath it.
    """

    title: str
    blocks: Sequence[Block]

    @property
    def anchor(self) -> str:
        """Name by which the contents refer to the section.

        Examples
        --------
        >>> Section("How the draws were made", []).anchor
        'how-the-draws-were-made'
        """
        return re.sub(r"\W+", "-", self.title.lower()).strip("-")


@dataclass(frozen=True)
class Page:
    """A report.

    Attributes
    ----------
    title
        Title of the page.
    lead
        What the page is about, in a sentence or two.
    sections
        Its sections.

    Examples
    --------
    >>> page = Page("Results", "What came out.", [Section("Data", [Paragraph("Six rows.")])])
    >>> "<h2>Data</h2>" in page.html()
    True
    """

    title: str
    lead: str
    sections: Sequence[Section]

    def html(self) -> str:
        """Return the page."""
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self.title)}</title>\n"
            # An icon of nothing, so that browsers do not ask for one.
            '<link rel="icon" href="data:,">\n'
            f"<style>\n{_style()}</style>\n</head>\n<body>\n{self._header()}<main>\n{self._main()}</main>\n{_footer()}"
            "</body>\n</html>\n"
        )

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, whose folder is made if need be; return its absolute path.

        Raises
        ------
        StorageError
            If the file cannot be written.
        """
        target = Path(path).expanduser().absolute()
        text = self.html()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        except OSError as error:
            raise StorageError(f"the report cannot be written to {target}: {error.strerror}") from error
        return target

    def _header(self) -> str:
        links = "".join(
            f'<li><a href="#{anchor}">{escape(section.title)}</a></li>' for anchor, section in self._anchored()
        )
        return (
            f"<header>\n<h1>{escape(self.title)}</h1>\n{Paragraph(self.lead).html()}\n"
            f'<nav aria-label="Contents"><ol>{links}</ol></nav>\n</header>\n'
        )

    def _main(self) -> str:
        parts = []
        for anchor, section in self._anchored():
            body = "\n".join(block.html() for block in section.blocks)
            parts.append(f'<section id="{anchor}">\n<h2>{escape(section.title)}</h2>\n{body}\n</section>\n')
        return "".join(parts)

    def _anchored(self) -> list[tuple[str, Section]]:
        """Return the sections with anchors, numbered so that no two are alike."""
        return [(f"{i}-{section.anchor}", section) for i, section in enumerate(self.sections, 1)]


def _style() -> str:
    return resources.files("partialpool.report").joinpath("style.css").read_text(encoding="utf-8")


def _footer() -> str:
    from partialpool import __version__

    return f"<footer><p>Made with partialpool {__version__}.</p></footer>\n"
