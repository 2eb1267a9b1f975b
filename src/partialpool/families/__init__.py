"""Families of responses: their distributions, parameters, links and default priors.

The constructors go by the names of the families, with brms' arguments: `poisson(link="sqrt")`, `student(link_nu="identity")`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from partialpool.families.registry import as_family, brmsfamily, constructor, family_names, from_dict

if TYPE_CHECKING:
    from collections.abc import Callable

    from partialpool.families.base import Family

__all__ = ["as_family", "brmsfamily", "constructor", "family_names", "from_dict"]

_CAPITALS = {"Gamma": "gamma", "Beta": "beta"}


def __getattr__(name: str) -> Callable[..., Family]:
    """Return the constructor of a family, imported when first asked for."""
    if name == "mixture":
        from partialpool.families.mixtures import mixture

        return mixture
    plain = _CAPITALS.get(name, name)
    if plain in family_names():
        return constructor(plain)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[Any]:
    return sorted([*globals(), *family_names(), *_CAPITALS, "mixture"])
