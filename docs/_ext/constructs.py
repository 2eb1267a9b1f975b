"""What a formula may hold: one example of each construct, and whether a model with it can be built today.

Nothing here says what is supported. Each example is handed to `brm(..., empty=True)`: either a model comes back, and its
variables are shown, or the package says that the construct is not supported yet. Anything else stops the build.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import partialpool as pp
from partialpool.formula.functions import ADDITIONS as ADDITION_NAMES
from partialpool.formula.functions import KINDS
from partialpool.formula.model_formula import ModelFormula, MultivariateFormula

_NOT_YET = "not supported yet"
_BOOKKEEPING = ("lprior", "lp__", "Intercept")
_SHOWN = 8


@dataclass(frozen=True)
class Construct:
    """One construct of the formula language.

    Attributes
    ----------
    written
        How it is written, shown as code.
    meaning
        What it does, in a line.
    formula
        An example: a text, or a tuple of what `bf()` takes.
    family
        Family of the example.
    uses
        Functions that the example stands for, so that a test can tell that none is forgotten.
    """

    written: str
    meaning: str
    formula: Any
    family: str = "gaussian"
    uses: str = ""


def _of(*rows: tuple[Any, ...]) -> tuple[Construct, ...]:
    return tuple(Construct(*row) for row in rows)


OPERATORS = _of(
    ("x + z", "both", "y ~ x + z"),
    ("x:z", "their product alone", "y ~ x:z"),
    ("x * z", "both and their product: `x + z + x:z`", "y ~ x * z"),
    ("f", "a factor: one coefficient for each level but the first", "y ~ f"),
    ("f * x", "an interaction with a factor", "y ~ f * x"),
    ("(x + z + f)^2", "all terms up to interactions of two", "y ~ (x + z + f)^2"),
    ("f / x", "`x` within each level of `f`: `f + f:x`", "y ~ f / x"),
    ("x %in% f", "`x` within `f`, without `f` itself", "y ~ x %in% f"),
    ("f * x - x", "a minus takes terms out again", "y ~ f * x - x"),
    ("1", "the intercept alone (it is there unless taken out)", "y ~ 1"),
    ("0 + f", "no intercept: a coefficient for each level", "y ~ 0 + f"),
    ("x - 1", "no intercept, in another spelling", "y ~ x - 1"),
    ("0 + Intercept + x", "an intercept that is not centred, an ordinary coefficient", "y ~ 0 + Intercept + x"),
    (".", "all columns that the left side does not name", "y ~ ."),
    ("I(x^2)", "arithmetic instead of algebra", "y ~ x + I(x^2)"),
)

GROUPS = _of(
    ("(1 | g)", "an intercept that varies by `g`", "y ~ x + (1 | g)"),
    ("(1 + x | g)", "intercept and slope vary, and are correlated", "y ~ x + (1 + x | g)"),
    ("(1 + x || g)", "they vary independently", "y ~ x + (1 + x || g)"),
    ("(0 + x | g)", "the slope alone varies", "y ~ x + (0 + x | g)"),
    ("(0 + f | g)", "one effect for each level of `f`, correlated", "y ~ (0 + f | g)"),
    ("(1 | g) + (1 | h)", "crossed groups", "y ~ x + (1 | g) + (1 | h)"),
    ("(1 | g / h)", "nested groups: `(1 | g) + (1 | g:h)`", "y ~ x + (1 | g / h)"),
    ("(1 | g:h)", "groups are the pairs of levels", "y ~ x + (1 | g:h)"),
    (
        "(1 | ID | g)",
        "terms that share the word between the bars are correlated, also across parameters",
        ("y ~ x + (1 | p | g)", "sigma ~ (1 | p | g)"),
    ),
    (
        "(1 | gr(g, by = f))",
        "own standard deviations for each level of `f`",
        "y ~ (1 | gr(g, by = f))",
        "gaussian",
        "gr",
    ),
    ('(1 | gr(g, dist = "student"))', "heavy-tailed groups", 'y ~ (1 | gr(g, dist = "student"))'),
    ("(1 | gr(g, cov = K))", "a known covariance between levels", "y ~ (1 | gr(g, cov = K))"),
    ("(1 | gr(g, pw = w))", "weights of the levels", "y ~ (1 | gr(g, pw = w))"),
    ("(1 | mm(g, h))", "membership in several groups", "y ~ (1 | mm(g, h))", "gaussian", "mm mmc"),
)

SPECIAL = _of(
    ("offset(z)", "a known summand of the predictor", "y ~ x + offset(z)", "gaussian", "offset"),
    ("s(x)", "a smooth function", "y ~ s(x)", "gaussian", "s"),
    ("t2(x, z)", "a smooth surface", "y ~ t2(x, z)", "gaussian", "t2"),
    ("gp(x)", "a Gaussian process", "y ~ gp(x)", "gaussian", "gp"),
    ("mo(k)", "a monotonic effect of an ordered predictor", "y ~ mo(k)", "gaussian", "mo"),
    ("me(x, w)", "a predictor measured with error", "y ~ me(x, w)", "gaussian", "me"),
    ("mi(x)", "a predictor with missing values that the model fills in", "y ~ mi(x)", "gaussian", "mi"),
    ("cs(x)", "effects that differ between the categories of an ordinal response", "k ~ cs(x)", "acat", "cs cse"),
    ("ar(t, g, p = 1)", "autoregressive residuals", "y ~ x + ar(t, g, p = 1)", "gaussian", "ar"),
    ("ma(t, g, q = 1)", "moving averages of residuals", "y ~ x + ma(t, g, q = 1)", "gaussian", "ma"),
    ("arma(t, g, p = 1, q = 1)", "both", "y ~ x + arma(t, g, p = 1, q = 1)", "gaussian", "arma"),
    ("cosy(t, g)", "compound symmetry", "y ~ x + cosy(t, g)", "gaussian", "cosy"),
    ("unstr(t, g)", "any correlation between times", "y ~ x + unstr(t, g)", "gaussian", "unstr"),
    ("sar(M)", "simultaneous autoregression in space", "y ~ x + sar(M)", "gaussian", "sar"),
    ("car(M, gr = g)", "conditional autoregression in space", "y ~ x + car(M, gr = g)", "gaussian", "car"),
    ("fcor(M)", "a known correlation of residuals", "y ~ x + fcor(M)", "gaussian", "fcor"),
)

ADDITIONS = _of(
    ("y | trials(n)", "number of trials of each row", "count | trials(n) ~ x", "binomial", "trials"),
    ("y | weights(w)", "multiplies the log density of the row", "y | weights(w) ~ x", "gaussian", "weights"),
    ("y | rate(w)", "exposure: the mean is proportional to it", "count | rate(w) ~ x", "poisson", "rate"),
    ("y | se(w)", "known standard errors, as in a meta-analysis", "y | se(w) ~ x", "gaussian", "se"),
    ("y | se(w, sigma = TRUE)", "the same beside an estimated `sigma`", "y | se(w, sigma = TRUE) ~ x"),
    ("y | cens(c)", "censoring: left, right or between two values", "y | cens(d) ~ x", "gaussian", "cens"),
    ("y | trunc(lb = 0)", "truncation", "w | trunc(lb = 0) ~ x", "gaussian", "trunc"),
    ("y | mi()", "missing responses are estimated", "y | mi() ~ x", "gaussian", "mi"),
    ("y | subset(d)", "rows that this response uses", "y | subset(d) ~ x", "gaussian", "subset"),
    ("y | index(t)", "names rows for `mi()`", "y | index(t) ~ x", "gaussian", "index"),
    ("y | dec(d)", "which boundary was hit", "w | dec(d) ~ x", "wiener", "dec"),
    ("y | thres(3)", "number of thresholds", "k | thres(3) ~ x", "cumulative", "thres cat"),
    ("y | bhaz(df = 5)", "the baseline hazard", "w | bhaz(df = 5) ~ x", "cox", "bhaz"),
    ("y | vint(n)", "integers for a family of your own", "y | vint(n) ~ x", "custom", "vint"),
    ("y | vreal(w)", "numbers for a family of your own", "y | vreal(w) ~ x", "custom", "vreal"),
)

PIECES = _of(
    ('bf("y ~ x", "sigma ~ z")', "another parameter gets a formula of its own", ("y ~ x", "sigma ~ z")),
    ('bf("y ~ x", sigma=1)', "a parameter is fixed", ("y ~ x", "sigma = 1")),
    ('bf("y ~ x", center=False)', "the design matrix is not centred", ("y ~ x", "center = FALSE")),
    ('bf("y ~ x + z", decomp="QR")', "predictors are decorrelated first", ("y ~ x + z", 'decomp = "QR"')),
    ('bf("y ~ x", sparse=True)', "a sparse design matrix", ("y ~ x", "sparse = TRUE")),
    (
        'bf("y ~ a * exp(b * x)", "a + b ~ 1", nl=True)',
        "a nonlinear formula of parameters that have formulas",
        ("y ~ a * exp(b * x)", "a + b ~ 1", "nl = TRUE"),
    ),
    ('bf("mvbind(y, w) ~ x")', "several responses", "mvbind(y, w) ~ x"),
)


def without_example() -> list[str]:
    """Return the terms and addition terms of the language that none of the examples stands for."""
    used = {name for listed in (ADDITIONS, SPECIAL, GROUPS) for c in listed for name in c.uses.split()}
    return sorted(ADDITION_NAMES.union(n for n, kind in KINDS.items() if kind in ("special", "group")) - used)


@cache
def example_data() -> pd.DataFrame:
    """Return data that every example can be read with."""
    rng = np.random.default_rng(1)
    n = 60
    return pd.DataFrame(
        {
            "y": rng.normal(size=n),
            "x": rng.normal(size=n),
            "z": rng.normal(size=n),
            "w": rng.uniform(0.5, 1.5, size=n),
            "f": pd.Categorical(np.resize(["a", "b", "c"], n)),
            "g": pd.Categorical([f"g{i}" for i in np.repeat(range(6), n // 6)]),
            "h": pd.Categorical([f"h{i}" for i in np.resize(range(4), n)]),
            "k": np.resize([1, 2, 3, 4], n),
            "d": np.resize([0, 1], n),
            "t": np.resize(range(1, n // 6 + 1), n),
            "n": 10,
            "count": rng.integers(0, 10, size=n),
        }
    )


def as_bf(formula: Any) -> ModelFormula | MultivariateFormula:
    """Return the formula of an example."""
    return pp.bf(*((formula,) if isinstance(formula, str) else formula))


def _family(name: str) -> Any:
    """Return the family of an example; that of a user reads the further data of `vint()` and `vreal()`."""
    if name != "custom":
        return name
    return pp.custom_family(
        "shifted",
        dpars=["mu", "sigma"],
        links=["identity", "log"],
        log_density=lambda y, mu, sigma: -(((y - mu) / sigma) ** 2) / 2 - pp.mathematics.log(sigma),
    )


def status(construct: Construct) -> list[str] | None:
    """Return the variables of a model with the construct, or None where the package says that it is not supported yet."""
    data = example_data()
    if construct.written == ".":
        data = data[["y", "x", "z", "f"]]
    try:
        with warnings.catch_warnings(action="ignore", category=pp.DataWarning):
            fit = pp.brm(as_bf(construct.formula), data=data, family=_family(construct.family), empty=True)
    except pp.PartialPoolError as error:
        if _NOT_YET in str(error):
            return None
        raise
    return [name for name in fit.variables() if name not in _BOOKKEEPING]


def shown(names: list[str]) -> str:
    """Return the variables that matter, as code: coefficients, standard deviations and correlations."""
    kept = [name for name in names if not name.startswith("r_")] or names
    listed = ", ".join(f"`{name}`" for name in kept[:_SHOWN])
    return listed + (f" and {len(kept) - _SHOWN} more" if len(kept) > _SHOWN else "")
