"""Row op: a positive parameter from its predictor, for densities that have an op of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from partialpool.engine.kernel import BACKWARD, Kernel, kernel
from partialpool.engine.tape import Argument, Slot
from partialpool.engine.vecmath import exp, inv_logit, log1p_exp, sqrt

__all__ = ["POSITIVE_LINKS", "InverseLink"]

POSITIVE_LINKS = {"identity": 0, "log": 1, "softplus": 2, "squareplus": 3}
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
        else:
            root = sqrt(x * x + 4.0)
            # for negative x the sum would cancel
            value = 0.5 * (x + root) if x > 0 else 2.0 / (root - x)
            slope = value / root
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
        return self.eta, self.target, POSITIVE_LINKS[self.link]
