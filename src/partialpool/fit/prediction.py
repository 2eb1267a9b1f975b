"""Predictors of rows for each draw, by the forward half of the tape, piece by piece within a memory budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.tape import Slot, Tape
from partialpool.errors import DataError, nearest
from partialpool.families.additions import addition_of
from partialpool.families.mixtures import Mixture
from partialpool.families.outcomes import draw as draw_response
from partialpool.families.outcomes import epred as expected_response
from partialpool.fit.request import Request
from partialpool.frame.columns import Frame
from partialpool.model.build import add_category, add_component, add_likelihood
from partialpool.terms.inputs import Inputs

__all__ = ["MEMORY_BUDGET", "distributional_parameter", "epred", "linpred", "log_lik", "log_memberships", "predict"]

MEMORY_BUDGET = 256 * 2**20
"""Bytes that a prediction may use beside its result."""

Array: TypeAlias = NDArray[np.float64]
_Compute: TypeAlias = Callable[[Request, Frame, NDArray[np.int64], int], Array]

_ARRAYS_PER_CELL = 8  # predictors, parameters and intermediate results of one draw and row


def linpred(request: Request, dpar: str = "mu", *, transform: bool = False) -> Array:
    """Return the linear predictor of a distributional parameter: [draw, row].

    That of mu in a model of categories, [draw, row, parameter], has the predictors of `muB`, `muC`, ..., in this order.

    Parameters
    ----------
    request
        Rows and draws.
    dpar
        Name of a parameter that is predicted.
    transform
        Whether to return the parameter itself, through the inverse link.

    Raises
    ------
    DataError
        If the parameter is not predicted.
    """
    spec = request.fit.model.spec
    predicted = [p.dpar for p in spec.predictors]
    if not isinstance(transform, bool):
        raise DataError(f"transform={transform!r}; it must be True or False")
    if isinstance(dpar, str) and dpar == "mu" and spec.family.categories and dpar not in predicted:
        return np.stack([linpred(request, one, transform=transform) for one in spec.family.main_dpars], axis=-1)
    if not isinstance(dpar, str) or dpar not in predicted:
        raise DataError(f"{dpar!r} has no linear predictor; {nearest(dpar, predicted)}")

    def compute(request: Request, frame: Frame, picked: NDArray[np.int64], start: int) -> Array:
        eta = _etas(request, frame, picked, [dpar])[dpar]
        return np.asarray(spec.family.link_of(dpar).inverse(eta)) if transform else eta

    return _by_pieces(request, compute)


def distributional_parameter(request: Request, dpar: str) -> Array:
    """Return a distributional parameter on its natural scale: [draw, row].

    Raises
    ------
    DataError
        If the family has no such parameter.
    """
    spec = request.fit.model.spec
    if not isinstance(dpar, str) or dpar not in spec.family.dpars:
        raise DataError(f"family {spec.family.name} has no parameter {dpar!r}; {nearest(dpar, spec.family.dpars)}")

    def compute(request: Request, frame: Frame, picked: NDArray[np.int64], start: int) -> Array:
        value = _parameters(request, frame, picked)[dpar]
        return np.broadcast_to(value, (len(picked), frame.n_rows))

    return _by_pieces(request, compute)


def epred(request: Request) -> Array:
    """Return the mean of the response, [draw, row]; of a response by category, or its probabilities, [draw, row, category]."""
    spec = request.fit.model.spec
    if spec.family.category_values:
        return _by_pieces(request, _probabilities)

    def compute(request: Request, frame: Frame, picked: NDArray[np.int64], start: int) -> Array:
        parameters = _parameters(request, frame, picked)
        mean = expected_response(spec.family, parameters, spec.response.additions, _columns(request, frame))
        return np.broadcast_to(mean, (len(picked), frame.n_rows, *mean.shape[2:]))

    return _by_pieces(request, compute)


def predict(request: Request, *, negative_rt: bool = False) -> Array:
    """Return random responses: [draw, row], matrices [draw, row, category].

    Parameters
    ----------
    request
        Rows and draws.
    negative_rt
        Whether response times of lower-boundary decisions are negative; for the family wiener.

    Raises
    ------
    DataError
        If the family has no such times.
    """
    spec = request.fit.model.spec
    if not isinstance(negative_rt, bool):
        raise DataError(f"negative_rt={negative_rt!r}; it must be True or False")
    if negative_rt and "negative_rt" not in spec.family.draw_options:
        raise DataError(f"negative_rt is for response times of family wiener; that of the fit is {spec.family}")
    flags = {"negative_rt": True} if negative_rt else {}

    def compute(request: Request, frame: Frame, picked: NDArray[np.int64], start: int) -> Array:
        rng = np.random.default_rng([request.seed, 2, start, int(picked[0])])
        if spec.family.category_values:
            return _drawn_categories(rng, _probabilities(request, frame, picked, start), spec.family.category_values)
        shape = (len(picked), frame.n_rows)
        parameters = {
            name: np.broadcast_to(value, shape) for name, value in _parameters(request, frame, picked).items()
        }
        columns = _columns(request, frame)
        return draw_response(spec.family, rng, parameters, spec.response.additions, columns, **flags)

    return _by_pieces(request, compute)


def log_lik(request: Request) -> Array:
    """Return the log density of each row's response, weights included: [draw, row]."""
    spec = request.fit.model.spec

    def compute(request: Request, frame: Frame, picked: NDArray[np.int64], start: int) -> Array:
        tape, inputs = _opened(request, picked)
        section = tape.section(frame.n_rows)
        slots = _add_parameters(request, frame, inputs, section)
        out = add_likelihood(section, spec, slots, frame)
        return np.asarray(_run(tape, inputs, [out], frame.n_rows)[0])

    return _by_pieces(request, compute)


def log_memberships(request: Request) -> Array:
    """Return the log probability that each row comes from each component of a mixture: [draw, row, component]."""
    spec = request.fit.model.spec
    family = spec.family
    assert isinstance(family, Mixture)  # noqa: S101  (the caller asked for components)

    def compute(request: Request, frame: Frame, picked: NDArray[np.int64], start: int) -> Array:
        tape, inputs = _opened(request, picked)
        section = tape.section(frame.n_rows)
        slots = _add_parameters(request, frame, inputs, section)
        numbers = range(1, len(family.components) + 1)
        outs = [add_component(section, spec, family, slots, frame, number) for number in numbers]
        densities = _run(tape, inputs, outs, frame.n_rows)
        shares = _parameters(request, frame, picked)
        joint = densities + np.stack(np.broadcast_arrays(*(np.log(shares[theta]) for theta in family.thetas)))
        return np.moveaxis(joint - np.logaddexp.reduce(joint, axis=0), 0, 2)

    return _by_pieces(request, compute)


def _probabilities(request: Request, frame: Frame, picked: NDArray[np.int64], start: int) -> Array:
    """Return the probability of each category: [draw, row, category]."""
    spec = request.fit.model.spec
    tape, inputs = _opened(request, picked)
    section = tape.section(frame.n_rows)
    slots = _add_parameters(request, frame, inputs, section)
    outs = [add_category(section, spec, slots, frame, value) for value in spec.family.category_values]
    return np.exp(np.moveaxis(_run(tape, inputs, outs, frame.n_rows), 0, 2))


def _drawn_categories(rng: np.random.Generator, probabilities: Array, values: Sequence[float]) -> Array:
    """Return a random category for each draw and row: [draw, row]."""
    upper = np.cumsum(probabilities, axis=2)
    u = rng.random(probabilities.shape[:2])[:, :, None] * upper[:, :, -1:]
    chosen: Array = np.asarray(values)[(u >= upper[:, :, :-1]).sum(axis=2)]
    return chosen


def _by_pieces(request: Request, compute: _Compute) -> Array:
    """Return an array [draw, row, ...] computed for some rows and some draws at a time."""
    n_draws, n_rows = len(request.picked), request.frame.n_rows
    result: Array | None = None
    for rows in _ranges(n_rows, MEMORY_BUDGET // (8 * _arrays(request) * min(n_draws, 4000))):
        whole = rows == slice(0, n_rows)
        frame = request.frame if whole else request.frame.select_rows(np.arange(rows.start, rows.stop))
        for draws in _ranges(n_draws, MEMORY_BUDGET // (8 * _arrays(request) * frame.n_rows)):
            piece = compute(request, frame, request.picked[draws], rows.start)
            if result is None:
                result = np.empty((n_draws, n_rows, *piece.shape[2:]))
            result[draws, rows] = piece
    assert result is not None  # noqa: S101  (there is a row and a draw)
    return result


def _arrays(request: Request) -> int:
    """Return how many numbers are at hand at once for one draw and row."""
    family = request.fit.model.spec.family
    # Each row may have a level of its own in each group: its effects, drawn for the occasion if it is new.
    effects = sum(len(block.coefficients) for block in request.fit.model.spec.blocks)
    per_effect = 5 if request.new.allowed else 1
    return _ARRAYS_PER_CELL + 3 * (len(family.categories) + len(family.components)) + per_effect * effects


def _ranges(size: int, step: int) -> Iterator[slice]:
    step = max(1, step)
    for start in range(0, size, step):
        yield slice(start, min(size, start + step))


def _opened(request: Request, picked: NDArray[np.int64]) -> tuple[Tape, Inputs]:
    tape = Tape()
    draws = request.fit.draws
    return tape, Inputs(tape, draws.names, draws.flat, picked, request.seed)


def _add_parameters(request: Request, frame: Frame, inputs: Inputs, section: Any) -> dict[str, Slot]:
    """Add all that the density of a row needs; return the slot of each distributional parameter."""
    spec = request.fit.model.spec
    slots = _add_predictors(request, frame, inputs, section, [p.dpar for p in spec.predictors])
    for p in spec.predictors:
        if p.population.thresholds is not None:
            slots["thresholds"] = p.population.thresholds.predict(inputs)
        if p.specific is not None:
            slots["specific"] = p.specific.predict(section, frame, inputs)
    for scalar in spec.scalars:
        if not isinstance(scalar.value, str):
            slots[scalar.place.dpar] = scalar.predict(inputs)
    for term in spec.shares:
        slots |= term.predict(inputs)
    slots |= spec.log_ratios.predict(inputs)
    return slots | {one.place.dpar: slots[one.value] for one in spec.scalars if isinstance(one.value, str)}


def _add_predictors(
    request: Request, frame: Frame, inputs: Inputs, section: Any, dpars: Sequence[str]
) -> dict[str, Slot]:
    """Add the row ops of some predictors to a section; return their slots."""
    spec = request.fit.model.spec
    wanted = [p for p in spec.predictors if p.dpar in dpars]
    slots = {p.dpar: section.slot() for p in wanted}
    for p in wanted:
        p.population.predict(section, slots[p.dpar], frame, inputs)
    places = {p.place: slots[p.dpar] for p in wanted}
    for block in spec.blocks:
        block.predict(section, places, frame, inputs, request.new)
    for p in wanted:
        if p.offset is not None:
            p.offset.add(section, slots[p.dpar], frame)
    return slots


def _run(tape: Tape, inputs: Inputs, slots: Sequence[Slot], n_rows: int) -> Array:
    """Return row slots for all draws: [slot, draw, row]; input vectors are gathered within the memory budget."""
    program = tape.compile()
    out = np.empty((len(slots), inputs.n_draws, n_rows))
    for draws in _ranges(inputs.n_draws, MEMORY_BUDGET // (8 * max(1, program.n_inputs))):
        out[:, draws] = program.rows(0, inputs.matrix(draws.start, draws.stop), slots, 0, n_rows)
    return out


def _etas(request: Request, frame: Frame, picked: NDArray[np.int64], dpars: Sequence[str]) -> dict[str, Array]:
    tape, inputs = _opened(request, picked)
    section = tape.section(frame.n_rows)
    slots = _add_predictors(request, frame, inputs, section, dpars)
    values = _run(tape, inputs, list(slots.values()), frame.n_rows)
    return dict(zip(slots, values, strict=True))


def _parameters(request: Request, frame: Frame, picked: NDArray[np.int64]) -> dict[str, Array]:
    """Return all distributional parameters: [draw, row] where predicted, else [draw, 1]."""
    spec, draws = request.fit.model.spec, request.fit.draws
    etas = _etas(request, frame, picked, [p.dpar for p in spec.predictors])
    found = {dpar: np.asarray(spec.family.link_of(dpar).inverse(eta)) for dpar, eta in etas.items()}
    tied = {p.place.dpar: p.value for p in spec.scalars if isinstance(p.value, str)}
    for p in spec.scalars:
        if p.place.dpar not in tied:
            found[p.place.dpar] = p.values(draws, picked)
    for term in spec.shares:
        found |= {name: draws[name].reshape(-1)[picked][:, None] for name in term.names}
    found |= {name: draws[name].reshape(-1)[picked][:, None] for name in spec.log_ratios.variables}
    found |= {dpar: found[other] for dpar, other in tied.items()}
    return spec.family.completed(found, spec.response.group_columns(frame))


def _columns(request: Request, frame: Frame) -> dict[str, Array]:
    """Return the columns of the addition terms that act on the response's distribution."""
    response = request.fit.model.spec.response
    needed = {name for name in ("trials", "rate", "se", "trunc") if name in response.additions}
    return dict(response.columns(frame, needed=[*needed, *map(addition_of, response.family.known)]))
