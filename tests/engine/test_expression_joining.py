"""Functions that come from one call: which are joined, and that values and derivatives are what they were."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from density_cases import Case, evaluate

from partialpool.engine import mathematics as m
from partialpool.engine import vecmath
from partialpool.engine.expression.generation import row_source
from partialpool.engine.expression.joining import join
from partialpool.engine.mathematics import symbolic
from partialpool.engine.mathematics.count_symbols import LogComPoisson
from partialpool.engine.mathematics.integral_symbols import VonMisesIntegral
from partialpool.engine.mathematics.remainder_symbols import LogTweedieSeries
from partialpool.engine.mathematics.special_symbols import LogBetaInc, LogGammaP, LogGammaQ, LogStudentCdf

x, y = sp.symbols("x y", positive=True)
ARGUMENTS = {
    LogComPoisson: (3.0, 0.2, 1.3),
    VonMisesIntegral: (0.7, 2.0),
    LogTweedieSeries: (2.5, 0.8),
    LogBetaInc: (2.0, 3.5, 0.3, 0.7),
    LogGammaP: (2.5, 1.7),
    LogGammaQ: (2.5, 1.7),
    LogStudentCdf: (-1.3, 4.0),
}


@pytest.mark.parametrize("function", ARGUMENTS, ids=lambda function: function.code)
def test_each_result_is_in_its_place(function):
    arguments = ARGUMENTS[function]
    symbols = sp.symbols(f"x:{len(arguments)}", positive=True)
    parts = [
        function(*symbols),
        *(part for part in function(*symbols)._partials(*symbols) if getattr(part, "joint", None)),
    ]
    assert len(parts) > 1
    for part in parts:
        results = getattr(vecmath, part.joint.name)(*arguments)
        assert len(results) == part.joint.size
        assert results[part.joint.place] == getattr(vecmath, part.code)(*arguments)


def test_a_function_alone_stays_as_it_is():
    assert join([], [LogGammaP(x, y)], "j") == ([], [LogGammaP(x, y)])


def test_functions_of_the_same_arguments_share_a_call():
    p, slope = LogGammaP(x, y), LogGammaP(x, y).diff(x)
    other = LogGammaP(y, x)
    steps, (total, alone) = join([], [p * slope, other], "j")
    (names, call), *rest = steps
    assert not rest
    assert call.args == (x, y)
    assert call.code == "log_gamma_p_q_and_slopes"
    assert total == names[0] * names[2]
    assert alone == other


def test_calls_within_arguments_come_first():
    inner, inner_slope = LogTweedieSeries(x, y), LogTweedieSeries(x, y).diff(x)
    outer = LogGammaP(x, sp.exp(inner))
    steps, _ = join([], [outer + outer.diff(x), inner_slope], "j")
    assert [call.code for _, call in steps] == ["log_tweedie_series_and_slopes", "log_gamma_p_q_and_slopes"]
    assert steps[1][1].args[1] == sp.exp(steps[0][0][0])


def survival_times(t, mu, shape):
    return m.where(t < 2, m.log_gamma_q(shape, t * shape * m.exp(-mu)), m.log_gamma_p(shape, t * shape * m.exp(-mu)))


def test_kernels_with_joined_functions_are_right():
    points = [{"t": t, "mu": 0.3, "shape": shape} for t in (0.2, 1.9, 2.5, 9.0) for shape in (0.4, 1.0, 7.5)]
    case = Case("survival", survival_times, {"mu": "row", "shape": "row"}, ["t"], points, ["shape", "t"])
    assert row_source(case.density()).count("= log_gamma_p_q_and_slopes(") == 1
    columns = {name: np.array([point[name] for point in points]) for name in points[0]}
    values, _, partials = evaluate(case.kernel(), case.levels, columns)
    for row, point in enumerate(points):
        value, derivatives = case.exact(point)
        assert values[row] == pytest.approx(value, rel=1e-12)
        for name, derivative in derivatives.items():
            assert partials[name][row] == pytest.approx(derivative, rel=1e-11)


def test_the_vocabulary_of_symbols_knows_them():
    assert symbolic.log_tweedie_series is LogTweedieSeries
