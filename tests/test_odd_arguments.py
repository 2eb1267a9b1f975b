"""Arguments of a wrong kind: whatever is passed, nothing but our own errors comes back."""

from __future__ import annotations

import inspect
from functools import cache, partial

import numpy as np
import pandas as pd
import pytest

import made_up
import partialpool as pp

ODD = [
    True,
    0,
    -1,
    2.5,
    float("nan"),
    "",
    "zzz",
    b"x",
    [],
    [1.5],
    ["zzz"],
    {"a": 1},
    object(),
    np.array([[1]]),
    (0.1, 2),
]
OPTIONS = ("ndraws", "draw_ids", "allow_new_levels", "sample_new_levels", "seed")

METHODS = (
    *("as_draws", "as_draws_array", "as_draws_df", "summary", "posterior_summary", "posterior_interval", "fixef"),
    *("ranef", "coef", "VarCorr", "vcov", "posterior_linpred", "posterior_epred", "posterior_predict", "log_lik"),
    *("fitted", "predict", "residuals", "plot"),
)
OF_A_FIT = (
    *("tidy", "augment", "mcmc_trace", "mcmc_areas", "mcmc_areas_ridges", "mcmc_intervals", "mcmc_hist", "mcmc_dens"),
    *("mcmc_dens_overlay", "mcmc_rank_overlay", "mcmc_acf", "mcmc_pairs", "plot_fit"),
)
FIRST = {
    "adorn_totals": pd.DataFrame({"promo": ["with", "without"], "n": [1, 2]}),
    "halfeye": "normal(0, 1)",
}
ALONE = ("plogis", "qlogis", "theme_partialpool")


@cache
def fit():
    return made_up.fit(pp.bf("y ~ x + (x | g)", "sigma ~ z"), draws={"n_draws": 5})


def called(name):
    """Return what to call, and the names of its arguments beside the first."""
    function = getattr(pp.Fit if name in METHODS else pp, name)
    parameters = inspect.signature(function).parameters.values()
    named = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    further = OPTIONS if any(p.kind is p.VAR_KEYWORD for p in parameters) else ()
    if name in ALONE:
        return function, named
    return partial(function, FIRST[name] if name in FIRST else fit()), [*named[1:], *further]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [*METHODS, *OF_A_FIT, *FIRST, *ALONE])
def test_odd_arguments_bring_none_but_our_errors(name):
    function, arguments = called(name)
    for argument in arguments:
        for value in ODD:
            try:
                function(**{argument: value})
            except pp.PartialPoolError:
                pass
            except Exception as error:
                pytest.fail(f"{name}({argument}={value!r}) brings {type(error).__name__}: {error}")
