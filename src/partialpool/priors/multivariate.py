"""Priors of whole vectors and matrices: LKJ for correlations, Dirichlet for simplexes; and parameters held fixed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import PriorError
from partialpool.priors.univariate import Value

__all__ = ["LKJ", "Constant", "Dirichlet"]


@dataclass(frozen=True)
class LKJ:
    """Density of a correlation matrix proportional to a power of its determinant, det(R)^(eta - 1).

    Lewandowski, Kurowicka and Joe (2009), Journal of Multivariate Analysis 100.

    Examples
    --------
    >>> round(LKJ(1.0).log_constant(2), 12) == round(-math.log(2.0), 12)  # one correlation, uniform on (-1, 1)
    True
    """

    eta: float

    def __post_init__(self) -> None:
        if not 0.0 < self.eta < math.inf:
            raise PriorError(f"eta of lkj() must be positive and finite, not {self.eta:g}")

    def log_constant(self, size: int) -> float:
        """Return the log of the normalising constant of the density of a size x size correlation matrix."""
        first = math.lgamma(self.eta + 0.5 * (size - 1))
        steps = (
            0.5 * k * math.log(math.pi) + math.lgamma(self.eta + 0.5 * (size - 1 - k)) - first for k in range(1, size)
        )
        return -sum(steps)

    def log_density(self, factor: NDArray[np.float64]) -> float:
        """Return the log density of a lower Cholesky factor [size, size] of a correlation matrix."""
        size = len(factor)
        powers = size - np.arange(1.0, size + 1.0) + 2.0 * (self.eta - 1.0)
        return self.log_constant(size) + float(np.sum((powers * np.log(np.diagonal(factor)))[1:]))

    def draw(self, rng: np.random.Generator, n_draws: int, size: int) -> NDArray[np.float64]:
        """Return correlation matrices [draw, size, size], by the onion method of the paper."""
        factors = np.zeros((n_draws, size, size))
        factors[:, 0, 0] = 1.0
        for k in range(1, size):
            squared = rng.beta(0.5 * k, self.eta + 0.5 * (size - 1 - k), size=n_draws)
            direction = rng.standard_normal((n_draws, k))
            direction /= np.linalg.norm(direction, axis=1, keepdims=True)
            factors[:, k, :k] = np.sqrt(squared)[:, None] * direction
            factors[:, k, k] = np.sqrt(1.0 - squared)
        return factors @ factors.transpose(0, 2, 1)

    def draw_correlation(self, rng: np.random.Generator, n_draws: int, size: int) -> NDArray[np.float64]:
        """Return draws of one correlation of a size x size matrix; (r + 1)/2 has a symmetric beta distribution."""
        shape = self.eta + 0.5 * size - 1.0
        return 2.0 * rng.beta(shape, shape, size=n_draws) - 1.0


@dataclass(frozen=True)
class Dirichlet:
    """Density of a simplex, a vector of positive numbers that sum to one.

    Attributes
    ----------
    alpha
        Concentrations, one for each element; a single number stands for all.

    Examples
    --------
    >>> Dirichlet(1.0).concentrations(3)
    array([1., 1., 1.])
    """

    alpha: Value

    def __post_init__(self) -> None:
        for number in np.atleast_1d(self.alpha):
            if not 0.0 < number < math.inf:
                raise PriorError(f"alpha of dirichlet() must be positive and finite, not {number:g}")

    def concentrations(self, size: int) -> NDArray[np.float64]:
        """Return the concentrations of a simplex of `size` elements.

        Raises
        ------
        PriorError
            If the prior has another number of them.
        """
        return _broadcast("dirichlet", self.alpha, size)

    def log_density(self, simplex: NDArray[np.float64]) -> float:
        """Return the log density of a simplex."""
        alpha = self.concentrations(len(simplex))
        return self.log_constant(len(simplex)) + float(np.sum((alpha - 1.0) * np.log(simplex)))

    def log_constant(self, size: int) -> float:
        """Return the log of the normalising constant for a simplex of `size` elements."""
        alpha = self.concentrations(size)
        return math.lgamma(float(alpha.sum())) - sum(math.lgamma(a) for a in alpha)

    def draw(self, rng: np.random.Generator, n_draws: int, size: int) -> NDArray[np.float64]:
        """Return simplexes [draw, element]."""
        return rng.dirichlet(self.concentrations(size), size=n_draws)


@dataclass(frozen=True)
class Constant:
    """Parameters held at given values instead of estimated.

    Attributes
    ----------
    value
        The value, or one for each element.
    broadcast
        Whether a single value stands for all elements of the parameter.
    """

    value: Value
    broadcast: bool = True

    def __post_init__(self) -> None:
        for number in np.atleast_1d(self.value):
            if not math.isfinite(number):
                raise PriorError(f"constant() holds parameters at finite numbers, not at {number:g}")

    def values(self, size: int) -> NDArray[np.float64]:
        """Return the values of a parameter of `size` elements.

        Raises
        ------
        PriorError
            If the prior has another number of them.
        """
        if isinstance(self.value, tuple) or self.broadcast:
            return _broadcast("constant", self.value, size)
        if size != 1:
            raise PriorError(f"constant() with broadcast=FALSE holds 1 value, but its parameter has {size} elements")
        return np.array([self.value])


def _broadcast(name: str, value: Value, size: int) -> NDArray[np.float64]:
    if isinstance(value, tuple) and len(value) != size:
        raise PriorError(f"{name}() has a vector of length {len(value)}, but its parameter has {size} elements")
    return np.array(value if isinstance(value, tuple) else (value,) * size, dtype=float)
