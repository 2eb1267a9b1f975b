"""Transforms and parameter ops: values, log-Jacobians and gradients against independent routes."""

import math

import numpy as np
import pytest

from partialpool.engine.kernel import BACKWARD, kernel
from partialpool.engine.ops.affine import Affine
from partialpool.engine.ops.assemble import Assemble
from partialpool.engine.ops.bounds import HalfLine, Interval
from partialpool.engine.ops.cholesky_corr import CholeskyCorr
from partialpool.engine.ops.correlations import Correlations
from partialpool.engine.ops.gather import Gather
from partialpool.engine.ops.group_effects import GroupEffects
from partialpool.engine.ops.linear import Linear
from partialpool.engine.ops.offset import Offset
from partialpool.engine.ops.ordered import Ordered
from partialpool.engine.ops.simplex import Simplex
from partialpool.engine.tape import Tape


@kernel
def _weighted_squares(a, v, g, phase, row0, n_rows):
    """Sum of (i + 1) x_i^2 / 2: makes every adjoint of a slot differ."""
    x, n = a[0], a[1]
    total = 0.0
    for i in range(n):
        if phase & BACKWARD:
            g[x + i] += (i + 1.0) * v[x + i]
        else:
            total += 0.5 * (i + 1.0) * v[x + i] * v[x + i]
    return total


class WeightedSquares:
    kernel = _weighted_squares

    def __init__(self, slot):
        self.slot = slot

    def arguments(self):
        return self.slot, self.slot.size


@kernel
def _row_squares(a, v, g, phase, row0, n):
    eta = a[0]
    total = 0.0
    for i in range(n):
        weight = 1.0 + 0.01 * (row0 + i)
        if phase & BACKWARD:
            g[eta + i] += weight * v[eta + i]
        else:
            total += 0.5 * weight * v[eta + i] * v[eta + i]
    return total


class RowSquares:
    kernel = _row_squares

    def __init__(self, slot):
        self.slot = slot

    def arguments(self):
        return (self.slot,)


def finite_differences(program, x, jacobian=True):
    def value(point):
        return program.log_density_gradient(point, jacobian=jacobian)[0]

    gradient = np.empty_like(x)
    for i in range(len(x)):
        h = 1e-4 * max(1.0, abs(x[i]))
        step = np.zeros_like(x)
        step[i] = h
        gradient[i] = (8 * (value(x + step) - value(x - step)) - (value(x + 2 * step) - value(x - 2 * step))) / (12 * h)
    return gradient


TRANSFORMS = {
    "lower": (4, 4, lambda s, t: HalfLine(s, t, -1.5, 1.0)),
    "upper": (4, 4, lambda s, t: HalfLine(s, t, 2.0, -1.0)),
    "interval": (4, 4, lambda s, t: Interval(s, t, -1.0, 3.0)),
    "ordered": (4, 4, lambda s, t: Ordered(s, t)),
    "simplex": (4, 5, lambda s, t: Simplex(s, t)),
    "cholesky_corr": (6, 16, lambda s, t: CholeskyCorr(s, t, 4)),
}


def transform_program(name):
    n_in, n_out, make = TRANSFORMS[name]
    tape = Tape()
    source = tape.input(n_in)
    target = tape.slot(n_out)
    tape.add(make(source, target))
    plain = tape.compile([(target, None)])
    tape.add(WeightedSquares(target))
    return plain, tape.compile()


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("jacobian", [True, False])
def test_gradient_of_transform(name, jacobian):
    _, program = transform_program(name)
    rng = np.random.default_rng(3)
    for scale in (0.3, 1.0, 2.5):
        x = rng.normal(0, scale, program.n_inputs)
        value, gradient = program.log_density_gradient(x, jacobian=jacobian)
        noise = 1e-8 + 1e-11 * abs(value)
        np.testing.assert_allclose(gradient, finite_differences(program, x, jacobian), rtol=2e-7, atol=noise)


FREE = {
    "lower": slice(None),
    "upper": slice(None),
    "interval": slice(None),
    "ordered": slice(None),
    "simplex": slice(0, 4),
    "cholesky_corr": [4, 8, 9, 12, 13, 14],
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_log_jacobian_is_the_numeric_determinant(name):
    """Of the map to the free elements; for a Cholesky factor to the correlations, less the factor's own density."""
    plain, _ = transform_program(name)
    x = np.random.default_rng(5).normal(0, 0.8, plain.n_inputs)
    jacobian = np.empty((len(x), len(x)))
    for i in range(len(x)):
        step = np.zeros(len(x))
        step[i] = 1e-5
        jacobian[:, i] = (plain.expand(x + step)[0][FREE[name]] - plain.expand(x - step)[0][FREE[name]]) / 2e-5
    value = plain.log_density_gradient(x)[0]
    assert value == pytest.approx(np.linalg.slogdet(jacobian)[1], abs=1e-8)
    assert plain.log_density_gradient(x, jacobian=False)[0] == 0.0


def test_transformed_values_satisfy_their_constraint():
    rng = np.random.default_rng(1)
    values = {name: transform_program(name)[0].expand(rng.normal(0, 3, TRANSFORMS[name][0]))[0] for name in TRANSFORMS}
    assert (values["lower"] > -1.5).all()
    assert (values["upper"] < 2.0).all()
    assert ((values["interval"] > -1.0) & (values["interval"] < 3.0)).all()
    assert (np.diff(values["ordered"]) > 0).all()
    assert values["simplex"].sum() == pytest.approx(1.0, abs=1e-15)
    L = values["cholesky_corr"].reshape(4, 4)
    np.testing.assert_allclose(np.diag(L @ L.T), 1.0, rtol=1e-14)
    np.testing.assert_array_equal(np.triu(L, 1), 0.0)


@pytest.mark.parametrize("correlated", [True, False])
def test_group_effects_are_the_matrix_product(correlated):
    tape = Tape()
    sd, z, raw = tape.input(3), tape.input(12), tape.input(3)
    L = tape.slot(9)
    tape.add(CholeskyCorr(raw, L, 3))
    r = tape.slot(12)
    tape.add(GroupEffects(sd, z, L if correlated else None, r))
    tape.add(WeightedSquares(r))
    program = tape.compile([(r, None), (L, None)])
    x = np.random.default_rng(8).normal(size=18)
    out = program.expand(x)[0]
    factor = out[12:].reshape(3, 3) if correlated else np.eye(3)
    standard = x[3:15].reshape(3, 4, order="F") if correlated else x[3:15].reshape(3, 4)
    np.testing.assert_allclose(out[:12].reshape(4, 3), (np.diag(x[:3]) @ factor @ standard).T, rtol=1e-14)
    value, gradient = program.log_density_gradient(x, jacobian=False)
    normal = -0.5 * (x[3:15] ** 2).sum() - 6 * math.log(2 * math.pi)
    assert value == pytest.approx(normal + 0.5 * (np.arange(1, 13) * out[:12] ** 2).sum(), rel=1e-13)
    np.testing.assert_allclose(gradient, finite_differences(program, x, jacobian=False), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("n_rows", [1, 7, 511, 512, 513, 1300])
@pytest.mark.parametrize("n_columns", [0, 1, 4, 7])
def test_rows_in_blocks_equal_the_dense_product(n_rows, n_columns):
    rng = np.random.default_rng(n_rows)
    X, offset = rng.normal(size=(n_rows, n_columns)), rng.normal(size=n_rows)
    level, covariate = rng.integers(0, 5, n_rows).astype(np.int32), rng.normal(size=n_rows)
    tape = Tape()
    intercept, b, r = tape.input(1), tape.input(n_columns), tape.input(10)
    section = tape.section(n_rows)
    eta = section.slot()
    section.add(Linear(eta, intercept, b, section.blocked(X)))
    section.add(Gather(eta, r, level, 0, 2, None))
    section.add(Gather(eta, r, level, 1, 2, covariate))
    section.add(Offset(eta, offset))
    section.add(RowSquares(eta))
    program = tape.compile()
    x = rng.normal(size=program.n_inputs)
    effects = x[1 + n_columns :].reshape(5, 2)[level]
    expected = x[0] + X @ x[1 : 1 + n_columns] + effects[:, 0] + effects[:, 1] * covariate + offset
    np.testing.assert_allclose(program.rows(0, x[None], [eta], 0, n_rows)[0, 0], expected, rtol=1e-12, atol=1e-12)
    weights = 1 + 0.01 * np.arange(n_rows)
    value, gradient = program.log_density_gradient(x)
    assert value == pytest.approx(0.5 * (weights * expected**2).sum(), rel=1e-12)
    design = np.zeros((n_rows, 10))
    design[np.arange(n_rows), 2 * level] = 1.0
    design[np.arange(n_rows), 2 * level + 1] = covariate
    full = np.column_stack([np.ones(n_rows), X, design])
    np.testing.assert_allclose(gradient, full.T @ (weights * expected), rtol=1e-10, atol=1e-10)


def test_derived_quantities_and_fixed_elements():
    tape = Tape()
    free = tape.input(2)
    fixed = tape.constant([5.0, 0.0, 0.0])
    vector = tape.slot(3)
    tape.add(Assemble(fixed, free, vector, np.array([1, 2])))
    shifted = tape.slot(1)
    tape.generate(Affine(shifted, vector[0], vector, np.array([[1.0, 2.0, 3.0]])))
    raw, L, cor = tape.input(1), tape.slot(4), tape.slot(1)
    tape.add(CholeskyCorr(raw, L, 2))
    tape.generate(Correlations(L, cor, 2))
    tape.add(WeightedSquares(vector))
    program = tape.compile([(vector, None), (shifted, None), (cor, None)])
    out, log_prior = program.expand(np.array([1.0, -1.0, 0.7]))
    np.testing.assert_allclose(out, [5.0, 1.0, -1.0, 5.0 + 5.0 + 2.0 - 3.0, math.tanh(0.7)], rtol=1e-14)
    assert log_prior == 0.0
    np.testing.assert_allclose(
        program.log_density_gradient(np.array([1.0, -1.0, 0.7]), jacobian=False)[1], [2.0, -3.0, 0.0]
    )
