"""Plots with a variable in each row: intervals, areas, ridges, half-eyes."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from plotnine import geom_vline, labs, theme_bw
from scipy.stats import cauchy, gamma, norm

from partialpool.errors import DataError, DataWarning, PriorError
from partialpool.plots import halfeye, mcmc_areas, mcmc_areas_ridges, mcmc_intervals, mcmc_intervals_data
from partialpool.plots.intervals import rhat_class


def layer_data(plot, geom):
    return [layer._data for layer in plot.layers if type(layer.geom).__name__ == geom]


def row_labels(axes):
    return [text.get_text() for text in axes[0].get_yticklabels()]


# Intervals ------------------------------------------------------------------------------------------------------------


def test_ends_of_intervals_are_quantiles(named_draws):
    table = mcmc_intervals_data(named_draws, prob=0.5, prob_outer=0.89)
    assert table["parameter"].tolist() == list(named_draws)
    for row in table.itertuples():
        quantiles = np.quantile(named_draws[row.parameter], [0.055, 0.25, 0.5, 0.75, 0.945])
        np.testing.assert_allclose([row.ll, row.l, row.m, row.h, row.hh], quantiles, rtol=1e-12)


def test_point_estimates(named_draws):
    means = mcmc_intervals_data(named_draws, point_est="mean")["m"]
    np.testing.assert_allclose(means, [values.mean() for values in named_draws.values()], rtol=1e-12)
    assert "m" not in mcmc_intervals_data(named_draws, point_est="none")


def test_first_variable_is_at_the_top(named_draws, render):
    plot = mcmc_intervals(named_draws)
    assert plot.data["y"].tolist() == list(range(9, 0, -1))
    assert row_labels(render(plot))[0] == "b_Intercept"


def test_intervals_are_drawn_between_their_ends(named_draws, render):
    (axes,) = render(mcmc_intervals(named_draws, pars="b_promoBundle", prob_outer=0.8))
    segments = [line for line in axes.collections if hasattr(line, "get_segments")]
    ends = sorted(tuple(np.round(line.get_segments()[0][:, 0], 10)) for line in segments)
    quantiles = np.round(np.quantile(named_draws["b_promoBundle"], [0.1, 0.25, 0.75, 0.9]), 10)
    assert ends == [(quantiles[0], quantiles[3]), (quantiles[1], quantiles[2])]


def test_wider_inner_interval_is_exchanged(named_draws):
    with pytest.warns(DataWarning, match=r"prob = 0.95 is wider than prob_outer = 0.9; the two are exchanged"):
        plot = mcmc_intervals(named_draws, prob=0.95)
    assert plot.data[["inner_width", "outer_width"]].iloc[0].tolist() == [0.9, 0.95]


def test_classes_of_rhat(named_draws, render):
    names = ["b_Intercept", "b_promoBundle"]
    assert rhat_class(["a", "b", "c", "d"], [1.05, 1.06, 1.1, 1.2]).tolist() == ["≤ 1.05", "≤ 1.1", "≤ 1.1", "> 1.1"]
    assert rhat_class(names, {"b_promoBundle": 1.3, "b_Intercept": 1.0}).tolist() == ["≤ 1.05", "> 1.1"]
    assert rhat_class(names, pd.Series({"b_promoBundle": 1.3, "b_Intercept": 1.0})).tolist() == ["≤ 1.05", "> 1.1"]
    for plot in (mcmc_intervals, mcmc_areas):
        render(plot(named_draws, pars=names, rhat=[1.0, 1.3]))
    with pytest.raises(DataError, match="`rhat` has no value for 'b_promoBundle'"):
        rhat_class(names, {"b_Intercept": 1.0})
    with pytest.raises(DataError, match=r"`rhat` has shape \(3,\), but there are 2 variables"):
        rhat_class(names, [1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prob": 0}, "`prob` is a probability above 0 and at most 1; got 0"),
        ({"prob_outer": 1.5}, "`prob_outer` is a probability"),
        ({"point_est": "mode"}, "no point estimate is named 'mode'"),
    ],
)
@pytest.mark.parametrize("plot", [mcmc_intervals, mcmc_areas])
def test_arguments_that_do_not_fit(named_draws, plot, arguments, message):
    with pytest.raises(DataError, match=message):
        plot(named_draws, **arguments)


# Areas ----------------------------------------------------------------------------------------------------------------


def test_shading_lies_between_the_quantiles(named_draws):
    (shaded,) = layer_data(mcmc_areas(named_draws, prob=0.89, prob_outer=0.99), "geom_ribbon")
    outlines = layer_data(mcmc_areas(named_draws, prob=0.89, prob_outer=0.99), "geom_path")
    for name, values in named_draws.items():
        for table, prob in ((shaded, 0.89), (outlines[0], 0.99), (outlines[1], 0.99)):
            x = table.loc[table["parameter"] == name, "x"]
            ends = np.quantile(values, [0.5 - prob / 2, 0.5 + prob / 2])
            np.testing.assert_allclose([x.min(), x.max()], ends, rtol=1e-12)
            assert x.is_monotonic_increasing


def test_shaded_share_is_the_probability(named_draws):
    (shaded,) = layer_data(mcmc_areas(named_draws, prob=0.8), "geom_ribbon")
    for name in named_draws:
        part = shaded[shaded["parameter"] == name]
        assert np.trapezoid(part["density"], part["x"]) == pytest.approx(0.8, abs=0.05)


def test_whole_density_integrates_to_one():
    values = np.random.default_rng(4).normal(size=(4, 2000))
    outline = layer_data(mcmc_areas({"x": values}), "geom_path")[0]
    assert np.trapezoid(outline["density"], outline["x"]) == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("method", ["equal area", "equal height", "scaled height"])
def test_area_methods(method):
    rng = np.random.default_rng(6)
    draws = {"narrow": rng.normal(size=(2, 500)), "wide": 4 * rng.normal(size=(2, 500))}
    outline = layer_data(mcmc_areas(draws, area_method=method), "geom_path")[0]
    height = (outline["top"] - outline["y"]).groupby(outline["parameter"], observed=True).max()
    peak = outline["density"].groupby(outline["parameter"], observed=True).max()
    relative = peak["wide"] / peak["narrow"]
    expected = {"equal area": relative, "equal height": 1.0, "scaled height": np.sqrt(relative)}[method]
    assert height["wide"] / height["narrow"] == pytest.approx(expected)
    assert height.max() < 1


def test_the_mark_stands_at_the_point_estimate_and_ends_at_the_curve(named_draws):
    plot = mcmc_areas(named_draws, point_est="mean", area_method="equal height")
    (marks,) = layer_data(plot, "geom_segment")
    outline = layer_data(plot, "geom_path")[0]
    for mark in marks.itertuples():
        assert mark.m == pytest.approx(named_draws[mark.parameter].mean())
        curve = outline[outline["parameter"] == mark.parameter]
        assert mark.top == pytest.approx(np.interp(mark.m, curve["x"], curve["top"]))
    assert layer_data(mcmc_areas(named_draws, point_est="none"), "geom_segment") == []


def test_zero_is_marked_where_it_is_seen(named_draws):
    def zero_lines(names):
        return [x for x in mcmc_areas(named_draws, pars=names).layers if isinstance(x.geom, geom_vline)]

    assert len(zero_lines(["r_channel[Mail,Intercept]", "b_Intercept"])) == 1
    assert zero_lines(["r_channel[Park,Intercept]"]) == []


def test_users_add_layers_and_themes(named_draws, render):
    plot = (
        mcmc_areas(named_draws, regex_pars="b_", prob=0.89, point_est="median", area_method="equal height")
        + geom_vline(xintercept=0, color="red", alpha=0.6, size=0.8, linetype="dashed")
        + labs(title="Effect of Bundle Promotion on Sales")
        + theme_bw()
    )
    assert row_labels(render(plot)) == ["b_Intercept", "b_promoBundle"]


def test_long_names_stay_within_the_figure(render):
    name = "r_school:classroom[St. Mary's Grammar School: Grade 10A,treatmentIntensive:time_since_start]"
    (axes,) = render(mcmc_areas({name: np.random.default_rng(1).normal(size=(2, 50))}))
    label = axes.get_yticklabels()[0]
    assert label.get_text().replace("\n", "").replace(" ", "") == name.replace(" ", "")
    assert max(map(len, label.get_text().split("\n"))) <= 38
    assert label.get_window_extent().x0 >= 0


@pytest.mark.parametrize("n", [60, 300])
def test_labels_of_many_variables_do_not_overlap(n, render):
    values = np.random.default_rng(2).normal(size=(2, 40))
    axes = render(mcmc_intervals({f"r_school[S{i},Intercept]": values for i in range(n)}))
    labels = [label.get_window_extent() for label in axes[0].get_yticklabels()]
    assert len(labels) == n
    assert all(upper.y0 >= lower.y1 - 0.5 for upper, lower in pairwise(labels))
    assert axes[0].get_figure().get_size_inches()[1] <= 25


def test_a_constant_is_drawn(render):
    render(mcmc_areas({"sigma": np.ones((2, 20)), "x": np.random.default_rng(1).normal(size=(2, 20))}))


# Ridges ---------------------------------------------------------------------------------------------------------------


def test_ridges_stand_in_front_of_those_above(named_draws, render):
    plot = mcmc_areas_ridges(named_draws, regex_pars="r_channel")
    (ridges,) = layer_data(plot, "geom_ribbon")
    order = ridges.groupby("group")["y"].first()
    assert order.is_monotonic_decreasing
    render(plot)


def test_ridges_shade_the_inner_interval(named_draws, render):
    plot = mcmc_areas_ridges(named_draws, regex_pars="^r_", prob=0.8)
    (ridges,) = layer_data(plot, "geom_ribbon")
    values = named_draws["r_channel[Mail,Intercept]"]
    parts = ridges[ridges["parameter"] == "r_channel[Mail,Intercept]"].groupby("shade")["x"].agg(["min", "max"])
    np.testing.assert_allclose(parts.loc["white"], [values.min(), values.max()])
    np.testing.assert_allclose(parts.drop("white").iloc[0], np.quantile(values, [0.1, 0.9]))
    render(plot)


# Half-eyes ------------------------------------------------------------------------------------------------------------


def test_shaded_range_of_priors(render):
    plot = halfeye({str(sd): norm(0, sd) for sd in (1, 2, 5)}, shade=(-2.5, 2.5)) + labs(x="log-odds", y="stdev")
    (areas,) = layer_data(plot, "geom_ribbon")
    for sd in (1, 2, 5):
        part = areas[areas["distribution"] == str(sd)]
        np.testing.assert_allclose(part["density"], norm.pdf(part["x"], 0, sd), rtol=2e-3, atol=1e-5)
        inside = part[part["inside"]]
        within = norm.cdf(2.5, 0, sd) - norm.cdf(-2.5, 0, sd)
        assert np.trapezoid(inside["density"], inside["x"]) == pytest.approx(within, abs=2e-3)
        np.testing.assert_allclose([inside["x"].min(), inside["x"].max()], [-2.5, 2.5])
    assert row_labels(render(plot)) == ["1", "2", "5"]


def test_texts_of_priors_are_their_distributions(render):
    by_text = halfeye(["normal(0, 2)", "gamma(2, 0.5)"], widths=(0.5, 0.9))
    by_scipy = halfeye({"normal(0, 2)": norm(0, 2), "gamma(2, 0.5)": gamma(2, scale=2)}, widths=(0.5, 0.9))
    pd.testing.assert_frame_equal(by_text.data, by_scipy.data)
    np.testing.assert_allclose(by_text.data[["low_0", "high_0"]].iloc[0], norm.ppf([0.25, 0.75], 0, 2))
    np.testing.assert_allclose(by_text.data[["low_1", "high_1"]].iloc[1], gamma.ppf([0.05, 0.95], 2, scale=2))
    assert by_text.data["point"].iloc[1] == pytest.approx(gamma.median(2, scale=2))
    render(by_text)


def test_half_eyes_of_draws(named_draws, render):
    plot = halfeye(named_draws, regex_pars="^b_", point_est="mean")
    assert plot.data["distribution"].tolist() == ["b_Intercept", "b_promoBundle"]
    values = named_draws["b_promoBundle"]
    row = plot.data.iloc[1]
    np.testing.assert_allclose([row.low_1, row.high_1], np.quantile(values, [0.025, 0.975]))
    assert row.point == pytest.approx(values.mean())
    render(plot)


def test_names_of_distributions():
    plot = halfeye([norm(0, 2), norm(loc=1, scale=3), np.zeros(5) + np.arange(5), "exponential(1)"])
    assert plot.data["distribution"].tolist() == ["norm(0, 2)", "norm(loc = 1, scale = 3)", "3", "exponential(1)"]
    assert halfeye(norm(0, 2)).data["distribution"].tolist() == ["norm(0, 2)"]
    assert halfeye(np.arange(20.0)).data["point"].tolist() == [9.5]


def test_distributions_that_only_draw():
    class Die:
        def rvs(self, size, random_state):
            return random_state.integers(1, 7, size=size)

    assert halfeye({"die": Die()}).data["point"].tolist() in ([3.0], [4.0])


def test_half_eyes_of_equal_height():
    (areas,) = layer_data(halfeye([norm(0, 1), norm(0, 9)], area_method="equal height"), "geom_ribbon")
    heights = (areas["top"] - areas["y"]).groupby(areas["distribution"]).max()
    assert heights.iloc[0] == pytest.approx(heights.iloc[1], rel=1e-4)


def test_half_eyes_without_points(named_draws, render):
    plot = halfeye(named_draws, "b_Intercept", point_est="none", widths=[0.9])
    assert layer_data(plot, "geom_point") == []
    render(plot)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([norm()], {"shade": (1, -1)}), DataError, r"`shade` is a pair of numbers, the lower first; got \(1, -1\)"),
        (([norm()], {"widths": [1.0]}), DataError, "`widths` are probabilities between 0 and 1"),
        (([norm()], {"point_est": "mode"}), DataError, "no point estimate is named 'mode'"),
        ((["lkj(2)"], {}), DataError, r"'lkj\(2\)' is not a distribution of a single number"),
        ((["norml(0, 1)"], {}), PriorError, "did you mean 'normal'"),
        (({"a": norm(), "b": object()}, {}), DataError, "'b' is neither draws nor a distribution"),
        (({"a": norm(), "b": np.array([1.0, np.nan])}, {}), DataError, "'b' must be at least two finite draws"),
        (({"a": cauchy(0, np.nan)}, {}), DataError, "'a' has no finite quantiles"),
    ],
)
def test_what_has_no_half_eye(arguments, error, message):
    (distributions, options) = arguments
    with pytest.raises(error, match=message):
        halfeye(distributions, **options)
