"""Means, log densities and random responses of families against scipy; distributional parameters and links."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from prediction_rows import FRAME, NEW, by_hand, fit_of, ones
from scipy import special, stats

import made_up
from partialpool import bernoulli, beta_binomial, bf, binomial, gamma, gaussian, mixture, negbinomial, poisson


def test_distributional_parameters():
    fit = made_up.fit(bf("y ~ x + (x | p | g)", "sigma ~ z + (1 | p | g)"), frame=FRAME)
    one = {"Intercept": ones(NEW)}
    eta = by_hand(fit, NEW, {**one, "z": NEW["z"]}, [("g", NEW["g"], one)], dpar="sigma")
    np.testing.assert_allclose(fit.posterior_linpred(NEW, dpar="sigma"), eta, rtol=1e-11)
    np.testing.assert_allclose(fit.posterior_linpred(NEW, dpar="sigma", transform=True), np.exp(eta), rtol=1e-11)
    np.testing.assert_allclose(fit.posterior_epred(NEW, dpar="sigma"), np.exp(eta), rtol=1e-11)
    mu = fit.posterior_epred(NEW)
    np.testing.assert_allclose(fit.log_lik(NEW), stats.norm(mu, np.exp(eta)).logpdf(NEW["y"].to_numpy()), rtol=1e-10)


def test_fixed_and_tied_parameters():
    fixed = made_up.fit(bf("y ~ x", sigma=1.5), frame=FRAME)
    assert (fixed.posterior_epred(NEW, dpar="sigma") == 1.5).all()
    tied = made_up.fit(bf("y ~ x", sigma2="sigma1"), mixture(gaussian(), gaussian()), FRAME)
    sigma = tied.draws["sigma1"].ravel()[:, None]
    np.testing.assert_array_equal(tied.posterior_epred(NEW, dpar="sigma2"), np.broadcast_to(sigma, (40, 5)))
    each = [
        stats.norm(tied.posterior_epred(NEW, dpar=f"mu{k}"), sigma).logpdf(NEW["y"].to_numpy())
        + np.log(tied.draws[f"theta{k}"].ravel()[:, None])
        for k in (1, 2)
    ]
    np.testing.assert_allclose(tied.log_lik(NEW), np.logaddexp(*each), rtol=1e-10)


def parameters(fit, frame, *names):
    return [fit.posterior_epred(frame, dpar=name) for name in names]


def frozen_poisson(fit, frame):
    return stats.poisson(fit.posterior_epred(frame))


def frozen_negbinomial(fit, frame):
    mu, shape = parameters(fit, frame, "mu", "shape")
    return stats.nbinom(shape, shape / (shape + mu))


def frozen_gamma(fit, frame):
    mu, shape = parameters(fit, frame, "mu", "shape")
    return stats.gamma(shape, scale=mu / shape)


def frozen_binomial(fit, frame):
    (mu,) = parameters(fit, frame, "mu")
    return stats.binom(frame["n"].to_numpy(), mu)


def frozen_beta_binomial(fit, frame):
    mu, phi = parameters(fit, frame, "mu", "phi")
    return stats.betabinom(frame["n"].to_numpy(), mu * phi, (1 - mu) * phi)


def frozen_bernoulli(fit, frame):
    return stats.bernoulli(fit.posterior_epred(frame))


def frozen_se(fit, frame):
    mu, sigma = parameters(fit, frame, "mu", "sigma")
    return stats.norm(mu, np.hypot(sigma, frame["se"].to_numpy()))


def frozen_rate(fit, frame):
    mu, shape = parameters(fit, frame, "mu", "shape")
    time = frame["time"].to_numpy()
    mean, size = mu * time, shape * time
    return stats.nbinom(size, size / (size + mean))


FAMILIES = {
    "poisson": ("count ~ z + (1 | g)", poisson(), frozen_poisson, "count"),
    "negbinomial": ("count ~ z + (1 | g)", negbinomial(), frozen_negbinomial, "count"),
    "gamma": ("positive ~ z", gamma("log"), frozen_gamma, "positive"),
    "binomial": ("count | trials(n) ~ z", binomial("probit"), frozen_binomial, "count"),
    "beta_binomial": ("count | trials(n) ~ z", beta_binomial(), frozen_beta_binomial, "count"),
    "bernoulli": ("yes ~ z + (z | g)", bernoulli("cloglog"), frozen_bernoulli, "yes"),
    "known errors": ("y | se(se, sigma = TRUE) ~ z", None, frozen_se, "y"),
    "rate": ("count | rate(time) ~ z", negbinomial(), frozen_rate, "count"),
}


@cache
def family_fit(name):
    formula, family, _, _ = FAMILIES[name]
    frame = FRAME.assign(count=np.minimum(FRAME["count"], FRAME["n"]))
    return made_up.fit(formula, family, frame, draws={"n_draws": 15, "spread": 0.3})


def answers(name):
    return NEW.assign(count=np.minimum(NEW["count"], NEW["n"]))


@pytest.mark.parametrize("name", FAMILIES)
def test_log_density_and_mean_of_rows(name):
    fit, (_, _, law, response) = family_fit(name), FAMILIES[name]
    frame, frozen = answers(name), law(family_fit(name), answers(name))
    density = frozen.logpmf if hasattr(frozen.dist, "logpmf") else frozen.logpdf
    np.testing.assert_allclose(fit.log_lik(frame), density(frame[response].to_numpy()), rtol=1e-8)
    np.testing.assert_allclose(fit.posterior_epred(frame), np.broadcast_to(frozen.mean(), (30, 5)), rtol=1e-9)


@pytest.mark.parametrize("name", FAMILIES)
def test_random_responses(name):
    """Mean and variance of the responses of one draw, over many rows that are alike."""
    fit, (_, _, law, _) = family_fit(name), FAMILIES[name]
    alike = answers(name).iloc[[1] * 20_000]
    one = answers(name).iloc[[1]]
    drawn = fit.posterior_predict(alike, draw_ids=[3], seed=5)[0]
    frozen = law(fit, one)
    mean, variance = float(frozen.mean()[3, 0]), float(frozen.var()[3, 0])
    assert drawn.mean() == pytest.approx(mean, abs=5 * np.sqrt(variance / len(drawn)))
    assert drawn.var() == pytest.approx(variance, rel=0.15)
    np.testing.assert_array_equal(drawn, fit.posterior_predict(alike, draw_ids=[3], seed=5)[0])
    assert not np.array_equal(drawn, fit.posterior_predict(alike, draw_ids=[3], seed=6)[0])


def test_weights_multiply_the_log_density():
    plain_fit, weighted = fit_of("y ~ x"), fit_of("y | weights(w) ~ x")
    np.testing.assert_allclose(weighted.log_lik(), plain_fit.log_lik() * FRAME["w"].to_numpy(), rtol=1e-11)


def test_scaled_weights_of_new_rows_are_measured_by_those_of_the_fit():
    scaled, plain_fit = fit_of("y | weights(w, scale = TRUE) ~ x"), fit_of("y ~ x")
    expected = plain_fit.log_lik(NEW) * (NEW["w"] / FRAME["w"].mean()).to_numpy()
    np.testing.assert_allclose(scaled.log_lik(NEW), expected, rtol=1e-11)


def test_inverse_links():
    fit = fit_of("yes ~ z + (z | g)", bernoulli("cauchit"))
    eta = fit.posterior_linpred(NEW)
    np.testing.assert_allclose(fit.posterior_epred(NEW), stats.cauchy.cdf(eta), rtol=1e-9)
    logit = fit_of("yes ~ z", bernoulli())
    np.testing.assert_allclose(logit.posterior_epred(NEW), special.expit(logit.posterior_linpred(NEW)), rtol=1e-12)
    np.testing.assert_array_equal(logit.posterior_epred(NEW), logit.posterior_linpred(NEW, transform=True))
