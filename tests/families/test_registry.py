"""Families by name: constructors, equality, plain data, and the errors that name what is wrong."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys

import pytest

import partialpool.families as families
from oracle import load, names
from partialpool.errors import FamilyError
from partialpool.families import as_family, brmsfamily, constructor, family_names, from_dict
from partialpool.families.base import Family
from partialpool.families.links import LINKS

THE_TWELVE = {
    *("gaussian", "student", "bernoulli", "binomial", "beta_binomial", "poisson", "negbinomial", "geometric"),
    *("gamma", "exponential", "lognormal", "beta"),
}


def test_the_twelve_are_there():
    assert set(family_names()) >= THE_TWELVE


@pytest.mark.parametrize("name", family_names())
def test_what_every_family_must_be(name):
    family = as_family(name)
    assert family.is_family
    assert family.name == name == str(family)
    assert family == constructor(name)() == as_family(constructor(name)) == from_dict(family.to_dict())
    assert hash(family) == hash(constructor(name)())
    assert pickle.loads(pickle.dumps(family)) == family  # noqa: S301
    assert json.loads(json.dumps(family.to_dict())) == family.to_dict()
    assert {"weights", "subset", "index"} <= family.additions
    assert set(family.data) <= family.additions
    assert constructor(name).__doc__
    for parameter in family.parameters:
        assert set(parameter.links) <= set(LINKS)
        assert family.link_of(parameter.name).name == parameter.links[0], "the default link is the first"


def supported(name):
    return load(name).figures["family"].get("family") in family_names()


@pytest.mark.parametrize("name", [name for name in names() if supported(name)])
def test_families_of_the_oracles_have_the_same_links(name):
    recorded = {k: v for k, v in load(name).figures["family"].items() if k.startswith(("family", "link"))}
    assert recorded.items() <= as_family(recorded).to_dict().items()


def test_constructors_go_by_name():
    assert families.student(link_nu="identity") == brmsfamily("student", link_nu="identity")
    assert repr(families.negbinomial(link_shape="softplus")) == "negbinomial(link='log', link_shape='softplus')"
    assert families.Gamma is families.gamma is constructor("Gamma")
    assert families.Beta is families.beta
    assert {"poisson", "Gamma"} <= set(dir(families))
    with pytest.raises(AttributeError):
        families.poison  # noqa: B018


def test_families_differ_by_their_links():
    assert families.poisson() != families.poisson(link="sqrt")
    assert families.poisson() != families.geometric()


def test_a_family_cannot_be_changed():
    with pytest.raises(AttributeError):
        families.poisson().link = "sqrt"


def test_links_line_as_a_summary_prints_it():
    family = families.student()
    assert family.links_line() == "mu = identity; sigma = identity; nu = identity"
    assert family.links_line({"mu", "nu"}) == "mu = identity; sigma = identity; nu = logm1"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: brmsfamily("poison"), r"unknown family 'poison'; did you mean 'poisson'"),
        (
            lambda: brmsfamily("poisson", "logit"),
            r"link 'logit' is not available for mu of family poisson; use one of 'log'",
        ),
        (
            lambda: brmsfamily("gaussian", link_sigma="logg"),
            r"unknown link 'logg' for sigma of family gaussian; did you mean 'log'",
        ),
        (lambda: brmsfamily("poisson", link_sigma="log"), r"family poisson has no argument 'link_sigma'"),
        (lambda: as_family(3), r"3 is not a family"),
        (lambda: as_family("poisson").parameter("sigma"), r"family poisson has no parameter 'sigma'"),
        (lambda: families.lognormal(link="log"), r"link 'log' is not available for mu of family lognormal"),
    ],
)
def test_errors_name_what_is_wrong(wrong, message):
    with pytest.raises(FamilyError, match=message):
        wrong()


def test_a_family_is_imported_when_it_is_asked_for():
    code = (
        "import sys, partialpool.families as f; f.poisson(); heavy = {'numba', 'sympy', 'scipy', 'pandas'};"
        "print([m for m in sys.modules if m.startswith('partialpool.families.distributions.')], heavy & set(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert out.strip() == "['partialpool.families.distributions.poisson'] set()"


def test_the_base_cannot_be_made():
    with pytest.raises(TypeError):
        Family()


@pytest.mark.parametrize(
    ("short", "name"),
    [("normal", "gaussian"), ("zi_poisson", "zero_inflated_poisson"), ("hu_gamma", "hurdle_gamma")],
)
def test_short_names_of_brms(short, name):
    assert as_family(short) == as_family(name)
