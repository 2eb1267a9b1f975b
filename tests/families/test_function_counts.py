"""Counts of special functions a row that stand beside the costs of families."""

import numpy as np
import pytest

import partialpool as pp
from function_counts import functions_per_row

DATA = {"y": np.arange(20) % 3 + 1, "h": np.arange(20) % 2, "x": np.linspace(-1, 1, 20)}


@pytest.mark.parametrize(
    ("formula", "family", "functions"),
    [
        ("x ~ 1", "gaussian", 0),
        ("h ~ x", "bernoulli", 2),  # exp(-|eta|) and the logarithm
        ("y ~ x", "poisson", 2),  # exp(eta), and the deviance, which keeps digits
        ("y ~ x", "categorical", 6),  # two exponentials, a logarithm, three proportions
        (pp.bf("x ~ 1", "sigma ~ y"), "gaussian", 1),
    ],
)
def test_functions_of_a_row(formula, family, functions):
    assert functions_per_row(pp.brm(formula, DATA, family, empty=True).model) == functions
