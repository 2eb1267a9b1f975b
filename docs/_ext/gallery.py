"""The gallery of families: a section for each that the package registers, made from its code at every build.

```{family-gallery}
```
"""

from __future__ import annotations

import inspect
import textwrap
from typing import Any

import numpy as np
from docutils import nodes
from family_figures import DRAWS, Setting, described, svg
from family_settings import example
from live_tables import additions_of, families, family_link, placed, table
from sphinx.util.docutils import SphinxDirective

from partialpool.families.base import Family
from partialpool.families.registry import family_names

__all__ = ["setup"]

_GROUPS = {
    "Real numbers": "real angle",
    "Positive numbers and times": "positive nonnegative",
    "Proportions": "proportion proportion_or_zero closed_proportion",
    "Counts": "count",
    "Successes": "binary successes",
    "Ordered categories": "ordered",
    "Categories, and matrices of them": "category counts simplex",
}


def groups() -> dict[str, list[Family]]:
    """Return the families by what their response is; those of a new kind come last."""
    kinds = {kind: title for title, text in _GROUPS.items() for kind in text.split()}
    found: dict[str, list[Family]] = {title: [] for title in (*_GROUPS, "Others")}
    for family in families():
        found[kinds.get(family.response.kind, "Others")].append(family)
    return {title: members for title, members in found.items() if members}


def description(family: Family) -> str:
    """Return what the docstring says before its first section."""
    text = inspect.cleandoc(type(family).__doc__ or "")
    return text.split("\n\nParameters\n")[0].split("\n\nExamples\n")[0].split("\n\nReferences\n")[0]


def density_of(family: Family) -> str:
    """Return the density as the family states it, folded; empty where it is computed by other code."""
    source = textwrap.dedent(inspect.getsource(type(family).log_density))
    if "raise FamilyError" in source:
        return ""
    return f":::{{dropdown}} Log density, as the package states it\n```python\n{source}```\n:::"


def parameter_table(family: Family) -> str:
    """Return the parameters with their links and default priors."""
    rows = []
    for p in family.parameters:
        first, *others = p.links
        alone = f"`{placed(p.prior) or 'flat'}`" if p.value is None else f"none: it is {p.value:g}"
        links = ", ".join([f"**{first}**", *others])
        rows.append([f"`{p.name}`", links, "" if p.name == "mu" else alone, f"`{placed(p.intercept_prior) or 'flat'}`"])
    return table(["Parameter", "Links", "Prior by itself", "Prior of its intercept"], rows)


def settings_table(family: Family, settings: list[Setting]) -> str:
    """Return the settings of the figure with mean and variance, or with probabilities of categories."""
    header, rows = ["Setting"], [[swatch(k, s, settings[0])] for k, s in enumerate(settings, start=1)]
    if settings[0].mean is None:
        header.append("Probabilities of the categories")
        rows = [[*row, numbers(s.density[1])] for row, s in zip(rows, settings, strict=True)]
    else:
        variance = {"angle": "Circular variance"}.get(family.response.kind, "Variance")
        header += ["Mean", f"{variance} (of {DRAWS} draws)" if family.categories else variance]
        rows = [[*row, numbers(s.mean), numbers(s.variance)] for row, s in zip(rows, settings, strict=True)]
    return table(header, rows)


def swatch(number: int, setting: Setting, first: Setting) -> str:
    """Return a setting behind a spot of the colour of its curve, what differs from the first setting in bold."""
    parts = (
        f"**{part}**" if value != first.values[name] else part
        for (name, value), part in zip(setting.values.items(), setting.label.split(", "), strict=True)
    )
    return f"[\u25cf]{{.curve-{number}}} {', '.join(parts)}"


def numbers(values: np.ndarray) -> str:
    """Return numbers with three digits."""
    return ", ".join(f"{value:.3g}" for value in values)


def section(family: Family) -> str:
    """Return the text of a section."""
    settings = described(family)
    figure = svg(family, settings)
    program = "import numpy as np\nimport partialpool as pp\n\n" + example(family)
    return "\n\n".join(
        [
            f"(family-{family.name})=\n### {family.name}",
            description(family),
            f"Constructor: {family_link(family)}. Response: {family.response.demand}.",
            f"```{{raw}} html\n{figure}\n```" if figure else "",
            settings_table(family, settings),
            parameter_table(family),
            f"Addition terms: {additions_of(family)}.",
            density_of(family),
            f"```python\n{program}```",
        ]
    )


class FamilyGallery(SphinxDirective):
    """The directive `family-gallery`."""

    def run(self) -> list[nodes.Node]:
        """Return the sections of all families."""
        texts = [text for title, members in groups().items() for text in (f"## {title}", *map(section, members))]
        return self.parse_text_to_nodes("\n\n".join(texts), allow_section_headings=True)


def point_to_gallery(app: Any, what: str, name: str, kind: Any, options: Any, lines: list[str]) -> None:
    """Let the reference of a family point to its section."""
    if what == "class" and issubclass(kind, Family) and getattr(kind, "name", "") in family_names():
        lines += ["", f"The gallery shows :ref:`its density, its priors and an example <family-{kind.name}>`.", ""]


def setup(app: Any) -> dict[str, Any]:
    """Add the directive, and the way to it."""
    app.add_directive("family-gallery", FamilyGallery)
    app.connect("autodoc-process-docstring", point_to_gallery, priority=900)  # after numpydoc has read the text
    return {"parallel_read_safe": True, "parallel_write_safe": True}
