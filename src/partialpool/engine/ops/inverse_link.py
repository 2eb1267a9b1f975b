"""Row op: a parameter from its predictor, for densities that have an op of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numba

from partialpool.engine.kernel import BACKWARD, FLAGS, Kernel
from partialpool.engine.ops.category_links import LINK_CODES, log_cdf, log_pdf
from partialpool.engine.tape import Argument, Slot
from partialpool.engine.vecmath import atan, exp, expm1, inv_logit, log1p_exp, select, sqrt

__all__ = ["INVERSE_LINKS", "InverseLink"]

_BOUNDED = 11

_OTHERS = (
    *("identity", "log", "softplus", "squareplus", "logm1", "log1p", "inverse", "sqrt", "1/mu^2", "tan_half"),
    "logitm1",
)

INVERSE_LINKS = {name: code for code, name in enumerate(_OTHERS)} | {
    name: _BOUNDED + code for name, code in LINK_CODES.items()
}
"""Code of each link."""


@numba.njit(error_model="numpy", fastmath=set(FLAGS), forceinline=True)
def _value_and_slope(link: Any, x: float) -> tuple[float, float]:
    """Return the parameter and its derivative; the link is a constant, so that one branch is left."""
    if link == 0:
        return x, 1.0
    if link == 1:
        return exp(x), exp(x)
    if link == 2:
        return log1p_exp(x), inv_logit(x)
    if link == 3:
        root = sqrt(x * x + 4.0)
        # for negative x the sum would cancel
        value = select(x > 0.0, 0.5 * (x + root), 2.0 / (root - x))
        return value, value / root
    if link == 4:
        return 1.0 + exp(x), exp(x)
    if link == 5:
        return expm1(x), exp(x)
    if link == 6:
        return 1.0 / x, -1.0 / (x * x)
    if link == 7:
        return x * x, 2.0 * x
    if link == 8:
        return 1.0 / sqrt(x), -0.5 / (x * sqrt(x))
    if link == 9:
        return 2.0 * atan(x), 2.0 / (1.0 + x * x)
    if link == 10:
        return 1.0 + inv_logit(x), inv_logit(x) * inv_logit(-x)
    return exp(log_cdf(link - _BOUNDED, x)), exp(log_pdf(link - _BOUNDED, x))


@cache
def _kernel(link: int) -> Kernel:
    """Return the kernel of a link."""

    def inverse_link(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
        eta, target = a[0], a[1]
        if phase & BACKWARD:
            for i in range(n):
                g[eta + i] += _value_and_slope(link, v[eta + i])[1] * g[target + i]
        else:
            for i in range(n):
                v[target + i] = _value_and_slope(link, v[eta + i])[0]
        return 0.0

    return Kernel(inverse_link)


@dataclass(frozen=True)
class InverseLink:
    """`target = inverse link of eta`, row by row."""

    eta: Slot
    target: Slot
    link: str

    @property
    def kernel(self) -> Kernel:
        """The kernel of the link."""
        return _kernel(INVERSE_LINKS[self.link])

    def arguments(self) -> Sequence[Argument]:
        """Return predictor and target."""
        return self.eta, self.target
