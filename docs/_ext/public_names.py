"""Reference pages of the public names, grouped by theme, written before Sphinx reads the sources.

The list of names is the package's own: a name that is added there appears here, under the theme of the module it lives in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import partialpool
from partialpool.families.base import Family


@dataclass(frozen=True)
class Theme:
    """A part of the reference.

    Attributes
    ----------
    title, introduction
        What stands above it.
    modules
        Where the public names come from that belong to it.
    more
        Further names, by their places in the package, that docstrings of these refer to.
    """

    title: str
    introduction: str
    modules: tuple[str, ...]
    more: tuple[str, ...] = ()


THEMES = (
    Theme("Fitting", "From a formula and data to a fit.", ("partialpool.brm",), ("inference.settings.Control",)),
    Theme(
        "The fit",
        "What :func:`~partialpool.brm` returns: draws, the model they belong to, and everything that follows from them.",
        ("partialpool.fit",),
        ("model.model.Model", "fit.summary.Summary"),
    ),
    Theme(
        "Formulas",
        "Pieces of a formula beyond one text; the language itself has :doc:`a page of its own </guide/formulas>`.",
        ("partialpool.formula", "partialpool.frame"),
        ("formula.specification.ParameterOptions",),
    ),
    Theme("Priors", "See also :doc:`the guide to priors </guide/priors>`.", ("partialpool.priors",)),
    Theme(
        "Families",
        "One constructor for each; there are :doc:`a table of all </families/index>` and :doc:`a gallery "
        "</families/gallery>`. {aliases}",
        ("partialpool.families",),
        ("families.family_names", "families.base.Family"),
    ),
    Theme("Tidy tables", "Data frames of a fit, and small helpers around them.", ("partialpool.tidy",)),
    Theme(
        "Plots",
        "Each returns a plotnine object, to which layers, facets and themes can be added.",
        ("partialpool.plots",),
        ("plots.selection.select_draws", "plots.kernel_density.estimate_density"),
    ),
    Theme("Storage", "Fits in files; see :doc:`saving and loading </guide/storage>`.", ("partialpool.io",)),
    Theme("Errors and warnings", "Bad input raises one of these, and nothing else.", ("partialpool.errors",)),
)
REST = Theme("More", "", ("partialpool",))

INTRODUCTION = """\
These are the names of ``import partialpool as pp``; ``pp.__version__`` is the version. Names with dots say where in the
package they stand: functions of the modules ``pp.datasets``, ``pp.families`` and ``pp.mathematics``, and objects that you
meet, but need not make.
"""

DATASETS = """\
Data sets
---------

.. autosummary::
   :toctree: generated
   :nosignatures:

   datasets.load
   datasets.names
"""

MATHEMATICS = """\
Mathematics
-----------

Functions for densities of custom families, in the module ``pp.mathematics``.

.. autosummary::
   :nosignatures:

"""


def names_by_theme() -> dict[Theme, list[str]]:
    """Return the public names under each theme, in the order of the package."""
    listed: dict[Theme, list[str]] = {theme: [] for theme in (*THEMES, REST)}
    for module, names in partialpool._HOMES.items():
        theme = next((t for t in THEMES if module.startswith(t.modules)), REST)
        listed[theme] += names
    return {theme: names for theme, names in listed.items() if names}


def reference_page() -> str:
    """Return the page that lists all public names."""
    title = "API reference"
    parts = [f"{title}\n{'=' * len(title)}\n\n{INTRODUCTION}\n"]
    parts.append(".. currentmodule:: partialpool\n")
    for theme, names in names_by_theme().items():
        introduction = theme.introduction.format(aliases=aliases(names))
        lines = [theme.title, "-" * len(theme.title), "", introduction, ""]
        lines += [".. autosummary::", "   :toctree: generated", "   :nosignatures:", ""]
        lines += [f"   {name}" for name in (*names, *theme.more) if name in theme.more or not is_alias(name)]
        parts.append("\n".join(lines) + "\n")
    vocabulary = "".join(
        f"   mathematics.{name}\n" for name in sorted(partialpool.mathematics.__all__, key=str.casefold)
    )
    return "\n".join([*parts, MATHEMATICS + vocabulary, DATASETS])


def aliases(names: Iterable[str]) -> str:
    """Return a sentence on each name that is a second spelling of another."""
    found = [name for name in names if is_alias(name)]
    return " ".join(f"``{name}`` is :class:`~partialpool.{getattr(partialpool, name).name}`." for name in found)


def is_alias(name: str) -> bool:
    """Return whether a name is a second spelling of another (`Gamma` for `gamma`)."""
    kind = getattr(partialpool, name)
    return isinstance(kind, type) and issubclass(kind, Family) and kind.name != name


def name_families_as_users_do() -> None:
    """Let the classes of families bear the names that users call them by: autodoc would call them aliases else."""
    for names in partialpool._HOMES.values():
        for name in names:
            kind = getattr(partialpool, name)
            if isinstance(kind, type) and issubclass(kind, Family) and not is_alias(name):
                kind.__name__, kind.__module__ = name, "partialpool"


def write_page(folder: Path) -> None:
    """Write the reference page if it differs from what is there."""
    text = reference_page()
    path = folder / "index.rst"
    folder.mkdir(exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def setup(app: Any) -> dict[str, Any]:
    """Write the page before Sphinx looks which pages there are."""
    name_families_as_users_do()
    write_page(Path(app.srcdir) / "api")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
