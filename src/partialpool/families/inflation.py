"""Counts of another family with more zeros than it has, or with zeros of their own."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from partialpool.engine.mathematics import equal, expm1, log, log1m, log1m_exp, log_sum_exp, maximum, where
from partialpool.families.base import Family
from partialpool.families.responses import Array

__all__ = ["Hurdle", "ZeroInflated", "log_interval_above_zero"]

_LOWEST = -1e300
"""Log probability beside which nothing changes; an infinite one has no derivative."""


class ZeroInflated(Family):
    """Zeros with probability zi, else counts of another family, which may be zero as well.

    Attributes
    ----------
    counts
        The other family.
    """

    counts: ClassVar[Family]

    @abstractmethod
    def log_zero(self, *args: Any, **given: Any) -> Any:
        """Return the log probability that a count of the other family is 0, in mathematics."""

    def log_density(self, y: Any, zi: Any, **given: Any) -> Any:
        """Return the log probability."""
        zero = log_sum_exp(log(zi), log1m(zi) + maximum(self.log_zero(**given), _LOWEST))
        return where(equal(y, 0), zero, log1m(zi) + self.counts.log_density(y, **given))

    def mean(self, zi: Any, **given: Any) -> Any:
        """Return 1 - zi times the mean of the counts."""
        return (1 - zi) * self.counts.mean(**given)

    def draw(self, rng: np.random.Generator, zi: Any, **given: Any) -> Array:
        """Return zeros and counts."""
        zero = rng.random(_shape(given, zi)) < zi
        return np.where(zero, 0.0, self.counts.draw(rng, **given))

    def cdf(self, y: Any, zi: Any, **given: Any) -> Any:
        """Return the probability of a count of at most y."""
        return where(y < 0, 0.0, zi + (1 - zi) * self.counts.cdf(y, **given))

    def survival(self, y: Any, zi: Any, **given: Any) -> Any:
        """Return the probability of a count above y."""
        return where(y < 0, 1.0, (1 - zi) * self.counts.survival(y, **given))

    def log_cdf(self, y: Any, zi: Any, **given: Any) -> Any:
        """Return log(cdf)."""
        return log_sum_exp(log(zi), log1m(zi) + self.counts.log_cdf(y, **given))

    def log_survival(self, y: Any, zi: Any, **given: Any) -> Any:
        """Return log(survival)."""
        return log1m(zi) + self.counts.log_survival(y, **given)

    def log_interval(self, lower: Any, upper: Any, zi: Any, **given: Any) -> Any:
        """Return the log probability of a count above `lower`, which is at least 0, and at most `upper`."""
        return log1m(zi) + self.counts.log_interval(lower, upper, **given)

    def size_biased(self, zi: Any, **given: Any) -> tuple[Family, dict[str, Any], float] | None:
        """Return that of the counts, as zeros do not count."""
        return self.counts.size_biased(**given)


class Hurdle(Family):
    """Zeros with probability hu, else positive counts: those of another family, given that they are not zero.

    Attributes
    ----------
    counts
        The other family.
    """

    counts: ClassVar[Family]

    @abstractmethod
    def log_zero(self, *args: Any, **given: Any) -> Any:
        """Return the log probability that a count of the other family is 0, in mathematics."""

    @abstractmethod
    def draw_positive(self, rng: np.random.Generator, *args: Any, **given: Any) -> Array:
        """Return counts of the other family that are not zero."""

    def log_density(self, y: Any, hu: Any, **given: Any) -> Any:
        """Return the log probability."""
        positive = self.counts.log_density(y, **given) - log1m_exp(self.log_zero(**given))
        return where(equal(y, 0), log(hu), log1m(hu) + positive)

    def mean(self, hu: Any, **given: Any) -> Any:
        """Return 1 - hu times the mean of the positive counts."""
        return (1 - hu) * self.counts.mean(**given) / self._probability_positive(given)

    def draw(self, rng: np.random.Generator, hu: Any, **given: Any) -> Array:
        """Return zeros and positive counts."""
        zero = rng.random(_shape(given, hu)) < hu
        return np.where(zero, 0.0, self.draw_positive(rng, **given))

    def cdf(self, y: Any, hu: Any, **given: Any) -> Any:
        """Return the probability of a count of at most y."""
        above = self.counts.survival(y, **given) / self._probability_positive(given)
        return where(y < 0, 0.0, hu + (1 - hu) * (1 - above))

    def survival(self, y: Any, hu: Any, **given: Any) -> Any:
        """Return the probability of a count above y."""
        above = self.counts.survival(y, **given) / self._probability_positive(given)
        return where(y < 0, 1.0, (1 - hu) * above)

    def log_cdf(self, y: Any, hu: Any, **given: Any) -> Any:
        """Return log(cdf)."""
        above = self._log_above(where(equal(y, 0), 1.0, y), given)
        return where(equal(y, 0), log(hu), log_sum_exp(log(hu), log1m(hu) + log1m_exp(above)))

    def log_survival(self, y: Any, hu: Any, **given: Any) -> Any:
        """Return log(survival)."""
        return log1m(hu) + where(equal(y, 0), 0.0, self._log_above(where(equal(y, 0), 1.0, y), given))

    def log_interval(self, lower: Any, upper: Any, hu: Any, **given: Any) -> Any:
        """Return the log probability of a count above `lower`, which is at least 0, and at most `upper`."""
        return log1m(hu) + self.counts.log_interval(lower, upper, **given) - log1m_exp(self.log_zero(**given))

    def size_biased(self, hu: Any, **given: Any) -> tuple[Family, dict[str, Any], float] | None:
        """Return that of the counts, as zeros do not count."""
        return self.counts.size_biased(**given)

    def _log_above(self, y: Any, given: Mapping[str, Any]) -> Any:
        """Return the log probability that a positive count is above y."""
        return self.counts.log_survival(y, **given) - log1m_exp(self.log_zero(**given))

    def _probability_positive(self, given: Mapping[str, Any]) -> Any:
        return -expm1(self.log_zero(**given))


def log_interval_above_zero(law: Family, lower: Any, upper: Any, given: Mapping[str, Any]) -> Any:
    """Return the log probability of a positive response above `lower`, which may be 0, and at most `upper`."""
    between = law.log_interval(where(lower > 0, lower, upper / 2), upper, **given)
    return where(lower > 0, between, law.log_cdf(upper, **given))


def _shape(given: Mapping[str, Any], probability: Any) -> tuple[int, ...]:
    return np.broadcast_shapes(np.shape(probability), *(np.shape(value) for value in given.values()))
