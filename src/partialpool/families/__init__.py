"""Families of responses: their distributions, parameters, links and default priors.

The constructors go by the names of the families, with brms' arguments: `poisson(link="sqrt")`, `student(link_nu="identity")`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, cast

from partialpool.families.registry import as_family, brmsfamily, constructor, family_names, from_dict

if TYPE_CHECKING:
    from collections.abc import Callable

    from partialpool.families.base import Family

__all__ = ["as_family", "brmsfamily", "constructor", "family_names", "from_dict"]

_MADE = {"custom_family": "partialpool.families.custom", "mixture": "partialpool.families.mixtures"}
"""Functions that make families of others, or of what a user writes."""

_CAPITALS = {"Gamma": "gamma", "Beta": "beta"}


def __getattr__(name: str) -> Callable[..., Family]:
    """Return the constructor of a family, imported when first asked for."""
    if name in _MADE:
        return cast("Callable[..., Family]", getattr(importlib.import_module(_MADE[name]), name))
    plain = _CAPITALS.get(name, name)
    if plain in family_names():
        return constructor(plain)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[Any]:
    return sorted([*globals(), *family_names(), *_CAPITALS, *_MADE])
