"""SymPy functions that are integrals of densities: distribution functions without a closed form; see `symbols`."""

from __future__ import annotations

from typing import Any

import sympy as sp

from partialpool.engine.mathematics.remainder_symbols import LogBesselI0e
from partialpool.engine.mathematics.special_symbols import LogNormalCdf
from partialpool.engine.mathematics.symbols import Joint, Real

__all__ = ["LogSkewNormalCdf", "VonMisesIntegral", "VonMisesIntegralKappa"]


class LogSkewNormalCdf(Real):
    """The logarithm of the distribution function of the skew normal distribution, of z and the slant a."""

    code = "log_skew_normal_cdf"
    is_negative = True

    def _partials(self, z: Any, a: Any) -> tuple[Any, ...]:
        log_density = sp.log(2 / sp.pi) / 2 - z**2 / 2 + LogNormalCdf(a * z)
        by_slant = -sp.exp(-(z**2) * (1 + a**2) / 2 - self) / (sp.pi * (1 + a**2))
        return sp.exp(log_density - self), by_slant


class VonMisesIntegral(Real):
    """The integral of the von Mises density of mean direction 0 from 0 to an angle, of the angle and kappa."""

    code = "von_mises_integral"
    joint = Joint("von_mises_integral_and_slope", 2, 0)

    def _partials(self, angle: Any, kappa: Any) -> tuple[Any, ...]:
        density = sp.exp(-2 * kappa * sp.sin(angle / 2) ** 2 - LogBesselI0e(kappa)) / (2 * sp.pi)
        return density, VonMisesIntegralKappa(angle, kappa)


class VonMisesIntegralKappa(Real):
    """The derivative of VonMisesIntegral by kappa."""

    code = "von_mises_integral_kappa"
    joint = Joint("von_mises_integral_and_slope", 2, 1)
