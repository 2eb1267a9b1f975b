import types

import numpy as np
import pandas as pd
import polars as pl
import pytest
import xarray as xr

from partialpool.errors import DataError
from partialpool.fit.draws import Draws
from partialpool.plots.source import divergent_draws, draws_from, statistics_from


@pytest.fixture
def draws(named_draws):
    return Draws(tuple(named_draws), np.stack(list(named_draws.values()), axis=2))


def as_frame(draws, *, order=None):
    chain, draw = np.meshgrid(range(1, draws.n_chains + 1), range(1, draws.n_per_chain + 1), indexing="ij")
    columns = {name: draws[name].ravel() for name in draws.names}
    frame = pd.DataFrame({**columns, ".chain": chain.ravel(), ".draw": draw.ravel()})
    return frame if order is None else frame.iloc[order]


def assert_same(one, other):
    assert one.names == other.names
    np.testing.assert_array_equal(one.values, other.values)


def test_draws_and_fits_are_taken_as_they_are(draws):
    assert draws_from(draws) is draws
    assert draws_from(types.SimpleNamespace(draws=draws)) is draws


def test_dictionaries(draws, named_draws):
    assert_same(draws_from(named_draws), draws)


def test_arrays_of_a_dictionary_run_over_the_first_index_first():
    theta = np.arange(2 * 5 * 2 * 3, dtype=float).reshape(2, 5, 2, 3)
    read = draws_from({"theta": theta})
    assert read.names == ("theta[1,1]", "theta[2,1]", "theta[1,2]", "theta[2,2]", "theta[1,3]", "theta[2,3]")
    np.testing.assert_array_equal(read["theta[2,3]"], theta[:, :, 1, 2])


def test_one_chain_may_be_flat():
    assert draws_from({"x": np.arange(10.0)}).values.shape == (1, 10, 1)


def test_arrays_are_numbered(draws):
    read = draws_from(draws.values)
    assert read.names[:2] == ("V1", "V2")
    np.testing.assert_array_equal(read.values, draws.values)


@pytest.mark.parametrize("convert", [lambda frame: frame, pl.from_pandas])
def test_data_frames_in_any_order_of_rows(draws, convert):
    shuffled = np.random.default_rng(1).permutation(draws.n_chains * draws.n_per_chain)
    assert_same(draws_from(convert(as_frame(draws, order=shuffled))), draws)


def test_data_frame_without_chains_is_one_chain():
    assert draws_from(pd.DataFrame({"x": [1.0, 2.0, 3.0]})).values.shape == (1, 3, 1)


def season_pass_dataset(named_draws):
    """The draws as a dataset with named dimensions, chain and draw not in front."""
    levels, coefs = ["Mail", "Park", "Email"], ["Intercept", "promoBundle"]
    zero = np.zeros((4, 120))
    r = [[named_draws.get(f"r_channel[{level},{coef}]", zero) for coef in coefs] for level in levels]
    b = [named_draws["b_Intercept"], named_draws["b_promoBundle"]]
    return xr.Dataset(
        {
            "b": (("coef", "chain", "draw"), np.array(b)),
            "sd_channel": (
                ("chain", "draw", "channel_coef"),
                np.stack([named_draws["sd_channel__Intercept"], zero], 2),
            ),
            "cor_channel": (
                ("chain", "draw", "channel_cor"),
                named_draws["cor_channel__Intercept__promoBundle"][:, :, np.newaxis],
            ),
            "r_channel": (("channel", "channel_coef", "chain", "draw"), np.array(r)),
            "sigma": (("draw", "chain"), zero.T + 1),
            "beta": (("chain", "draw", "channel"), np.zeros((4, 120, 3))),
        },
        coords={"coef": coefs, "channel": levels, "channel_coef": coefs, "channel_cor": ["Intercept__promoBundle"]},
    )


def test_datasets_are_named_as_brms_names(named_draws):
    read = draws_from(season_pass_dataset(named_draws))
    assert read.names == (
        *("b_Intercept", "b_promoBundle", "sd_channel__Intercept", "sd_channel__promoBundle"),
        "cor_channel__Intercept__promoBundle",
        *("r_channel[Mail,Intercept]", "r_channel[Park,Intercept]", "r_channel[Email,Intercept]"),
        *("r_channel[Mail,promoBundle]", "r_channel[Park,promoBundle]", "r_channel[Email,promoBundle]"),
        *("sigma", "beta[Mail]", "beta[Park]", "beta[Email]"),
    )
    for name in named_draws:
        np.testing.assert_array_equal(read[name], named_draws[name])


def test_trees_give_their_posterior_and_their_statistics(named_draws, divergent):
    statistics = xr.Dataset(
        {"diverging": (("chain", "draw"), divergent), "metric": (("chain", "draw", "q"), np.zeros((4, 120, 2)))}
    )
    tree = xr.DataTree.from_dict({"posterior": season_pass_dataset(named_draws), "sample_stats": statistics})
    assert_same(draws_from(tree), draws_from(season_pass_dataset(named_draws)))
    assert list(statistics_from(tree)) == ["diverging"]
    np.testing.assert_array_equal(divergent_draws(None, tree, draws_from(tree)), divergent)


def test_an_array_of_xarray_is_a_variable():
    array = xr.DataArray(np.zeros((2, 5, 2)), dims=("chain", "draw", "g"), coords={"g": ["a", "b"]}, name="r")
    assert draws_from(array).names == ("r[a]", "r[b]")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (3, "cannot take draws from an object of type 'int'"),
        (np.zeros((4, 100)), r"shape \[chain, draw, variable\]; this one has shape \(4, 100\)"),
        ({"x": np.zeros((4, 100)), "y": np.zeros((4, 99))}, r"'y' has draws of shape .* \[4, 99\], but 'x'"),
        ({"x": np.array(["a", "b"])}, "'x' is not numeric"),
        ({"x": 1.0}, "'x' is a single number"),
        ({"x": np.array([[1.0, np.nan, np.inf]])}, "2 of 3 draws of 'x' are missing or infinite"),
        ({}, "holds no variable"),
        ({"x": np.zeros((4, 0))}, "not one draw"),
        (pd.DataFrame({"x": [1.0, 2, 3], ".chain": [1, 1, 2]}), r"chains differ in length .*1: 2, 2: 1"),
        (pd.DataFrame({"x": ["a"]}), "'x' is not numeric"),
        (xr.Dataset({"x": ("draw", np.zeros(3))}), "'x' has no dimension 'chain'"),
        (xr.DataTree.from_dict({"prior": xr.Dataset()}), "no group 'posterior'; its groups: prior"),
    ],
)
def test_what_cannot_be_read(source, message):
    with pytest.raises(DataError, match=message):
        draws_from(source)


def test_divergences(draws, divergent):
    fit = types.SimpleNamespace(draws=draws, sampler_stats={"diverging": divergent.astype(int)})
    for given, source in [
        (None, fit),
        (divergent, draws),
        ({"divergent__": divergent}, draws),
        (xr.Dataset({"diverging": (("draw", "chain"), divergent.T)}), draws),
    ]:
        np.testing.assert_array_equal(divergent_draws(given, source, draws), divergent)
    assert not divergent_draws(False, fit, draws).any()
    assert not divergent_draws(None, draws, draws).any()


def test_divergences_must_fit_the_draws(draws, divergent):
    with pytest.raises(DataError, match=r"`np` has shape \[4, 60\], but the draws have \[chain, draw\] = \[4, 120\]"):
        divergent_draws(divergent[:, :60], draws, draws)
    with pytest.raises(DataError, match="`np` holds no 'diverging'; it holds: energy"):
        divergent_draws({"energy": divergent}, draws, draws)
