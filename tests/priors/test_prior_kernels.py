"""Priors as ops: values against SciPy, gradients against central differences."""

import math

import numpy as np
import pytest
import scipy.stats
from test_prior_distributions import CASES, grid, prior

from partialpool.engine.ops.cholesky_corr import CholeskyCorr
from partialpool.engine.ops.simplex import Simplex
from partialpool.engine.tape import Tape
from partialpool.errors import PriorError
from partialpool.priors.kernels import element_prior_ops, prior_ops
from partialpool.priors.multivariate import LKJ, Dirichlet
from partialpool.priors.prior import Prior, PriorTable
from partialpool.priors.prior import prior as user_prior
from partialpool.priors.resolution import resolve
from partialpool.priors.syntax import read_prior

INFINITY = math.inf


def program_of(distribution, size, lb=-INFINITY, ub=INFINITY):
    tape = Tape()
    slot = tape.input(size)
    for op in prior_ops(slot, distribution, lb, ub):
        tape.add(op, prior=True)
    return tape.compile()


def central_differences(program, x):
    gradient = np.empty_like(x)
    for i in range(len(x)):
        step = 1e-6 * max(1.0, abs(x[i]))
        up, down = x.copy(), x.copy()
        up[i] += step
        down[i] -= step
        values = [program.log_density_gradient(point)[0] for point in (up, down)]
        gradient[i] = (values[0] - values[1]) / (up[i] - down[i])
    return gradient


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("bounded", [True, False], ids=["inside", "unbounded"])
def test_value_and_gradient(name, bounded):
    law = prior(name)
    x = grid(law, 15)
    x = x[law.scipy().logpdf(x) > -1e6]
    program = program_of(law, len(x), *(law.support if bounded else ()))
    value, gradient = program.log_density_gradient(x)
    assert value == pytest.approx(law.scipy().logpdf(x).sum(), rel=1e-10)
    inner = grid(law, 15)[1:14]
    program = program_of(law, len(inner), *(law.support if bounded else ()))
    gradient = program.log_density_gradient(inner)[1]
    slopes = [(law.log_density(v + 1e-6) - law.log_density(v - 1e-6)) / 2e-6 for v in inner]
    assert gradient == pytest.approx(slopes, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", [name for name in CASES if prior(name).support != (-INFINITY, INFINITY)])
def test_density_is_zero_outside_the_support(name):
    law = prior(name)
    low, high = law.support
    outside = low - 0.1 if low > -INFINITY else high + 0.1
    inside = float(np.clip(law.scipy().mean(), low, high))
    value, gradient = program_of(law, 2).log_density_gradient(np.array([inside, outside]))
    assert value == -INFINITY
    assert gradient[1] == 0.0
    assert program_of(law, 1).log_density_gradient(np.array([inside]))[0] == pytest.approx(law.log_density(inside))


@pytest.mark.parametrize(
    ("text", "lb", "ub", "truncated"),
    [
        ("student_t(3, 0, 2.5)", 0.0, INFINITY, scipy.stats.t(3, 0, 2.5)),
        ("normal(1, 2)", -1.0, 3.5, scipy.stats.norm(1, 2)),
        ("gamma(2, 0.1)", 1.0, INFINITY, scipy.stats.gamma(2, scale=10)),
        ("beta(2, 3)", 0.0, 0.5, scipy.stats.beta(2, 3)),
    ],
)
def test_bounded_priors_are_normalised(text, lb, ub, truncated):
    x = np.array([1.2, 2.0, 3.0]) if ub > 1 else np.array([0.1, 0.2, 0.4])
    value, _ = program_of(read_prior(text), 3, lb, ub).log_density_gradient(x)
    mass = truncated.cdf(ub) - truncated.cdf(lb)
    assert value == pytest.approx(truncated.logpdf(x).sum() - 3 * math.log(mass), rel=1e-12)


def test_vectors_of_arguments_go_element_by_element():
    program = program_of(read_prior("normal(c(0, 10), c(1, 2))"), 2, 0.0)
    x = np.array([0.5, 9.0])
    value, gradient = program.log_density_gradient(x)
    expected = scipy.stats.norm.logpdf(x, [0, 10], [1, 2]) - scipy.stats.norm.logsf(0, [0, 10], [1, 2])
    assert value == pytest.approx(expected.sum(), rel=1e-13)
    assert gradient == pytest.approx([-0.5, 0.25])
    with pytest.raises(PriorError, match="length 2, but its parameter has 3 elements"):
        program_of(read_prior("normal(c(0, 10), 1)"), 3)


def test_flat_priors_and_constants_add_nothing():
    for text in ("", "constant(3)"):
        assert prior_ops(Tape().input(2), read_prior(text)) == []


def test_elements_with_priors_of_their_own():
    rows = [Prior("", source="default"), *(Prior("", coef=c, source="default") for c in "abcd")]
    priors = resolve(PriorTable(tuple(rows)), user_prior("normal(0, 1)") + user_prior("cauchy(0, 1)", coef="c"))
    tape = Tape()
    ops = element_prior_ops(tape.input(4), [priors.lookup("b", c) for c in "abcd"])
    assert len(ops) == 3  # a and b share one
    for op in ops:
        tape.add(op, prior=True)
    x = np.array([0.1, -0.2, 3.0, 1.0])
    expected = scipy.stats.norm.logpdf(x[[0, 1, 3]]).sum() + scipy.stats.cauchy.logpdf(3.0)
    assert tape.compile().log_density_gradient(x)[0] == pytest.approx(expected, rel=1e-13)
    with pytest.raises(PriorError, match="1 priors are given for 2 elements"):
        element_prior_ops(Tape().input(2), [priors.lookup("b", "a")])


@pytest.mark.parametrize("size", [2, 3, 5])
@pytest.mark.parametrize("eta", [0.7, 1.0, 4.0])
def test_lkj(size, eta):
    tape = Tape()
    source, factor = tape.input(size * (size - 1) // 2), tape.slot(size * size)
    tape.add(CholeskyCorr(source, factor, size))
    tape.add(*prior_ops(factor, LKJ(eta)), prior=True)
    program = tape.compile([(factor, None)])
    x = np.random.default_rng(size).normal(size=source.size)
    L, log_prior = program.expand(x)
    L = L.reshape(size, size)
    # the density of the correlation matrix, times the volume element of its factor
    volume = sum((size - 1 - i) * math.log(L[i, i]) for i in range(1, size))
    unnormalised = (eta - 1) * np.linalg.slogdet(L @ L.T)[1] + volume
    assert log_prior - LKJ(eta).log_constant(size) == pytest.approx(unnormalised, abs=1e-12)
    assert log_prior == pytest.approx(LKJ(eta).log_density(L), rel=1e-13)
    assert program.log_density_gradient(x)[1] == pytest.approx(central_differences(program, x), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("eta", [0.7, 1.0, 2.0, 4.5])
def test_lkj_constants(eta):
    """One correlation has density proportional to (1 - r^2)^(eta - 1); three are integrated by their partial correlations."""
    assert LKJ(eta).log_constant(2) == pytest.approx(
        -math.log(2 ** (2 * eta - 1)) - math.log(scipy.special.beta(eta, eta))
    )
    beta = scipy.special.beta
    partial = 2 ** (2 * eta) * beta(eta + 0.5, eta + 0.5)  # two of order zero, integral of (1 - r^2)^(eta - 1/2)
    last = 2 ** (2 * eta - 1) * beta(eta, eta)
    assert LKJ(eta).log_constant(3) == pytest.approx(-2 * math.log(partial) - math.log(last))


def test_lkj_draws_have_the_marginals_of_the_paper():
    matrices = LKJ(2.0).draw(np.random.default_rng(3), 4000, 4)
    assert np.allclose(np.diagonal(matrices, axis1=1, axis2=2), 1.0)
    assert np.linalg.eigvalsh(matrices).min() > 0
    for i, j in ((0, 1), (1, 3), (2, 3)):  # (r + 1)/2 ~ beta(a, a), a = eta + size/2 - 1
        assert scipy.stats.kstest((matrices[:, i, j] + 1) / 2, scipy.stats.beta(3, 3).cdf).pvalue > 1e-3


@pytest.mark.parametrize("alpha", [1.0, (2.0, 1.0, 1.0, 0.5)])
def test_dirichlet(alpha):
    tape = Tape()
    source, simplex = tape.input(3), tape.slot(4)
    tape.add(Simplex(source, simplex))
    tape.add(*prior_ops(simplex, Dirichlet(alpha)), prior=True)
    program = tape.compile([(simplex, None)])
    x = np.array([0.3, -1.2, 0.8])
    value, log_prior = program.expand(x)
    expected = scipy.stats.dirichlet(np.broadcast_to(alpha, 4)).logpdf(value / value.sum())
    assert log_prior == pytest.approx(expected, rel=1e-12)
    assert program.log_density_gradient(x)[1] == pytest.approx(central_differences(program, x), rel=1e-6, abs=1e-7)
    with pytest.raises(PriorError, match="length 2, but its parameter has 4 elements"):
        prior_ops(simplex, Dirichlet((1.0, 2.0)))


def test_dirichlet_of_ones_is_uniform_up_to_the_border():
    value, gradient = program_of(Dirichlet(1.0), 3).log_density_gradient(np.array([0.0, 0.4, 0.6]))
    assert value == pytest.approx(math.log(2))
    assert gradient.tolist() == [0.0, 0.0, 0.0]
