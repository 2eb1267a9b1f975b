"""The logarithm of the skew normal distribution function, by quadrature.

For z <= 0 <= a, with s = sqrt(1 + a^2), w = -z s and Mills' ratio M,

    F(z; a) = exp(-w^2/2)/(pi s) J,   J = the integral over x > 0 of exp(-w x - x^2/2) M(a (w + x)/s),

whose integrand is smooth and of one scale. The other signs follow from F(z; a) + F(z; -a) = 2 Phi(z) and
F(z; a) + F(-z; -a) = 1 without cancellation. The relative error is in `tests/engine/test_vecmath_integrals.py`.
"""

from __future__ import annotations

from partialpool.engine.vecmath.elementary import exp, log, log1p, sqrt
from partialpool.engine.vecmath.normal import Phi, erf, log_mills, log_Phi
from partialpool.engine.vecmath.primitives import iterative_function
from partialpool.engine.vecmath.quadrature import NODES, WEIGHTS

__all__ = ["log_skew_normal_cdf"]

_LOG_PI = 1.1447298858494002
_SQRT_HALF = 0.7071067811865476
_E_FOLDS = 40.0


@iterative_function
def _log_lower(z: float, a: float) -> float:
    """Return log(F(z; a)) for z <= 0 <= a."""
    s = sqrt(1.0 + a * a)
    w, slant = -z * s, a / s
    reach = 2.0 * _E_FOLDS / (w + sqrt(w * w + 2.0 * _E_FOLDS))
    total = 0.0
    for k in range(NODES.size):
        x = reach * NODES[k]
        total += WEIGHTS[k] * exp(log_mills(slant * (w + x)) - x * (w + 0.5 * x))
    return log(total * reach) - 0.5 * w * w - log(s) - _LOG_PI


@iterative_function
def log_skew_normal_cdf(z: float, a: float) -> float:
    """Return the logarithm of the distribution function of the skew normal distribution of location 0, scale 1, slant a.

    Examples
    --------
    >>> round(exp(log_skew_normal_cdf(0.0, 1.0)), 12)
    0.25
    """
    if z <= 0.0:
        lower = _log_lower(z, abs(a))
        if a >= 0.0:
            return lower
        normal = log_Phi(z)
        return normal + log(2.0 - exp(lower - normal))
    lower = exp(_log_lower(-z, abs(a)))
    if a < 0.0:
        return log1p(-lower)
    probability = erf(z * _SQRT_HALF) + lower
    return log(probability) if probability < 0.5 else log1p(lower - 2.0 * Phi(-z))
