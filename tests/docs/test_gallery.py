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
import family_moments  # noqa: E402
import family_settings  # noqa: E402
import gallery  # noqa: E402

FIVE_LINES = 6  # one more where data beside the response are needed


def run(program):
    """Return the fit of a program that the page shows, which imports what it uses."""
    names = {}
    exec(f"import numpy as np\nimport partialpool as pp\n{program}", names)  # noqa: S102
    return names["fit"]


@pytest.mark.parametrize("name", family_names())
def test_example_builds(name):
    program = family_settings.example(constructor(name)())
    assert len(program.splitlines()) <= FIVE_LINES
    *_, last = program.splitlines()
    fit = run(program.replace(last, last[:-1] + ", empty=True)"))
    assert fit.family.name == name
    assert fit.nobs() == 200


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::partialpool.ConvergenceWarning")
@pytest.mark.parametrize("name", family_names())
def test_example_samples(name):
    fit = run(family_settings.example(constructor(name)()))
    assert fit.ndraws() == 4000
    rhat = fit.summary().frame["Rhat"].dropna()
    assert len(rhat) > 0
    assert (rhat < 1.03).all()


@pytest.mark.parametrize("name", family_names())
def test_section_has_all_that_it_promises(name):
    family = constructor(name)()
    text = gallery.section(family)
    assert "<svg " in text
    for parameter in family.parameters:
        row = next(line for line in text.splitlines() if line.startswith(f"| `{parameter.name}` |"))
        assert all(link in row for link in parameter.links)
        assert gallery.placed(parameter.intercept_prior) in row
        assert parameter.name == "mu" or parameter.value is not None or gallery.placed(parameter.prior) in row
    moments = "Probabilities of the categories" if family.response.kind in ("ordered", "category") else "Mean | "
    assert f"| Setting | {moments}" in text
    assert family_settings.example(family) in text
    assert gallery.description(family) in text


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


@pytest.mark.parametrize("name", family_names())
def test_moments_are_those_of_mean_and_draws(name):
    family = family_settings.bound(constructor(name)())
    for setting in family_figures.described(constructor(name)()):
        if setting.mean is None:
            assert setting.density[1].sum() == pytest.approx(1)
            continue
        draws = family_figures.draws_of(family, setting.values)
        if family.response.kind == "angle":
            assert setting.variance[0] == pytest.approx(1 - abs(np.exp(1j * draws).mean()), rel=0.1)
            continue
        tolerance = 6 * np.sqrt(setting.variance / family_figures.DRAWS)
        assert (np.abs(setting.mean - draws.mean(axis=0)) < tolerance).all()
        np.testing.assert_allclose(setting.variance, draws.var(axis=0), rtol=0.3)


@pytest.mark.parametrize(
    ("name", "mean", "variance"),
    [
        ("gaussian", 0.0, 1.0),
        ("asym_laplace", -8 / 3, 160 / 9),
        ("beta_negbinomial", 2.0, 8.0),
        ("zero_one_inflated_beta", 0.42, 0.8 * 0.24 / 9 + 0.05 + 0.16 * 0.01),
        ("wiener", 0.2 + 0.75 * np.tanh(0.75), 0.75 * (1 - 3 * np.exp(-1.5) - np.exp(-3)) / (1 + np.exp(-1.5)) ** 2),
    ],
)
def test_moments_without_draws(name, mean, variance):
    family = family_settings.bound(constructor(name)())
    first = family_settings.settings(family)[0]
    given = family_settings.arguments(family, first)
    draws = family_figures.draws_of(family, first)
    atoms = family_figures.atoms_of(family, draws)
    found = family_moments.mean_and_variance(family, given, draws, atoms)
    np.testing.assert_allclose(found, (mean, variance), rtol=1e-3, atol=1e-3)


def test_density_that_is_none_is_refused():
    class Wrong(pp.gaussian):
        def log_density(self, y, mu, sigma):
            return super().log_density(y, mu, sigma) + 0.1

    with pytest.raises(ValueError, match=r"integrates to 1\.105"):
        family_figures.described(Wrong())


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
    assert all(f"var(--curve-{k})" in figure for k in range(1, len(settings) + 1))
