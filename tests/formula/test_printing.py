"""Printing: R's spacing, and only the brackets that are needed."""

import pytest

from partialpool.formula.parser import parse
from partialpool.formula.printing import label, unparse


# Right: what deparse(quote(...)) of R 4 gives.
@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("I( x**2 )", "I(x^2)"),
        ("I(Holders / 100)", "I(Holders/100)"),
        ("poly(Holders,2)", "poly(Holders, 2)"),
        ("poly(x,degree=2L,raw=TRUE)", "poly(x, degree = 2L, raw = TRUE)"),
        ("s(x,by=f,bs='cr')", 's(x, by = f, bs = "cr")'),
        ("I(a+b*c-d)", "I(a + b * c - d)"),
        ("I((a+b)*c)", "I((a + b) * c)"),
        ("I(a-(b-c))", "I(a - (b - c))"),
        ("I(a/(b*c))", "I(a/(b * c))"),
        ("I((a^b)^c)", "I((a^b)^c)"),
        ("I(a^b^c)", "I(a^b^c)"),
        ("I(-x)", "I(-x)"),
        ("I(2^-x)", "I(2^-x)"),
        ("I((-x)^2)", "I((-x)^2)"),
        ("I(!x&y)", "I(!x & y)"),
        ("I(!(x&y))", "I(!(x & y))"),
        ("I(a==1|b<=2)", "I(a == 1 | b <= 2)"),
        ("I(x%%2)", "I(x %% 2)"),
        ("I(a %in% b)", "I(a %in% b)"),
        ("a : b", "a:b"),
        ("`odd name`", "`odd name`"),
        ("log(`odd name`)", "log(`odd name`)"),
        ("`fine`", "fine"),
        ("f(1e5)", "f(1e+05)"),
        ("f(123456)", "f(123456)"),
        ("f(1e-3)", "f(0.001)"),
        ("f(0.0001)", "f(1e-04)"),
        ("f(0.00012)", "f(0.00012)"),
        ("f(1.50)", "f(1.5)"),
        ("f(100)", "f(100)"),
        ("f(1e15)", "f(1e+15)"),
        ("f(5/4)", "f(5/4)"),
        ("f(0.1)", "f(0.1)"),
        ("f(0)", "f(0)"),
        ("f('a\"b\\\\')", 'f("a\\"b\\\\")'),
        ("(1+x|g)", "(1 + x | g)"),
        ("(1|i||g)".replace("||", "|"), "(1 | i | g)"),
        ("(1||7|g)", "(1 || 7 | g)"),
        ("(x||gr(g,cor=FALSE))", "(x || gr(g, cor = FALSE))"),
    ],
)
def test_printed_as_r_does(text: str, printed: str) -> None:
    tree = parse(text).rhs
    assert label(tree) == printed
    assert parse(printed).rhs == tree


def test_whole_formulas() -> None:
    assert unparse(parse("y|trials(n)+weights(w)~x*z")) == "y | trials(n) + weights(w) ~ x * z"
    assert unparse(parse("~x")) == "~x"


def test_numbers_that_15_digits_do_not_tell_apart_survive() -> None:
    tree = parse("f(0.30000000000000004, 9007199254740993, 5e-324, 1.7976931348623157e308)").rhs
    assert parse(unparse(tree)).rhs == tree
