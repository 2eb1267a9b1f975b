"""Differences of lgamma and of digamma, and the beta function, without cancellation.

The remainders of Stirling's formula at a and a + n enter through divided differences, so that every term is proportional
to n; arguments below 2.5 are raised by 3 with the recurrence. Errors are relative, the largest seen against 60-digit
arithmetic in `tests/engine/test_vecmath_pairs.py`.
"""

from __future__ import annotations

from partialpool.engine.vecmath.elementary import log, log1p
from partialpool.engine.vecmath.gamma import DIGAMMA_TAIL, STIRLING, STIRLING_FROM, lgamma
from partialpool.engine.vecmath.primitives import polynomial, polynomial_slope, select, vector_function

__all__ = ["digamma_diff", "lbeta", "lgamma_diff"]

_DIGAMMA_TAIL_TIMES_W = (0.0, *DIGAMMA_TAIL)


@vector_function
def lgamma_diff(a: float, n: float) -> float:
    """Return lgamma(a + n) - lgamma(a) for a > 0, n >= 0. Relative error 4e-15 except where the difference crosses zero.

    There (a + n = 2 for a = 1, say) the absolute error is 4e-15. Its derivative with respect to n is digamma(a + n), with
    respect to a digamma_diff(a, n).

    Examples
    --------
    >>> round(lgamma_diff(1e12, 1.0), 12) == round(log(1e12), 12)
    True
    """
    low = a < STIRLING_FROM
    s = select(low, a + 3.0, a)
    b = s + n
    ra, rb = 1.0 / s, 1.0 / b
    wa, wb = ra * ra, rb * rb
    remainder = n * ra * rb * ((ra + rb) * rb * polynomial_slope(wb, wa, STIRLING) + polynomial(wa, STIRLING))
    rising = n * (3.0 * a * (a + 2.0) + 2.0 + n * (3.0 * a + 3.0 + n)) / (a * (a + 1.0) * (a + 2.0))
    return (s - 0.5) * log1p(n * ra) + (n * (log(b) - 1.0) - remainder) - log1p(select(low, rising, 0.0))


@vector_function
def digamma_diff(a: float, n: float) -> float:
    """Return digamma(a + n) - digamma(a) for a > 0, n >= 0. Relative error 1e-15.

    Examples
    --------
    >>> digamma_diff(1e12, 1.0)
    1e-12
    """
    low = a < STIRLING_FROM
    s = select(low, a + 3.0, a)
    ra, rb = 1.0 / s, 1.0 / (s + n)
    slope = polynomial_slope(rb * rb, ra * ra, _DIGAMMA_TAIL_TIMES_W)
    raised = log1p(n * ra) + n * ra * rb * (0.5 + (ra + rb) * slope)
    c0, c1, c2 = a * (a + n), (a + 1.0) * (a + n + 1.0), (a + 2.0) * (a + n + 2.0)
    fallen = n * (c1 * c2 + c0 * (c1 + c2)) / (c0 * c1 * c2)
    return raised + select(low, fallen, 0.0)


@vector_function
def lbeta(a: float, b: float) -> float:
    """Return log(beta(a, b)) for a > 0, b > 0. Relative error 5e-15, absolute error 4e-15 where it crosses zero.

    Its derivative with respect to a is -digamma_diff(a, b).

    Examples
    --------
    >>> abs(lbeta(1.0, 1.0)) < 1e-15
    True
    """
    smaller = select(a < b, a, b)
    larger = select(a < b, b, a)
    return lgamma(smaller) - lgamma_diff(larger, smaller)
