"""Whatever an expression says, it has a value or raises an error of the package, and means the same for new rows."""

from __future__ import annotations

import json
import random
import warnings

import numpy as np
import pandas as pd
import pytest

from partialpool.errors import PartialPoolError
from partialpool.formula.functions import KINDS
from partialpool.formula.parser import parse
from partialpool.frame.columns import Frame
from partialpool.frame.evaluate import evaluate
from partialpool.frame.values import Factor, Matrix, State, Value

FRAME = Frame.read(
    {
        "x": [1.0, 2.0, 3.0, 5.0],
        "m": [1.0, None, 2.0, 2.0],
        "f": pd.Categorical(["a", "b", None, "a"]),
        "s": list("abca"),
        "b": [True, False, None, True],
        "o": pd.Categorical(list("abca"), ordered=True),
    }
)
COLUMNS = ["x", "x", "m", "f", "s", "b", "o", "x:f", "f:s", "cbind(x,m)", "poly(x,2)", "Intercept", "zzz"]
CONSTANTS = ["1", "0", "-1", "2.5", "1e9", "1e300", '"a"', "TRUE", "FALSE", "NULL", "NA", "Inf", "T", "pi", "contr.sum"]
ATOMS = [*COLUMNS, *CONSTANTS, "c(1,2)", 'c("a","b")', "c()", "1:3"]
FUNCTIONS = [name for name, kind in KINDS.items() if kind in ("elementwise", "stateful", "factor", "structure")]
ARGUMENTS = ["degree", "df", "knots", "center", "scale", "breaks", "labels", "levels", "raw", "base", "contr"]
NAMES = ["", "", "", *(f"{name} = " for name in ARGUMENTS)]
OPERATORS = ["+", "-", "*", "/", "^", "==", "<", "&", "|", "%in%", "%%", "%/%", ":"]


def expression(chance: random.Random, depth: int) -> str:
    kind = chance.random()
    if depth == 0 or kind < 0.3:
        return chance.choice(ATOMS)
    if kind < 0.8:
        names = ["", *(chance.choice(NAMES) for _ in range(chance.randint(0, 2)))]
        inner = ", ".join(name + expression(chance, depth - 1) for name in names)
        return f"{chance.choice(FUNCTIONS)}({inner})"
    left, right = expression(chance, depth - 1), expression(chance, depth - 1)
    return f"({left} {chance.choice(OPERATORS)} {right})"


def numbers(value: Value) -> np.ndarray:
    return value.codes if isinstance(value, Factor) else value.values if isinstance(value, Matrix) else value


@pytest.mark.parametrize("seed", range(4))
def test_any_expression(seed: int) -> None:
    chance, valued = random.Random(seed), 0
    for _ in range(1000):
        text = f"~ I({expression(chance, 3)})"
        try:
            formula, state = parse(text), State()
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                whole = evaluate(formula.rhs, FRAME, state, formula.source)
        except PartialPoolError:
            continue
        restored = State(json.loads(json.dumps(state.entries)), learning=False)
        part = evaluate(formula.rhs, FRAME.select_rows(np.array([3, 0])), restored, formula.source)
        np.testing.assert_allclose(numbers(part), numbers(whole)[[3, 0]], rtol=1e-10, err_msg=text)
        valued += 1
    assert valued > 100
