"""Families by name. The files of `distributions` are the list; a family's file is imported when it is asked for."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeAlias, cast

from partialpool.errors import FamilyError, nearest
from partialpool.families import distributions
from partialpool.families.base import Family

__all__ = ["FamilyLike", "as_family", "brmsfamily", "constructor", "family_names", "from_dict"]

FamilyLike: TypeAlias = "Family | str | type[Family] | Mapping[str, Any]"
"""A family, its constructor, its name, or its plain data."""

_MADE = {"mixture": "mixture(gaussian, student)", "custom": "custom_family(name, dpars, ..., log_density=...)"}
"""Families that no name alone stands for, and how they are made."""

_SHORT = {"^normal$": "gaussian", "^zi_": "zero_inflated_", "^hu_": "hurdle_"}
"""Short spellings of names, as patterns."""


@cache
def family_names() -> tuple[str, ...]:
    """Return the names of the families there are, sorted.

    Examples
    --------
    >>> "poisson" in family_names()
    True
    """
    return tuple(sorted(module.name for module in pkgutil.iter_modules(distributions.__path__)))


def constructor(name: str) -> type[Family]:
    """Return the constructor of a family: call it with the links as brms names them.

    Parameters
    ----------
    name
        Name in lower case with underscores; brms' spellings `Gamma`, `Beta` and `inverse.gaussian` are taken too, as are
        its short ones: `normal`, and `zi_` and `hu_` for `zero_inflated_` and `hurdle_`.

    Raises
    ------
    FamilyError
        If there is no such family, or it is one of brms that is not built yet.

    Examples
    --------
    >>> constructor("student")(link_nu="identity")
    student(link='identity', link_sigma='log', link_nu='identity')
    """
    plain = str(name).replace(".", "_").lower()
    for short, long in _SHORT.items():
        plain = re.sub(short, long, plain)
    if plain in family_names():
        return _constructor(plain)
    if plain in _MADE:
        raise FamilyError(f"family {plain!r} is made of others, or of a density of yours: call {_MADE[plain]}")
    raise FamilyError(f"unknown family {name!r}; {nearest(plain, family_names())}")


@cache
def _constructor(name: str) -> type[Family]:
    module = importlib.import_module(f"{distributions.__name__}.{name}")
    (found,) = (getattr(module, exported) for exported in module.__all__)
    return cast("type[Family]", found)


def brmsfamily(family: str, link: str | None = None, **options: Any) -> Family:
    """Return a family by its name.

    Parameters
    ----------
    family
        Its name.
    link
        Link of mu; the family's default where it is None.
    **options
        Links of the other parameters, `link_sigma="softplus"`, and what else the family takes, `threshold="equidistant"`.

    Raises
    ------
    FamilyError
        If there is no such family or link, or the family has no such argument.

    Examples
    --------
    >>> brmsfamily("bernoulli", "probit")
    bernoulli(link='probit')
    """
    kind = constructor(family)
    known = [field.name for field in fields(kind) if field.init]  # type: ignore[arg-type]
    for argument in options:
        if argument not in known:
            raise FamilyError(f"family {kind.name} has no argument {argument!r}; {nearest(argument, known)}")
    return kind(**({} if link is None else {"link": link}), **options)


def from_dict(data: Mapping[str, Any]) -> Family:
    """Return the family that `Family.to_dict` wrote.

    Examples
    --------
    >>> from_dict({"family": "poisson", "link": "sqrt"})
    poisson(link='sqrt')
    """
    if data.get("family") == "mixture":
        from partialpool.families.mixtures import Mixture

        return Mixture.from_dict(data)
    if data.get("family") == "custom":
        raise FamilyError(
            f"custom family {data['name']!r} is code, which is not stored: pass the family itself, as in load(path, family=...)"
        )
    # Plain data have lists where a family has tuples.
    options: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in data.items()}
    return brmsfamily(**options)


def as_family(family: FamilyLike) -> Family:
    """Return a family from whatever stands for one: itself, its constructor, its name, its plain data.

    Raises
    ------
    FamilyError
        If it stands for none.

    Examples
    --------
    >>> as_family("poisson")
    poisson(link='log')
    """
    if isinstance(family, Family):
        return family
    if isinstance(family, str):
        return brmsfamily(family)
    if isinstance(family, Mapping):
        if not isinstance(family.get("family"), str):
            raise FamilyError(f"{family!r} is not a family: plain data of one name it, as {{'family': 'poisson'}}")
        return from_dict(family)
    if isinstance(family, type) and issubclass(family, Family):
        return family()
    raise FamilyError(f"{family!r} is not a family: pass a name such as 'poisson', or poisson(link='log')")
