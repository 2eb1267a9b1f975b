"""What the program prints: headings, tables and warnings."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from partialpool.errors import PartialPoolWarning

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Terminal", "plain_warnings"]


class Terminal:
    """Prints to the standard output, headings in bold where it is a terminal."""

    def heading(self, text: str) -> None:
        """Print a heading over a line."""
        click.secho(f"\n{text}\n{'=' * len(text)}", bold=True)

    def text(self, text: str) -> None:
        """Print text between blank lines."""
        click.echo(f"\n{text}")

    def table(self, frame: pd.DataFrame, caption: str, *, index: bool = False, digits: int = 2) -> None:
        """Print a table under its caption, numbers that are not whole with so many decimals."""
        body = frame.to_string(index=index, float_format=lambda value: f"{value:.{digits}f}")
        click.echo(f"\n{caption}\n{body}")


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Print warnings as messages to the standard error, without the place in the code that they come from."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", PartialPoolWarning)
        warnings.showwarning = _show
        yield


def _show(message: Warning | str, category: type[Warning], *place: Any, **_: Any) -> None:
    click.secho(f"Warning: {message}", err=True, fg="yellow")
