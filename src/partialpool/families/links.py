"""Links between a distributional parameter and its linear predictor.

A link is written once, as mathematics: its functions take SymPy symbols (a kernel is being built), numbers of mpmath (a
test looks at the tails) and arrays of numpy (predictions). Beside the inverse, a link states its complement where
subtracting from 1 would lose digits; logarithms of either are left to the compiler, which knows their stable forms.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.mathematics import Phi, atan, cauchy_cdf, exp, expm1, inv_logit, log1p_exp, sqrt, where
from partialpool.errors import FamilyError, nearest

__all__ = ["LINKS", "Link", "as_link"]

Array = NDArray[np.float64]


class Link(ABC):
    """A link function: one without parameters, so that its name is all there is to know.

    Examples
    --------
    >>> import numpy as np
    >>> cloglog = as_link("cloglog")
    >>> cloglog.inverse(np.array([4.0]))
    array([1.])
    >>> cloglog.complement(np.array([4.0]))
    array([1.9423376e-24])
    """

    name: ClassVar[str]
    symmetric: ClassVar[bool] = False
    """Whether 1 - mu is the inverse at -eta."""

    @abstractmethod
    def inverse(self, eta: Any) -> Any:
        """Return mu, in mathematics."""

    @abstractmethod
    def link(self, mu: Array) -> Array:
        """Return the linear predictor of arrays of mu; NaN or infinite where mu lies outside the domain."""

    def complement(self, eta: Any) -> Any:
        """Return 1 - mu, in mathematics, where mu is near 1 without loss of digits."""
        return self.inverse(-eta) if self.symmetric else 1 - self.inverse(eta)

    def __repr__(self) -> str:
        return f"as_link({self.name!r})"


class Identity(Link):
    """The parameter is the predictor."""

    name = "identity"

    def inverse(self, eta: Any) -> Any:
        return eta

    def link(self, mu: Array) -> Array:
        return np.asarray(mu, dtype=np.float64)


class Log(Link):
    """eta = log(mu)."""

    name = "log"

    def inverse(self, eta: Any) -> Any:
        return exp(eta)

    def link(self, mu: Array) -> Array:
        return np.log(mu)

    def complement(self, eta: Any) -> Any:
        return -expm1(eta)


class Logm1(Link):
    """eta = log(mu - 1), for parameters above 1."""

    name = "logm1"

    def inverse(self, eta: Any) -> Any:
        return 1 + exp(eta)

    def link(self, mu: Array) -> Array:
        return np.log(np.subtract(mu, 1.0))


class Log1p(Link):
    """eta = log(1 + mu), for parameters above -1."""

    name = "log1p"

    def inverse(self, eta: Any) -> Any:
        return expm1(eta)

    def link(self, mu: Array) -> Array:
        return np.log1p(mu)


class Inverse(Link):
    """eta = 1 / mu."""

    name = "inverse"

    def inverse(self, eta: Any) -> Any:
        return 1 / eta

    def link(self, mu: Array) -> Array:
        return np.divide(1.0, mu)


class Sqrt(Link):
    """eta = sqrt(mu)."""

    name = "sqrt"

    def inverse(self, eta: Any) -> Any:
        return eta * eta

    def link(self, mu: Array) -> Array:
        return np.sqrt(mu)


class InverseSquare(Link):
    """eta = 1 / mu^2."""

    name = "1/mu^2"

    def inverse(self, eta: Any) -> Any:
        return 1 / sqrt(eta)

    def link(self, mu: Array) -> Array:
        return np.divide(1.0, np.square(mu))


class TanHalf(Link):
    """eta = tan(mu / 2), for angles."""

    name = "tan_half"

    def inverse(self, eta: Any) -> Any:
        return 2 * atan(eta)

    def link(self, mu: Array) -> Array:
        return np.tan(np.divide(mu, 2.0))


class Logit(Link):
    """eta = log(mu / (1 - mu))."""

    name = "logit"
    symmetric = True

    def inverse(self, eta: Any) -> Any:
        return inv_logit(eta)

    def link(self, mu: Array) -> Array:
        return np.log(mu) - np.log1p(np.negative(mu))


class Logitm1(Link):
    """eta = logit(mu - 1), for parameters between 1 and 2."""

    name = "logitm1"

    def inverse(self, eta: Any) -> Any:
        return 1 + inv_logit(eta)

    def link(self, mu: Array) -> Array:
        return np.log(np.subtract(mu, 1.0)) - np.log(np.subtract(2.0, mu))


class Probit(Link):
    """eta is the standard normal quantile of mu."""

    name = "probit"
    symmetric = True

    def inverse(self, eta: Any) -> Any:
        return Phi(eta)

    def link(self, mu: Array) -> Array:
        from scipy.special import ndtri

        return np.asarray(ndtri(mu))


class ProbitApprox(Link):
    """The logistic of a cubic that comes within 1.4e-4 of the probit; brms, as Stan, inverts it by the exact quantile.

    Bowling, Khasawneh, Kaewkuekool and Cho (2009). A logistic approximation to the cumulative normal distribution.
    Journal of Industrial Engineering and Management, 2(1), 114-127.
    """

    name = "probit_approx"
    symmetric = True

    def _cubic(self, eta: Any) -> Any:
        return eta * (1.5976 + 0.07056 * eta * eta)

    def inverse(self, eta: Any) -> Any:
        return inv_logit(self._cubic(eta))

    def link(self, mu: Array) -> Array:
        from scipy.special import ndtri

        return np.asarray(ndtri(mu))


class Cloglog(Link):
    """eta = log(-log(1 - mu))."""

    name = "cloglog"

    def inverse(self, eta: Any) -> Any:
        return -expm1(-exp(eta))

    def link(self, mu: Array) -> Array:
        return np.log(-np.log1p(np.negative(mu)))

    def complement(self, eta: Any) -> Any:
        return exp(-exp(eta))


class Cauchit(Link):
    """eta is the standard Cauchy quantile of mu."""

    name = "cauchit"
    symmetric = True

    def inverse(self, eta: Any) -> Any:
        return cauchy_cdf(eta)

    def link(self, mu: Array) -> Array:
        return -1.0 / np.tan(np.pi * np.asarray(mu))


class Softit(Link):
    """mu = softplus(eta) / (1 + softplus(eta)), softplus(x) = log(1 + exp(x))."""

    name = "softit"

    def inverse(self, eta: Any) -> Any:
        return log1p_exp(eta) / (1 + log1p_exp(eta))

    def link(self, mu: Array) -> Array:
        return _log_expm1(np.divide(mu, np.subtract(1.0, mu)))

    def complement(self, eta: Any) -> Any:
        return 1 / (1 + log1p_exp(eta))


class Softplus(Link):
    """mu = log(1 + exp(eta))."""

    name = "softplus"

    def inverse(self, eta: Any) -> Any:
        return log1p_exp(eta)

    def link(self, mu: Array) -> Array:
        return _log_expm1(np.asarray(mu, dtype=np.float64))


class Squareplus(Link):
    """mu = (eta + sqrt(eta^2 + 4)) / 2."""

    name = "squareplus"

    def inverse(self, eta: Any) -> Any:
        # The sum cancels to the left of 0; there its twin with the roots in the denominator is exact.
        root = sqrt(eta * eta + 4)
        return where(eta < 0, 2 / (root - eta), (root + eta) / 2)

    def link(self, mu: Array) -> Array:
        return np.subtract(mu, np.divide(1.0, mu))


def _log_expm1(x: Array) -> Array:
    """Return log(exp(x) - 1) without overflow."""
    return x + np.log(-np.expm1(-x))


_ALL: tuple[type[Link], ...] = (
    *(Identity, Log, Logm1, Log1p, Inverse, Sqrt, InverseSquare, TanHalf, Logit, Logitm1, Probit, ProbitApprox),
    *(Cloglog, Cauchit, Softit, Softplus, Squareplus),
)

LINKS: dict[str, Link] = {kind.name: kind() for kind in _ALL}
"""All links by name."""


def as_link(name: str, allowed: Iterable[str] | None = None, purpose: str = "") -> Link:
    """Return a link by its name.

    Parameters
    ----------
    name
        One of `LINKS`.
    allowed
        Names that are allowed here; all where it is None.
    purpose
        What the link is for, for the message: `"mu of family poisson"`.

    Raises
    ------
    FamilyError
        If there is no such link, or it is not allowed here.
    """
    names = tuple(LINKS if allowed is None else allowed)
    if name in names:
        return LINKS[name]
    place = f" for {purpose}" if purpose else ""
    if name in LINKS:
        raise FamilyError(f"link {name!r} is not available{place}; use one of {', '.join(map(repr, names))}")
    raise FamilyError(f"unknown link {name!r}{place}; {nearest(name, names)}")
