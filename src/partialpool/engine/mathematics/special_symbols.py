"""SymPy functions of the vocabulary that belong to the gamma function and to distributions; see `symbols`."""

from __future__ import annotations

from typing import Any

import sympy as sp

from partialpool.engine.mathematics.symbols import Joint, Log1p, Positive, Real

__all__ = [
    "BesselRatio",
    "BetaInc",
    "BetaIncA",
    "BetaIncB",
    "CauchyCdf",
    "Digamma",
    "DigammaDiff",
    "Erf",
    "GammaP",
    "GammaPSlope",
    "GammaQ",
    "InverseMills",
    "LBeta",
    "LGamma",
    "LGammaDiff",
    "LogBesselI0",
    "LogBetaInc",
    "LogBetaIncA",
    "LogBetaIncB",
    "LogBetaTerm",
    "LogCauchyCdf",
    "LogGammaP",
    "LogGammaPSlope",
    "LogGammaQ",
    "LogGammaQSlope",
    "LogGammaTerm",
    "LogNormalCdf",
    "LogNormalCdfDiff",
    "LogStudentCdf",
    "LogStudentCdfNu",
    "NormalCdf",
    "NormalDensity",
    "NormalQuantile",
    "StudentCdf",
    "Trigamma",
]


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
        return -DigammaDiff(a, b), -DigammaDiff(b, a)


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


class NormalQuantile(Real):
    """The quantile function of the standard normal."""

    code = "Phi_inverse"

    def _partials(self, p: Any) -> tuple[Any, ...]:
        return (1 / NormalDensity(self),)


class LogNormalCdfDiff(Real):
    """log(Phi(x) - Phi(y))."""

    code = "log_Phi_diff"

    def _partials(self, x: Any, y: Any) -> tuple[Any, ...]:
        def log_density(z: Any) -> Any:
            return -(z**2) / 2 - sp.log(2 * sp.pi) / 2

        return sp.exp(log_density(x) - self), -sp.exp(log_density(y) - self)


class CauchyCdf(Positive):
    """The distribution function of the standard Cauchy distribution."""

    code = "cauchy_cdf"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (1 / (sp.pi * (1 + x**2)),)


class LogCauchyCdf(Real):
    """log(cauchy_cdf(x))."""

    code = "log_cauchy_cdf"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (1 / (sp.pi * (1 + x**2) * CauchyCdf(x)),)


class Erf(Real):
    """The error function."""

    code = "erf"

    def _partials(self, x: Any) -> tuple[Any, ...]:
        return (2 / sp.sqrt(sp.pi) * sp.exp(-(x**2)),)


class LogGammaTerm(Real):
    """a*log(x) - x - lgamma(a + 1)."""

    code = "log_gamma_term"

    def _partials(self, a: Any, x: Any) -> tuple[Any, ...]:
        return sp.log(x) - Digamma(a + 1), a / x - 1


class GammaP(Positive):
    """The regularised lower incomplete gamma function."""

    code = "gamma_p"

    def _partials(self, a: Any, x: Any) -> tuple[Any, ...]:
        return GammaPSlope(a, x), sp.exp(LogGammaTerm(a, x)) * a / x


class GammaQ(Positive):
    """The regularised upper incomplete gamma function."""

    code = "gamma_q"

    def _partials(self, a: Any, x: Any) -> tuple[Any, ...]:
        return -GammaPSlope(a, x), -sp.exp(LogGammaTerm(a, x)) * a / x


class GammaPSlope(Real):
    """The derivative of GammaP by a."""

    code = "gamma_p_slope"


class LogGammaP(Real):
    """log(gamma_p(a, x))."""

    code = "log_gamma_p"
    joint = Joint("log_gamma_p_q_and_slopes", 4, 0)

    def _partials(self, a: Any, x: Any) -> tuple[Any, ...]:
        return LogGammaPSlope(a, x), sp.exp(LogGammaTerm(a, x) - self) * a / x


class LogGammaPSlope(Real):
    """The derivative of LogGammaP by a."""

    code = "log_gamma_p_slope"
    joint = Joint("log_gamma_p_q_and_slopes", 4, 2)


class LogGammaQ(Real):
    """log(gamma_q(a, x))."""

    code = "log_gamma_q"
    joint = Joint("log_gamma_p_q_and_slopes", 4, 1)

    def _partials(self, a: Any, x: Any) -> tuple[Any, ...]:
        return LogGammaQSlope(a, x), -sp.exp(LogGammaTerm(a, x) - self) * a / x


class LogGammaQSlope(Real):
    """The derivative of LogGammaQ by a."""

    code = "log_gamma_q_slope"
    joint = Joint("log_gamma_p_q_and_slopes", 4, 3)


class LogBetaTerm(Real):
    """a*log(x) + b*log(y) - lbeta(a, b), y = 1 - x; its derivatives are those at such pairs."""

    code = "log_beta_term"

    def _partials(self, a: Any, b: Any, x: Any, y: Any) -> tuple[Any, ...]:
        return sp.log(x) + DigammaDiff(a, b), sp.log(y) + DigammaDiff(b, a), a / x, b / y


class BetaInc(Positive):
    """The regularised incomplete beta function of a, b, x and y = 1 - x.

    Along such pairs, the derivative by x is that of the function of one variable, and the one by y is none.
    """

    code = "beta_inc"

    def _partials(self, a: Any, b: Any, x: Any, y: Any) -> tuple[Any, ...]:
        density = sp.exp(LogBetaTerm(a, b, x, y)) / (x * y)
        return BetaIncA(a, b, x, y), BetaIncB(a, b, x, y), density, sp.S.Zero


class BetaIncA(Real):
    """The derivative of BetaInc by a."""

    code = "beta_inc_a"


class BetaIncB(Real):
    """The derivative of BetaInc by b."""

    code = "beta_inc_b"


class LogBetaInc(Real):
    """log(beta_inc(a, b, x, y))."""

    code = "log_beta_inc"
    joint = Joint("log_beta_inc_and_slopes", 3, 0)

    def _partials(self, a: Any, b: Any, x: Any, y: Any) -> tuple[Any, ...]:
        density = sp.exp(LogBetaTerm(a, b, x, y) - self) / (x * y)
        return LogBetaIncA(a, b, x, y), LogBetaIncB(a, b, x, y), density, sp.S.Zero


class LogBetaIncA(Real):
    """The derivative of LogBetaInc by a."""

    code = "log_beta_inc_a"
    joint = Joint("log_beta_inc_and_slopes", 3, 1)


class LogBetaIncB(Real):
    """The derivative of LogBetaInc by b."""

    code = "log_beta_inc_b"
    joint = Joint("log_beta_inc_and_slopes", 3, 2)


def _log_student_density(z: Any, nu: Any) -> Any:
    constant = LGammaDiff(nu / 2, sp.Rational(1, 2)) - sp.log(nu) / 2 - sp.log(sp.pi) / 2
    return constant - (nu + 1) / 2 * Log1p(z**2 / nu)


class StudentCdf(Positive):
    """The distribution function of Student's t with nu degrees of freedom, of z and nu."""

    code = "student_cdf"

    def _partials(self, z: Any, nu: Any) -> tuple[Any, ...]:
        slope = sp.exp(LogStudentCdf(z, nu)) * LogStudentCdfNu(z, nu)
        return sp.exp(_log_student_density(z, nu)), slope


class LogStudentCdf(Real):
    """log(student_cdf(z, nu))."""

    code = "log_student_cdf"
    joint = Joint("log_student_cdf_and_slope", 2, 0)

    def _partials(self, z: Any, nu: Any) -> tuple[Any, ...]:
        return sp.exp(_log_student_density(z, nu) - self), LogStudentCdfNu(z, nu)


class LogStudentCdfNu(Real):
    """The derivative of LogStudentCdf by nu."""

    code = "log_student_cdf_nu"
    joint = Joint("log_student_cdf_and_slope", 2, 1)
