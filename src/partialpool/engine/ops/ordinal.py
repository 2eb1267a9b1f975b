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

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from partialpool.engine.kernel import BACKWARD, Kernel, doubles_at, ints_at
from partialpool.engine.ops.category_links import LINK_CODES, log_ccdf, log_cdf, log_pdf
from partialpool.engine.tape import Argument, Slot

__all__ = ["Ordinal"]


@numba.njit(error_model="numpy")
def _log1m_exp(x: float) -> Any:
    return math.log1p(-math.exp(x)) if x < -0.6931471805599453 else math.log(-math.expm1(x))


@numba.njit(error_model="numpy")
def _pull(a: Any, v: Any, g: Any, i: int, tau: int, k: int, slope: float) -> None:
    """Add the adjoints of x_k's inputs, given the slope of the row's log density in x_k."""
    disc, stride = v[a[3] + a[4] * i], a[6]
    g[tau + k] += disc * slope
    g[a[1] + i] -= disc * slope
    distance = v[tau + k] - v[a[1] + i]
    if a[5] >= 0:
        g[a[5] + k * stride + i] -= disc * slope
        distance -= v[a[5] + k * stride + i]
    g[a[3] + a[4] * i] += distance * slope


@numba.njit(error_model="numpy")
def _distance(a: Any, v: Any, i: int, tau: int, k: int) -> Any:
    """Return x_k of a row."""
    shift = v[a[1] + i]
    if a[5] >= 0:
        shift += v[a[5] + k * a[6] + i]
    return v[a[3] + a[4] * i] * (v[tau + k] - shift)


@numba.njit(error_model="numpy")
def _cumulative(link: Any, a: Any, v: Any, g: Any, i: int, tau: int, n: int, y: int, w: float) -> Any:
    if y == 1:
        x = _distance(a, v, i, tau, 0)
        value = log_cdf(link, x)
        _pull(a, v, g, i, tau, 0, w * math.exp(log_pdf(link, x) - value))
        return value
    low = _distance(a, v, i, tau, y - 2)
    if y == n + 1:
        value = log_ccdf(link, low)
        _pull(a, v, g, i, tau, n - 1, -w * math.exp(log_pdf(link, low) - value))
        return value
    high = _distance(a, v, i, tau, y - 1)
    # The difference is taken in the tail where the smaller of the two numbers keeps its digits.
    if low > 0:
        first, second = log_ccdf(link, low), log_ccdf(link, high)
    else:
        first, second = log_cdf(link, high), log_cdf(link, low)
    value = first + _log1m_exp(second - first)
    _pull(a, v, g, i, tau, y - 1, w * math.exp(log_pdf(link, high) - value))
    _pull(a, v, g, i, tau, y - 2, -w * math.exp(log_pdf(link, low) - value))
    return value


@numba.njit(error_model="numpy")
def _sratio(link: Any, a: Any, v: Any, g: Any, i: int, tau: int, n: int, y: int, w: float) -> Any:
    total = 0.0
    for k in range(min(y, n)):
        x = _distance(a, v, i, tau, k)
        stops = k == y - 1
        value = log_cdf(link, x) if stops else log_ccdf(link, x)
        slope = math.exp(log_pdf(link, x) - value)
        _pull(a, v, g, i, tau, k, w * slope if stops else -w * slope)
        total += value
    return total


@numba.njit(error_model="numpy")
def _cratio(link: Any, a: Any, v: Any, g: Any, i: int, tau: int, n: int, y: int, w: float) -> Any:
    total = 0.0
    for k in range(min(y, n)):
        x = -_distance(a, v, i, tau, k)
        stops = k == y - 1
        value = log_ccdf(link, x) if stops else log_cdf(link, x)
        slope = math.exp(log_pdf(link, x) - value)
        _pull(a, v, g, i, tau, k, w * slope if stops else -w * slope)
        total += value
    return total


@numba.njit(error_model="numpy")
def _acat(link: Any, a: Any, v: Any, g: Any, i: int, tau: int, n: int, y: int, w: float) -> Any:
    """Scores of categories are sums of log odds; their softmax is the distribution."""
    score, own, largest, scale = 0.0, 0.0, 0.0, 1.0
    for k in range(n):
        x = -_distance(a, v, i, tau, k)
        score += log_cdf(link, x) - log_ccdf(link, x)
        if k == y - 2:
            own = score
        if score > largest:
            scale = scale * math.exp(largest - score) + 1.0
            largest = score
        else:
            scale += math.exp(score - largest)
    normaliser = largest + math.log(scale)
    above = 0.0
    for k in range(n - 1, -1, -1):
        above += math.exp(score - normaliser)
        x = -_distance(a, v, i, tau, k)
        below_odds, above_odds, density = log_cdf(link, x), log_ccdf(link, x), log_pdf(link, x)
        slope = math.exp(density - below_odds) + math.exp(density - above_odds)
        _pull(a, v, g, i, tau, k, -w * ((1.0 if k < y - 1 else 0.0) - above) * slope)
        score -= below_odds - above_odds
    return own - normaliser


_ROWS: dict[str, Callable[..., Any]] = {
    "cumulative": _cumulative,
    "sratio": _sratio,
    "cratio": _cratio,
    "acat": _acat,
}


@cache
def _kernel(family: str, link: int) -> Kernel:
    """Return the kernel of a family and a link, which is a constant in it."""
    row = _ROWS[family]

    def ordinal(a: Any, v: Any, g: Any, phase: Any, row0: Any, n_rows: Any) -> Any:
        if phase & BACKWARD:
            return 0.0
        y, first, size, weights = doubles_at(a[7]), ints_at(a[8]), ints_at(a[9]), doubles_at(a[10])
        total = 0.0
        for i in range(n_rows):
            at = row0 + i
            category = int(y[at])
            value = 0.0
            if category > 0:
                w = weights[at] if a[10] != 0 else 1.0
                tau, n = (a[2] + first[at], size[at]) if a[8] != 0 else (a[2], a[11])
                # A group may have fewer categories than others.
                value = w * row(link, a, v, g, i, tau, n, category, w) if category <= n + 1 else -np.inf
            v[a[0] + i] += value
            total += value
        return total

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
    y: NDArray[np.float64]
    first: NDArray[np.int32] | None = None
    size: NDArray[np.int32] | None = None
    weights: NDArray[np.float64] | None = None

    @property
    def kernel(self) -> Kernel:
        """The kernel of the family and the link."""
        return _kernel(self.family, LINK_CODES[self.link])

    def arguments(self) -> Sequence[Argument]:
        """Return the slots, the stride of the discrimination and of the specific effects, the data."""
        specific: Argument = -1 if self.specific is None else self.specific
        stride = 1 if self.disc.region == "row" else 0
        given: list[Argument] = [0 if x is None else x for x in (self.first, self.size, self.weights)]
        slots = (self.out, self.eta, self.thresholds, self.disc, stride, specific, self.eta.size)
        return *slots, self.y, *given, self.thresholds.size
