"""Kernels whose calls stand in loops of their own: what is computed when, and that values and derivatives are right."""

from __future__ import annotations

import numpy as np
import pytest
from density_cases import Case, evaluate

from partialpool.engine import mathematics as m
from partialpool.engine.expression.generation import row_source
from partialpool.engine.expression.staging import PIECE


def waiting(t, mu, shape):
    """A function of several results, and another of what it returns."""
    inner = m.log_tweedie_series(m.exp(mu), shape)
    return m.log1p(t) * m.log_gamma_p(shape, t + m.exp(inner)) - mu * inner


def case(levels):
    points = [{"t": t, "mu": mu, "shape": 1.7} for mu in (-1.0, 0.4) for t in np.linspace(0.1, 4.0, PIECE - 20)]
    return Case("waiting", waiting, levels, ["t"], points, ["shape", "t"])


def test_each_call_waits_for_what_it_is_a_function_of():
    loops = row_source(case({"mu": "row", "shape": "row"}).density()).split("for j in range")[1:]
    assert ["log_tweedie_series_and_slopes(" in loop for loop in loops] == [False, True, False, False, False]
    assert ["log_gamma_p_q_and_slopes(" in loop for loop in loops] == [False, False, False, True, False]
    assert "log1p(" not in "".join(loops[:-1])  # no call needs it


@pytest.mark.parametrize("levels", [{"mu": "row", "shape": "row"}, {"mu": "row", "shape": "scalar"}])
def test_values_and_derivatives_of_more_rows_than_a_piece(levels):
    made = case(levels)
    columns = {name: np.array([point[name] for point in made.points]) for name in ("t", "mu", "shape")}
    given = {**columns, "shape": 1.7} if levels["shape"] == "scalar" else columns
    assert len(made.points) > PIECE
    values, total, partials = evaluate(made.kernel(), levels, given)
    assert total == pytest.approx(values.sum(), rel=1e-12)
    by_shape = 0.0
    for row, point in enumerate(made.points):
        value, derivatives = made.exact(point)
        assert values[row] == pytest.approx(value, rel=1e-11)
        assert partials["mu"][row] == pytest.approx(derivatives["mu"], rel=1e-9)
        by_shape += derivatives["shape"]
    assert np.sum(partials["shape"]) == pytest.approx(by_shape, rel=1e-9)
