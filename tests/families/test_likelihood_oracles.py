"""Compiled likelihoods against Stan: the log density of the oracles' models at three points, less its prior part."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_rows import evaluate
from scipy import stats

from oracle import load
from partialpool.families import as_family
from partialpool.families.composition import likelihood

# Models with at most one group term, of an intercept alone.
MODELS = ["002", "003", "004", "026", "029", "031", "032", "034", "036", "038", "041", "056", "059", "094", "096"]
ADDITIONS = {"trials": "trials", "weights": "weights", "denom": "rate", "se": "se"}


def constrained(point):
    return {name: np.array(v["values"]).reshape(v["dims"]) for name, v in point["constrained"].items()}


def predictor(oracle, values, prefix):
    """Return intercept and coefficients of one parameter at the design."""
    eta = np.broadcast_to(values[f"b{prefix}_Intercept"], len(oracle.data("Y"))).copy()
    if f"b{prefix}" in values:
        eta += oracle.data(f"X{prefix}")[:, 1:] @ values[f"b{prefix}"]
    return eta


def inputs_of(oracle, family, values):
    mu = predictor(oracle, values, "")
    if "r_1_1" in values:
        mu += oracle.data("Z_1_1") * values["r_1_1"][oracle.data("J_1") - 1]
    found = {"mu": mu}
    for name in family.dpars[1:]:
        if f"b_{name}_Intercept" in values:
            found[name] = predictor(oracle, values, f"_{name}")
        elif name in values:
            found[name] = values[name]
    return found


@pytest.mark.parametrize("name", MODELS)
def test_log_likelihood_is_that_of_stan(name):
    oracle = load(name)
    figures, standata = oracle.figures, oracle.figures["standata"]
    family = as_family({k: v for k, v in figures["family"].items() if k.startswith(("family", "link"))})
    columns = {column: oracle.data(column).astype(float) for column in ADDITIONS if column in standata}
    additions = [ADDITIONS[column] for column in columns]
    for point in figures["log_prob"]:
        values = constrained(point)
        inputs = inputs_of(oracle, family, values)
        if "se" in columns:
            inputs.pop("sigma", None)
        levels = {name: "row" if np.ndim(value) else "scalar" for name, value in inputs.items()}
        kernel = likelihood(family, levels, additions)
        rows, _ = evaluate(kernel, inputs, {"y": oracle.data("Y").astype(float), **columns})
        standard = stats.norm.logpdf(values["z_1"]).sum() if "z_1" in values else 0.0
        expected = point["lp_unadjusted"] - values["lprior"] - standard
        assert rows.sum() == pytest.approx(expected, rel=1e-11)
