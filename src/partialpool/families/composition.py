"""From a family to the likelihood of its rows: a density of linear predictors and parameters, compiled.

The density that a family states on its natural scale is written out in symbols, the addition terms act on them, each
predicted parameter is replaced by the inverse of its link at the predictor, and the compiler does the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from partialpool.engine.expression import Density, Input, RowKernel, row_kernel, source_key, variable
from partialpool.engine.mathematics import log, log1m
from partialpool.errors import FamilyError
from partialpool.families.additions import adjusted, column_of, refuse_unknown
from partialpool.families.base import Family

__all__ = ["Level", "compose", "likelihood"]

Level = Literal["row", "scalar"]
"""How a distributional parameter comes: "row" as a linear predictor, "scalar" as one number on the natural scale."""


def likelihood(family: Family, levels: Mapping[str, Level], additions: Collection[str] = ()) -> RowKernel:
    """Return the kernel of the log density of the rows of a response.

    Its `inputs` name what it takes from the tape (parameters, and `y` where the response is one), its `columns` the data
    (`y`, `trials`, `denom`, `se`, `weights`).

    Parameters
    ----------
    family
        The family.
    levels
        For each distributional parameter, whether it comes as a linear predictor per row or as one number on the natural
        scale; `y` among them is a response that is itself a parameter per row (missing or measured with error).
    additions
        Addition terms of the response: `trials`, `weights`, `rate`, `se`, and `se_sigma` beside `se` where sigma is
        kept. Without it sigma has no level: `se` takes its place.

    Raises
    ------
    FamilyError
        If the family does not take an addition term, or a parameter has no level.
    """
    _refuse_misfits(family, levels, additions)
    links = [family.link_of(name) for name, level in sorted(levels.items()) if level == "row" and name != "y"]
    key = source_key(compose, family, links, sorted(levels.items()), sorted(additions))
    return row_kernel(family.name, key, lambda: compose(family, levels, additions))


def compose(family: Family, levels: Mapping[str, Level], additions: Collection[str] = ()) -> Density:
    """Return the density that `likelihood` compiles; parameters as there.

    Examples
    --------
    >>> from partialpool.families import poisson
    >>> compose(poisson(), {"mu": "row"}).expression
    mu*y - LGamma(y + 1) - exp(mu)
    """
    inputs, names = _inputs(family, levels, additions), _data(family, levels, additions)
    data = {name: variable(name, positive=name in ("denom", "se")) for name in ("y", *names)}
    natural = {name: _natural(family, name) for name in levels if name != "y"}
    given = adjusted(family, natural, additions, data) | {name: data[column_of(name)] for name in family.data}
    expression = family.log_density(data["y"], **given)
    for name, symbol in natural.items():
        if levels[name] == "row":
            expression = _linked(expression, family, name, symbol)
    if "weights" in additions:
        expression = data["weights"] * expression
    return Density(expression, inputs, names)


def _natural(family: Family, name: str) -> Any:
    lower = family.parameter(name).lower
    return variable(name, positive=lower is not None and lower >= 0)


def _linked(expression: Any, family: Family, name: str, mu: Any) -> Any:
    """Return the expression with a parameter replaced by the inverse of its link at the predictor."""
    link, eta = family.link_of(name), variable(name)
    complement = link.complement(eta)
    return expression.xreplace({log1m(mu): log(complement), 1 - mu: complement, mu: link.inverse(eta)})


def _refuse_misfits(family: Family, levels: Mapping[str, Level], additions: Collection[str]) -> None:
    refuse_unknown(family, [name for name in additions if name != "se_sigma"])
    expected, found = _parameters(family, additions), [name for name in levels if name != "y"]
    if sorted(expected) != sorted(found):
        raise FamilyError(f"family {family.name} takes the parameters {', '.join(expected)}, not {', '.join(found)}")


def _parameters(family: Family, additions: Collection[str]) -> list[str]:
    """Return the parameters that the likelihood has, in the order of the family."""
    replaced = "sigma" if "se" in additions and "se_sigma" not in additions else None
    return [name for name in family.dpars if name != replaced]


def _inputs(family: Family, levels: Mapping[str, Level], additions: Collection[str]) -> tuple[Input, ...]:
    return tuple(Input(name, levels[name]) for name in (*_parameters(family, additions), "y") if name in levels)


def _data(family: Family, levels: Mapping[str, Level], additions: Collection[str]) -> tuple[str, ...]:
    """Return the columns, those of addition terms in a fixed order."""
    used = [*family.data, *(name for name in ("rate", "se", "weights") if name in additions)]
    response = () if "y" in levels else ("y",)
    return (*response, *(column_of(name) for name in used))
