"""SymPy functions that stay accurate where densities approach a limit, and the series of Tweedie densities; see `symbols`."""

from __future__ import annotations

from typing import Any

from partialpool.engine.mathematics.symbols import Joint, Positive, Real

__all__ = [
    "BesselRatioM1",
    "ExpRemainder",
    "ExpRemainderSlope",
    "Log1pRatio",
    "Log1pRatioSlope",
    "LogBesselI0e",
    "LogMills",
    "LogMillsSlope",
    "LogTweedieSeries",
    "LogTweedieSeriesAlpha",
    "LogTweedieSeriesRate",
    "StirlingError",
    "StirlingErrorSlope",
]


class LogBesselI0e(Real):
    """log(I0(x)) - x, x >= 0."""

    code = "log_bessel_i0e"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (BesselRatioM1(x),)


class BesselRatioM1(Real):
    """I1(x)/I0(x) - 1, the derivative of LogBesselI0e."""

    code = "bessel_ratio_m1"


class LogMills(Real):
    """The logarithm of Mills' ratio (1 - Phi(x))/phi(x)."""

    code = "log_mills"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (LogMillsSlope(x),)


class LogMillsSlope(Real):
    """x - phi(x)/(1 - Phi(x)), the derivative of LogMills."""

    code = "log_mills_slope"
    is_negative = True


class ExpRemainder(Positive):
    """(exp(x) - 1 - x)/x**2."""

    code = "exp_remainder"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (ExpRemainderSlope(x),)


class ExpRemainderSlope(Positive):
    """The derivative of ExpRemainder."""

    code = "exp_remainder_slope"


class Log1pRatio(Positive):
    """log(1 + x)/x."""

    code = "log1p_ratio"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (Log1pRatioSlope(x),)


class Log1pRatioSlope(Real):
    """The derivative of Log1pRatio."""

    code = "log1p_ratio_slope"
    is_negative = True


class StirlingError(Positive):
    """What Stirling's formula leaves of lgamma(1/t)."""

    code = "stirling_error"

    def _partials(self, t: Any) -> tuple[Any, ...]:
        return (StirlingErrorSlope(t),)


class StirlingErrorSlope(Positive):
    """The derivative of StirlingError."""

    code = "stirling_error_slope"


class LogTweedieSeries(Real):
    """The logarithm of the series in the density of a Tweedie distribution, of rate and alpha."""

    code = "log_tweedie_series"
    joint = Joint("log_tweedie_series_and_slopes", 3, 0)

    def _partials(self, rate: Any, alpha: Any) -> tuple[Any, ...]:
        return LogTweedieSeriesRate(rate, alpha), LogTweedieSeriesAlpha(rate, alpha)


class LogTweedieSeriesRate(Real):
    """The derivative of LogTweedieSeries by rate."""

    code = "log_tweedie_series_rate"
    joint = Joint("log_tweedie_series_and_slopes", 3, 1)


class LogTweedieSeriesAlpha(Real):
    """The derivative of LogTweedieSeries by alpha."""

    code = "log_tweedie_series_alpha"
    joint = Joint("log_tweedie_series_and_slopes", 3, 2)
