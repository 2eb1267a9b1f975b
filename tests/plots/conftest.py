"""Draws with the names and the look of those of the season-pass model, and matplotlib without a screen."""

from __future__ import annotations

from io import BytesIO

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")


@pytest.fixture(scope="session")
def named_draws():
    rng = np.random.default_rng(20240917)
    z = rng.normal(size=(9, 4, 120))
    return {
        "b_Intercept": -0.19 + 0.05 * z[0],
        "b_promoBundle": 0.39 + 0.07 * z[1],
        "sd_channel__Intercept": 1.58 * np.exp(0.25 * z[2]),
        "cor_channel__Intercept__promoBundle": np.tanh(0.6 * z[3] - 0.9),
        "r_channel[Mail,Intercept]": 0.25 + 0.08 * z[4],
        "r_channel[Park,Intercept]": 1.75 + 0.155 * z[5],
        "r_channel[Email,Intercept]": -2.82 + 0.19 * z[6],
        "r_channel[Mail,promoBundle]": -0.86 + 0.11 * z[7],
        "r_channel[Email,promoBundle]": 1.98 + 0.28 * z[8],
    }


@pytest.fixture(scope="session")
def divergent():
    marked = np.zeros((4, 120), dtype=bool)
    marked[0, 7] = marked[0, 90] = marked[2, 41] = True
    return marked


@pytest.fixture
def render():
    """Draw a plot as a small picture and return its axes."""
    from matplotlib import pyplot as plt
    from plotnine import theme

    def draw(plot):
        figure = (plot + theme(dpi=40)).draw()
        figure.savefig(BytesIO())  # lays the parts out and draws them
        axes = figure.axes
        plt.close(figure)
        return axes

    return draw
