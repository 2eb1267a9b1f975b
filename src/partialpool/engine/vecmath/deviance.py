"""What is left of log gamma functions and of logarithms of ratios when the parts that cancel are taken out.

Densities of proportions and counts are sums of x log(x) terms that nearly cancel where parameters are large. Written with
these functions every term is small where the density is: the deviance of Loader (2000), Fast and accurate computation of
binomial probabilities, and the gamma function without its leading term.
"""

from __future__ import annotations

from partialpool.engine.vecmath.elementary import log_less
from partialpool.engine.vecmath.gamma import DIGAMMA_TAIL, STIRLING_FROM, digamma, lgamma, stirling_remainder
from partialpool.engine.vecmath.primitives import polynomial, select, vector_function

__all__ = ["deviance", "digamma_rest", "lgamma_rest"]

_HALF_LOG_2PI = 0.9189385332046727
_NEAR = 0.25  # closer ones come from a series


@vector_function
def deviance(x: float, y: float, log_ratio: float) -> float:
    """Return x log(x/y) - x + y >= 0 for x, y >= 0, given log(x/y), which is not infinite.

    Relative error 1e-15 beside what those of x and y entail, for x near y too.

    Examples
    --------
    >>> deviance(0.0, 0.5, 0.0)
    0.5
    """
    near = abs(x - y) < _NEAR * x
    return select(near, -x * log_less(y / x, (y - x) / x), x * log_ratio + (y - x))


@vector_function
def lgamma_rest(x: float, log_x: float) -> float:
    """Return lgamma(x) - x log(x) + x for x >= 0, given log(x); x may have underflowed to 0. Absolute error 2e-15.

    Examples
    --------
    >>> lgamma_rest(1.0, 0.0)
    1.0
    """
    tail = x >= STIRLING_FROM
    above = _HALF_LOG_2PI - 0.5 * log_x + stirling_remainder(select(tail, x, STIRLING_FROM))
    low = select(tail, 1.0, x)
    return select(tail, above, lgamma(1.0 + low) - (1.0 + low) * log_x + low)


@vector_function
def digamma_rest(x: float, log_x: float) -> float:
    """Return x (digamma(x) - log(x)), from -1 at 0 to -1/2 at infinity, given log(x). Relative error 2e-15.

    Examples
    --------
    >>> round(digamma_rest(1.0, 0.0), 15)
    -0.577215664901533
    """
    tail = x >= STIRLING_FROM
    r = 1.0 / select(tail, x, STIRLING_FROM)
    low = select(tail, 1.0, x)
    above = -0.5 - r * polynomial(r * r, DIGAMMA_TAIL)
    return select(tail, above, low * (digamma(1.0 + low) - log_x) - 1.0)
