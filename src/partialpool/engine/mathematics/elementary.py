"""Exponentials, logarithms, powers, angles, and what keeps its digits where they would cancel."""

from __future__ import annotations

from partialpool.engine.mathematics.dispatch import Quantity, call

__all__ = [
    "atan",
    "cos",
    "exp",
    "exp_remainder",
    "expm1",
    "log",
    "log1m",
    "log1p",
    "log1p_ratio",
    "log_less_linear",
    "log_share",
    "power",
    "sin",
    "sqrt",
    "tan",
    "tanh",
    "xlog1py",
    "xlogy",
]


def exp(x: Quantity) -> Quantity:
    """Return e to the power x.

    Examples
    --------
    >>> exp(0.0)
    1.0
    """
    return call("exp", x)


def log(x: Quantity) -> Quantity:
    """Return the natural logarithm of x.

    Examples
    --------
    >>> log(1.0)
    0.0
    """
    return call("log", x)


def log1p(x: Quantity) -> Quantity:
    """Return log(1 + x), accurate for small x."""
    return call("log1p", x)


def expm1(x: Quantity) -> Quantity:
    """Return exp(x) - 1, accurate for small x."""
    return call("expm1", x)


def sqrt(x: Quantity) -> Quantity:
    """Return the square root of x."""
    return call("sqrt", x)


def power(x: Quantity, y: Quantity) -> Quantity:
    """Return x to the power y, for x >= 0 (or any x where y is a whole number)."""
    return call("power", x, y)


def log1m(p: Quantity) -> Quantity:
    """Return log(1 - p), accurate for small p."""
    return call("log1p", -p)


def xlogy(x: Quantity, y: Quantity) -> Quantity:
    """Return x*log(y), which is 0 where x is 0, whatever y is.

    Examples
    --------
    >>> xlogy(0.0, 0.0)
    0.0
    """
    return call("xlogy", x, y)


def xlog1py(x: Quantity, y: Quantity) -> Quantity:
    """Return x*log(1 + y), which is 0 where x is 0, whatever y is."""
    return call("xlog1py", x, y)


def log1p_ratio(x: Quantity) -> Quantity:
    """Return log(1 + x)/x, which is 1 at 0.

    Examples
    --------
    >>> log1p_ratio(0.0)
    1.0
    """
    return call("log1p_ratio", x)


def exp_remainder(x: Quantity) -> Quantity:
    """Return (exp(x) - 1 - x)/x**2, which is 1/2 at 0.

    Examples
    --------
    >>> exp_remainder(0.0)
    0.5
    """
    return call("exp_remainder", x)


def log_less_linear(t: Quantity) -> Quantity:
    """Return log(t) - t + 1, which is at most 0, without cancellation near t = 1.

    Examples
    --------
    >>> round(log_less_linear(2.0), 6)
    -0.306853
    """
    return call("log_less_linear", t)


def log_share(k: Quantity, r: Quantity) -> Quantity:
    """Return log(k/(k + r)), accurate where it is near 0.

    Examples
    --------
    >>> log_share(1.0, 1e-20)
    -1e-20
    """
    return call("log_share", k, r)


def sin(x: Quantity) -> Quantity:
    """Return the sine of x radians."""
    return call("sin", x)


def cos(x: Quantity) -> Quantity:
    """Return the cosine of x radians."""
    return call("cos", x)


def tan(x: Quantity) -> Quantity:
    """Return the tangent of x radians."""
    return call("tan", x)


def atan(x: Quantity) -> Quantity:
    """Return the angle in (-pi/2, pi/2) whose tangent is x."""
    return call("atan", x)


def tanh(x: Quantity) -> Quantity:
    """Return the hyperbolic tangent of x."""
    return call("tanh", x)
