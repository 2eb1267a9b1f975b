"""The diffusion model of response times: first passage of a Wiener process through one of two boundaries."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from partialpool.engine.mathematics import equal, log, log_first_passage, where
from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.parameters import STANDARD, location
from partialpool.families.responses import POSITIVE, Array

__all__ = ["Wiener"]


@dataclass(frozen=True, repr=False)
class Wiener(Family):
    """Response times and decisions: y is ndt plus the time at which a process of drift mu leaves (0, bs), started at bias * bs.

    The formula names the boundary it left through, `y | dec(d) ~ ...`, 1 for the upper and 0 for the lower one. Predictions
    are response times, whichever the decision: the mean is that of both together, and random responses are times, of which
    `posterior_predict(negative_rt=True)` gives those at the lower boundary a minus.

    Parameters
    ----------
    link
        Link of the drift mu.
    link_bs, link_ndt, link_bias
        Links of the boundary separation, the non-decision time and the relative start, where they are predicted.

    References
    ----------
    Ratcliff (1978), A theory of memory retrieval, Psychological Review 85. Navarro and Fuss (2009), Fast and accurate
    calculations for first-passage times in Wiener diffusion models, Journal of Mathematical Psychology 53.
    """

    link: str = "identity"
    link_bs: str = "log"
    link_ndt: str = "log"
    link_bias: str = "logit"

    name = "wiener"
    parameters = (
        location("identity", "log", "softplus", "squareplus"),
        STANDARD["bs"],
        STANDARD["ndt"],
        STANDARD["bias"],
    )
    response = POSITIVE
    additions = COMMON_ADDITIONS | {"dec"}
    data = ("dec",)
    observed = ("dec",)
    draw_options = ("negative_rt",)

    def log_density(self, y: Any, mu: Any, bs: Any, ndt: Any, bias: Any, dec: Any) -> Any:
        """Return the log density of the time together with the decision, minus infinity where y is not above ndt."""
        upper = equal(dec, 1)
        drift = where(upper, -mu, mu)
        start, rest = where(upper, 1 - bias, bias), where(upper, bias, 1 - bias)
        t = where(y > ndt, y - ndt, 1.0)
        path = log_first_passage(t / bs**2, start, rest) - drift * bs * start - drift**2 * t / 2
        return where(y > ndt, path - 2 * log(bs), -math.inf)

    def mean(self, mu: Any, bs: Any, ndt: Any, bias: Any, dec: Any = None) -> Any:
        """Return the mean response time, of both decisions together."""
        v = np.asarray(mu * bs, dtype=np.float64)
        at_rest = np.abs(v) < 1e-5
        size = np.where(at_rest, 1.0, np.abs(v))
        toward = np.where(v > 0, bias, 1 - bias)
        moving = (np.expm1(-2 * size * toward) / np.expm1(-2 * size) - toward) / size
        slow = bias * (1 - bias) * (1 + v * (1 - 2 * bias) / 3)  # the first two terms in v
        return ndt + bs**2 * np.where(at_rest, slow, moving)

    def draw(
        self,
        rng: np.random.Generator,
        mu: Any,
        bs: Any,
        ndt: Any,
        bias: Any,
        dec: Any = None,
        negative_rt: bool = False,
    ) -> Array:
        """Return response times, by inversion of their distribution for a boundary that is drawn first.

        With `negative_rt` those at the lower boundary are negative.
        """
        from partialpool.engine.vecmath import first_passage_quantile

        v = np.asarray(mu * bs, dtype=np.float64)
        at_lower = rng.random(v.shape) < _reaches_lower(v, bias)
        start = np.where(at_lower, bias, 1 - bias)
        quantile = np.vectorize(first_passage_quantile, otypes=[np.float64])
        with np.errstate(all="ignore"):  # of terms that vanish
            times: Array = ndt + bs**2 * quantile(rng.random(v.shape), v, start)
        return np.where(at_lower, -times, times) if negative_rt else times


def _reaches_lower(v: Array, w: Array) -> Array:
    """Return the probability of leaving (0, 1) at 0, of a process of drift v started at w."""
    size = np.maximum(np.abs(v), 1e-300)
    start = np.where(v > 0, w, 1 - w)  # measured from the boundary that the drift leads away from
    against: Array = np.exp(-2 * size * start) * np.expm1(-2 * size * (1 - start)) / np.expm1(-2 * size)
    return np.where(np.abs(v) < 1e-12, 1 - w, np.where(v > 0, against, 1 - against))
