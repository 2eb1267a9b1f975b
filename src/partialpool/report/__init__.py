"""Reports: self-contained HTML pages of text, tables and plots."""

from __future__ import annotations

from partialpool.report.fits import fit_section, write_report
from partialpool.report.page import Page, Section

__all__ = ["Page", "Section", "fit_section", "write_report"]
