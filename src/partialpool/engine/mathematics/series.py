"""Densities and distribution functions that are long sums or products: of counts, proportions, first passages."""

from __future__ import annotations

from partialpool.engine.mathematics.dispatch import Quantity, call

__all__ = [
    "binomial_ratio",
    "log_beta_binomial",
    "log_beta_binomial_cdf",
    "log_beta_negative_binomial",
    "log_com_poisson",
    "log_com_poisson_cdf",
    "log_com_poisson_survival",
    "log_first_passage",
    "log_tweedie_series",
]


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
    return call("binomial_ratio", k, r, log_p, log_q, log_k, log_r)


def log_beta_binomial(y: Quantity, m: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """Return log(B(a + y, b + m)/B(a, b)) + n*log(n) - y*log(y) - m*log(m), B the beta function, n = y + m; y and m are data.

    With what Stirling's formula leaves of the binomial coefficient it is the log probability of y of a beta-binomial
    distribution: n probabilities are multiplied, and none of the digits of a single one is lost.

    Examples
    --------
    >>> from partialpool.mathematics import exp
    >>> round(exp(log_beta_binomial(1.0, 0.0, 1.0, 1.0)), 12)
    0.5
    """
    return call("log_beta_binomial", y, m, a, b)


def log_beta_binomial_cdf(y: Quantity, m: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """Return the log probability of at most y successes among y + m trials, of a beta-binomial distribution; y, m are data.

    Examples
    --------
    >>> from partialpool.mathematics import exp
    >>> round(exp(log_beta_binomial_cdf(0.0, 3.0, 1.0, 1.0)), 12)
    0.25
    """
    return call("log_beta_binomial_cdf", y, m, a, b)


def log_beta_negative_binomial(y: Quantity, r: Quantity, a: Quantity, b: Quantity) -> Quantity:
    """Return log(gamma(y + r)/gamma(r)*B(a + y, b + r)/B(a, b)) - y*log(y) + y, B the beta function; y is data.

    With what Stirling's formula leaves of y! it is the log probability of y failures before success number r, whose
    probability is beta(b, a).

    Examples
    --------
    >>> from partialpool.mathematics import exp
    >>> round(exp(log_beta_negative_binomial(0.0, 1.0, 1.0, 1.0)), 12)
    0.5
    """
    return call("log_beta_negative_binomial", y, r, a, b)


def log_com_poisson(y: Quantity, log_mu: Quantity, nu: Quantity) -> Quantity:
    """Return the log probability of the count y where that of j is in proportion to (mu^j/j!)^nu, given log(mu); y is data.

    Examples
    --------
    >>> from partialpool.mathematics import log
    >>> round(log_com_poisson(0.0, log(2.0), 1.0), 12)
    -2.0
    """
    return call("log_com_poisson", y, log_mu, nu)


def log_com_poisson_cdf(y: Quantity, log_mu: Quantity, nu: Quantity) -> Quantity:
    """Return the log probability of a count of at most y, arguments as of `log_com_poisson`.

    Examples
    --------
    >>> from partialpool.mathematics import log
    >>> round(log_com_poisson_cdf(0.0, log(2.0), 1.0), 12)
    -2.0
    """
    return call("log_com_poisson_cdf", y, log_mu, nu)


def log_com_poisson_survival(y: Quantity, log_mu: Quantity, nu: Quantity) -> Quantity:
    """Return the log probability of a count above y, arguments as of `log_com_poisson`."""
    return call("log_com_poisson_survival", y, log_mu, nu)


def log_tweedie_series(rate: Quantity, alpha: Quantity) -> Quantity:
    """Return the log of the sum over j >= 1 of rate^j (alpha*rate)^(j*alpha) exp(-rate*(1 + alpha)) / (j! gamma(j*alpha)).

    It is s times the density of a Poisson number (of mean `rate`) of gamma quantities (of shape `alpha`) at its mean s.
    """
    return call("log_tweedie_series", rate, alpha)


def log_first_passage(u: Quantity, w: Quantity, v: Quantity | None = None) -> Quantity:
    """Return the log density of the time u at which a Wiener process without drift, started at w, first leaves (0, 1) at 0.

    Give v = 1 - w where it is known better than by subtraction.

    Examples
    --------
    >>> round(log_first_passage(0.1, 0.5), 10)
    0.5916557167
    """
    return call("log_first_passage", u, w, 1 - w if v is None else v)
