"""The program `partialpool`: its commands, and how errors leave it."""

from __future__ import annotations

from typing import Any

import click

from partialpool import __version__
from partialpool.cli.demo_command import demo
from partialpool.cli.fit_command import fit
from partialpool.cli.messages import plain_warnings
from partialpool.errors import PartialPoolError

__all__ = ["main"]

_INTERRUPTED = 130  # as shells have it: 128 and the number of the signal
_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Application(click.Group):
    """Commands whose errors are messages, not tracebacks."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what is wrong with its input ends the program with a message and exit code 1."""
        with plain_warnings():
            try:
                return super().invoke(ctx)
            except PartialPoolError as error:
                raise click.ClickException(str(error)) from error
            except KeyboardInterrupt:
                click.echo("Interrupted.", err=True)
                ctx.exit(_INTERRUPTED)


@click.group(cls=_Application, context_settings=_HELP)
@click.version_option(__version__, prog_name="partialpool")
def main() -> None:
    """Bayesian multilevel regression from a formula, as in R's brms.

    \b
    partialpool demo season-pass        a whole analysis, with a report
    partialpool fit data.csv "y ~ x"    a model of your own data

    Exit codes: 0 all went well; 1 the data, the formula or a prior is not what it must be (the message says which, where
    and what to do); 2 the command itself is not; 130 interrupted. The first run of all compiles kernels, which takes some
    seconds, and keeps them in your cache directory (PARTIALPOOL_CACHE_DIR overrides its place).
    """  # noqa: D301  (click needs the character, not its name)


main.add_command(demo)
main.add_command(fit)
