import numpy as np
import pytest

from partialpool.errors import SamplingError
from partialpool.inference.starting import find_starting_point


@pytest.fixture
def rng():
    return np.random.default_rng(1)


def test_density_is_evaluated_at_a_point(normal):
    from scipy.stats import multivariate_normal

    covariance = np.array([[1.0, 2.4], [2.4, 9.0]])
    point = np.array([0.3, -1.2])
    at_mode = multivariate_normal([0, 0], covariance).logpdf([0, 0])
    code, value, gradient = normal.evaluate(point)
    assert code == 0
    assert value == pytest.approx(multivariate_normal([0, 0], covariance).logpdf(point) - at_mode, rel=1e-12)
    np.testing.assert_allclose(gradient, -np.linalg.solve(covariance, point), rtol=1e-12)


@pytest.mark.parametrize(("init", "radius"), [("random", 2), (0.5, 0.5), (7, 7)])
def test_random_starts_fill_the_interval(funnel, rng, init, radius):
    points = np.array([find_starting_point(funnel, init, 0, rng) for _ in range(400)])
    assert np.abs(points).max() < radius
    np.testing.assert_allclose(
        np.quantile(points, [0.25, 0.5, 0.75]), radius * np.array([-0.5, 0, 0.5]), atol=radius / 15
    )


def test_zero_starts_differ_a_little_from_the_mode(normal, rng):
    point = find_starting_point(normal, 0, 0, rng)
    assert 0 < np.abs(point).max() <= 0.01
    assert normal.evaluate(point).gradient.all()


def test_given_points_are_taken_as_they_are(normal, rng):
    for_all, for_each = np.array([0.5, -0.25]), np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(find_starting_point(normal, for_all, 1, rng), for_all)
    np.testing.assert_array_equal(find_starting_point(normal, for_each, 1, rng), [3, 4])
    np.testing.assert_array_equal(find_starting_point(normal, lambda chain: for_all * chain, 2, rng), [1, -0.5])


def test_given_points_with_vanishing_gradients_are_left_a_little(funnel, rng):
    given = np.array([1.0, 0.0, 1.0, 1.0, 1.0])
    point = find_starting_point(funnel, given, 0, rng)
    assert 0 < np.abs(point - given).max() <= 0.01


@pytest.mark.parametrize("init", [np.zeros(3), np.zeros((2, 2)), lambda _chain: np.zeros(1)])
def test_points_of_the_wrong_shape_are_refused(normal, rng, init):
    with pytest.raises(SamplingError, match="2 unconstrained parameters"):
        find_starting_point(normal, init, 3, rng)


def test_points_that_cannot_be_evaluated_are_passed_over(half_forbidden, rng):
    assert max(find_starting_point(half_forbidden, "random", 0, rng)[0] for _ in range(50)) <= 1
    with pytest.raises(SamplingError, match="could not be computed"):
        find_starting_point(half_forbidden, np.array([5.0]), 0, rng)


def test_impossible_densities_are_explained(impossible, rng):
    with pytest.raises(SamplingError, match=r"chain 3 .* the log density is -inf. Row 7 has y = -1. Give starting"):
        find_starting_point(impossible, "random", 2, rng, explain=lambda point: f"Row 7 has y = {-len(point) // 3}.")


def test_parameters_without_influence_are_named(flat_second, rng):
    with pytest.raises(SamplingError, match=r"does not change with unconstrained parameter 2\. Give"):
        find_starting_point(flat_second, "random", 0, rng, explain=lambda _: "It is not finite.")
    with pytest.raises(SamplingError, match="does not change with b_x"):
        find_starting_point(flat_second, "random", 0, rng, coordinates=["b_Intercept", "b_x"])


def test_starts_about_the_middle_are_tried_where_none_about_zero_serves(half_forbidden, rng):
    away = np.array([-3.0] + [0.0] * (half_forbidden.n_unconstrained - 1))
    point = find_starting_point(half_forbidden, "random", 0, rng, middle=lambda: away)
    assert np.abs(point).max() < 2, "the first serves"
