import types

import numpy as np
import pytest
from plotnine import ggplot, theme
from plotnine.composition import Compose

import made_up
from partialpool.errors import DataError
from partialpool.fit.draws import Draws
from partialpool.plots import mcmc_areas, mcmc_plot, plot_fit

SMALL = theme(dpi=30)


def names_of(plot):
    return list(plot.data["parameter"].cat.categories)


def test_first_look_leaves_out_group_levels(named_draws):
    pages = plot_fit({**named_draws, "lprior": np.zeros((4, 120)), "lp__": np.ones((4, 120))})
    assert len(pages) == 1
    assert names_of(pages[0][0]) == [name for name in named_draws if not name.startswith("r_")]


def test_group_levels_are_shown_when_named(named_draws):
    (page,) = plot_fit(named_draws, regex_pars="^r_channel")
    assert [name[:2] for name in names_of(page[0])] == ["r_"] * 5


def test_five_variables_a_page(named_draws):
    pages = plot_fit(named_draws, regex_pars=".")
    assert [len(names_of(page[1])) for page in pages] == [5, 4]
    assert len(plot_fit(named_draws, regex_pars=".", nvariables=3)) == 3


def test_columns(named_draws):
    (page,) = plot_fit(named_draws, "b_Intercept", combo=("hist", "trace", "rank_overlay", "acf"), bins=12)
    geoms = [type(plot.layers[-1].geom).__name__ for plot in page.items]
    assert geoms == ["geom_histogram", "geom_line", "geom_step", "geom_line"]
    assert page[0].layers[0].stat.params["bins"] == 12
    (single,) = plot_fit(named_draws, "b_Intercept", combo=["trace"])
    assert isinstance(single, ggplot)


def test_pages_are_saved(named_draws, tmp_path):
    pages = plot_fit(named_draws, regex_pars="^b_|^sd", nvariables=2) & SMALL
    paths = pages.save(tmp_path / "fit.png")
    assert [path.name for path in paths] == ["fit-1.png", "fit-2.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)
    (document,) = pages.save(tmp_path / "fit.pdf")
    assert document.read_bytes().count(b"/Type /Page ") == 2
    (one,) = (plot_fit(named_draws, "b_Intercept") & SMALL).save(tmp_path / "one.svg")
    assert one.name == "one.svg"


def test_pages_are_shown_in_notebooks(named_draws):
    html = plot_fit(named_draws, "b_Intercept", combo=["hist"])._repr_html_()
    assert html.startswith('<img src="data:image/png;base64,iVBOR')
    assert html.count("<img") == 1


def test_pages_can_be_drawn_twice(named_draws):
    from matplotlib import pyplot as plt

    pages = plot_fit(named_draws, "b_Intercept") & SMALL
    for _ in range(2):
        (figure,) = pages.draw()
        assert len(figure.axes) == 2
        plt.close(figure)
    assert isinstance(pages[0], Compose)
    assert repr(pages) == "<Pages: 1>"


def test_divergences_of_the_fit_are_marked(named_draws, divergent):
    draws = Draws(tuple(named_draws), np.stack(list(named_draws.values()), axis=2))
    fit = types.SimpleNamespace(draws=draws, sampler_stats={"diverging": divergent})
    (page,) = plot_fit(fit, "b_Intercept")
    assert page[1].labels.caption == "3 divergent transitions in red"


def test_what_is_held_fixed_is_not_in_the_first_look(named_draws):
    (page,) = plot_fit({"b_x": named_draws["b_Intercept"], "disc": np.ones((4, 120))})
    assert names_of(page[0]) == ["b_x"]


def test_a_fit_has_its_first_look():
    fit = made_up.fit("y ~ x + (1 | g)")
    (page,) = fit.plot()
    assert set(page[0].data["parameter"]) == {"b_Intercept", "b_x", "sd_g__Intercept", "sigma"}
    (page,) = fit.plot("^b_", regex=True, combo=["trace"])
    assert list(page.data["parameter"].cat.categories) == ["b_Intercept", "b_x"]
    assert len(fit.plot(["sigma", "b_x"], nvariables=1)) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"combo": "hist"}, "`combo` is a list"),
        ({"combo": ["hist", "traec"]}, "`combo` has no plot 'traec'; did you mean 'trace'"),
        ({"nvariables": 0}, "nvariables must be a whole number of at least 1"),
    ],
)
def test_arguments_that_do_not_fit(named_draws, arguments, message):
    with pytest.raises(DataError, match=message):
        plot_fit(named_draws, **arguments)


def test_plots_by_name(named_draws):
    by_name, itself = mcmc_plot(named_draws, type="areas", prob=0.8), mcmc_areas(named_draws, prob=0.8)
    assert by_name.data.equals(itself.data)
    with pytest.raises(DataError, match="no plot of draws is named 'area'; did you mean 'areas'"):
        mcmc_plot(named_draws, type="area")
