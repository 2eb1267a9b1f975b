"""The algebra of terms against R's rules, worked out by hand, and against formulaic."""

import itertools

import pytest
from formulaic import Formula as FormulaicFormula
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from partialpool.errors import FormulaError
from partialpool.formula.algebra import expand
from partialpool.formula.nodes import Predictor
from partialpool.formula.parser import parse
from partialpool.formula.printing import label, unparse


def expanded(text: str, columns: list[str] | None = None) -> Predictor:
    formula = parse(text)
    return expand(formula.rhs, formula.source, columns=columns)


def labels(predictor: Predictor) -> list[str]:
    return [":".join(map(label, term.factors)) for term in predictor.terms]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a", "a"),
        ("a + b", "a b"),
        ("a + a", "a"),
        ("a:a", "a"),
        ("a * a", "a"),
        ("a ^ 2", "a"),
        ("a * b", "a b a:b"),
        ("a:b + a + b", "a b a:b"),
        ("b:a + a + b", "a b b:a"),
        ("z + x:z", "z z:x"),
        ("x:z + z", "z x:z"),
        ("c + a:b + b", "c b a:b"),
        ("a * b * c", "a b c a:b a:c b:c a:b:c"),
        ("(a + b + c)^2", "a b c a:b a:c b:c"),
        ("(a + b + c)^2 - a:b", "a b c a:c b:c"),
        ("(a + b + c)^3", "a b c a:b a:c b:c a:b:c"),
        ("(a + b)^7", "a b a:b"),
        ("(a * b)^2", "a b a:b"),
        ("a %in% b", "a:b"),
        ("a + b %in% a", "a a:b"),
        ("(a + b) %in% (c + d)", "a:c:d b:c:d"),
        ("a / b", "a a:b"),
        ("a / b / c", "a a:b a:b:c"),
        ("a / (b + c)", "a a:b a:c"),
        ("(a + b) / c", "a b a:b:c"),
        ("a / (b * c)", "a a:b a:c a:b:c"),
        ("(a + b):(c + d)", "a:c a:d b:c b:d"),
        ("a * b - a", "b a:b"),
        ("a * b - b:a", "a b"),
        ("a - a", ""),
        ("a + b - a + a", "b a"),
        ("a + (b - c) + c", "a b c"),
        ("a - (b + c) + b", "a b"),
        ("a * (b - 1)", "a b a:b"),
        ("a*b*c - a:b:c - c", "a b a:b a:c b:c"),
        ("I(a^2) + log(a):b + a", "I(a^2) a log(a):b"),
        ("log( a ) + log(a)", "log(a)"),
        ("(a > 2) + b", "a > 2 b"),
        ("a + b:c + d:e + f", "a f b:c d:e"),
        ("1", ""),
        ("0", ""),
        ("+a", "a"),
        ("-a + b", "b"),
    ],
)
def test_expansion_follows_r(text: str, terms: str) -> None:
    expected = terms.replace(" > ", ">").split()
    assert [term.replace(" > ", ">") for term in labels(expanded(text))] == expected


@pytest.mark.parametrize(
    ("text", "intercept"),
    [
        ("x", True),
        ("1", True),
        ("0", False),
        ("-1", False),
        ("1 + x", True),
        ("0 + x", False),
        ("x + 0", False),
        ("x - 1", False),
        ("x - 0", True),
        ("0 + x + 1", True),
        ("1 + x - 1", False),
        ("x - (z - 1)", True),
        ("x - (z + 1)", False),
        ("x + (z - 1)", False),
        ("x + (0)", False),
        ("0 + Intercept + x", False),
        ("x + (0 + z | g)", True),
        ("0 + (1 | g)", False),
    ],
)
def test_the_last_word_on_the_intercept_counts(text: str, intercept: bool) -> None:
    assert expanded(text).intercept is intercept


def test_intercept_as_a_column_stays_a_name() -> None:
    assert labels(expanded("0 + Intercept + x")) == ["Intercept", "x"]


# --- against formulaic: the same sets of factors

_NAMES = ["a", "b", "c", "d"]
_EXPRESSIONS = st.recursive(
    st.sampled_from(_NAMES),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", ":", "*", "/"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.integers(1, 3)).map(lambda t: f"({t[0]})^{t[1]}"),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(_EXPRESSIONS)
def test_the_same_terms_as_formulaic(text: str) -> None:
    try:
        ours = {frozenset(map(label, term.factors)) for term in expanded(text).terms}
    except FormulaError:
        reject()  # such as (a - a):b, which has nothing to interact with
    theirs = {frozenset(str(factor) for factor in term.factors) for term in FormulaicFormula(f"{text} - 1")}
    assert ours == theirs


@settings(deadline=None)
@given(_EXPRESSIONS)
def test_terms_are_sorted_by_degree_and_unique(text: str) -> None:
    try:
        terms = expanded(text).terms
    except FormulaError:
        return
    degrees = [len(term.factors) for term in terms]
    assert degrees == sorted(degrees)
    assert len({frozenset(term.factors) for term in terms}) == len(terms)


def test_crossing_many_gives_all_subsets_in_r_order() -> None:
    places = range(10)
    subsets = [subset for size in range(1, 11) for subset in itertools.combinations(places, size)]
    subsets.sort(key=lambda subset: (len(subset), subset[::-1]))  # x * y * z: what z joins comes after x:y
    expected = [":".join(f"x{place}" for place in subset) for subset in subsets]
    assert labels(expanded(" * ".join(f"x{place}" for place in places))) == expected


# --- the dot


def test_dot_is_all_columns() -> None:
    columns = ["a", "b", "odd name"]
    assert labels(expanded("y ~ .", columns)) == ["a", "b", "`odd name`"]
    assert labels(expanded("y ~ . - b", columns)) == ["a", "`odd name`"]
    assert labels(expanded("y ~ b + .", columns)) == ["b", "a", "`odd name`"]
    assert labels(expanded("y ~ .^2 - a:b", ["a", "b", "c"])) == ["a", "b", "c", "a:c", "b:c"]
    assert labels(expanded("y ~ log(a) + .", ["a"])) == ["log(a)", "a"]
    assert labels(expanded("y ~ (. | g)", ["a", "b"]).groups[0].coefficients) == ["a", "b"]


# --- specials, offsets


def specials(text: str) -> list[tuple[list[str], list[str], str]]:
    return [
        (list(map(unparse, term.calls)), list(map(unparse, term.factors)), ":".join(map(unparse, term.parts)))
        for term in expanded(text).specials
    ]


def test_special_terms_carry_what_they_interact_with() -> None:
    assert specials("mo(x) * z") == [(["mo(x)"], [], "mo(x)"), (["mo(x)"], ["z"], "mo(x):z")]
    assert labels(expanded("mo(x) * z")) == ["z"]
    assert specials("z * mo(x)")[1] == (["mo(x)"], ["z"], "z:mo(x)")
    assert specials("mo(x):me(z, s):a") == [(["mo(x)", "me(z, s)"], ["a"], "mo(x):me(z, s):a")]
    assert specials("age * mi(chl)") == [(["mi(chl)"], [], "mi(chl)"), (["mi(chl)"], ["age"], "age:mi(chl)")]
    assert specials("s(x) + a + gp(z, k = 3)") == [(["s(x)"], [], "s(x)"), (["gp(z, k = 3)"], [], "gp(z, k = 3)")]
    assert specials("cse(x)") == [(["cs(x)"], [], "cs(x)")]
    assert specials("s(x) + s(z) - s(x)") == [(["s(z)"], [], "s(z)")]


def test_offsets_are_collected() -> None:
    predictor = expanded("x + offset(log(E)) + offset(w)")
    assert [unparse(node) for node in predictor.offsets] == ["log(E)", "w"]
    assert labels(predictor) == ["x"]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("y ~ x + .", "        ^", "no data"),
        ("y ~ log(.)", "        ^", "cannot stand inside"),
        ("y ~ x + 2", "        ^", "only 0 and 1"),
        ("y ~ x + 'z'", "        ^^^", "without quotes"),
        ("y ~ x^2.5", "      ^^^", "whole powers"),
        ("y ~ x^z", "      ^", "whole powers"),
        ("y ~ x:1", "      ^", "variables on both sides"),
        ("y ~ x + 1 | g", "    ^^^^^^^^^", "in brackets"),
        ("y ~ x:(1 | g)", "      ^^^^^^^", "do not interact"),
        ("y ~ x:offset(z)", "      ^^^^^^^^^", "do not interact"),
        ("y ~ x * s(z)", "        ^^^^", "s() does not interact"),
        ("y ~ te(x, z)", "    ^^^^^^^^", "te() is not supported in a formula: tensor product smooths are written t2()"),
        ("y ~ x + ti(x)", "        ^^^^^", "ti() is not supported"),
        ("y ~ lgo(x)", "    ^^^^^^", "unknown function lgo(); did you mean 'log'"),
        ("y ~ log(f(x))", "        ^^^^", "unknown function f()"),
        ("y ~ log(mo(x))", "        ^^^^^", "term of its own"),
        ("y ~ mean(x)", "    ^^^^^^^", "whole column"),
        ("y ~ trials(n)", "    ^^^^^^^^^", "belongs to the response"),
        ("y ~ gr(g)", "    ^^^^^", "right of the bar"),
        ("y ~ system(x)", "    ^^^^^^^^^", "unknown function system()"),
        ("y ~ offset(a, b)", "    ^^^^^^^^^^^^", "one expression"),
        ("y ~ (1 | 1)", "         ^", "no grouping column"),
        ("y ~ (1 | log(g))", "         ^^^^^^", "names of columns"),
        ("y ~ (1 | gr(a/b))", "            ^^^", "'/' does not nest within gr()"),
        ("y ~ (1 | mm(a/b, c))", "            ^^^", "'/' does not nest within mm()"),
        ("y ~ (1 | gr(a)/b)", "         ^^^^^", "does not combine"),
        ("y ~ (1 | gr(a, b))", "         ^^^^^^^^", "one grouping factor"),
        ("y ~ (1 | gr())", "         ^^^^", "one grouping factor"),
        ("y ~ (1 | mm())", "         ^^^^", "needs the columns"),
        ("y ~ (1 | gr(g, cro = TRUE))", "                     ^^^^", "or 'cor'?"),
        ("y ~ (1 | gr(g, cor = 2))", "                     ^", "TRUE or FALSE"),
        ("y ~ (1 | gr(g, id = 2 + 1))", "                    ^^^^^", "single word"),
        ("y ~ (1 | i | gr(g, id = 'j'))", "                        ^^^", "two IDs"),
        ("y ~ (1 + (1 | h) | g)", "     ^^^^^^^^^^^", "cannot themselves vary"),
        ("y ~ (offset(x) | g)", "     ^^^^^^^^^", "cannot themselves vary"),
    ],
)
def test_errors_point_at_the_place(text: str, place: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        expanded(text)
    first, shown, carets = str(caught.value).split("\n")
    assert message in first
    assert shown == "  " + text
    assert carets == "  " + place


# --- group-level terms


def groups(text: str) -> list[tuple[str, list[str], bool, bool, str | None]]:
    found = []
    for term in expanded(text).groups:
        names = labels(term.coefficients) + [":".join(map(unparse, s.parts)) for s in term.coefficients.specials]
        found.append((term.name, names, term.coefficients.intercept, term.correlated, term.id))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(1 | g)", [("g", [], True, True, None)]),
        ("(x | g)", [("g", ["x"], True, True, None)]),
        ("(0 + x | g)", [("g", ["x"], False, True, None)]),
        ("(x * z || g)", [("g", ["x", "z", "x:z"], True, False, None)]),
        ("(1 | ID | g)", [("g", [], True, True, "ID")]),
        ("(1 || 2 | g)", [("g", [], True, False, "2")]),
        ("(1 | a/b/c)", [(name, [], True, True, None) for name in ("a", "a:b", "a:b:c")]),
        ("(1 | a:b)", [("a:b", [], True, True, None)]),
        ("(1 | a + b)", [("a", [], True, True, None), ("b", [], True, True, None)]),
        ("(1 | a * b)", [(name, [], True, True, None) for name in ("a", "b", "a:b")]),
        ("(1 | gr(g, cor = FALSE))", [("g", [], True, False, None)]),
        ("(1 | gr(a:b, id = 'k'))", [("a:b", [], True, True, "k")]),
        ("(1 | i | gr(g, id = i))", [("g", [], True, True, "i")]),
        ("(1 | mm(g1, g2))", [("mmg1g2", [], True, True, None)]),
        ("(1 + mmc(z1, z2) | mm(g1, g2))", [("mmg1g2", ["mmc(z1, z2)"], True, True, None)]),
        ("(mo(x) * z | g)", [("g", ["z", "mo(x)", "mo(x):z"], True, True, None)]),
        ("(cs(1) | g)", [("g", ["cs(1)"], True, True, None)]),
        ("(1 | g) + (1 | g) - (1 | h)", [("g", [], True, True, None)]),
        ("(1 | g) + (1 | h) - (1|g)", [("h", [], True, True, None)]),
    ],
)
def test_group_level_terms(text: str, expected: list[tuple[str, list[str], bool, bool, str | None]]) -> None:
    assert groups(text) == expected


def test_options_of_groups_are_kept() -> None:
    (term,) = expanded("(1 | mm(g1, g2, weights = cbind(w1, w2), scale = FALSE))").groups
    assert term.call == "mm"
    assert term.groups == ("g1", "g2")
    assert [(name, unparse(node)) for name, node in term.options] == [("weights", "cbind(w1, w2)"), ("scale", "FALSE")]
    (term,) = expanded("(1 | gr(g, by = h, pw = w, cov = A, dist = 'student', cor = TRUE, id = 'q'))").groups
    assert [name for name, _ in term.options] == ["by", "pw", "cov", "dist"]
    assert term.groups == ("g",)
