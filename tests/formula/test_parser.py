"""The parser: trees, precedence and places of errors."""

import json
from pathlib import Path

import pytest

from partialpool.errors import FormulaError
from partialpool.formula.nodes import Bar, Call, Dot, Name, Number, Source, String, Unary, height, variables
from partialpool.formula.parser import parse
from partialpool.formula.printing import unparse
from partialpool.formula.tokens import tokenize

ORACLES = Path(__file__).parents[1] / "oracles"


def oracle_pieces() -> list[str]:
    pieces: list[str] = []
    for file in sorted(ORACLES.glob("*.json")):
        formula = json.loads(file.read_text())["formula"]
        pieces += [formula] if isinstance(formula, str) else formula
    return sorted({piece for piece in pieces if "~" in piece})


def shape(text: str) -> str:
    """Return the tree of a right-hand side with every operation in brackets: an independent reading of precedence."""

    def show(node: object) -> str:
        match node:
            case Name(text=name):
                return name
            case Number(value=value):
                return f"{value:g}"
            case Unary(operator=operator, operand=operand):
                return f"({operator}{show(operand)})"
            case Call(function=function, arguments=arguments):
                return f"{function}({','.join(show(argument.value) for argument in arguments)})"
            case Bar():
                return (
                    f"<{show(node.coefficients)}{'|' if node.correlated else '||'}{node.id or ''}|{show(node.group)}>"
                )
            case _:
                return f"({show(node.left)}{node.operator}{show(node.right)})"

    return show(parse(text).rhs)


@pytest.mark.parametrize("text", oracle_pieces())
def test_formulas_of_the_oracles_parse_and_survive_printing(text: str) -> None:
    formula = parse(text)
    assert formula.response is not None
    assert parse(unparse(formula)) == formula


# Read off R's own grammar: what quote() groups together.
@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("a + b * c", "(a+(b*c))"),
        ("a * b + c", "((a*b)+c)"),
        ("a - b - c", "((a-b)-c)"),
        ("a / b / c", "((a/b)/c)"),
        ("a * b / c", "((a*b)/c)"),
        ("a:b*c", "((a:b)*c)"),
        ("a %in% b : c", "(a%in%(b:c))"),
        ("a * b %in% c", "(a*(b%in%c))"),
        ("a:b^2", "(a:(b^2))"),
        ("a ^ b ^ c", "(a^(b^c))"),
        ("a ** 2", "(a^2)"),
        ("-a^2", "(-(a^2))"),
        ("-a:b", "((-a):b)"),
        ("-a + b", "((-a)+b)"),
        ("a^-b:c", "((a^(-b)):c)"),
        ("a - -b", "(a-(-b))"),
        ("f(!a == b)", "f((!(a==b)))"),
        ("f(!a & b)", "f(((!a)&b))"),
        ("f(a + !b + c)", "f((a+(!(b+c))))"),
        ("f(a | b & c)", "f((a|(b&c)))"),
        ("f(a < b + 1)", "f((a<(b+1)))"),
        ("f(a %% 2 * 3)", "f(((a%%2)*3))"),
        ("(a + b) * c", "((a+b)*c)"),
        ("a + (b + c)", "(a+(b+c))"),
        ("(1 + x | g)", "<(1+x)||g>"),
        ("(1 + x || g)", "<(1+x)|||g>"),
        ("(1 + x | ID | g/h)", "<(1+x)|ID|(g/h)>"),
        ("(1 || 2 | g)", "<1||2|g>"),
        ("f((a | b))", "f((a|b))"),
    ],
)
def test_operators_bind_as_in_r(text: str, grouped: str) -> None:
    assert shape(text) == grouped


def test_the_left_side_is_response_and_additions() -> None:
    formula = parse("log(y) | trials(n) + resp_weights(w, scale = TRUE) ~ x")
    assert unparse(formula.response) == "log(y)"
    assert [unparse(call) for call in formula.additions] == ["trials(n)", "weights(w, scale = TRUE)"]
    assert formula == parse("log( y )|trials(n)+weights(w,scale=TRUE)~x")


@pytest.mark.parametrize("text", ["~ x", "x", "~\n x\n"])
def test_the_left_side_may_be_missing(text: str) -> None:
    assert parse(text) == parse("x")
    assert parse(text).response is None


def test_words() -> None:
    call = parse(
        "f(.5, 1e-3, 2L, 'it''s', \"a\\\"b\\n\", `odd name`, .x_1, ., NA, k = -1, 'by' = g)".replace("''", "\\'")
    ).rhs
    assert isinstance(call, Call)
    values = [argument.value for argument in call.arguments]
    assert values[:3] == [Number(0.5, "", None), Number(0.001, "", None), Number(2.0, "", None)]
    assert values[3:5] == [String("it's", None), String('a"b\n', None)]
    assert values[5:7] == [Name("odd name", None), Name(".x_1", None)]
    assert isinstance(values[7], Dot)
    assert [argument.name for argument in call.arguments[-2:]] == ["k", "by"]


@pytest.mark.parametrize("name", ["größe", "年", "वर्ष", "x·y", "_merge", ".x", "a.b.c", "µ"])
def test_names_may_be_of_any_script(name: str) -> None:
    assert parse(f"y ~ {name} + z").rhs.left == Name(name, None)


def test_a_backticked_dot_is_a_column() -> None:
    assert parse("`.`").rhs == Name(".", None)
    assert unparse(parse("`.` + .").rhs) == "`.` + ."


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "^", "ends where a term"),
        ("y ~", "   ^", "ends where a term"),
        ("y ~ x +", "       ^", "ends where a term"),
        ("y ~ x z", "      ^", "expected an operator, found 'z'"),
        ("y z ~ x", "  ^", "expected an operator or '~', found 'z'"),
        ("y ~ x ~ z", "      ^", "one '~'"),
        ("y ~ (x ~ z)", "       ^", "one '~'"),
        ("y ~ (x", "    ^", "never closed"),
        ("y ~ log(x", "       ^", "never closed"),
        ("y ~ x)", "     ^", "found ')'"),
        ("y ~ * x", "    ^", "expected a term, found '*'"),
        ("y ~ f(,x)", "      ^", "expected a term, found ','"),
        ("y ~ f(x,)", "       ^", "missing after this comma"),
        ("y ~ f(k = 1, k = 2)", "             ^", "'k' is given twice"),
        ("y = x", "  ^", "'=' names an argument"),
        ("y ~ stats::poly(x)", "         ^^", "without their package"),
        ("y ~ d$x", "     ^", "not 'data$x'"),
        ("y ~ x[1]", "     ^", "whole columns"),
        ("y ~ x <- 1", "      ^^", "assigns nothing"),
        ("y ~ a %o% b", "      ^", "%in%, %% and %/%"),
        ("y ~ 'x", "    ^", "never closed"),
        ("y ~ `x", "    ^", "never closed"),
        ("y ~ ``", "    ^^", "no name between the backticks"),
        (r"y ~ 'a\d'", "      ^^", "not an escape"),
        ("y ~ 1e999", "    ^^^^^", "too large"),
        ("y ~ 2x", "     ^", "found 'x'"),
        ("y ~ x \x00", "      ^", "unexpected character '\\x00'"),
        ("y ~ x # note", "      ^", "no comments"),
        ("y ~ f(a < b < c)", "            ^", "do not chain"),
        ("y ~ (1 | a | b | c)", "    ^^^^^^^^^^^^^^^", "one bar, or two"),
        ("y ~ (1 | a + b | g)", "         ^^^^^", "single word"),
        ("y ~ (1 | a || g)", "    ^^^^^^^^^^^^", "single one"),
        ("y | x ~ z", "    ^", "additions such as"),
        ("y | trials(n) * se(s) ~ z", "                ^^^^^", "additions such as"),
        ("y | trails(n) ~ z", "    ^^^^^^^^^", "did you mean 'trials'?"),
        ("y | se(a) + se(b) ~ z", "            ^^^^^", "given twice"),
        ("y || se(a) ~ z", "^^^^^^^^^^", "single bar"),
        ("y | se(a) | se(b) ~ z", "^^^^^^^^^^^^^^^^^", "joined with +"),
        ("(y | se(a)) ~ z", "^^^^^^^^^^^", "without brackets"),
    ],
)
def test_errors_point_at_the_place(text: str, place: str, message: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse(text)
    first, shown, carets = str(caught.value).split("\n")
    assert message in first
    assert shown == "  " + text.replace("\x00", " ")
    assert carets == "  " + place


def test_code_is_not_a_formula() -> None:
    for text in (
        "__import__('os').system('x')",
        "lambda x: x",
        "[x for x in y]",
        "x; y",
        "{x}",
        'f"{x}"',
        "x if y else z",
        "@f",
    ):
        with pytest.raises(FormulaError):
            parse(text)


def test_what_is_not_text_is_refused() -> None:
    with pytest.raises(FormulaError, match="not int"):
        parse(3)  # type: ignore[arg-type]


def test_long_formulas_show_only_the_part_around_the_place() -> None:
    text = "y ~ " + " + ".join(f"x{i}" for i in range(1000)) + " + $ + " + " + ".join(f"z{i}" for i in range(1000))
    with pytest.raises(FormulaError) as caught:
        parse(text)
    _, shown, carets = str(caught.value).split("\n")
    assert len(shown) < 1000
    assert shown[carets.index("^")] == "$"


def test_tokens_know_their_places() -> None:
    source = Source("y~`odd name` **2")
    tokens = tokenize(source)
    assert [source.text[token.span.start : token.span.stop] for token in tokens[:-1]] == [
        "y",
        "~",
        "`odd name`",
        "**",
        "2",
    ]
    assert [token.text for token in tokens] == ["y", "~", "odd name", "^", "2", ""]


def test_height_and_variables_count_by_hand() -> None:
    node = parse("f(g(x) + 1, y, x) + TRUE").rhs
    assert height(node) == 5
    assert variables(node) == ("x", "y")
