"""The vocabulary in which densities, links, means and distribution functions are written, once.

`log_density(y, mu) = y*log(mu) - mu - lgamma(y + 1)` serves three masters, told apart by the type of the arguments: SymPy
expressions (to be differentiated and compiled by `engine.expression`), mpmath numbers (to check accuracy), and everything
else, which is taken as numbers or NumPy arrays. SymPy, SciPy and mpmath are imported by the first call that needs them.

Comparisons are Python's operators, except that equality is `equal(a, b)`; conditions combine with `both` and `either`.
Symbolic expressions keep the branch of `where` that is not taken out of the value and of the gradient, whatever it holds.
"""

from __future__ import annotations

import importlib
import math
import sys
from typing import Any, TypeAlias

__all__ = [
    "Phi",
    "Phi_inverse",
    "absolute",
    "atan",
    "beta_inc",
    "binomial_ratio",
    "both",
    "cauchy_cdf",
    "cos",
    "digamma",
    "either",
    "equal",
    "erf",
    "exp",
    "exp_remainder",
    "expm1",
    "floor",
    "gamma_p",
    "gamma_q",
    "inv_logit",
    "lbeta",
    "lchoose",
    "lgamma",
    "lgamma_diff",
    "lgamma_rest",
    "log",
    "log1m",
    "log1m_exp",
    "log1m_inv_logit",
    "log1p",
    "log1p_exp",
    "log1p_ratio",
    "log_Phi",
    "log_Phi_diff",
    "log_bessel_i0",
    "log_bessel_i0e",
    "log_beta_binomial",
    "log_beta_binomial_cdf",
    "log_beta_inc",
    "log_beta_negative_binomial",
    "log_com_poisson",
    "log_com_poisson_cdf",
    "log_com_poisson_survival",
    "log_diff_exp",
    "log_first_passage",
    "log_gamma_p",
    "log_gamma_q",
    "log_inv_logit",
    "log_less_linear",
    "log_mills",
    "log_share",
    "log_skew_normal_cdf",
    "log_student_cdf",
    "log_sum_exp",
    "log_tweedie_series",
    "logit",
    "maximum",
    "minimum",
    "pi",
    "power",
    "sign",
    "sin",
    "sqrt",
    "stirling_error",
    "student_cdf",
    "tan",
    "tanh",
    "trigamma",
    "von_mises_integral",
    "where",
    "xlog1py",
    "xlogy",
]

Quantity: TypeAlias = Any
"""A SymPy expression, an mpmath number, a number, or an array of numbers."""

pi = math.pi


def _call(name: str, *arguments: Quantity) -> Quantity:
    """Return the function of this name, in the mathematics that the arguments belong to, of the arguments."""
    return getattr(_mathematics_of(arguments), name)(*arguments)


def _mathematics_of(arguments: tuple[Quantity, ...]) -> Any:
    sympy = sys.modules.get("sympy")
    if sympy is not None and any(isinstance(argument, sympy.Basic) for argument in arguments):
        return importlib.import_module("partialpool.engine.mathematics.symbolic")
    if any(type(argument).__module__.startswith("mpmath") for argument in arguments):
        return importlib.import_module("partialpool.engine.mathematics.precise")
    return importlib.import_module("partialpool.engine.mathematics.arrays")


def exp(x: Quantity) -> Quantity:
    """Return e to the power x.

    Examples
    --------
    >>> exp(0.0)
    1.0
    """
    return _call("exp", x)


def log(x: Quantity) -> Quantity:
    """Return the natural logarithm of x.

    Examples
    --------
    >>> log(1.0)
    0.0
    """
    return _call("log", x)


def log1p(x: Quantity) -> Quantity:
    """Return log(1 + x), accurate for small x."""
    return _call("log1p", x)


def expm1(x: Quantity) -> Quantity:
    """Return exp(x) - 1, accurate for small x."""
    return _call("expm1", x)


def sqrt(x: Quantity) -> Quantity:
    """Return the square root of x."""
    return _call("sqrt", x)


def power(x: Quantity, y: Quantity) -> Quantity:
    """Return x to the power y, for x >= 0 (or any x where y is a whole number)."""
    return _call("power", x, y)


def log1m(p: Quantity) -> Quantity:
    """Return log(1 - p), accurate for small p."""
    return _call("log1p", -p)


def xlogy(x: Quantity, y: Quantity) -> Quantity:
    """Return x*log(y), which is 0 where x is 0, whatever y is.

    Examples
    --------
    >>> xlogy(0.0, 0.0)
    0.0
    """
    return _call("xlogy", x, y)


def xlog1py(x: Quantity, y: Quantity) -> Quantity:
    """Return x*log(1 + y), which is 0 where x is 0, whatever y is."""
    return _call("xlog1py", x, y)


def log1p_exp(x: Quantity) -> Quantity:
    """Return log(1 + exp(x)), the softplus function."""
    return _call("log1p_exp", x)


def inv_logit(x: Quantity) -> Quantity:
    """Return 1/(1 + exp(-x)).

    Examples
    --------
    >>> inv_logit(0.0)
    0.5
    """
    return _call("inv_logit", x)


def logit(p: Quantity) -> Quantity:
    """Return log(p/(1 - p))."""
    return _call("logit", p)


def log_inv_logit(x: Quantity) -> Quantity:
    """Return log(inv_logit(x))."""
    return -_call("log1p_exp", -x)


def log1m_inv_logit(x: Quantity) -> Quantity:
    """Return log(1 - inv_logit(x))."""
    return -_call("log1p_exp", x)


def log1m_exp(x: Quantity) -> Quantity:
    """Return log(1 - exp(x)) for x < 0."""
    return _call("log1m_exp", x)


def log_sum_exp(a: Quantity, b: Quantity) -> Quantity:
    """Return log(exp(a) + exp(b))."""
    return _call("log_sum_exp", a, b)


def log_diff_exp(a: Quantity, b: Quantity) -> Quantity:
    """Return log(exp(a) - exp(b)) for a > b."""
    return _call("log_diff_exp", a, b)


def sin(x: Quantity) -> Quantity:
    """Return the sine of x radians."""
    return _call("sin", x)


def cos(x: Quantity) -> Quantity:
    """Return the cosine of x radians."""
    return _call("cos", x)


def tan(x: Quantity) -> Quantity:
    """Return the tangent of x radians."""
    return _call("tan", x)


def atan(x: Quantity) -> Quantity:
    """Return the angle in (-pi/2, pi/2) whose tangent is x."""
    return _call("atan", x)


def tanh(x: Quantity) -> Quantity:
    """Return the hyperbolic tangent of x."""
    return _call("tanh", x)


def lgamma(x: Quantity) -> Quantity:
    """Return log(gamma(x)) for x > 0.

    Examples
    --------
    >>> lgamma(2.0)
    0.0
    """
    return _call("lgamma", x)


def digamma(x: Quantity) -> Quantity:
    """Return the derivative of `lgamma`."""
    return _call("digamma", x)


def trigamma(x: Quantity) -> Quantity:
    """Return the derivative of `digamma`."""
    return _call("trigamma", x)


def lgamma_diff(a: Quantity, n: Quantity) -> Quantity:
    """Return lgamma(a + n) - lgamma(a) for a > 0, n >= 0, without cancellation for large a.

    Examples
    --------
    >>> round(lgamma_diff(3.0, 2.0), 10) == round(log(12.0), 10)
    True
    """
    return _call("lgamma_diff", a, n)


def lgamma_rest(x: Quantity) -> Quantity:
    """Return lgamma(x) - x*log(x) + x, without cancellation for large x.

    Examples
    --------
    >>> lgamma_rest(1.0)
    1.0
    """
    return _call("lgamma_rest", x)


def log_less_linear(t: Quantity) -> Quantity:
    """Return log(t) - t + 1, which is at most 0, without cancellation near t = 1.

    Examples
    --------
    >>> round(log_less_linear(2.0), 6)
    -0.306853
    """
    return _call("log_less_linear", t)


def log_share(k: Quantity, r: Quantity) -> Quantity:
    """Return log(k/(k + r)), accurate where it is near 0.

    Examples
    --------
    >>> log_share(1.0, 1e-20)
    -1e-20
    """
    return _call("log_share", k, r)


def binomial_ratio(
    k: Quantity, r: Quantity, log_p: Quantity, log_q: Quantity, log_k: Quantity, log_r: Quantity
) -> Quantity:
    """Return k*log(p*n/k) + r*log(q*n/r), which is at most 0, without cancellation near p = k/n, q = r/n; n = k + r.

    Parameters
    ----------
    k, r
        Numbers of successes and failures, not necessarily whole.
    log_p, log_q
        Logarithms of the probabilities of either.
    log_k, log_r
        Logarithms of k/n and r/n, see `log_share`; what they are where k or r is 0 does not matter.
    """
    return _call("binomial_ratio", k, r, log_p, log_q, log_k, log_r)


def log_beta_binomial(y: Quantity, m: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """Return log(B(a + y, b + m)/B(a, b)) + n*log(n) - y*log(y) - m*log(m), B the beta function, n = y + m; y and m are data.

    With what Stirling's formula leaves of the binomial coefficient it is the log probability of y of a beta-binomial
    distribution: n probabilities are multiplied, and none of the digits of a single one is lost.

    Examples
    --------
    >>> round(exp(log_beta_binomial(1.0, 0.0, 1.0, 1.0)), 12)
    0.5
    """
    return _call("log_beta_binomial", y, m, a, b)


def log_beta_binomial_cdf(y: Quantity, m: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """Return the log probability of at most y successes among y + m trials, of a beta-binomial distribution; y, m are data.

    Examples
    --------
    >>> round(exp(log_beta_binomial_cdf(0.0, 3.0, 1.0, 1.0)), 12)
    0.25
    """
    return _call("log_beta_binomial_cdf", y, m, a, b)


def log_beta_negative_binomial(y: Quantity, r: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """Return log(gamma(y + r)/gamma(r)*B(a + y, b + r)/B(a, b)) - y*log(y) + y, B the beta function; y is data.

    With what Stirling's formula leaves of y! it is the log probability of y failures before success number r, whose
    probability is beta(b, a).

    Examples
    --------
    >>> round(exp(log_beta_negative_binomial(0.0, 1.0, 1.0, 1.0)), 12)
    0.5
    """
    return _call("log_beta_negative_binomial", y, r, a, b)


def log_com_poisson(y: Quantity, log_mu: Quantity, nu: Quantity) -> Quantity:
    """Return the log probability of the count y where that of j is in proportion to (mu^j/j!)^nu, given log(mu); y is data.

    Examples
    --------
    >>> round(log_com_poisson(0.0, log(2.0), 1.0), 12)
    -2.0
    """
    return _call("log_com_poisson", y, log_mu, nu)


def log_com_poisson_cdf(y: Quantity, log_mu: Quantity, nu: Quantity) -> Quantity:
    """Return the log probability of a count of at most y, arguments as of `log_com_poisson`.

    Examples
    --------
    >>> round(log_com_poisson_cdf(0.0, log(2.0), 1.0), 12)
    -2.0
    """
    return _call("log_com_poisson_cdf", y, log_mu, nu)


def log_com_poisson_survival(y: Quantity, log_mu: Quantity, nu: Quantity) -> Quantity:
    """Return the log probability of a count above y, arguments as of `log_com_poisson`."""
    return _call("log_com_poisson_survival", y, log_mu, nu)


def lbeta(a: Quantity, b: Quantity) -> Quantity:
    """Return the log of the beta function, lgamma(a) + lgamma(b) - lgamma(a + b)."""
    return _call("lbeta", a, b)


def lchoose(n: Quantity, k: Quantity) -> Quantity:
    """Return the log of the binomial coefficient: the number of ways to choose k of n."""
    return -_call("lbeta", n - k + 1, k + 1) - _call("log1p", n)


def log_bessel_i0(x: Quantity) -> Quantity:
    """Return the log of the modified Bessel function of the first kind and order 0."""
    return _call("log_bessel_i0", x)


def log_bessel_i0e(x: Quantity) -> Quantity:
    """Return log_bessel_i0(x) - x for x >= 0, without cancellation for large x."""
    return _call("log_bessel_i0e", x)


def exp_remainder(x: Quantity) -> Quantity:
    """Return (exp(x) - 1 - x)/x**2, which is 1/2 at 0.

    Examples
    --------
    >>> exp_remainder(0.0)
    0.5
    """
    return _call("exp_remainder", x)


def log1p_ratio(x: Quantity) -> Quantity:
    """Return log(1 + x)/x, which is 1 at 0.

    Examples
    --------
    >>> log1p_ratio(0.0)
    1.0
    """
    return _call("log1p_ratio", x)


def stirling_error(t: Quantity) -> Quantity:
    """Return what Stirling's formula leaves of lgamma at x = 1/t: lgamma(x) - ((x - 1/2)*log(x) - x + log(2*pi)/2).

    Examples
    --------
    >>> stirling_error(0.0)
    0.0
    """
    return _call("stirling_error", t)


def log_first_passage(u: Quantity, w: Quantity) -> Quantity:
    """Return the log density of the time u at which a Wiener process without drift, started at w, first leaves (0, 1) at 0.

    Examples
    --------
    >>> round(log_first_passage(0.1, 0.5), 10)
    1.2849160042
    """
    return _call("log_first_passage", u, w)


def log_tweedie_series(rate: Quantity, alpha: Quantity) -> Quantity:
    """Return the log of the sum over j >= 1 of rate^j (alpha*rate)^(j*alpha) exp(-rate*(1 + alpha)) / (j! gamma(j*alpha)).

    It is s times the density of a Poisson number (of mean `rate`) of gamma quantities (of shape `alpha`) at its mean s.
    """
    return _call("log_tweedie_series", rate, alpha)


def Phi(x: Quantity) -> Quantity:  # noqa: N802
    """Return the distribution function of the standard normal.

    Examples
    --------
    >>> Phi(0.0)
    0.5
    """
    return _call("Phi", x)


def log_Phi(x: Quantity) -> Quantity:  # noqa: N802
    """Return log(Phi(x)), accurate in the lower tail."""
    return _call("log_Phi", x)


def log_mills(x: Quantity) -> Quantity:
    """Return the log of Mills' ratio, (1 - Phi(x)) over the density of the standard normal, accurate in both tails."""
    return _call("log_mills", x)


def log_skew_normal_cdf(z: Quantity, a: Quantity) -> Quantity:
    """Return the log of the distribution function of the skew normal distribution of location 0, scale 1 and slant a.

    Examples
    --------
    >>> round(exp(log_skew_normal_cdf(0.0, 1.0)), 12)
    0.25
    """
    return _call("log_skew_normal_cdf", z, a)


def von_mises_integral(angle: Quantity, kappa: Quantity) -> Quantity:
    """Return the integral of the von Mises density of mean direction 0 from 0 to an angle; a whole turn adds 1.

    Examples
    --------
    >>> round(von_mises_integral(pi, 3.0), 12)
    0.5
    """
    return _call("von_mises_integral", angle, kappa)


def Phi_inverse(p: Quantity) -> Quantity:  # noqa: N802
    """Return the quantile function of the standard normal."""
    return _call("Phi_inverse", p)


def log_Phi_diff(x: Quantity, y: Quantity) -> Quantity:  # noqa: N802
    """Return log(Phi(x) - Phi(y)) for x > y, accurate in both tails and for x near y."""
    return _call("log_Phi_diff", x, y)


def cauchy_cdf(x: Quantity) -> Quantity:
    """Return the distribution function of the standard Cauchy distribution, 1/2 + atan(x)/pi, accurate in both tails."""
    return _call("cauchy_cdf", x)


def erf(x: Quantity) -> Quantity:
    """Return the error function, 2*Phi(sqrt(2)*x) - 1."""
    return _call("erf", x)


def gamma_p(a: Quantity, x: Quantity) -> Quantity:
    """Return the regularised lower incomplete gamma function: P(X <= x) for X ~ gamma(a, 1)."""
    return _call("gamma_p", a, x)


def gamma_q(a: Quantity, x: Quantity) -> Quantity:
    """Return the regularised upper incomplete gamma function, 1 - gamma_p(a, x)."""
    return _call("gamma_q", a, x)


def beta_inc(a: Quantity, b: Quantity, x: Quantity, y: Quantity | None = None) -> Quantity:
    """Return the regularised incomplete beta function: P(X <= x) for X ~ beta(a, b).

    Give y = 1 - x where it is known better than by subtraction.
    """
    return _call("beta_inc", a, b, x, 1 - x if y is None else y)


def student_cdf(z: Quantity, nu: Quantity) -> Quantity:
    """Return the distribution function of Student's t with nu degrees of freedom.

    Examples
    --------
    >>> student_cdf(0.0, 3.0)
    0.5
    """
    return _call("student_cdf", z, nu)


def log_student_cdf(z: Quantity, nu: Quantity) -> Quantity:
    """Return log(student_cdf(z, nu)), accurate in the lower tail."""
    return _call("log_student_cdf", z, nu)


def log_gamma_p(a: Quantity, x: Quantity) -> Quantity:
    """Return log(gamma_p(a, x)), also where that underflows."""
    return _call("log_gamma_p", a, x)


def log_gamma_q(a: Quantity, x: Quantity) -> Quantity:
    """Return log(gamma_q(a, x)), also where that underflows."""
    return _call("log_gamma_q", a, x)


def log_beta_inc(a: Quantity, b: Quantity, x: Quantity, y: Quantity | None = None) -> Quantity:
    """Return log(beta_inc(a, b, x, y)), also where that underflows."""
    return _call("log_beta_inc", a, b, x, 1 - x if y is None else y)


def floor(x: Quantity) -> Quantity:
    """Return the largest whole number that is not larger than x."""
    return _call("floor", x)


def absolute(x: Quantity) -> Quantity:
    """Return the absolute value of x."""
    return _call("absolute", x)


def sign(x: Quantity) -> Quantity:
    """Return -1, 0 or 1."""
    return _call("sign", x)


def minimum(a: Quantity, b: Quantity) -> Quantity:
    """Return the smaller of a and b."""
    return _call("minimum", a, b)


def maximum(a: Quantity, b: Quantity) -> Quantity:
    """Return the larger of a and b."""
    return _call("maximum", a, b)


def where(condition: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """Return a where the condition holds, b elsewhere.

    Examples
    --------
    >>> where(equal(0.0, 0.0), 1.0, 2.0)
    1.0
    """
    return _call("where", condition, a, b)


def equal(a: Quantity, b: Quantity) -> Quantity:
    """Return the condition a == b (Python's `==` compares SymPy expressions as texts, not as numbers)."""
    return _call("equal", a, b)


def both(a: Quantity, b: Quantity) -> Quantity:
    """Return the condition that a and b hold."""
    return _call("both", a, b)


def either(a: Quantity, b: Quantity) -> Quantity:
    """Return the condition that a or b holds."""
    return _call("either", a, b)
