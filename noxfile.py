"""Chores of the project: `nox -s tests`, `nox -s lint types`, `nox -l` for the list."""

from __future__ import annotations

from pathlib import Path

import nox

nox.options.default_venv_backend = "uv"
nox.options.sessions = ["lint", "types", "tests"]

PINNED = ("--constraint", "constraints.txt")


def install(session: nox.Session, *groups: str) -> None:
    """Install the package with these dependency groups, in the versions of constraints.txt, byte-compiled."""
    wanted = [argument for group in groups for argument in ("--group", group)]
    session.install(*PINNED, "--compile-bytecode", "-e", ".", *wanted)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format of all code."""
    session.install(*PINNED, "ruff")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the whole package."""
    install(session, "lint")
    session.run("mypy")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests, examples in docstrings among them: seconds for each file, minutes for all."""
    install(session, "test")
    session.run("pytest", "-n", "auto", "-m", "not slow and not browser", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Run the tests that sample long enough to compare posteriors."""
    install(session, "test")
    session.run("pytest", "-m", "slow", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Look at the report in headless Chromium, which must be installed (or named by the variable CHROMIUM)."""
    install(session, "test")
    session.run("pytest", "-m", "browser", "tests/browser", *session.posargs)


@nox.session
def demo(session: nox.Session) -> None:
    """Run the season-pass analysis from the code as it stands."""
    install(session)
    session.run("partialpool", "demo", "season-pass", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; warnings are errors."""
    install(session, "docs")
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html", *session.posargs)


@nox.session
def pin(session: nox.Session) -> None:
    """Write constraints.txt anew: the newest versions that the ranges in pyproject.toml allow."""
    options = ["--universal", "--python-version", "3.11", "--upgrade", "--quiet"]
    bare = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    session.install("uv")
    session.run("uv", "pip", "compile", *options, *bare, "--group", "dev", "pyproject.toml", "-o", "constraints.txt")
    pins = Path("constraints.txt")
    pins.write_text(
        f"# What CI tested, on every Python that the project supports. Written by `nox -s pin`.\n{pins.read_text()}"
    )
