"""First passage of a Wiener process without drift through the lower of two boundaries, 0 and 1, from a start w between.

The density g(u, w) of the time u has two series, one that converges fast for small and one for large times; with the switch
where it stands, a handful of terms of either is exact to double precision, so their number is fixed. Both are summed in
an order in which nothing cancels for starts near a boundary: terms that would are combined first.

Navarro and Fuss (2009), Fast and accurate calculations for first-passage times in Wiener diffusion models, Journal of
Mathematical Psychology 53. Feller (1968), An introduction to probability theory and its applications, volume 1, XIV.6.
"""

from __future__ import annotations

import math

from partialpool.engine.vecmath.elementary import exp, expm1, log, sqrt
from partialpool.engine.vecmath.normal import log_Phi
from partialpool.engine.vecmath.primitives import iterative_function, vector_function
from partialpool.engine.vecmath.trigonometric import cos, sin

__all__ = ["first_passage_quantile", "log_first_passage", "log_first_passage_start", "log_first_passage_time"]

_PI = math.pi
_LOG_PI = math.log(math.pi)
_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
_SWITCH = 0.4
_SMALL_TERMS = 5
_LARGE_TERMS = 7


@vector_function
def _near_sum(u: float, w: float) -> tuple[float, float, float]:
    """Return the sum over k of (w + 2k) exp(-2k(k + w)/u), w <= 1/2, and its derivatives by u and w; k and -k together."""
    total, by_u, by_w = w, 0.0, 1.0
    for k in range(1, _SMALL_TERMS):
        q = 2.0 * k * w / u
        p = exp(-2.0 * q)
        d = -expm1(-2.0 * q)
        scale = exp(-2.0 * k * (k - w) / u)
        bracket = w * (1.0 + p) - 2.0 * k * d
        slope = -2.0 * p * (w + 2.0 * k)  # of the bracket by q
        total += scale * bracket
        by_u += scale * (2.0 * k * (k - w) / (u * u) * bracket - slope * q / u)
        by_w += scale * (2.0 * k / u * bracket + (1.0 + p) + slope * 2.0 * k / u)
    return total, by_u, by_w


@vector_function
def _far_sum(u: float, e: float) -> tuple[float, float, float]:
    """Return the same for w > 1/2, given e = 1 - w; k and -k - 1 together."""
    w = 1.0 - e
    total, by_u, by_w = 0.0, 0.0, 0.0
    for k in range(_SMALL_TERMS):
        odd = 2.0 * k + 1.0
        q = odd * e / u
        p = exp(-2.0 * q)
        d = -expm1(-2.0 * q)
        scale = exp(-2.0 * k * (k + w) / u)
        bracket = odd * d - e * (1.0 + p)
        slope = 2.0 * p * (odd + e)
        total += scale * bracket
        by_u += scale * (2.0 * k * (k + w) / (u * u) * bracket - slope * q / u)
        by_w += scale * (-2.0 * k / u * bracket + (1.0 + p) - slope * odd / u)
    return total, by_u, by_w


@vector_function
def _late_sum(u: float, w: float, e: float) -> tuple[float, float, float]:
    """Return the sum over k of k sin(k pi w) exp(-(k^2 - 1) pi^2 u/2), e = 1 - w, and its derivatives by u, w."""
    # Angles from the nearer end keep their digits; from the other end every other term changes sign.
    mirrored = w > 0.5
    angle = _PI * (e if mirrored else w)
    turn = -1.0 if mirrored else 1.0
    total, by_u, by_w, sign = 0.0, 0.0, 0.0, 1.0
    for k in range(1, _LARGE_TERMS):
        decay = 0.5 * (k * k - 1.0) * _PI * _PI
        scale = sign * k * exp(-decay * u)
        s = sin(k * angle)
        total += scale * s
        by_u -= scale * decay * s
        by_w += scale * turn * k * _PI * cos(k * angle)
        sign *= turn
    return total, by_u, by_w


@vector_function
def log_first_passage(u: float, w: float, v: float) -> float:
    """Return log g(u, w), u > 0, 0 < w < 1 and v = 1 - w; within 1e-13 of it relative or absolute."""
    near, _, _ = _near_sum(u, w)
    far, _, _ = _far_sum(u, v)
    late, _, _ = _late_sum(u, w, v)
    early = -_HALF_LOG_2PI - 1.5 * log(u) - 0.5 * w * w / u + log(near if w <= 0.5 else far)
    return early if u < _SWITCH else _LOG_PI - 0.5 * _PI * _PI * u + log(late)


@vector_function
def log_first_passage_time(u: float, w: float, v: float) -> float:
    """Return the derivative of log_first_passage by u."""
    near, near_u, _ = _near_sum(u, w)
    far, far_u, _ = _far_sum(u, v)
    late, late_u, _ = _late_sum(u, w, v)
    ratio = near_u / near if w <= 0.5 else far_u / far
    early = -1.5 / u + 0.5 * w * w / (u * u) + ratio
    return early if u < _SWITCH else -0.5 * _PI * _PI + late_u / late


@vector_function
def log_first_passage_start(u: float, w: float, v: float) -> float:
    """Return the derivative of log_first_passage by w, v going with it."""
    near, _, near_w = _near_sum(u, w)
    far, _, far_w = _far_sum(u, v)
    late, _, late_w = _late_sum(u, w, v)
    ratio = near_w / near if w <= 0.5 else far_w / far
    return -w / u + ratio if u < _SWITCH else late_w / late


@vector_function
def _ever(v: float, w: float) -> float:
    """Return the limit of `_distribution` for late times, sinh(v (1 - w))/sinh(v)."""
    still = 1.0 - w
    moving = exp(-v * w) * expm1(-2.0 * v * (1.0 - w)) / expm1(-2.0 * v)
    return still if v < 1e-8 else moving


@iterative_function
def _distribution(u: float, v: float, w: float) -> float:
    """Return the probability that a process of drift v >= 0 towards the lower boundary is there by time u.

    Its scale is that of exp(-v w): the density is exp(-v^2 u/2) g(u, w).
    """
    if u < _SWITCH:
        total, root = 0.0, math.sqrt(u)
        for k in range(-_SMALL_TERMS, _SMALL_TERMS + 1):
            b = w + 2.0 * k
            size = abs(b)
            part = exp(-v * size + log_Phi((v * u - size) / root)) + exp(v * size + log_Phi((-v * u - size) / root))
            total += part if b > 0 else -part
        return total
    rest = 0.0
    for k in range(1, _LARGE_TERMS + 1):
        rate = 0.5 * (k * k * _PI * _PI + v * v)
        rest += k * _PI * math.sin(k * _PI * w) * math.exp(-rate * u) / rate
    return _ever(v, w) - rest


@iterative_function
def first_passage_quantile(p: float, v: float, w: float) -> float:
    """Return the time by which a share p of the processes that reach the lower boundary have done so.

    Parameters
    ----------
    p
        Share, between 0 and 1.
    v
        Drift towards or away from the boundary (times do not depend on which), in units of the distance of the boundaries.
    w
        Start, between 0 and 1.
    """
    v = abs(v)
    whole = _ever(v, w)
    goal = p * whole
    low, high = 1e-8, 1.0
    while _distribution(high, v, w) < goal and high < 1e3:
        high *= 2.0
    u = sqrt(low * high)
    for _ in range(100):
        excess = _distribution(u, v, w) - goal
        if high - low < 1e-12 * high or abs(excess) < 1e-13 * whole:
            break
        if excess > 0:
            high = u
        else:
            low = u
        slope = exp(log_first_passage(u, w, 1.0 - w) - 0.5 * v * v * u)
        step = u - excess / slope if slope > 0 else low
        u = step if low < step < high else sqrt(low * high)
    return u
