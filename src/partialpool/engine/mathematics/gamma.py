"""The gamma function and its kin: beta functions, binomial coefficients, Bessel functions."""

from __future__ import annotations

from partialpool.engine.mathematics.dispatch import Quantity, call

__all__ = [
    "digamma",
    "lbeta",
    "lchoose",
    "lgamma",
    "lgamma_diff",
    "lgamma_rest",
    "log_bessel_i0",
    "log_bessel_i0e",
    "stirling_error",
    "trigamma",
]


def lgamma(x: Quantity) -> Quantity:
    """Return log(gamma(x)) for x > 0.

    Examples
    --------
    >>> lgamma(2.0)
    0.0
    """
    return call("lgamma", x)


def digamma(x: Quantity) -> Quantity:
    """Return the derivative of `lgamma`."""
    return call("digamma", x)


def trigamma(x: Quantity) -> Quantity:
    """Return the derivative of `digamma`."""
    return call("trigamma", x)


def lgamma_diff(a: Quantity, n: Quantity) -> Quantity:
    """Return lgamma(a + n) - lgamma(a) for a > 0, n >= 0, without cancellation for large a.

    Examples
    --------
    >>> from partialpool.mathematics import log
    >>> round(lgamma_diff(3.0, 2.0), 10) == round(log(12.0), 10)
    True
    """
    return call("lgamma_diff", a, n)


def lgamma_rest(x: Quantity) -> Quantity:
    """Return lgamma(x) - x*log(x) + x, without cancellation for large x.

    Examples
    --------
    >>> lgamma_rest(1.0)
    1.0
    """
    return call("lgamma_rest", x)


def stirling_error(t: Quantity) -> Quantity:
    """Return what Stirling's formula leaves of lgamma at x = 1/t: lgamma(x) - ((x - 1/2)*log(x) - x + log(2*pi)/2).

    Examples
    --------
    >>> stirling_error(0.0)
    0.0
    """
    return call("stirling_error", t)


def lbeta(a: Quantity, b: Quantity) -> Quantity:
    """Return the log of the beta function, lgamma(a) + lgamma(b) - lgamma(a + b)."""
    return call("lbeta", a, b)


def lchoose(n: Quantity, k: Quantity) -> Quantity:
    """Return the log of the binomial coefficient: the number of ways to choose k of n."""
    return -call("lbeta", n - k + 1, k + 1) - call("log1p", n)


def log_bessel_i0(x: Quantity) -> Quantity:
    """Return the log of the modified Bessel function of the first kind and order 0."""
    return call("log_bessel_i0", x)


def log_bessel_i0e(x: Quantity) -> Quantity:
    """Return log_bessel_i0(x) - x for x >= 0, without cancellation for large x."""
    return call("log_bessel_i0e", x)
