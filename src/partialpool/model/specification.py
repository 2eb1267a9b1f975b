"""What a formula means for some data: terms with their designs, in the order of the parameters block, and default priors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from partialpool.errors import FormulaError, nearest
from partialpool.families.base import Family
from partialpool.families.defaults import intercept_prior, parameter_prior, scale_prior
from partialpool.formula.model_formula import ModelFormula
from partialpool.formula.nodes import GroupTerm, Predictor
from partialpool.frame.columns import Frame
from partialpool.frame.contrasts import Coding
from partialpool.frame.missing import complete_rows, used_columns
from partialpool.frame.values import Value
from partialpool.model.response import ResponseTerm
from partialpool.priors.collation import order_rows
from partialpool.priors.prior import Prior, PriorTable
from partialpool.terms.group import GroupBlock, GroupMember, learn_member, number_blocks
from partialpool.terms.offset import OffsetTerm
from partialpool.terms.place import Place
from partialpool.terms.population import PopulationTerm
from partialpool.terms.scalar import ScalarParameter

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
    population, offset
        Its terms.
    """

    dpar: str
    place: Place
    population: PopulationTerm
    offset: OffsetTerm | None

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Columns of the data that the terms read."""
        return (*self.population.columns_used, *(self.offset.columns_used if self.offset else ()))


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
    """

    formula: ModelFormula
    family: Family
    frame: Frame
    response: ResponseTerm
    parameters: tuple[PredictorTerms | ScalarParameter, ...]
    blocks: tuple[GroupBlock, ...]
    sd_prior: str

    @property
    def predictors(self) -> tuple[PredictorTerms, ...]:
        """The parameters that are predicted."""
        return tuple(p for p in self.parameters if isinstance(p, PredictorTerms))

    @property
    def scalars(self) -> tuple[ScalarParameter, ...]:
        """The parameters that are not predicted."""
        return tuple(p for p in self.parameters if isinstance(p, ScalarParameter))

    def default_priors(self) -> PriorTable:
        """Return the default prior of every parameter, in brms' order."""
        rows: list[Prior] = []
        for p in self.parameters:
            rows += p.population.default_priors() if isinstance(p, PredictorTerms) else p.default_priors()
        for block in self.blocks:
            rows += block.default_priors(self.sd_prior)
        return order_rows(PriorTable(tuple(dict.fromkeys(rows))))


def specify(formula: ModelFormula, family: Family, data: Frame, *, contrasts: Contrasts | None = None) -> Specification:
    """Return what a formula means for some data.

    Raises
    ------
    FormulaError
        If the formula names what the family does not have, or what is not supported yet.
    DataError
        If the data do not fit the formula or the family.
    """
    _refuse_unknown(formula, family)
    response = ResponseTerm.learn(formula.main, family)
    predicted = ("mu", *(name for name in formula.parameters if name != "mu"))
    trees = {name: formula.predictor(name, columns=data.names) for name in predicted}
    for name, tree in trees.items():
        _refuse_unsupported(formula, name, tree)
    columns = [name for tree in trees.values() for name in _columns_of(tree)]
    unused = () if formula.unused is None else used_columns(formula.unused.rhs)
    reserved = [name for name in columns if name != "Intercept" or name in data]
    frame, _ = complete_rows(data, [*response.columns_used, *reserved, *unused])
    frame = frame.drop_unused_levels()
    y, raw = response.response(frame), response.value(frame)
    offsets = {name: _offset(formula, name, trees[name], frame) for name in predicted}
    parameters: list[PredictorTerms | ScalarParameter] = []
    for dpar in family.dpars:
        if dpar in predicted:
            offset = offsets[dpar]
            prior = intercept_prior(family, dpar, raw, None if offset is None else offset.values(frame))
            parameters.append(_predictor(formula, dpar, trees[dpar], frame, offset, prior, contrasts))
        else:
            parameters.append(_scalar(formula, family, dpar, raw, y.min(), response.additions))
    members = list(_members(formula, trees, family.dpars, frame, contrasts))
    sources = {Place(_named(dpar)): formula.formula_of(dpar).source for dpar in predicted}
    blocks = tuple(number_blocks(members, sources))
    return Specification(formula, family, frame, response, tuple(parameters), blocks, scale_prior(family, raw))


def _named(dpar: str) -> str:
    return "" if dpar == "mu" else dpar


def _refuse_unknown(formula: ModelFormula, family: Family) -> None:
    for name in (*formula.parameters, *formula.fixed):
        if name not in family.dpars:
            raise FormulaError(
                f"{name!r} is not a parameter of family {family.name}; {nearest(name, family.dpars)}"
                + ("" if not formula.options_of("mu").nl else " (nonlinear formulas are not supported yet)")
            )
    if "mu" in formula.fixed:
        raise FormulaError("mu cannot be fixed; give it a formula, as in 'y ~ 1'")
    for name, value in formula.fixed.items():
        if isinstance(value, str) and value not in family.dpars:
            raise FormulaError(f"{name} is tied to {value!r}; {nearest(value, family.dpars)}")


def _refuse_unsupported(formula: ModelFormula, name: str, tree: Predictor) -> None:
    source = formula.formula_of(name).source
    options = formula.options_of(name)
    if options.nl:
        raise FormulaError(f"nonlinear formulas are not supported yet: {source.text!r}")
    if options.sparse:
        raise FormulaError("sparse = True is not supported yet; leave it out")
    for special in tree.specials:
        raise source.error(f"{special.calls[0].function}() is not supported yet", special.calls[0].span)


def _columns_of(tree: Predictor) -> Iterator[str]:
    for term in tree.terms:
        for factor in term.factors:
            yield from used_columns(factor)
    for offset in tree.offsets:
        yield from used_columns(offset)
    for group in tree.groups:
        yield from group.groups
        yield from _columns_of(group.coefficients)


def _offset(formula: ModelFormula, name: str, tree: Predictor, frame: Frame) -> OffsetTerm | None:
    return OffsetTerm.learn(tree.offsets, frame, formula.formula_of(name).source) if tree.offsets else None


def _predictor(
    formula: ModelFormula,
    dpar: str,
    tree: Predictor,
    frame: Frame,
    offset: OffsetTerm | None,
    prior: str,
    contrasts: Contrasts | None,
) -> PredictorTerms:
    options = formula.options_of(dpar)
    place = Place(_named(dpar))
    population = PopulationTerm.learn(
        place,
        tree,
        frame,
        source=formula.formula_of(dpar).source,
        center=options.center is not False,
        cmc=options.cmc,
        qr=options.decomp == "QR",
        contrasts=contrasts,
        intercept_prior=prior,
    )
    return PredictorTerms(dpar, place, population, offset)


def _scalar(
    formula: ModelFormula, family: Family, dpar: str, y: Value, smallest: float, additions: tuple[str, ...]
) -> ScalarParameter:
    parameter = family.parameter(dpar)
    value = formula.fixed.get(dpar)
    if dpar == "sigma" and "se" in additions and "se_sigma" not in additions:
        value = 0.0  # known standard errors take its place
    upper = float(smallest) if parameter.upper == "min_Y" else parameter.upper
    assert not isinstance(upper, str)  # noqa: S101  (min_Y is the only name)
    return ScalarParameter(Place(dpar), parameter.lower, upper, parameter_prior(family, dpar, y), value)


def _members(
    formula: ModelFormula,
    trees: Mapping[str, Predictor],
    dpars: tuple[str, ...],
    frame: Frame,
    contrasts: Contrasts | None,
) -> Iterator[GroupMember]:
    """Yield the group-level terms parameter by parameter, within each sorted by the name of the group."""
    for dpar in dpars:
        if dpar in trees:
            source, cmc = formula.formula_of(dpar).source, formula.options_of(dpar).cmc
            for group in sorted(trees[dpar].groups, key=_by_name):
                yield learn_member(Place(_named(dpar)), group, frame, source=source, cmc=cmc, contrasts=contrasts)


def _by_name(group: GroupTerm) -> tuple[str, str]:
    return group.name.casefold(), group.name
