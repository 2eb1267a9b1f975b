"""Which prior is in force: the user's rows over a model's table of defaults."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from partialpool.errors import DataWarning, PriorError, warn
from partialpool.priors.matching import refuse_duplicates, refuse_unmatched
from partialpool.priors.multivariate import LKJ, Constant, Dirichlet
from partialpool.priors.order import order_by_class
from partialpool.priors.prior import (
    Bound,
    Key,
    Prior,
    PriorLike,
    PriorTable,
    as_prior_table,
    filled,
    inherited_from,
    nearest_bound,
)
from partialpool.priors.syntax import Constants, PriorDistribution, read_prior
from partialpool.priors.univariate import Univariate

__all__ = ["PriorInForce", "ResolvedPriors", "resolve"]

_CORRELATIONS = frozenset({"cor", "rescor", "lncor", "corme", "cortime"})
_SIMPLEXES = frozenset({"simo", "theta", "sbhaz"})


@dataclass(frozen=True)
class PriorInForce:
    """What holds for one parameter.

    Attributes
    ----------
    distribution
        Its prior; None for a flat one.
    lb, ub
        Its bounds; infinite where there is none.
    row
        The row of the table that the prior comes from.
    """

    distribution: PriorDistribution | None
    lb: float
    ub: float
    row: Prior


@dataclass(frozen=True)
class ResolvedPriors:
    """All priors of a model.

    Attributes
    ----------
    table
        The rows in force, by class, group, resp, dpar, nlpar, coef; what a row inherits is left empty in it.
    """

    table: PriorTable
    _constants: Constants = field(repr=False)
    _distributions: Mapping[str, PriorDistribution | None] = field(repr=False)
    _index: Mapping[Key, Prior] = field(repr=False)

    def lookup(
        self, class_: str, coef: str = "", group: str = "", resp: str = "", dpar: str = "", nlpar: str = ""
    ) -> PriorInForce:
        """Return what holds for a parameter: its own row, else its group's, else its class'.

        Raises
        ------
        PriorError
            If the table has no row that the parameter could have its prior from.
        """
        rows = self._rows((class_, coef, group, resp, dpar, nlpar))
        if not rows:
            place = Prior(class_=class_, coef=coef, group=group, resp=resp, dpar=dpar, nlpar=nlpar).place
            raise PriorError(f"the table of priors has no row for {place}")
        giver = next((row for row in rows if row.prior), rows[-1])
        whole = [row for row in rows if not row.coef]
        lb = _number(nearest_bound(whole, "lb"), -math.inf, self._constants)
        ub = _number(nearest_bound(whole, "ub"), math.inf, self._constants)
        return PriorInForce(self._distributions[giver.prior], lb, ub, giver)

    def _rows(self, key: Key) -> list[Prior]:
        return [self._index[above] for above in inherited_from(key) if above in self._index]

    def leaves(self) -> Iterator[PriorInForce]:
        """Yield what holds for each row that no other row inherits from."""
        inherited = {above for row in self.table for above in inherited_from(row.key)[1:]}
        for row in self.table:
            if row.key not in inherited:
                yield self.lookup(*row.key)

    def summary(self, *, all_rows: bool = True) -> PriorTable:
        """Return the table as it is shown: inherited priors written out, source `"(vectorized)"` for them.

        Parameters
        ----------
        all_rows
            False leaves out flat priors.
        """
        table = filled(self.table)
        return table if all_rows else PriorTable(tuple(row for row in table if row.prior != "(flat)"))


def resolve(defaults: PriorTable, user: PriorLike = None, constants: Constants | None = None) -> ResolvedPriors:
    """Return the priors in force when a user's rows are laid over a model's defaults.

    A row of the user beats every default, also more specific ones; among the user's rows, and among the defaults, the most
    specific wins (coef over group over class). Bounds that the user leaves open stay as they are. In models of several
    responses or categories, rows for class b or Intercept alone hold for all of them.

    Parameters
    ----------
    defaults
        All rows that the model has, with bounds.
    user
        Rows that replace some of them.
    constants
        Values of names that stand in priors and bounds, such as `min_Y`.

    Raises
    ------
    PriorError
        If a row matches no parameter, is given twice, sets bounds of a single coefficient, or has a distribution that its
        parameters cannot have, or a tag, which is not supported yet.

    Examples
    --------
    >>> defaults = PriorTable((Prior(class_="b"), Prior(class_="b", coef="x"), Prior("normal(0, 9)", "sigma", lb=0.0)))
    >>> priors = resolve(defaults, Prior("normal(0, 1)", class_="b"))
    >>> priors.lookup("b", coef="x").row.prior, priors.lookup("sigma").lb
    ('normal(0, 1)', 0.0)
    """
    rows = as_prior_table(user)
    refuse_duplicates(rows)
    refuse_unmatched(rows, defaults)
    _refuse_coefficient_bounds(rows)
    _refuse_tags(rows)
    table = order_by_class(_merged(defaults, rows))
    texts = {row.prior: row for row in table}
    distributions = {text: _read(row, constants or {}) for text, row in texts.items()}
    priors = ResolvedPriors(table, constants or {}, distributions, {row.key: row for row in table})
    for in_force in dict.fromkeys(priors.leaves()):
        _check(in_force)
    _warn_unused(priors)
    return priors


def _refuse_coefficient_bounds(rows: PriorTable) -> None:
    for row in rows:
        if row.coef and (row.lb is not None or row.ub is not None):
            raise PriorError(
                f"bounds can be set for a whole class only, not for {row.place}; set lb and ub on a row without coef"
            )


def _refuse_tags(rows: PriorTable) -> None:
    for row in rows:
        if row.tag:
            raise PriorError(f"tags of priors are not supported yet; leave tag={row.tag!r} of {row.place} out")


def _merged(defaults: PriorTable, user: PriorTable) -> list[Prior]:
    """Return the default rows with the user's in their places, those for all responses or categories spread."""
    given = {row.key: row for row in user}
    everywhere = {row.key: row for row in defaults if _is_for_all(row, defaults)}
    for key in everywhere:
        if key in given:
            spread = given.pop(key)
            for row in defaults:
                if row.class_ == spread.class_ and not row.coef and not row.group and row.key != key:
                    given.setdefault(row.key, replace(spread, resp=row.resp, dpar=row.dpar, nlpar=row.nlpar))
    index = {row.key: row for row in defaults}
    return [_replaced(row, given, index) for row in defaults if row.key not in everywhere]


def _is_for_all(row: Prior, rows: PriorTable) -> bool:
    """Return whether a row stands for all responses or categories, having no parameters of its own."""
    if row.key not in (("b", "", "", "", "", ""), ("Intercept", "", "", "", "", "")) or row.prior:
        return False
    if any(
        other.class_ == row.class_ and other.coef and not (other.resp or other.dpar or other.nlpar) for other in rows
    ):
        return False
    return any(other.resp or (other.dpar.startswith("mu") and other.dpar != "mu") for other in rows)


def _replaced(row: Prior, given: Mapping[Key, Prior], defaults: Mapping[Key, Prior]) -> Prior:
    """Return a default row after the user's rows have been heard."""
    own = given.get(row.key)
    if own is not None:
        _refuse_wider(own, [defaults[key] for key in inherited_from(row.key) if key in defaults])
        lb, ub = (getattr(row if getattr(own, side) is None else own, side) for side in ("lb", "ub"))
        return replace(own, lb=lb, ub=ub)
    if row.prior and any(key in given and given[key].prior for key in inherited_from(row.key)[1:]):
        return replace(row, prior="")
    return row


def _refuse_wider(own: Prior, defaults: list[Prior]) -> None:
    """Refuse bounds beyond those without which the parameter has no meaning: scales are positive, shares below one."""
    lb, ub = nearest_bound(defaults, "lb"), nearest_bound(defaults, "ub")
    below = isinstance(lb, float) and isinstance(own.lb, float) and own.lb < min(lb, 0.0)
    above = isinstance(ub, float) and isinstance(own.ub, float) and own.ub > ub
    if below or above:
        side, given, limit = ("lb", own.lb, lb) if below else ("ub", own.ub, ub)
        raise PriorError(
            f"{side} = {given} of {own.place} is beyond the limit of its parameters, {limit}; bounds can only be narrowed"
        )


def _number(bound: Bound, default: float, constants: Constants) -> float:
    if bound is None:
        return default
    if isinstance(bound, str):
        if bound not in constants:
            raise PriorError(f"the bound {bound!r} is not a constant that is known here")
        return float(constants[bound])
    return bound


def _read(row: Prior, constants: Constants) -> PriorDistribution | None:
    try:
        return read_prior(row.prior, constants)
    except PriorError as error:
        raise PriorError(f"prior for {row.place}: {error}") from None


def _check(in_force: PriorInForce) -> None:
    distribution, row = in_force.distribution, in_force.row
    _check_kind(distribution, row)
    if not in_force.lb < in_force.ub:
        raise PriorError(f"the bounds of {row.place} leave no room: lb = {in_force.lb:g}, ub = {in_force.ub:g}")
    if isinstance(distribution, Univariate):
        _check_support(distribution, in_force)
    elif isinstance(distribution, Constant):
        values = distribution.value if isinstance(distribution.value, tuple) else (distribution.value,)
        for value in values:
            if row.class_ not in _SIMPLEXES and not in_force.lb <= value <= in_force.ub:
                raise PriorError(
                    f"{row.prior} for {row.place} lies outside the bounds [{in_force.lb:g}, {in_force.ub:g}] of its class"
                )


def _check_kind(distribution: PriorDistribution | None, row: Prior) -> None:
    if distribution is None:
        return
    if row.class_ in _CORRELATIONS:
        if not isinstance(distribution, LKJ):
            raise PriorError(f"the prior of correlations ({row.place}) is lkj(eta), not {row.prior}")
    elif row.class_ in _SIMPLEXES:
        if not isinstance(distribution, Dirichlet | Constant):
            raise PriorError(
                f"the prior of a simplex ({row.place}) is dirichlet(alpha) or constant(x), not {row.prior}"
            )
    elif isinstance(distribution, LKJ | Dirichlet):
        kind = "correlations" if isinstance(distribution, LKJ) else "simplexes"
        raise PriorError(f"{row.prior} is a prior for {kind} only, not for {row.place}")


def _check_support(distribution: Univariate, in_force: PriorInForce) -> None:
    lb, ub, row = in_force.lb, in_force.ub, in_force.row
    low, high = distribution.support
    if max(lb, low) >= min(ub, high):
        raise PriorError(f"{row.prior} for {row.place} has no probability within the bounds [{lb:g}, {ub:g}]")
    if row.source == "user" and (low > lb or high < ub):
        warn(
            f"{row.prior} for {row.place} is zero outside [{low:g}, {high:g}], but the parameters range over "
            f"[{lb:g}, {ub:g}]; set lb and ub to match, or sampling may fail",
            DataWarning,
        )


def _warn_unused(priors: ResolvedPriors) -> None:
    used = {in_force.row.key for in_force in priors.leaves()}
    for row in priors.table:
        if row.source == "user" and row.prior and row.key not in used:
            warn(
                f"the prior {row.prior} for {row.place} is not used: all parameters under it have priors of their own",
                DataWarning,
            )
