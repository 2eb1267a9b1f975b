"""The logarithm of Student's t distribution function and its derivative with respect to the degrees of freedom.

By the incomplete beta function of x = nu/(nu + z^2) and of 1 - x, so that no digits are lost on the way to the centre or to
the normal distribution. Relative errors as in `incomplete_beta`, in about sqrt(nu) rounds outside of the centre.
"""

from __future__ import annotations

from partialpool.engine.vecmath.elementary import exp, log1p, sqrt
from partialpool.engine.vecmath.incomplete_beta import log_beta_inc_and_slopes, log_beta_term
from partialpool.engine.vecmath.primitives import iterative_function, vector_function

__all__ = ["log_student_cdf", "log_student_cdf_and_slope", "log_student_cdf_nu"]

_LN2 = 0.6931471805599453


@iterative_function
def log_student_cdf_and_slope(z: float, nu: float) -> tuple[float, float]:
    """Return log(F(z)) and its derivative with respect to nu.

    Examples
    --------
    >>> log_student_cdf_and_slope(-1.0, 1.0)[0] == log_student_cdf(-1.0, 1.0)
    True
    """
    r = abs(z) / sqrt(nu)
    if r > 1.0:
        square = (1.0 / r) * (1.0 / r)
        x, y = square / (1.0 + square), 1.0 / (1.0 + square)
    else:
        square = r * r
        x, y = 1.0 / (1.0 + square), square / (1.0 + square)
    value, slope, _ = log_beta_inc_and_slopes(0.5 * nu, 0.5, x, y)
    slope = 0.5 * slope + exp(log_beta_term(0.5 * nu, 0.5, x, y) - value) / nu
    if z > 0.0:
        tail = 0.5 * exp(value)
        return log1p(-tail), -tail / (1.0 - tail) * slope
    return value - _LN2, slope


@vector_function
def log_student_cdf(z: float, nu: float) -> float:
    """Return the logarithm of the distribution function of Student's t of nu degrees of freedom, also far in the tails.

    Examples
    --------
    >>> round(log_student_cdf(-1.0, 1.0), 6), round(log_student_cdf(1.0, 1.0), 6)
    (-1.386294, -0.287682)
    """
    return log_student_cdf_and_slope(z, nu)[0]


@vector_function
def log_student_cdf_nu(z: float, nu: float) -> float:
    """Return the derivative of log_student_cdf with respect to nu.

    Examples
    --------
    >>> log_student_cdf_nu(-5.0, 3.0) < 0.0
    True
    """
    return log_student_cdf_and_slope(z, nu)[1]
