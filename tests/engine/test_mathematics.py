import math
import warnings

import mpmath as mp
import numpy as np
import pytest
import sympy as sp

from partialpool.engine import mathematics as m

# Arguments of each function: inside its domain, near its edges and far out.
POINTS = {
    "exp": [(-700.0,), (0.3,), (700.0,)],
    "log": [(1e-300,), (0.7,), (1e300,)],
    "log1p": [(-0.999,), (1e-18,), (5.0,)],
    "expm1": [(-40.0,), (1e-18,), (5.0,)],
    "sqrt": [(2.0,)],
    "power": [(2.5, -3.5), (0.0, 2.0)],
    "log1m": [(1e-18,), (0.9,)],
    "xlogy": [(0.0, 0.0), (2.0, 3.0)],
    "xlog1py": [(0.0, -1.0), (2.0, 1e-18)],
    "log1p_exp": [(-745.0,), (0.4,), (745.0,)],
    "inv_logit": [(-745.0,), (0.4,), (40.0,)],
    "logit": [(1e-300,), (0.3,)],
    "log_inv_logit": [(-745.0,), (40.0,)],
    "log1m_inv_logit": [(-40.0,), (745.0,)],
    "log1m_exp": [(-1e-12,), (-0.7,), (-60.0,)],
    "log_sum_exp": [(-800.0, -801.0), (3.0, 1000.0)],
    "log_diff_exp": [(-800.0, -801.0), (3.0, 3.0 - 1e-9)],
    "sin": [(1.0,)],
    "cos": [(1.0,)],
    "tan": [(1.0,)],
    "atan": [(-1e10,), (0.2,)],
    "tanh": [(-0.2,), (30.0,)],
    "lgamma": [(1e-10,), (3.7,), (1e10,)],
    "digamma": [(1e-10,), (3.7,), (1e10,)],
    "trigamma": [(1e-3,), (3.7,), (1e10,)],
    "lgamma_diff": [(0.5, 7.0), (999.0, 3.0), (1001.0, 3.0), (1e10, 3.0), (1e14, 0.5), (3.0, 0.0)],
    "lbeta": [(0.5, 7.0), (1e-5, 30.0)],
    "lchoose": [(10.0, 3.0), (1e6, 500.0)],
    "lgamma_rest": [(1e-10,), (3.7,), (1e10,)],
    "log_less_linear": [(1e-300,), (0.7,), (1 + 1e-9,), (1e300,)],
    "log_share": [(2.0, 3.0), (1.0, 1e-20), (1e-20, 1.0)],
    "binomial_ratio": [(3.0, 4.5, *np.log([0.3, 0.7, 0.4, 0.6])), (0.0, 2.0, *np.log([0.3, 0.7, 0.4, 1.0]))],
    "log_beta_binomial": [(1.0, 2.0, 0.3, 2.0), (3e8, 7e8, 1e8, 2e8), (7.0, 1.0, 1e-9, 4.0)],
    "log_beta_negative_binomial": [(1.0, 2.0, 0.3, 2.0), (3e8, 7e8, 1e8, 2e8), (7.0, 1.0, 1e-9, 4.0)],
    "log_com_poisson_cdf": [(3.0, 1.0, 0.7), (0.0, -2.0, 2.0), (20.0, 4.0, 1.0)],
    "log_com_poisson_survival": [(3.0, 1.0, 0.7), (0.0, -2.0, 2.0), (20.0, 4.0, 1.0)],
    "log_first_passage": [(0.1, 0.5), (0.39, 0.9), (2.0, 0.2)],
    "log_com_poisson": [(3.0, 1.0, 0.7), (0.0, -40.0, 2.0), (1e3, 7.0, 2.0), (60.0, 4.0, 9.0)],
    "log_bessel_i0": [(0.0,), (2.0,), (800.0,)],
    "log_bessel_i0e": [(0.0,), (2.0,), (800.0,)],
    "exp_remainder": [(0.0,), (-1e-9,), (0.3,), (-30.0,), (30.0,)],
    "log1p_ratio": [(0.0,), (-1e-9,), (0.3,), (1e9,)],
    "stirling_error": [(1e-12,), (0.09,), (0.11,), (40.0,)],
    "log_tweedie_series": [(1e-6, 1.0), (3.4, 0.2), (12.3, 30.0)],
    "log_mills": [(-30.0,), (0.4,), (30.0,)],
    "Phi": [(-30.0,), (0.4,)],
    "log_Phi": [(-300.0,), (0.4,), (8.0,)],
    "log_skew_normal_cdf": [(-3.0, 2.0), (-3.0, -2.0), (0.4, 2.0), (0.4, -2.0), (0.0, 0.5)],
    "von_mises_integral": [(0.7, 0.3), (-2.5, 9.0), (4.5, 2.0)],
    "Phi_inverse": [(1e-20,), (0.3,)],
    "log_Phi_diff": [(1.0, -1.0), (-30.0, -31.0), (31.0, 30.0), (0.5, 0.499), (-20.0, -20.0002), (3.01, 3.005)],
    "cauchy_cdf": [(-1e10,), (0.2,), (1e3,)],
    "erf": [(1e-18,), (0.7,)],
    "gamma_p": [(2.5, 0.1), (2.5, 9.0)],
    "gamma_q": [(2.5, 0.1), (2.5, 9.0)],
    "log_gamma_p": [(2.5, 0.1), (2.5, 9.0), (200.0, 0.5), (3.0, 45.0)],
    "log_gamma_q": [(2.5, 0.1), (2.5, 9.0), (0.5, 900.0)],
    "beta_inc": [(2.0, 3.5, 0.2), (2.0, 3.5, 0.9)],
    "log_beta_binomial_cdf": [(3.0, 4.0, 1.2, 0.4), (6.0, 1.0, 30.0, 0.4), (0.0, 9.0, 2.0, 3.0)],
    "log_beta_inc": [(2.0, 3.5, 0.2), (40.0, 3.5, 0.2), (900.0, 3.5, 0.2)],
    "student_cdf": [(-3.0, 2.5), (0.3, 2.5), (4.0, 30.0)],
    "log_student_cdf": [(-3.0, 2.5), (-1e3, 200.0), (0.3, 2.5), (40.0, 30.0)],
    "floor": [(-1.5,), (2.0,)],
    "absolute": [(-1.5,)],
    "sign": [(-1.5,), (0.0,)],
    "minimum": [(1.0, 2.0)],
    "maximum": [(1.0, 2.0)],
}
CASES = [(name, arguments) for name, points in POINTS.items() for arguments in points]
# Derivatives: away from kinks, where mpmath can difference, and by arguments that do not determine each other.
SMOOTH = [
    (name, arguments)
    for name, arguments in CASES
    if name
    not in (
        "floor",
        "sign",
        "trigamma",
        "binomial_ratio",
        "log_beta_binomial",
        "log_beta_binomial_cdf",
        "log_beta_negative_binomial",
        "log_com_poisson",
        "log_com_poisson_cdf",
        "log_com_poisson_survival",
    )
    and all(1e-6 < abs(a) < 50 for a in arguments)
]


def reference(name, arguments):
    with mp.workdps(80):
        return getattr(m, name)(*map(mp.mpf, arguments))


def test_every_function_is_tested():
    assert set(m.__all__) - {"pi", "where", "equal", "both", "either"} == set(POINTS)


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_arrays_agree_with_mpmath(name, arguments):
    value = getattr(m, name)(*(np.full(2, a) for a in arguments))
    assert value.shape == (2,)
    assert value[1] == pytest.approx(float(reference(name, arguments)), rel=2e-13, abs=1e-300)


@pytest.mark.parametrize("name", ["exp", "lgamma", "log_Phi"])
def test_numbers_give_numbers(name):
    assert type(getattr(m, name)(2.0)) is float


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_symbols_evaluate_to_mpmath(name, arguments):
    symbols = sp.symbols(f"x:{len(arguments)}", real=True)
    expression = sp.sympify(getattr(m, name)(*symbols))
    value = expression.xreplace(dict(zip(symbols, map(sp.Float, arguments), strict=True))).evalf(20)
    assert float(value) == pytest.approx(float(reference(name, arguments)), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(("name", "arguments"), SMOOTH)
def test_derivatives_agree_with_mpmath(name, arguments):
    symbols = sp.symbols(f"x:{len(arguments)}", real=True)
    expression = getattr(m, name)(*symbols)
    at = dict(zip(symbols, map(sp.Float, arguments), strict=True))
    for k, symbol in enumerate(symbols):
        derivative = float(expression.diff(symbol).xreplace(at).evalf(20))
        with mp.workdps(20):
            exact = mp.diff(
                lambda t, k=k: getattr(m, name)(*arguments[:k], t, *arguments[k + 1 :]), mp.mpf(arguments[k])
            )
        assert derivative == pytest.approx(float(exact), rel=1e-10, abs=1e-14)


def test_binomial_coefficients_at_the_ends():
    assert m.lchoose(10.0, np.array([0.0, 10.0])) == pytest.approx([0.0, 0.0], abs=1e-15)


def test_nothing_warns_on_arrays():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert m.log(np.zeros(1))[0] == -math.inf
        assert m.exp(np.full(1, 1e4))[0] == math.inf
        assert math.isnan(m.log(-1.0))
        assert m.where(m.equal(np.zeros(1), 0), 1.0, m.lgamma(np.zeros(1)))[0] == 1.0


def test_choices():
    y, mu = sp.symbols("y mu", real=True)
    assert list(m.where(np.array([1.0, -1.0]) > 0, 1.0, 2.0)) == [1.0, 2.0]
    assert m.where(mp.mpf(1) > 0, mp.mpf(3), mp.mpf(4)) == 3
    choice = m.where(m.equal(y, 0), m.log(mu), mu)
    assert choice.subs(y, 0) == sp.log(mu)
    assert choice.subs(y, 2) == mu
    assert list(m.both(np.array([True, False]), np.array([True, True]))) == [True, False]
    assert list(m.either(np.array([True, False]), np.array([False, False]))) == [True, False]
    assert m.both(y > 0, y < 1).subs(y, 2) == sp.false
    assert m.either(y > 0, y < -1).subs(y, 2) == sp.true
    assert m.both(mp.mpf(1) > 0, mp.mpf(1) < 2) is True
    assert m.either(1.0 > 2.0, 1.0 < 0.0) is False


def test_one_formula_serves_all_three():
    def log_density(y, mu):
        return y * m.log(mu) - mu - m.lgamma(y + 1)

    y, mu = sp.symbols("y mu", positive=True)
    exact = log_density(mp.mpf(3), mp.mpf(2))
    assert log_density(3.0, 2.0) == pytest.approx(float(exact))
    assert log_density(np.array([3.0]), np.array([2.0]))[0] == pytest.approx(float(exact))
    assert float(log_density(y, mu).subs({y: 3.0, mu: 2.0}).evalf()) == pytest.approx(float(exact))
