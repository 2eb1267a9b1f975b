"""Whatever the text, the parser returns a tree or raises FormulaError; whatever the tree, printing it loses nothing."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from partialpool.errors import FormulaError
from partialpool.formula.algebra import expand
from partialpool.formula.model_formula import bf, formula_from_dict
from partialpool.formula.nodes import Argument, Bar, Binary, Call, Dot, Name, Node, Number, Span, String, Unary
from partialpool.formula.parser import BINDING, parse
from partialpool.formula.printing import unparse

_SPELLED = r"""
x y g 1 0 2L .5 1e3 . 'a' "b" `cd` TRUE NA nl sigma center
+ - * / ^ ** : %in% %% ~ | || & && ! == != < <= > >= = , ( ) ( ) ( )
log( s( mo( gr( mm( trials( poly( I( offset( mvbind( set_rescor( `cd`(
:: $ [ ] { } % # ; @ \ ' " ` <- |>
"""
_WORDS = _SPELLED.split()


def refused(error: FormulaError) -> None:
    """Only a message with words in it is an answer."""
    assert any(letter.isalpha() for letter in str(error))


def handled(text: str) -> None:
    """Parse, expand and print; anything but FormulaError is a failure of the test."""
    try:
        formula = parse(text)
        assert parse(unparse(formula)) == formula
        expand(formula.rhs, formula.source, columns=["x", "y", "z"])
    except FormulaError as error:
        refused(error)


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60))
@example("\x00")
@example("\ud800")
@example("y ~ \u2028x")
def test_any_text(text: str) -> None:
    handled(text)


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(_WORDS), max_size=25), st.sampled_from(["", " "]))
def test_any_soup_of_words(words: list[str], blank: str) -> None:
    handled(blank.join(words))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.lists(st.sampled_from(_WORDS), max_size=10).map(" ".join), min_size=1, max_size=4))
def test_any_pieces_of_bf(pieces: list[str]) -> None:
    try:
        formula = bf(*pieces)
    except FormulaError as error:
        refused(error)
    else:
        assert formula_from_dict(formula.to_dict()) == formula


# --- trees

_PLACE = Span(0, 0)
_NAMES = st.one_of(st.sampled_from(["x", "y.1", "größe", "TRUE", ".", "if", "_a"]), st.text(min_size=1, max_size=5))
_ATOMS = st.one_of(
    _NAMES.map(lambda text: Name(text, _PLACE)),
    st.floats(min_value=0, allow_nan=False, allow_infinity=False).map(lambda value: Number(value, "", _PLACE)),
    st.integers(0, 1000).map(lambda value: Number(float(value), f"{value}L", _PLACE)),
    st.text(max_size=5).map(lambda value: String(value, _PLACE)),
    st.just(Dot(_PLACE)),
)


def _operations(inner: st.SearchStrategy[Node], operators: list[str]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Unary, st.sampled_from("+-!"), inner, st.just(_PLACE)),
        st.builds(Binary, st.sampled_from(operators), inner, inner, st.just(_PLACE)),
    )


def _calls(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    arguments = st.lists(st.builds(Argument, inner, st.one_of(st.none(), _NAMES)), max_size=3)
    return st.builds(Call, _NAMES, arguments.map(tuple), st.just(_PLACE))


def _unique_names(call: Call) -> bool:
    names = [argument.name for argument in call.arguments if argument.name is not None]
    return len(set(names)) == len(names)


_INSIDE_CALLS = st.recursive(
    _ATOMS, lambda inner: _operations(inner, list(BINDING)) | _calls(inner).filter(_unique_names), max_leaves=8
)
_FORMULA_OPERATORS = [operator for operator in BINDING if operator not in ("|", "||")]
_IDS = st.one_of(st.none(), st.sampled_from(["1", "ID", "an id", "٣"]))
_FORMULAS = st.recursive(
    st.one_of(_ATOMS, _calls(_INSIDE_CALLS).filter(_unique_names)),
    lambda inner: (
        _operations(inner, _FORMULA_OPERATORS) | st.builds(Bar, inner, inner, st.booleans(), _IDS, st.just(_PLACE))
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=500)
@given(_FORMULAS)
def test_printing_loses_nothing(tree: Node) -> None:
    text = unparse(tree)
    again = parse(text).rhs
    assert again == tree
    assert hash(again) == hash(tree)
    assert unparse(again) == text


# --- hostile text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y ~ " + "(" * 200 + "x" + ")" * 200, "within each other"),
        ("y ~ " + "(" * 100_000, "characters"),
        ("y ~ " + "(" * 50_000, "within each other"),
        ("y ~ " + "log(" * 200 + "x" + ")" * 200, "within each other"),
        ("y ~ " + "-" * 5_000 + "x", "within each other"),
        ("y ~ I(" + "!" * 5_000 + "x)", "within each other"),
        ("y ~ " + "^".join("2" * 5_000), "within each other"),
        ("y ~ I(" + " + ".join(["x"] * 5_000) + ")", "within each other"),
        ("y ~ " + " * ".join(f"x{place}" for place in range(20)), "expands to more than 5,000 terms"),
        ("y ~ (" + " + ".join(f"x{place}" for place in range(80)) + ")^9", "expands to more than 5,000 terms"),
        ("y ~ (a + b)^1e300", None),
        ("y ~ " + " + ".join(f"x{place}" for place in range(6_000)), "expands to more than 5,000 terms"),
        ("y ~ " + " + ".join(f"x{place}" for place in range(4_000)), None),
        ("y ~ " + "*".join(["x"] * 40_000), None),
        ("y ~ " + "/".join(["x"] * 40_000), None),
        ("y ~ " + "(" + "*".join("abcdefghijk") + ")*" * 1 + "(" + "*".join("abcdefghijk") + ")", "5,000 terms"),
        ("y ~ x" * 200_000, "100000 characters"),
        ("y ~ (1 | " + "/".join(f"g{place}" for place in range(6_000)) + ")", "5,000 terms"),
        ("y ~ " + "'" * 3, "never closed"),
        ("\x00" * 100, "unexpected character"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_hostile_text_is_dealt_with(text: str, message: str | None) -> None:
    def expanded() -> None:
        formula = parse(text)
        expand(formula.rhs, formula.source)

    if message is None:
        expanded()
    else:
        with pytest.raises(FormulaError, match=message) as caught:
            expanded()
        assert len(str(caught.value)) < 3_000


def test_long_sums_compare_print_and_hash() -> None:
    text = "y ~ " + " + ".join(f"x{place}" for place in range(4_000))
    formula = parse(text)
    assert formula == parse(text)
    assert hash(formula) == hash(parse(text))
    assert unparse(formula) == text
    assert "x3999" in repr(formula)
    assert len(expand(formula.rhs, formula.source).terms) == 4_000
