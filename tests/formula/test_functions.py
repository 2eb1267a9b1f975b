"""Which functions a formula may call."""

import numpy as np
import pytest

from partialpool.errors import FormulaError
from partialpool.formula.algebra import expand
from partialpool.formula.functions import ADDITIONS, KINDS, check_functions, kind_of, register_function, registered
from partialpool.formula.parser import parse

SPECIAL = "ar arma car cosy cs cse fcor gp ma me mi mmc mo s sar t2 unstr"
ADDED = "bhaz cat cens dec index mi rate se subset thres trials trunc vint vreal weights"


def test_every_special_construct_of_the_language_is_known() -> None:
    assert " ".join(sorted(name for name, kind in KINDS.items() if kind == "special")) == SPECIAL
    assert " ".join(sorted(ADDITIONS)) == ADDED


def test_a_registered_function_may_stand_in_a_formula() -> None:
    formula = parse("y ~ halved(x)")
    with pytest.raises(FormulaError, match=r"unknown function halved\(\)"):
        expand(formula.rhs, formula.source)
    register_function("halved", lambda x: x / 2)
    assert kind_of("halved") == "elementwise"
    assert len(expand(formula.rhs, formula.source).terms) == 1
    function = registered("halved")
    assert function is not None
    np.testing.assert_array_equal(function(np.array([2.0, 4.0])), [1.0, 2.0])


@pytest.mark.parametrize("name", ["log", "s", "gr", "te", "I", "a b", "", "1x", ".", 3])
def test_names_that_cannot_be_registered(name: str) -> None:
    with pytest.raises(FormulaError):
        register_function(name, np.log)
    assert registered(name) is None


def test_only_functions_can_be_registered() -> None:
    with pytest.raises(FormulaError, match="expected a function of arrays, found int"):
        register_function("three", 3)  # type: ignore[arg-type]


def test_further_functions_may_be_allowed_for_one_expression() -> None:
    formula = parse("inv_Phi(x) + log(y)")
    check_functions(formula.rhs, formula.source, allowed=["inv_Phi"])
    with pytest.raises(FormulaError, match="inv_Phi"):
        check_functions(formula.rhs, formula.source)
