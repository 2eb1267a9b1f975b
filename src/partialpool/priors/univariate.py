"""A univariate distribution, and a prior made of it with numbers for its parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import PriorError

__all__ = ["Distribution", "Parameter", "Univariate", "Value", "log_mass", "positive", "real"]

Value: TypeAlias = float | tuple[float, ...]
"""A number, or one for each element of the parameter that the prior is about."""

_INFINITY = math.inf


@dataclass(frozen=True)
class Parameter:
    """A parameter of a distribution: its name, and the open interval in which it lies."""

    name: str
    lower: float = -_INFINITY
    upper: float = _INFINITY

    def allows(self, value: float) -> bool:
        """Return whether a number lies in the interval."""
        return self.lower < value < self.upper

    @property
    def demand(self) -> str:
        """What is asked of it, in words."""
        if self.upper < _INFINITY:
            return f"between {self.lower:g} and {self.upper:g}"
        return "positive and finite" if self.lower == 0.0 else "finite"


def real(*names: str) -> tuple[Parameter, ...]:
    """Return parameters that may be any finite number."""
    return tuple(Parameter(name) for name in names)


def positive(*names: str) -> tuple[Parameter, ...]:
    """Return parameters that must be positive."""
    return tuple(Parameter(name, 0.0) for name in names)


def _whole_line(*values: float) -> tuple[float, float]:
    return -_INFINITY, _INFINITY


@dataclass(frozen=True)
class Distribution:
    """A univariate distribution in Stan's parametrisation.

    Attributes
    ----------
    name
        Stan's name of it.
    parameters
        Its parameters in order.
    log_density
        Function of x and the parameters, in the vocabulary of `engine.mathematics`; valid within the support.
    reference
        Function of the parameters that returns SciPy's frozen distribution.
    support
        Function of the parameters that returns the interval on which the density is positive.
    """

    name: str
    parameters: tuple[Parameter, ...]
    log_density: Callable[..., Any]
    reference: Callable[..., Any]
    support: Callable[..., tuple[float, float]] = _whole_line

    def __call__(self, *values: float | Sequence[float]) -> Univariate:
        """Return the prior with these values of the parameters.

        Raises
        ------
        PriorError
            If their number is wrong, or one is not allowed.
        """
        if len(values) != len(self.parameters):
            wanted = ", ".join(parameter.name for parameter in self.parameters) or "nothing"
            raise PriorError(f"{self.name}() takes {wanted}; {len(values)} arguments are given")
        arguments = tuple(self._argument(*pair) for pair in zip(self.parameters, values, strict=True))
        if len({len(value) for value in arguments if isinstance(value, tuple)}) > 1:
            raise PriorError(f"the vectors given to {self.name}() differ in length")
        prior = Univariate(self, arguments)
        for one in prior.elements():
            self._check_support(*one)
        return prior

    def _argument(self, parameter: Parameter, value: float | Sequence[float]) -> Value:
        numbers = np.atleast_1d(np.asarray(value, dtype=float))
        for number in numbers:
            if not parameter.allows(float(number)):
                raise PriorError(f"{parameter.name} of {self.name}() must be {parameter.demand}, not {number:g}")
        return float(numbers[0]) if numbers.size == 1 else tuple(float(number) for number in numbers)

    def _check_support(self, *values: float) -> None:
        low, high = self.support(*values)
        if not low < high:
            names = " must be below ".join(parameter.name for parameter in self.parameters)
            raise PriorError(f"{names} of {self.name}(); they are {values[0]:g} and {values[1]:g}")

    def log_probability(self, arguments: Sequence[float], lb: float, ub: float) -> float:
        """Return the log of the probability of [lb, ub].

        Raises
        ------
        PriorError
            If the arguments are so extreme that it cannot be computed.
        """
        low, high = self.support(*arguments)
        if lb <= low and high <= ub:
            return 0.0
        try:
            with np.errstate(all="ignore"):
                value = log_mass(self.reference(*arguments), max(lb, low), min(ub, high))
        except (ArithmeticError, ValueError):
            value = math.nan
        if math.isnan(value):
            raise self._too_extreme(arguments, f"the probability of [{lb:g}, {ub:g}]")
        return value

    def _too_extreme(self, arguments: Sequence[float], what: str) -> PriorError:
        shown = ", ".join(f"{value:g}" for value in arguments)
        return PriorError(f"{what} under {self.name}({shown}) cannot be computed; its arguments are too extreme")

    def quantiles(
        self, arguments: Sequence[float], u: NDArray[np.float64], lb: float, ub: float
    ) -> NDArray[np.float64]:
        """Return the quantiles of the distribution truncated to [lb, ub], for probabilities u."""
        try:
            with np.errstate(all="ignore"):
                drawn = self._inverted(self.reference(*arguments), u, lb, ub)
        except (ArithmeticError, ValueError):
            drawn = np.full(u.shape, math.nan)
        if np.isnan(drawn).any():
            raise self._too_extreme(arguments, "a draw")
        return np.asarray(np.clip(drawn, lb, ub))

    def _inverted(self, law: Any, u: NDArray[np.float64], lb: float, ub: float) -> NDArray[np.float64]:
        low, high = law.cdf(lb), law.cdf(ub)
        if low > 0.5:  # work in the upper tail, where 1 - F has digits and F has none
            start, stop = law.sf(lb), law.sf(ub)
            return np.asarray(law.isf(start + u * (stop - start)))
        return np.asarray(law.ppf(low + u * (high - low)))


@dataclass(frozen=True)
class Univariate:
    """A distribution with its arguments: the prior of each element of a parameter, independently.

    Attributes
    ----------
    distribution
        Which distribution.
    arguments
        One for each of its parameters; a tuple holds one number per element.

    Examples
    --------
    >>> from partialpool.priors.distributions import DISTRIBUTIONS
    >>> half = DISTRIBUTIONS["normal"](0, 2)
    >>> half.log_probability(0.0, math.inf) == math.log(0.5)
    True
    """

    distribution: Distribution
    arguments: tuple[Value, ...]

    @property
    def name(self) -> str:
        """Name of the distribution."""
        return self.distribution.name

    @property
    def length(self) -> int | None:
        """Number of elements that vectors among the arguments ask for; None where all are single numbers."""
        return next((len(value) for value in self.arguments if isinstance(value, tuple)), None)

    def elements(self) -> list[tuple[float, ...]]:
        """Return the arguments of each element; of one element where all are single numbers."""
        columns = [value if isinstance(value, tuple) else (value,) * (self.length or 1) for value in self.arguments]
        return list(zip(*columns, strict=True)) if columns else [()]

    @property
    def support(self) -> tuple[float, float]:
        """The interval on which the density is positive; of vectors, the part that all elements share."""
        ends = [self.distribution.support(*one) for one in self.elements()]
        return max(low for low, _ in ends), min(high for _, high in ends)

    def log_density(self, x: Any) -> Any:
        """Return the log density at x (numbers, arrays or expressions), which lies within the support."""
        values = [np.asarray(value) if isinstance(value, tuple) else value for value in self.arguments]
        return self.distribution.log_density(x, *values)

    def scipy(self) -> Any:
        """Return SciPy's frozen distribution of one element.

        Raises
        ------
        PriorError
            If the elements have different distributions.
        """
        return self.distribution.reference(*self._only())

    def _only(self) -> tuple[float, ...]:
        elements = self.elements()
        if len(elements) != 1:
            raise PriorError(f"{self.name}() has vectors as arguments; its elements have {len(elements)} distributions")
        return elements[0]

    def log_probability(self, lb: float = -_INFINITY, ub: float = _INFINITY) -> float:
        """Return the log of the probability that one element lies in [lb, ub]; -inf where it cannot."""
        return self.distribution.log_probability(self._only(), lb, ub)

    def log_normaliser(self, size: int, lb: float = -_INFINITY, ub: float = _INFINITY) -> float:
        """Return the log of the probability that all of `size` elements lie in [lb, ub].

        Raises
        ------
        PriorError
            If vectors among the arguments have another length.
        """
        if self.length is None:
            return size * self.log_probability(lb, ub)
        self.check_size(size)
        return sum(self.distribution.log_probability(one, lb, ub) for one in self.elements())

    def check_size(self, size: int) -> None:
        """Raise a `PriorError` where vectors among the arguments do not fit a parameter of `size` elements."""
        if self.length not in (None, size):
            raise PriorError(
                f"{self.name}() has vectors of length {self.length}, but its parameter has {size} elements"
            )

    def draw(
        self, rng: np.random.Generator, shape: tuple[int, ...], lb: float = -_INFINITY, ub: float = _INFINITY
    ) -> NDArray[np.float64]:
        """Return independent draws from the distribution truncated to [lb, ub].

        Parameters
        ----------
        rng
            Source of randomness.
        shape
            Shape of the result; vectors among the arguments run along its last axis.
        lb, ub
            Bounds.
        """
        u = rng.uniform(size=shape)
        if self.length is None:
            return self.distribution.quantiles(self._only(), u, lb, ub)
        self.check_size(shape[-1] if shape else 1)
        columns = [self.distribution.quantiles(one, u[..., k], lb, ub) for k, one in enumerate(self.elements())]
        return np.stack(columns, axis=-1)


def log_mass(law: Any, lb: float, ub: float) -> float:
    """Return log(F(ub) - F(lb)) of a SciPy distribution, without loss of digits in either tail.

    Examples
    --------
    >>> from scipy.stats import norm
    >>> round(log_mass(norm(), 10.0, 11.0), 5)
    -53.23131
    """
    if not lb < ub:
        return -_INFINITY
    upper, lower = (float(law.logsf(lb)), float(law.logsf(ub))), (float(law.logcdf(ub)), float(law.logcdf(lb)))
    larger, smaller = upper if upper[0] < lower[0] else lower
    if smaller == -_INFINITY:
        return larger
    return larger + math.log(-math.expm1(smaller - larger)) if smaller < larger else -_INFINITY
