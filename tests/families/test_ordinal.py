"""Ordinal families: probabilities against their definitions, gradients, thresholds of all kinds, predictions."""

import mpmath as mp
import numpy as np
import pytest

import partialpool as pp
from partialpool.engine.ops.linear import Linear
from partialpool.engine.ops.ordinal import SCRATCH, Ordinal
from partialpool.engine.tape import Tape

pytestmark = pytest.mark.filterwarnings("ignore::partialpool.errors.ConvergenceWarning")  # the fits are short


@pytest.fixture(autouse=True)
def fifty_digits():
    with mp.workdps(50):
        yield


CDF = {
    "logit": lambda x: 1 / (1 + mp.e ** (-x)),
    "probit": mp.ncdf,
    "probit_approx": lambda x: 1 / (1 + mp.e ** (-(mp.mpf("0.07056") * x**3 + mp.mpf("1.5976") * x))),
    "cloglog": lambda x: -mp.expm1(-(mp.e**x)),
    "cauchit": lambda x: mp.atan(x) / mp.pi + mp.mpf(1) / 2 if x > -1 else mp.atan(-1 / x) / mp.pi,
    "softit": lambda x: mp.log1p(mp.e**x) / (1 + mp.log1p(mp.e**x)),
}


def complement(link, x):
    """1 - F, without cancellation where F has a mirror image."""
    if link in ("logit", "probit", "probit_approx", "cauchit"):
        return CDF[link](-x)
    return mp.e ** (-(mp.e**x)) if link == "cloglog" else 1 / (1 + mp.log1p(mp.e**x))


def log_probability(family, link, y, tau, eta, disc, specific):
    """Log probability of category y, from the definition."""
    F, G = CDF[link], lambda x: complement(link, x)
    x = [mp.mpf(disc) * (mp.mpf(t) - mp.mpf(eta) - mp.mpf(s)) for t, s in zip(tau, specific, strict=True)]
    n = len(tau)
    if family == "cumulative":
        low = mp.mpf(0) if y == 1 else F(x[y - 2])
        if y == n + 1:
            return mp.log(G(x[-1]))
        if y > 1 and x[y - 2] > 0:
            return mp.log(G(x[y - 2]) - G(x[y - 1]))
        return mp.log(F(x[y - 1]) - low)
    if family == "sratio":
        total = mp.fsum(mp.log(G(x[k])) for k in range(y - 1))
        return total + (mp.log(F(x[y - 1])) if y <= n else 0)
    if family == "cratio":
        total = mp.fsum(mp.log(F(-x[k])) for k in range(y - 1))
        return total + (mp.log(G(-x[y - 1])) if y <= n else 0)
    scores = [mp.fsum(mp.log(F(-x[k])) - mp.log(G(-x[k])) for k in range(c)) for c in range(n + 1)]
    return scores[y - 1] - mp.log(mp.fsum(mp.e**s for s in scores))


CASES = [
    (family, link)
    for family in ("cumulative", "sratio", "cratio", "acat")
    for link in CDF
    if not (link == "softit" and family in ("sratio", "cratio"))
]


def program(family, link, y, weights=None):
    """A tape of one row per category, with inputs eta, thresholds, discrimination and category-specific effects."""
    tape = Tape()
    eta, tau, disc, specific = tape.input(1), tape.input(3), tape.input(1), tape.input(3)
    section = tape.section(len(y))
    empty = section.blocked(np.empty((len(y), 0)))
    row, out = section.slot(), section.slot()
    shifts = [section.slot() for _ in range(3)]
    section.add(Linear(row, eta, None, empty))
    for k, shift in enumerate(shifts):
        section.add(Linear(shift, specific[k], None, empty))
    section.add(Linear(out, None, None, empty))
    scratch, *_ = [section.slot() for _ in range(SCRATCH)]
    section.add(
        Ordinal(family, link, out, row, tau, disc, shifts[0], scratch, np.asarray(y, dtype=float), weights=weights)
    )
    return tape.compile(), out


@pytest.mark.parametrize(("family", "link"), CASES)
def test_probability_and_gradient_from_the_definition(family, link):
    compiled, out = program(family, link, [1, 2, 3, 4])
    rng = np.random.default_rng(7)
    wide = 25.0 if link in ("logit", "cauchit", "probit") else 3.0
    for eta in (0.3, -wide, wide):
        tau, specific = np.sort(rng.normal(size=3)), 0.3 * rng.normal(size=3)
        if family == "cumulative":  # effects that keep the order of the thresholds
            specific = np.array([0.1, 0.0, -0.1])
        x = np.concatenate([[eta], tau, [1.3], specific])
        rows = compiled.rows(0, x[None], [out], 0, 4)[0, 0]
        for y in (1, 2, 3, 4):
            exact = log_probability(family, link, y, x[1:4], x[0], x[4], x[5:])
            assert rows[y - 1] == pytest.approx(float(exact), rel=1e-10, abs=1e-12)
            single, _ = program(family, link, [y])
            slopes = exact_slopes(family, link, y, x)
            np.testing.assert_allclose(single.log_density_gradient(x)[1], slopes, rtol=1e-8, atol=1e-9)


def exact_slopes(family, link, y, x):
    """Derivatives of the log probability by predictor, three thresholds, discrimination, three specific effects."""
    slopes, step = [], mp.mpf(10) ** -20
    for i in range(len(x)):
        up, down = list(map(mp.mpf, x)), list(map(mp.mpf, x))
        up[i], down[i] = up[i] + step, down[i] - step
        rise = log_probability(family, link, y, up[1:4], up[0], up[4], up[5:])
        rise -= log_probability(family, link, y, down[1:4], down[0], down[4], down[5:])
        slopes.append(float(rise / (2 * step)))
    return slopes


# Predictor, discrimination and thresholds: these are far away, hardly told apart, or far off in units of the link's scale.
FAR_OUT = [
    (40.0, 1.0, [-1.1, 0.2, 1.3]),
    (-40.0, 1e-6, [-1.1, 0.2, 1.3]),
    (3.0, 20.0, [1.945, 2.01, 2.065]),
    (0.2, 1e4, [0.19989, 0.20002, 0.20013]),
]


@pytest.mark.parametrize(("eta", "disc", "tau"), FAR_OUT)
@pytest.mark.parametrize(("family", "link"), CASES)
def test_far_out(family, link, eta, disc, tau):
    x = np.array([eta, *tau, disc, 0.0, 0.0, 0.0])
    for y in (1, 2, 4):
        single, _ = program(family, link, [y])
        value, gradient = single.log_density_gradient(x)
        with mp.workdps(60):
            exact = log_probability(family, link, y, x[1:4], x[0], x[4], x[5:])
            slopes = exact_slopes(family, link, y, x)
        assert value == pytest.approx(float(exact), rel=1e-10, abs=1e-13)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-8, atol=1e-12 * max(1.0, disc))


def test_odds_that_overflow_leave_the_certain_category():
    x = np.array([40.0, -1.1, 0.2, 1.3, 20.0, 0.0, 0.0, 0.0])
    for y, value in ((4, 0.0), (1, -3e300)):
        found, gradient = program("acat", "cloglog", [y])[0].log_density_gradient(x)
        assert found == pytest.approx(value)
        assert np.isfinite(gradient).all() if y == 1 else not gradient.any()


@pytest.mark.parametrize(("family", "link"), CASES)
def test_probabilities_sum_to_one(family, link):
    compiled, out = program(family, link, [1, 2, 3, 4])
    x = np.array([0.4, -1.0, 0.2, 0.9, 0.7, 0.0, 0.0, 0.0])
    assert np.exp(compiled.rows(0, x[None], [out], 0, 4)).sum() == pytest.approx(1.0, abs=1e-13)


def test_weights_multiply():
    x = np.array([0.4, -1.0, 0.2, 0.9, 0.7, 0.0, 0.0, 0.0])
    plain, _ = program("cumulative", "logit", [2])
    weighted, _ = program("cumulative", "logit", [2], np.array([3.0]))
    value, gradient = plain.log_density_gradient(x)
    twice, steep = weighted.log_density_gradient(x)
    assert twice == pytest.approx(3 * value, rel=1e-14)
    np.testing.assert_allclose(steep, 3 * gradient, rtol=1e-13)


def simulated(n=60, seed=3):
    rng = np.random.default_rng(seed)
    return {
        "y": rng.integers(1, 5, n),
        "h": rng.integers(0, 4, n),
        "x": rng.normal(size=n),
        "z": rng.normal(size=n),
        "g": [f"g{k}" for k in rng.integers(0, 4, n)],
        "item": ["a" if k else "b" for k in rng.integers(0, 2, n)],
    }


MODELS = {
    "group effects": ("y ~ x + (1 + x | g)", pp.brmsfamily("cumulative")),
    "sum to zero": ("y ~ x", pp.brmsfamily("acat", threshold="sum_to_zero")),
    "equidistant, unordered": ("y ~ x", pp.brmsfamily("sratio", threshold="equidistant")),
    "specific effects": ("y ~ x + cs(z)", pp.brmsfamily("cratio")),
    "predicted discrimination": (pp.bf("y ~ x", "disc ~ z"), pp.brmsfamily("cumulative", link="probit")),
    "hurdle": (pp.bf("h ~ x", "hu ~ z"), pp.brmsfamily("hurdle_cumulative")),
    "hurdle, not predicted": ("h ~ x", pp.brmsfamily("hurdle_cumulative")),
    "groups of thresholds": ("y | thres(gr = item) ~ x", pp.brmsfamily("cumulative")),
    "more thresholds than needed": ("y | thres(5) ~ x", pp.brmsfamily("acat")),
    "weights": ("y | weights(w) ~ x", pp.brmsfamily("cumulative")),
}


@pytest.mark.parametrize("name", MODELS)
def test_gradient_of_a_model(name):
    formula, family = MODELS[name]
    data = simulated() | {"w": np.linspace(0.5, 2, 60)}
    model = pp.brm(formula, data, family, empty=True).model
    rng = np.random.default_rng(11)
    u = rng.normal(0, 0.5, model.param_unc_num())
    gradient = model.log_density_gradient(u)[1]
    for i in range(len(u)):
        step = np.zeros_like(u)
        step[i] = 1e-5
        slope = (model.log_density(u + step) - model.log_density(u - step)) / 2e-5
        assert gradient[i] == pytest.approx(slope, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_predictions_are_probabilities_of_the_categories(name):
    formula, family = MODELS[name]
    data = simulated() | {"w": np.linspace(0.5, 2, 60)}
    fit = pp.brm(formula, data, family, iter=60, chains=1, seed=1, progress=False)
    probabilities = fit.posterior_epred()
    categories = fit.model.spec.family.categories
    assert probabilities.shape == (30, 60, len(categories))
    np.testing.assert_allclose(probabilities.sum(axis=2), 1.0, rtol=1e-12)
    drawn = fit.posterior_predict(seed=2)
    values = fit.model.spec.family.category_values
    assert set(np.unique(drawn)) <= set(values)
    shares = np.array([(drawn == value).mean() for value in values])
    np.testing.assert_allclose(shares, probabilities.mean(axis=(0, 1)), atol=0.05)
    if "weights" not in name:  # the log density of the observed category is the log of its probability
        y = fit.model.spec.response.response(fit.model.spec.frame)
        at = np.searchsorted(values, y)
        np.testing.assert_allclose(fit.log_lik(), np.log(probabilities[:, np.arange(60), at]), rtol=1e-9, atol=1e-12)


def test_a_category_that_a_group_does_not_have_is_impossible():
    data = simulated()
    data["y"] = np.where(np.array(data["item"]) == "a", np.minimum(data["y"], 3), data["y"])
    fit = pp.brm(
        "y | thres(gr = item) ~ x", data, pp.brmsfamily("cumulative"), iter=40, chains=1, seed=1, progress=False
    )
    in_a = np.array(data["item"]) == "a"
    assert (fit.posterior_epred()[:, in_a, 3] == 0).all()
    with pytest.raises(pp.DataError, match="'c'"):
        fit.posterior_epred({"x": [0.0], "item": ["c"]})


def test_sum_to_zero_thresholds_sum_to_zero():
    formula, family = MODELS["sum to zero"]
    fit = pp.brm(formula, simulated(), family, iter=40, chains=1, seed=1, progress=False)
    thresholds = fit.as_draws("b_Intercept").values
    np.testing.assert_allclose(thresholds.sum(axis=2), 0.0, atol=1e-12)


def test_groups_of_equidistant_thresholds_have_distances_of_their_own():
    family = pp.brmsfamily("cumulative", threshold="equidistant")
    formula = "y | thres(gr = item) ~ 1"
    rows = [row for row in pp.default_prior(formula, simulated(), family) if row.class_ == "delta"]
    assert [(row.group, row.lb, row.prior) for row in rows] == [("", 0.0, ""), ("a", 0.0, ""), ("b", 0.0, "")]
    priors = pp.prior("exponential(1)", class_="delta") + pp.prior("exponential(5)", class_="delta", group="b")
    model = pp.brm(formula, simulated(), family, priors, empty=True, sample_prior="only").model
    u = np.zeros(model.param_unc_num())
    steps = {name: i for i, name in enumerate(model.param_names()) if name.startswith("delta")}
    slopes = [model.log_density_gradient(u, jacobian=False)[1][i] for i in steps.values()]
    assert list(steps) == ["delta_1", "delta_2"]
    assert slopes == pytest.approx([-1.0, -5.0])  # at log(delta) = 0


@pytest.mark.parametrize(
    ("formula", "family", "kind", "message"),
    [
        ("h ~ x", "cumulative", pp.DataError, "hurdle_cumulative takes 0"),
        ("b ~ x", "acat", pp.DataError, "starts at 1, but row . is 0; bernoulli takes 0 and 1"),
        ("g ~ x", "sratio", pp.DataError, r"levels of the response, 'g0', .* have none: write ordered\(y\) ~"),
        ("item ~ x", "cumulative", pp.DataError, "bernoulli takes levels without order"),
        ("x ~ 1", "cumulative", pp.DataError, "whole numbers"),
        ("y ~ cs(x)", "gaussian", pp.FormulaError, "cs\\(\\) needs an ordinal family"),
        ("y | thres(2) ~ x", "cumulative", pp.DataError, "leaves out category 4"),
        ("y | thres(gr = item) ~ cs(x)", "acat", pp.FormulaError, "thresholds of groups"),
    ],
)
def test_what_does_not_fit_is_refused(formula, family, kind, message):
    data = simulated() | {"b": [k % 2 == 0 for k in range(60)]}
    with pytest.raises(kind, match=message):
        pp.brm(formula, data, pp.brmsfamily(family), empty=True)


def test_new_responses_have_the_order_of_the_fit():
    frame = {"y": ["low", "high", "mid", "low", "mid", "high"], "x": [0.1, 0.4, 0.2, 0.9, 0.3, 0.5]}
    formula = 'factor(y, levels = c("low", "mid", "high"), ordered = TRUE) ~ x'
    fit = pp.brm(formula, frame, "cumulative", iter=40, chains=1, seed=1, progress=False)
    assert fit.model.spec.family.categories == ("low", "mid", "high")
    new = {"y": ["mid", "high"], "x": [0.2, 0.5]}
    np.testing.assert_array_equal(fit.log_lik(new), fit.log_lik()[:, [2, 5]])


def test_unknown_kind_of_thresholds():
    with pytest.raises(pp.FamilyError, match="flexible"):
        pp.brmsfamily("cumulative", threshold="flexibel")
