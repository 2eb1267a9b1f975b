"""From a family to the likelihood of its rows: a density of linear predictors and parameters, compiled.

The density that a family states on its natural scale is written out in symbols, the addition terms act on them, each
predicted parameter is replaced by the inverse of its link at the predictor, and the compiler does the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from partialpool.engine.expression import Density, Input, RowKernel, row_kernel, source_key, variable
from partialpool.engine.mathematics import log, log1m, log_sum_exp
from partialpool.errors import FamilyError
from partialpool.families.additions import adjusted, column_of, refuse_unknown
from partialpool.families.base import Family
from partialpool.families.events import EVENT_COLUMNS, REGION_COLUMNS, by_kind
from partialpool.families.mixtures import Mixture

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
        kept. Without it sigma has no level: `se` takes its place. Beside `cens` and `trunc` the kinds of intervals that
        occur, and among the columns those that describe them (see `events.event_columns`).

    Raises
    ------
    FamilyError
        If the family does not take an addition term, or a parameter has no level.
    """
    _refuse_misfits(family, levels, additions)
    links = [family.link_of(name) for name, level in sorted(levels.items()) if level == "row" and name != "y"]
    try:
        key = source_key(compose, family.sources, links, sorted(levels.items()), sorted(additions))
        return row_kernel(family.name, key, lambda: compose(family, levels, additions))
    except (NotImplementedError, TypeError) as error:  # of what a user wrote
        raise FamilyError(f"the density of family {family} cannot be compiled: {error}") from error


def compose(family: Family, levels: Mapping[str, Level], additions: Collection[str] = ()) -> Density:
    """Return the density that `likelihood` compiles; parameters as there.

    Examples
    --------
    >>> from partialpool.families import exponential
    >>> compose(exponential(), {"mu": "row"}).expression
    -mu - y*exp(-mu)
    """
    inputs, names = _inputs(family, levels, additions), _data(family, levels, additions)
    data = {name: variable(name, positive=name in ("denom", "se")) for name in ("y", *names)}
    if isinstance(family, Mixture):
        expression, parts = _mixed(family, levels, additions, data)
    else:
        expression, parts = _log_density(family, levels, additions, data), {}
    if "weights" in additions:
        expression = data["weights"] * expression
    return Density(expression, inputs, names, tuple(parts.items()))


def _log_density(
    family: Family, levels: Mapping[str, Level], additions: Collection[str], data: Mapping[str, Any], suffix: str = ""
) -> Any:
    """Return the log density of a row in predictors and parameters, whose symbols end in `suffix`."""
    natural = {name: _natural(family, name, suffix) for name in levels if name != "y"}
    given = adjusted(family, natural, additions, data) | {name: data[column_of(name)] for name in family.data}
    expression = _of_response(family, additions, data, given)
    for name, symbol in natural.items():
        if levels[name] == "row":
            expression = _linked(expression, family, name, symbol, suffix)
    return expression


def _mixed(
    family: Mixture, levels: Mapping[str, Level], additions: Collection[str], data: Mapping[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """Return the log density of a mixture and its parts: log densities of components, and of the first k together."""
    parts = {
        f"component_{k}": _log_density(component, family.part(k, levels), additions, data, str(k))
        for k, component in enumerate(family.components, start=1)
    }
    components = list(map(variable, parts))
    if "row" not in (levels.get(theta) for theta in family.thetas):
        shares = [log(variable(theta, positive=True)) for theta in family.thetas]
        return _pooled([s + c for s, c in zip(shares, components, strict=True)], "first", parts), parts
    etas = [variable(theta) if theta in levels else 0 for theta in family.thetas]
    joint = _pooled([eta + c for eta, c in zip(etas, components, strict=True)], "first", parts)
    return joint - _pooled(etas, "odds", parts), parts


def _pooled(logs: Sequence[Any], name: str, parts: dict[str, Any]) -> Any:
    """Return the log of the sum of exponentials, the sum of the first k of them being a part."""
    total = logs[0]
    for k, term in enumerate(logs[1:-1], start=2):
        parts[f"{name}_{k}"] = log_sum_exp(total, term)
        total = variable(f"{name}_{k}")
    return log_sum_exp(total, logs[-1])


def _of_response(family: Family, additions: Collection[str], data: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """Return the log density of a response as it was observed: perhaps censored, perhaps within bounds."""
    density = family.log_density(data["y"], **given)
    if "cens" in additions:
        density = by_kind(family, "event", additions, data, given, density)
    if "trunc" in additions:
        density = density - by_kind(family, "region", additions, data, given, 0)
    return density


def _natural(family: Family, name: str, suffix: str) -> Any:
    lower = family.parameter(name).lower
    return variable(f"{name}{suffix}", positive=lower is not None and lower >= 0)


def _linked(expression: Any, family: Family, name: str, mu: Any, suffix: str) -> Any:
    """Return the expression with a parameter replaced by the inverse of its link at the predictor."""
    link, eta = family.link_of(name), variable(f"{name}{suffix}")
    complement = link.complement(eta)
    return expression.xreplace({log1m(mu): log(complement), 1 - mu: complement, mu: link.inverse(eta)})


def _refuse_misfits(family: Family, levels: Mapping[str, Level], additions: Collection[str]) -> None:
    refuse_unknown(family, additions)
    expected, found = _parameters(family, additions), [name for name in levels if name != "y"]
    if sorted(expected) != sorted(found):
        raise FamilyError(f"family {family.name} takes the parameters {', '.join(expected)}, not {', '.join(found)}")


def _parameters(family: Family, additions: Collection[str]) -> list[str]:
    """Return the parameters that the likelihood has, in the order of the family."""
    replaced = "sigma" if "se" in additions and "se_sigma" not in additions else None
    absent = family.reference if isinstance(family, Mixture) else None
    return [name for name in family.dpars if family.owner(name)[1] != replaced and name != absent]


def _inputs(family: Family, levels: Mapping[str, Level], additions: Collection[str]) -> tuple[Input, ...]:
    return tuple(Input(name, levels[name]) for name in (*_parameters(family, additions), "y") if name in levels)


def _data(family: Family, levels: Mapping[str, Level], additions: Collection[str]) -> tuple[str, ...]:
    """Return the columns, those of addition terms in a fixed order."""
    used = [*family.data, *(name for name in ("rate", "se", "weights") if name in additions)]
    response = () if "y" in levels else ("y",)
    events = EVENT_COLUMNS if "cens" in additions else ()
    regions = REGION_COLUMNS if "trunc" in additions else ()
    return (*response, *(column_of(name) for name in used), *events, *regions)
