"""The gallery of families shows what families are: examples build, figures are there, densities are densities."""

import sys
from pathlib import Path

import numpy as np
import pytest

import partialpool as pp
from partialpool.families.registry import constructor, family_names

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "docs" / "_ext"), str(ROOT / "tests")]
import family_figures  # noqa: E402
import family_settings  # noqa: E402

FIVE_LINES = 6  # one more where data beside the response are needed


@pytest.mark.parametrize("name", family_names())
def test_example_builds(name):
    program = family_settings.example(constructor(name)())
    assert len(program.splitlines()) <= FIVE_LINES
    *_, last = program.splitlines()
    names = {"np": np, "pp": pp}
    exec(program.replace(last, last[:-1] + ", empty=True)"), names)  # noqa: S102  (the program that the page shows)
    assert names["fit"].family.name == name
    assert names["fit"].nobs() == 200


def test_settings_differ():
    for name in family_names():
        settings = family_settings.settings(family_settings.bound(constructor(name)()))
        assert len(settings) >= 2
        assert all(one != other for i, one in enumerate(settings) for other in settings[:i])


@pytest.mark.parametrize("name", ["gaussian", "zero_one_inflated_beta", "poisson"])
def test_shown_density_holds_nearly_all(name):
    for setting in family_figures.described(constructor(name)()):
        places, heights = setting.density
        inside = heights.sum() if name == "poisson" else np.trapezoid(heights, places)
        atoms = 0.0 if setting.masses is None else setting.masses[1].sum()
        assert 0.9 < inside + atoms < 1.02


@pytest.mark.parametrize("name", ["gaussian", "gamma", "negbinomial", "beta_binomial", "dirichlet"])
def test_draws_agree_with_means(name):
    for setting in family_figures.described(constructor(name)()):
        places, heights = setting.density
        if isinstance(places, np.ndarray) and name == "negbinomial":
            assert (places * heights).sum() == pytest.approx(setting.mean[0], rel=0.1)
        assert (setting.sd > 0).all()
        assert setting.mean.shape == setting.sd.shape


def test_ordinal_probabilities_are_those_of_the_model():
    from scipy.special import expit

    for setting, eta in zip(family_figures.described(pp.brmsfamily("cumulative")), (-1.0, 0.0, 1.0), strict=True):
        below = np.concatenate([[0.0], expit(np.array([-1.0, 0.0, 1.0]) - eta), [1.0]])
        np.testing.assert_allclose(setting.density[1], np.diff(below), rtol=1e-9)


@pytest.mark.parametrize("name", ["gaussian", "poisson", "categorical", "dirichlet"])
def test_figure_names_its_settings(name):
    family = constructor(name)()
    settings = family_figures.described(family)
    figure = family_figures.svg(family, settings)
    assert figure.startswith("<svg ")
    assert all(setting.label in figure for setting in settings)
