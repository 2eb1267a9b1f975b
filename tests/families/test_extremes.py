"""Compiled likelihoods far out: predictors of 40, scales and shapes from 1e-6 to 1e8.

Values must have ten digits, derivatives eight, save for what the rounding of the arguments themselves costs: no algorithm
in double precision avoids 1e-15 of the sum of |argument * derivative|.
"""

from __future__ import annotations

import itertools
import zlib

import count_extremes
import mpmath as mp
import numpy as np
import pytest
from family_cases import DEFINITIONS
from kernel_rows import evaluate

from partialpool.families import constructor
from partialpool.families.composition import likelihood

FAR = [-40.0, -3.0, 0.2, 3.0, 40.0]
NEAR = [-3.0, 0.2, 3.0]
SCALES = [float(np.log(scale)) for scale in (1e-6, 0.05, 1.0, 20.0, 1e4, 1e8)]
MILD = [float(np.log(scale)) for scale in (0.1, 1.0, 20.0, 1e4, 1e8)]
CHANCES = [-600.0, -40.0, 0.3, 40.0, 600.0]
SLANTS = [-1e8, -1e3, -3.0, 0.0, 1e-8, 2.0, 40.0, 1e6]
PRENTICE = [-40.0, -1.0, -1e-3, -1e-9, 0.0, 1e-7, 1e-2, 0.5, 1.0, 2.0, 40.0]
DEGREES = [-40.0, -13.0, -2.0, 1.0, 5.0]
SHAPES_XI = [-40.0, -3.0, -0.3, -1e-9, 0.0, 1e-7, 0.01, 1.0, 40.0]

REAL = [-40.0, 0.0, 0.7, 1e3]
POSITIVE = [1e-8, 0.7, 1.0, 1e3]
# Family, links that are not the default, responses, linear predictors of each parameter, rows to pick, digits of mpmath.
CASES = [
    ("weibull", {}, POSITIVE, {"mu": FAR, "shape": SCALES}, 30, 80),
    ("frechet", {}, POSITIVE, {"mu": FAR, "nu": [*DEGREES, SCALES[-1]]}, 30, 80),
    ("inverse_gaussian", {"link": "log"}, POSITIVE, {"mu": FAR, "shape": SCALES}, 30, 80),
    ("shifted_lognormal", {}, POSITIVE[1:], {"mu": FAR, "sigma": SCALES, "ndt": [-40.0, -3.0, -0.36, 0.1]}, 30, 80),
    ("skew_normal", {}, REAL[:3], {"mu": NEAR, "sigma": MILD, "alpha": SLANTS}, 30, 80),
    ("exgaussian", {}, REAL, {"mu": FAR, "sigma": SCALES, "beta": SCALES}, 30, 80),
    ("asym_laplace", {}, REAL, {"mu": FAR, "sigma": SCALES, "quantile": CHANCES}, 30, 600),
    ("zero_inflated_asym_laplace", {}, REAL, {"mu": FAR, "sigma": SCALES, "quantile": CHANCES, "zi": CHANCES}, 30, 600),
    ("von_mises", {}, [-3.14, 0.0, 0.7, 3.1], {"mu": [*FAR, 0.0, 0.36], "kappa": SCALES}, 30, 80),
    ("hurdle_gamma", {}, [0.0, 1e-8, 0.7, 1e3], {"mu": FAR, "shape": SCALES, "hu": CHANCES}, 30, 600),
    ("hurdle_lognormal", {}, [0.0, 1e-8, 0.7, 1e3], {"mu": FAR, "sigma": SCALES, "hu": CHANCES}, 30, 600),
    ("loglogistic", {}, POSITIVE, {"mu": FAR, "shape": SCALES}, 30, 80),
    ("gompertz", {}, POSITIVE[1:], {"mu": FAR, "shape": SCALES}, 30, 80),
    ("generalized_gamma", {}, POSITIVE, {"mu": FAR, "sigma": SCALES, "alpha": PRENTICE}, 30, 80),
    ("gen_extreme_value", {}, REAL, {"mu": FAR, "sigma": SCALES, "xi": SHAPES_XI}, 30, 80),
    ("skew_t", {}, REAL, {"mu": FAR, "sigma": SCALES, "nu": [*DEGREES, 9.0], "alpha": SLANTS[1:-1]}, 20, 60),
    (
        "wiener",
        {},
        [(0.05, 0.0), (0.4, 1.0), (1.3, 0.0), (30.0, 1.0)],
        {"mu": FAR, "bs": SCALES, "ndt": [-40.0, -3.2], "bias": FAR},
        12,
        120,
    ),
    (
        "tweedie",
        {},
        [0.0, 1e-4, 0.7, 20.0],
        {"mu": FAR, "phi": [0.0, 3.0, 9.0, 18.0], "power": [-6.0, 0.0, 6.0]},
        8,
        60,
    ),
]


def chosen_rows(family, responses, grids, n):
    """Responses, predictors and data of some rows of the grid, the predictors moved by up to a hundredth."""
    rng = np.random.default_rng(zlib.crc32(family.name.encode()))
    points = list(itertools.product(*grids.values()))
    rows = np.array([(*np.ravel(y), *point) for y in responses for point in points])
    rows = rows[rng.permutation(len(rows))[:n]]
    first = 1 + len(family.data)
    etas = {name: rows[:, first + k] * rng.uniform(0.99, 1.0, len(rows)) for k, name in enumerate(grids)}
    return rows[:, 0], etas, {name: rows[:, 1 + k] for k, name in enumerate(family.data)}


class Exact:
    """The log density of a row as a function of response and predictors, by definitions of the links."""

    def __init__(self, family, names, data):
        self.family, self.data = family, data
        self.links = {name: DEFINITIONS[family.link_of(name).name] for name in names}

    def __call__(self, y, *etas):
        natural = {name: link(eta) for (name, link), eta in zip(self.links.items(), etas, strict=True)}
        return self.family.log_density(y, **natural, **self.data)


def slope(function, point, i):
    step = mp.mpf(10) ** -25 * max(1, abs(point[i]))
    up, down = list(point), list(point)
    up[i] += step
    down[i] -= step
    return (function(*up) - function(*down)) / (2 * step)


def unavoidable(function, point, rounded):
    """What rounding the arguments costs, those of which it is known."""
    return mp.mpf("1e-15") * sum(abs(point[i] * slope(function, point, i)) for i in rounded if point[i])


def finite(x):
    return abs(x) < 1e300


def case_id(case):
    return "-".join([case[0], *case[1].values()])


@pytest.mark.parametrize(
    ("name", "links", "responses", "grids", "n", "digits"),
    [pytest.param(*case, id=case_id(case)) for case in (*CASES, *count_extremes.CASES)],
)
def test_value_and_gradient_far_out(name, links, responses, grids, n, digits):
    family = constructor(name)(**links)
    y, etas, data = chosen_rows(family, responses, grids, n)
    values, gradients = evaluate(likelihood(family, dict.fromkeys(etas, "row"), family.data), etas, {"y": y, **data})
    with_steps = family.response.discrete or family.response.kind == "closed_proportion"
    rounded = range(1 if with_steps else 0, 1 + len(etas))
    with mp.workdps(digits):
        for row in range(len(y)):
            point = tuple(mp.mpf(float(column[row])) for column in (y, *etas.values()))
            function = Exact(family, etas, {name: mp.mpf(float(column[row])) for name, column in data.items()})
            exact = function(*point)
            if not finite(exact):
                assert values[row] == float(exact), point
                continue
            allowed = mp.mpf("1e-10") * abs(exact) + mp.mpf("1e-13") + unavoidable(function, point, rounded)
            assert abs(mp.mpf(float(values[row])) - exact) <= allowed, point
            for k, parameter in enumerate(etas):
                by_parameter = slope(function, point, k + 1)
                error = abs(mp.mpf(float(gradients[parameter][row])) - by_parameter)
                allowed = mp.mpf("1e-8") * abs(by_parameter) + mp.mpf("1e-12")
                if finite(by_parameter) and error > allowed:
                    allowed += unavoidable(lambda *p, f=function, k=k: slope(f, p, k + 1), point, rounded)
                    assert error <= allowed, (parameter, point)
