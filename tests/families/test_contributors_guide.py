"""The family that CONTRIBUTING.md builds, tried against SciPy, which knows the distribution by its scale."""

from __future__ import annotations

from pathlib import Path

import family_cases
import numpy as np
import pandas as pd
import pytest

import partialpool as pp
from documents import code_after, module_of


def test_the_family_of_the_contributors_guide_works(tmp_path: Path) -> None:
    kind = module_of(code_after("CONTRIBUTING.md", "<!-- family -->"), tmp_path / "rayleigh_example.py")["Rayleigh"]
    assert isinstance(kind, type)
    family = kind()
    case = eval(code_after("CONTRIBUTING.md", "<!-- case -->"), vars(family_cases))  # noqa: S307  (our own document)
    y, mu = case.y, case.parameters["mu"]
    np.testing.assert_allclose(family.log_density(y, mu), case.distribution.logpdf(y), rtol=1e-12)
    np.testing.assert_allclose(family.cdf(y, mu), case.distribution.cdf(y), rtol=1e-12)
    np.testing.assert_allclose(family.survival(y, mu), case.distribution.sf(y), rtol=1e-12)
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"x": np.repeat([0.0, 1.0], 500)})
    data["y"] = family.draw(rng, np.exp(0.5 + 0.7 * data["x"].to_numpy()))
    model = pp.brm("y ~ x", data, family, empty=True).model
    u = np.array([0.7, 0.85])  # slope, and intercept at the mean of x
    expected = case.reference(mu=np.exp(0.5 + 0.7 * data["x"])).logpdf(data["y"]).sum()
    prior_alone = pp.brm("y ~ x", data, family, prior=pp.prior("normal(0, 1)"), sample_prior="only", empty=True).model
    slope_prior = -0.5 * np.log(2 * np.pi) - 0.7**2 / 2
    log_prior = prior_alone.log_density(u) - slope_prior
    assert model.log_density(u) - log_prior == pytest.approx(expected, rel=1e-12)
