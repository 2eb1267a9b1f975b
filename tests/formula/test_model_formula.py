"""bf() and its kin: what they make of the pieces, how they print, and that they survive being stored."""

import json
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from partialpool.errors import FormulaError
from partialpool.formula.amendments import acformula, lf, nlf, set_mecor, set_nl, set_rescor
from partialpool.formula.model_formula import (
    ModelFormula,
    MultivariateFormula,
    ParameterOptions,
    as_formula,
    bf,
    formula_from_dict,
    mvbf,
)
from partialpool.formula.nodes import Predictor
from partialpool.formula.parser import parse
from partialpool.formula.printing import label, unparse
from partialpool.formula.responses import response_name

ORACLES = sorted((Path(__file__).parents[1] / "oracles").glob("*.json"))


@dataclass(frozen=True)
class FamilyOfTests:
    name: str
    is_family: ClassVar[bool] = True


def one(formula: ModelFormula | MultivariateFormula) -> ModelFormula:
    assert isinstance(formula, ModelFormula)
    return formula


def several(formula: ModelFormula | MultivariateFormula) -> MultivariateFormula:
    assert isinstance(formula, MultivariateFormula)
    return formula


# --- one response


def test_formulas_of_further_parameters() -> None:
    formula = one(bf("y ~ x", "sigma ~ z", "a + b ~ 1 + (1 | g)", nu="~ w"))
    assert list(formula.parameters) == ["sigma", "a", "b", "nu"]
    assert unparse(formula.parameters["b"].rhs) == "1 + (1 | g)"
    assert str(formula) == "y ~ x\nsigma ~ z\na ~ 1 + (1 | g)\nb ~ 1 + (1 | g)\nnu ~ w"
    assert repr(formula).startswith("ModelFormula(y ~ x; sigma ~ z;")


def test_ways_to_say_the_same() -> None:
    expected = bf("y ~ x", "sigma ~ z", "quantile = 0.9", "center = FALSE")
    assert bf("y~x", sigma="~z", quantile=0.9, center=False) == expected
    assert bf("y ~ x", sigma="sigma ~ z", center=False) + lf("nu ~ 1") == bf(
        "y ~ x", "nu ~ 1", center=False, sigma="~ z"
    )
    assert bf("y ~ x", flist=["sigma ~ z"], quantile=0.9, center=False) == expected
    assert bf("y ~ x", lf("sigma ~ z"), quantile=0.9, center=False) == expected
    assert bf("y ~ x", center=False, quantile=0.9) + lf("sigma ~ z") == expected
    assert bf(bf("y ~ x", "sigma ~ z"), quantile=0.9, center=False) == expected
    assert bf("y ~ x") + lf("~ z", dpar="sigma") == bf("y ~ x", "sigma ~ z")
    assert bf("y ~ x", "sigma ~ z") != bf("y ~ x", "sigma ~ w")
    assert bf("y ~ x", center=False) != bf("y ~ x")


@pytest.mark.parametrize(
    ("given", "fixed"),
    [
        (bf("y ~ x", quantile=0.25), {"quantile": 0.25}),
        (bf("y ~ x", nu=4), {"nu": 4.0}),
        (bf("y ~ x", "bias = 0.5", "a = -2"), {"bias": 0.5, "a": -2.0}),
        (bf("y ~ x", sigma2="sigma1"), {"sigma2": "sigma1"}),
        (bf("y ~ x", "sigma2 = 'sigma1'"), {"sigma2": "sigma1"}),
    ],
)
def test_parameters_can_be_fixed_or_tied(given: ModelFormula, fixed: dict[str, float | str]) -> None:
    assert dict(given.fixed) == fixed
    assert str(given).splitlines()[1:] == [f"{name} = {value}".replace(".0", "") for name, value in fixed.items()]


def test_options_belong_to_one_parameter() -> None:
    formula = one(
        bf("y ~ x", center=False, decomp="QR", sparse=True)
        + lf("sigma ~ z", cmc=False)
        + nlf("nu ~ exp(a)", loop=False)
        + lf("a ~ 1")
    )
    assert formula.options_of("mu") == ParameterOptions(center=False, decomp="QR", sparse=True)
    assert formula.options_of("sigma") == ParameterOptions(cmc=False)
    assert formula.options_of("nu") == ParameterOptions(nl=True, loop=False)
    assert formula.options_of("a") == ParameterOptions()


def test_nonlinear_formulas() -> None:
    formula = one(bf("y ~ a * exp(b * x)", "a + b ~ 1 + (1 | g)", nl=True))
    assert formula == bf("y ~ a * exp(b * x)", "a + b ~ 1 + (1 | g)", "nl = TRUE")
    assert formula == bf("y ~ a * exp(b * x)") + lf("a + b ~ 1 + (1 | g)") + set_nl()
    assert formula == bf("y ~ a * exp(b * x)", "a + b ~ 1 + (1 | g)", "set_nl(TRUE)")
    expression = formula.expression()
    assert expression is not None
    assert unparse(expression) == "a * exp(b * x)"
    assert formula.expression("a") is None
    assert formula.predictor("mu") == Predictor(intercept=False)
    assert [term.name for term in formula.predictor("a").groups] == ["g"]
    assert one(formula + set_nl(False)).expression() is None
    assert one(bf("y ~ x", "sigma ~ a", "a ~ 1") + set_nl(dpar="sigma")).options_of("sigma").nl


def test_nonlinear_formulas_may_not_be_so_deep_that_evaluation_could_fail() -> None:
    with pytest.raises(FormulaError, match="more than 100 operations"):
        bf("y ~ " + " + ".join(["a"] * 500), nl=True)
    bf("y ~ " + " + ".join(["a"] * 500))


def test_autocorrelation_joins_the_predictor() -> None:
    apart = one(bf("y ~ x") + acformula("~ ar(time, p = 2)"))
    assert apart == bf("y ~ x", autocor="~ ar(time, p = 2)") == bf("y ~ x", "autocor = ~ ar(time, p = 2)")
    assert apart.predictor() == one(bf("y ~ x + ar(time, p = 2)")).predictor()
    assert str(apart) == "y ~ x\nautocor ~ ar(time, p = 2)"
    nonlinear = one(bf("y ~ a * x", "a ~ 1", nl=True, autocor="~ cosy(gr = g)"))
    assert [term.calls[0].function for term in nonlinear.predictor().specials] == ["cosy"]


def test_a_formula_of_mu_takes_the_place_of_the_main_one() -> None:
    formula = one(bf("y ~ 1", "mu ~ x"))
    assert unparse(formula.formula_of("mu").rhs) == "x"
    with pytest.raises(FormulaError, match="mu is predicted twice"):
        bf("y ~ z", "mu ~ x")


def test_dot_leaves_out_all_that_the_left_side_names() -> None:
    formula = one(bf("log(y) | trials(n) ~ . - b", "sigma ~ ."))
    columns = ["y", "a", "n", "b"]
    assert [label(term.factors[0]) for term in formula.predictor(columns=columns).terms] == ["a"]
    assert [label(term.factors[0]) for term in formula.predictor("sigma", columns=columns).terms] == ["a", "b"]


def test_later_statements_replace_earlier_ones() -> None:
    formula = bf("y ~ x", sigma=1)
    assert formula + lf("sigma ~ z") == bf("y ~ x", "sigma ~ z")
    assert bf("y ~ x", "sigma ~ w") + lf("sigma ~ z") == bf("y ~ x", "sigma ~ z")
    assert bf(bf("y ~ x", "sigma ~ w"), sigma=1) == formula


def test_family_unused_and_mecor() -> None:
    family = FamilyOfTests("f")
    formula = one(bf("y ~ x", family=family, unused="~ v", mecor=False))
    assert formula.family == family
    assert formula == bf("y ~ x", unused="~ v") + family + set_mecor(False)
    assert formula.unused == parse("~ v")
    assert formula.mecor is False


def test_formulas_cannot_be_changed() -> None:
    formula = one(bf("y ~ x", "sigma ~ z"))
    with pytest.raises(FrozenInstanceError):
        formula.main = parse("z ~ x")  # type: ignore[misc]
    with pytest.raises(TypeError):
        formula.parameters["nu"] = parse("~ x")  # type: ignore[index]


# --- several responses


def test_mvbind_gives_each_response_the_same() -> None:
    formula = several(bf("mvbind(y1, log(y2)) | weights(w) ~ x + (1 | p | g)", "sigma ~ z", "set_rescor(TRUE)"))
    assert formula.response_names == ("y1", "logy2")
    assert formula.rescor is True
    assert formula.formulas[1] == bf("log(y2) | weights(w) ~ x + (1 | p | g)", "sigma ~ z")
    assert str(formula).splitlines()[2] == "log(y2) | weights(w) ~ x + (1 | p | g)"
    assert isinstance(bf("mvbind(y) ~ x"), ModelFormula)


def test_sums_of_formulas() -> None:
    first, second = one(bf("y1 ~ x")), one(bf("y2 ~ x", "sigma ~ z"))
    joined = several(first + second + set_rescor(False))
    assert joined.formulas == (first, second)
    assert joined.rescor is False
    assert joined == mvbf(first, second, rescor=False) == mvbf("y1 ~ x", second, rescor=False)
    assert joined == first + set_rescor(False) + second
    assert several(joined + bf("y3 ~ 1")).response_names == ("y1", "y2", "y3")
    assert first + several(second + bf("y3 ~ 1")) == first + second + bf("y3 ~ 1")
    assert several(joined + lf("sigma ~ w", resp="y1")).formulas[0] == bf("y1 ~ x", "sigma ~ w")
    assert several(joined + FamilyOfTests("f")).formulas[1] == second + FamilyOfTests("f")
    assert several(first + second + set_mecor(False)).mecor is False
    assert several(joined + set_nl(resp="y2")).formulas[1].options_of("mu").nl


def test_one_text_may_hold_several_responses_when_additions_tell() -> None:
    formula = several(bf("y1 | mi() ~ x", "sigma ~ z", "y2 | thres(gr = g) ~ 1", "nu = 3", "set_rescor(FALSE)"))
    assert formula.formulas == (bf("y1 | mi() ~ x", "sigma ~ z"), bf("y2 | thres(gr = g) ~ 1", nu=3))
    assert formula.rescor is False


def test_as_formula() -> None:
    assert as_formula("y ~ x") == bf("y ~ x")
    assert as_formula(bf("y ~ x") + set_rescor(False)) == bf("y ~ x")
    both = bf("y ~ x") + bf("z ~ x")
    assert as_formula(both) is both
    with pytest.raises(FormulaError, match="not int"):
        as_formula(1)  # type: ignore[arg-type]


# --- storing


@pytest.mark.parametrize("file", ORACLES, ids=lambda file: file.stem)
def test_formulas_of_the_oracles_survive_storing(file: Path) -> None:
    pieces = json.loads(file.read_text())["formula"]
    formula = bf(*([pieces] if isinstance(pieces, str) else pieces))
    again = formula_from_dict(json.loads(json.dumps(formula.to_dict())))
    assert again == formula
    assert str(again) == str(formula)


def test_everything_survives_storing() -> None:
    formula = (
        bf("y ~ a", "a + b ~ .", nl=True, loop=False, sigma=2, nu="a", unused="~ v", autocor="~ ar()", mecor=False)
        + nlf("tau ~ exp(b)")
        + lf("kappa ~ 0 + x", center=True, cmc=False, sparse=True, decomp="QR")
    )
    assert formula_from_dict(json.loads(json.dumps(formula.to_dict()))) == formula
    both = formula + bf("z ~ x") + set_rescor(False)
    assert formula_from_dict(json.loads(json.dumps(both.to_dict()))) == both


# --- names


@pytest.mark.parametrize(
    ("response", "name"),
    [
        ("y", "y"),
        ("y_1.a", "y1a"),
        ("log(y)", "logy"),
        ("cbind(y1, y_2)", "cbindy1y2"),
        ("y / 10", "y10"),
        ("`odd name`", "oddname"),
        ("_y", "Xy"),
    ],
)
def test_response_names(response: str, name: str) -> None:
    assert one(bf(f"{response} ~ x")).response_name == name == response_name(parse(response).rhs)


# --- refusals


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: bf(), "there is no formula"),
        (lambda: lf(), "there is no formula"),
        (lambda: lf(flist="sigma ~ x"), "flist is a list"),
        (lambda: bf("y ~ x", flist=3), "flist is a list"),  # type: ignore[arg-type]
        (lambda: lf("~ x", dpar=3), "dpar is the name"),  # type: ignore[arg-type]
        (lambda: bf("y ~ x", sigma="z ~ x"), "sigma = 'z ~ x' is a formula of z"),
        (lambda: bf("y ~ x", family=3), "or a name, not 3"),
        (lambda: lf("sigma ~ x") + bf("y ~ x"), "begin with the formula of the response"),
        (lambda: bf("~ x"), "needs a response"),
        (lambda: bf("x"), "needs a response"),
        (lambda: bf(3), "not int"),  # type: ignore[arg-type]
        (lambda: bf("y ~ x", 3), "not int"),  # type: ignore[arg-type]
        (lambda: bf("y ~ x", "~ z"), "name the parameter"),
        (lambda: bf("y ~ x", "log(s) ~ z"), "name of a parameter"),
        (lambda: bf("y ~ x", "a + 1 ~ z"), "name of a parameter"),
        (lambda: bf("y ~ x", "a - b ~ z"), "name of a parameter"),
        (lambda: bf("y ~ x", "sigma ~ z", "sigma ~ w"), "'sigma' is given twice"),
        (lambda: bf("y ~ x", "a + a ~ w"), "'a' is given twice"),
        (lambda: bf("y ~ x", "sigma ~ z", sigma=1), "'sigma' is given twice"),
        (lambda: bf("y ~ x", sigma=True), "expected a number"),
        (lambda: bf("y ~ x", sigma=float("nan")), "expected a number"),
        (lambda: bf("y ~ x", sigma=10**400), "expected a number"),
        (lambda: bf("y ~ x", centre=False), "expected a number.*did you mean 'center'"),
        (lambda: bf("y ~ x", "centre = FALSE"), "did you mean 'center'"),
        (lambda: bf("y ~ x", sigma=None), "expected a number"),  # type: ignore[arg-type]
        (lambda: bf("y ~ x", sigma="a b"), "expected a number"),
        (lambda: bf("y ~ x", "sigma = z + 1"), "expected a number, TRUE"),
        (lambda: bf("y ~ x", "sigma ="), "expected a number, TRUE"),
        (lambda: bf("y ~ x", "nl = 1"), "nl is True or False"),
        (lambda: bf("y ~ x", center="no"), "center is True or False"),  # type: ignore[arg-type]
        (lambda: bf("y ~ x", decomp="LU"), "decomp is 'none' or 'QR'"),
        (lambda: bf("y ~ x", "set_rescore(TRUE)"), "did you mean 'set_rescor'"),
        (lambda: bf("y ~ x", "set_nl(2)"), "nl is True or False|set_nl is True or False"),
        (lambda: bf("y ~ x", "set_nl(TRUE) + 1"), "expected 'set_nl"),
        (lambda: bf("y ~ x", autocor="~ x + ar()"), "autocorrelation terms only"),
        (lambda: acformula("~ s(x)"), "autocorrelation terms only"),
        (lambda: lf("y | mi() ~ x"), "only the formula of a response has additions"),
        (lambda: bf("y ~ x") + lf("sigma ~ 1", resp="z"), "no response 'z'"),
        (lambda: bf("y ~ x") + bf("y ~ z"), "two formulas have the response 'y'"),
        (lambda: bf("y.1 ~ x") + bf("y_1 ~ z"), "two formulas have the response 'y1'"),
        (lambda: bf("mvbind() ~ x"), "takes the responses"),
        (lambda: bf("mvbind(a = y) ~ x"), "takes the responses"),
        (lambda: bf("y ~ x") + bf("z ~ x") + lf("sigma ~ 1"), "say which response"),
        (lambda: bf("y ~ x") + bf("z ~ x") + lf("sigma ~ 1", resp="w"), "no response 'w'"),
        (lambda: bf("y ~ x") + 3, "cannot add int"),
        (lambda: bf("y ~ x") + "sigma ~ 1", "cannot add str"),
        (lambda: mvbf(), "needs formulas"),
        (lambda: bf("y ~ x").formula_of("sigma"), "'sigma' has no formula"),  # type: ignore[union-attr]
        (lambda: set_rescor("yes"), "rescor is True or False"),  # type: ignore[arg-type]
    ],
)
def test_what_makes_no_sense_is_refused(make, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FormulaError, match=message):
        make()
