"""SymPy functions of the vocabulary: real, with derivatives, evaluated by `mathematics.precise` at numbers.

SymPy's own `exp`, `log`, powers and trigonometric functions serve as they are; these are the rest. Each has the name of
the function of `engine.vecmath` that computes it in a kernel, and of `mathematics.precise` that defines it, unless
`engine.expression` writes it out in terms of others. None simplifies itself: see `engine.expression.rewriting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import mpmath  # type: ignore[import-untyped]
import sympy as sp
from sympy.core.function import ArgumentIndexError

from partialpool.engine.mathematics import precise

__all__ = [
    "Absolute",
    "Expm1",
    "Floor",
    "InvLogit",
    "Joint",
    "Log1mExp",
    "Log1p",
    "Log1pExp",
    "LogCloglog",
    "LogSoftplus",
    "LogSumExp",
    "Positive",
    "RatioExpm1",
    "Real",
    "Sign",
    "SoftplusSlope",
    "Where",
]


@dataclass(frozen=True)
class Joint:
    """What a function is one result of: a function of `vecmath` that returns several numbers.

    Attributes
    ----------
    name
        Its name.
    size
        How many numbers it returns.
    place
        Which of them it is about.
    """

    name: str
    size: int
    place: int

    @property
    def call(self) -> Any:
        """The function of symbols that stands for all results."""
        return type("Joined", (Real,), {"code": self.name})


class Real(sp.Function):
    """A real function.

    Attributes
    ----------
    code
        Its name in `vecmath` and `mathematics.precise`.
    joint
        What computes it together with other functions of the same arguments; None where nothing does.
    """

    is_real = True
    code: ClassVar[str]
    joint: ClassVar[Joint | None] = None

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
        with mpmath.workprec(3 * prec + 100):  # the definitions of `precise` cancel where they may
            numbers = [argument._to_mpmath(prec) for argument in self.args]
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


class LogCloglog(Real):
    """log(1 - exp(-exp(x)))."""

    code = "log_cloglog"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (RatioExpm1(sp.exp(x)),)


class LogSumExp(Real):
    """log(exp(a) + exp(b))."""

    code = "log_sum_exp"

    def _partials(self, a: Any, b: Any) -> tuple[Any, ...]:
        return InvLogit(a - b), InvLogit(b - a)


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
