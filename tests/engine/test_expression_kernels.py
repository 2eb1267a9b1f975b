"""Generated kernels as ops: on a tape, with shared slots, in choices, as priors."""

import math

import numpy as np
import pytest
from density_cases import BLOCK, CASES, call, evaluate
from scipy import stats

from partialpool.engine import mathematics as m
from partialpool.engine.expression import Density, Input, element_kernel, row_kernel, source_key, variable
from partialpool.engine.ops.linear import Linear
from partialpool.engine.tape import Tape

BY_NAME = {case.name: case for case in CASES}


def test_regression_on_a_tape():
    rng = np.random.default_rng(3)
    n = 1100
    X = rng.normal(size=(n, 2))
    y = X @ [1.0, -0.5] + rng.normal(size=n)
    tape = Tape()
    b, sigma = tape.input(2), tape.input(1)
    section = tape.section(n)
    eta, out = section.slot(), section.slot()
    section.add(Linear(eta, None, b, section.blocked(X)))
    section.add(BY_NAME["gaussian"].kernel().op({"eta": eta, "sigma": sigma}, {"y": y}, out))
    program = tape.compile()
    value, gradient = program.log_density_gradient(np.array([0.8, -0.2, 1.3]))
    residual = y - X @ [0.8, -0.2]
    assert value == pytest.approx(stats.norm.logpdf(residual, scale=1.3).sum(), rel=1e-13)
    assert gradient[:2] == pytest.approx(X.T @ residual / 1.3**2, rel=1e-12)
    assert gradient[2] == pytest.approx((residual**2).sum() / 1.3**3 - n / 1.3, rel=1e-11)
    rows = program.rows(0, np.array([[0.8, -0.2, 1.3]]), [out], 0, n)
    assert rows[0, 0] == pytest.approx(stats.norm.logpdf(residual, scale=1.3), rel=1e-12)


def test_rows_are_read_where_they_stand():
    case, rng = BY_NAME["gamma_log"], np.random.default_rng(4)
    y, eta = rng.gamma(2.0, size=37), rng.normal(size=37)
    rows, total, gradient = evaluate(case.kernel(), case.levels, {"y": y, "eta": eta, "shape": 1.7})
    expected = stats.gamma.logpdf(y, 1.7, scale=np.exp(eta) / 1.7)
    assert rows == pytest.approx(expected, rel=1e-12)
    assert total == pytest.approx(expected.sum(), rel=1e-12)
    assert gradient["eta"] == pytest.approx(1.7 * (y * np.exp(-eta) - 1), rel=1e-12)


@pytest.mark.parametrize(("name", "tied"), [("negbinomial_log_log", "log_shape"), ("zero_inflated_poisson", "eta_zi")])
def test_rows_with_a_shared_slot_add_up(name, tied):
    case = BY_NAME[name]
    point = {"y": 2.0, "eta": 0.6, tied: 0.6}
    _, total, separate = evaluate(case.kernel(), case.levels, point)
    _, same, shared = evaluate(case.kernel(), case.levels, point, slots={tied: "eta"})
    assert same == pytest.approx(total, rel=1e-14)
    assert shared["eta"] == pytest.approx(separate["eta"] + separate[tied], rel=1e-14)


def test_scalars_with_a_shared_slot_add_up():
    case = BY_NAME["student"]
    point = {"y": 2.0, "eta": 0.6, "sigma": 1.5, "nu": 1.5}
    _, _, separate = evaluate(case.kernel(), case.levels, point)
    _, _, shared = evaluate(case.kernel(), case.levels, point, slots={"nu": "sigma"})
    assert shared["sigma"] == pytest.approx(separate["sigma"] + separate["nu"], rel=1e-13)


def test_the_branch_not_taken_may_be_anything():
    def density():
        y, mu = variable("y"), variable("mu")
        return Density(m.where(m.equal(y, 0), -mu, m.xlogy(y - 1, mu) + m.log(y) / mu), (Input("mu"),), ("y",))

    kernel = row_kernel("branches", source_key(density), density)
    rows, _, gradient = evaluate(kernel, {"mu": "row"}, {"y": 0.0, "mu": 0.0})
    assert (rows[0], gradient["mu"][0]) == (0.0, -1.0)
    rows, _, gradient = evaluate(kernel, {"mu": "row"}, {"y": 1.0, "mu": 2.0})
    assert (rows[0], gradient["mu"][0]) == (0.0, 0.0)


def test_whole_numbers_and_conditions():
    def density():
        y, x = variable("y"), variable("x")
        outside = m.either(m.both(y > 2, x > 0), y < -2)
        return Density(m.where(outside, m.floor(x * y), m.sign(x) * m.absolute(x * y)), (Input("x"),), ("y",))

    kernel = row_kernel("conditions", source_key(density), density)
    for y, x, value, slope in [(3, 0.5, 1, 0), (3, -0.5, -1.5, 3), (-3, 0.5, -2, 0), (1, -0.5, -0.5, 1)]:
        rows, _, gradient = evaluate(kernel, {"x": "row"}, {"y": y, "x": x})
        assert (rows[0], gradient["x"][0]) == (value, slope)


def test_data_must_be_columns_of_one_length():
    case = BY_NAME["interval_gaussian"]
    tape = Tape()
    slot = tape.input(1)
    with pytest.raises(ValueError, match="same length"):
        case.kernel().op({"eta": slot, "sigma": slot}, {"lower": np.zeros(3), "upper": np.zeros(2)}, slot)


def student_prior():
    x, nu, location, scale = (
        variable("x"),
        *(variable(n, positive=n != "location") for n in ("nu", "location", "scale")),
    )
    z = (x - location) / scale
    constant = m.lgamma((nu + 1) / 2) - m.lgamma(nu / 2) - m.log(nu * m.pi) / 2 - m.log(scale)
    return Density(constant - (nu + 1) / 2 * m.log1p(z**2 / nu), (Input("x"),), ("nu", "location", "scale"))


@pytest.mark.parametrize("size", [0, 1, 7])
def test_prior_on_a_tape(size):
    kernel = element_kernel("student_t", source_key(student_prior), student_prior)
    tape = Tape()
    slot = tape.input(8)
    tape.add(kernel.op(slot.part(1, size), size, (3.0, 0.5, 2.5), offset=0.25), prior=True)
    x = np.linspace(-4, 40, 8)
    value, gradient = tape.compile().log_density_gradient(x)
    part = x[1 : 1 + size]
    assert value == pytest.approx(0.25 + stats.t.logpdf(part, 3.0, 0.5, 2.5).sum(), rel=1e-13)
    expected = np.zeros(8)
    expected[1 : 1 + size] = -4.0 * (part - 0.5) / (3.0 * 2.5**2 + (part - 0.5) ** 2)
    assert gradient == pytest.approx(expected, rel=1e-13)


def test_a_prior_without_numbers():
    def density():
        x = variable("x")
        return Density(-(x**2) / 2, (Input("x"),))

    op = element_kernel("kernel_of_normal", source_key(density), density).op(Tape().input(2), 2, offset=-1.0)
    words = np.array([0, 2, np.float64(-1.0).view(np.int64)])
    values, adjoints = np.array([1.0, -3.0]), np.array([10.0, 20.0])
    assert call(op, words, values, adjoints, 0, 0) == -6.0
    assert call(op, words, values, adjoints, 1, 0) == 0.0
    assert list(adjoints) == [9.0, 23.0]


def test_nan_and_infinity_come_out():
    case = BY_NAME["gaussian"]
    rows, total, _ = evaluate(case.kernel(), case.levels, {"y": np.nan, "eta": 0.0, "sigma": 1.0})
    assert math.isnan(rows[0])
    assert math.isnan(total)
    assert len(rows) == BLOCK
