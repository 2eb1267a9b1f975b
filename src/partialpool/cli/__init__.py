"""The command line: `partialpool demo season-pass` and `partialpool fit`."""

from __future__ import annotations

from partialpool.cli.application import main

__all__ = ["main"]
