"""Models of many families and addition terms: parameters, default priors, and likelihoods written with SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from partialpool import bf, brm, brmsfamily, default_prior, mixture, prior

RNG = np.random.default_rng(20)
N = 24
X = RNG.normal(size=N)
G = np.arange(N) % 4
COUNT = np.concatenate([np.zeros(6), RNG.poisson(4, N - 6)])
TIME = RNG.gamma(3, 1, N) + 0.1
DATA = {
    "x": X,
    "g": [f"g{k}" for k in G],
    "count": COUNT,
    "positive": np.maximum(COUNT, 1),
    "amount": np.where(COUNT == 0, 0.0, TIME),
    "time": TIME,
    "real": RNG.normal(size=N),
    "share": np.where(COUNT == 0, 0.0, RNG.uniform(0.1, 0.9, N)),
    "error": RNG.uniform(0.2, 1.0, N),
    "w": RNG.uniform(0.5, 2.0, N),
    "status": np.array([-1, 0, 1, 0])[G],
    "most": np.maximum(COUNT, 1) + 3,
    "rating": 1 + np.arange(N) % 4,
    "color": [("red", "blue", "green")[k % 3] for k in range(N)],
}


def nb(mu, shape):
    return stats.nbinom(shape, shape / (shape + mu))


def hurdle_lognormal(v):
    mu, hu = v["Intercept"] + v["b"] * (X - X.mean()), special.expit(v["Intercept_hu"] + v["b_hu"] * (X - X.mean()))
    y = np.where(COUNT == 0, 1.0, DATA["amount"])
    return np.where(COUNT == 0, np.log(hu), np.log1p(-hu) + stats.lognorm.logpdf(y, v["sigma"], scale=np.exp(mu)))


def hurdle_negbinomial(v):
    law = nb(np.exp(v["Intercept"] + v["b"] * (X - X.mean())), v["shape"])
    above = np.log1p(-v["hu"]) + law.logpmf(COUNT) - np.log1p(-law.pmf(0))
    return np.where(COUNT == 0, np.log(v["hu"]), above)


def zero_inflated_negbinomial(v):
    law = nb(np.exp(v["Intercept"]), np.exp(v["Intercept_shape"] + v["b_shape"] * (X - X.mean())))
    return np.log(v["zi"] * (COUNT == 0) + (1 - v["zi"]) * law.pmf(COUNT))


def zero_inflated_beta(v):
    mu = special.expit(v["Intercept"] + v["sd_1"] * v["z_1"][G])
    y = np.where(COUNT == 0, 0.5, DATA["share"])
    inside = np.log1p(-v["zi"]) + stats.beta.logpdf(y, mu * v["phi"], (1 - mu) * v["phi"])
    return np.where(COUNT == 0, np.log(v["zi"]), inside)


def student_with_errors(v):
    scale = np.sqrt(v["sigma"] ** 2 + DATA["error"] ** 2)
    return stats.t.logpdf(DATA["real"], v["nu"], v["Intercept"] + v["b"] * (X - X.mean()), scale)


def weighted(v):
    weights = DATA["w"] / DATA["w"].mean()
    return weights * stats.gamma.logpdf(TIME, v["shape"], scale=np.exp(v["Intercept"]) / v["shape"])


def censored_lognormal(v):
    law = stats.lognorm(v["sigma"], scale=np.exp(v["Intercept"] + v["b"] * (X - X.mean())))
    return np.select([G == 0, G == 2], [law.logcdf(TIME), law.logsf(TIME)], law.logpdf(TIME))


def censored_counts(v):
    law = stats.poisson(np.exp(v["Intercept"]))
    return np.select([G == 0, G == 2], [law.logcdf(COUNT), law.logsf(COUNT)], law.logpmf(COUNT))


def truncated_counts(v):
    law, y = stats.poisson(np.exp(v["Intercept"] + v["b"] * (X - X.mean()))), DATA["positive"]
    return law.logpmf(y) - np.log(law.cdf(DATA["most"]) - law.cdf(0))


def mixed(v):
    eta = v["Intercept_theta2"] + v["b_theta2"] * (X - X.mean())
    means = v["ordered_Intercept"]
    first = special.log_expit(-eta) + stats.norm.logpdf(DATA["real"], means[0], v["sigma1"])
    return np.logaddexp(first, special.log_expit(eta) + stats.norm.logpdf(DATA["real"], means[1], v["sigma2"]))


def continuation_ratio(v):
    mu = v["sd_1"] * v["z_1"][G]
    passed = special.expit(mu[:, None] + np.outer(X, v["bcs"]) - v["Intercept"])
    tried = np.arange(3) < DATA["rating"][:, None] - 1
    stopped = np.arange(3) == DATA["rating"][:, None] - 1
    return (np.where(tried, np.log(passed), 0.0) + np.where(stopped, np.log1p(-passed), 0.0)).sum(axis=1)


def summing_to_zero(v):
    steps = np.concatenate([[-np.inf], v["Intercept"] - v["Intercept"].mean(), [np.inf]])
    mu, y = v["b"] * X, DATA["rating"]
    return np.log(stats.norm.cdf(steps[y] - mu) - stats.norm.cdf(steps[y - 1] - mu))


def colors(v):
    etas = np.zeros((N, 3))  # blue, green, red
    for place, name, number in ((0, "mublue", 1), (2, "mured", 2)):
        etas[:, place] = v[f"Intercept_{name}"] + v[f"b_{name}"] * (X - X.mean())
        etas[:, place] += v[f"sd_{number}"] * v[f"z_{number}"][G]
    at = np.searchsorted(["blue", "green", "red"], DATA["color"])
    return etas[np.arange(N), at] - special.logsumexp(etas, axis=1)


def extreme(v):
    mu, xi = v["Intercept"], np.expm1(v["Intercept_xi"] + v["b_xi"] * (X - X.mean()))
    return stats.genextreme.logpdf(DATA["real"], -xi, mu, v["sigma"])


def own_variance(v):
    mu = np.exp(v["Intercept"] + v["b"] * (X - X.mean()))
    return nb(mu, 1 / v["sigma"]).logpmf(COUNT)


T3 = "student_t(3, 0, 2.5)"
MODELS = {
    "hurdle_lognormal": (
        bf("amount ~ x", "hu ~ x"),
        "hurdle_lognormal",
        hurdle_lognormal,
        {"sigma": T3, "hu": "logistic(0, 1)"},
    ),
    "hurdle_negbinomial": (
        "count ~ x",
        "hurdle_negbinomial",
        hurdle_negbinomial,
        {"shape": "inv_gamma(0.4, 0.3)", "hu": "beta(1, 1)"},
    ),
    "zero_inflated_negbinomial": (
        bf("count ~ 1", "shape ~ x"),
        "zero_inflated_negbinomial",
        zero_inflated_negbinomial,
        {"shape": T3, "zi": "beta(1, 1)"},
    ),
    "zero_inflated_beta": (
        "share ~ 1 + (1 | g)",
        "zero_inflated_beta",
        zero_inflated_beta,
        {"phi": "gamma(0.01, 0.01)", "sd": T3},
    ),
    "student, se": (
        "real | se(error, sigma = TRUE) ~ x",
        "student",
        student_with_errors,
        {"sigma": T3, "nu": "gamma(2, 0.1)"},
    ),
    "weights, scaled": ("time | weights(w, scale = TRUE) ~ 1", "gamma", weighted, {"shape": "gamma(0.01, 0.01)"}),
    "censored lognormal": ("time | cens(status) ~ x", "lognormal", censored_lognormal, {"sigma": T3}),
    "censored counts": ("count | cens(status) ~ 1", "poisson", censored_counts, {}),
    "truncated counts": ("positive | trunc(lb = 1, ub = most) ~ x", "poisson", truncated_counts, {}),
    "mixture": (
        bf("real ~ 1", "theta2 ~ x"),
        mixture("gaussian", nmix=2),
        mixed,
        {"theta2": "logistic(0, 1)", "sigma1": T3, "sigma2": T3},
    ),
    "cratio": ("rating ~ cs(x) + (1 | g)", "cratio", continuation_ratio, {"Intercept": T3, "sd": T3}),
    "sum to zero": (
        "rating ~ x",
        brmsfamily("cumulative", "probit", threshold="sum_to_zero"),
        summing_to_zero,
        {"Intercept": T3},
    ),
    "categorical": (
        "color ~ x + (1 | g)",
        brmsfamily("categorical", refcat="green"),
        colors,
        {"mublue": T3, "mured": T3},
    ),
    "gev": (bf("real ~ 1", "xi ~ x"), "gen_extreme_value", extreme, {"xi": "normal(0, 4)", "sigma": T3}),
    "negbinomial2": ("count ~ x", "negbinomial2", own_variance, {"sigma": "gamma(0.4, 0.3)"}),
}


def values_of(model, u):
    found = {}
    for name, value in zip(model.param_names(), model.param_constrain(u), strict=True):
        found.setdefault(name.partition(".")[0], []).append(value)
    return {name: np.array(parts) if len(parts) > 1 else parts[0] for name, parts in found.items()}


@pytest.mark.parametrize("name", MODELS)
def test_the_likelihood_is_that_of_scipy(name):
    formula, family, log_likelihood, _ = MODELS[name]
    table = default_prior(formula, DATA, family)
    flat = [row for row in table if row.class_ == "b" and not row.prior and not row.coef]
    if name == "categorical":
        flat = [row for row in flat if row.dpar]
    priors = [prior("normal(0, 1)", "b", dpar=row.dpar) for row in flat] or None
    model = brm(formula, DATA, family, priors, empty=True).model
    alone = brm(formula, DATA, family, priors, empty=True, sample_prior="only").model
    assert model.param_names() == alone.param_names()
    rng, compared = np.random.default_rng(3), 0
    for _ in range(20):
        u = rng.normal(0.0, 0.4, model.param_unc_num())
        rows = log_likelihood(values_of(model, u))
        if not np.isfinite(rows).all():
            continue
        found = model.log_density(u) - alone.log_density(u)
        assert found == pytest.approx(rows.sum(), rel=1e-9)
        compared += 1
    assert compared >= 2


@pytest.mark.parametrize("name", MODELS)
def test_default_priors_of_what_is_beside_the_coefficients(name):
    formula, family, _, expected = MODELS[name]
    rows = [row for row in default_prior(formula, DATA, family) if row.prior]
    for at, text in expected.items():
        found = {row.prior for row in rows if at in (row.class_, row.dpar) and not (row.dpar and row.class_ == "sd")}
        assert found == {text}, at


@pytest.mark.filterwarnings("ignore::partialpool.errors.ConvergenceWarning")
def test_extreme_values_far_from_zero_are_started_where_they_are():
    """No random start near zero is possible, as the support would end before the responses."""
    y = 500 + 30 * np.random.default_rng(6).gumbel(size=60)
    fit = brm("y ~ 1", {"y": y}, "gen_extreme_value", iter=600, chains=4, seed=2, progress=False)
    spread = 1.4826 * np.median(np.abs(y - np.median(y)))
    np.testing.assert_allclose(fit.model.middle(), [np.median(y), np.log(spread), 0], atol=0.06)
    assert fit.model.log_density(np.zeros(3)) == -np.inf
    assert np.isfinite(fit.log_lik()).all()
    assert np.abs(fit.draws["b_Intercept"].mean(axis=1) - 500).max() < 15


def test_the_middle_is_on_the_scale_of_the_predictor():
    model = brm("count ~ x + (1 | g)", DATA, "poisson", empty=True).model
    at = model.param_unc_names().index("Intercept")
    expected = np.round(np.median(np.log(np.where(COUNT == 0, 0.1, COUNT))), 1)
    assert np.flatnonzero(model.middle()).tolist() == [at]
    assert model.middle()[at] == pytest.approx(expected)
