"""Bases against published output of R, and against the properties that define them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import BSpline

from partialpool.errors import DataError
from partialpool.frame.bases import (
    evaluate_bspline,
    evaluate_natural,
    evaluate_poly,
    learn_bspline,
    learn_natural,
    learn_poly,
)

HEIGHT = np.arange(58.0, 73.0)
WEIGHT = np.array([115, 117, 120, 123, 126, 129, 132, 135, 139, 142, 146, 150, 154, 159, 164.0])
X = np.random.default_rng(1).gamma(2.0, 3.0, 60)


def coefficients(basis: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(np.column_stack([np.ones(len(basis)), basis]), WEIGHT)[0]


def test_natural_splines_give_the_coefficients_that_r_prints() -> None:
    # lm(weight ~ ns(height, df = 5), data = women), as shown in the documentation of the R package splintr.
    printed = [114.74466, 15.94736, 25.16949, 33.25822, 50.78938, 45.03633]
    np.testing.assert_allclose(coefficients(evaluate_natural(HEIGHT, learn_natural(HEIGHT, 5))), printed, atol=6e-6)


@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("df", [3, 5, 8])
def test_natural_splines_are_linear_beyond_the_boundary(df: int, intercept: bool) -> None:
    learnt = learn_natural(X, df, intercept=intercept)
    low, high = learnt["boundary"]
    step = 1e-3
    for edge, side in ((low, -1), (high, 1)):
        outside = evaluate_natural(edge + side * np.array([0.0, 1.0, 2.0, 5.0]), learnt)
        assert outside.shape == (4, df)
        np.testing.assert_allclose(outside[2] - outside[1], outside[1] - outside[0], atol=1e-10)
        np.testing.assert_allclose((outside[3] - outside[2]) / 3, outside[1] - outside[0], atol=1e-10)
        inside = evaluate_natural(edge - side * step * np.arange(3.0), learnt)
        np.testing.assert_allclose((inside[2] - 2 * inside[1] + inside[0]) / step**2, 0, atol=5e-3)
    basis = evaluate_natural(X, learnt)
    assert np.linalg.matrix_rank(basis) == df
    # A straight line lies in the space of the basis (with a constant).
    with_constant = np.column_stack([np.ones(len(X)), basis])
    assert np.linalg.matrix_rank(np.column_stack([with_constant, X])) == np.linalg.matrix_rank(with_constant)


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_bsplines_are_those_of_scipy_with_knots_at_quantiles(degree: int) -> None:
    learnt = learn_bspline(X, df=degree + 3, degree=degree)
    inner = np.quantile(X, [0.25, 0.5, 0.75])
    np.testing.assert_allclose(learnt["knots"], inner)
    sequence = np.r_[[X.min()] * (degree + 1), inner, [X.max()] * (degree + 1)]
    expected = np.column_stack(
        [BSpline.basis_element(sequence[k : k + degree + 2], extrapolate=False)(X) for k in range(degree + 4)]
    )
    expected = np.nan_to_num(expected)
    expected[np.argmax(X)] = np.eye(degree + 4)[-1]
    np.testing.assert_allclose(evaluate_bspline(X, learnt), expected[:, 1:], atol=1e-12)
    full = evaluate_bspline(X, learn_bspline(X, df=degree + 4, degree=degree, intercept=True))
    np.testing.assert_allclose(full.sum(axis=1), 1)


def test_bsplines_go_on_as_polynomials_beyond_the_boundary() -> None:
    learnt = learn_bspline(X, knots=[5.0, 8.0], boundary=[2.0, 12.0])
    near, far = np.linspace(8.5, 11.5, 4), np.array([12.5, 20.0])
    for column in range(5):
        cubic = np.polynomial.Polynomial.fit(near, evaluate_bspline(near, learnt)[:, column], 3)
        np.testing.assert_allclose(evaluate_bspline(far, learnt)[:, column], cubic(far), rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("degree", [1, 2, 5])
def test_polynomials_are_orthonormal_and_of_their_degree(degree: int) -> None:
    learnt = learn_poly(X, degree)
    basis = evaluate_poly(X, learnt)
    with_constant = np.column_stack([np.full(len(X), len(X) ** -0.5), basis])
    np.testing.assert_allclose(with_constant.T @ with_constant, np.eye(degree + 1), atol=1e-10)
    for k in range(degree):
        fitted = np.polynomial.Polynomial.fit(X, basis[:, k], k + 1)
        np.testing.assert_allclose(fitted(X), basis[:, k], atol=1e-9)
        assert fitted.convert().coef[-1] > 0
        np.testing.assert_allclose(evaluate_poly(np.array([40.0]), learnt)[0, k], fitted(40.0), rtol=1e-8)


def test_polynomials_of_r_are_reproduced() -> None:
    # poly(1:5, 2) in R.
    expected = [[-0.6324555320336759, 0.5345224838248488], [0.0, -0.5345224838248488]]
    np.testing.assert_allclose(
        evaluate_poly(np.arange(1.0, 6.0), learn_poly(np.arange(1.0, 6.0), 2))[[0, 2]], expected, atol=1e-12
    )


@pytest.mark.parametrize(
    ("learn", "words"),
    [
        (lambda: learn_poly(np.array([1.0, 2.0, 1.0]), 2), "more than 2 distinct values, found 2"),
        (lambda: learn_poly(X, 0), "at least 1"),
        (lambda: learn_bspline(X, df=2), "df = 2 is too small; it must be at least 3"),
        (lambda: learn_bspline(X, knots=[-100.0]), "between the boundary knots"),
        (lambda: learn_natural(np.ones(5), 2), "two distinct values"),
    ],
)
def test_what_cannot_be_learnt(learn: object, words: str) -> None:
    with pytest.raises(DataError, match=words):
        learn()
