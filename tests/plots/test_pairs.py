import numpy as np
import pytest

from partialpool.errors import DataError
from partialpool.plots import mcmc_pairs
from partialpool.plots.kernel_density import estimate_density

NAMES = ["b_Intercept", "sd_channel__Intercept", "cor_channel__Intercept__promoBundle"]


def tables(plot, geom):
    return [layer._data for layer in plot.layers if type(layer.geom).__name__ == geom]


def panel(table, row, column):
    return table[(table["row"] == row) & (table["column"] == column)]


def test_scatter_stands_below_the_diagonal(named_draws, render):
    plot = mcmc_pairs(named_draws, NAMES)
    (points,) = tables(plot, "geom_point")
    first, second, third = NAMES
    assert set(map(tuple, points[["row", "column"]].astype(str).drop_duplicates().to_numpy())) == {
        (second, first),
        (third, first),
        (third, second),
    }
    found = panel(points, third, first)
    np.testing.assert_array_equal(found["x"], named_draws[first].ravel())
    np.testing.assert_array_equal(found["y"], named_draws[third].ravel())
    assert len(render(plot)) == 9


def test_histograms_fill_the_height_of_their_panels(named_draws):
    (bars,) = tables(mcmc_pairs(named_draws, NAMES, diag_args={"bins": 12}), "geom_rect")
    for name in NAMES:
        found, values = panel(bars, name, name), named_draws[name]
        counts, edges = np.histogram(values, 12)
        assert found["count"].tolist() == counts.tolist()
        np.testing.assert_allclose(found["xmin"], edges[:-1])
        height = (found["ymax"] - values.min()) / (values.max() - values.min())
        np.testing.assert_allclose(height, counts / counts.max(), atol=1e-12)


def test_densities_on_the_diagonal(named_draws, render):
    plot = mcmc_pairs(named_draws, NAMES, diag_fun="dens", diag_args={"adjust": 2.0, "n_dens": 100})
    (curves,) = tables(plot, "geom_ribbon")
    np.testing.assert_allclose(
        panel(curves, NAMES[0], NAMES[0])["density"], estimate_density(named_draws[NAMES[0]], adjust=2.0, n_dens=100).y
    )
    render(plot)


def test_regions_stand_above_the_diagonal(named_draws):
    (regions,) = tables(mcmc_pairs(named_draws, NAMES, off_diag_args={"probs": (0.4, 0.9)}), "geom_polygon")
    assert set(regions["prob"]) == {0.4, 0.9}
    assert (regions["row"].cat.codes < regions["column"].cat.codes).all()
    found = panel(regions, NAMES[0], NAMES[1])
    assert found["x"].between(0, 5).all()
    assert found["y"].between(-0.5, 0.1).all()


def test_coefficients_above_the_diagonal(named_draws, render):
    plot = mcmc_pairs(named_draws, NAMES, upper_fun="correlation")
    (coefficients,) = tables(plot, "geom_text")
    r = np.corrcoef(named_draws[NAMES[0]].ravel(), named_draws[NAMES[2]].ravel())[0, 1]
    assert float(panel(coefficients, NAMES[0], NAMES[2])["label"].item()) == pytest.approx(r, abs=0.005)
    render(plot)


def test_strong_and_absent_correlations():
    x = np.tile([1.0, -1.0], 50)
    y = np.repeat([1.0, -1.0], 50)
    plot = mcmc_pairs({"x": x, "minus": -x, "y": y}, upper_fun="correlation")
    assert tables(plot, "geom_text")[0]["label"].tolist() == ["-1.00", "0.00", "0.00"]


def test_divergences_are_red(named_draws, divergent, render):
    plot = mcmc_pairs(named_draws, NAMES[:2], np={"diverging": divergent})
    calm, marked = tables(plot, "geom_point")
    np.testing.assert_array_equal(marked["x"], named_draws[NAMES[0]][divergent])
    assert len(calm) == 480 - 3
    assert plot.labels.caption == "3 divergent transitions in red"
    assert plot.layers[-1].geom.aes_params["color"].startswith("#D7")
    render(plot)


def test_thinning_keeps_divergences(named_draws, divergent):
    calm, marked = tables(mcmc_pairs(named_draws, NAMES[:2], np=divergent, max_points=50), "geom_point")
    assert len(marked) == 3
    assert 47 <= len(calm) <= 50
    (everything,) = tables(mcmc_pairs(named_draws, NAMES[:2], max_points=None), "geom_point")
    assert len(everything) == 480


@pytest.mark.parametrize(
    ("condition", "above"),
    [
        ("chains", np.repeat([False, False, True, True], 120)),
        (0.25, np.tile(np.arange(120) >= 30, 4)),
        (np.arange(480).reshape(4, 120) % 3 == 0, np.arange(480) % 3 == 0),
        ("energy", np.arange(480) > 239.5),
        ("diverging", np.arange(480) == 5),
    ],
)
def test_conditions_split_the_draws(named_draws, condition, above):
    statistics = {"energy": np.arange(480.0).reshape(4, 120), "diverging": (np.arange(480) == 5).reshape(4, 120)}
    shown = tables(mcmc_pairs(named_draws, NAMES[:2], condition=condition, np=statistics), "geom_point")
    first, second = NAMES[:2]
    upper = np.concatenate([panel(table, first, second)["y"] for table in shown])
    lower = np.concatenate([panel(table, second, first)["x"] for table in shown])
    values = named_draws[first].ravel()
    np.testing.assert_array_equal(np.sort(upper), np.sort(values[above]))
    np.testing.assert_array_equal(np.sort(lower), np.sort(values[~above]))


def test_scatter_on_both_sides(named_draws, render):
    plot = mcmc_pairs(named_draws, NAMES[:2], upper_fun="scatter", off_diag_args={"size": 2, "alpha": 0.3})
    assert len(tables(plot, "geom_point")[0]) == 960
    assert plot.layers[-1].geom.aes_params["size"] == 2
    render(plot)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pars": "b_Intercept"}, "takes 2 to 12 variables, not 1"),
        ({"diag_fun": "box"}, "`diag_fun` cannot be 'box'"),
        ({"upper_fun": "densty"}, "`upper_fun` cannot be 'densty'; did you mean 'density'"),
        ({"diag_args": {"bin": 3}}, "`diag_args` has no argument 'bin'; did you mean 'bins'"),
        ({"off_diag_args": {"shape": 3}}, "`off_diag_args` has no argument 'shape'"),
        ({"max_points": 0}, "max_points must be at least 1"),
        ({"condition": 3}, "`condition` is an array"),
        ({"condition": np.ones((4, 3))}, r"`condition` has shape \(4, 3\)"),
        ({"condition": "energy"}, "no sampler statistic is named 'energy'; the source carries none"),
    ],
)
def test_arguments_that_do_not_fit(named_draws, arguments, message):
    with pytest.raises(DataError, match=message):
        mcmc_pairs(named_draws, **{"pars": NAMES, **arguments})


def test_one_chain_cannot_be_split():
    with pytest.raises(DataError, match="'chains' needs at least two chains"):
        mcmc_pairs({"x": np.arange(9.0), "y": np.arange(9.0)}, condition="chains")


def test_constants_cannot_be_paired():
    with pytest.raises(DataError, match="'sigma' has the same value in all draws"):
        mcmc_pairs({"x": np.arange(9.0), "sigma": np.ones(9)})
