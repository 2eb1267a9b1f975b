"""What a prediction is asked for: rows, draws, group-level effects."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from partialpool.arguments import is_whole
from partialpool.errors import DataError, FormulaError, nearest
from partialpool.formula.algebra import expand
from partialpool.formula.parser import parse
from partialpool.frame.columns import Frame
from partialpool.frame.design import Design
from partialpool.terms.new_levels import SAMPLING_RULES, NewLevels

if TYPE_CHECKING:
    from partialpool.fit.fit import Fit

__all__ = ["Options", "Request", "pick_draws"]


class Options(TypedDict, total=False):
    """Options that all predictions have.

    Attributes
    ----------
    ndraws
        How many draws are used, at random; all unless given.
    draw_ids
        Which draws are used, counted over all chains from 0.
    allow_new_levels
        Whether levels of groups may be new.
    sample_new_levels
        How the effects of new levels are drawn: `"uncertainty"`, `"gaussian"` or `"old_levels"`.
    seed
        Seed of all random numbers.
    """

    ndraws: int | None
    draw_ids: Sequence[int] | None
    allow_new_levels: bool
    sample_new_levels: str
    seed: int | None


@dataclass(frozen=True, eq=False)
class Request:
    """Rows, draws and group-level effects of a prediction.

    Attributes
    ----------
    fit
        The fit.
    frame
        The rows.
    picked
        Which draws, counted over all chains from 0.
    new
        What is done about group-level effects.
    seed
        Seed of all random numbers.
    """

    fit: Fit
    frame: Frame
    picked: NDArray[np.int64]
    new: NewLevels
    seed: int

    @classmethod
    def of(
        cls,
        fit: Fit,
        newdata: Any = None,
        re_formula: str | bool | float | None = None,
        *,
        ndraws: int | None = None,
        draw_ids: Sequence[int] | None = None,
        allow_new_levels: bool = False,
        sample_new_levels: str = "uncertainty",
        seed: int | None = None,
        **unknown: Any,
    ) -> Request:
        """Return a request, its arguments checked.

        Raises
        ------
        DataError
            If an argument is not what it must be.
        FormulaError
            If `re_formula` names group-level effects that the model does not have.
        """
        if unknown:
            name = next(iter(unknown))
            raise DataError(f"predictions have no option {name!r}; {nearest(name, Options.__annotations__)}")
        if not isinstance(sample_new_levels, str) or sample_new_levels not in SAMPLING_RULES:
            raise DataError(f"sample_new_levels={sample_new_levels!r}; {nearest(sample_new_levels, SAMPLING_RULES)}")
        if not isinstance(allow_new_levels, bool | np.bool_):
            raise DataError(f"allow_new_levels={allow_new_levels!r}; it must be True or False")
        if seed is None:
            seed = secrets.randbits(31)
        elif not is_whole(seed) or seed < 0:
            raise DataError(f"seed={seed!r}; it must be a whole number of at least 0")
        frame = fit.model.spec.frame if newdata is None else Frame.read(newdata)
        picked = pick_draws(fit, ndraws, draw_ids, seed)
        keeps = _kept_effects(fit, re_formula)
        new = NewLevels(lambda group, coef: (group, coef) in keeps, bool(allow_new_levels), sample_new_levels)
        return cls(fit, frame, picked, new, int(seed))


def pick_draws(fit: Fit, ndraws: int | None, draw_ids: Sequence[int] | None, seed: int) -> NDArray[np.int64]:
    """Return which draws are used: all, some at random in their order, or those named (counted from 0).

    Raises
    ------
    DataError
        If there are not so many.
    """
    total = fit.ndraws()
    if draw_ids is not None and ndraws is not None:
        raise DataError("ndraws and draw_ids say both which draws are used; give one of them")
    if draw_ids is not None:
        ids = np.atleast_1d(np.asarray(draw_ids))
        if ids.ndim != 1 or ids.dtype.kind not in "iu" or not len(ids) or ids.min() < 0 or ids.max() >= total:
            raise DataError(f"draw_ids must be whole numbers from 0 to {total - 1}")
        return ids.astype(np.int64)
    if ndraws is None:
        return np.arange(total)
    if not is_whole(ndraws) or not 0 < ndraws <= total:
        raise DataError(f"ndraws={ndraws!r}, but the fit has {total} draws")
    if ndraws == total:
        return np.arange(total)
    return np.sort(np.random.default_rng([seed, 1]).choice(total, ndraws, replace=False))


def _is_na(re_formula: object) -> bool:
    """Return whether no group-level effects are asked for: "NA", R's word for it, or what stands for it in Python."""
    if isinstance(re_formula, float):
        return bool(np.isnan(re_formula))
    if isinstance(re_formula, str):
        return re_formula.strip() == "NA"
    return re_formula is False or type(re_formula).__name__ == "NAType"


def _kept_effects(fit: Fit, re_formula: str | bool | float | None) -> set[tuple[str, str]]:
    """Return the group-level effects that take part, by group and coefficient."""
    members = [member for block in fit.model.spec.blocks for member in block.members]
    every = {(member.term.name, coef) for member in members for coef in member.design.names}
    if re_formula is None:
        return every
    if _is_na(re_formula):
        return set()
    if not isinstance(re_formula, str):
        raise FormulaError(
            f"re_formula={re_formula!r}; it must be None (all group-level effects), 'NA' (none), or a formula such as "
            "'~ (1 | g)' that names some"
        )
    formula = parse(re_formula)
    kept = set()
    for term in expand(formula.rhs, formula.source).groups:
        inner = term.coefficients
        design = Design.learn(
            inner.terms,
            inner.intercept,
            fit.model.spec.frame,
            contrasts=fit.recipe.contrasts,
            cmc=fit.formula.options_of("mu").cmc,
            source=formula.source,
        )
        for coef in design.names:
            if (term.name, coef) not in every:
                known = [f"{c} by {g}" for g, c in sorted(every)]
                raise FormulaError(
                    f"re_formula names the effect of {coef!r} by {term.name!r}, which the model does not have; "
                    + nearest(f"{coef} by {term.name}", known)
                )
            kept.add((term.name, coef))
    return kept
