"""Priors and links as the command line takes them."""

from __future__ import annotations

import pytest

import partialpool as pp
from partialpool.cli.arguments import read_links, read_prior
from partialpool.errors import FamilyError, PriorError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("normal(0, 1)", pp.prior("normal(0, 1)")),
        ("b: normal(0, 1)", pp.prior("normal(0, 1)")),
        ("Intercept:normal(0,1)", pp.prior("normal(0,1)", class_="Intercept")),
        ("class=sd, group=g: exponential(1)", pp.prior("exponential(1)", class_="sd", group="g")),
        ("sd, group = g, coef = x : exponential(1)", pp.prior("exponential(1)", class_="sd", group="g", coef="x")),
        ("coef=a:b: normal(0, 2)", pp.prior("normal(0, 2)", coef="a:b")),
        ("lb=0, ub=1.5e1: normal(0, 2)", pp.prior("normal(0, 2)", lb=0, ub=15)),
        ("dpar=sigma: normal(0, 2)", pp.prior("normal(0, 2)", dpar="sigma")),
    ],
)
def test_prior_means_the_same_as_in_python(text: str, expected: pp.Fit) -> None:
    assert read_prior(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clas=sd: exponential(1)", "a place has no 'clas'; did you mean 'class'"),
        ("sd, class=b: exponential(1)", "class stands twice"),
        ("b: nrmal(0, 1)", "'nrmal' is not a distribution"),
    ],
)
def test_unreadable_priors_are_refused(text: str, message: str) -> None:
    with pytest.raises(PriorError, match=message):
        read_prior(text)


def test_links_of_one_parameter_twice_are_refused() -> None:
    with pytest.raises(FamilyError, match="link of mu twice: logit and probit"):
        read_links(["logit", "mu=probit"])
