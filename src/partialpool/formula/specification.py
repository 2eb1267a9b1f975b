"""What `bf()` makes: the formula of one response with all its parameters and options, and that of several responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from partialpool.errors import FormulaError, nearest
from partialpool.formula.algebra import expand
from partialpool.formula.amendments import Amendment, FixedValue, one_sided
from partialpool.formula.nodes import Formula, Node, Predictor, height
from partialpool.formula.parser import MAX_HEIGHT, parse
from partialpool.formula.printing import unparse
from partialpool.formula.responses import left_variables, response_name

__all__ = ["ModelFormula", "MultivariateFormula", "ParameterOptions"]


@dataclass(frozen=True)
class ParameterOptions:
    """Options of the formula of one parameter.

    Attributes
    ----------
    nl
        Whether it is a nonlinear expression of further parameters.
    loop
        Kept as brms has it; expressions are evaluated row by row either way.
    center
        Whether the design matrix is centred, so that the intercept's prior is at the mean of the predictors. None: yes,
        unless the parameter is a nonlinear one.
    cmc
        Whether a factor in a formula without intercept gets one column per level.
    sparse
        Whether rows keep only the columns of the design in which they are not zero; it is then not centred.
    decomp
        `"QR"` for a QR decomposition of the design matrix, else `"none"`.
    """

    nl: bool = False
    loop: bool = True
    center: bool | None = None
    cmc: bool = True
    sparse: bool = False
    decomp: str = "none"


@dataclass(frozen=True, repr=False)
class ModelFormula:
    """Formula of a model of one response; `bf()` makes it.

    Attributes
    ----------
    main
        Formula of the response, predicting its `mu`.
    parameters
        Formulas of further distributional parameters and of nonlinear parameters, in order. A formula `mu ~ x` among them
        takes the place of the right-hand side of `main`, which then must be `1`.
    fixed
        Parameters that are a number, or the name of the parameter that they equal.
    options
        By parameter, `"mu"` for the main formula. See `options_of`.
    family
        Family of the response, None if it is given elsewhere.
    autocor
        Autocorrelation terms that were given apart from the main formula. `predictor("mu")` includes them.
    unused
        Variables to be kept with the data though no term uses them.
    mecor
        Whether the latent variables of `me()` terms are correlated.
    """

    main: Formula
    parameters: Mapping[str, Formula] = field(default_factory=dict)
    fixed: Mapping[str, FixedValue] = field(default_factory=dict)
    options: Mapping[str, ParameterOptions] = field(default_factory=dict)
    family: Any = None
    autocor: Formula | None = None
    unused: Formula | None = None
    mecor: bool = True

    def __post_init__(self) -> None:
        for name in ("parameters", "fixed", "options"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        if self.main.response is None:
            raise self.main.source.error("the formula of a model needs a response: 'y ~ x'", self.main.rhs.span)
        if "mu" in self.parameters and unparse(self.main.rhs) != "1":
            advice = "with a formula of mu, the main formula is 'y ~ 1'"
            raise self.main.source.error(f"mu is predicted twice; {advice}", self.main.rhs.span)
        for name in ("mu", *self.parameters):
            self._check_expression(name)

    def _check_expression(self, parameter: str) -> None:
        expression = self.expression(parameter)
        if expression is not None and height(expression) > MAX_HEIGHT:
            source = self.formula_of(parameter).source
            raise source.error(f"more than {MAX_HEIGHT} operations within each other", expression.span)

    @property
    def response(self) -> Node:
        """The response, without additions."""
        assert self.main.response is not None  # noqa: S101  (checked when made)
        return self.main.response

    @property
    def response_name(self) -> str:
        """Name of the response in names of parameters: letters and digits only, `logy` for `log(y)`."""
        return response_name(self.response)

    def formula_of(self, parameter: str) -> Formula:
        """Return the formula of a parameter, the main formula for `"mu"`.

        Raises
        ------
        FormulaError
            If the parameter has no formula.
        """
        if parameter in self.parameters:
            return self.parameters[parameter]
        if parameter == "mu":
            return self.main
        raise FormulaError(f"parameter {parameter!r} has no formula in\n{self}")

    def options_of(self, parameter: str) -> ParameterOptions:
        """Return the options of a parameter's formula, the default ones where none were set."""
        return self.options.get(parameter, ParameterOptions())

    def expression(self, parameter: str = "mu") -> Node | None:
        """Return the expression of a nonlinear parameter, None for a linear one."""
        return self.formula_of(parameter).rhs if self.options_of(parameter).nl else None

    def predictor(self, parameter: str = "mu", *, columns: Sequence[str] | None = None) -> Predictor:
        """Return the terms of a parameter's linear formula, autocorrelation terms included.

        Parameters
        ----------
        parameter
            `"mu"` or one of `parameters`. A nonlinear one has no terms but those of autocorrelation.
        columns
            All columns of the data; `.` stands for those that the left side of the main formula does not use.

        Raises
        ------
        FormulaError
            If the right-hand side is no sum of terms.

        Examples
        --------
        >>> from partialpool.formula.model_formula import bf
        >>> bf("y ~ .", "sigma ~ z").predictor(columns=["x", "y", "z"]).terms
        (Term(factors=(Name(text='x'),)), Term(factors=(Name(text='z'),)))
        """
        formula = self.formula_of(parameter)
        left = left_variables(self.main)
        others = None if columns is None else [column for column in columns if column not in left]
        linear = not self.options_of(parameter).nl
        predictor = expand(formula.rhs, formula.source, columns=others) if linear else Predictor(intercept=False)
        if parameter != "mu" or self.autocor is None:
            return predictor
        added = expand(self.autocor.rhs, self.autocor.source).specials
        return replace(predictor, specials=predictor.specials + added)

    def __add__(self, other: object) -> ModelFormula | MultivariateFormula:
        """Return the formula with a family, an `Amendment` (`lf()`, `set_nl()`, ...) or a further response added."""
        if isinstance(other, Amendment):
            amended = self.amended(other)
            return amended if other.rescor is None else MultivariateFormula((amended,), other.rescor, amended.mecor)
        if getattr(other, "is_family", False):
            return replace(self, family=other)
        return MultivariateFormula((self,), mecor=self.mecor) + other

    def amended(self, change: Amendment) -> ModelFormula:
        """Return the formula with a change applied, but for what concerns several responses.

        Raises
        ------
        FormulaError
            If the change is for another response.
        """
        if change.resp not in (None, self.response_name):
            raise FormulaError(f"there is no response {change.resp!r} in\n{self}")
        fixed = {name: value for name, value in self.fixed.items() if name not in change.parameters} | dict(
            change.fixed
        )
        free = {name: formula for name, formula in self.parameters.items() if name not in change.fixed}
        options = dict(self.options)
        for name, changed in change.options.items():
            options[name] = replace(self.options_of(name), **changed)
        return replace(
            self,
            parameters=free | dict(change.parameters),
            fixed=fixed,
            options=options,
            autocor=change.autocor or self.autocor,
            unused=change.unused or self.unused,
            mecor=self.mecor if change.mecor is None else change.mecor,
        )

    def __str__(self) -> str:
        lines = [unparse(self.main)]
        lines += [f"{name} ~ {unparse(formula.rhs)}" for name, formula in self.parameters.items()]
        lines += [f"{name} = {_shown(value)}" for name, value in self.fixed.items()]
        lines += [] if self.autocor is None else [f"autocor ~ {unparse(self.autocor.rhs)}"]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"ModelFormula({'; '.join(str(self).splitlines())})"

    def to_dict(self) -> dict[str, Any]:
        """Return the formula as plain data that JSON can hold. The family is left out: it is no part of the formula's text."""
        return {
            "formula": self.main.source.text,
            "parameters": {name: formula.source.text for name, formula in self.parameters.items()},
            "fixed": dict(self.fixed),
            "options": {name: asdict(options) for name, options in self.options.items()},
            "autocor": self.autocor and self.autocor.source.text,
            "unused": self.unused and self.unused.source.text,
            "mecor": self.mecor,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ModelFormula:
        """Return the formula that `to_dict` wrote."""
        autocor, unused = data["autocor"], data["unused"]
        return cls(
            parse(data["formula"]),
            {name: one_sided(parse(text)) for name, text in data["parameters"].items()},
            data["fixed"],
            {name: ParameterOptions(**options) for name, options in data["options"].items()},
            autocor=None if autocor is None else parse(autocor),
            unused=None if unused is None else parse(unused),
            mecor=data["mecor"],
        )


@dataclass(frozen=True, repr=False)
class MultivariateFormula:
    """Formulas of a model of several responses.

    Attributes
    ----------
    formulas
        One for each response.
    rescor
        Whether residuals of the responses are correlated; None if nothing was said.
    mecor
        Whether the latent variables of `me()` terms are correlated.
    """

    formulas: tuple[ModelFormula, ...]
    rescor: bool | None = None
    mecor: bool = True

    def __post_init__(self) -> None:
        for place, formula in enumerate(self.formulas):
            if formula.response_name in self.response_names[:place]:
                message = f"two formulas have the response {formula.response_name!r}"
                raise formula.main.source.error(message, formula.response.span)

    @property
    def response_names(self) -> tuple[str, ...]:
        """Names of the responses in names of parameters."""
        return tuple(formula.response_name for formula in self.formulas)

    def __add__(self, other: object) -> MultivariateFormula:
        """Return the formula with further responses, a family for all, or an `Amendment` added."""
        match other:
            case ModelFormula():
                return replace(self, formulas=(*self.formulas, other), mecor=self.mecor and other.mecor)
            case MultivariateFormula():
                rescor = self.rescor if other.rescor is None else other.rescor
                return MultivariateFormula(self.formulas + other.formulas, rescor, self.mecor and other.mecor)
            case Amendment():
                return self._amended(other)
        if getattr(other, "is_family", False):
            return replace(self, formulas=tuple(replace(formula, family=other) for formula in self.formulas))
        advice = "add lf(), nlf(), set_nl(), set_rescor(), set_mecor(), acformula(), a family, or another bf()"
        raise FormulaError(f"cannot add {type(other).__name__} to a formula; {advice}")

    def _amended(self, change: Amendment) -> MultivariateFormula:
        rescor = self.rescor if change.rescor is None else change.rescor
        mecor = self.mecor if change.mecor is None else change.mecor
        formulas = self.formulas
        if change.concerns_response:
            place = self._place(change.resp)
            formulas = (*formulas[:place], formulas[place].amended(change), *formulas[place + 1 :])
        return MultivariateFormula(formulas, rescor, mecor)

    def _place(self, resp: str | None) -> int:
        names = self.response_names
        if resp is None and len(names) == 1:
            return 0
        if resp is None:
            raise FormulaError(f"say which response this is for: resp={' or '.join(map(repr, names))}")
        if resp not in names:
            raise FormulaError(f"there is no response {resp!r}; {nearest(resp, names)}")
        return names.index(resp)

    def __str__(self) -> str:
        return "\n".join(map(str, self.formulas))

    def __repr__(self) -> str:
        return f"MultivariateFormula({'; '.join(str(self).splitlines())})"

    def to_dict(self) -> dict[str, Any]:
        """Return the formula as plain data that JSON can hold. The families are left out."""
        return {
            "formulas": [formula.to_dict() for formula in self.formulas],
            "rescor": self.rescor,
            "mecor": self.mecor,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MultivariateFormula:
        """Return the formula that `to_dict` wrote."""
        return cls(tuple(map(ModelFormula.from_dict, data["formulas"])), data["rescor"], data["mecor"])


def _shown(value: FixedValue) -> str:
    return f"{value:g}" if isinstance(value, float) else value
