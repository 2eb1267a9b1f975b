"""Draws as a DataTree: names, dimensions, labels and values, and the functions of ArviZ on it."""

from __future__ import annotations

import importlib
import warnings

import numpy as np
import pandas as pd
import pytest

import made_up
from partialpool import bf, brm, poisson, prior
from partialpool.plots.source import draws_from

FRAME = pd.DataFrame(made_up.data())


@pytest.fixture(scope="module")
def fit():
    formula = bf("y ~ x * f + (x | p | g) + (0 + z | g) + (1 | h)", "sigma ~ z + (1 | p | g)")
    return made_up.fit(formula, frame=FRAME, draws={"n_draws": 60, "chains": 3})


def test_dimensions_and_labels(fit):
    posterior = fit.idata["posterior"]
    levels = {"g": 4, "h": 5}
    coefs = {"coef": 6, "sigma_coef": 2, "g_coef": 4, "g_cor": 3, "h_coef": 1, "r_g_coef": 3, "g__sigma_coef": 1}
    assert dict(posterior.sizes) == {"chain": 3, "draw": 60, **levels, **coefs}
    assert posterior["b"].dims == ("chain", "draw", "coef")
    assert posterior["coef"].values.tolist() == ["Intercept", "x", "fv", "fw", "x:fv", "x:fw"]
    assert posterior["b_sigma"].dims == ("chain", "draw", "sigma_coef")
    assert posterior["r_g"].dims == ("chain", "draw", "g", "r_g_coef")  # not those of all predictors
    assert posterior["r_h"].dims == ("chain", "draw", "h", "h_coef")
    assert posterior["r_g__sigma"].dims == ("chain", "draw", "g", "g__sigma_coef")
    assert posterior["g"].values.tolist() == ["ann", "bob", "cy", "dee e"]
    assert posterior["h"].values.tolist() == ["1", "3", "7", "10", "20"]
    assert posterior["g_cor"].values.tolist() == [
        "Intercept__x",
        "Intercept__sigma_Intercept",
        "x__sigma_Intercept",
    ]


def test_terms_of_a_group_are_joined(fit):
    """Standard deviations of all terms of a group in one array, effects of a place likewise."""
    posterior = fit.idata["posterior"]
    assert posterior["g_coef"].values.tolist() == ["Intercept", "x", "sigma_Intercept", "z"]
    assert np.isfinite(posterior["sd_g"].values).all()
    for coef in ("Intercept", "x", "z"):
        for level, public in (("ann", "ann"), ("dee e", "dee.e")):  # in flat names only are there no blanks
            np.testing.assert_array_equal(
                posterior["r_g"].sel(g=level, r_g_coef=coef), fit.draws[f"r_g[{public},{coef}]"]
            )


def test_values_are_those_of_the_flat_names(fit):
    """Each flat variable stands in the tree, at the place that its labels say."""
    posterior, seen = fit.idata["posterior"], 0
    for output in fit.model.outputs:
        array = posterior[output.variable]
        labels = [np.array(axis) for axis in output.coords]
        for name in output.names:
            position = output.names.index(name)
            at = {}
            for dim, axis in zip(array.dims[2:], labels, strict=True):
                at[dim] = axis[position % len(axis)]
                position //= len(axis)
            np.testing.assert_array_equal(array.sel(at), fit.draws[name])
            seen += 1
    np.testing.assert_array_equal(posterior["lprior"], fit.draws["lprior"])
    np.testing.assert_array_equal(fit.idata["sample_stats"]["lp"], fit.draws["lp__"])
    assert seen + 2 == len(fit.draws.names)


def test_the_tree_has_the_flat_names_of_the_fit(fit):
    draws = draws_from(fit.idata)
    assert set(draws.names) == set(fit.draws.names) - {"lp__"}
    for name in draws.names:
        np.testing.assert_array_equal(draws[name], fit.draws[name])


def test_observed_data_and_rows(fit):
    tree = fit.to_idata(log_likelihood=True, posterior_predictive=True, seed=1)
    np.testing.assert_array_equal(tree["observed_data"]["y"], FRAME["y"])
    assert tree["log_likelihood"]["y"].dims == ("chain", "draw", "obs_id")
    np.testing.assert_array_equal(tree["log_likelihood"]["y"].values.reshape(180, -1), fit.log_lik())
    np.testing.assert_array_equal(
        tree["posterior_predictive"]["y"].values.reshape(180, -1), fit.posterior_predict(seed=1)
    )
    assert "log_likelihood" not in fit.idata


@pytest.mark.parametrize("group", ["chain", "draw", "coef", "sigma", "b", "lprior"])
def test_groups_named_as_something_else_is(group):
    frame = FRAME.rename(columns={"g": group})
    tree = made_up.fit(f"y ~ x + (1 | {group})", frame=frame).idata
    effects = tree["posterior"][f"r_{group}"]
    assert effects.dims == ("chain", "draw", f"{group}_level", f"{group}_coef")
    assert effects[f"{group}_level"].values.tolist() == ["ann", "bob", "cy", "dee e"]


@pytest.mark.parametrize("name", ["obs_id", "chain", "draw", "category"])
def test_response_named_as_a_dimension_is(name):
    tree = made_up.fit(f"{name} ~ x", frame=FRAME.rename(columns={"y": name})).to_idata(log_likelihood=True)
    assert tree["log_likelihood"][f"{name}_response"].dims == ("chain", "draw", "obs_id")
    np.testing.assert_array_equal(tree["observed_data"][f"{name}_response"], FRAME["y"])


def test_draws_from_priors_and_warmup():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # so few draws do not converge
        fit = brm(
            *("y ~ x + (1 | g)", FRAME),
            prior=prior("normal(0, 1)", class_="b"),
            sample_prior="yes",
            save_warmup=True,
            iter=400,
            warmup=300,
            chains=2,
            thin=5,
            seed=1,
            progress=False,
        )
    tree = fit.idata
    assert set(tree["prior"].data_vars) == {"b", "Intercept", "sigma", "sd_g"}
    assert not any(str(name).startswith("prior") for name in tree["posterior"].data_vars)
    assert tree["warmup_posterior"].sizes["draw"] == tree["warmup_sample_stats"].sizes["draw"] == 60
    assert tree["posterior"].sizes["draw"] == 20


def test_functions_of_arviz(fit):
    stats = pytest.importorskip("arviz_stats")
    tree = made_up.fit("count ~ x + (1 | g)", poisson(), FRAME, draws={"n_draws": 200, "chains": 4, "spread": 0.1})
    with_rows = tree.to_idata(log_likelihood=True)
    rhat, ess = stats.rhat(tree.idata), stats.ess(tree.idata)
    assert rhat["b"].dims == ess["b"].dims == ("coef",)
    assert rhat["r_g"].dims == ("g", "g_coef")
    table = stats.summary(tree.idata)
    assert "b[x]" in table.index
    assert table.loc["b[x]", "mean"] == pytest.approx(tree.draws["b_x"].mean(), abs=0.01)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # draws that are made up are no posterior
        loo = stats.loo(with_rows)
    assert loo.n_data_points == len(FRAME)


@pytest.mark.parametrize(
    "formula", ["y ~ x + (1 + x | g)", bf("y ~ x + (x | g) + (z | h)", "sigma ~ z + (1 | g)"), "y ~ 0 + (x + z || g)"]
)
def test_summaries_of_arviz_have_the_right_labels(formula):
    stats = pytest.importorskip("arviz_stats")
    posterior = made_up.fit(formula, frame=FRAME, draws={"n_draws": 60, "chains": 2}).idata["posterior"].to_dataset()
    table = stats.summary(posterior, kind="stats", round_to="none")
    seen = 0
    for name, array in posterior.data_vars.items():
        means = array.mean(("chain", "draw"))
        for index in np.ndindex(means.shape):
            labels = [str(means[dim].values[i]) for dim, i in zip(means.dims, index, strict=True)]
            label = f"{name}[{', '.join(labels)}]" if labels else name
            assert table.loc[label, "mean"] == pytest.approx(float(means[index]), rel=1e-9)
            seen += 1
    assert seen == len(table)


@pytest.mark.parametrize(("left", "name"), [("the_response", "the_response"), ("log(count + 1)", "logcount1")])
def test_response_is_called_as_its_column(left, name):
    tree = made_up.fit(f"{left} ~ x", frame=FRAME.rename(columns={"y": "the_response"})).to_idata(log_likelihood=True)
    assert list(tree["observed_data"].data_vars) == list(tree["log_likelihood"].data_vars) == [name]


def test_plots_of_arviz(fit):
    try:
        plots = importlib.import_module("arviz_plots")
    except (ImportError, AttributeError) as error:  # not every version goes with every matplotlib
        pytest.skip(f"arviz-plots cannot be imported: {error}")
    collection = plots.plot_dist(fit.idata, var_names=["sd_g", "b"], backend="none")
    assert {"sd_g", "b"} <= set(collection.viz["plot"].data_vars)
