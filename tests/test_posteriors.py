"""Posteriors against exact ones: integrals over one or two variance parameters, the rest being normal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

import partialpool as pp

pytestmark = [
    pytest.mark.slow,
    # A few transitions diverge where groups are small; what comes out is compared with what is exact.
    pytest.mark.filterwarnings("ignore::partialpool.errors.ConvergenceWarning"),
]
RUN = {"seed": 1, "iter": 6000, "progress": False, "control": {"adapt_delta": 0.95}}


def mean_and_error(values):
    from arviz_stats.base import array_stats

    return values.mean(), float(array_stats.mcse(values, chain_axis=0, draw_axis=1))


def assert_mean(fit, name, expected):
    found, error = mean_and_error(fit.draws[name])
    assert found == pytest.approx(expected, abs=4 * error), name


def test_eight_schools():
    """Given sd, mean and effects are normal: their moments are averages over the distribution of sd, by quadrature."""
    frame = pp.datasets.load("eight_schools")
    y, se = frame["y"].to_numpy(float), frame[frame.columns[-1]].to_numpy(float)
    data = {"y": y, "se": se, "school": np.arange(8)}
    priors = [pp.prior("normal(0, 5)", class_="Intercept"), pp.prior("cauchy(0, 5)", class_="sd")]
    fit = pp.brm("y | se(se) ~ 1 + (1 | school)", data, prior=priors, **RUN)

    def given(sd):
        variance = se**2 + sd**2
        precision = 1 / 25 + np.sum(1 / variance)
        center = np.sum(y / variance) / precision
        # Marginal likelihood of sd: the mean is integrated out.
        covariance = np.diag(variance) + 25.0
        weight = stats.multivariate_normal(np.zeros(8), covariance).pdf(y) * stats.halfcauchy(scale=5).pdf(sd)
        effects = sd**2 / variance * (y - center)
        return np.array([weight, weight * sd, weight * center, *(weight * effects)])

    totals = integrate.quad_vec(given, 0, 400, epsabs=0, epsrel=1e-9)[0]
    exact = totals[1:] / totals[0]
    assert_mean(fit, "sd_school__Intercept", exact[0])
    assert_mean(fit, "b_Intercept", exact[1])
    for school in range(8):
        assert_mean(fit, f"r_school[{school},Intercept]", exact[2 + school])


def simulated_counties(seed=3):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 25, 40)
    county = np.repeat(np.arange(40), sizes)
    x = rng.normal(size=len(county))
    y = 1.2 - 0.7 * x + rng.normal(0, 0.4, 40)[county] + rng.normal(0, 0.8, len(county))
    return pd.DataFrame({"y": y, "x": x, "county": county})


def test_random_intercepts_of_a_normal_response():
    """Given both standard deviations all coefficients are normal: a grid over the two gives the exact moments."""
    frame = simulated_counties()
    priors = [
        pp.prior("normal(0, 10)", class_="b"),
        pp.prior("normal(0, 1)", class_="sd"),
        pp.prior("normal(0, 1)", class_="sigma"),
    ]
    fit = pp.brm(pp.bf("y ~ x + (1 | county)", center=False), frame, prior=priors, **RUN)
    y, X = frame["y"].to_numpy(), np.column_stack([np.ones(len(frame)), frame["x"]])
    Z = (frame["county"].to_numpy()[:, None] == np.arange(40)).astype(float)
    W = np.column_stack([X, Z])
    cross, projected = W.T @ W, W.T @ y
    sds, sigmas = np.meshgrid(np.linspace(0.005, 0.8, 81), np.linspace(0.6, 1.1, 81), indexing="ij")
    logs, moments = [], []
    for sd, sigma in zip(sds.ravel(), sigmas.ravel(), strict=True):
        prior_precision = np.diag([0.01, 0.01, *np.full(40, sd**-2)])
        precision = cross / sigma**2 + prior_precision
        center = np.linalg.solve(precision, projected / sigma**2)
        logs.append(
            -len(y) * np.log(sigma)
            - 40 * np.log(sd)
            - np.linalg.slogdet(precision)[1] / 2
            - (y @ y / sigma**2 - center @ projected / sigma**2) / 2
            + stats.norm.logpdf(sd)
            + stats.norm.logpdf(sigma)
        )
        moments.append([sd, sigma, *center])
    weights = np.exp(np.array(logs) - max(logs))
    exact = weights @ np.array(moments) / weights.sum()
    edge = weights.reshape(81, 81)
    assert max(edge[-1].max(), edge[:, 0].max(), edge[:, -1].max()) < 1e-4  # the grid is wide enough
    for name, value in zip(["sd_county__Intercept", "sigma", "b_Intercept", "b_x"], exact, strict=False):
        assert_mean(fit, name, value)
    for level in (0, 7, 39):
        assert_mean(fit, f"r_county[{level},Intercept]", exact[4 + level])


def test_seeds_like_proportions():
    """Binomial counts with an effect for each row: sd on a grid, the rest by a fine importance sample."""
    rng = np.random.default_rng(5)
    n = rng.integers(10, 60, 12)
    x = rng.normal(size=12)
    count = rng.binomial(n, 1 / (1 + np.exp(-(0.3 + 0.8 * x + rng.normal(0, 0.5, 12)))))
    priors = [pp.prior("normal(0, 1)", class_="b"), pp.prior("cauchy(0, 1)", class_="sd")]
    frame = {"count": count, "n": n, "x": x, "row": np.arange(12)}
    formula = pp.bf("count | trials(n) ~ x + (1 | row)", center=False)
    fit = pp.brm(formula, frame, pp.binomial(), priors, **RUN)
    # Effects of rows are integrated one by one by Gauss-Hermite quadrature, the rest on a grid.
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    a, b, sd = np.meshgrid(
        np.linspace(-1.2, 1.8, 41), np.linspace(-0.9, 2.6, 41), np.linspace(0.005, 3.0, 61), indexing="ij"
    )
    log_density = stats.norm.logpdf(a) + stats.norm.logpdf(b) + stats.halfcauchy.logpdf(sd)
    for k, size, predictor in zip(count, n, x, strict=True):
        eta = (a + b * predictor)[..., None] + sd[..., None] * nodes
        log_density += np.log(np.exp(k * eta - size * np.logaddexp(0, eta) + 0.5 * size) @ weights)
    grid = np.exp(log_density - log_density.max())
    grid /= grid.sum()
    for name, values in [("b_Intercept", a), ("b_x", b), ("sd_row__Intercept", sd)]:
        assert_mean(fit, name, (grid * values).sum())


def test_orthogonal_coefficients_have_the_same_posterior():
    frame = simulated_counties()
    frame["z"] = frame["x"] + np.random.default_rng(1).normal(0, 0.3, len(frame))
    plain = pp.brm("y ~ x * z", frame, **RUN)
    orthogonal = pp.brm(pp.bf("y ~ x * z", decomp="QR"), frame, **RUN)
    for name in ("b_Intercept", "b_x", "b_z", "b_x:z", "sigma"):
        one, error = mean_and_error(plain.draws[name])
        other, other_error = mean_and_error(orthogonal.draws[name])
        assert other == pytest.approx(one, abs=4 * np.hypot(error, other_error))
        assert orthogonal.draws[name].std() == pytest.approx(plain.draws[name].std(), rel=0.05)


def test_linear_regression_with_flat_priors():
    """Coefficients follow a t distribution, the variance an inverse chi-squared one."""
    frame = simulated_counties().head(60)
    flat = [pp.prior("", class_="Intercept"), pp.prior("", class_="sigma")]
    fit = pp.brm("y ~ x", frame, prior=flat, **RUN)
    X = np.column_stack([np.ones(60), frame["x"]])
    estimate, rss = np.linalg.lstsq(X, frame["y"], rcond=None)[:2]
    # A density flat in sigma is that of 1 / variance^(1/2): one degree of freedom fewer than with 1 / variance.
    freedom = 60 - 2 - 1
    scale = np.sqrt(rss[0] / freedom * np.diag(np.linalg.inv(X.T @ X)))
    for name, center, spread in zip(["b_Intercept", "b_x"], estimate, scale, strict=True):
        thinned = fit.draws[name][:, ::8].ravel()
        assert stats.kstest(thinned, stats.t(freedom, center, spread).cdf).pvalue > 1e-3
    variance = fit.draws["sigma"][:, ::8].ravel() ** 2
    assert stats.kstest(rss[0] / variance, stats.chi2(freedom).cdf).pvalue > 1e-3
