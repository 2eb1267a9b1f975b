"""Ops of categories, counts and simplexes against their definitions in 50 digits, SciPy, and differences."""

import mpmath as mp
import numpy as np
import pytest
from category_tapes import (
    exact_density,
    exact_dirichlet,
    exact_slope,
    logistic_normal_program,
    shares_program,
    softmax_program,
)
from scipy import stats
from test_ops import finite_differences

from partialpool.engine.ops.softmax import Proportions
from partialpool.engine.tape import BLOCK, Tape


@pytest.fixture(autouse=True)
def fifty_digits():
    with mp.workdps(50):
        yield


PREDICTORS = [(0.0, 0.3, -1.2), (0.0, 40.0, 0.1), (0.0, -40.0, -39.0), (0.0, -40.0, 40.0), (-300.0, 400.0, 2.0)]
COUNTS = [(0, 0, 0), (0, 1, 3), (7, 0, 0), (12, 30, 2), (10**9, 3, 2 * 10**9), (10**9, 10**9, 1)]
SIMPLEXES = [(0.2, 0.5, 0.3), (1e-9, 0.7, 0.3 - 1e-9), (1e-300, 1e-12, 1 - 1e-12)]
PRECISIONS = [1e-6, 0.4, 30.0, 1e4, 1e8]


def check(kind, y, etas, phi=None):
    """Value and gradient of one row agree with the definition to ten digits."""
    program, _ = softmax_program(kind, [y])
    arguments = [*etas] if phi is None else [*etas, phi]
    value, gradient = program.log_density_gradient(np.array(arguments))
    exact = [mp.mpf(argument) for argument in arguments]

    def density(given):
        return exact_density(kind, y, given[:3], None if phi is None else given[3])

    assert value == pytest.approx(float(density(exact)), rel=1e-12, abs=1e-13)
    slopes = [exact_slope(density, exact, i) for i in range(len(exact))]
    # what the slopes are differences of is as large as phi or the counts
    scale = 1.0 if kind == "categorical" else float(sum(y)) + (phi or 0.0)
    tiny = 0.0 if kind == "categorical" else 1e-13 * scale
    np.testing.assert_allclose(gradient[:3], [float(s) for s in slopes[:3]], rtol=1e-10, atol=tiny)
    if phi is not None:
        # its terms are O(n / phi) or O(1 / phi)
        np.testing.assert_allclose(gradient[3], float(slopes[3]), rtol=1e-9, atol=1e-13 * max(1.0, scale) / phi)


@pytest.mark.parametrize("etas", PREDICTORS)
@pytest.mark.parametrize("y", [0, 1, 2])
def test_categorical(y, etas):
    program, _ = softmax_program("categorical", [y, 2])  # the second row makes the number of categories 3
    value, gradient = program.log_density_gradient(np.array([(eta, 0.0) for eta in etas]).ravel())
    with mp.workdps(400):
        shares = [mp.e ** mp.mpf(eta) for eta in etas]
        total = mp.fsum(shares)
        expected = mp.log(shares[y] / total) - mp.log(3)
        slopes = [float((k == y) - shares[k] / total) for k in range(3)]
    assert value == pytest.approx(float(expected), rel=1e-14)
    np.testing.assert_allclose(gradient[::2], slopes, rtol=1e-12)


def test_a_category_that_is_almost_certain_keeps_its_digits():
    program, out = softmax_program("categorical", [2, 0])
    at = np.array([(0.0, 0.0), (0.0, 0.0), (60.0, 0.0)]).ravel()
    log_p = program.rows(0, at[None], [out], 0, 2)[0, 0, 0]
    assert log_p == pytest.approx(-2 * np.exp(-60.0), rel=1e-14)
    assert program.log_density_gradient(at)[1][4] == pytest.approx(2 * np.exp(-60.0), rel=1e-14)


@pytest.mark.parametrize("etas", PREDICTORS)
@pytest.mark.parametrize("y", COUNTS)
def test_multinomial(y, etas):
    check("multinomial", y, etas)


@pytest.mark.parametrize("phi", PRECISIONS)
@pytest.mark.parametrize("etas", PREDICTORS[:4])
@pytest.mark.parametrize("y", COUNTS)
def test_dirichlet_multinomial(y, etas, phi):
    check("dirichlet_multinomial", y, etas, phi)


@pytest.mark.parametrize("phi", PRECISIONS)
@pytest.mark.parametrize("etas", PREDICTORS[:4])
@pytest.mark.parametrize("y", SIMPLEXES)
def test_dirichlet(y, etas, phi):
    check("dirichlet", y, etas, phi)


@pytest.mark.parametrize("y", SIMPLEXES)
@pytest.mark.parametrize("alphas", [(0.3, 2.0, 5.0), (1e-6, 3.0, 1e8), (1e8, 2e8, 3e8), (1e-17, 1e-9, 0.1)])
def test_dirichlet_of_positive_parameters(y, alphas):
    value, gradient = shares_program([y]).log_density_gradient(np.array(alphas))
    exact, data = [mp.mpf(alpha) for alpha in alphas], [mp.mpf(one) for one in y]
    expected = float(exact_dirichlet(data, exact))
    assert value == pytest.approx(expected, rel=1e-12)
    at_sum = mp.digamma(mp.fsum(exact))
    slopes = [float(at_sum - mp.digamma(alpha) + mp.log(one)) for alpha, one in zip(exact, data, strict=True)]
    np.testing.assert_allclose(gradient, slopes, rtol=1e-9, atol=1e-13)


def test_scipy_agrees():
    rng = np.random.default_rng(3)
    etas, counts, simplexes = rng.normal(size=(3, 4)), rng.integers(0, 9, (4, 3)), rng.dirichlet([1, 2, 3], 4)
    p = (np.exp(etas) / np.exp(etas).sum(axis=0)).T
    expected = {
        "multinomial": [stats.multinomial.logpmf(y, y.sum(), q) for y, q in zip(counts, p, strict=True)],
        "dirichlet": [stats.dirichlet.logpdf(y, 4.5 * q) for y, q in zip(simplexes, p, strict=True)],
        "dirichlet_multinomial": [
            stats.dirichlet_multinomial.logpmf(y, 4.5 * q, y.sum()) for y, q in zip(counts, p, strict=True)
        ],
    }
    for kind, rows in expected.items():
        program, out = softmax_program(kind, simplexes if kind == "dirichlet" else counts)
        at = np.append(etas.ravel(), [] if kind == "multinomial" else [4.5])
        np.testing.assert_allclose(program.rows(0, at[None], [out], 0, 4)[0, 0], rows, rtol=1e-11)


@pytest.mark.parametrize("kind", ["categorical", "multinomial", "dirichlet", "dirichlet_multinomial"])
@pytest.mark.parametrize("phi_by_row", [False, True])
@pytest.mark.parametrize("reference", [None, 1])
def test_weights_and_gradients_over_rows(kind, phi_by_row, reference):
    rng = np.random.default_rng(5)
    n, size = 6, 4
    y = {
        "categorical": np.array([3, 0, 1, 2, 1, 0]),
        "dirichlet": rng.dirichlet(np.ones(size), n),
    }.get(kind, rng.integers(0, 5, (n, size)))
    weights = np.array([1.0, 0.0, 2.5, 0.5, 1.0, 3.0])
    options = {"reference": reference, "phi_by_row": phi_by_row}
    weighted, _ = softmax_program(kind, y, weights=weights, **options)
    plain, out = softmax_program(kind, y, **options)
    n_phi = 0 if kind in ("categorical", "multinomial") else n if phi_by_row else 1
    x = np.append(rng.normal(size=n * (size - (reference is not None))), rng.uniform(0.5, 4.0, n_phi))
    value, gradient = weighted.log_density_gradient(x)
    assert value == pytest.approx(weights @ plain.rows(0, x[None], [out], 0, n)[0, 0], rel=1e-12)
    np.testing.assert_allclose(gradient, finite_differences(weighted, x), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("kind", ["categorical", "multinomial", "dirichlet", "dirichlet_multinomial"])
def test_many_blocks_are_the_sum_of_their_rows(kind):
    rng = np.random.default_rng(6)
    n, size = 2 * BLOCK + 37, 3
    y = {"categorical": rng.integers(0, size, n), "dirichlet": rng.dirichlet(np.ones(size), n)}.get(
        kind, rng.integers(0, 9, (n, size))
    )
    program, out = softmax_program(kind, y)
    x = np.append(rng.normal(size=n * size), [] if kind in ("categorical", "multinomial") else [2.0])
    rows = program.rows(0, x[None], [out], 0, n)[0, 0]
    assert program.log_density_gradient(x)[0] == pytest.approx(rows.sum(), rel=1e-12)
    for row in (0, BLOCK, n - 1):
        etas = [mp.mpf(eta) for eta in x[: n * size].reshape(size, n)[:, row]]
        assert rows[row] == pytest.approx(float(exact_density(kind, y[row], etas, mp.mpf(2))), rel=1e-12)


@pytest.mark.parametrize("reference", [0, 1, 3])
@pytest.mark.parametrize("sigma_by_row", [(False, False, False), (True, False, True)])
def test_logistic_normal(reference, sigma_by_row):
    rng = np.random.default_rng(7)
    n, size = 5, 3
    y, weights = rng.dirichlet(np.ones(4), n), rng.uniform(0.0, 2.0, n)
    root = np.linalg.cholesky(np.array([[1.0, 0.4, -0.3], [0.4, 1.0, 0.2], [-0.3, 0.2, 1.0]]))
    mu, sigma = rng.normal(size=(size, n)), rng.uniform(0.3, 2.0, (size, n))
    by_row = np.array(sigma_by_row)
    sigma[~by_row] = sigma[~by_row, :1]
    scales = [sigma[k] if by_row[k] else sigma[k, :1] for k in range(size)]
    x = np.concatenate([root.ravel(), mu.ravel(), *scales])
    program = logistic_normal_program(y, reference, sigma_by_row=sigma_by_row, weights=weights)
    value, gradient = program.log_density_gradient(x)
    z = np.delete(np.log(y / y[:, [reference]]), reference, axis=1)
    expected = 0.0
    for i in range(n):
        covariance = np.outer(sigma[:, i], sigma[:, i]) * (root @ root.T)
        density = stats.multivariate_normal.logpdf(z[i], mu[:, i], covariance) - np.log(y[i]).sum()
        expected += weights[i] * density
    assert value == pytest.approx(expected, rel=1e-11)
    free = np.ones(len(x), dtype=bool)
    free[: size * size] = np.tril(np.ones((size, size), dtype=bool)).ravel()  # the op reads no more of L
    np.testing.assert_allclose(gradient[free], finite_differences(program, x)[free], rtol=1e-7, atol=1e-7)
    assert not gradient[~free].any()


def test_two_categories_of_a_logistic_normal_response():
    y = np.array([[0.3, 0.7], [0.9, 0.1]])
    program = logistic_normal_program(y, 0, sigma_by_row=(False,))
    value, _ = program.log_density_gradient(np.array([1.0, 0.2, 0.4, 1.7]))
    z = np.log(y[:, 1] / y[:, 0])
    assert value == pytest.approx((stats.norm.logpdf(z, [0.2, 0.4], 1.7) - np.log(y).sum(axis=1)).sum(), rel=1e-12)


def test_slots_stand_side_by_side():
    section = Tape().section(10)
    section.slot()
    shares = Proportions.reserve(section, 3)
    assert (shares.log_p.offset, shares.p.offset, shares.stride) == (10, 40, 10)


def test_predictors_of_one_design_share_its_columns():
    section = Tape().section(700)
    X = np.random.default_rng(1).normal(size=(700, 2))
    assert section.blocked(X) is section.blocked(X.copy())
    assert section.blocked(X) is not section.blocked(X + 1.0)
