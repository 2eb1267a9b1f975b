"""Row op: a parameter from its predictor, for densities that have an op of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from partialpool.engine.kernel import BACKWARD, Kernel, kernel
from partialpool.engine.ops.category_links import LINK_CODES, log_cdf, log_pdf
from partialpool.engine.tape import Argument, Slot
from partialpool.engine.vecmath import atan, exp, expm1, inv_logit, log1p_exp, sqrt

__all__ = ["INVERSE_LINKS", "InverseLink"]

_BOUNDED = 10

_OTHERS = ("identity", "log", "softplus", "squareplus", "logm1", "log1p", "inverse", "sqrt", "1/mu^2", "tan_half")

INVERSE_LINKS = {name: code for code, name in enumerate(_OTHERS)} | {
    name: _BOUNDED + code for name, code in LINK_CODES.items()
}
"""Code of each link."""


@kernel
def _inverse_link(a: Any, v: Any, g: Any, phase: Any, row0: Any, n: Any) -> Any:
    eta, target, link = a[0], a[1], a[2]
    for i in range(n):
        x = v[eta + i]
        if link == 0:
            value, slope = x, 1.0
        elif link == 1:
            value = exp(x)
            slope = value
        elif link == 2:
            value, slope = log1p_exp(x), inv_logit(x)
        elif link == 3:
            root = sqrt(x * x + 4.0)
            # for negative x the sum would cancel
            value = 0.5 * (x + root) if x > 0 else 2.0 / (root - x)
            slope = value / root
        elif link == 4:
            slope = exp(x)
            value = 1.0 + slope
        elif link == 5:
            value, slope = expm1(x), exp(x)
        elif link == 6:
            value = 1.0 / x
            slope = -value * value
        elif link == 7:
            value, slope = x * x, 2.0 * x
        elif link == 8:
            value = 1.0 / sqrt(x)
            slope = -0.5 * value / x
        elif link == 9:
            value, slope = 2.0 * atan(x), 2.0 / (1.0 + x * x)
        else:
            value, slope = exp(log_cdf(link - _BOUNDED, x)), exp(log_pdf(link - _BOUNDED, x))
        if phase & BACKWARD:
            g[eta + i] += slope * g[target + i]
        else:
            v[target + i] = value
    return 0.0


@dataclass(frozen=True)
class InverseLink:
    """`target = inverse link of eta`, row by row."""

    eta: Slot
    target: Slot
    link: str
    kernel: Kernel = _inverse_link

    def arguments(self) -> Sequence[Argument]:
        """Return predictor, target and the code of the link."""
        return self.eta, self.target, INVERSE_LINKS[self.link]
