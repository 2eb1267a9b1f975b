"""The Conway-Maxwell-Poisson distribution: log probability, derivatives and mean.

The probability of y is (mu^y/y!)^nu / Z, Z the sum of (mu^j/j!)^nu over j = 0, 1, ...

- Where nu mu is large and mu no less than 2 nu, log(Z) - nu mu is an asymptotic series in 1/(nu mu), whose coefficients are
  polynomials in nu^2 (Gaunt, Iyengar, Olde Daalhuis and Simsek 2019, Annals of the Institute of Statistical Mathematics 71,
  163-180, carried on to the twelfth); less than 1e-14 is left out.
- Where terms matter up to some hundreds only, they are added up, eight side by side, with factorials from a table; for large
  nu, from the largest in both directions, one ratio after the other.
- Else the terms change so slowly that the formula of Euler and Maclaurin holds: the first terms one by one, an integral by
  the double-exponential rule, and corrections by derivatives.

So some hundred terms are enough, whatever the parameters are. Errors are in `tests/engine/test_vecmath_com_poisson.py`.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.vecmath.deviance import lgamma_rest
from partialpool.engine.vecmath.elementary import exp, log, log1p
from partialpool.engine.vecmath.gamma import stirling_remainder
from partialpool.engine.vecmath.gamma_differences import lgamma_diff
from partialpool.engine.vecmath.likelihood_ratios import log_less_linear
from partialpool.engine.vecmath.primitives import add, iterative_function, select, vector_function

__all__ = [
    "fill_com_poisson_means",
    "fill_log_com_poisson",
    "log_com_poisson",
    "log_com_poisson_and_slopes",
    "log_com_poisson_location",
    "log_com_poisson_shape",
]

_Vector: TypeAlias = NDArray[np.float64]

_NAN = math.nan
_INF = math.inf
_LOG_2PI = 1.8378770664093454

_LARGE = 45.0
"""Values of nu mu from which the asymptotic series holds."""

# Coefficients of nu^0, nu^2, ... in those of (nu mu)^-1, (nu mu)^-2, ...
_SERIES = np.array(
    [
        [-0.041666666666666664, 0.041666666666666664, 0.0, 0.0, 0.0, 0.0, 0.0],
        [-0.020833333333333332, 0.020833333333333332, 0.0, 0.0, 0.0, 0.0, 0.0],
        [-0.02795138888888889, 0.029513888888888888, -0.0015625, 0.0, 0.0, 0.0, 0.0],
        [-0.06371527777777777, 0.07118055555555555, -0.007465277777777778, 0.0, 0.0, 0.0, 0.0],
        [-0.20712253361992947, 0.2435402199074074, -0.036942997685185185, 0.0005253113977072311, 0.0, 0.0, 0.0],
        [-0.8772707231040564, 1.079369212962963, -0.2089699074074074, 0.006871417548500882, 0.0, 0.0, 0.0],
        [
            -4.585044500047077,
            5.872482308775169,
            -1.3586262719425155,
            0.07163044314465755,
            -0.0004419799302340535,
            0.0,
            0.0,
        ],
        [
            -28.522031703547544,
            37.86163010728983,
            -10.05756534529321,
            0.7291310717960023,
            -0.011164130245076426,
            0.0,
            0.0,
        ],
        [
            -205.83470670879382,
            282.15647386347945,
            -83.80924327117005,
            7.685829562322312,
            -0.19902691131896794,
            0.000673465481052151,
            0.0,
        ],
        [
            -1690.7024386694811,
            2385.9501328856036,
            -777.7800683115324,
            85.68653211040075,
            -3.181992935757765,
            0.027834920767140097,
            0.0,
        ],
        [
            -15574.531521949988,
            22568.908827935153,
            -7963.652736507849,
            1018.0022230338535,
            -49.48179552216256,
            0.7566127733340196,
            -0.0016097623392222408,
        ],
        [
            -159022.58378053154,
            236103.22806158412,
            -89235.14409963918,
            12912.837621014723,
            -775.7192441030207,
            17.480191874924497,
            -0.09875020002095111,
        ],
    ]
)
_HALF_LOG_2PI = 0.9189385332046727

_LOG_FACTORIALS = np.array([math.lgamma(k + 1.0) for k in range(512)])
_LANES = 8
"""Terms that are computed side by side."""

_NOTHING = 40.0
"""What logarithms of terms fall by until they do not matter."""

_STEEP = 30.0
"""Values of nu from which differences of logarithms of factorials would lose digits."""

_FEW = 256
"""Terms beyond the largest that are added one by one."""

_ENOUGH = 1e-18
_FIRST = 16
"""Terms before the integral, which starts at this number."""

# digamma and its derivatives at _FIRST + 1
_PSI = (2.8035133283274605, 0.060587533403239364, -0.003669728873958962, 0.0004444085253892188, -8.070307000983783e-05)

# Of the integral from 0 to infinity.
_U = np.arange(-68, 66) / 16.0
_NODES = np.exp(_U - np.exp(-_U))
_WEIGHTS = _NODES * (1.0 + np.exp(-_U)) / 16.0


@vector_function
def _factorial_rest(k: float, log_k: float) -> float:
    """Return lgamma(k + 1) - k log(k) + k, given log(k)."""
    return select(k == 0.0, 0.0, lgamma_rest(k, log_k) + log_k)


@vector_function
def _log_poisson(y: float, mu: float, log_mu: float) -> float:
    """Return y log(mu) - mu - lgamma(y + 1)."""
    count = select(y == 0.0, 1.0, y)
    log_count = log(count)
    positive = count * log_less_linear(mu / count, log_mu - log_count) - _factorial_rest(count, log_count)
    return select(y == 0.0, -mu, positive)


@iterative_function
def _by_series(y: float, log_mu: float, nu: float) -> tuple[float, float, float]:
    """Return the log probability and its derivatives from the asymptotic series."""
    mu = exp(log_mu)
    r, square = 1.0 / (nu * mu), nu * nu
    power, total, by_power, by_shape = 1.0, 0.0, 0.0, 0.0
    for k in range(_SERIES.shape[0]):
        power *= r
        coefficient, slope, nu_power = 0.0, 0.0, 1.0
        for i in range(_SERIES.shape[1]):
            part = _SERIES[k, i] * nu_power
            coefficient += part
            slope += 2.0 * i * part
            nu_power *= square
        total += coefficient * power
        by_power += (k + 1.0) * coefficient * power
        by_shape += slope * power
    poisson = _log_poisson(y, mu, log_mu)
    value = nu * poisson + 0.5 * ((nu - 1.0) * (log_mu + _LOG_2PI) + log(nu)) - total
    location = nu * (y - mu) + 0.5 * (nu - 1.0) + by_power
    shape = poisson + 0.5 * (log_mu + _LOG_2PI + 1.0 / nu) - (by_shape - by_power) / nu
    return value, location, shape


@vector_function
def _ratio(y: float, top: float, log_mu: float) -> float:
    """Return the logarithm of mu^y/y! over mu^top/top!."""
    excess = y - top
    if excess > 0.0:
        return excess * log_mu - lgamma_diff(top + 1.0, excess)
    if excess < 0.0:
        return excess * log_mu + lgamma_diff(y + 1.0, -excess)
    return 0.0


@iterative_function
def _last(log_mu: float, nu: float) -> float:
    """Return about the last j whose term matters: nu (j log(j/mu) - j + mu) = 40, from above."""
    mu, fall = exp(log_mu), _NOTHING / nu
    j = mu + fall / 3.0 + math.sqrt(fall * fall / 9.0 + 2.0 * fall * mu)
    slope = log(j) - log_mu
    return j - (j * (slope - 1.0) + mu - fall) / slope


@iterative_function
def _by_table(y: float, log_mu: float, nu: float, last: float) -> tuple[float, float, float]:
    """Return the log probability and its derivatives, from all terms that matter, the last of them being given."""
    mu = exp(log_mu)
    top = math.floor(mu)
    first = int(max(top - math.sqrt(2.0 * _NOTHING * top / nu) - 1.0, 0.0))
    at_top = _LOG_FACTORIALS[int(top)]
    others, mean, change = 0.0, 0.0, 0.0
    for start in range(first, int(last) + 1, _LANES):
        for lane in range(_LANES):
            excess = (start + lane) - top
            w = excess * log_mu - (_LOG_FACTORIALS[start + lane] - at_top)
            term = select(excess == 0.0, 0.0, exp(nu * w))
            others = add(others, term)
            mean = add(mean, term * excess)
            change = add(change, term * w)
    at_y = (y - top) * log_mu - (_LOG_FACTORIALS[min(int(y), _LOG_FACTORIALS.size - 1)] - at_top)
    if y >= _LOG_FACTORIALS.size:
        at_y = _ratio(y, top, log_mu)
    total = 1.0 + others
    return nu * at_y - log1p(others), nu * (y - top - mean / total), at_y - change / total


@iterative_function
def _by_ratios(y: float, log_mu: float, nu: float) -> tuple[float, float, float]:
    """Return the log probability and its derivatives, from the few terms that matter where nu is large."""
    top = float(math.floor(exp(log_mu)))
    others, mean, change = 0.0, 0.0, 0.0
    w = 0.0
    for k in range(1, _FEW):
        w += log_mu - log(top + k)
        term = exp(nu * w)
        if term <= _ENOUGH * others:
            break
        others += term
        mean += term * k
        change += term * w
    w = 0.0
    for k in range(1, int(min(top, 1e6)) + 1):
        w += log(top - k + 1.0) - log_mu
        term = exp(nu * w)
        if term <= _ENOUGH * others:
            break
        others += term
        mean -= term * k
        change += term * w
    total, at_y = 1.0 + others, _ratio(y, top, log_mu)
    return nu * at_y - log1p(others), nu * (y - top - mean / total), at_y - change / total


@iterative_function
def _reach(log_mu: float, nu: float) -> float:
    """Return about where the terms have fallen to 1/e of the largest: t (log(t/mu) - 1) + mu = 1/nu, t > mu."""
    mu = exp(log_mu)
    t = mu + 1.0 / nu + math.sqrt(2.0 * mu / nu)
    for _ in range(8):
        slope = log(t) - log_mu
        t -= (t * (slope - 1.0) + mu - 1.0 / nu) / slope
    return t


@vector_function
def _corrections(a: float, nu: float) -> tuple[float, float, float]:
    """Return 1/2 - f'/12 + f'''/720 - f'''''/30240 for f = exp(nu w) at the first term, divided by f, where w' is a.

    And its derivatives with respect to log(mu), divided by nu, and to nu.
    """
    b, c, d, e = -_PSI[1], -_PSI[2], -_PSI[3], -_PSI[4]
    x, nb = nu * a, nu * b
    third = x * x * x + 3.0 * x * nb + nu * c
    third_a = 3.0 * (x * x + nb)
    third_nu = a * (3.0 * x * x + 6.0 * nb) + c
    fifth = x**5 + 10.0 * x**3 * nb + x * x * (10.0 * nu * c) + x * (15.0 * nb * nb + 5.0 * nu * d) + 10.0 * nb * nu * c
    fifth += nu * e
    fifth_a = 5.0 * x**4 + 30.0 * x * x * nb + 20.0 * x * (nu * c) + 15.0 * nb * nb + 5.0 * nu * d
    fifth_nu = a * (5.0 * x**4 + 40.0 * x * x * nb + 30.0 * x * (nu * c) + 45.0 * nb * nb + 10.0 * nu * d)
    fifth_nu += 20.0 * nb * c + e
    return (
        0.5 - x / 12.0 + third / 720.0 - fifth / 30240.0,
        -1.0 / 12.0 + third_a / 720.0 - fifth_a / 30240.0,
        -a / 12.0 + third_nu / 720.0 - fifth_nu / 30240.0,
    )


@vector_function
def _log_poisson_far(t: float, mu: float, log_mu: float) -> float:
    """Return t log(mu) - mu - lgamma(t + 1) for t >= 2.5."""
    log_t = log(t)
    return t * log_less_linear(mu / t, log_mu - log_t) - (_HALF_LOG_2PI + 0.5 * log_t + stirling_remainder(t))


@iterative_function
def _by_integral(y: float, log_mu: float, nu: float) -> tuple[float, float, float]:
    """Return the log probability and its derivatives, from the formula of Euler and Maclaurin."""
    mu = exp(log_mu)
    rest = _factorial_rest(mu, log_mu)
    total, mean, change = 0.0, 0.0, 0.0
    for j in range(_FIRST):
        w = j * log_mu - _LOG_FACTORIALS[j] - mu + rest
        term = exp(nu * w)
        total = add(total, term)
        mean = add(mean, term * j)
        change = add(change, term * w)
    scale = _reach(log_mu, nu)
    for i in range(_NODES.size):
        t = _FIRST + scale * _NODES[i]
        w = _log_poisson_far(t, mu, log_mu) + rest
        term = exp(nu * w) * (_WEIGHTS[i] * scale)
        total = add(total, term)
        mean = add(mean, term * t)
        change = add(change, term * w)
    w = _log_poisson_far(float(_FIRST), mu, log_mu) + rest
    first = exp(nu * w)
    correction, by_location, by_shape = _corrections(log_mu - _PSI[0], nu)
    total += first * correction
    mean += first * (_FIRST * correction + by_location)
    change += first * (w * correction + by_shape)
    at_y = _log_poisson(y, mu, log_mu) + rest
    return nu * at_y - log(total), nu * (y - mean / total), at_y - change / total


@iterative_function
def log_com_poisson_and_slopes(y: float, log_mu: float, nu: float) -> tuple[float, float, float]:
    """Return the log probability of y and its derivatives with respect to log(mu) and nu.

    Examples
    --------
    >>> log_com_poisson_and_slopes(3.0, 0.0, 1.0)[0] == log_com_poisson(3.0, 0.0, 1.0)
    True
    """
    if not (nu > 0.0 and nu < _INF and log_mu < _INF and y >= 0.0):
        return _NAN, _NAN, _NAN
    mu = exp(log_mu)
    if nu * mu > _LARGE and mu > 2.0 * nu:
        return _by_series(y, log_mu, nu)
    if nu > _STEEP or log_mu == -_INF:
        return _by_ratios(y, log_mu, nu)
    last = _last(log_mu, nu)
    if last < _LOG_FACTORIALS.size - _LANES:
        return _by_table(y, log_mu, nu, last)
    return _by_integral(y, log_mu, nu)


@vector_function
def log_com_poisson(y: float, log_mu: float, nu: float) -> float:
    """Return the log probability of the count y.

    Examples
    --------
    >>> round(log_com_poisson(0.0, 0.0, 1.0), 12)
    -1.0
    """
    return log_com_poisson_and_slopes(y, log_mu, nu)[0]


@vector_function
def log_com_poisson_location(y: float, log_mu: float, nu: float) -> float:
    """Return the derivative of log_com_poisson with respect to log(mu).

    Examples
    --------
    >>> round(log_com_poisson_location(3.0, 0.0, 1.0), 12)
    2.0
    """
    return log_com_poisson_and_slopes(y, log_mu, nu)[1]


@vector_function
def log_com_poisson_shape(y: float, log_mu: float, nu: float) -> float:
    """Return the derivative of log_com_poisson with respect to nu.

    Examples
    --------
    >>> log_com_poisson_shape(3.0, 0.0, 1.0) < 0.0
    True
    """
    return log_com_poisson_and_slopes(y, log_mu, nu)[2]


@iterative_function
def fill_log_com_poisson(y: _Vector, log_mu: _Vector, nu: _Vector, out: _Vector) -> None:
    """Write the log probability of each count; the vectors have the same length."""
    for i in range(out.size):
        out[i] = log_com_poisson(y[i], log_mu[i], nu[i])


@iterative_function
def fill_com_poisson_means(log_mu: _Vector, nu: _Vector, out: _Vector) -> None:
    """Write the mean of each distribution; the vectors have the same length.

    The derivative of the log probability of y with respect to log(mu) is nu times the difference of y and the mean.
    """
    for i in range(out.size):
        y = float(math.floor(exp(log_mu[i])))
        out[i] = y - log_com_poisson_location(y, log_mu[i], nu[i]) / nu[i]
