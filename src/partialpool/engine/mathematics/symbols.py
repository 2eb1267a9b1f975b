"""SymPy functions of the vocabulary: real, with derivatives, evaluated by `mathematics.precise` at numbers.

SymPy's own `exp`, `log`, powers and trigonometric functions serve as they are; these are the rest. Each has the name of
the function of `engine.vecmath` that computes it in a kernel, and of `mathematics.precise` that defines it, unless
`engine.expression` writes it out in terms of others. None simplifies itself: see `engine.expression.rewriting`.
"""

from __future__ import annotations

from typing import Any, ClassVar

import mpmath  # type: ignore[import-untyped]
import sympy as sp
from sympy.core.function import ArgumentIndexError

from partialpool.engine.mathematics import precise

__all__ = [
    "Absolute",
    "BesselRatio",
    "BetaInc",
    "BetaIncA",
    "BetaIncB",
    "Digamma",
    "DigammaDiff",
    "Erf",
    "Expm1",
    "Floor",
    "GammaP",
    "GammaPSlope",
    "GammaQ",
    "InvLogit",
    "InverseMills",
    "LBeta",
    "LGamma",
    "LGammaDiff",
    "Log1mExp",
    "Log1p",
    "Log1pExp",
    "LogBesselI0",
    "LogNormalCdf",
    "LogSoftplus",
    "LogSumExp",
    "NormalCdf",
    "NormalDensity",
    "RatioExpm1",
    "Real",
    "Sign",
    "SoftplusSlope",
    "Trigamma",
    "Where",
]


class Real(sp.Function):
    """A real function.

    Attributes
    ----------
    code
        Its name in `vecmath` and `mathematics.precise`.
    """

    is_real = True
    code: ClassVar[str]

    def _partials(self, *arguments: Any) -> tuple[Any, ...]:
        """Return the partial derivatives; functions that need none have none."""
        return ()

    def fdiff(self, argindex: int = 1) -> Any:
        """Return the partial derivative by the argument with this number, counted from 1."""
        partials = self._partials(*self.args)
        if argindex > len(partials):
            raise ArgumentIndexError(self, argindex)
        return partials[argindex - 1]

    def _eval_evalf(self, prec: int) -> Any:
        with mpmath.workprec(prec + 20):
            numbers = [argument._to_mpmath(prec + 20) for argument in self.args]
            return sp.Float(getattr(precise, self.code)(*numbers), precision=prec)


class Positive(Real):
    """A positive function."""

    is_positive = True


class Log1p(Real):
    """log(1 + x)."""

    code = "log1p"

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_positive else None

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (1 / (1 + x),)


class Expm1(Real):
    """exp(x) - 1."""

    code = "expm1"

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_positive else None

    def _eval_is_negative(self) -> bool | None:
        return True if self.args[0].is_negative else None

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (sp.exp(x),)


class RatioExpm1(Positive):
    """x/expm1(x), which is 1 at 0 and 0 at infinity."""

    code = "ratio_expm1"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return ((1 - self) / Expm1(x) - self,)


class Log1pExp(Positive):
    """log(1 + exp(x))."""

    code = "log1p_exp"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (InvLogit(x),)


class InvLogit(Positive):
    """1/(1 + exp(-x))."""

    code = "inv_logit"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (InvLogit(x) * InvLogit(-x),)


class LogSoftplus(Real):
    """log(log(1 + exp(x)))."""

    code = "log_softplus"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (SoftplusSlope(x),)


class SoftplusSlope(Positive):
    """The derivative of LogSoftplus, which is 1 at minus infinity."""

    code = "softplus_slope"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (self * (InvLogit(-x) - self),)


class Log1mExp(Real):
    """log(1 - exp(x)) for x < 0."""

    code = "log1m_exp"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (-1 / Expm1(-x),)


class LogSumExp(Real):
    """log(exp(a) + exp(b))."""

    code = "log_sum_exp"

    def _partials(self, a: Any, b: Any) -> tuple[Any, ...]:
        return InvLogit(a - b), InvLogit(b - a)


class LGamma(Real):
    """log(gamma(x))."""

    code = "lgamma"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (Digamma(x),)


class Digamma(Real):
    """The derivative of LGamma."""

    code = "digamma"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (Trigamma(x),)


class Trigamma(Positive):
    """The derivative of Digamma."""

    code = "trigamma"


class LGammaDiff(Real):
    """lgamma(a + n) - lgamma(a)."""

    code = "lgamma_diff"

    def _partials(self, a: Any, n: Any) -> tuple[Any, ...]:
        return DigammaDiff(a, n), Digamma(a + n)


class DigammaDiff(Real):
    """digamma(a + n) - digamma(a)."""

    code = "digamma_diff"

    def _partials(self, a: Any, n: Any) -> tuple[Any, ...]:
        return Trigamma(a + n) - Trigamma(a), Trigamma(a + n)


class LBeta(Real):
    """lgamma(a) + lgamma(b) - lgamma(a + b)."""

    code = "lbeta"

    def _partials(self, a: Any, b: Any) -> tuple[Any, ...]:
        return Digamma(a) - Digamma(a + b), Digamma(b) - Digamma(a + b)


class LogBesselI0(Real):
    """log(I0(x))."""

    code = "log_bessel_i0"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (BesselRatio(x),)


class BesselRatio(Real):
    """I1(x)/I0(x), the derivative of LogBesselI0."""

    code = "bessel_ratio"


class NormalCdf(Positive):
    """The distribution function of the standard normal."""

    code = "Phi"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (NormalDensity(x),)


class NormalDensity(Positive):
    """The density of the standard normal."""

    code = "phi"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (-x * self,)


class LogNormalCdf(Real):
    """log(Phi(x))."""

    code = "log_Phi"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (InverseMills(x),)


class InverseMills(Positive):
    """phi(x)/Phi(x), the derivative of LogNormalCdf."""

    code = "inv_mills"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (-self * (x + self),)


class Erf(Real):
    """The error function."""

    code = "erf"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (2 / sp.sqrt(sp.pi) * sp.exp(-(x**2)),)


def _gamma_density(a: Any, x: Any) -> Any:
    return sp.exp((a - 1) * sp.log(x) - x - LGamma(a))


class GammaP(Positive):
    """The regularised lower incomplete gamma function."""

    code = "gamma_p"

    def _partials(self, a: Any, x: Any) -> tuple[Any, ...]:
        return GammaPSlope(a, x), _gamma_density(a, x)


class GammaQ(Positive):
    """The regularised upper incomplete gamma function."""

    code = "gamma_q"

    def _partials(self, a: Any, x: Any) -> tuple[Any, ...]:
        return -GammaPSlope(a, x), -_gamma_density(a, x)


class GammaPSlope(Real):
    """The derivative of GammaP by a."""

    code = "gamma_p_slope"


class BetaInc(Positive):
    """The regularised incomplete beta function of a, b, x."""

    code = "beta_inc"

    def _partials(self, a: Any, b: Any, x: Any) -> tuple[Any, ...]:
        density = sp.exp((a - 1) * sp.log(x) + (b - 1) * Log1p(-x) - LBeta(a, b))
        return BetaIncA(a, b, x), BetaIncB(a, b, x), density


class BetaIncA(Real):
    """The derivative of BetaInc by a."""

    code = "beta_inc_a"


class BetaIncB(Real):
    """The derivative of BetaInc by b."""

    code = "beta_inc_b"


class Floor(Real):
    """The largest whole number not larger than x; its derivative is taken as 0."""

    code = "floor"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (sp.S.Zero,)


class Absolute(Real):
    """The absolute value."""

    code = "absolute"
    is_nonnegative = True

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (Sign(x),)


class Sign(Real):
    """-1, 0 or 1; its derivative is taken as 0."""

    code = "sign"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (sp.S.Zero,)


class Where(sp.Function):
    """a where the condition holds, b elsewhere: a choice between values, so the other may be anything."""

    is_real = True
    nargs = 3

    @classmethod
    def eval(cls, condition: Any, a: Any, b: Any) -> Any:
        """Return the branch where there is but one."""
        if condition == True or a == b:  # noqa: E712 - SymPy's truth is an object of its own
            return a
        return b if condition == False else None  # noqa: E712

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[1].is_positive and self.args[2].is_positive else None

    def _eval_derivative(self, symbol: Any) -> Any:
        condition, a, b = self.args
        return Where(condition, a.diff(symbol), b.diff(symbol))
