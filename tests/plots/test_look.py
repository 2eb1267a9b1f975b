"""Colours, theme, labels and layout."""

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import plotnine
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from plotnine import aes, geom_point, ggplot, labs

import partialpool.plots
from partialpool.errors import DataError
from partialpool.plots.colors import color_scheme, distinct_colors, set_color_scheme
from partialpool.plots.labels import tick_labels, wrap_name
from partialpool.plots.panels import facet_layout, row_positions
from partialpool.plots.theme import scale_color_partialpool, scale_fill_partialpool, theme_partialpool


@pytest.fixture
def default_scheme():
    before = set_color_scheme()
    yield
    set_color_scheme(before)


@pytest.fixture
def default_theme():
    before = plotnine.options.current_theme
    yield
    plotnine.options.current_theme = before


def linear(color):
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(color):
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def test_package_loads_no_plotting_library():
    code = "import sys, partialpool.plots; print([m for m in ('plotnine', 'pandas', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "[]"


def test_public_names_are_there():
    for name in partialpool.plots.__all__:
        assert callable(getattr(partialpool.plots, name))
    assert dir(partialpool.plots) == sorted(partialpool.plots.__all__)
    with pytest.raises(AttributeError, match="no attribute 'mcmc_nothing'"):
        partialpool.plots.mcmc_nothing  # noqa: B018


SCHEMES = ("partialpool", "blue", "brightblue", "gray", "green", "orange", "pink", "purple", "red", "teal", "yellow")


@pytest.mark.parametrize("name", [*SCHEMES, "viridis"])
def test_shades_go_from_light_to_dark(name):
    lights = [luminance(shade) for shade in color_scheme(name).shades]
    assert lights == sorted(lights, reverse=True)
    assert len(set(color_scheme(name).shades)) == 6
    assert lights[-1] < 0.12  # points and outlines stand out from white


def test_gray_is_gray():
    assert all(shade[1:3] == shade[3:5] == shade[5:7] for shade in color_scheme("gray").shades)


def test_mixed_schemes_alternate():
    mixed, blue, red = (color_scheme(name).shades for name in ("mix-blue-red", "blue", "red"))
    assert mixed == (blue[0], red[1], blue[2], red[3], blue[4], red[5])


def test_scheme_is_remembered(default_scheme):
    assert set_color_scheme("teal") == "partialpool"
    assert color_scheme().name == "teal"
    plot = partialpool.plots.mcmc_hist({"x": np.arange(20.0)})
    assert plot.layers[0].geom.aes_params["fill"] == color_scheme("teal").mid


@pytest.mark.parametrize("name", ["tael", "mix-blue-rde"])
def test_unknown_scheme(name):
    with pytest.raises(DataError, match="no colour scheme is named"):
        set_color_scheme(name)


@pytest.mark.parametrize("name", ["partialpool", "blue", "viridis"])
@pytest.mark.parametrize("n_chains", [1, 2, 4, 6])
def test_chains_have_colors_of_their_own(name, n_chains):
    assert len(set(color_scheme(name).chain_colors(n_chains))) == n_chains


def test_many_distinct_colors():
    assert len(set(distinct_colors(12))) == 12


# How people without one kind of cone see linear RGB: Machado, Oliveira & Fernandes (2009), severity 1.
DEFICIENCIES = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


@pytest.mark.parametrize("kind", DEFICIENCIES)
def test_color_blind_people_tell_the_first_six_colors_apart(kind):
    seen = [np.clip(DEFICIENCIES[kind] @ linear(color), 0, 1) ** (1 / 2.2) for color in distinct_colors(6)]
    apart = [np.linalg.norm(one - other) for i, one in enumerate(seen) for other in seen[:i]]
    assert min(apart) > 0.15


@pytest.mark.parametrize("word", ["color", "fill"])
def test_scales_color_the_levels(word):
    scale = {"color": scale_color_partialpool, "fill": scale_fill_partialpool}[word](name="Group")
    table = pd.DataFrame({"x": [1, 2, 3], "g": ["a", "b", "c"]})
    plot = ggplot(table, aes(x="x", y="x", **{word: "g"})) + geom_point(shape="o") + scale
    figure = plot.draw()
    points = figure.axes[0].collections[0]
    drawn = points.get_facecolor() if word == "fill" else points.get_edgecolor()
    plt.close(figure)
    np.testing.assert_allclose(drawn[:, :3], [to_rgb(color) for color in distinct_colors(3)], atol=1e-6)


def test_theme_draws_without_missing_fonts(render):
    plot = ggplot(pd.DataFrame({"x": [1, 2]}), aes(x="x", y="x")) + geom_point() + theme_partialpool()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        render(plot + labs(title="Title", subtitle="subtitle", caption="caption"))
    assert [str(w.message) for w in caught] == []


def test_theme_grid():
    lines = theme_partialpool(grid="Y").themeables
    assert lines["panel_grid_major_x"].is_blank()
    assert not lines["panel_grid_major_y"].is_blank()
    with pytest.raises(DataError, match="`grid` takes the letters X, Y, x and y; got 'Z'"):
        theme_partialpool(grid="Z")


def test_theme_set_by_the_user_is_used(default_theme):
    plotnine.theme_set(plotnine.theme_bw())
    theme = partialpool.plots.mcmc_areas({"x": np.random.default_rng(1).normal(size=(2, 50))}).theme
    assert isinstance(theme, plotnine.theme_bw)
    assert theme.getp("figure_size")[0] == 7.0


@pytest.mark.parametrize(
    ("name", "width", "lines"),
    [
        ("b_Intercept", 20, ["b_Intercept"]),
        ("r_channel[Email,promoBundle]", 28, ["r_channel[Email,promoBundle]"]),
        ("r_channel[Email,promoBundle]", 20, ["r_channel[Email,", "promoBundle]"]),
        ("cor_channel__Intercept__promoBundle", 24, ["cor_channel__Intercept__", "promoBundle"]),
        ("averyveryverylongname", 10, ["averyveryverylongname"]),
        ("r_g[St. Mary,x]", 8, ["r_g[St.", "Mary,x]"]),
    ],
)
def test_long_names_are_broken(name, width, lines):
    assert wrap_name(name, width).split("\n") == lines


def test_dollars_are_not_mathematics():
    assert wrap_name("r[$1-$2,x]", 40) == r"r[\$1-\$2,x]"


@pytest.mark.parametrize(
    ("breaks", "labels"),
    [
        ([-0.5, 0, 0.5], ["-0.5", "0.0", "0.5"]),
        ([1, 2, 3], ["1", "2", "3"]),
        ([0.25, 0.5, np.nan], ["0.25", "0.50", ""]),
        ([-3e-9, 0, 3e-9], ["-3e-09", "0", "3e-09"]),
        ([0, 2e6, 4e6], ["0", "2e+06", "4e+06"]),
        ([100.01, 100.015], ["100.010", "100.015"]),
        ([], []),
    ],
)
def test_ticks(breaks, labels):
    assert tick_labels(breaks) == labels


@pytest.mark.parametrize(
    ("n", "arguments", "shape"),
    [
        (1, {}, (1, 1)),
        (3, {}, (1, 3)),
        (4, {}, (2, 2)),
        (11, {}, (4, 3)),
        (60, {}, (15, 4)),
        (6, {"nrow": 2}, (2, 3)),
        (5, {"ncol": 2}, (3, 2)),
        (5, {"nrow": 3, "ncol": 3}, (3, 3)),
    ],
)
def test_rows_and_columns_of_panels(n, arguments, shape):
    assert facet_layout([f"x{i}" for i in range(n)], arguments).shape == shape


@pytest.mark.parametrize(("n", "shape"), [(1, (1, 1)), (4, (4, 1)), (6, (3, 2)), (20, (7, 3))])
def test_wide_panels_stand_below_one_another(n, shape):
    assert facet_layout([f"x{i}" for i in range(n)], wide=True).shape == shape


def test_panels_are_laid_out_as_told(named_draws, render):
    axes = render(partialpool.plots.mcmc_hist(named_draws, regex_pars="^r_", facet_args={"nrow": 2}))
    corners = {(round(axis.get_position().x0, 3), round(axis.get_position().y0, 3)) for axis in axes}
    assert (len({x for x, _ in corners}), len({y for _, y in corners})) == (3, 2)


def test_facet_arguments_are_passed_on():
    facet = facet_layout(["a", "b"], {"scales": "fixed", "dir": "v"}).facet
    assert facet.free == {"x": False, "y": False}
    assert facet.dir == "v"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"nrows": 2}, "`facet_args` has no argument 'nrows'; did you mean 'nrow'"),
        ([2], "`facet_args` is a dictionary"),
        ({"nrow": 0}, "nrow = 0; it must be a whole number from 1 on"),
        ({"nrow": 1, "ncol": 2}, "1 x 2 panels are too few for 3 variables"),
    ],
)
def test_facet_arguments_that_do_not_fit(arguments, message):
    with pytest.raises(DataError, match=message):
        facet_layout(["a", "b", "c"], arguments)


def test_the_first_row_is_at_the_top():
    assert row_positions(["first", "second", "third"]) == {"first": 3, "second": 2, "third": 1}
