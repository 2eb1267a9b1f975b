"""Rewrites expressions to what one would write by hand: no overflow, no cancellation, no function of its own inverse.

`rewrite` goes through an expression from the leaves up; each function, sum and product is rebuilt by a rule below. The rules
hold for all real arguments for which the expression as written is defined; a logarithm is taken apart only where at most
one factor is not known to be positive (that one is then positive because the whole must be).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp

from partialpool.engine.mathematics.special_symbols import (
    BetaInc,
    CauchyCdf,
    GammaP,
    GammaQ,
    LogBetaInc,
    LogCauchyCdf,
    LogGammaP,
    LogGammaQ,
    LogNormalCdf,
    LogStudentCdf,
    NormalCdf,
    StudentCdf,
)
from partialpool.engine.mathematics.symbols import (
    Absolute,
    Expm1,
    Floor,
    InvLogit,
    Log1mExp,
    Log1p,
    Log1pExp,
    LogCloglog,
    LogSoftplus,
    LogSumExp,
    RatioExpm1,
    Sign,
    Where,
)

__all__ = ["derivative", "rewrite"]


def rewrite(expression: Any) -> Any:
    """Return the expression in its stable form.

    Examples
    --------
    >>> from partialpool.engine.mathematics import inv_logit, log
    >>> x = sp.Symbol("x", real=True)
    >>> rewrite(log(1 - inv_logit(x)))
    -Log1pExp(x)
    """
    return _rewrite(expression, {})


def derivative(expression: Any, symbol: Any) -> Any:
    """Return the derivative of a rewritten expression in its stable form.

    Examples
    --------
    >>> x, y = sp.symbols("x y", real=True)
    >>> derivative(y * x - Log1pExp(x), x)
    y - InvLogit(x)
    """
    return rewrite(sp.factor_terms(rewrite(expression.diff(symbol))))


def _rewrite(expression: Any, done: dict[Any, Any]) -> Any:
    if expression not in done:
        if expression.is_Atom:
            done[expression] = _exact(expression) if expression.is_Float else expression
        else:
            arguments = [_rewrite(argument, done) for argument in expression.args]
            done[expression] = _RULES.get(expression.func, expression.func)(*arguments)
    return done[expression]


def _exact(number: Any) -> Any:
    """Return a simple fraction in place of a float that is one, so that sqrt and squares are seen as such."""
    fraction = Fraction(float(number)) if number.is_finite else Fraction(1, 3)
    return sp.Rational(fraction.numerator, fraction.denominator) if fraction.denominator <= 64 else number


# Sums


def _sum(*terms: Any) -> Any:
    total = _with_complements(sp.Add(*terms))
    constant, rest = total.as_coeff_Add()
    if constant != 0:
        for term in sp.Add.make_args(rest):
            factor, power = term.as_coeff_Mul()
            if isinstance(power, sp.exp) and factor == -constant:
                return rest - term + factor * Expm1(power.args[0])
            joined = _complement_of_ratio(constant, term)
            if joined is not None:
                return rest - term + joined
    return total


def _complement_of_ratio(constant: Any, term: Any) -> Any:
    """Return c*v/(u + v) for c and -c*u/(u + v); None if the term is no such ratio."""
    for factor in _reciprocals_of_sums(term):
        numerator = term / factor / constant
        if _contains(factor.base, -numerator):
            return constant * factor * (factor.base + numerator)
    return None


def _with_complements(total: Any) -> Any:
    """Join terms in F and in 1 - F, for a distribution function F, and in softplus(x) and softplus(-x)."""
    for term in sp.Add.make_args(total):
        for function in sp.Mul.make_args(term):
            joined = _join_complement(total, term / function, function)
            if joined is not None:
                return _with_complements(joined)
    return total


def _join_complement(total: Any, factor: Any, function: Any) -> Any:
    """Return a simpler sum equal to `total`, which has the term factor*function; None if there is none.

    c - c*F is c*(1 - F); c*F + d*(1 - F) is d + (c - d)*F if c - d is a number; softplus(x) - softplus(-x) is x.
    """
    if isinstance(function, Log1pExp):
        mirrored = -factor * Log1pExp(-function.args[0])
        return total - factor * function - mirrored + factor * function.args[0] if _contains(total, mirrored) else None
    complement = _complement(function)
    if complement is None:
        return None
    if _contains(total, -factor):
        return total - factor * function + factor - factor * complement
    for term in sp.Add.make_args(total):
        if complement in sp.Mul.make_args(term):
            difference = sp.expand(factor - term / complement)
            if difference.is_Number:
                return total - factor * function - term + term / complement + difference * function
    return None


def _contains(total: Any, part: Any) -> bool:
    """Return whether every term of `part` is a term of the sum."""
    return set(sp.Add.make_args(part)) <= set(sp.Add.make_args(total))


def _complement(function: Any) -> Any:
    """Return 1 - function as one function; None if there is none."""
    match function:
        case InvLogit() | NormalCdf() | CauchyCdf():
            return function.func(-function.args[0])
        case GammaP():
            return GammaQ(*function.args)
        case GammaQ():
            return GammaP(*function.args)
        case BetaInc(args=(a, b, x, y)):
            return BetaInc(b, a, y, x)
        case StudentCdf(args=(z, nu)):
            return StudentCdf(-z, nu)
    return None


# Products


def _product(*factors: Any) -> Any:
    product = _with_one_exponential(sp.Mul(*factors))
    for factor in sp.Mul.make_args(product):
        if isinstance(factor, InvLogit):
            mirrored = sp.exp(-factor.args[0])
            if mirrored in sp.Mul.make_args(product):
                return _product(product / (factor * mirrored), InvLogit(-factor.args[0]))
        if isinstance(factor, sp.Pow) and factor.exp == -1 and isinstance(factor.base, Expm1):
            x = factor.base.args[0]
            if set(sp.Mul.make_args(x)) <= set(sp.Mul.make_args(product)):
                return _product(product / (factor * x), RatioExpm1(x))
    return _with_logistic(product)


def _with_one_exponential(product: Any) -> Any:
    """Replace exp(a)*exp(b), which may be infinity times zero, by exp(a + b)."""
    exponentials = [f for f in sp.Mul.make_args(product) if isinstance(f, sp.exp)]
    if len(exponentials) < 2:
        return product
    others = sp.Mul(*(f for f in sp.Mul.make_args(product) if not isinstance(f, sp.exp)))
    return others * sp.exp(_sum(*(f.args[0] for f in exponentials)))


def _power(base: Any, exponent: Any) -> Any:
    if exponent.is_Integer and exponent.is_negative and isinstance(base, sp.Add):
        return sp.Pow(_with_logistic(1 / base), -exponent)
    return sp.Pow(base, exponent)


def _with_logistic(product: Any) -> Any:
    """Replace u/(u + v), where u or v is an exponential, by the logistic function, which does not overflow."""
    factors = set(sp.Mul.make_args(product))
    for reciprocal in _reciprocals_of_sums(product):
        total = reciprocal.base
        exponential = [t for t in total.args if _log_if_exponential(t) is not None]
        if len(total.args) == 2 and exponential and all(t.is_positive for t in total.args):
            for u in (*exponential, *total.args):
                if set(sp.Mul.make_args(u)) <= {sp.S.One, *factors}:
                    odds = _sum(_log(u), -_log(total - u))
                    return _product(product / (reciprocal * u), _inv_logit(odds))
    return product


# Exponentials and logarithms


def _exp(x: Any) -> Any:
    if isinstance(x, Where):
        return _where(x.args[0], _exp(x.args[1]), _exp(x.args[2]))
    for term in sp.Add.make_args(x):
        if isinstance(-term, Log1pExp):
            return _product(InvLogit(-(-term).args[0]), _exp(x - term))
        if isinstance(term, LogNormalCdf):
            return _product(NormalCdf(term.args[0]), _exp(x - term))
    return sp.exp(x)


_LOGS = {
    NormalCdf: LogNormalCdf,
    CauchyCdf: LogCauchyCdf,
    GammaP: LogGammaP,
    GammaQ: LogGammaQ,
    BetaInc: LogBetaInc,
    StudentCdf: LogStudentCdf,
    Log1pExp: LogSoftplus,
}
"""Functions whose logarithm is a function of its own."""


def _log(x: Any) -> Any:
    if x.is_zero:  # of a branch of a choice
        return sp.S.NegativeInfinity
    if x.func in _LOGS:
        return _LOGS[x.func](*x.args)
    match x:
        case sp.exp():
            return x.args[0]
        case InvLogit():
            return -Log1pExp(-x.args[0])
        case Expm1():
            return _sum(x.args[0], _log1m_exp(-x.args[0]))
        case Where(args=(condition, a, b)):
            return _where(condition, _log(a), _log(b))
        case sp.Pow():
            return _log_of_power(x.base, x.exp)
        case sp.Mul():
            return _log_of_product(x)
        case sp.Add():
            return _log_of_sum(x)
    return sp.log(x)


def _log_of_power(base: Any, exponent: Any) -> Any:
    if exponent.is_even and not base.is_nonnegative:
        base = Absolute(base)
    return _product(exponent, _log(base))


def _log_of_product(x: Any) -> Any:
    ratio = _log_of_ratio(x)
    if ratio is not None:
        return ratio
    number, rest = x.as_coeff_Mul()
    factors = list(sp.Mul.make_args(rest))
    negative = next((f for f in factors if isinstance(f, Expm1)), None) if number.is_negative else None
    if negative is not None:
        return _sum(_log1m_exp(negative.args[0]), _log(-x / negative))
    positive = [f for f in factors if f.is_positive]
    unknown = [f for f in factors if not f.is_positive]
    if number.is_negative or len(unknown) > 1:
        unknown = [number, *unknown]
    elif number != 1:
        positive.append(number)
    if not positive:
        single = sp.Mul(*unknown)
        return _log(single) if len(unknown) == 1 else sp.log(single)
    return _sum(*(_log(f) for f in positive), _log(sp.Mul(*unknown)) if unknown else sp.S.Zero)


def _log_of_ratio(x: Any) -> Any:
    """Return log(k*u/(u + v)) as log(k) - log1p(v/u); None if x is no such ratio."""
    for factor in _reciprocals_of_sums(x):
        number, numerator = (x / factor).as_coeff_Mul()
        if number.is_positive and numerator in factor.base.args and not numerator.has(Log1pExp):
            others = _product(factor.base - numerator, 1 / numerator)
            return _sum(_log(number), -_log1p(sp.expand_mul(others)))
    return None


def _log_of_sum(x: Any) -> Any:
    constant, rest = x.as_coeff_Add()
    if constant == 1:
        return _log1p(rest)
    terms = list(x.args)
    logs = [(t, _log_if_exponential(t)) for t in terms]
    if any(log is not None for _, log in logs):
        if all(t.is_positive for t in terms):
            total, *more = sorted((log if log is not None else _log(t) for t, log in logs), key=sp.default_sort_key)
            for log in more:
                total = LogSumExp(total, log)
            return total
        if len(terms) == 2:
            return _log_of_difference(*terms) or _log_of_difference(*reversed(terms)) or sp.log(x)
    return sp.log(x)


def _log_if_exponential(term: Any) -> Any:
    """Return the log of a positive multiple of an exponential; None of anything else."""
    if not term.is_positive or not any(isinstance(f, sp.exp) for f in sp.Mul.make_args(term)):
        return None
    return _log(term)


def _log_of_difference(plus: Any, minus: Any) -> Any:
    a, b = _log_if_exponential(plus), _log_if_exponential(-minus)
    return None if a is None or b is None else _sum(a, _log1m_exp(_sum(b, -a)))


def _log1p(x: Any) -> Any:
    constant, _ = x.as_coeff_Add()
    if constant != 0:
        return _log(_sum(x, sp.S.One))
    positive, negative = _log_if_exponential(x), _log_if_exponential(-x)
    if positive is not None:
        return _log1p_exp(positive)
    if negative is not None:
        return _log1m_exp(negative)
    complement = _complement(-x)
    if complement is not None:
        return _log(complement)
    match x:
        case Expm1():
            return x.args[0]
        case Where(args=(condition, a, b)):
            return _where(condition, _log1p(a), _log1p(b))
    ratio = _log1p_of_ratio(x)
    return Log1p(x) if ratio is None else ratio


def _log1p_of_ratio(x: Any) -> Any:
    """Return log(1 - u/(u + v)) as log(v/(u + v)); None if x is no such ratio."""
    for factor in _reciprocals_of_sums(x):
        if _contains(factor.base, -x / factor):
            return _log(_product(factor, factor.base + x / factor))
    return None


def _reciprocals_of_sums(product: Any) -> list[Any]:
    """Return the factors 1/(u + v + ...) of a product."""
    factors = sp.Mul.make_args(product)
    return [f for f in factors if isinstance(f, sp.Pow) and f.exp == -1 and isinstance(f.base, sp.Add)]


def _log1p_exp(x: Any) -> Any:
    return _log1p(x.args[0]) if isinstance(x, sp.log) else Log1pExp(x)


def _log1m_exp(x: Any) -> Any:
    if isinstance(x, sp.log):
        return _log1p(-x.args[0])
    return LogCloglog((-x).args[0]) if isinstance(-x, sp.exp) else Log1mExp(x)


# Choices and other functions


def _where(condition: Any, a: Any, b: Any) -> Any:
    return Where(condition, a, b)


def _inv_logit(x: Any) -> Any:
    """Return inv_logit(x), and p of the log odds of p."""
    for term in sp.Add.make_args(x):
        if isinstance(term, sp.log) and x - term == -_log1p(-term.args[0]):
            return term.args[0]
    return InvLogit(x)


_RULES: dict[Any, Callable[..., Any]] = {
    sp.Add: _sum,
    sp.Mul: _product,
    sp.Pow: _power,
    sp.exp: _exp,
    sp.log: _log,
    Log1p: _log1p,
    Log1pExp: _log1p_exp,
    Log1mExp: _log1m_exp,
    InvLogit: _inv_logit,
    sp.Abs: Absolute,
    sp.sign: Sign,
    sp.floor: Floor,
}
