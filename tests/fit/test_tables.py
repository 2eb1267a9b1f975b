import statistics

import numpy as np
import pytest

from partialpool.errors import DataError
from partialpool.fit import tables
from partialpool.fit.draws import Draws
from partialpool.fit.tables import (
    central_probs,
    draws_array,
    draws_frame,
    draws_of,
    percent,
    posterior_interval,
    posterior_summary,
    statistic_names,
    summarise_draws,
)


@pytest.fixture
def draws():
    return Draws(("b_x", "r_g[a,x]", "sigma"), np.random.default_rng(3).gamma(2.0, size=(3, 40, 3)))


def test_mean_and_standard_deviation_are_those_of_the_standard_library(draws):
    values = draws.flat[:, 0].tolist()
    estimate, error = summarise_draws(draws.flat, probs=[])[0]
    assert estimate == pytest.approx(statistics.fmean(values), rel=1e-13)
    assert error == pytest.approx(statistics.stdev(values), rel=1e-13)


def test_quantiles_are_of_type_7():
    # R: quantile(c(1, 2, 4, 8, 16), c(0.1, 0.35, 0.975))
    _, _, *quantiles = summarise_draws(np.array([16.0, 1.0, 8.0, 2.0, 4.0]), probs=[0.1, 0.35, 0.975])
    np.testing.assert_allclose(quantiles, [1.4, 2.8, 15.2], rtol=1e-14)


def test_robust_statistics_are_median_and_scaled_deviation():
    # R: median(x) and mad(x) of c(1, 2, 3, 4, 100)
    np.testing.assert_allclose(
        summarise_draws(np.array([100.0, 1.0, 3.0, 2.0, 4.0]), robust=True, probs=[]), [3.0, 1.4826]
    )


def test_further_axes_are_kept_and_pieces_make_no_difference(monkeypatch):
    values = np.random.default_rng(1).normal(size=(50, 7, 3))
    whole = summarise_draws(values)
    monkeypatch.setattr(tables, "_CHUNK", 100)
    np.testing.assert_array_equal(summarise_draws(values), whole)
    assert whole.shape == (7, 3, 4)
    np.testing.assert_allclose(whole[..., 3], np.quantile(values, 0.975, axis=0), rtol=1e-14)


def test_one_draw_has_no_error():
    assert np.isnan(summarise_draws(np.ones((1, 2)))[:, 1]).all()


@pytest.mark.parametrize("probs", [[-0.1], [0.5, 1.1], [float("nan")]])
def test_probabilities_lie_between_0_and_1(probs):
    with pytest.raises(DataError, match="not a number between 0 and 1"):
        summarise_draws(np.ones((3, 1)), probs=probs)


@pytest.mark.parametrize("prob", [0, 1, 89, "0.9", True, None])
def test_the_probability_of_an_interval_is_a_number_between_0_and_1(prob):
    with pytest.raises(DataError, match="prob must be a number between 0 and 1"):
        central_probs(prob)


@pytest.mark.parametrize(("prob", "text"), [(0.025, "2.5"), (0.5, "50"), (1 - (1 - 0.89) / 2, "94.5"), (1e-3, "0.1")])
def test_percentages_are_named_as_r_names_them(prob, text):
    assert percent(prob) == text


def test_names_of_statistics():
    assert statistic_names() == ["Estimate", "Est.Error", "Q2.5", "Q97.5"]


def test_summary_and_interval_of_draws(draws):
    summary = posterior_summary(draws, probs=[0.055, 0.945])
    assert list(summary.columns) == ["Estimate", "Est.Error", "Q5.5", "Q94.5"]
    assert list(summary.index) == list(draws.names)
    interval = posterior_interval(draws, prob=0.89)
    assert list(interval.columns) == ["5.5%", "94.5%"]
    np.testing.assert_allclose(interval.to_numpy(), summary[["Q5.5", "Q94.5"]].to_numpy(), rtol=1e-13)
    np.testing.assert_allclose(interval.loc["sigma", "5.5%"], np.quantile(draws["sigma"], 0.055))


def test_frame_of_draws_counts_from_1(draws):
    frame = draws_frame(draws)
    assert list(frame.columns) == [*draws.names, ".chain", ".iteration", ".draw"]
    row = frame.query("`.chain` == 2 and `.iteration` == 5").iloc[0]
    assert row[".draw"] == 45
    assert row["r_g[a,x]"] == draws["r_g[a,x]"][1, 4]
    assert frame[[".chain", ".iteration", ".draw"]].dtypes.unique().tolist() == [np.dtype("int64")]


def test_changing_the_frame_leaves_the_draws(draws):
    before = draws.values.copy()
    frame = draws_frame(draws)
    frame.loc[:, "b_x"] = 0.0
    np.testing.assert_array_equal(draws.values, before)


def test_labelled_array(draws):
    array = draws_array(draws)
    assert array.dims == ("chain", "draw", "variable")
    assert float(array.sel(chain=2, draw=3, variable="sigma")) == draws["sigma"][2, 3]


def test_draws_of_names_come_in_the_order_asked_for(draws):
    np.testing.assert_array_equal(
        draws_of(draws, ["sigma", "b_x"]), np.column_stack([draws["sigma"].ravel(), draws["b_x"].ravel()])
    )
