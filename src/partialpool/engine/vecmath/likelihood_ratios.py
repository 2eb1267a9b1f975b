"""Log likelihoods of counts, less the largest that any parameter gives them, without the cancellation of large counts.

y log(mu) - mu and k log(p) + r log(q) are sums of terms that grow with the counts, while near their largest values they
change by little. Close to it the difference comes from the ratio of the parameter to the one that fits best.
"""

from __future__ import annotations

import math

from partialpool.engine.vecmath.deviance import lgamma_rest
from partialpool.engine.vecmath.elementary import expm1, log, log1p
from partialpool.engine.vecmath.gamma import DIGAMMA_TAIL, STIRLING_FROM
from partialpool.engine.vecmath.logistic import log1p_exp
from partialpool.engine.vecmath.primitives import polynomial, polynomial_slope, select, vector_function

__all__ = [
    "binomial_ratio",
    "log_beta_binomial",
    "log_beta_binomial_a",
    "log_beta_binomial_b",
    "log_beta_negative_binomial",
    "log_less_linear",
    "scaled_digamma_diff",
]

_INF = math.inf

# (exp(x) - 1 - x)/x^2 = the sum of x^k/(k + 2)!, |x| <= 1/2
_EXP_REMAINDER = tuple(1.0 / math.factorial(k + 2) for k in range(14))
_DIGAMMA_TAIL_TIMES_W = (0.0, *DIGAMMA_TAIL)


@vector_function
def log_less_linear(t: float, log_t: float) -> float:
    """Return log(t) - t + 1 <= 0 for t >= 0, given log(t). Relative error 2e-15 beside what that of log(t) entails.

    Examples
    --------
    >>> round(log_less_linear(2.0, log(2.0)), 6)
    -0.306853
    """
    near = abs(log_t) < 0.5
    far = select(t < _INF, log_t - (t - 1.0), -_INF)
    return select(near, -log_t * log_t * polynomial(log_t, _EXP_REMAINDER), far)


@vector_function
def binomial_ratio(k: float, r: float, log_p: float, log_q: float, log_k: float, log_r: float) -> float:
    """Return k log(p n/k) + r log(q n/r) <= 0, n = k + r, given the logarithms of p, q = 1 - p, k/n and r/n.

    Absolute error 1e-15 sqrt(n) near p = k/n, relative error 1e-14 elsewhere.

    Examples
    --------
    >>> binomial_ratio(0.0, 3.0, -math.inf, 0.0, -math.inf, 0.0)
    0.0
    """
    odds = (log_p - log_k) - (log_q - log_r)
    smaller = select(k < r, k, r)
    d = select(k < r, odds, -odds)
    near = smaller * d - (k + r) * log1p(smaller / (k + r) * expm1(d))
    far = select(k == 0.0, 0.0, k * (log_p - log_k)) + select(r == 0.0, 0.0, r * (log_q - log_r))
    return select((abs(odds) < 1.0) & (smaller > 0.0), near, far)


@vector_function
def scaled_digamma_diff(a: float, n: float) -> float:
    """Return a (digamma(a + n) - digamma(a)) for a, n >= 0, which is 1 at a = 0 unless n is 0. Relative error 2e-15.

    Examples
    --------
    >>> scaled_digamma_diff(0.0, 3.0)
    1.0
    """
    low = a < STIRLING_FROM
    s = select(low, a + 3.0, a)
    ra, rb = 1.0 / s, 1.0 / (s + n)
    slope = polynomial_slope(rb * rb, ra * ra, _DIGAMMA_TAIL_TIMES_W)
    raised = log1p(n * ra) + n * ra * rb * (0.5 + (ra + rb) * slope)
    c1, c2 = (a + 1.0) * (a + n + 1.0), (a + 2.0) * (a + n + 2.0)
    fallen = n / select(n == 0.0, 1.0, a + n) + n * a * (1.0 / c1 + 1.0 / c2)
    return a * raised + select(low, fallen, 0.0)


@vector_function
def log_beta_binomial(
    y: float, m: float, a: float, b: float, log_y: float, log_m: float, log_a: float, log_b: float
) -> float:
    """Return log(B(a + y, b + m)/B(a, b)) + n log(n) - y log(y) - m log(m), n = y + m, for y, m, a, b >= 0.

    Given are the logarithms of y/n, m/n, a and b; a and b may have underflowed to 0.

    Examples
    --------
    >>> round(log_beta_binomial(1.0, 0.0, 1.0, 1.0, 0.0, -math.inf, 0.0, 0.0), 12) == round(log(0.5), 12)
    True
    """
    n, size = y + m, a + b
    log_size, log_whole = log(size), log(size + n)
    log_first = select(y == 0.0, log_a, log(a + y))
    log_second = select(m == 0.0, log_b, log(b + m))
    before, after = log_a - log_b, log_first - log_second
    log_p, log_q = -log1p_exp(-after), -log1p_exp(after)
    main = binomial_ratio(y, m, log_p, log_q, log_y, log_m)
    main += binomial_ratio(a, b, log_p, log_q, -log1p_exp(-before), -log1p_exp(before))
    first = select(y == 0.0, 0.0, lgamma_rest(a + y, log_first) - lgamma_rest(a, log_a))
    second = select(m == 0.0, 0.0, lgamma_rest(b + m, log_second) - lgamma_rest(b, log_b))
    return main + first + second - (lgamma_rest(size + n, log_whole) - lgamma_rest(size, log_size))


@vector_function
def log_beta_negative_binomial(y: float, r: float, a: float, b: float, log_a: float, log_b: float) -> float:
    """Return log(gamma(y + r)/gamma(r) B(a + y, b + r)/B(a, b)) - y log(y) + y for y, a, b >= 0, r > 0.

    Given are the logarithms of a and b; a and b may have underflowed to 0.

    Examples
    --------
    >>> round(log_beta_negative_binomial(0.0, 1.0, 1.0, 1.0, 0.0, 0.0), 12) == round(log(0.5), 12)
    True
    """
    n = y + r
    density = log_beta_binomial(y, r, a, b, -log1p(r / y), -log1p(y / r), log_a, log_b)
    return density + lgamma_rest(n, log(n)) - lgamma_rest(r, log(r))


@vector_function
def _tail(x: float) -> float:
    """Return log(x) - digamma(x) for x >= 2.5."""
    r = 1.0 / x
    return r * (0.5 + r * polynomial(r * r, DIGAMMA_TAIL))


@vector_function
def _cross(a: float, b: float, y: float) -> float:
    """Return a (digamma(a + b + y) - digamma(a + b) - digamma(a + y) + digamma(a)), relative to a b y/((a + b)(a + y))."""
    low = a < STIRLING_FROM
    s = select(low, a + 3.0, a)
    share = b / (s + b) * (y / (s + y))
    logs = select(share < 0.5, log1p(-share), log(s / (s + b) * ((s + b + y) / (s + y))))
    tails = _tail(s + b + y) - _tail(s + b) - _tail(s + y) + _tail(s)
    first = a / (a + b + y) - a / (a + b) - a / (a + y) + 1.0
    second = 1.0 / (a + b + y + 1.0) - 1.0 / (a + b + 1.0) - 1.0 / (a + y + 1.0) + 1.0 / (a + 1.0)
    third = 1.0 / (a + b + y + 2.0) - 1.0 / (a + b + 2.0) - 1.0 / (a + y + 2.0) + 1.0 / (a + 2.0)
    fallen = select(low, first + a * (second + third), 0.0)
    return select((b == 0.0) | (y == 0.0), 0.0, a * (logs - tails) - fallen)


@vector_function
def _slope(y: float, m: float, a: float, b: float) -> float:
    """Return a (digamma(a + y) - digamma(a) - digamma(a + b + y + m) + digamma(a + b)), by differences that are small."""
    start = a + b + y
    return -_cross(a, b, y) - a / start * scaled_digamma_diff(start, m)


@vector_function
def log_beta_binomial_a(y: float, m: float, a: float, b: float) -> float:
    """Return the derivative of log_beta_binomial with respect to log(a).

    Examples
    --------
    >>> round(log_beta_binomial_a(1.0, 0.0, 1.0, 1.0), 12)
    0.5
    """
    return _slope(y, m, a, b)


@vector_function
def log_beta_binomial_b(y: float, m: float, a: float, b: float) -> float:
    """Return the derivative of log_beta_binomial with respect to log(b).

    Examples
    --------
    >>> log_beta_binomial_b(1.0, 0.0, 1.0, 1.0)
    -0.5
    """
    return _slope(m, y, b, a)
