"""What the compiler compiles: a log density of named inputs and data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Density", "Input", "variable"]


@dataclass(frozen=True)
class Input:
    """An input of a density, for which adjoints are wanted.

    Attributes
    ----------
    name
        Name of the symbol.
    level
        "row" for a value per row, "scalar" for one value.
    """

    name: str
    level: Literal["row", "scalar"] = "row"


@dataclass(frozen=True)
class Density:
    """A log density.

    Attributes
    ----------
    expression
        SymPy expression of the log density, made of symbols and functions of `engine.mathematics`.
    inputs
        What the density is differentiated by.
    data
        Names of the symbols that are data: a column each for a row kernel, a number each for an element kernel.
    parts
        Names and expressions of parts, for which symbols of these names (`variable(name)`) stand in the expression and in
        later parts. Each is differentiated by itself, and the chain rule joins the derivatives: a part whose weight
        vanishes contributes nothing to them, whether its own are finite or not.
    """

    expression: Any
    inputs: tuple[Input, ...]
    data: tuple[str, ...] = ()
    parts: tuple[tuple[str, Any], ...] = ()


def variable(name: str, *, positive: bool = False) -> Any:
    """Return the symbol of a real (or positive) input or datum.

    What is known to be positive has a logarithm of its own: log(sigma*x) is taken apart only if sigma is positive.

    Examples
    --------
    >>> variable("sigma", positive=True)
    sigma
    """
    import sympy

    return sympy.Symbol(name, positive=True) if positive else sympy.Symbol(name, real=True)
