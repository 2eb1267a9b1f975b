"""Log densities of counts and proportions that keep their digits however large counts and shapes are.

Factorials, binomial coefficients and beta functions are written as what Stirling's formula gives, which goes with the
probabilities into `log_less_linear`, `binomial_ratio` or `log_beta_binomial`, and what it leaves of them.

Loader (2000). Fast and accurate computation of binomial probabilities. Bell Labs, Murray Hill.
"""

from __future__ import annotations

from typing import Any

from partialpool.engine.mathematics import (
    binomial_ratio,
    equal,
    lgamma_rest,
    log,
    log1m,
    log1p,
    log_beta_binomial,
    log_beta_negative_binomial,
    log_less_linear,
    log_share,
    maximum,
    where,
)

__all__ = [
    "log_beta_binomial_probability",
    "log_beta_density",
    "log_beta_negative_binomial_probability",
    "log_binomial_probability",
    "log_negative_binomial_probability",
    "log_poisson_probability",
    "positive_part",
]


def positive_part(y: Any) -> Any:
    """Return y where it is not 0, else 1: what may stand in branches that are for positive counts."""
    return where(equal(y, 0), 1.0, y)


def _factorial_rest(k: Any) -> Any:
    """Return lgamma(k + 1) - k*log(k) + k for k >= 0."""
    positive = positive_part(k)
    return where(equal(k, 0), 0.0, lgamma_rest(positive) + log(positive))


def _log_choose_rest(k: Any, r: Any) -> Any:
    """Return the log of the ways to choose k of n = k + r, less n*log(n) - k*log(k) - r*log(r)."""
    return _factorial_rest(k + r) - _factorial_rest(k) - _factorial_rest(r)


def log_poisson_probability(y: Any, mu: Any) -> Any:
    """Return the log probability of the count y of a Poisson distribution of mean mu, in mathematics."""
    count = positive_part(y)
    return where(equal(y, 0), -mu, count * log_less_linear(mu / count) - _factorial_rest(count))


def log_negative_binomial_probability(y: Any, mu: Any, shape: Any) -> Any:
    """Return the log probability of the count y of a negative binomial distribution of mean mu and shape, in mathematics.

    It has no digits less on the way to the limits of a large shape, the Poisson distribution, and of a small one.
    """
    count = positive_part(y)
    shares = log_share(mu, shape), log_share(shape, mu), log_share(count, shape), log_share(shape, count)
    rest = lgamma_rest(count + shape) - lgamma_rest(shape) - _factorial_rest(count)
    return where(equal(y, 0), -shape * log1p(mu / shape), binomial_ratio(count, shape, *shares) + rest)


def log_beta_negative_binomial_probability(y: Any, shape: Any, a: Any, b: Any) -> Any:
    """Return the log probability of y failures before success number `shape`, whose probability is beta(b, a)."""
    return log_beta_negative_binomial(y, shape, a, b) - _factorial_rest(y)


def _failures(trials: Any, y: Any) -> Any:
    """Return trials - y, as a number of its own: (trials - y)/y is not to become trials/y - 1."""
    return maximum(trials - y, 0.0)


def log_binomial_probability(y: Any, trials: Any, log_p: Any, log_q: Any) -> Any:
    """Return the log probability of y successes of so many trials, in mathematics.

    Parameters
    ----------
    y, trials
        Data.
    log_p, log_q
        Logarithms of the probabilities of success and of failure.
    """
    r = _failures(trials, y)
    ratio = binomial_ratio(y, r, log_p, log_q, log_share(y, r), log_share(r, y)) + _log_choose_rest(y, r)
    # The logarithm of a probability that underflows is of no account where there are no such trials.
    return where(equal(y, 0), r * log_q, where(equal(r, 0), y * log_p, ratio))


def log_beta_binomial_probability(y: Any, trials: Any, a: Any, b: Any) -> Any:
    """Return the log probability of y successes of so many trials, whose probability is of the distribution beta(a, b)."""
    r = _failures(trials, y)
    return log_beta_binomial(y, r, a, b) + _log_choose_rest(y, r)


def log_beta_density(log_y: Any, log1m_y: Any, mu: Any, phi: Any) -> Any:
    """Return the log density of the beta distribution at y, given the logarithms of y and 1 - y, in mathematics."""
    a, b = mu * phi, (1 - mu) * phi
    ratio = binomial_ratio(a, b, log_y, log1m_y, log(mu), log1m(mu))
    return ratio - lgamma_rest(a) - lgamma_rest(b) + lgamma_rest(phi) - log_y - log1m_y
