"""Plots with a panel for each variable: histograms, densities, traces, ranks, autocorrelations."""

import types

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from matplotlib.text import Text
from scipy.stats import rankdata

from partialpool.errors import DataError
from partialpool.fit.draws import Draws
from partialpool.plots import (
    mcmc_acf,
    mcmc_areas,
    mcmc_dens,
    mcmc_dens_overlay,
    mcmc_hist,
    mcmc_rank_overlay,
    mcmc_trace,
)
from partialpool.plots.autocorrelation import autocorrelation
from partialpool.plots.kernel_density import estimate_density
from partialpool.plots.ranks import rank_counts

B = ["b_Intercept", "b_promoBundle"]


def of(table, name, chain=None):
    chosen = table[table["parameter"] == name]
    return chosen if chain is None else chosen[chosen["chain"] == chain]


# Histograms -----------------------------------------------------------------------------------------------------------


def bars(axes):
    (collection,) = axes.collections
    boxes = [path.get_extents() for path in collection.get_paths()]
    return np.array(sorted((box.x0, box.x1, box.y1) for box in boxes if box.height > 0))


def test_bars_count_the_draws(named_draws, render):
    breaks = [-0.5, -0.2, -0.15, 0.1]
    (axes,) = render(mcmc_hist(named_draws, "b_Intercept", breaks=breaks))
    counts, _ = np.histogram(named_draws["b_Intercept"], breaks)
    np.testing.assert_allclose(bars(axes)[:, 2], counts)
    np.testing.assert_allclose(bars(axes)[:, 0], breaks[:-1])


def test_bars_of_densities_have_area_one(named_draws, render):
    (axes,) = render(mcmc_hist(named_draws, "b_Intercept", freq=False))
    found = bars(axes)
    assert np.sum((found[:, 1] - found[:, 0]) * found[:, 2]) == pytest.approx(1)


def test_widths_and_numbers_of_bins(named_draws, render):
    (axes,) = render(mcmc_hist(named_draws, "b_Intercept", binwidth=0.05))
    np.testing.assert_allclose(np.diff(bars(axes)[:, :2], axis=1), 0.05, rtol=1e-6)
    (axes,) = render(mcmc_hist(named_draws, "b_Intercept", bins=7))
    assert len(bars(axes)) == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"bins": 9, "binwidth": 0.1}, "pass one of binwidth, bins and breaks; got binwidth and bins"),
        ({"binwidth": 0.0}, "binwidth must be positive"),
        ({"bins": 0}, "bins must be a whole number of at least 1"),
    ],
)
def test_bins_that_do_not_fit(named_draws, arguments, message):
    with pytest.raises(DataError, match=message):
        mcmc_hist(named_draws, **arguments)


# Densities ------------------------------------------------------------------------------------------------------------


def test_densities_of_all_chains_together(named_draws, render):
    plot = mcmc_dens(named_draws, B, n_dens=300)
    for name in B:
        curve, expected = of(plot.data, name), estimate_density(named_draws[name], n_dens=300)
        np.testing.assert_allclose(curve["x"], expected.x)
        np.testing.assert_allclose(curve["density"], expected.y)
    render(plot)


def test_strips_name_the_variables(named_draws, render):
    figure = render(mcmc_dens(named_draws, B))[0].get_figure()
    assert [text.get_text() for text in figure.findobj(Text) if text.get_text().startswith("b_")] == B


def test_bounds_of_densities(named_draws):
    curve = mcmc_dens(named_draws, "sd_channel__Intercept", bounds=(0, np.inf)).data
    assert np.trapezoid(curve["density"], curve["x"]) == pytest.approx(1, abs=0.02)


def test_densities_of_each_chain(named_draws, render):
    plot = mcmc_dens_overlay(named_draws, B)
    for name in B:
        for chain in range(4):
            curve = of(plot.data, name, str(chain + 1))
            limits = (named_draws[name].min(), named_draws[name].max())
            np.testing.assert_allclose(curve["density"], estimate_density(named_draws[name][chain], limits=limits).y)
    assert len(lines(render(plot)[0])) == 4
    render(mcmc_dens_overlay(named_draws, B, color_chains=False))


# Traces ---------------------------------------------------------------------------------------------------------------


def lines(axes):
    return [np.asarray(line.get_xydata()) for line in axes.lines] + [
        np.asarray(segment)
        for collection in axes.collections
        for segment in getattr(collection, "get_segments", list)()
    ]


def test_traces_are_the_draws_of_each_chain(named_draws, render):
    axes = render(mcmc_trace(named_draws, B, facet_args={"nrow": 2}))
    for panel, name in zip(axes, B, strict=True):
        drawn = [line for line in lines(panel) if len(line) == 120]
        assert len(drawn) == 4
        for line, chain in zip(drawn, named_draws[name], strict=True):
            np.testing.assert_allclose(line, np.column_stack([np.arange(1, 121), chain]))


def test_divergences_are_marked(named_draws, divergent, render):
    plot = mcmc_trace(named_draws, B, np=divergent)
    (marks,) = [layer._data for layer in plot.layers if type(layer.geom).__name__ == "geom_rug"]
    assert marks["draw"].tolist() == [8, 42, 91]
    assert plot.labels.caption == "3 divergent transitions in red"
    render(plot)
    fit = types.SimpleNamespace(
        draws=Draws(tuple(B), np.stack([named_draws[name] for name in B], axis=2)),
        sampler_stats={"diverging": divergent},
    )
    assert len(mcmc_trace(fit).layers) == 2
    assert len(mcmc_trace(fit, np=False).layers) == 1


def test_warmup_is_shaded(named_draws, render):
    plot = mcmc_trace(named_draws, B, n_warmup=30)
    shade = plot.layers[0]._data
    assert (shade["xmin"].item(), shade["xmax"].item()) == (0.5, 30.5)
    render(plot)


def test_lines_of_long_chains_let_others_shine_through():
    short, long = (mcmc_trace({"x": np.zeros((2, n)) + np.arange(n)}).layers[0].geom.aes_params for n in (100, 2000))
    assert long["alpha"] < short["alpha"]
    assert long["size"] < short["size"]
    chosen = mcmc_trace({"x": np.arange(2000.0)}, size=1.0, alpha=0.9).layers[0].geom.aes_params
    assert (chosen["size"], chosen["alpha"]) == (1.0, 0.9)


def test_window(named_draws, render):
    axes = render(mcmc_trace(named_draws, B, window=(20, 60)))
    low, high = axes[0].get_xlim()
    assert 15 < low <= 20
    assert 60 <= high < 65


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_warmup": 121}, "n_warmup = 121, but each chain has 120 draws"),
        ({"window": (60, 20)}, r"`window` is a pair of iterations, the first before the last; got \(60, 20\)"),
    ],
)
def test_arguments_of_traces(named_draws, arguments, message):
    with pytest.raises(DataError, match=message):
        mcmc_trace(named_draws, **arguments)


# Ranks ----------------------------------------------------------------------------------------------------------------


def test_ranks_are_counted(named_draws):
    values = named_draws["b_Intercept"]
    counts = rank_counts(values, 12)
    ranks = rankdata(values).reshape(values.shape)
    for chain in range(4):
        for i in range(12):
            assert counts[chain, i] == np.sum((ranks[chain] > 40 * i) & (ranks[chain] <= 40 * (i + 1)))
    assert counts.sum(axis=0).tolist() == [40] * 12


def test_steps_of_ranks(named_draws, render):
    plot = mcmc_rank_overlay(named_draws, B, n_bins=12)
    steps = of(plot.data, "b_promoBundle", "3")
    assert steps["rank"].tolist() == list(np.linspace(0, 480, 13))
    assert steps["count"].tolist()[:-1] == rank_counts(named_draws["b_promoBundle"], 12)[2].tolist()
    assert steps["count"].tolist()[-1] == steps["count"].tolist()[-2]
    (axes, *_) = render(plot)
    assert axes.get_ylim()[0] == 0


def test_reference_of_ranks(named_draws):
    with_line, without = (mcmc_rank_overlay(named_draws, B, ref_line=shown) for shown in (True, False))
    assert with_line.layers[0]._data["yintercept"].item() == 120 / 20
    assert len(without.layers) == 1
    with pytest.raises(DataError, match="n_bins must be between 1 and the number of draws; got 0"):
        mcmc_rank_overlay(named_draws, n_bins=0)


# Autocorrelation ------------------------------------------------------------------------------------------------------


def test_autocorrelations():
    x = np.random.default_rng(3).normal(size=200).cumsum()
    centered = x - x.mean()
    expected = [centered[: 200 - lag] @ centered[lag:] / (centered @ centered) for lag in range(31)]
    np.testing.assert_allclose(autocorrelation(x, 30), expected, atol=1e-12)


def test_autocorrelations_of_each_chain(named_draws, render):
    plot = mcmc_acf(named_draws, B, lags=10)
    for chain in range(4):
        curve = of(plot.data, "b_promoBundle", str(chain + 1))
        assert curve["lag"].tolist() == list(range(11))
        np.testing.assert_allclose(curve["acf"], autocorrelation(named_draws["b_promoBundle"][chain], 10))
    render(plot)


def test_a_constant_has_no_autocorrelation(render):
    plot = mcmc_acf({"sigma": np.ones((2, 30)), "x": np.random.default_rng(1).normal(size=(2, 30))})
    assert of(plot.data, "sigma")["acf"].isna().all()
    assert len(render(plot)) == 2


@pytest.mark.parametrize("lags", [0, 120])
def test_lags_must_fit_the_chains(named_draws, lags):
    with pytest.raises(DataError, match=f"one less than the 120 draws of a chain; got {lags}"):
        mcmc_acf(named_draws, lags=lags)


# All of them ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("plot", [mcmc_hist, mcmc_dens, mcmc_trace, mcmc_rank_overlay, mcmc_acf, mcmc_areas])
def test_all_kinds_of_sources_give_the_same_plot(named_draws, plot):
    draws = Draws(tuple(named_draws), np.stack(list(named_draws.values()), axis=2))
    chain, draw = np.meshgrid(np.arange(4), np.arange(120), indexing="ij")
    columns = {name: values.ravel() for name, values in named_draws.items()}
    sources = [
        draws,
        types.SimpleNamespace(draws=draws),
        pd.DataFrame({".chain": chain.ravel(), ".draw": draw.ravel(), **columns}),
        xr.Dataset({name: (("chain", "draw"), values) for name, values in named_draws.items()}),
    ]
    expected = plot(named_draws).data
    for source in sources:
        pd.testing.assert_frame_equal(plot(source).data, expected)


@pytest.mark.parametrize("plot", [mcmc_hist, mcmc_dens, mcmc_dens_overlay, mcmc_trace, mcmc_rank_overlay, mcmc_acf])
def test_panels_keep_the_order_of_the_variables(named_draws, plot):
    chosen = plot(named_draws, regex_pars="^r_|^b_")
    names = [name for name in named_draws if name[:2] in ("r_", "b_")]
    assert list(chosen.data["parameter"].cat.categories) == names
