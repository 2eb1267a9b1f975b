"""Compiled likelihoods of every family with every link: values and gradients against mpmath, tails included."""

from __future__ import annotations

import itertools
import zlib

import mpmath as mp
import numpy as np
import pytest
from family_cases import CASES, DEFINITIONS
from kernel_rows import evaluate
from scipy import stats

from partialpool.errors import FamilyError
from partialpool.families import as_family, constructor
from partialpool.families.composition import likelihood

# Predictors to try: by the link where it decides, by the range of the parameter where the link leaves it open.
BY_LINK = {
    "sqrt": [-40.0, 0.2, 3.0],
    "inverse": [0.03, 0.8, 40.0],
    "1/mu^2": [0.03, 0.8, 40.0],
    "cloglog": [-40.0, -1.3, 0.4, 4.0],
    "probit": [-40.0, -6.0, 0.3, 6.0, 40.0],
    "probit_approx": [-8.0, 0.3, 8.0],
}
# Between 0 and 1, between 1 and 2.
INSIDE = {1.0: [0.02, 0.4, 0.97], 2.0: [1.2, 1.5, 1.97]}
# Inverses below 0.01, the smallest of the responses.
BELOW_RESPONSES = {
    "identity": [2e-4, 9e-3],
    "log": [-40.0, -6.0, -5.2],
    "softplus": [-40.0, -5.2],
    "squareplus": [-120.0],
}
ANYWHERE = [-40.0, -1.7, 0.6, 40.0]
# Beyond these the second parameter makes the terms of a density so large that their sum has few digits in any formula.
MODERATE = {"logm1": [-3.0, 0.5, 5.0], "identity": [1.3, 30.0]}
SLOW = ("com_poisson", "tweedie")
SHORT_SERIES = {"log": [-40.0, -1.7, 0.6, 3.0], "sqrt": [-5.0, 0.2, 3.0]}
DIGITS = 400
"""Of mpmath, where 1 - Phi(40) = 1e-350 is to show; gamma functions of so many take too long."""


def predictors(family, parameter, link):
    if link == "identity" and isinstance(parameter.upper, float):
        return INSIDE[parameter.upper]
    if parameter.upper == "min_Y":
        return BELOW_RESPONSES[link]
    if parameter.name != "mu":
        return MODERATE.get(link, [-2.0, 0.4, 4.0])
    if link == "identity" and parameter.lower is not None:
        return [0.02, 1.4, 40.0]
    if link == "log" and parameter.upper == 1:
        return [-40.0, -2.0, -0.01]
    if link == "probit" and family.name not in ("bernoulli", "binomial"):
        return [-8.0, 0.3, 8.0]
    if family.name in SLOW and link in SHORT_SERIES:
        return SHORT_SERIES[link]
    return BY_LINK.get(link, ANYWHERE)


def with_links():
    """Each link of mu, the links of the other parameters taking turns."""
    for case in CASES:
        mu, *others = constructor(case.family).parameters
        for turn, link in enumerate(mu.links):
            chosen = {f"link_{other.name}": other.links[turn % len(other.links)] for other in others}
            yield pytest.param(case, {"link": link, **chosen}, id=f"{case.family}-{link}")


def crossed(case, family):
    """Rows: each response with each combination of predictors, one of a few jittered by up to a tenth."""
    choices = [predictors(family, p, family.link_of(p.name).name) for p in family.parameters]
    rows = [(i, *etas) for i in range(len(case.y)) for etas in itertools.product(*choices)]
    rng = np.random.default_rng(zlib.crc32(repr(family).encode()))
    rows = [rows[i] for i in rng.permutation(len(rows))[: 6 if family.name in SLOW else 24]]
    index = np.array([row[0] for row in rows])
    jitter = rng.uniform(0.9, 1.0, len(rows))
    etas = {p.name: np.array([row[1 + k] for row in rows]) * jitter for k, p in enumerate(family.parameters)}
    return case.y[index], etas, {name: column[index] for name, column in case.data.items()}


def exact(family, y, etas, data, row):
    """Return the log density of a row and its derivatives by the predictors, from definitions at high precision."""
    definitions = [DEFINITIONS[family.link_of(name).name] for name in etas]
    given = {name: mp.mpf(float(column[row])) for name, column in data.items()}

    def log_density(*predictor):
        natural = {name: f(x) for name, f, x in zip(etas, definitions, predictor, strict=True)}
        return family.log_density(mp.mpf(float(y[row])), **natural, **given)

    point = tuple(mp.mpf(float(eta[row])) for eta in etas.values())
    unit = np.eye(len(point), dtype=int)
    return float(log_density(*point)), [float(mp.diff(log_density, point, tuple(map(int, n)))) for n in unit]


@pytest.mark.parametrize(("case", "links"), list(with_links()))
def test_value_and_gradient_for_every_link(case, links):
    family = constructor(case.family)(**links)
    y, etas, data = crossed(case, family)
    kernel = likelihood(family, dict.fromkeys(etas, "row"), family.data)
    values, gradients = evaluate(kernel, etas, {"y": y, **data})
    with mp.workdps(DIGITS if links["link"] == "probit" and case.family in ("bernoulli", "binomial") else 60):
        references = [exact(family, y, etas, data, row) for row in range(len(y))]
    expected = np.array([value for value, _ in references])
    np.testing.assert_allclose(values, expected, rtol=1e-11, atol=1e-11)
    possible = np.isfinite(expected)  # elsewhere no chain may go, and a slope means nothing
    for k, name in enumerate(etas):
        slope = np.array([parts[k] for _, parts in references])
        np.testing.assert_allclose(gradients[name][possible], slope[possible], rtol=1e-9, atol=1e-11, err_msg=name)
        assert not np.isnan(gradients[name]).any()


ROWS = np.array([-1.0, 0.3, 0.9, 2.0])


def with_default_links():
    """Cases at their natural scale: mu predicted, the other parameters one number each."""
    for case in CASES:
        parameters = {name: float(np.ravel(value)[0]) for name, value in case.parameters.items() if name != "mu"}
        yield pytest.param(as_family(case.family), case, parameters, id=case.family)


@pytest.mark.parametrize(("family", "case", "parameters"), list(with_default_links()))
def test_parameters_that_are_not_predicted_stand_on_their_natural_scale(family, case, parameters):
    levels = {"mu": "row", **dict.fromkeys(parameters, "scalar")}
    kernel = likelihood(family, levels, family.data)
    rows = np.abs(ROWS) if family.link_of("mu").name in ("inverse", "1/mu^2") else ROWS
    mu = family.link_of("mu").inverse(rows)
    values, gradients = evaluate(kernel, {"mu": rows, **parameters}, {"y": case.y, **case.data})
    expected = family.log_density(case.y, mu=mu, **parameters, **case.data)
    np.testing.assert_allclose(values, expected, rtol=1e-12, atol=1e-13)
    for name, value in parameters.items():

        def total(x, name=name):
            with mp.workdps(40):
                given = {n: mp.mpf(v) for n, v in {**parameters, name: x}.items()}
                row = [{n: mp.mpf(float(c[i])) for n, c in case.data.items()} for i in range(4)]
                y = [mp.mpf(float(v)) for v in case.y]
                return mp.fsum(family.log_density(y[i], mu=mp.mpf(float(mu[i])), **given, **row[i]) for i in range(4))

        assert gradients[name] == pytest.approx(float(mp.diff(total, value)), rel=1e-10)


def gaussian_rows(levels, additions, inputs, data):
    return evaluate(likelihood(as_family("gaussian"), levels, additions), inputs, data)


def test_weights_multiply_value_and_gradient():
    y, weights = np.array([0.0, 1.0, 4.0, 30.0]), np.array([0.0, 1.0, 0.25, 3.0])
    kernel = likelihood(as_family("poisson"), {"mu": "row"}, ["weights"])
    values, gradients = evaluate(kernel, {"mu": ROWS}, {"y": y, "weights": weights})
    np.testing.assert_allclose(values, weights * stats.poisson.logpmf(y, np.exp(ROWS)), rtol=1e-12)
    np.testing.assert_allclose(gradients["mu"], weights * (y - np.exp(ROWS)), rtol=1e-12)


@pytest.mark.parametrize("link", ["log", "identity", "sqrt", "softplus"])
def test_rate_multiplies_the_mean_and_the_shape(link):
    y, denom, eta = np.array([0.0, 1.0, 4.0, 30.0]), np.array([0.5, 1.0, 2.0, 40.0]), np.array([0.1, 0.3, 0.9, 2.0])
    for name, shape in {"poisson": None, "negbinomial": 1.7, "geometric": 1.0}.items():
        family = constructor(name)(link=link)
        given = {"shape": 1.7} if name == "negbinomial" else {}
        kernel = likelihood(family, {"mu": "row", **dict.fromkeys(given, "scalar")}, ["rate"])
        values, _ = evaluate(kernel, {"mu": eta, **given}, {"y": y, "denom": denom})
        mean = denom * family.link_of("mu").inverse(eta)
        if shape is None:
            expected = stats.poisson.logpmf(y, mean)
        else:
            expected = stats.nbinom.logpmf(y, shape * denom, shape * denom / (shape * denom + mean))
        np.testing.assert_allclose(values, expected, rtol=1e-11)


def test_a_known_error_replaces_sigma_or_adds_to_it():
    y, se = np.array([0.0, 1.0, 4.0, 3.0]), np.array([0.5, 1.0, 2.0, 0.1])
    data = {"y": y, "se": se}
    values, _ = gaussian_rows({"mu": "row"}, ["se"], {"mu": ROWS}, data)
    np.testing.assert_allclose(values, stats.norm.logpdf(y, ROWS, se), rtol=1e-12)
    levels = {"mu": "row", "sigma": "scalar"}
    values, _ = gaussian_rows(levels, ["se", "se_sigma"], {"mu": ROWS, "sigma": 0.7}, data)
    np.testing.assert_allclose(values, stats.norm.logpdf(y, ROWS, np.hypot(se, 0.7)), rtol=1e-12)
    levels = {"mu": "row", "sigma": "row"}
    values, _ = gaussian_rows(levels, ["se", "se_sigma"], {"mu": ROWS, "sigma": ROWS / 3}, data)
    np.testing.assert_allclose(values, stats.norm.logpdf(y, ROWS, np.hypot(se, np.exp(ROWS / 3))), rtol=1e-12)


def test_the_response_may_be_a_parameter():
    y = np.array([0.0, 1.0, 4.0, 3.0])
    levels = {"mu": "row", "sigma": "scalar", "y": "row"}
    kernel = likelihood(as_family("gaussian"), levels)
    assert kernel.columns == ()
    values, gradients = evaluate(kernel, {"mu": ROWS, "sigma": 0.7, "y": y}, {})
    np.testing.assert_allclose(values, stats.norm.logpdf(y, ROWS, 0.7), rtol=1e-12)
    np.testing.assert_allclose(gradients["y"], -gradients["mu"], rtol=1e-14)


@pytest.mark.parametrize(
    ("levels", "additions", "message"),
    [
        ({"mu": "row"}, [], "family gaussian takes the parameters mu, sigma, not mu$"),
        ({"mu": "row", "sigma": "scalar"}, ["se"], "family gaussian takes the parameters mu, not mu, sigma"),
        ({"mu": "row", "sigma": "scalar", "nu": "row"}, [], "takes the parameters mu, sigma, not mu, sigma, nu"),
        ({"mu": "row", "sigma": "scalar"}, ["rate"], r"family gaussian does not take the addition term rate\(\)"),
    ],
)
def test_what_does_not_fit_the_family_is_refused(levels, additions, message):
    with pytest.raises(FamilyError, match=message):
        likelihood(as_family("gaussian"), levels, additions)


def test_kernels_are_told_apart_by_what_they_depend_on():
    made = [
        likelihood(as_family("poisson"), {"mu": "row"}),
        likelihood(as_family("poisson"), {"mu": "scalar"}),
        likelihood(as_family("poisson"), {"mu": "row"}, ["weights"]),
        likelihood(as_family({"family": "poisson", "link": "sqrt"}), {"mu": "row"}),
        likelihood(as_family("geometric"), {"mu": "row"}),
    ]
    files = [kernel.kernel.function.__code__.co_filename for kernel in made]
    assert len(set(files)) == len(files)
    again = likelihood(as_family("poisson"), {"mu": "row"})
    assert again.kernel.function.__code__.co_filename == files[0]
