"""What a formula means for some data: terms with their designs, in the order of the parameters block, and default priors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

from partialpool.engine.expression import RowKernel
from partialpool.errors import FormulaError, nearest
from partialpool.families.base import Family
from partialpool.families.categories import CategoryFamily
from partialpool.families.composition import Level, likelihood
from partialpool.families.defaults import intercept_prior, parameter_prior, scale_prior
from partialpool.families.ordinal import OrdinalFamily
from partialpool.families.parameters import Parameter
from partialpool.formula.model_formula import ModelFormula, ParameterOptions
from partialpool.formula.nodes import Predictor, Source
from partialpool.frame.collation import collation
from partialpool.frame.columns import Frame
from partialpool.frame.contrasts import Coding
from partialpool.frame.missing import SUBSTITUTES, complete_rows, used_columns
from partialpool.frame.values import Value
from partialpool.model.response import ResponseTerm
from partialpool.priors.order import order_rows
from partialpool.priors.prior import Prior, PriorTable
from partialpool.terms.category_specific import CategorySpecificTerm
from partialpool.terms.group import GroupBlock, GroupMember, learn_member, number_blocks
from partialpool.terms.log_ratios import LogRatioCorrelations
from partialpool.terms.offset import OffsetTerm
from partialpool.terms.place import Place
from partialpool.terms.population import PopulationTerm
from partialpool.terms.scalar import ScalarParameter
from partialpool.terms.shares import SharesTerm
from partialpool.terms.thresholds import ThresholdTerm

__all__ = ["PredictorTerms", "Specification", "specify"]

Contrasts = Mapping[str, Coding]


@dataclass(frozen=True, eq=False)
class PredictorTerms:
    """The terms of one predicted parameter, group-level ones apart.

    Attributes
    ----------
    dpar
        Name of the distributional parameter, `mu` included.
    place
        Where it stands in names.
    population, offset, specific
        Its terms.
    """

    dpar: str
    place: Place
    population: PopulationTerm
    offset: OffsetTerm | None
    specific: CategorySpecificTerm | None = None

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Columns of the data that the terms read."""
        more = [term for term in (self.offset, self.specific) if term is not None]
        return (*self.population.columns_used, *(name for term in more for name in term.columns_used))

    def default_priors(self) -> list[Prior]:
        """Return the default rows of the terms."""
        return [*self.population.default_priors(), *(self.specific.default_priors() if self.specific else ())]


@dataclass(frozen=True, eq=False)
class Specification:
    """A model but for its priors.

    Attributes
    ----------
    formula, family
        As the user gave them.
    frame
        Complete rows of the data.
    response
        The response and its addition terms.
    parameters
        Distributional parameters in the family's order: terms of those that are predicted, and the others.
    blocks
        Group-level effects.
    sd_prior
        Default prior of their standard deviations.
    shares
        Vectors of shares that the family has beside its distributional parameters.
    """

    formula: ModelFormula
    family: Family
    frame: Frame
    response: ResponseTerm
    parameters: tuple[PredictorTerms | ScalarParameter, ...]
    blocks: tuple[GroupBlock, ...]
    sd_prior: str
    shares: tuple[SharesTerm, ...] = ()

    @property
    def log_ratios(self) -> LogRatioCorrelations:
        """The correlations of log ratios that the family has."""
        return LogRatioCorrelations(self.family.correlated)

    @property
    def predictors(self) -> tuple[PredictorTerms, ...]:
        """The parameters that are predicted."""
        return tuple(p for p in self.parameters if isinstance(p, PredictorTerms))

    @property
    def scalars(self) -> tuple[ScalarParameter, ...]:
        """The parameters that are not predicted."""
        return tuple(p for p in self.parameters if isinstance(p, ScalarParameter))

    @cached_property
    def likelihood(self) -> Callable[[frozenset[str]], RowKernel]:
        """The compiled likelihood of the response, given which kinds of intervals censoring and truncation make.

        For families that have a density as mathematics.
        """

        def compiled(kinds: frozenset[str]) -> RowKernel:
            return likelihood(self.family, self.levels, [*self.response.additions, *kinds])

        return cache(compiled)

    @property
    def levels(self) -> dict[str, Level]:
        """How each distributional parameter comes to the likelihood."""
        levels: dict[str, Level] = {p.dpar: "row" for p in self.predictors}
        for p in sorted(self.scalars, key=_is_tied):
            # A tied one comes as the parameter does that it equals; known standard errors take the place of sigma.
            if not _is_sigma_of_errors(self.family, p.place.dpar, self.response.additions):
                levels[p.place.dpar] = levels[p.value] if isinstance(p.value, str) else "scalar"
        for term in self.shares:
            levels |= dict.fromkeys(set(term.shares.elements) & set(self.family.dpars), "scalar")
        return levels

    @property
    def constants(self) -> dict[str, float]:
        """Numbers of the data that priors and bounds may name."""
        return {"min_Y": float(self.response.response(self.frame).min())}

    def default_priors(self) -> PriorTable:
        """Return the default prior of every parameter, in brms' order."""
        rows: list[Prior] = []
        for p in self.parameters:
            rows += p.default_priors()
        for term in self.shares:
            rows += term.default_priors()
        rows += self.log_ratios.default_priors()
        rows += self._priors_of_all_categories(rows)
        for block in self.blocks:
            rows += block.default_priors(self.sd_prior)
        return order_rows(PriorTable(tuple(dict.fromkeys(rows))))

    def _priors_of_all_categories(self, rows: Sequence[Prior]) -> list[Prior]:
        """Return the rows by which the coefficients of all categories can be given a prior at once."""
        if not isinstance(self.family, CategoryFamily):
            return []
        classes = {row.class_ for row in rows if not row.coef}
        return [Prior("", class_, source="default") for class_ in ("b", "Intercept") if class_ in classes]


def specify(formula: ModelFormula, family: Family, data: Frame, *, contrasts: Contrasts | None = None) -> Specification:
    """Return what a formula means for some data.

    Raises
    ------
    FormulaError
        If the formula names what the family does not have, or what is not supported yet.
    DataError
        If the data do not fit the formula or the family.
    """
    response = ResponseTerm.learn(formula.main, family)
    trees = {name: formula.predictor(name, columns=data.names) for name in ("mu", *formula.parameters)}
    for name, tree in trees.items():
        _refuse_unsupported(formula, name, tree)
    frame = _complete(formula, response, trees, data)
    raw = response.value(frame)
    response = response.with_groups(frame)
    known: dict[str, Value] = {**response.columns(frame), **response.constants(), **response.group_columns(frame)}
    family = family.bound(raw, known)
    response = replace(response, family=family)
    response.response(frame)
    _refuse_unknown(formula, family, response.additions)
    family = family.arranged(tuple(formula.parameters), formula.fixed)
    response = replace(response, family=family)
    shares = tuple(SharesTerm(Place(), one, family.dpars) for one in family.shares)
    named = {dpar: _formula_of(dpar, formula, family) for dpar in family.dpars}
    predicted = [_Predicted(dpar, name, trees[name], formula) for dpar, name in named.items() if name is not None]
    by_dpar = {p.dpar: p for p in predicted}
    parameters = tuple(
        _predictor(by_dpar[dpar], family, raw, frame, contrasts)
        if dpar in by_dpar
        else _scalar(formula, family, dpar, raw, response.additions)
        for dpar in family.dpars
        if dpar in by_dpar or dpar in family.single_dpars
    )
    _refuse_unordered(family, parameters)
    # Groups are numbered parameter by parameter: the main ones, then the others as the formulas name them.
    in_turn = dict.fromkeys([*family.main_dpars, *formula.parameters])
    members = [member for dpar in in_turn for member in _members(by_dpar[dpar], frame, contrasts)]
    blocks = tuple(number_blocks(members, {p.place: p.source for p in predicted}))
    return Specification(formula, family, frame, response, parameters, blocks, scale_prior(family, raw), shares)


@dataclass(frozen=True)
class _Predicted:
    """A distributional parameter with the formula that predicts it, `name` in the model's formula."""

    dpar: str
    name: str
    tree: Predictor
    formula: ModelFormula

    @property
    def place(self) -> Place:
        return Place("" if self.dpar == "mu" else self.dpar)

    @property
    def source(self) -> Source:
        return self.formula.formula_of(self.name).source

    @property
    def options(self) -> ParameterOptions:
        return self.formula.options_of(self.name)


def _formula_of(dpar: str, formula: ModelFormula, family: Family) -> str | None:
    """Return the name under which a parameter's formula stands, None if it has none."""
    if dpar in formula.parameters:
        return dpar
    return "mu" if dpar in family.main_dpars else None


def _complete(formula: ModelFormula, response: ResponseTerm, trees: Mapping[str, Predictor], data: Frame) -> Frame:
    """Return the rows that are complete in all columns that the model reads, without unused levels."""
    columns = [name for tree in trees.values() for name in _columns_of(tree)]
    unused = () if formula.unused is None else used_columns(formula.unused.rhs)
    named = [name for name in (*response.columns_used, *columns, *unused) if name in data or name not in SUBSTITUTES]
    frame, _ = complete_rows(response.rows_used(data), named)
    return frame.drop_unused_levels()


def _refuse_unknown(formula: ModelFormula, family: Family, additions: tuple[str, ...]) -> None:
    for name in (*formula.parameters, *formula.fixed):
        if name not in family.dpars:
            raise FormulaError(
                f"{name!r} is not a parameter of family {family.name}; {nearest(name, family.dpars)}"
                + ("" if not formula.options_of("mu").nl else " (nonlinear formulas are not supported yet)")
            )
        if _is_sigma_of_errors(family, name, additions):
            raise FormulaError(
                f"the known errors of se() take the place of {name}; write se(..., sigma = TRUE) to have both"
            )
    for name in family.main_dpars:
        if name in formula.fixed:
            raise FormulaError(f"{name} cannot be fixed; give it a formula, as in 'y ~ 1'")
    for name, value in formula.fixed.items():
        if isinstance(value, str):
            _check_tie(name, value, formula, family)
        else:
            _check_fixed(name, value, family.parameter(name))


def _is_tied(p: ScalarParameter) -> bool:
    return isinstance(p.value, str)


def _is_sigma_of_errors(family: Family, dpar: str, additions: tuple[str, ...]) -> bool:
    """Return whether known standard errors take the place of a parameter."""
    return family.owner(dpar)[1] == "sigma" and "se" in additions and "se_sigma" not in additions


def _refuse_unordered(family: Family, parameters: tuple[PredictorTerms | ScalarParameter, ...]) -> None:
    """Refuse an order of intercepts that are not there, or not at the means of the predictors."""
    for p in parameters:
        if isinstance(p, PredictorTerms) and p.dpar in family.ordered and not p.population.has_intercept:
            raise FormulaError(
                f"the components of the mixture are told apart by the order of their intercepts, and {p.dpar} has none "
                "that is centred; use mixture(..., order='none')"
            )


def _check_tie(name: str, other: str, formula: ModelFormula, family: Family) -> None:
    """Refuse what a parameter cannot equal."""
    if other not in family.dpars:
        raise FormulaError(f"{name} is tied to {other!r}; {nearest(other, family.dpars)}")
    if other == name or isinstance(formula.fixed.get(other), str):
        raise FormulaError(f"{name} is tied to {other}, which must be a parameter of its own")
    here, there = family.parameter(name), family.parameter(other)
    if (here.links, here.lower, here.upper) != (there.links, there.lower, there.upper):
        raise FormulaError(f"{name} is tied to {other}, a parameter of another kind: their bounds or links differ")
    predicted = other in formula.parameters or other in family.main_dpars
    if predicted and family.link_of(other) != family.link_of(name):
        raise FormulaError(
            f"{name} is tied to {other}, which is predicted with another link; give {name} a formula of its own"
        )


def _check_fixed(name: str, value: float, parameter: Parameter) -> None:
    lower, upper = parameter.lower, parameter.upper
    positive = lower == 0 and upper is None
    above = lower is None or value > lower or (value == lower and not positive)
    if not (above and (not isinstance(upper, int | float) or value <= upper)):
        bounds = "positive" if positive else f"at least {lower:g}" if upper is None else f"from {lower} to {upper}"
        raise FormulaError(f"{name} is fixed at {value:g}, but must be {bounds}")


def _refuse_unsupported(formula: ModelFormula, name: str, tree: Predictor) -> None:
    source = formula.formula_of(name).source
    options = formula.options_of(name)
    if options.nl:
        raise FormulaError(f"nonlinear formulas are not supported yet: {source.text!r}")
    if options.sparse and options.decomp == "QR":
        raise source.error(
            "a sparse design is not decomposed; drop sparse, or decomp", formula.formula_of(name).rhs.span
        )
    for special in tree.specials:
        if special.calls[0].function == "cs" and not special.factors:
            continue
        raise source.error(f"{special.calls[0].function}() is not supported yet", special.calls[0].span)


def _columns_of(tree: Predictor) -> Iterator[str]:
    for term in tree.terms:
        for factor in term.factors:
            yield from used_columns(factor)
    for special in tree.specials:
        for node in (*special.calls, *special.factors):
            yield from used_columns(node)
    for offset in tree.offsets:
        yield from used_columns(offset)
    for group in tree.groups:
        yield from group.groups
        yield from _columns_of(group.coefficients)


def _predictor(p: _Predicted, family: Family, y: Value, frame: Frame, contrasts: Contrasts | None) -> PredictorTerms:
    offset = OffsetTerm.learn(p.tree.offsets, frame, p.source) if p.tree.offsets else None
    prior = intercept_prior(family, p.dpar, y, None if offset is None else offset.values(frame))
    thresholds = None
    if isinstance(family, OrdinalFamily) and family.layout is not None and p.dpar == "mu":
        thresholds = ThresholdTerm(p.place, family.layout, prior)
    population = PopulationTerm.learn(
        p.place,
        p.tree,
        frame,
        source=p.source,
        center=p.options.center is not False and not p.options.sparse,
        cmc=p.options.cmc,
        qr=p.options.decomp == "QR",
        sparse=p.options.sparse,
        contrasts=contrasts,
        intercept_prior=prior,
        thresholds=thresholds,
    )
    specific = None
    if p.tree.specials:
        calls = [call for special in p.tree.specials for call in special.calls]
        specific = CategorySpecificTerm.learn(p.place, calls, family, frame, source=p.source, contrasts=contrasts)
    return PredictorTerms(p.dpar, p.place, population, offset, specific)


def _scalar(formula: ModelFormula, family: Family, dpar: str, y: Value, additions: tuple[str, ...]) -> ScalarParameter:
    parameter = family.parameter(dpar)
    value = family.held(formula.fixed).get(dpar)
    if _is_sigma_of_errors(family, dpar, additions):
        value = 0.0  # known standard errors take its place
    free = dpar in family.rescaled and value is None
    prior, listed = parameter_prior(family, dpar, y), dpar not in family.unlisted
    return ScalarParameter(Place(dpar), parameter.lower, parameter.upper, prior, value, free, listed)


def _members(p: _Predicted, frame: Frame, contrasts: Contrasts | None) -> Iterator[GroupMember]:
    """Yield the group-level terms of a parameter, sorted by the name of the group."""
    for group in sorted(p.tree.groups, key=lambda term: collation(term.name)):
        yield learn_member(p.place, group, frame, source=p.source, cmc=p.options.cmc, contrasts=contrasts)
