"""A specification and its priors become a model: parameters and outputs in brms' order, and the tape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from partialpool.engine.constraints import Increasing
from partialpool.engine.ops.affine import Affine
from partialpool.engine.tape import BLOCK, Section, Slot, Tape
from partialpool.errors import DataError, PriorError
from partialpool.families.composition import likelihood
from partialpool.families.events import event_columns
from partialpool.families.mixtures import Mixture
from partialpool.frame.columns import Frame
from partialpool.frame.values import Value
from partialpool.model.model import Model
from partialpool.model.specification import PredictorTerms, Specification
from partialpool.priors.resolution import ResolvedPriors
from partialpool.priors.sampling import shared_variables
from partialpool.terms.declarations import Declarations
from partialpool.terms.output import RANKS, Output
from partialpool.terms.scalar import ScalarParameter

__all__ = ["add_category", "add_component", "add_likelihood", "build"]


def build(spec: Specification, priors: ResolvedPriors, *, prior_only: bool = False) -> Model:
    """Return the model of a specification.

    Parameters
    ----------
    spec
        Terms, designs and data.
    priors
        Prior of every parameter.
    prior_only
        Whether the likelihood is left out, so that draws are draws from the prior.

    Raises
    ------
    PriorError
        If the likelihood is left out and a parameter has no proper prior.
    """
    tape = Tape()
    to = Declarations(tape, priors)
    rescaled = [p for p in spec.scalars if p.free]
    section = tape.section(spec.frame.n_rows, spec.frame.n_rows if rescaled else BLOCK)
    slots = _declare_parameters(spec, to, section)
    for block in spec.blocks:
        r = block.declare(to)
        for p in spec.predictors:
            block.add(section, slots[p.dpar], p.place, spec.frame, r)
    for p in spec.predictors:
        if p.offset is not None:
            p.offset.add(section, slots[p.dpar], spec.frame)
    log_likelihood = None
    if prior_only:
        _refuse_flat(to)
        _refuse_rescaled(rescaled)
    else:
        for scalar in rescaled:
            slots[scalar.place.dpar] = _rescale(section, spec, scalar, slots, to)
        log_likelihood = add_likelihood(section, spec, slots, spec.frame)
    place = {dpar: i for i, dpar in enumerate(spec.family.dpars)}  # a tied one is declared after that which it equals
    outputs = tuple(sorted(to.outputs, key=lambda it: (RANKS.index(it.rank), place.get(it.variable, len(place)))))
    _refuse_twins(outputs)
    drawable = {
        name: prior for block, found in to.drawable.items() for name, prior in shared_variables(block, found).items()
    }
    return Model(spec, priors, tape, tuple(to.parameters), outputs, log_likelihood, drawable, to.dimensions)


def _refuse_twins(outputs: Sequence[Output]) -> None:
    """Refuse variables of one name, such as the effect of `sigma_x` on mu and that of `x` on sigma."""
    seen: set[str] = set()
    for name in (name for output in outputs for name in output.names):
        if name in seen:
            raise DataError(f"two variables of the model would be called {name!r}; rename the column or the level")
        seen.add(name)


def _declare_parameters(spec: Specification, to: Declarations, section: Section) -> dict[str, Slot]:
    """Declare the parameters of all but the groups; return the slot of each distributional parameter."""
    slots: dict[str, Slot] = {}
    tied = []
    increasing = to.tape.slot(len(spec.family.ordered))
    for p in spec.parameters:
        if isinstance(p, PredictorTerms):
            slots[p.dpar] = section.slot()
            intercept = increasing[spec.family.ordered.index(p.dpar)] if p.dpar in spec.family.ordered else None
            thresholds = p.population.declare(to, section, slots[p.dpar], spec.frame, intercept)
            if thresholds is not None:
                slots["thresholds"] = thresholds
            if p.specific is not None:
                slots["specific"] = p.specific.declare(to, section, spec.frame)
        elif isinstance(p.value, str):
            tied.append(p)
        else:
            slots[p.place.dpar] = p.declare(to, slots)
    for p in tied:
        slots[p.place.dpar] = p.declare(to, slots)
    for term in spec.shares:
        slots |= term.declare(to)
    slots |= spec.log_ratios.declare(to)
    if spec.family.ordered:
        _declare_ordered(spec, to, increasing)
    return slots


def _declare_ordered(spec: Specification, to: Declarations, intercepts: Slot) -> None:
    """Declare intercepts that must increase, each with its own prior, and copy them to the slot that predictors read."""
    places = [next(p.place for p in spec.predictors if p.dpar == dpar) for dpar in spec.family.ordered]
    labels = [place.name("Intercept") for place in places]
    ordered = to.vector(
        *("ordered_Intercept", "Intercept", [""] * len(places)), places=places, labels=labels, constraint=Increasing()
    )
    to.tape.add(Affine(intercepts, ordered, ordered, np.zeros((len(places), len(places)))))


def add_likelihood(section: Section, spec: Specification, slots: Mapping[str, Slot], frame: Frame) -> Slot:
    """Add the likelihood of a frame's rows to a section; return the row slot of the log density of each row."""
    columns = {"y": spec.response.response(frame), **spec.response.columns(frame)}
    own = spec.family.add_rows(
        section, slots, spec.response.additions, {**columns, **spec.response.group_columns(frame)}
    )
    if own is not None:
        return own
    out = section.slot()
    described, kinds = event_columns(spec.family, columns)
    section.add(spec.likelihood(kinds).op(slots, {**columns, **described}, out))
    return out


def add_category(
    section: Section, spec: Specification, slots: Mapping[str, Slot], frame: Frame, category: float
) -> Slot:
    """Add the log probability that each row's response is a category; return its row slot."""
    columns: dict[str, Value] = {"y": np.full(frame.n_rows, category), **spec.response.group_columns(frame)}
    out = spec.family.add_rows(section, slots, (), columns)
    assert out is not None  # noqa: S101  (families of categories have an op of their own)
    return out


def add_component(
    section: Section, spec: Specification, family: Mixture, slots: Mapping[str, Slot], frame: Frame, number: int
) -> Slot:
    """Add the log density of one component of a mixture (counted from 1), without weights; return its row slot."""
    columns = {"y": spec.response.response(frame), **spec.response.columns(frame)}
    described, kinds = event_columns(family.components[number - 1], columns)
    additions = [*(name for name in spec.response.additions if name != "weights"), *kinds]
    kernel = likelihood(family.components[number - 1], family.part(number, spec.levels), additions)
    out = section.slot()
    section.add(kernel.op(family.part(number, slots), {**columns, **described}, out))
    return out


def _rescale(
    section: Section, spec: Specification, scalar: ScalarParameter, slots: Mapping[str, Slot], to: Declarations
) -> Slot:
    """Turn the free number of a parameter into the parameter; list both and return its slot."""
    columns = {"y": spec.response.response(spec.frame), **spec.response.columns(spec.frame)}
    slot = spec.family.add_rescaled(section, scalar.place.dpar, slots, columns)
    scalar.add_outputs(to, slot, slots[scalar.place.dpar])
    return slot


def _refuse_rescaled(rescaled: Sequence[ScalarParameter]) -> None:
    for scalar in rescaled:
        raise PriorError(
            f"the range of {scalar.name} depends on the responses, so that there is no sampling from its prior only; "
            f"fix it, or give it a formula as in bf('y ~ x', '{scalar.name} ~ 1')"
        )


def _refuse_flat(to: Declarations) -> None:
    flat = [name for found in to.drawable.values() for name, prior in found.items() if prior.distribution is None]
    if flat:
        raise PriorError(
            "sampling from the prior only needs a proper prior for every parameter; those of "
            + ", ".join(flat[:8])
            + (f" and {len(flat) - 8} more" if len(flat) > 8 else "")
            + " are flat. Set some, for example prior('normal(0, 1)', class_='b')"
        )
