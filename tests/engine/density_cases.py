"""Densities on their natural scale, composed with links, and the points at which their kernels are checked."""

import ctypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import mpmath as mp
import numpy as np

from partialpool.engine import mathematics as m
from partialpool.engine.expression import Density, Input, RowKernel, row_kernel, source_key, variable
from partialpool.engine.tape import Slot

ETAS = (-745.0, -300.0, -40.0, -1.3, 0.0, 0.7, 40.0, 300.0, 745.0)
BLOCK = 19  # rows: two full vectors of any machine, and a rest


@dataclass(frozen=True)
class Case:
    """A log density as a function of named quantities, and where to look at it."""

    name: str
    log_density: Callable[..., Any]
    levels: Mapping[str, str]
    data: Sequence[str]
    points: Sequence[Mapping[str, float]]
    positive: Sequence[str] = ()
    rel: float = 1e-13
    abs: float = 1e-13
    digits: int = 60

    def density(self) -> Density:
        symbols = {name: variable(name, positive=name in self.positive) for name in (*self.levels, *self.data)}
        inputs = tuple(Input(name, level) for name, level in self.levels.items())
        return Density(self.log_density(**symbols), inputs, tuple(self.data))

    def kernel(self) -> RowKernel:
        return row_kernel(self.name, source_key(self.log_density, self.levels, self.positive), self.density)

    def exact(self, point: Mapping[str, float]) -> tuple[float, dict[str, float]]:
        """Return the log density of the natural-scale formula and its derivatives."""
        with mp.workdps(self.digits):
            numbers = {name: mp.mpf(value) for name, value in point.items()}
            derivatives = {
                name: mp.diff(lambda t, name=name: self.log_density(**{**numbers, name: t}), numbers[name])
                for name in self.levels
            }
            return float(self.log_density(**numbers)), {name: float(d) for name, d in derivatives.items()}


def grid(**values: Sequence[float]) -> list[dict[str, float]]:
    return [dict(zip(values, combination, strict=True)) for combination in product(*values.values())]


def evaluate(
    kernel: RowKernel,
    levels: Mapping[str, str],
    values: Mapping[str, float | np.ndarray],
    slots: Mapping[str, str] = {},
) -> tuple[np.ndarray, float, dict[str, np.ndarray]]:
    """Run a kernel on one block of rows; return the density of each row, what the kernel returned, and the adjoints.

    `slots` lets an input use the slot of another.
    """
    n = max((np.size(v) for v in values.values()), default=1)
    n = BLOCK if n == 1 else n
    workspace, adjoints = np.full(n * (len(levels) + 1), np.nan), np.zeros(n * (len(levels) + 1))
    places = {}
    for k, (name, level) in enumerate(levels.items()):
        places[name] = places[slots[name]] if name in slots else Slot("row", n * (k + 1), n if level == "row" else 1)
        place = places[name]
        workspace[place.offset : place.offset + place.size] = values[name]
    columns = {name: np.full(n, value, dtype=float) for name, value in values.items() if name not in levels}
    words = kernel.op(places, columns, Slot("row", 0, n)).arguments()
    numbers = np.array([w.offset if isinstance(w, Slot) else w.ctypes.data for w in words], dtype=np.int64)
    total = call(kernel, numbers, workspace, adjoints, 0, n)
    before = adjoints.copy()
    assert call(kernel, numbers, workspace, adjoints, 1, n) == 0.0
    assert np.array_equal(before, adjoints, equal_nan=True)
    gradient = {name: adjoints[p.offset : p.offset + p.size] for name, p in places.items()}
    return workspace[:n], total, gradient


def call(kernel: Any, words: np.ndarray, values: np.ndarray, adjoints: np.ndarray, phase: int, n: int) -> float:
    doubles = ctypes.POINTER(ctypes.c_double)
    return kernel.kernel.compiled.ctypes(
        words.ctypes.data_as(ctypes.POINTER(ctypes.c_int64)),
        values.ctypes.data_as(doubles),
        adjoints.ctypes.data_as(doubles),
        phase,
        0,
        n,
    )


def bernoulli(inverse):
    def log_density(y, eta):
        return m.where(m.equal(y, 1), m.log(inverse(eta)), m.log1m(inverse(eta)))

    return log_density


def bernoulli_logit(y, eta):
    mu = m.inv_logit(eta)
    return y * m.log(mu) + (1 - y) * m.log(1 - mu)


def gaussian(y, eta, sigma):
    return -((y - eta) ** 2) / (2 * sigma**2) - m.log(sigma) - 0.5 * m.log(2 * m.pi)


def poisson_log(y, eta):
    mu = m.exp(eta)
    return y * m.log(mu) - mu - m.lgamma(y + 1)


def negbinomial(y, mu, shape):
    count = m.lgamma_diff(shape, y) - m.lgamma(y + 1)
    return count + y * m.log(mu / (mu + shape)) + shape * m.log(shape / (mu + shape))


def negbinomial_log(y, eta, shape):
    return negbinomial(y, m.exp(eta), shape)


def negbinomial_log_log(y, eta, log_shape):
    return negbinomial(y, m.exp(eta), m.exp(log_shape))


def gamma_log(y, eta, shape):
    mu = m.exp(eta)
    return shape * m.log(shape / mu) - m.lgamma(shape) + (shape - 1) * m.log(y) - shape * y / mu


def beta_logit(y, eta, phi):
    mu = m.inv_logit(eta)
    return (mu * phi - 1) * m.log(y) + ((1 - mu) * phi - 1) * m.log1m(y) - m.lbeta(mu * phi, (1 - mu) * phi)


def student(y, eta, sigma, nu):
    z = (y - eta) / sigma
    constant = m.lgamma((nu + 1) / 2) - m.lgamma(nu / 2) - 0.5 * m.log(nu * m.pi) - m.log(sigma)
    return constant - (nu + 1) / 2 * m.log1p(z**2 / nu)


def zero_inflated_poisson(y, eta, eta_zi):
    zi, mu = m.inv_logit(eta_zi), m.exp(eta)
    zero = m.log_sum_exp(m.log(zi), m.log1m(zi) - mu)
    return m.where(m.equal(y, 0), zero, m.log1m(zi) + y * m.log(mu) - mu - m.lgamma(y + 1))


def hurdle_poisson(y, eta, hu):
    mu = m.exp(eta)
    positive = m.log1m(hu) + y * m.log(mu) - mu - m.lgamma(y + 1) - m.log(1 - m.exp(-mu))
    return m.where(m.equal(y, 0), m.log(hu), positive)


def poisson_softplus(y, eta):
    mu = m.log1p_exp(eta)
    return m.xlogy(y, mu) - mu - m.lgamma(y + 1)


def von_mises(y, eta, kappa):
    return kappa * m.cos(y - 2 * m.atan(eta)) - m.log(2 * m.pi) - m.log_bessel_i0(kappa)


def censored_gamma(y, eta, shape):
    return m.log(m.gamma_q(shape, shape * y / m.exp(eta)))


def interval_gaussian(lower, upper, eta, sigma):
    return m.log_Phi_diff((upper - eta) / sigma, (lower - eta) / sigma)


COUNTS = (0.0, 1.0, 7.0, 1e6)
ROW = {"eta": "row"}

CASES = [
    Case("bernoulli_logit", bernoulli_logit, ROW, ["y"], grid(y=(0.0, 1.0), eta=ETAS), digits=400),
    Case("bernoulli_probit", bernoulli(m.Phi), ROW, ["y"], grid(y=(0.0, 1.0), eta=ETAS[2:7]), digits=400),
    Case("bernoulli_cauchit", bernoulli(m.cauchy_cdf), ROW, ["y"], grid(y=(0.0, 1.0), eta=ETAS)),
    Case(
        "bernoulli_cloglog",
        bernoulli(lambda eta: 1 - m.exp(-m.exp(eta))),
        ROW,
        ["y"],
        grid(y=(0.0, 1.0), eta=(*ETAS[:6], 6.0)),
        digits=400,
    ),
    Case(
        "bernoulli_softit",
        bernoulli(lambda eta: m.log1p_exp(eta) / (1 + m.log1p_exp(eta))),
        ROW,
        ["y"],
        grid(y=(0.0, 1.0), eta=ETAS),
        digits=400,
    ),
    Case(
        "gaussian",
        gaussian,
        {"eta": "row", "sigma": "scalar"},
        ["y"],
        grid(y=(-1e8, 2.5), eta=(-40.0, 3.0, 1e10), sigma=(1e-20, 0.7, 1e20)),
        positive=("sigma",),
    ),
    Case("poisson_log", poisson_log, ROW, ["y"], grid(y=COUNTS, eta=ETAS[:-1]), rel=2e-13),
    Case("poisson_softplus", poisson_softplus, ROW, ["y"], grid(y=COUNTS, eta=ETAS), rel=2e-13),
    Case(
        "negbinomial_log",
        negbinomial_log,
        {"eta": "row", "shape": "scalar"},
        ["y"],
        grid(y=COUNTS[:3], eta=ETAS, shape=(1e-3, 2.5, 1e12)),
        positive=("shape",),
        abs=1e-12,  # derivatives by a tiny shape are differences of its reciprocal
    ),
    Case(
        "negbinomial_log_log",
        negbinomial_log_log,
        {"eta": "row", "log_shape": "row"},
        ["y"],
        grid(y=COUNTS[:3], eta=ETAS, log_shape=(-20.0, 1.0, 30.0)),
    ),
    Case(
        "gamma_log",
        gamma_log,
        {"eta": "row", "shape": "scalar"},
        ["y"],
        grid(y=(1e-8, 2.0, 1e5), eta=ETAS[1:], shape=(1e-3, 3.0, 1e4)),
        positive=("shape", "y"),
        abs=1e-10,
    ),
    Case(
        "beta_logit",
        beta_logit,
        {"eta": "row", "phi": "scalar"},
        ["y"],
        grid(y=(1e-10, 0.3, 1 - 2.0**-40), eta=ETAS[1:-1], phi=(0.1, 4.0, 1e4)),
        positive=("phi", "y"),
        abs=1e-10,
        digits=200,
    ),
    Case(
        "student",
        student,
        {"eta": "row", "sigma": "scalar", "nu": "scalar"},
        ["y"],
        grid(y=(-1e8, 2.5), eta=(-40.0, 3.0), sigma=(1e-10, 0.7, 1e10), nu=(1.0, 4.5, 1e4)),
        positive=("sigma", "nu"),
        abs=1e-11,
    ),
    Case(
        "zero_inflated_poisson",
        zero_inflated_poisson,
        {"eta": "row", "eta_zi": "row"},
        ["y"],
        grid(y=(0.0, 7.0), eta=ETAS[:-1], eta_zi=(-40.0, 0.5, 40.0)),
        digits=200,
    ),
    Case(
        "hurdle_poisson",
        hurdle_poisson,
        {"eta": "row", "hu": "scalar"},
        ["y"],
        grid(y=(0.0, 7.0), eta=ETAS[:-1], hu=(1e-10, 0.4)),
        positive=("hu",),
        digits=400,
    ),
    Case(
        "von_mises",
        von_mises,
        {"eta": "row", "kappa": "scalar"},
        ["y"],
        grid(y=(-3.0, 0.5), eta=(-40.0, 0.3, 745.0), kappa=(1e-3, 2.0, 500.0)),
        positive=("kappa",),
    ),
    Case(
        "censored_gamma",
        censored_gamma,
        {"eta": "row", "shape": "scalar"},
        ["y"],
        grid(y=(0.5, 20.0), eta=(-3.0, 0.0, 2.0, 30.0), shape=(0.8, 6.0)),
        positive=("shape", "y"),
        rel=1e-12,
        abs=1e-12,
    ),
    Case(
        "interval_gaussian",
        interval_gaussian,
        {"eta": "row", "sigma": "scalar"},
        ["lower", "upper"],
        grid(lower=(1.0,), upper=(1.01, 3.0), eta=(-30.0, 2.0, 40.0), sigma=(0.9, 20.0)),
        positive=("sigma",),
        rel=1e-11,
    ),
]
