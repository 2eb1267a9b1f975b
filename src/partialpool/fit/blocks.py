"""Which parameters a summary lists together, under which title, and what it calls them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from partialpool.terms.output import Output

__all__ = ["COEFFICIENT_RANKS", "Block", "blocks", "pairs_of"]

COEFFICIENT_RANKS = ("b_Intercept", "b", "bs", "bsp", "bcs")
"""Kinds of variables that are population-level coefficients."""

_MULTILEVEL = ("sd", "cor", "df")
_TITLES: Mapping[str, tuple[str, ...]] = {
    "Smoothing Spline Hyperparameters": ("sds",),
    "Gaussian Process Hyperparameters": ("sdgp", "lscale"),
    "Correlation Structures": (
        *("ar", "ma", "sderr", "lagsar", "errorsar", "car", "rhocar", "sdcar", "cosy", "cortime"),
    ),
    "Multilevel Hyperparameters": _MULTILEVEL,
    "Regression Coefficients": COEFFICIENT_RANKS,
    "Monotonic Simplex Parameters": ("simo",),
    "Further Distributional Parameters": ("dpar", "delta"),
    "Residual Correlations": ("rescor", "lncor"),
}
"""Titles in the order in which they are printed, with the kinds of variables that stand under them."""

_STRIPPED = (*COEFFICIENT_RANKS, "simo")
_BRACKETED = ("sds", "sdgp", "lscale")
_PAIRED = ("cortime", "rescor", "lncor")


@dataclass(frozen=True)
class Block:
    """Parameters that a summary lists together.

    Attributes
    ----------
    title
        Title above them.
    group
        The group that they belong to; empty where they belong to none.
    labels
        What the summary calls each variable, by its flat name, in order.
    """

    title: str
    group: str
    labels: Mapping[str, str]


def blocks(outputs: Sequence[Output]) -> tuple[Block, ...]:
    """Return what a summary lists, in the order of print; a block for each group of group-level terms."""
    found = []
    for title, ranks in _TITLES.items():
        listed = [output for output in outputs if output.rank in ranks]
        for group in dict.fromkeys(_group_of(output) for output in listed):
            members = [output for output in listed if _group_of(output) == group]
            found.append(Block(title, group, _labels(members)))
    return tuple(found)


def pairs_of(labels: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return pairs of labels, by the label that their correlation has.

    Examples
    --------
    >>> pairs_of(["Intercept", "x"])
    {'Intercept__x': ('Intercept', 'x')}
    """
    return {f"{first}__{second}": (first, second) for first, second in combinations(labels, 2)}


def _group_of(output: Output) -> str:
    return output.variable.removeprefix(f"{output.rank}_") if output.rank in _MULTILEVEL else ""


def _labels(outputs: Sequence[Output]) -> dict[str, str]:
    pairs = pairs_of(label for output in outputs if output.rank == "sd" for label in output.coords[0])
    return {name: _label(output, name, pairs) for output in outputs for name in output.names}


def _label(output: Output, name: str, pairs: Mapping[str, tuple[str, str]]) -> str:
    """Return what a summary calls a variable: `b_x` is x, `sd_g__x` is sd(x), `cor_g__Intercept__x` is cor(Intercept,x)."""
    rank = output.rank
    if rank in _STRIPPED:
        return name.partition("_")[2]
    if rank in _BRACKETED:
        return f"{rank}({name.partition('_')[2]})"
    if rank in _PAIRED:
        return f"{rank}({','.join(name.split('__')[1:])})"
    if rank == "sd":
        return f"sd({name.removeprefix(output.variable + '__')})"
    if rank == "cor":
        return f"cor({','.join(pairs[name.removeprefix(output.variable + '__')])})"
    return rank if rank == "df" else name
