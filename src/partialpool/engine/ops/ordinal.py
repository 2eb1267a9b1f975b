"""Row ops of ordinal models: log probability of a category, given thresholds, predictor and discrimination.

With x_k = disc * (tau_k - eta - s_k), where s_k are category-specific effects, and F the distribution function of the link:

- cumulative: P(y) = F(x_y) - F(x_(y-1));
- sratio: P(y) = F(x_y) * prod_(k < y) (1 - F(x_k));
- cratio: P(y) = (1 - F(-x_y)) * prod_(k < y) F(-x_k);
- acat: P(y) proportional to prod_(k < y) F(-x_k) * prod_(k >= y) (1 - F(-x_k)).

Bürkner and Vuorre (2019), Ordinal regression models in psychology: a tutorial, Advances in Methods and Practices in
Psychological Science 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from partialpool.engine.expression.memory import accumulate, load, store
from partialpool.engine.kernel import BACKWARD, FLAGS, Kernel, doubles_at, ints_at
from partialpool.engine.ops.category_links import (
    LINK_CODES,
    log_ccdf,
    log_ccdf_slope,
    log_cdf,
    log_cdf_slope,
    log_pdf,
)
from partialpool.engine.tape import Argument, Slot
from partialpool.engine.vecmath import exp, expm1, inv_logit, log1m_exp, log1p_exp, log_inv_logit, log_sum_exp
from partialpool.engine.vecmath.primitives import add, select, vector_function

__all__ = ["FAMILY_CODES", "SCRATCH", "Ordinal"]

SCRATCH = 5
"""Row slots that the op needs for itself, next to one another."""

_FAR = 1e60  # stands for the thresholds below the first category and above the last
_HIGHEST = 1e300  # stands for what overflows, so that sums do not
_LOGIT = LINK_CODES["logit"]

# What a model has: constants of its kernel, so that the loops over rows have no branches and vectorise.
_PREDICTED, _GROUPED, _SPECIFIC, _WEIGHTED = 1, 2, 4, 8

_inlined = numba.njit(forceinline=True, error_model="numpy", fastmath=set(FLAGS))


@vector_function
def _interval(link: Any, low: float, high: float) -> tuple[float, float, float]:
    """Return log(F(high) - F(low)) and its derivatives by high and low; the ends may be far out."""
    if link == _LOGIT:
        between = 1.0 / expm1(high - low)
        value = log_inv_logit(high) + log_inv_logit(-low) + log1m_exp(low - high)
        return value, inv_logit(-high) + between, -inv_logit(low) - between
    # The difference is taken in the tail where the smaller of the two numbers keeps its digits.
    above = low > 0.0
    larger = select(above, log_ccdf(link, low), log_cdf(link, high))
    smaller = select(above, log_ccdf(link, high), log_cdf(link, low))
    value = larger + log1m_exp(smaller - larger)
    return value, exp(log_pdf(link, high) - value), -exp(log_pdf(link, low) - value)


@vector_function
def _step(link: Any, x: float, below: bool) -> tuple[float, float]:
    """Return log F(x) or, not below, log(1 - F(x)), with its derivative."""
    value = select(below, log_cdf(link, x), log_ccdf(link, x))
    return value, select(below, log_cdf_slope(link, x), log_ccdf_slope(link, x))


@vector_function
def _odds(link: Any, x: float) -> tuple[float, float]:
    """Return the log odds of F(x), and their derivative."""
    if link == _LOGIT:
        return x, 1.0
    odds, slope = log_cdf(link, x) - log_ccdf(link, x), log_cdf_slope(link, x) - log_ccdf_slope(link, x)
    return select(odds < _HIGHEST, odds, _HIGHEST), select(slope < _HIGHEST, slope, _HIGHEST)


@_inlined
def _row(y: Any, first: Any, size: Any, grouped: Any, n: int, at: int) -> tuple[int, int, int]:
    """Return the category of a row, the place of its first threshold and their number."""
    category = int(load(y, at))
    return category, (first[at] if grouped else 0), (size[at] if grouped else n)


@_inlined
def _distance(flags: Any, v: Any, eta: int, tau: int, specific: int, stride: int, i: int, k: int, first: int) -> Any:
    """Return the distance of a row's predictor from its threshold k."""
    shift = load(v, eta + i)
    if flags & _SPECIFIC:
        shift += load(v, specific + k * stride + i)
    return load(v, tau + first + k) - shift


@_inlined
def _spread(flags: Any, a: Any, v: Any, g: Any, row0: int, n_rows: int, k: int, slopes: int) -> None:
    """Add the slopes of the rows in their distance from threshold k (times disc) to the adjoints of what it is made of."""
    eta, tau, specific, stride = a[1], a[2], a[5], a[6]
    first, grouped = ints_at(a[8]), flags & _GROUPED
    for i in range(n_rows):
        g[eta + i] -= v[slopes + i]
    if grouped:
        for i in range(n_rows):
            g[tau + first[row0 + i] + k] += v[slopes + i]
    else:
        total = 0.0
        for i in range(n_rows):
            total = add(total, v[slopes + i])
        g[tau + k] += total
    if flags & _SPECIFIC:
        for i in range(n_rows):
            g[specific + k * stride + i] -= v[slopes + i]


@_inlined
def _finish(flags: Any, a: Any, v: Any, values: int, row0: int, n_rows: int) -> Any:
    """Add the log probabilities, weighted, to the output; return their sum."""
    out, weighted, weights = a[0], flags & _WEIGHTED, doubles_at(a[10])
    total = 0.0
    for i in range(n_rows):
        value = v[values + i] * weights[row0 + i] if weighted else v[values + i]
        v[out + i] += value
        total += value
    return total


@_inlined
def _cumulative(link: Any, flags: Any, a: Any, v: Any, g: Any, row0: int, n_rows: int) -> Any:
    eta, tau, disc, specific, stride, n = a[1], a[2], a[3], a[5], a[6], a[11]
    y, first, size, weights = doubles_at(a[7]), ints_at(a[8]), ints_at(a[9]), doubles_at(a[10])
    flat, grouped, weighted = flags & _PREDICTED, flags & _GROUPED, flags & _WEIGHTED
    values, highs, lows = a[4], a[4] + stride, a[4] + 2 * stride
    by_disc = 0.0
    for i in range(n_rows):
        c, start, count = _row(y, first, size, grouped, n, row0 + i)
        upper, lower = min(max(c - 1, 0), count - 1), max(min(c - 2, count - 1), 0)
        d = load(v, disc + (i if flat else 0))
        far_up = _distance(flags, v, eta, tau, specific, stride, i, upper, start)
        far_down = _distance(flags, v, eta, tau, specific, stride, i, lower, start)
        high = select(c > count, _FAR, d * far_up)
        low = select(c <= 1, -_FAR, d * far_down)
        value, by_high, by_low = _interval(link, low, high)
        w = load(weights, row0 + i) if weighted else 1.0
        counts = (c > 0) & (c <= count + 1)
        by_high = select(counts & (c <= count), w * by_high, 0.0)
        by_low = select(counts & (c > 1), w * by_low, 0.0)
        store(v, values + i, select(counts, value, select(c > 0, -np.inf, 0.0)))
        store(v, highs + i, d * by_high)
        store(v, lows + i, d * by_low)
        slope = far_up * by_high + far_down * by_low
        if flat:
            accumulate(g, disc + i, slope)
        else:
            by_disc = add(by_disc, slope)
    if not flat:
        g[disc] += by_disc
    for i in range(n_rows):
        c, start, count = _row(y, first, size, grouped, n, row0 + i)
        upper, lower = min(max(c - 1, 0), count - 1), max(min(c - 2, count - 1), 0)
        g[eta + i] -= v[highs + i] + v[lows + i]
        g[tau + start + upper] += v[highs + i]
        g[tau + start + lower] += v[lows + i]
        if flags & _SPECIFIC:
            g[specific + upper * stride + i] -= v[highs + i]
            g[specific + lower * stride + i] -= v[lows + i]
    return _finish(flags, a, v, values, row0, n_rows)


@_inlined
def _sequential(link: Any, sign: Any, flags: Any, a: Any, v: Any, g: Any, row0: int, n_rows: int) -> Any:
    """Walk through the thresholds; a row takes part until its category. `sign` is 1 for stopping, -1 for continuation."""
    eta, tau, disc, specific, stride, n = a[1], a[2], a[3], a[5], a[6], a[11]
    y, first, size, weights = doubles_at(a[7]), ints_at(a[8]), ints_at(a[9]), doubles_at(a[10])
    flat, grouped, weighted = flags & _PREDICTED, flags & _GROUPED, flags & _WEIGHTED
    values, slopes = a[4], a[4] + stride
    for i in range(n_rows):
        c, _, count = _row(y, first, size, grouped, n, row0 + i)
        v[values + i] = -np.inf if c > count + 1 else 0.0
    by_disc = 0.0
    for k in range(a[12]):
        for i in range(n_rows):
            c, start, count = _row(y, first, size, grouped, n, row0 + i)
            takes_part = (k < min(c, count)) & (c <= count + 1)
            at = min(k, count - 1)
            d = load(v, disc + (i if flat else 0))
            far = _distance(flags, v, eta, tau, specific, stride, i, at, start)
            stops = k == c - 1
            below = stops if sign > 0 else not stops
            value, slope = _step(link, sign * d * far, below)
            w = load(weights, row0 + i) if weighted else 1.0
            slope = select(takes_part, sign * w * slope, 0.0)
            v[values + i] += select(takes_part, value, 0.0)
            v[slopes + i] = d * slope
            if flat:
                accumulate(g, disc + i, far * slope)
            else:
                by_disc = add(by_disc, far * slope)
        _spread(flags, a, v, g, row0, n_rows, k, slopes)
    if not flat:
        g[disc] += by_disc
    return _finish(flags, a, v, values, row0, n_rows)


@_inlined
def _acat(link: Any, flags: Any, a: Any, v: Any, g: Any, row0: int, n_rows: int) -> Any:
    """Scores of categories are sums of log odds; their softmax is the distribution.

    Scores are taken relative to that of the row's own category, and probabilities added up from the outermost category
    towards it, so that what is small keeps its digits.
    """
    eta, tau, disc, specific, stride, n = a[1], a[2], a[3], a[5], a[6], a[11]
    y, first, size = doubles_at(a[7]), ints_at(a[8]), ints_at(a[9])
    flat, grouped = flags & _PREDICTED, flags & _GROUPED
    scores, others, values = a[4], a[4] + stride, a[4] + 3 * stride
    for i in range(n_rows):
        v[scores + i] = 0.0
    for k in range(a[12]):
        for i in range(n_rows):
            c, start, count = _row(y, first, size, grouped, n, row0 + i)
            far = _distance(flags, v, eta, tau, specific, stride, i, min(k, count - 1), start)
            odds, _ = _odds(link, -load(v, disc + (i if flat else 0)) * far)
            v[scores + i] -= select(k < min(c - 1, count), odds, 0.0)
    for i in range(n_rows):
        c, _, count = _row(y, first, size, grouped, n, row0 + i)
        v[others + i] = select(c == 1, -_FAR, v[scores + i])
    for k in range(a[12]):
        for i in range(n_rows):
            c, start, count = _row(y, first, size, grouped, n, row0 + i)
            far = _distance(flags, v, eta, tau, specific, stride, i, min(k, count - 1), start)
            odds, _ = _odds(link, -load(v, disc + (i if flat else 0)) * far)
            score = v[scores + i] + select(k < count, odds, 0.0)
            v[scores + i] = score
            v[others + i] = log_sum_exp(v[others + i], select((k < count) & (k != c - 2), score, -_FAR))
    for i in range(n_rows):
        c, _, count = _row(y, first, size, grouped, n, row0 + i)
        value = -log1p_exp(v[others + i])
        v[values + i] = select(c > 0, select(c > count + 1, -np.inf, value), 0.0)
        v[others + i] = value
    _acat_slopes(link, False, flags, a, v, g, row0, n_rows)
    _acat_slopes(link, True, flags, a, v, g, row0, n_rows)
    return _finish(flags, a, v, values, row0, n_rows)


@_inlined
def _acat_slopes(link: Any, upwards: Any, flags: Any, a: Any, v: Any, g: Any, row0: int, n_rows: int) -> None:
    """Add the slopes in the thresholds below each row's category, or, downwards, in the others.

    A slope is the probability of all categories beyond the threshold. That of a row's own stands where scores of others did.
    """
    eta, tau, disc, specific, stride, n = a[1], a[2], a[3], a[5], a[6], a[11]
    y, first, size, weights = doubles_at(a[7]), ints_at(a[8]), ints_at(a[9]), doubles_at(a[10])
    flat, grouped, weighted = flags & _PREDICTED, flags & _GROUPED, flags & _WEIGHTED
    scores, own, sums, slopes = a[4], a[4] + stride, a[4] + 2 * stride, a[4] + 4 * stride
    sign = 1.0 if upwards else -1.0
    by_disc = 0.0
    for i in range(n_rows):
        v[sums + i] = 0.0
    for step in range(a[12]):
        k = step if upwards else a[12] - 1 - step
        for i in range(n_rows):
            c, start, count = _row(y, first, size, grouped, n, row0 + i)
            exists = k < count
            d = load(v, disc + (i if flat else 0))
            far = _distance(flags, v, eta, tau, specific, stride, i, min(k, count - 1), start)
            odds, by_odds = _odds(link, -d * far)
            passed = v[sums + i] + select(exists, exp(v[scores + i] + load(v, own + i)), 0.0)
            v[sums + i] = passed
            v[scores + i] += select(exists, sign * odds, 0.0)
            w = load(weights, row0 + i) if weighted else 1.0
            beyond = (k < c - 1) if upwards else (k >= c - 1)
            slope = select(beyond & exists & (c > 0) & (c <= count + 1), -sign * w * passed * by_odds, 0.0)
            v[slopes + i] = d * slope
            if flat:
                accumulate(g, disc + i, far * slope)
            else:
                by_disc = add(by_disc, far * slope)
        _spread(flags, a, v, g, row0, n_rows, k, slopes)
    if not flat:
        g[disc] += by_disc


FAMILY_CODES = {"cumulative": 0, "sratio": 1, "cratio": 2, "acat": 3}
"""Code of each family."""


@cache
def _kernel(family: str, link: int, flags: int) -> Kernel:
    """Return the kernel of a family, a link and of what the model has, which are constants in it."""
    code = FAMILY_CODES[family]

    # Only numbers are captured: the disk cache would not know a captured function again.
    def ordinal(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
        if phase & BACKWARD:
            return 0.0
        if code == 0:
            return _cumulative(link, flags, a, v, g, row0, n_rows)
        if code == 1:
            return _sequential(link, 1.0, flags, a, v, g, row0, n_rows)
        if code == 2:
            return _sequential(link, -1.0, flags, a, v, g, row0, n_rows)
        return _acat(link, flags, a, v, g, row0, n_rows)

    return Kernel(ordinal)


@dataclass(frozen=True)
class Ordinal:
    """Log probabilities of ordered categories.

    Attributes
    ----------
    family, link
        One of the four families, and the name of the link.
    out
        Row slot to which the log probability of each row is added.
    eta
        Row slot of the predictor.
    thresholds
        Thresholds, those of all groups one after the other.
    disc
        Discrimination: a row slot, or one number.
    specific
        First of the row slots of the category-specific effects, one for each threshold, next to one another; or None.
    scratch
        First of `SCRATCH` row slots, next to one another, that nothing else uses.
    y
        Categories from 1; a row of category 0 adds nothing.
    first, size
        For each row the place of its first threshold and their number, int32; None where all rows have all thresholds.
    weights
        Weight of each row, or None.
    """

    family: str
    link: str
    out: Slot
    eta: Slot
    thresholds: Slot
    disc: Slot
    specific: Slot | None
    scratch: Slot
    y: NDArray[np.float64]
    first: NDArray[np.int32] | None = None
    size: NDArray[np.int32] | None = None
    weights: NDArray[np.float64] | None = None

    @property
    def kernel(self) -> Kernel:
        """The kernel for the family, the link and what the model has."""
        flags = _PREDICTED * (self.disc.region == "row") + _GROUPED * (self.first is not None)
        flags += _SPECIFIC * (self.specific is not None) + _WEIGHTED * (self.weights is not None)
        return _kernel(self.family, LINK_CODES[self.link], flags)

    def arguments(self) -> Sequence[Argument]:
        """Return the slots, the strides, the data, the largest number of thresholds."""
        specific: Argument = -1 if self.specific is None else self.specific
        given: list[Argument] = [0 if x is None else x for x in (self.first, self.size, self.weights)]
        slots = (self.out, self.eta, self.thresholds, self.disc, self.scratch, specific, self.eta.size)
        most = self.thresholds.size if self.size is None else int(self.size.max(initial=1))
        return *slots, self.y, *given, self.thresholds.size, most
