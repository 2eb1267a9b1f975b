"""Default priors against the tables of brms."""

from __future__ import annotations

import numpy as np
import pytest

from oracle import load, names
from partialpool.families import as_family, constructor, family_names, mixture
from partialpool.families.categories import CategoryFamily
from partialpool.families.defaults import intercept_prior, parameter_prior, response_scale, scale_prior
from partialpool.formula.printing import printed_number
from partialpool.frame.values import Factor

# In later versions of brms the default of this parameter is another.
SINCE_CHANGED = {("negbinomial", "shape"): "inv_gamma(0.4, 0.3)", ("von_mises", "mu"): "student_t(1, 0, 1)"}
SCALES = ("sd", "sds", "sdgp", "sdcar")
# Offsets and missing responses are the business of who calls; their oracles come with the models.
WITHOUT = ("126_", "113_")


def family_of(oracle):
    entry = oracle.figures["family"]
    links = {key: value for key, value in entry.items() if key.startswith("link_") and isinstance(value, str)}
    return as_family({"family": entry["family"], "link": entry["link"], **links})


def supported(name):
    family = load(name).figures["family"].get("family")
    if family not in family_names() or name.startswith(WITHOUT):
        return False
    # Families of categories learn their parameters from the response; their oracles come with the models.
    return not issubclass(constructor(family), CategoryFamily)


def cases():
    for name in filter(supported, names()):
        for row in load(name).figures["default_prior"]:
            if row["prior"] and not row["group"]:
                yield pytest.param(name, row, id=f"{name}-{row['class']}-{row['dpar']}")


CASES = list(cases())


def test_the_oracles_are_many():
    assert len(CASES) > 60


@pytest.mark.parametrize(("name", "row"), CASES)
def test_default_prior_is_that_of_brms(name, row):
    oracle = load(name)
    family = family_of(oracle)
    y = oracle.data("Y").ravel().astype(float)
    if row["class"] == "Intercept":
        dpar = row["dpar"] or "mu"
        assert intercept_prior(family, dpar, y) == SINCE_CHANGED.get((family.name, dpar), row["prior"])
    elif row["class"] in SCALES:
        assert scale_prior(family, y) == row["prior"]
    elif row["class"] in family.dpars:
        expected = SINCE_CHANGED.get((family.name, row["class"]), row["prior"])
        assert parameter_prior(family, row["class"], y) == expected
        lower = family.parameter(row["class"]).lower
        assert row["lb"] == ("" if lower is None else printed_number(lower))
    else:
        assert row["class"] in ("cor", "lscale", "simo", "sbhaz")


def test_an_offset_moves_the_location():
    oracle = load("126")
    y, offset = oracle.data("Y").astype(float), np.log(oracle.frame["E"].to_numpy())
    (expected,) = (row["prior"] for row in oracle.figures["default_prior"] if row["class"] == "Intercept")
    assert intercept_prior(as_family("poisson"), "mu", y, offset) == expected


def test_missing_responses_do_not_count():
    oracle = load("113")
    for row in oracle.figures["default_prior"]:
        if row["class"] == "Intercept" and row["resp"]:
            y = oracle.frame[row["resp"]].to_numpy()
            assert np.isnan(y).any()
            assert intercept_prior(as_family("gaussian"), "mu", y) == row["prior"]


def test_categories_and_links_without_a_hint_have_the_fallback():
    labels = Factor(np.array([0, 1, 1], dtype=np.int32), ("no", "yes"))
    assert response_scale(as_family("bernoulli"), labels) == (0.0, 2.5)
    assert response_scale(as_family({"family": "gaussian", "link": "softplus"}), np.array([10.0, 90.0])) == (0.0, 2.5)


def test_values_without_a_logarithm_do_not_count():
    logs = np.array([-8.0, -2.0, 0.0, 3.0, 9.0])
    y = np.concatenate([-np.ones(3), np.exp(logs)])
    assert response_scale(as_family({"family": "gaussian", "link": "log"}), y) == (0.0, 4.4)
    assert response_scale(as_family({"family": "gaussian", "link": "log"}), -y[3:]) == (0.0, 2.5)


@pytest.mark.parametrize(
    ("median", "location"), [(19.95, 20.0), (20.05, 20.0), (0.45, 0.4), (0.15, 0.1), (0.25, 0.2), (-4.55, -4.6)]
)
def test_medians_between_two_decimals_are_rounded_as_r_does(median, location):
    assert response_scale(as_family("gaussian"), np.array([median - 1, median, median + 1])) == (location, 2.5)


def test_predicted_sigma_looks_at_the_logarithm():
    y = np.exp(np.array([-9.0, -6.0, 0.0, 5.0, 9.0]))
    assert intercept_prior(as_family("gaussian"), "sigma", y) == "student_t(3, 0, 8.9)"
    assert intercept_prior(as_family("gaussian"), "sigma", -y) == "student_t(3, 0, 2.5)"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[(0.0, "0"), (-0.0, "0"), (2.5, "2.5"), (-13.3, "-13.3"), (1963.7, "1963.7"), (0.1 + 0.2, "0.3")],
        *[(100000.0, "1e+05"), (120000.0, "120000"), (1e-5, "1e-05"), (0.0001, "1e-04"), (1e15, "1e+15")],
        (0.108656443064198, "0.108656443064198"),
    ],
)
def test_numbers_are_printed_as_r_prints_them(value, text):
    assert printed_number(value) == text


def test_sigma_by_itself_looks_at_the_response_whatever_the_link_of_mu():
    y = np.array([10.0, 20.0, 40.0, 80.0, 160.0])
    family = as_family({"family": "gaussian", "link": "log"})
    assert parameter_prior(family, "sigma", y) == "student_t(3, 0, 44.5)"
    assert scale_prior(family, y) == "student_t(3, 0, 2.5)"
    assert parameter_prior(as_family("lognormal"), "sigma", y) == "student_t(3, 0, 2.5)"


@pytest.mark.parametrize(
    ("family", "dpar", "expected"),
    [
        ({"family": "gaussian", "link_sigma": "identity"}, "sigma", "student_t(3, 0, 44.5)"),
        ({"family": "gaussian", "link_sigma": "softplus"}, "sigma", "student_t(3, 0, 2.5)"),
        ({"family": "student", "link_nu": "identity"}, "nu", "gamma(2, 0.1)"),
        ({"family": "gamma", "link_shape": "identity"}, "shape", "gamma(0.01, 0.01)"),
        ({"family": "wiener", "link_bs": "identity"}, "bs", "gamma(1, 1)"),
        ({"family": "wiener", "link_ndt": "identity"}, "ndt", "uniform(0, min_Y)"),
        ({"family": "hurdle_poisson", "link_hu": "identity"}, "hu", "beta(1, 1)"),
        ({"family": "cumulative", "link_disc": "identity"}, "disc", "lognormal(0, 1)"),
        ({"family": "exgaussian", "link": "log"}, "mu", "student_t(3, 3.7, 2.5)"),
    ],
)
def test_the_link_of_a_predicted_parameter_decides(family, dpar, expected):
    """A parameter that is predicted without a link has the prior that it has by itself."""
    assert intercept_prior(as_family(family), dpar, np.array([10.0, 20.0, 40.0, 80.0, 160.0])) == expected


def test_a_mixture_has_no_link_of_its_own():
    """Its standard deviations look at the response, its locations through the link of each."""
    y = np.array([10.0, 20.0, 40.0, 80.0, 160.0])
    counts, times = mixture("poisson", nmix=2), mixture("gamma", "lognormal")
    assert scale_prior(counts, y) == "student_t(3, 0, 44.5)"
    assert intercept_prior(counts, "mu2", y) == "student_t(3, 3.7, 2.5)"
    assert scale_prior(times, y) == "student_t(3, 0, 2.5)"
    assert parameter_prior(times, "sigma2", y) == "student_t(3, 0, 2.5)"
