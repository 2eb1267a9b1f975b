"""Priors as ops of a tape: log densities with all constants, normalised over the bounds of the parameter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import groupby

from partialpool.engine.expression import Density, ElementKernel, Input, element_kernel, source_key, variable
from partialpool.engine.mathematics import both, where
from partialpool.engine.ops.dirichlet import DirichletPrior
from partialpool.engine.ops.lkj import LKJPrior
from partialpool.engine.tape import Op, Slot
from partialpool.errors import PriorError
from partialpool.priors.distributions import DISTRIBUTIONS
from partialpool.priors.multivariate import LKJ, Dirichlet
from partialpool.priors.resolution import PriorInForce
from partialpool.priors.syntax import PriorDistribution
from partialpool.priors.univariate import Univariate

__all__ = ["element_prior_ops", "prior_ops"]


def prior_ops(
    slot: Slot, distribution: PriorDistribution | None, lb: float = -math.inf, ub: float = math.inf
) -> list[Op]:
    """Return the ops that add the log prior of all elements of a slot; none for a flat prior or for constants.

    Parameters
    ----------
    slot
        Constrained values: a vector, a simplex, or a Cholesky factor of a correlation matrix row by row.
    distribution
        Their prior. Vectors among its arguments have one number for each element.
    lb, ub
        Bounds of the elements, over which the density is normalised.

    Raises
    ------
    PriorError
        If vectors among the arguments have another length than the slot.

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.engine.tape import Tape
    >>> from partialpool.priors.syntax import read_prior
    >>> tape = Tape()
    >>> [op] = prior_ops(tape.input(2), read_prior("normal(0, 1)"), lb=0.0)
    >>> tape.add(op, prior=True)
    >>> value, gradient = tape.compile().log_density_gradient(np.array([0.0, 3.0]))
    >>> bool(np.isclose(value, 2 * np.log(2) - np.log(2 * np.pi) - 4.5)), gradient
    (True, array([ 0., -3.]))
    """
    if isinstance(distribution, Univariate):
        return _univariate_ops(slot, distribution, lb, ub)
    if isinstance(distribution, LKJ):
        size = math.isqrt(slot.size)
        return [LKJPrior(slot, size, distribution.eta, distribution.log_constant(size))]
    if isinstance(distribution, Dirichlet):
        alpha = distribution.concentrations(slot.size)
        return [DirichletPrior(slot, alpha, distribution.log_constant(slot.size))]
    return []


def element_prior_ops(slot: Slot, priors: Sequence[PriorInForce]) -> list[Op]:
    """Return the ops of a vector whose elements may have different priors; neighbours that share one share an op.

    Raises
    ------
    PriorError
        If there is not one prior for each element.
    """
    if len(priors) != slot.size:
        raise PriorError(f"{len(priors)} priors are given for {slot.size} elements")
    ops: list[Op] = []
    start = 0
    for in_force, group in groupby(priors):
        size = len(list(group))
        ops += prior_ops(slot.part(start, size), in_force.distribution, in_force.lb, in_force.ub)
        start += size
    return ops


def _univariate_ops(slot: Slot, prior: Univariate, lb: float, ub: float) -> list[Op]:
    prior.check_size(slot.size)
    if prior.length is None:
        return [_op(slot, prior, lb, ub)]
    return [_op(slot[k], prior.distribution(*one), lb, ub) for k, one in enumerate(prior.elements())]


def _op(slot: Slot, prior: Univariate, lb: float, ub: float) -> Op:
    low, high = prior.support
    inside = low <= lb and ub <= high
    constants = prior.elements()[0] if inside else (*prior.elements()[0], low, high)
    offset = -prior.log_normaliser(slot.size, lb, ub)
    return _kernel(prior.name, inside, low >= 0.0).op(slot, slot.size, constants, offset)


@cache
def _kernel(name: str, inside: bool, positive: bool) -> ElementKernel:
    """Return the kernel of a distribution.

    Parameters
    ----------
    name
        Its name.
    inside
        Whether the bounds of the parameter keep it within the support; if not, the density is 0 outside the support.
    positive
        Whether the support is positive.
    """
    law = DISTRIBUTIONS[name]
    names = [parameter.name for parameter in law.parameters]

    def density() -> Density:
        x = variable("x", positive=inside and positive)
        value = law.log_density(x, *(variable(p.name, positive=p.lower >= 0.0) for p in law.parameters))
        if inside:
            return Density(value, (Input("x"),), tuple(names))
        low, high = variable("low"), variable("high")
        return Density(where(both(x >= low, x <= high), value, -math.inf), (Input("x"),), (*names, "low", "high"))

    return element_kernel(f"prior {name}", source_key(law.log_density, names, inside, positive), density)
