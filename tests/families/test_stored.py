"""Families beside saved fits: mixtures as plain data, custom families passed on loading and checked."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

import partialpool as pp
from partialpool.errors import DataWarning, FamilyError, StorageError
from partialpool.families.stored import is_stored_as, stored_family
from partialpool.mathematics import lgamma, log

DATA = {"y": [0, 2, 3, 1, 5], "x": [0.0, 1.0, 0.5, 0.2, 2.0]}


def density(y, mu):
    return y * log(mu) - mu - lgamma(y + 1)


def other_density(y, mu):
    return y * log(mu) - 2 * mu - lgamma(y + 1)


def counts(log_density=density, **options):
    return pp.custom_family("counts", ["mu"], **({"links": "log", "type": "int"} | options), log_density=log_density)


def described(family):
    return json.loads(json.dumps(family.to_dict()))


def test_a_mixture_is_read_from_its_data():
    family = pp.mixture(pp.student(link_nu="identity"), "gaussian", refcat=2)
    assert stored_family(described(family)) == family
    assert is_stored_as(family, described(family))
    assert not is_stored_as(pp.mixture("gaussian", "student"), described(family))


def test_a_custom_family_is_passed():
    family = counts()
    with pytest.raises(
        FamilyError, match=r"custom family 'counts' is code, which is not stored: pass the family itself"
    ):
        stored_family(described(family))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert stored_family(described(family), family) is family
        assert stored_family(described(family), counts()) == counts()


def test_another_density_is_told():
    with pytest.warns(DataWarning, match="custom family 'counts' has another density than when the fit was saved"):
        stored_family(described(counts()), counts(other_density))
    with pytest.warns(DataWarning, match="has another density"):
        stored_family(described(pp.mixture(counts(), "poisson")), pp.mixture(counts(other_density), "poisson"))
    data = described(counts())
    data["digest"] = "2.7 " + data["digest"].partition(" ")[2]
    with pytest.warns(
        DataWarning, match="was saved by Python 2.7: whether its density is still the same cannot be told"
    ):
        stored_family(data, counts())


@pytest.mark.parametrize(
    "passed",
    [counts(links="identity"), counts(type="real"), pp.poisson(), pp.mixture(counts(), "poisson")],
    ids=["link", "type", "built-in", "mixture"],
)
def test_another_family_is_refused(passed):
    with pytest.raises(FamilyError, match=r"it was saved with custom_family\('counts', mu='log'\), and .* is passed"):
        stored_family(described(counts()), passed)


def test_fits_of_custom_families_in_files(tmp_path):
    fit = pp.brm("y ~ x", DATA, pp.mixture(counts(), "poisson"), empty=True)
    fit.save(tmp_path / "fit")
    with pytest.raises(StorageError, match="pass the family itself, as in load"):
        pp.load(tmp_path / "fit")
    loaded = pp.load(tmp_path / "fit", family=fit.family)
    u = np.linspace(-1, 1, fit.model.param_unc_num())
    assert loaded.model.log_density(u) == fit.model.log_density(u)
    with pytest.raises(StorageError, match="it was saved with mixture"):
        pp.load(tmp_path / "fit", family="poisson")


def test_a_kept_fit_holds_as_long_as_the_density_does(tmp_path):
    path = tmp_path / "fit"
    first = pp.brm("y ~ x", DATA, counts(), empty=True, file=path)
    stamp = path.stat().st_mtime_ns
    again = pp.brm("y ~ x", DATA, counts(), empty=True, file=path)
    assert path.stat().st_mtime_ns == stamp
    assert again.model.log_density([0.1, 0.2]) == first.model.log_density([0.1, 0.2])
    changed = pp.brm("y ~ x", DATA, counts(other_density), empty=True, file=path)
    assert path.stat().st_mtime_ns > stamp
    assert changed.model.log_density([0.1, 0.2]) != first.model.log_density([0.1, 0.2])
    pp.brm("y ~ x", DATA, "poisson", empty=True, file=path)
    assert pp.load(path).family == pp.poisson()
    with pytest.raises(StorageError, match="it was saved with poisson"):
        pp.brm("y ~ x", DATA, counts(), empty=True, file=path, file_refit="never")
