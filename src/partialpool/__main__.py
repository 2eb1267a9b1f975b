"""The command line as `python -m partialpool`."""

from partialpool.cli import main

main(prog_name="partialpool")
