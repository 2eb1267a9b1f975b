"""Functions of log odds, and sums and differences of what is given by its logarithm."""

from __future__ import annotations

from partialpool.engine.mathematics.dispatch import Quantity, call

__all__ = [
    "inv_logit",
    "log1m_exp",
    "log1m_inv_logit",
    "log1p_exp",
    "log_diff_exp",
    "log_inv_logit",
    "log_sum_exp",
    "logit",
]


def inv_logit(x: Quantity) -> Quantity:
    """Return 1/(1 + exp(-x)).

    Examples
    --------
    >>> inv_logit(0.0)
    0.5
    """
    return call("inv_logit", x)


def logit(p: Quantity) -> Quantity:
    """Return log(p/(1 - p))."""
    return call("logit", p)


def log_inv_logit(x: Quantity) -> Quantity:
    """Return log(inv_logit(x))."""
    return -call("log1p_exp", -x)


def log1m_inv_logit(x: Quantity) -> Quantity:
    """Return log(1 - inv_logit(x))."""
    return -call("log1p_exp", x)


def log1p_exp(x: Quantity) -> Quantity:
    """Return log(1 + exp(x)), the softplus function."""
    return call("log1p_exp", x)


def log1m_exp(x: Quantity) -> Quantity:
    """Return log(1 - exp(x)) for x < 0."""
    return call("log1m_exp", x)


def log_sum_exp(a: Quantity, b: Quantity) -> Quantity:
    """Return log(exp(a) + exp(b))."""
    return call("log_sum_exp", a, b)


def log_diff_exp(a: Quantity, b: Quantity) -> Quantity:
    """Return log(exp(a) - exp(b)) for a > b."""
    return call("log_diff_exp", a, b)
