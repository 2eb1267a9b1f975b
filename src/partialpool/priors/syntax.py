"""Text of a prior to the distribution that it names.

`normal(0, 1)`, `student_t(3, log(10), 2 * 3)`, `dirichlet(c(2, 1, 1))`, `constant(10)`, `lkj(2)`. Arguments are numbers,
arithmetic of numbers, `c()` vectors, and names of constants that the data define (`min_Y`) or the user gives.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import FormulaError, PriorError, nearest
from partialpool.formula.nodes import Argument, Binary, Call, Name, Node, Number, Source, Span, Unary
from partialpool.formula.parser import parse
from partialpool.priors.distributions import DISTRIBUTIONS
from partialpool.priors.multivariate import LKJ, Constant, Dirichlet
from partialpool.priors.univariate import Univariate

__all__ = ["Constants", "PriorDistribution", "check_text", "read_prior"]

PriorDistribution: TypeAlias = Univariate | LKJ | Dirichlet | Constant
"""What the text of a prior names; a flat prior is None."""

Constants: TypeAlias = Mapping[str, float | NDArray[np.float64]]
"""Numbers and vectors that the text of a prior may name."""

_NOT_SUPPORTED = ("horseshoe", "R2D2", "lasso", "multi_normal", "multi_normal_cholesky", "multi_student_t")
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "log2": np.log2,
    "sqrt": np.sqrt,
}
_BUILT_IN: dict[str, float] = {"pi": math.pi, "TRUE": 1.0, "FALSE": 0.0, "T": 1.0, "F": 0.0, "Inf": math.inf}


def check_text(text: str) -> None:
    """Raise a `PriorError` unless the text reads as a prior. Values of its arguments are not looked at.

    Examples
    --------
    >>> check_text("normal(0, tau)")
    >>> check_text("student(3, 0, 1)")
    Traceback (most recent call last):
    partialpool.errors.PriorError: 'student' is not a distribution that priors know; did you mean 'student_t'?
      student(3, 0, 1)
      ^^^^^^^
    """
    if not isinstance(text, str):
        raise PriorError(f"a prior is text such as 'normal(0, 1)', not {text!r}")
    if text.strip():
        _call(text)


def read_prior(text: str, constants: Constants | None = None) -> PriorDistribution | None:
    """Return the distribution that a text names; None where the text is empty, which is a flat prior.

    Parameters
    ----------
    text
        The prior.
    constants
        Values of names that may stand in it.

    Raises
    ------
    PriorError
        If the text cannot be read, names an unknown distribution or constant, or gives a parameter a value that it cannot
        have. The message shows the place.

    Examples
    --------
    >>> read_prior("normal(0, 2 * 3)").arguments
    (0.0, 6.0)
    >>> read_prior("uniform(0, min_Y)", {"min_Y": 0.25}).support
    (0.0, 0.25)
    """
    if not text.strip():
        return None
    source, call = _call(text)
    return _Reader(source, constants or {}).distribution(call)


def _call(text: str) -> tuple[Source, Call]:
    try:
        formula = parse(text)
    except FormulaError as error:
        raise PriorError(f"this prior cannot be read: {error}") from None
    call = formula.rhs
    if not isinstance(call, Call) or formula.response is not None:
        raise _error(formula.source, "a prior is a distribution with its arguments, such as 'normal(0, 1)'", call.span)
    known = [*DISTRIBUTIONS, *_BUILDERS]
    start = call.span.start
    place = Span(start, start + len(call.function))
    if call.function in _NOT_SUPPORTED:
        raise _error(formula.source, f"{call.function}() is not supported yet as a prior", place)
    if call.function not in known:
        message = f"{call.function!r} is not a distribution that priors know; {nearest(call.function, known)}"
        raise _error(formula.source, message, place)
    return formula.source, call


def _error(source: Source, message: str, span: Span) -> PriorError:
    return PriorError(str(source.error(message, span)))


@dataclass(frozen=True)
class _Reader:
    """Reads the arguments of one prior."""

    source: Source
    constants: Constants = field(repr=False)

    def distribution(self, call: Call) -> PriorDistribution:
        law = DISTRIBUTIONS.get(call.function)
        names = [parameter.name for parameter in law.parameters] if law else list(_BUILDERS[call.function][0])
        given = self.bound(call, names)
        values = {name: self.number(node) for name, node in given.items()}
        build: Callable[..., PriorDistribution] = law or _BUILDERS[call.function][1]
        try:
            return build(*(values[name] for name in names if name in values))
        except PriorError as error:
            raise _error(self.source, str(error), call.span) from None

    def bound(self, call: Call, names: list[str]) -> dict[str, Node]:
        """Return the argument of each parameter: named ones first, the others in order."""
        if call.function == "dirichlet" and len(call.arguments) > 1:  # dirichlet(2, 1) is short for dirichlet(c(2, 1))
            return {"alpha": Call("c", call.arguments, call.span)}
        given = {argument.name: argument.value for argument in call.arguments if argument.name}
        for name in given:
            if name not in names:
                message = f"{call.function}() has no parameter {name!r}; {nearest(name, names)}"
                raise _error(self.source, message, given[name].span)
        free = [name for name in names if name not in given]
        unnamed = [argument for argument in call.arguments if not argument.name]
        optional = ("broadcast",)
        if len(unnamed) > len(free) or len(unnamed) < len([name for name in free if name not in optional]):
            wanted = f"takes {', '.join(names)}" if names else "takes no arguments"
            message = f"{call.function}() {wanted}; {len(call.arguments)} are given"
            raise _error(self.source, message, call.span)
        return given | {name: argument.value for name, argument in zip(free, unnamed, strict=False)}

    def number(self, node: Node) -> float | tuple[float, ...]:
        with np.errstate(all="ignore"):
            value = np.asarray(self.value(node), dtype=float)
        if np.isnan(value).any():
            raise _error(self.source, "this is not a number", node.span)
        return float(value) if value.ndim == 0 else tuple(float(number) for number in value)

    def value(self, node: Node) -> Any:
        """Return a NumPy number or vector."""
        match node:
            case Number(value=value):
                return np.float64(value)
            case Unary(operator="-" | "+" as sign, operand=operand):
                return -self.value(operand) if sign == "-" else self.value(operand)
            case Binary(operator=sign) if sign in _OPERATORS:
                return self.combined(node)
            case Name(text=name):
                return self.named(name, node.span)
            case Call(function="c", arguments=arguments) if arguments:
                return np.concatenate([np.atleast_1d(self.plain(argument)) for argument in arguments])
            case Call(function="rep", arguments=arguments) if len(arguments) == 2:
                return self.repeated(arguments, node.span)
            case Call(function=name, arguments=(argument,)) if name in _FUNCTIONS:
                return _FUNCTIONS[name](self.plain(argument))
        allowed = "numbers, arithmetic, c(), rep(), " + ", ".join(f"{name}()" for name in _FUNCTIONS)
        raise _error(self.source, f"arguments of a prior are made of {allowed} and named constants", node.span)

    def combined(self, node: Binary) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if np.ndim(left) and np.ndim(right) and len(left) != len(right):
            raise _error(self.source, f"vectors of length {len(left)} and {len(right)} do not match", node.span)
        return _OPERATORS[node.operator](left, right)

    def plain(self, argument: Argument) -> Any:
        if argument.name is not None:
            raise _error(self.source, f"argument {argument.name!r} has no name here", argument.value.span)
        return self.value(argument.value)

    def repeated(self, arguments: tuple[Argument, ...], span: Span) -> Any:
        what, times = (self.value(argument.value) for argument in arguments)
        if np.ndim(times) or not 1 <= times <= 10_000 or times != int(times):
            raise _error(self.source, "rep() takes a value and how often to repeat it", span)
        return np.tile(np.atleast_1d(what), int(times))

    def named(self, name: str, span: Span) -> Any:
        known = {**_BUILT_IN, **self.constants}
        if name not in known:
            advice = nearest(name, self.constants) if self.constants else "none is defined"
            message = f"{name!r} is not a constant that is known here ({advice}); priors on other parameters are not supported"
            raise _error(self.source, message, span)
        value = np.asarray(known[name], dtype=float)
        if value.ndim > 1:
            raise _error(self.source, f"{name!r} is a matrix; priors take numbers and vectors", span)
        return value[()]


def _one_number(name: str, parameter: str, value: float | tuple[float, ...]) -> float:
    if isinstance(value, tuple):
        raise PriorError(f"{parameter} of {name}() is a single number")
    return value


def _constant(value: float | tuple[float, ...], broadcast: float = 1.0) -> Constant:
    return Constant(value, bool(_one_number("constant", "broadcast", broadcast)))


_BUILDERS: dict[str, tuple[tuple[str, ...], Callable[..., PriorDistribution]]] = {
    "lkj": (("eta",), lambda eta: LKJ(_one_number("lkj", "eta", eta))),
    "lkj_corr_cholesky": (("eta",), lambda eta: LKJ(_one_number("lkj_corr_cholesky", "eta", eta))),
    "dirichlet": (("alpha",), Dirichlet),
    "constant": (("x", "broadcast"), _constant),
}
"""Priors that are not univariate distributions: names of their parameters, and what makes them."""
