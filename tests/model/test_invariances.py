"""What must not change a log density: repeated rows or weights, the order of rows, names of levels, units of predictors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import made_up
from partialpool import bf, brm, poisson, prior

FORMULA = bf("y ~ x * f + (x | g) + (1 | h)", "sigma ~ z + (1 | g)")
FRAME = pd.DataFrame(made_up.data(600))  # more than one block of rows


def model(formula, frame, family=None, **options):
    return brm(formula, frame, family, empty=True, **options).model


def points(built, n=5):
    return np.random.default_rng(8).normal(0.0, 0.5, (n, built.param_unc_num()))


def assert_same(one, other, mapped=lambda u: u, rel=1e-11):
    for u in points(one):
        value, gradient = one.log_density_gradient(u)
        value_there, gradient_there = other.log_density_gradient(mapped(u))
        assert value_there == pytest.approx(value, rel=rel)
        np.testing.assert_allclose(gradient_there, mapped(gradient), rtol=1e-9, atol=1e-9 * np.abs(gradient).max())


def test_order_of_rows():
    shuffled = FRAME.sample(frac=1, random_state=1)
    assert_same(model(FORMULA, FRAME), model(FORMULA, shuffled))


def test_weights_of_two_are_rows_twice():
    # Priors are given: their defaults depend on the response, not on its weights.
    twice = pd.concat([FRAME, FRAME])
    weighted = FRAME.assign(w=2.0)
    formula = "count | weights(w) ~ x + (1 | g)"
    assert_same(model(formula, weighted, poisson()), model("count ~ x + (1 | g)", twice, poisson()))


def test_rows_of_weight_zero_do_not_count():
    more = pd.concat([FRAME.assign(w=1.0), FRAME.head(40).assign(w=0.0, count=50)])
    priors = [prior("normal(0, 5)", class_="Intercept"), prior("normal(0, 1)", class_="sd")]
    formula = bf("count | weights(w) ~ x + (1 | g)", center=False)
    one = model(formula, FRAME.assign(w=1.0), poisson(), prior=priors[1])
    assert_same(one, model(formula, more, poisson(), prior=priors[1]))


def test_names_of_levels():
    """New names that sort as the old ones do."""
    renamed = FRAME.assign(
        g=FRAME["g"].map({"ann": "1st", "bob": "2 nd", "cy": "Ω", "dee e": "ω'"}), f=FRAME["f"].str.upper() + "!"
    )
    assert_same(model(FORMULA, FRAME), model(FORMULA, renamed))


def test_names_of_levels_that_sort_otherwise():
    """Effects and coefficients move with their levels."""
    renamed = FRAME.assign(g=FRAME["g"].map({"ann": "z", "bob": "y", "cy": "x", "dee e": "w"}))
    one, other = model("y ~ x + (x | g)", FRAME), model("y ~ x + (x | g)", renamed)
    names = one.param_unc_names()
    place = {name: i for i, name in enumerate(names)}
    order = [
        place[f"z_1.{name.split('.')[1]}.{5 - int(name.split('.')[2])}"] if name.startswith("z_1") else place[name]
        for name in names
    ]
    assert_same(one, other, lambda u: u[order])


def test_units_of_a_predictor():
    """A coefficient per kilometre is a thousand coefficients per metre; both have flat priors."""
    far = FRAME.assign(x=FRAME["x"] * 1000)
    one, other = model("y ~ x + z", FRAME), model("y ~ x + z", far)
    assert one.param_names()[:2] == ["b.1", "b.2"]
    for u in points(one):
        scaled = u * np.array([1e-3, 1, 1, 1])
        assert other.log_density(scaled) == pytest.approx(one.log_density(u), rel=1e-11)


def test_origin_of_a_predictor():
    """Predictors are centred: where they are zero does not matter."""
    assert_same(model("y ~ x + z", FRAME), model("y ~ x + z", FRAME.assign(x=FRAME["x"] + 2.5e4)), rel=1e-9)


def test_scale_in_the_formula_is_a_scaled_column():
    by_hand = FRAME.assign(x=(FRAME["x"] - FRAME["x"].mean()) / FRAME["x"].std())
    assert_same(model("y ~ scale(x) + (1 | g)", FRAME), model("y ~ x + (1 | g)", by_hand))


@pytest.mark.parametrize("n", [1, 7, 511, 512, 513, 1024, 1025])
def test_rows_that_fill_blocks_or_do_not(n):
    """The sum over rows is that of models of one row each."""
    frame = FRAME.loc[np.arange(n) % len(FRAME)].assign(f="u").reset_index(drop=True)
    frame["y"] = frame["y"] + np.arange(n) / 100
    priors = [prior("normal(0, 1)", class_="sigma")]
    formula = bf("y ~ x + z", center=False)
    whole, rows = model(formula, frame, prior=priors), frame.head(n)
    u = points(whole, 1)[0]
    eta = u[0] + rows["x"] * u[1] + rows["z"] * u[2]
    sigma = np.exp(u[3])
    expected = np.sum(-0.5 * ((rows["y"] - eta) / sigma) ** 2 - np.log(sigma) - 0.5 * np.log(2 * np.pi))
    density_of_sigma = -0.5 * sigma**2 + 0.5 * np.log(2 / np.pi)
    assert whole.log_density(u, jacobian=False) == pytest.approx(expected + density_of_sigma, rel=1e-12)
