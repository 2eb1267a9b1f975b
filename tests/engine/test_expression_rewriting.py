"""What densities are rewritten to, their derivatives, and the source that comes of it."""

import math

import pytest
import sympy as sp

from partialpool.engine import mathematics as m
from partialpool.engine.expression import Density, Input, variable
from partialpool.engine.expression.generation import row_source
from partialpool.engine.expression.lowering import lower
from partialpool.engine.expression.printing import source_of
from partialpool.engine.expression.rewriting import derivative, rewrite
from partialpool.engine.mathematics.special_symbols import GammaP, LogBetaInc, LogGammaQ
from partialpool.engine.mathematics.symbols import Expm1, Log1p, LogCloglog, LogSoftplus, LogSumExp, RatioExpm1, Where

x, y, z = variable("x"), variable("y"), variable("z")
a, b = variable("a", positive=True), variable("b", positive=True)
mu = m.exp(x)
p = m.inv_logit(x)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (m.log(p), -m.log1p_exp(-x)),
        (m.log1m(p), -m.log1p_exp(x)),
        (m.log(1 - p), -m.log1p_exp(x)),
        (1 - p, m.inv_logit(-x)),
        (a - p * a, a * m.inv_logit(-x)),
        (p + m.inv_logit(-x), 1),
        (m.log(m.Phi(x)), m.log_Phi(x)),
        (m.log1m(m.Phi(x)), m.log_Phi(-x)),
        (m.log1m(1 - m.exp(-z)), -z),
        (m.log(1 - m.exp(z)), m.log1m_exp(z)),
        (m.log(1 - m.exp(-m.exp(x))), LogCloglog(x)),
        (m.log1m(-m.expm1(-m.exp(x))), -m.exp(x)),
        (m.log(m.log1p_exp(x)), LogSoftplus(x)),
        (m.log(a * b**3 / m.sqrt(b)), m.log(a) + sp.Rational(5, 2) * m.log(b)),
        (m.log(a * x), m.log(a) + m.log(x)),
        (m.log(x * y), m.log(x * y)),
        (m.log(-x * a), m.log(a) + m.log(-x)),
        (m.log(x**2), 2 * m.log(m.absolute(x))),
        (m.log(mu / (mu + a)), -m.log1p_exp(m.log(a) - x)),
        (m.log(a / (mu + a)), -m.log1p_exp(x - m.log(a))),
        (m.log(a / (a + b)), -Log1p(b / a)),
        (m.log1m(a / (a + b)), -Log1p(a / b)),
        (m.log(mu + a), LogSumExp(x, m.log(a))),
        (m.log(m.exp(x) - m.exp(y)), x + m.log1m_exp(y - x)),
        (mu / (mu + a), m.inv_logit(x - m.log(a))),
        (1 - x**2 / (a + x**2), a / (a + x**2)),
        (2 - 2 * a / (a + b), 2 * b / (a + b)),
        (sp.Mul(m.exp(-x), m.exp(-y - z), evaluate=False), m.exp(-x - y - z)),
        (1 / (1 + m.exp(-x)), p),
        (m.exp(x) / m.expm1(m.exp(x)), RatioExpm1(m.exp(x))),
        (m.exp(-m.log1p_exp(-x)), p),
        (m.exp(x) * m.exp(y), m.exp(x + y)),
        (m.exp(x) - 1, Expm1(x)),
        (m.log1p_exp(x) - m.log1p_exp(-x), x),
        (y * m.inv_logit(-x) - (1 - y) * p, y - p),
        (1 - m.gamma_q(a, b), GammaP(a, b)),
        (m.log(m.gamma_q(a, b)), LogGammaQ(a, b)),
        (m.log(1 - m.beta_inc(a, b, p)), LogBetaInc(b, a, m.inv_logit(-x), p)),
        (m.log(m.where(y > 0, mu, p)), Where(y > 0, x, -m.log1p_exp(-x))),
        (m.inv_logit(m.logit(a)), a),
        (0.5 * x, x / 2),
    ],
)
def test_rewrite(expression, expected):
    assert sp.expand(rewrite(expression) - expected) == 0


odds = x - m.log(a)


@pytest.mark.parametrize(
    ("log_density", "expected"),
    [
        (y * m.log(p) + (1 - y) * m.log1m(p), y - p),
        (y * m.log(mu) - mu, y - mu),
        (-((y - x) ** 2) / (2 * a**2), -(x - y) / a**2),
        (a * m.log(a / mu) + (a - 1) * m.log(y) - a * y / mu, a * (y * m.exp(-x) - 1)),
        (y * m.log(mu / (mu + a)) + a * m.log(a / (mu + a)), y * m.inv_logit(-odds) - a * m.inv_logit(odds)),
        (m.where(y > 0, m.log(p), mu), Where(y > 0, m.inv_logit(-x), mu)),
    ],
)
def test_derivatives_as_by_hand(log_density, expected):
    assert sp.expand(derivative(rewrite(log_density), x) - expected) == 0


def test_what_concerns_data_alone_is_prepared_and_what_concerns_scalars_is_hoisted():
    log_density = (a - 1) * m.log(y) - m.lgamma(y + 1) + m.lgamma(a) - y / a
    source = row_source(Density(log_density, (Input("a", "scalar"),), ("y",)))
    before, loop = source.split("total = 0.0")
    assert "N_PREPARED = 2" in source
    assert "lgamma" not in loop
    assert "log(" not in loop
    assert " / " not in loop
    assert "= lgamma(u0)" in before


@pytest.mark.parametrize("value", [-800.0, -3.0, 0.0, 1e-305, 2.0, 900.0])
@pytest.mark.parametrize(
    "function",
    [m.log1p_exp, m.inv_logit, LogSoftplus, LogSoftplus(x).diff(x).func, LogCloglog, RatioExpm1, m.sign],
)
def test_lowering_keeps_values(function, value):
    symbol = variable("t")
    lowered = lower(function(symbol)).xreplace({symbol: sp.Float(value, 30)}).doit().evalf(25)
    assert float(lowered) == pytest.approx(float(function(sp.Float(value, 30)).evalf(25)), rel=1e-14, abs=1e-310)


def test_sources_are_python():
    t = variable("t", positive=True)
    expression = lower(-((x - y) ** 2) / (2 * t**3) + sp.sqrt(t) - t**-0.5 + x * y**-2 - (x + y) * t**x + y**9)
    numbers = {"x": 1.25, "y": -0.75, "t": 2.5}
    names = {**numbers, "sqrt": lambda v: v**0.5, "pow": math.pow, "abs": abs}
    value = eval(source_of(expression), {"__builtins__": {}}, names)  # noqa: S307 - our own source
    exact = -((1.25 + 0.75) ** 2) / (2 * 2.5**3) + 2.5**0.5 - 2.5**-0.5 + 1.25 * 0.75**-2 - 0.5 * 2.5**1.25 - 0.75**9
    assert value == pytest.approx(exact, rel=1e-14)


def test_unknown_symbols_are_named():
    with pytest.raises(ValueError, match="z is neither an input nor a datum"):
        row_source(Density(x * z, (Input("x"),)))


def test_symbols_of_one_name_must_be_one():
    with pytest.raises(ValueError, match="two different symbols named x"):
        row_source(Density(x * variable("x", positive=True), (Input("x"),)))


def test_unknown_functions_are_named():
    with pytest.raises(NotImplementedError, match="besselj"):
        row_source(Density(sp.besselj(0, x), (Input("x"),)))
