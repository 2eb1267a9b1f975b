"""A model: named parameters with a log density on unconstrained space, in the vocabulary of BridgeStan."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partialpool.engine.tape import Program, Slot, Tape
from partialpool.errors import DataError, nearest
from partialpool.families.defaults import response_scale
from partialpool.model.specification import Specification
from partialpool.priors.resolution import PriorInForce, ResolvedPriors
from partialpool.priors.univariate import Univariate
from partialpool.terms.declarations import Parameter
from partialpool.terms.output import Output

__all__ = ["Model"]

Vector = NDArray[np.float64]


class Model:
    """The model of a formula, some data, a family and priors.

    The unconstrained vector has the order and the transforms of the parameters block that brms writes for the same model:
    coefficients, intercept, further distributional parameters, then sd, z and L group by group.

    Attributes
    ----------
    spec
        Terms, designs and data.
    priors
        Prior of every parameter.
    parameters
        Parameters in order.
    outputs
        Saved variables in order.
    drawable
        Priors that can be drawn from by themselves, by public names of parameters or of blocks that share one.

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool import brm
    >>> model = brm("y ~ x", data={"y": [1.0, 2.0, 4.0], "x": [0.0, 1.0, 2.0]}, empty=True).model
    >>> model.param_names()
    ['b.1', 'Intercept', 'sigma']
    >>> value, gradient = model.log_density_gradient(np.zeros(3))
    >>> gradient.shape
    (3,)
    """

    def __init__(
        self,
        spec: Specification,
        priors: ResolvedPriors,
        tape: Tape,
        parameters: tuple[Parameter, ...],
        outputs: tuple[Output, ...],
        log_likelihood: Slot | None,
        drawable: Mapping[str, PriorInForce],
        dimensions: Mapping[str, int],
    ) -> None:
        self.spec = spec
        self.priors = priors
        self.parameters = parameters
        self.outputs = outputs
        self._tape = tape
        self._log_likelihood = log_likelihood
        self.drawable = drawable
        self._dimensions = dimensions

    @cached_property
    def program(self) -> Program:
        """The compiled tape.

        Its outputs are the saved variables and one more value, whose place is free: `expand` writes the log prior behind
        it, so that draws have room for both `lprior` and `lp__`.
        """
        places = [*((output.slot, output.order) for output in self.outputs), (self._tape.constant(0.0), None)]
        return self._tape.compile(places, with_rows=self._log_likelihood is not None)

    @cached_property
    def _block_program(self) -> Program:
        """The tape with the parameters block as outputs."""
        places = [(parameter.target, parameter.order) for parameter in self.parameters]
        return self._tape.compile(places, with_rows=False)

    @property
    def prior_only(self) -> bool:
        """Whether the likelihood is left out."""
        return self._log_likelihood is None

    @property
    def variables(self) -> tuple[str, ...]:
        """Flat names of the saved variables in brms' order, `lprior` and `lp__` last."""
        return (*(name for output in self.outputs for name in output.names), "lprior", "lp__")

    def param_unc_num(self) -> int:
        """Return the number of unconstrained parameters."""
        return self.program.n_inputs

    def param_num(self) -> int:
        """Return the number of values in the parameters block."""
        return len(self.param_names())

    def param_names(self) -> list[str]:
        """Return the names of the constrained parameters: `b.1`, `Intercept`, `L_1.2.1`."""
        return [name for parameter in self.parameters for name in parameter.names]

    def param_unc_names(self) -> list[str]:
        """Return the names of the unconstrained parameters."""
        names = []
        for parameter in self.parameters:
            size = parameter.source.size
            if size == len(parameter.names):
                unordered = np.array(parameter.names)
                if parameter.order is not None:
                    unordered[parameter.order] = parameter.names
                names += unordered.tolist()
            else:
                names += [f"{parameter.name}.{i + 1}" for i in range(size)]
        return names

    def middle(self) -> NDArray[np.float64]:
        """Return an unconstrained point: zero, but the intercept of mu and sigma are those of the response.

        Starts near it serve where the density is zero elsewhere, as of extreme values, whose support ends where the
        location says.
        """
        spec, point = self.spec, np.zeros(self.param_unc_num())
        y = spec.response.value(spec.frame)
        for parameter in self.parameters:
            if parameter.name == "Intercept" and parameter.source.size == 1:
                point[parameter.source.offset] = response_scale(spec.family, y)[0]
            elif parameter.name == "sigma":
                point[parameter.source.offset] = np.log(response_scale(spec.family, y, "identity")[1])
        return point

    def log_density(self, u: ArrayLike, jacobian: bool = True) -> float:
        """Return the log density at unconstrained parameters.

        Parameters
        ----------
        u
            Unconstrained parameters.
        jacobian
            Whether the log-Jacobian of the transforms is included.
        """
        return self.log_density_gradient(u, jacobian)[0]

    def log_density_gradient(self, u: ArrayLike, jacobian: bool = True) -> tuple[float, Vector]:
        """Return the log density at unconstrained parameters, and its gradient.

        Raises
        ------
        DataError
            If `u` has not one number for each unconstrained parameter.
        """
        return self.program.log_density_gradient(self._checked(u), jacobian=jacobian)

    def param_constrain(self, u: ArrayLike) -> Vector:
        """Return the values of the parameters block, in the order of `param_names`."""
        return self._block_program.expand(self._checked(u))[0]

    def param_unconstrain(self, values: ArrayLike | Mapping[str, ArrayLike]) -> Vector:
        """Return the unconstrained parameters of constrained ones.

        Parameters
        ----------
        values
            Numbers in the order of `param_names`, or arrays by name of the parameter: `{"b": [1, 2], "sigma": 1}`
            (matrices as such).

        Raises
        ------
        DataError
            If values are missing, too many, or break a constraint.
        """
        split = self._split(values)
        free = [parameter.unconstrain(given) for parameter, given in zip(self.parameters, split, strict=True)]
        return np.concatenate([*free, np.zeros(0)])

    def _split(self, values: ArrayLike | Mapping[str, ArrayLike]) -> list[Vector]:
        if isinstance(values, Mapping):
            names = [parameter.name for parameter in self.parameters]
            if missing := [name for name in names if name not in values]:
                raise DataError(f"no values for parameter {missing[0]!r}")
            if unknown := [name for name in values if name not in names]:
                raise DataError(f"the model has no parameter {unknown[0]!r}; {nearest(unknown[0], names)}")
            return [parameter.flattened(values[parameter.name]) for parameter in self.parameters]
        flat = _numbers(values).ravel()
        if flat.size != self.param_num():
            raise DataError(f"the model has {self.param_num()} parameters, and {flat.size} values were given")
        ends = np.cumsum([len(parameter.names) for parameter in self.parameters])
        return np.split(flat, ends[:-1])

    def prior_draws(self, n_draws: int, rng: np.random.Generator) -> dict[str, Vector]:
        """Return independent draws from the priors by name (`prior_b`, `prior_sd_g`); flat ones have none."""
        from partialpool.priors.sampling import draw_priors

        return draw_priors(self.drawable, n_draws, rng, self._dimensions)

    def _checked(self, u: ArrayLike) -> Vector:
        point = _numbers(u)
        if point.shape != (self.param_unc_num(),):
            raise DataError(
                f"the model has {self.param_unc_num()} unconstrained parameters, and an array of shape "
                f"{point.shape} was given"
            )
        return point

    def coordinate_labels(self) -> list[str]:
        """Return what users call the unconstrained parameters: `b_x` for `b.1`; by themselves where no draw has a name."""
        names = self.param_unc_names()
        for parameter in self.parameters:
            if len(parameter.labels) == parameter.source.size:
                names[parameter.source.offset : parameter.source.offset + parameter.source.size] = parameter.labels
        return names

    def explain(self, u: Vector) -> str:
        """Return what makes the log density infinite or undefined at a point: parameters, or rows of the data."""
        values = self.param_constrain(u)
        bad = [name for name, value in zip(self.param_names(), values, strict=True) if not np.isfinite(value)]
        if bad:
            return f"These parameters overflow there: {', '.join(bad[:5])}."
        if excluded := self._excluded(values):
            return f"Priors are zero there: {'; '.join(excluded[:5])}."
        if self._log_likelihood is None:
            return "The prior density is not finite there."
        n = self.spec.frame.n_rows
        with np.errstate(all="ignore"):
            rows = self.program.rows(0, np.asarray(u)[None], [self._log_likelihood], 0, n)[0, 0]
        wrong = np.flatnonzero(~np.isfinite(rows))
        if not len(wrong):
            return "The prior density is not finite there."
        named = ", ".join(self.spec.frame.row_name(int(row)) for row in wrong[:5])
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        return f"The log density of {named}{more} is not finite there."

    def _excluded(self, values: Vector) -> list[str]:
        """Return a note on each value of the parameters block that its prior excludes."""
        notes = []
        for parameter, given in zip(self.parameters, self._split(values), strict=True):
            for i, prior in enumerate(parameter.priors):
                law = prior.distribution
                if isinstance(law, Univariate) and not law.support[0] <= given[i] <= law.support[1]:
                    name = (parameter.labels or parameter.names)[i]
                    notes.append(f"{name} is {given[i]:.3g}, and {prior.row.prior} excludes it")
        return notes


def _numbers(values: ArrayLike) -> Vector:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(f"parameters are numbers, not {values!r}") from None
