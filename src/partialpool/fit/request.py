"""What a prediction is asked for: rows, draws, group-level effects."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, FormulaError, nearest
from partialpool.formula.algebra import expand
from partialpool.formula.parser import parse
from partialpool.frame.columns import Frame
from partialpool.frame.design import Design
from partialpool.terms.new_levels import SAMPLING_RULES, NewLevels

if TYPE_CHECKING:
    from partialpool.fit.fit import Fit

__all__ = ["Request", "pick_draws"]


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
    ) -> Request:
        """Return a request, its arguments checked.

        Raises
        ------
        DataError
            If an argument is not what it must be.
        FormulaError
            If `re_formula` names group-level effects that the model does not have.
        """
        if sample_new_levels not in SAMPLING_RULES:
            raise DataError(f"sample_new_levels={sample_new_levels!r}; {nearest(sample_new_levels, SAMPLING_RULES)}")
        seed = secrets.randbits(31) if seed is None else int(seed)
        frame = fit.model.spec.frame if newdata is None else Frame.read(newdata)
        picked = pick_draws(fit, ndraws, draw_ids, seed)
        keeps = _kept_effects(fit, re_formula)
        new = NewLevels(lambda group, coef: (group, coef) in keeps, allow_new_levels, sample_new_levels)
        return cls(fit, frame, picked, new, seed)


def pick_draws(fit: Fit, ndraws: int | None, draw_ids: Sequence[int] | None, seed: int) -> NDArray[np.int64]:
    """Return which draws are used: all, some at random in their order, or those named (counted from 0).

    Raises
    ------
    DataError
        If there are not so many.
    """
    total = fit.ndraws()
    if draw_ids is not None:
        picked = np.asarray(draw_ids, dtype=np.int64)
        if picked.ndim != 1 or not len(picked) or picked.min() < 0 or picked.max() >= total:
            raise DataError(f"draw_ids must be whole numbers from 0 to {total - 1}")
        return picked
    if ndraws is None or ndraws == total:
        return np.arange(total)
    if not 0 < ndraws <= total:
        raise DataError(f"ndraws={ndraws}, but the fit has {total} draws")
    return np.sort(np.random.default_rng([seed, 1]).choice(total, ndraws, replace=False))


def _kept_effects(fit: Fit, re_formula: str | bool | float | None) -> set[tuple[str, str]]:
    """Return the group-level effects that take part, by group and coefficient."""
    members = [member for block in fit.model.spec.blocks for member in block.members]
    every = {(member.term.name, coef) for member in members for coef in member.design.names}
    if re_formula is None:
        return every
    if not isinstance(re_formula, str) or re_formula.strip() in ("NA", "~0", "~ 0", "~1", "~ 1"):
        return set()
    formula = parse(re_formula)
    kept = set()
    for term in expand(formula.rhs, formula.source).groups:
        inner = term.coefficients
        design = Design.learn(inner.terms, inner.intercept, fit.model.spec.frame, source=formula.source)
        for coef in design.names:
            if (term.name, coef) not in every:
                known = [f"{c} by {g}" for g, c in sorted(every)]
                raise FormulaError(
                    f"re_formula names the effect of {coef!r} by {term.name!r}, which the model does not have; "
                    + nearest(f"{coef} by {term.name}", known)
                )
            kept.add((term.name, coef))
    return kept
