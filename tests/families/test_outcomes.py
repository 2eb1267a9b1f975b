"""Means, draws and probabilities with addition terms, against the distributions that these make."""

from __future__ import annotations

import numpy as np
import pytest
from family_cases import CASES
from scipy import stats

from partialpool.errors import FamilyError
from partialpool.families import as_family
from partialpool.families.additions import adjusted
from partialpool.families.outcomes import draw, epred, probability, quantile

N = 40_000


def moments(name, parameters, additions, data):
    """Mean and variance of draws, one row each."""
    wide = {name: np.broadcast_to(value, (N, 2)) for name, value in parameters.items()}
    draws = draw(as_family(name), np.random.default_rng(3), wide, additions, data)
    return draws.mean(axis=0), draws.var(axis=0)


def close(found, expected, scale):
    return np.all(np.abs(found - expected) < 5 * scale)


@pytest.mark.parametrize(
    ("name", "parameters", "variance"),
    [
        ("poisson", {"mu": 2.0}, lambda d: 2 * d),
        ("negbinomial", {"mu": 2.0, "shape": 3.0}, lambda d: d * (2 + 4 / 3)),
        ("geometric", {"mu": 2.0}, lambda d: d * (2 + 4)),
    ],
)
def test_a_rate_makes_sums_of_so_many_counts(name, parameters, variance):
    exposure = np.array([1.0, 6.0])
    mean, var = moments(name, parameters, {"rate"}, {"denom": exposure})
    expected = variance(exposure)
    assert close(mean, 2 * exposure, np.sqrt(expected / N))
    assert close(var, expected, expected * np.sqrt(12 / N))
    wide = {name: np.full((3, 1), value) for name, value in parameters.items()}
    np.testing.assert_allclose(
        epred(as_family(name), wide, ["rate"], {"denom": exposure}), np.tile(2 * exposure, (3, 1))
    )


def test_a_known_error_is_the_spread_or_adds_to_it():
    se = np.array([0.5, 2.0])
    _, alone = moments("gaussian", {"mu": 1.0}, {"se"}, {"se": se})
    assert close(alone, se**2, se**2 * np.sqrt(2 / N))
    _, added = moments("gaussian", {"mu": 1.0, "sigma": 3.0}, {"se", "se_sigma"}, {"se": se})
    assert close(added, 9 + se**2, (9 + se**2) * np.sqrt(2 / N))


def test_weights_change_neither_means_nor_draws():
    family, given = as_family("poisson"), {"mu": np.full((4, 2), 3.0)}
    weighted = draw(family, np.random.default_rng(5), given, {"weights"}, {"weights": np.array([0.0, 9.0])})
    np.testing.assert_array_equal(weighted, draw(family, np.random.default_rng(5), given))
    assert adjusted(family, given, {"weights"}, {})["mu"] is given["mu"]


def test_shapes_are_draws_by_rows_even_where_nothing_is_predicted():
    family, given = as_family("gaussian"), {"mu": np.zeros((5, 1)), "sigma": np.ones((5, 1))}
    trials = {"trials": np.array([3, 4, 5])}
    assert epred(family, given).shape == draw(family, np.random.default_rng(0), given).shape == (5, 1)
    assert epred(as_family("binomial"), {"mu": np.full((5, 1), 0.5)}, ["trials"], trials).shape == (5, 3)
    assert epred(family, {"mu": np.zeros((5, 1)), "sigma": np.ones((5, 3))}).shape == (5, 3)


def test_rows_are_drawn_independently_where_parameters_are_shared():
    draws = draw(as_family("gaussian"), np.random.default_rng(0), {"mu": np.zeros((50, 3)), "sigma": np.ones((50, 1))})
    assert len(np.unique(draws)) == 150
    shared = {"mu": np.full((50, 1), 0.4), "phi": np.full((50, 1), 2.0)}
    counts = draw(
        as_family("beta_binomial"), np.random.default_rng(0), shared, ["trials"], {"trials": np.full(3, 10**9)}
    )
    assert len(np.unique(counts)) == 150


def test_probability_is_the_cdf_after_the_addition_terms():
    data = {"denom": np.array([1.0, 3.0])}
    found = probability(as_family("poisson"), np.array([1.0, 9.0]), {"mu": np.array([[2.0]])}, {"rate"}, data)
    np.testing.assert_allclose(found, [stats.poisson.cdf([1, 9], [2.0, 6.0])], rtol=1e-12)


def test_parameters_out_of_range_are_a_clear_error():
    with pytest.raises(
        FamilyError, match=r"family binomial cannot draw .* a link other than binomial\(link='identity'\)"
    ):
        draw(
            as_family({"family": "binomial", "link": "identity"}),
            np.random.default_rng(0),
            {"mu": np.array([[1.2]])},
            ["trials"],
            {"trials": np.array([3])},
        )


@pytest.mark.parametrize(
    "case", [case for case in CASES if as_family(case.family).has_cdf], ids=lambda case: case.family
)
@pytest.mark.parametrize("p", [0.02, 0.5, 0.97])
def test_quantiles_are_where_the_distribution_function_reaches_them(case, p):
    family = as_family(case.family)
    given = {name: np.broadcast_to(np.asarray(value, dtype=float), case.y.shape) for name, value in case.given.items()}
    parameters = {name: given[name][None] for name in family.dpars}
    data = {name: given[name] for name in family.data}
    found = quantile(family, np.full(len(case.y), p), parameters, family.data, data)[0]
    before = found - 1 if family.response.discrete else np.nextafter(found, -np.inf)
    assert (family.cdf(found, **given) >= p * (1 - 1e-9)).all()
    assert (family.cdf(before, **given) <= p * (1 + 1e-9)).all()


def test_quantiles_of_a_part_and_of_zeros():
    data = {"lb": np.array([2.0]), "ub": np.array([np.inf])}
    (found,) = quantile(as_family("exponential"), np.array([0.5]), {"mu": np.array([[3.0]])}, ["trunc"], data)[0]
    assert found == pytest.approx(2 + 3 * np.log(2))
    parameters = {"mu": np.array([[3.0]]), "shape": np.array([[2.0]]), "hu": np.array([[0.4]])}
    low, high = quantile(as_family("hurdle_gamma"), np.array([0.3, 0.7]), parameters)[0]
    assert (low, high) == (0.0, pytest.approx(stats.gamma.ppf(0.5, 2.0, scale=1.5)))
    with pytest.raises(FamilyError, match="tweedie has no quantiles"):
        quantile(as_family("tweedie"), np.array([0.3]), {"mu": 1.0, "phi": 1.0, "power": 1.5})
