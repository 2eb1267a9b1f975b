"""Public names are what they are, whatever was imported before."""

import subprocess
import sys

import partialpool as pp


def test_functions_are_not_hidden_by_the_modules_of_the_same_name():
    code = (
        "import partialpool as pp, partialpool.brm, partialpool.tidy; pp.default_prior, pp.plogis; "
        "assert callable(pp.brm) and callable(pp.tidy)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


def test_every_public_name_exists_and_is_documented():
    for name in pp.__all__:
        assert name == "__version__" or getattr(pp, name).__doc__, name
