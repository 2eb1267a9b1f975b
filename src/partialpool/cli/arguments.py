"""Arguments of the command line that are small languages of their own: links, priors, the control of the sampler."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from partialpool.errors import FamilyError, PriorError, nearest
from partialpool.priors.prior import Prior, prior

__all__ = ["read_control", "read_links", "read_prior"]

_KEYS = ("class", "coef", "group", "resp", "dpar", "nlpar", "lb", "ub")


def read_links(texts: Sequence[str]) -> dict[str, str]:
    """Return links as arguments of `brmsfamily`.

    Raises
    ------
    FamilyError
        If the link of a parameter is given twice.

    Examples
    --------
    >>> read_links(["probit", "sigma=softplus"])
    {'link': 'probit', 'link_sigma': 'softplus'}
    """
    links: dict[str, str] = {}
    for text in texts:
        dpar, equals, link = (part.strip() for part in text.rpartition("="))
        name = f"link_{dpar}" if equals and dpar != "mu" else "link"
        if name in links:
            raise FamilyError(f"--link gives the link of {dpar or 'mu'} twice: {links[name]} and {link}")
        links[name] = link
    return links


def read_prior(text: str) -> Prior:
    """Return the prior that `[PLACE:] DISTRIBUTION` stands for.

    Parameters
    ----------
    text
        A distribution; before it, if it is not for all coefficients, a place and a colon. A place is a class, or any of
        `class=`, `coef=`, `group=`, `resp=`, `dpar=`, `nlpar=`, `lb=` and `ub=`, with commas between.

    Raises
    ------
    PriorError
        If the place or the distribution cannot be read.

    Examples
    --------
    >>> print(read_prior("normal(0, 1)"))
    b ~ normal(0, 1)
    >>> print(read_prior("sd: exponential(1)"))
    sd ~ exponential(1)
    >>> print(read_prior("class=sd, group=herd, coef=Intercept: exponential(2)"))
    sd_herd__Intercept ~ exponential(2)
    >>> print(read_prior("coef=promoBundle:channelPark: normal(0, 0.5)"))
    b_promoBundle:channelPark ~ normal(0, 0.5)
    """
    place, _, distribution = text.rpartition(":")
    arguments = _read_place(place, text)
    return prior(distribution.strip(), **arguments)


def _read_place(place: str, text: str) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in place.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            key, value = "class", part
        if key not in _KEYS:
            raise PriorError(f"--prior {text!r}: a place has no {key!r}; {nearest(key, _KEYS)}")
        name = "class_" if key == "class" else key
        if name in arguments:
            raise PriorError(f"--prior {text!r}: {key} stands twice")
        arguments[name] = _bound(value) if key in ("lb", "ub") else value
    return arguments


def _bound(value: str) -> float | str:
    return float(value) if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", value) else value


def read_control(**entries: Any) -> dict[str, Any]:
    """Return the entries that were given.

    Examples
    --------
    >>> read_control(adapt_delta=0.95, max_treedepth=None)
    {'adapt_delta': 0.95}
    """
    return {name: value for name, value in entries.items() if value is not None}
