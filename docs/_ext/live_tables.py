"""Tables that are made from the package at every build: what the formula language holds, families, links, priors.

A directive gives the text of a markdown table, so that what stands on a page is what the code does:

    ```{live-table} operators
    ```
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, ClassVar

import constructs
import numpy as np
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import oracle
import oracle_models
import partialpool as pp
from partialpool.families.base import Family
from partialpool.families.links import LINKS
from partialpool.families.registry import constructor, family_names
from partialpool.formula.functions import KINDS
from partialpool.frame.contrasts import CODINGS
from partialpool.frame.scope import known_functions
from partialpool.priors.distributions import DISTRIBUTIONS

_SPECIAL_PRIORS = ("horseshoe(1)", "R2D2()")
_FUNCTIONS_OF_BRMS = {
    "comparison": (
        "loo waic kfold reloo loo_compare loo_model_weights model_weights pp_average bayes_R2 loo_R2 add_criterion "
        "loo_moment_match loo_subsample"
    ),
    "hypotheses and Bayes factors": "hypothesis bridge_sampler bayes_factor post_prob",
    "effects and checks": "conditional_effects conditional_smooths pp_check posterior_smooths",
    "fits from fits": "update brm_multiple combine_models",
    "predictions": "predictive_error predictive_interval posterior_table pp_mixture",
    "models of your own": "custom_family stanvar mixture",
}
STAR = "\\*"
YES, NOT_YET = "[yes]{.status-yes}", "[not yet]{.status-no}"


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a markdown table."""
    lines = [list(header)]
    lines.append(["---"] * len(lines[0]))
    lines += [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def construct_table(listed: Iterable[constructs.Construct], *, variables: bool) -> str:
    """Return how constructs are written, what they mean, and whether they work; with the variables of an example."""
    rows = []
    for construct in listed:
        names = constructs.status(construct)
        row = [f"`{construct.written}`", construct.meaning, NOT_YET if names is None else YES]
        rows.append([*row, *(["" if names is None else constructs.shown(names)] if variables else [])])
    return table(["Written", "Meaning", "Works", *(["Variables of the example"] if variables else [])], rows)


def operator_table() -> str:
    """Return what operators expand to."""
    rows = [
        [f"`{c.written}`", c.meaning, ", ".join(f"`{name}`" for name in coefficients(c))] for c in constructs.OPERATORS
    ]
    return table(["Written", "Meaning", "Coefficients"], rows)


def coefficients(construct: constructs.Construct) -> list[str]:
    """Return the population-level coefficients of an example, which must work."""
    names = constructs.status(construct)
    if names is None:
        raise ValueError(f"{construct.written} is not supported any more")
    return [name for name in names if name.startswith("b_")]


def function_table() -> str:
    """Return the functions that a formula may call, by kind."""
    works = set(known_functions())
    meanings = {
        "elementwise": "work row by row",
        "stateful": "learn something from the data of the fit (a mean, knots) and use it again in predictions",
        "factor": "make a factor",
        "structure": "structure of the formula",
    }
    rows = []
    for kind, meaning in meanings.items():
        names = sorted(name for name, k in KINDS.items() if k == kind)
        here = [name for name in names if name in works or kind == "structure"]
        later = [name for name in names if name not in here]
        rows.append([meaning, code_list(here), code_list(later)])
    if not any(later for *_, later in rows):
        return table(["What they do", "Functions"], (row[:2] for row in rows))
    return table(["What they do", "Works", "Not yet"], rows)


def code_list(names: Iterable[str]) -> str:
    """Return names as code, separated by commas."""
    return ", ".join(f"`{name}`" for name in names)


@cache
def families() -> tuple[Family, ...]:
    """Return all families with their default links."""
    return tuple(constructor(name)() for name in family_names())


def family_table() -> str:
    """Return the families: response, parameters with their links, addition terms."""
    return table(
        ["Family", "Response", "Parameters and links", "Mean of the response", "Addition terms"],
        (
            [
                f"{family_link(f)}<br>{{ref}}`plot <family-{f.name}>`",
                f.response.demand,
                links_of(f),
                first_line(f.mean),
                additions_of(f),
            ]
            for f in families()
        ),
    )


def family_link(family: Family) -> str:
    """Return a reference to the constructor where it is public, else its name."""
    public = any(family.name in names for names in pp._HOMES.values())
    return f"{{py:class}}`~partialpool.{family.name}`" if public else f"`{family.name}`"


def links_of(family: Family) -> str:
    """Return each parameter with its default link in bold and the others behind it."""
    parts = []
    for parameter in family.parameters:
        first, *others = parameter.links
        more = f" ({', '.join(others)})" if others else ""
        parts.append(f"`{parameter.name}`: **{first}**{more}")
    return "; ".join(parts)


def additions_of(family: Family) -> str:
    """Return the addition terms that a family takes and the formula language supports."""
    works = {name for c in constructs.ADDITIONS if constructs.status(c) is not None for name in c.uses.split()}
    return code_list(f"{name}()" for name in sorted(family.additions & works))


def by_family_table() -> str:
    """Return which families take which addition term: a row for all terms that the same families take."""
    works = {name for c in constructs.ADDITIONS if constructs.status(c) is not None for name in c.uses.split()}
    takers: dict[tuple[str, ...], list[str]] = {}
    for term in sorted(works):
        names = tuple(f"{family_link(f)}{STAR * (term in f.data)}" for f in families() if term in f.additions)
        if names:
            takers.setdefault(names, []).append(f"{term}()")
    rows = [
        [code_list(terms), "all" if len(names) == len(families()) else ", ".join(names)]
        for names, terms in takers.items()
    ]
    return table(["Terms", "Families"], sorted(rows, key=lambda row: -len(row[1])))


def ordinal_table() -> str:
    """Return the families of ordered categories and their models."""
    ordinal = (f for f in families() if f.response.kind == "ordered")
    rows = [
        [family_link(f), (type(f).__doc__ or "").strip().splitlines()[0], code_list(f.parameter("mu").links)]
        for f in ordinal
    ]
    return table(["Family", "Model", "Links"], rows)


def first_line(thing: Any) -> str:
    """Return what the docstring of a method says it returns."""
    line = thing.__doc__.strip().splitlines()[0].removesuffix(".")
    if not line.startswith("Return "):
        return "none: probabilities of categories"
    returned = line.removeprefix("Return ").removesuffix(", [..., category]")
    return returned if returned.startswith("the ") else f"`{returned}`"


def default_table() -> str:
    """Return the default priors of the parameters of the families, those that are alike in one row."""
    users: dict[tuple[str, str, str], list[str]] = {}
    for family in families():
        for p in family.parameters:
            alone = "" if p.name == "mu" else placed(p.prior) or "flat"
            users.setdefault((p.name, alone, placed(p.intercept_prior) or "flat"), []).append(family.name)
    most = {key[0]: max((len(names), k) for k, names in users.items() if k[0] == key[0])[1] for key in users}
    several = {name for name in most if sum(key[0] == name for key in users) > 1}
    rows = []
    for key, names in users.items():
        name, alone, intercept = key
        of = (
            ""
            if name not in several
            else ", in other families"
            if key == most[name] and len(names) > 1
            else f" of {', '.join(names)}"
        )
        rows.append([f"`{name}`{of}", f"`{alone}`" if alone else "", f"`{intercept}`"])
    return table(["Parameter", "By itself", "Its intercept, where it has a formula"], sorted(rows))


def placed(prior: str) -> str:
    """Return a prior with words where the data put numbers."""
    return prior.replace("{location}", "median").replace("{scale}", "scale")


def link_table() -> str:
    """Return all links with the parameter at three values of the predictor."""
    eta = np.array([-1.0, 0.5, 2.0])
    rows = []
    for name, link in LINKS.items():
        with np.errstate(invalid="ignore"):
            inverse = np.asarray(link.inverse(eta))
        values = " · ".join(f"{value:.3g}" if np.isfinite(value) else "none" for value in inverse)
        users = dict.fromkeys(p.name for f in families() for p in f.parameters if name in p.links)
        rows.append([f"`{name}`", values, code_list(users)])
    return table(["Link", "Parameter at predictor -1 · 0.5 · 2", "For"], rows)


def distribution_table() -> str:
    """Return the distributions that priors may be, with their parameters."""
    rows = [[f"`{d.name}({', '.join(p.name for p in d.parameters)})`", demands(d)] for d in DISTRIBUTIONS.values()]
    return table(["Distribution", "Parameters"], rows)


def demands(distribution: Any) -> str:
    """Return what a distribution asks of its parameters."""
    return "; ".join(f"{p.name} {p.demand}" for p in distribution.parameters) or "none"


def refused_priors() -> str:
    """Return the special priors of brms that are read but not supported yet."""
    return (
        f"{sentence(filter(refused, _SPECIAL_PRIORS))} are not supported yet."
        if any(map(refused, _SPECIAL_PRIORS))
        else ""
    )


def refused(prior: str) -> bool:
    """Return whether a prior is said to be not supported yet."""
    try:
        pp.prior(prior)
    except pp.PriorError as error:
        return "not supported yet" in str(error)
    return False


def missing_functions() -> str:
    """Return what brms offers for a fit and neither the fit nor the package does yet."""
    groups = []
    for purpose, names in _FUNCTIONS_OF_BRMS.items():
        absent = [f"{name}()" for name in names.split() if not (hasattr(pp.Fit, name) or name in pp.__all__)]
        groups += [f"- {purpose}: {code_list(absent)}"] if absent else []
    return "\n".join(groups) or "Nothing of what this page knows."


def sentence(names: Iterable[str]) -> str:
    """Return names as code, the last one after `and`."""
    *first, last = (f"`{name}`" for name in names)
    return f"{', '.join(first)} and {last}" if first else last


def coding_table() -> str:
    """Return the codings of factors."""
    return table(["Coding", "Meaning"], ([f'`"{name}"`', f.__doc__.strip()] for name, f in CODINGS.items()))


def oracle_table() -> str:
    """Return the models whose figures of brms are stored, with the worst relative error of ours."""
    rows = []
    for name in oracle.names():
        built = oracle_models.attempt(name)
        figures = oracle.load(name).figures
        family = figures["family"].get("family", "several")
        error = "" if isinstance(built, pp.PartialPoolError) else compared(built, figures)
        rows.append(["<br>".join(f"`{text}`" for text in oracle.load(name).formulas), f"`{family}`", error])
    return table(["Formula", "Family", "Worst relative error"], rows)


def compared(fit: pp.Fit, figures: dict[str, Any]) -> str:
    """Return the worst relative error, or that the parameters are not the same."""
    if fit.model.param_unc_num() != figures["num_upars"]:
        return "other parameters"
    return f"{worst_error(fit, figures['log_prob']):.0e}"


def worst_error(fit: pp.Fit, points: Iterable[dict[str, Any]]) -> float:
    """Return the largest relative error of log density and gradient at the points that Stan evaluated."""
    worst = 0.0
    for point in points:
        value, gradient = fit.log_density_gradient(np.array(point["u"]))
        found, expected = np.array([value, *gradient]), np.array([point["lp_adjusted"], *point["gradient"]])
        worst = max(worst, float(np.max(np.abs(found - expected) / np.maximum(np.abs(expected), 1.0))))
    return worst


TABLES: dict[str, Callable[[], str]] = {
    "operators": operator_table,
    "groups": lambda: construct_table(constructs.GROUPS, variables=True),
    "special": lambda: construct_table(constructs.SPECIAL, variables=False),
    "additions": lambda: construct_table(constructs.ADDITIONS, variables=False),
    "additions-by-family": by_family_table,
    "ordinal-families": ordinal_table,
    "pieces": lambda: construct_table(constructs.PIECES, variables=True),
    "functions": function_table,
    "families": family_table,
    "links": link_table,
    "default-priors": default_table,
    "distributions": distribution_table,
    "codings": coding_table,
    "oracles": oracle_table,
    "refused-priors": refused_priors,
    "missing-functions": missing_functions,
}


class LiveTable(SphinxDirective):
    """The directive `live-table`: its argument is one of `TABLES`."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"class": str.split}

    def run(self) -> list[nodes.Node]:
        """Return the nodes of the table."""
        name = self.arguments[0]
        if name not in TABLES:
            raise self.error(f"there is no live table {name!r}; there are {', '.join(TABLES)}")
        parsed = self.parse_text_to_nodes(TABLES[name]())
        for node in parsed:
            if isinstance(node, nodes.table):
                node["classes"] += self.options.get("class", [])
        return parsed


def setup(app: Any) -> dict[str, Any]:
    """Add the directive."""
    if missing := constructs.without_example():
        raise ValueError(f"docs/_ext/constructs.py has no example of {', '.join(missing)}")
    app.add_directive("live-table", LiveTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
