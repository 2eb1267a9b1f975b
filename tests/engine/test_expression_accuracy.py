"""Generated kernels against mpmath: value and derivatives of the natural-scale formula, at extreme points and random ones."""

import math
import re

import numpy as np
import pytest
from density_cases import BLOCK, CASES, evaluate

BY_NAME = {case.name: case for case in CASES}


def agrees(case, got, exact):
    """Return whether all numbers agree with the exact one; the last rows of a block are not computed as vectors."""
    return bool(np.all((got == exact) if math.isinf(exact) else (abs(got - exact) <= case.rel * abs(exact) + case.abs)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_extreme_points(case):
    kernel = case.kernel()
    for point in case.points:
        value, derivatives = case.exact(point)
        rows, total, gradient = evaluate(kernel, case.levels, point)
        assert agrees(case, rows, value), point
        assert total == pytest.approx(BLOCK * rows[0])
        for name, exact in derivatives.items():
            n = 1 if case.levels[name] == "row" else BLOCK
            assert agrees(case, gradient[name] / n, exact), (name, point)


RANDOM = {
    "bernoulli_logit": lambda rng: {"y": rng.integers(2), "eta": rng.normal(0, 3)},
    "gaussian": lambda rng: {"y": rng.normal(0, 5), "eta": rng.normal(), "sigma": rng.gamma(2)},
    "negbinomial_log": lambda rng: {"y": rng.poisson(4), "eta": rng.normal(), "shape": rng.gamma(2)},
    "gamma_log": lambda rng: {"y": rng.gamma(2), "eta": rng.normal(), "shape": rng.gamma(2)},
    "beta_logit": lambda rng: {"y": rng.uniform(), "eta": rng.normal(), "phi": 10 * rng.gamma(2)},
    "zero_inflated_poisson": lambda rng: {"y": rng.poisson(1), "eta": rng.normal(), "eta_zi": rng.normal()},
}


@pytest.mark.parametrize("name", RANDOM)
def test_random_points_against_central_differences(name):
    case, rng = BY_NAME[name], np.random.default_rng(1)
    kernel = case.kernel()
    for _ in range(20):
        point = {key: float(value) for key, value in RANDOM[name](rng).items()}
        _, _, gradient = evaluate(kernel, case.levels, point)
        for key, level in case.levels.items():
            h = 1e-3 * max(abs(point[key]), 0.1)
            values = [evaluate(kernel, case.levels, point | {key: point[key] + k * h})[0][0] for k in (-2, -1, 1, 2)]
            slope = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h)
            n = 1 if level == "row" else BLOCK
            assert gradient[key][0] / n == pytest.approx(slope, rel=1e-7, abs=1e-8), (key, point)


@pytest.mark.parametrize(
    "name", ["bernoulli_logit", "gaussian", "poisson_log", "negbinomial_log", "gamma_log", "beta_logit"]
)
def test_loops_are_vectorised(name, tmp_path, monkeypatch):
    monkeypatch.setenv("PARTIALPOOL_CACHE_DIR", str(tmp_path))  # code from the disk cannot be inspected
    compiled = BY_NAME[name].kernel().kernel.compiled
    module = compiled.inspect_llvm()
    assert re.search(r"f(mul|add|sub|div)[a-z ]* <\d+ x double>", module)
    assert "call double @" not in re.sub(r"call double @llvm\.", "", module)


def test_a_log_density_without_a_limit_is_minus_infinity():
    case = BY_NAME["poisson_log"]
    rows, total, _ = evaluate(case.kernel(), case.levels, {"y": 3.0, "eta": 745.0})
    assert rows[0] == -math.inf
    assert total == -math.inf
