"""Refusal of prior rows that a model has no place for, with a word on what it has."""

from __future__ import annotations

from collections import Counter

from partialpool.errors import PriorError, nearest
from partialpool.priors.prior import Prior, PriorTable

__all__ = ["refuse_duplicates", "refuse_unmatched"]

_FIELDS = ("coef", "group", "resp", "dpar", "nlpar")


def refuse_duplicates(rows: PriorTable) -> None:
    """Raise a `PriorError` where two rows are about the same parameters."""
    for key, count in Counter(row.key for row in rows).items():
        if count > 1:
            texts = " and ".join(row.prior or "(flat)" for row in rows if row.key == key)
            place = next(row.place for row in rows if row.key == key)
            raise PriorError(f"{count} priors are given for {place}: {texts}; keep one")


def refuse_unmatched(rows: PriorTable, defaults: PriorTable) -> None:
    """Raise a `PriorError` where a row is about no parameter of the model."""
    known = {row.key for row in defaults}
    for row in rows:
        if row.key not in known:
            shown = row.prior or "(flat)"
            raise PriorError(
                f"the prior {shown} for {row.place} matches no parameter of the model; {_advice(row, defaults)}"
            )


def _advice(row: Prior, defaults: PriorTable) -> str:
    same_class = [other for other in defaults if other.class_ == row.class_]
    if (
        row.coef == "Intercept"
        and row.class_ == "b"
        and _has(Prior(class_="Intercept", dpar=row.dpar, resp=row.resp), defaults)
    ):
        return "the centred intercept has a class of its own: class_='Intercept'"
    if row.class_ == "Intercept" and any(_is_uncentred_intercept(other, row) for other in defaults):
        return "the intercept is not centred, and so an ordinary coefficient: class_='b', coef='Intercept'"
    if any(other.dpar == row.class_ for other in defaults):
        return (
            f"{row.class_} is predicted, by parameters of its own: class_='b' or 'Intercept' with dpar={row.class_!r}"
        )
    if not same_class:
        return f"for its class, {nearest(row.class_, dict.fromkeys(other.class_ for other in defaults))}"
    for name in _FIELDS:
        choices = [getattr(other, name) for other in same_class if _differs_in(row, other) == [name]]
        if any(choices):
            return f"for its {name}, {nearest(getattr(row, name), dict.fromkeys(filter(None, choices)))}"
    places = [other.place for other in same_class]
    return "the model has " + "; ".join(places[:8]) + ("; ..." if len(places) > 8 else "")


def _is_uncentred_intercept(other: Prior, row: Prior) -> bool:
    return (other.class_, other.coef) == ("b", "Intercept") and (other.dpar, other.resp) == (row.dpar, row.resp)


def _has(row: Prior, defaults: PriorTable) -> bool:
    return any(other.key == row.key for other in defaults)


def _differs_in(row: Prior, other: Prior) -> list[str]:
    return [name for name in _FIELDS if getattr(row, name) != getattr(other, name)]
