"""Families as plain data beside a saved fit. Code is not stored: custom families are passed when the fit is loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from partialpool.errors import DataWarning, FamilyError, warn
from partialpool.families.base import Family
from partialpool.families.registry import from_dict

__all__ = ["is_stored_as", "stored_family"]


def is_stored_as(family: Family, data: Mapping[str, Any]) -> bool:
    """Return whether plain data are those of a family, the code of its density included.

    Examples
    --------
    >>> from partialpool.families import poisson
    >>> is_stored_as(poisson(), {"family": "poisson", "link": "log"})
    True
    """
    return _plain(family.to_dict()) == dict(data)


def stored_family(data: Mapping[str, Any], passed: Family | None = None) -> Family:
    """Return the family that plain data describe, or the one that is passed if it is the same.

    Warns
    -----
    DataWarning
        If the density of a custom family is not the one that was stored, or it cannot be told.

    Raises
    ------
    FamilyError
        If the data describe a custom family and none is passed, or another family is.
    """
    if passed is None:
        return from_dict(data)
    given = _plain(passed.to_dict())
    if _without_digests(given) != _without_digests(data):
        raise FamilyError(f"it was saved with {_shown(data)}, and {passed!r} is passed")
    for (name, old), (_, new) in zip(_digests(data), _digests(given), strict=True):
        if old != new:
            _warn(name, old, new)
    return passed


def _warn(name: str, old: str, new: str) -> None:
    known, current = old.partition(" ")[0], new.partition(" ")[0]
    if known != current:
        found = f"was saved by Python {known}: whether its density is still the same cannot be told"
    else:
        found = "has another density than when the fit was saved: predictions may not fit the draws"
    warn(f"custom family {name!r} {found}", DataWarning)


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return dict(json.loads(json.dumps(data)))


def _without_digests(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {name: _without_digests(value) for name, value in data.items() if name != "digest"}
    return [_without_digests(value) for value in data] if isinstance(data, list) else data


def _digests(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and digest of each custom family."""
    if data.get("family") == "custom":
        yield data["name"], data["digest"]
    for component in data.get("mix", []):
        yield from _digests(component)


def _shown(data: Mapping[str, Any]) -> str:
    if data.get("family") == "custom":
        links = ", ".join(f"{dpar}={link!r}" for dpar, link in zip(data["dpars"], data["links"], strict=True))
        return f"custom_family({data['name']!r}, {links})"
    if "mix" in data:
        return f"mixture({', '.join(map(_shown, data['mix']))})"
    return repr(from_dict(data))
