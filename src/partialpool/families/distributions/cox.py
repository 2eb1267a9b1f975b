"""Cox's proportional hazards: times to an event, with a baseline hazard of splines."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from partialpool.engine.mathematics import exp, expm1, log, log1m_exp
from partialpool.errors import DataError, FamilyError
from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.distributions.exponential import Exponential
from partialpool.families.events import by_kind, event_columns
from partialpool.families.hazard_splines import HazardSplines
from partialpool.families.links import Link
from partialpool.families.parameters import Shares, location
from partialpool.families.responses import NONNEGATIVE, Array
from partialpool.frame.values import Factor, Matrix, Value

if TYPE_CHECKING:
    from partialpool.engine.expression import Density
    from partialpool.engine.tape import Section, Slot

__all__ = ["Cox"]

_EXPONENTIAL = Exponential()
"""On the scale of the cumulative baseline hazard, times to events are exponential of rate mu."""

_TIMES = ("cumulative", "event_lower", "event_upper", "region_lower", "region_upper")
"""Names of the cumulative baseline hazard at the response and at the bounds of its intervals."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)

_PIECES = np.concatenate([[0.0], 0.5 ** np.arange(16, 4, -1), np.arange(1, 17) / 16])
"""Where the stretch between two knots is parted: finely behind the first of them, where times end if hazards are high."""


@dataclass(frozen=True, repr=False)
class Cox(Family):
    """Times whose hazard is mu times a baseline hazard h0, the same for all rows or for those of a stratum.

    The log density is log(h0(y)) + log(mu) - H0(y) * mu, H0 the integral of h0. The baseline hazard is a weighted sum of
    M-splines, H0 of I-splines; the weights `sbhaz` are positive and sum to one, so that the intercept of mu has a meaning.
    `bhaz(df = 5, gr = g)` right of the response's bar sets the number of splines (further arguments: `knots`,
    `Boundary.knots`, `degree`, `intercept`) and the strata, whose baseline hazards differ.

    The data say nothing of hazards beyond the last boundary knot, which lies a little above the largest time. Predictions
    are therefore of restricted times, min(y, last knot): both their mean and their draws.

    Parameters
    ----------
    link
        Link of mu.

    References
    ----------
    Cox (1972). Regression models and life-tables. Journal of the Royal Statistical Society B 34.

    Examples
    --------
    >>> from partialpool.families import cox
    >>> family = cox().bound(np.array([1.0, 4.0, 9.0, 2.0]), {})
    >>> family.splines.size, family.horizon
    (5, 9.16)
    """

    link: str = "log"

    name = "cox"
    parameters = (location("log", "identity", "softplus", "squareplus", lower=0.0),)
    response = NONNEGATIVE
    additions = COMMON_ADDITIONS | {"cens", "trunc", "bhaz"}
    splines: HazardSplines | None = None
    strata: tuple[str, ...] = ()

    def bound(self, y: Value, columns: Mapping[str, Value]) -> Family:
        """Return the family with the splines for the times of a response, and its strata."""
        if isinstance(y, Factor | Matrix):
            return self
        groups = columns.get("bhaz_gr")
        times = np.concatenate([np.asarray(y, dtype=np.float64), _upper_ends(columns)])
        if not (np.isfinite(times).all() and (times >= 0).all()):
            return self  # refused with all that is wrong when the response is checked
        if np.ptp(times) == 0:
            raise DataError("family cox needs times that are not all the same")
        family = replace(self)
        object.__setattr__(family, "splines", HazardSplines.learn(times, columns))
        object.__setattr__(family, "strata", groups.levels if isinstance(groups, Factor) else ())
        return family

    @property
    def shares(self) -> tuple[Shares, ...]:
        """The weights of the splines, for each stratum."""
        if self.splines is None:
            return ()
        strata = [f"{stratum}," for stratum in self.strata] or [""]
        names = (f"sbhaz[{stratum}{k + 1}]" for stratum in strata for k in range(self.splines.size))
        return (Shares("sbhaz", tuple(names), self.strata),)

    @property
    def horizon(self) -> float:
        """The last boundary knot."""
        return self._splines.boundary[1]

    @property
    def _splines(self) -> HazardSplines:
        if self.splines is None:
            raise FamilyError("family cox has a baseline hazard only once it is bound to times: cox().bound(times, {})")
        return self.splines

    # Fit ------------------------------------------------------------------------------------------------------------

    def add_rows(
        self, section: Section, slots: Mapping[str, Slot], additions: Collection[str], columns: Mapping[str, Any]
    ) -> Slot:
        """Add the baseline hazards of the rows, and the op of their log density; return its row slot."""
        from partialpool.engine.expression import row_kernel, source_key

        described, kinds = event_columns(self, columns)
        link, used = self.link_of("mu"), sorted([*additions, *kinds])
        kernel = row_kernel(self.name, source_key(_density, link, used), lambda: _density(link, used))
        times = {"cumulative": columns["y"], **described}
        inputs = {"mu": slots["mu"]}
        for name in kernel.inputs:
            if name == "hazard":
                inputs[name] = self._weighted(section, slots, self._splines.hazard(columns["y"]), columns)
            elif name != "mu":
                # A bound that is not used is NaN, which the product with the weights must not meet.
                basis = self._splines.cumulative(np.nan_to_num(times[name]))
                inputs[name] = self._weighted(section, slots, basis, columns)
        out = section.slot()
        section.add(kernel.op(inputs, {**columns, **described}, out))
        return out

    def _weighted(self, section: Section, slots: Mapping[str, Slot], basis: Array, columns: Mapping[str, Any]) -> Slot:
        """Return the row slot of a basis times the weights of each row's stratum."""
        from partialpool.engine.ops.linear import Linear

        groups = columns.get("bhaz_gr")
        if isinstance(groups, Factor):
            own = groups.codes[:, None] == np.arange(len(self.strata))
            basis = (own[:, :, None] * basis[:, None, :]).reshape(len(basis), -1)
        out = section.slot()
        section.add(Linear(out, None, slots["sbhaz"], section.blocked(basis)))
        return out

    # Predictions ----------------------------------------------------------------------------------------------------

    def completed(self, parameters: Mapping[str, Array], groups: Mapping[str, Factor]) -> dict[str, Array]:
        """Return mu and the weights of the splines of each row's stratum: `sbhaz1`, `sbhaz2`, ..."""
        found = {"mu": parameters["mu"]}
        names = np.reshape(self.shares[0].elements, (-1, self._splines.size))
        for k in range(self._splines.size):
            weights = np.concatenate([parameters[name] for name in names[:, k]], axis=1)
            found[f"sbhaz{k + 1}"] = weights[:, groups["bhaz_gr"].codes] if "bhaz_gr" in groups else weights
        return found

    def log_density(self, y: Any, mu: Any, **weights: Any) -> Any:
        """Return the log density, for arrays."""
        hazard = _product(self._splines.hazard(np.atleast_1d(y)), weights)
        return log(hazard) + log(mu) - self._cumulative(y, weights) * mu

    def mean(self, mu: Any, **weights: Any) -> Any:
        """Return the mean of min(y, last knot), the area under the survival function up to there."""
        return self.truncated_mean(np.float64(-np.inf), np.float64(np.inf), mu=mu, **weights)

    def truncated_mean(self, lower: Any, upper: Any, mu: Any, **weights: Any) -> Any:
        """Return the mean of min(y, last knot) of times within bounds, from their survival function."""
        start, end = np.maximum(lower, 0.0), np.minimum(upper, self.horizon)
        first, last = self._cumulative(start, weights), self._cumulative(end, weights)

        def left(hazard: Array) -> Array:
            """Return the probability of a time beyond the hazard but within the bounds, over that of being at risk."""
            beyond = np.where(np.isposinf(upper), 1.0, -np.expm1((hazard - last) * mu))
            return np.asarray(np.exp((first - hazard) * mu) * beyond)

        whole = left(first)
        total = np.zeros(np.broadcast_shapes(np.shape(start), np.shape(end), np.shape(whole)))
        for near, far in pairwise(self._edges()):
            low, high = np.clip(near, start, end), np.clip(far, start, end)
            middle, half = (low + high) / 2, (high - low) / 2
            for node, weight in zip(_NODES, _WEIGHTS, strict=True):
                total += weight * half * left(self._cumulative(middle + half * node, weights))
        return start + total / whole

    def draw(self, rng: np.random.Generator, mu: Any, **weights: Any) -> Array:
        """Return min(y, last knot) of times at which the cumulative hazard reaches an exponential number."""
        shape = np.broadcast_shapes(np.shape(mu), *(np.shape(weight) for weight in weights.values()))
        target = (rng.standard_exponential(shape) / mu).ravel()
        columns = np.stack([np.broadcast_to(weight, shape).ravel() for weight in weights.values()], axis=1)
        times = self._edges()
        table = self._splines.cumulative(times)
        low, high = np.zeros(target.size, dtype=np.int64), np.full(target.size, len(times) - 1)
        while np.any(high - low > 1):
            middle = (low + high) // 2
            reached = np.einsum("ik,ik->i", table[middle], columns) >= target
            low, high = np.where(reached, low, middle), np.where(reached, middle, high)
        found = _inverted(self._splines, columns, target, times[low], times[high])
        return np.where(target >= table[-1] @ columns.T, self.horizon, found).reshape(shape)

    def cdf(self, y: Any, mu: Any, **weights: Any) -> Any:
        """Return 1 - exp(-H0(y) mu), for arrays."""
        return -expm1(-self._cumulative(y, weights) * mu)

    def survival(self, y: Any, mu: Any, **weights: Any) -> Any:
        """Return exp(-H0(y) mu), for arrays."""
        return exp(-self._cumulative(y, weights) * mu)

    def log_cdf(self, y: Any, mu: Any, **weights: Any) -> Any:
        """Return log(cdf), for arrays."""
        return log1m_exp(-self._cumulative(y, weights) * mu)

    def log_survival(self, y: Any, mu: Any, **weights: Any) -> Any:
        """Return -H0(y) mu, for arrays."""
        return -self._cumulative(y, weights) * mu

    def log_interval(self, lower: Any, upper: Any, mu: Any, **weights: Any) -> Any:
        """Return the log probability of a time between the bounds, for arrays."""
        first, last = self._cumulative(lower, weights), self._cumulative(upper, weights)
        return -first * mu + log1m_exp((first - last) * mu)

    def _cumulative(self, y: Any, weights: Mapping[str, Any]) -> Array:
        times = np.asarray(y, dtype=np.float64)
        return _product(self._splines.cumulative(times.ravel()).reshape(*times.shape, -1), weights)

    def _edges(self) -> Array:
        """Return times from zero to the last knot, between which a cumulative hazard is smooth and changes little."""
        knots = np.array(self._splines.knots)
        pieces = (first + (last - first) * _PIECES for first, last in pairwise(knots))
        return np.unique(np.concatenate([[0.0], *pieces]))


def _density(link: Link, additions: Collection[str]) -> Density:
    """Return the log density of a row given its baseline hazards: exponential on the scale of the cumulative one."""
    from partialpool.engine.expression import Density, Input, variable

    mean = {"mu": 1 / link.inverse(variable("mu"))}
    symbols = {name: variable(name) for name in (*_TIMES, "event", "region", "weights")}
    hazard = variable("hazard", positive=True)
    density = log(hazard) + _EXPONENTIAL.log_density(symbols["cumulative"], **mean)
    if "cens" in additions:
        density = by_kind(_EXPONENTIAL, "event", additions, symbols, mean, density)
    if "trunc" in additions:
        density = density - by_kind(_EXPONENTIAL, "region", additions, symbols, mean, 0)
    if "weights" in additions:
        density = symbols["weights"] * density
    found = {symbol.name for symbol in density.free_symbols}
    inputs = [name for name in ("mu", "hazard", *_TIMES) if name in found]
    data = [name for name in ("event", "region", "weights") if name in found]
    return Density(density, tuple(Input(name) for name in inputs), tuple(data))


def _product(basis: Array, weights: Mapping[str, Any]) -> Array:
    return np.array(sum(basis[..., k] * weight for k, weight in enumerate(weights.values())))


def _inverted(splines: HazardSplines, weights: Array, target: Array, low: Array, high: Array) -> Array:
    """Return the times between two at which cumulative hazards reach their targets."""
    below, above = (np.einsum("ik,ik->i", splines.cumulative(t), weights) for t in (low, high))
    with np.errstate(all="ignore"):
        times = np.clip(low + (high - low) * (target - below) / (above - below), low, high)
        for _ in range(4):
            excess = np.einsum("ik,ik->i", splines.cumulative(times), weights) - target
            low, high = np.where(excess < 0, times, low), np.where(excess < 0, high, times)
            step = times - excess / np.einsum("ik,ik->i", splines.hazard(times), weights)
            times = np.where((step >= low) & (step <= high), step, (low + high) / 2)
    return np.asarray(times)


def _upper_ends(columns: Mapping[str, Any]) -> Array:
    """Return the upper ends of interval-censored times."""
    if "y2" not in columns:
        return np.zeros(0)
    ends: Array = np.asarray(columns["y2"])[np.asarray(columns["cens"]) == 2]
    return ends
