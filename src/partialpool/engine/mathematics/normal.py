"""The standard normal distribution: distribution function, quantiles, and functions made of them."""

from __future__ import annotations

from partialpool.engine.mathematics.dispatch import Quantity, call

__all__ = [
    "Phi",
    "Phi_inverse",
    "erf",
    "log_Phi",
    "log_Phi_diff",
    "log_mills",
    "log_skew_normal_cdf",
]


def Phi(x: Quantity) -> Quantity:  # noqa: N802
    """Return the distribution function of the standard normal.

    Examples
    --------
    >>> Phi(0.0)
    0.5
    """
    return call("Phi", x)


def log_Phi(x: Quantity) -> Quantity:  # noqa: N802
    """Return log(Phi(x)), accurate in the lower tail."""
    return call("log_Phi", x)


def Phi_inverse(p: Quantity) -> Quantity:  # noqa: N802
    """Return the quantile function of the standard normal."""
    return call("Phi_inverse", p)


def log_Phi_diff(x: Quantity, y: Quantity) -> Quantity:  # noqa: N802
    """Return log(Phi(x) - Phi(y)) for x > y, accurate in both tails and for x near y."""
    return call("log_Phi_diff", x, y)


def log_mills(x: Quantity) -> Quantity:
    """Return the log of Mills' ratio, (1 - Phi(x)) over the density of the standard normal, accurate in both tails."""
    return call("log_mills", x)


def erf(x: Quantity) -> Quantity:
    """Return the error function, 2*Phi(sqrt(2)*x) - 1."""
    return call("erf", x)


def log_skew_normal_cdf(z: Quantity, a: Quantity) -> Quantity:
    """Return the log of the distribution function of the skew normal distribution of location 0, scale 1 and slant a.

    Examples
    --------
    >>> from partialpool.mathematics import exp
    >>> round(exp(log_skew_normal_cdf(0.0, 1.0)), 12)
    0.25
    """
    return call("log_skew_normal_cdf", z, a)
