"""The program, run in this process."""

from __future__ import annotations

from collections.abc import Callable

import click.testing
import pytest

from partialpool.cli import main


@pytest.fixture
def run() -> Callable[..., click.testing.Result]:
    """Run `partialpool` with these arguments; the result has exit code, standard output and standard error."""

    def run_program(*arguments: object) -> click.testing.Result:
        result = click.testing.CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result

    return run_program
