"""Distribution functions that are integrals: of gamma, beta, Student's, Cauchy's and von Mises' distributions."""

from __future__ import annotations

from partialpool.engine.mathematics.dispatch import Quantity, call

__all__ = [
    "beta_inc",
    "cauchy_cdf",
    "gamma_p",
    "gamma_q",
    "log_beta_inc",
    "log_gamma_p",
    "log_gamma_q",
    "log_student_cdf",
    "student_cdf",
    "von_mises_integral",
]


def gamma_p(a: Quantity, x: Quantity) -> Quantity:
    """Return the regularised lower incomplete gamma function: P(X <= x) for X ~ gamma(a, 1)."""
    return call("gamma_p", a, x)


def gamma_q(a: Quantity, x: Quantity) -> Quantity:
    """Return the regularised upper incomplete gamma function, 1 - gamma_p(a, x)."""
    return call("gamma_q", a, x)


def log_gamma_p(a: Quantity, x: Quantity) -> Quantity:
    """Return log(gamma_p(a, x)), also where that underflows."""
    return call("log_gamma_p", a, x)


def log_gamma_q(a: Quantity, x: Quantity) -> Quantity:
    """Return log(gamma_q(a, x)), also where that underflows."""
    return call("log_gamma_q", a, x)


def beta_inc(a: Quantity, b: Quantity, x: Quantity, y: Quantity | None = None) -> Quantity:
    """Return the regularised incomplete beta function: P(X <= x) for X ~ beta(a, b).

    Give y = 1 - x where it is known better than by subtraction.
    """
    return call("beta_inc", a, b, x, 1 - x if y is None else y)


def log_beta_inc(a: Quantity, b: Quantity, x: Quantity, y: Quantity | None = None) -> Quantity:
    """Return log(beta_inc(a, b, x, y)), also where that underflows."""
    return call("log_beta_inc", a, b, x, 1 - x if y is None else y)


def student_cdf(z: Quantity, nu: Quantity) -> Quantity:
    """Return the distribution function of Student's t with nu degrees of freedom.

    Examples
    --------
    >>> student_cdf(0.0, 3.0)
    0.5
    """
    return call("student_cdf", z, nu)


def log_student_cdf(z: Quantity, nu: Quantity) -> Quantity:
    """Return log(student_cdf(z, nu)), accurate in the lower tail."""
    return call("log_student_cdf", z, nu)


def cauchy_cdf(x: Quantity) -> Quantity:
    """Return the distribution function of the standard Cauchy distribution, 1/2 + atan(x)/pi, accurate in both tails."""
    return call("cauchy_cdf", x)


def von_mises_integral(angle: Quantity, kappa: Quantity) -> Quantity:
    """Return the integral of the von Mises density of mean direction 0 from 0 to an angle; a whole turn adds 1.

    Examples
    --------
    >>> from partialpool.mathematics import pi
    >>> round(von_mises_integral(pi, 3.0), 12)
    0.5
    """
    return call("von_mises_integral", angle, kappa)
