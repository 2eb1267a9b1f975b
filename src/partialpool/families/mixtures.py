"""Mixtures: each response comes from one of several families, and which one is not known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any

import numpy as np

from partialpool.engine.mathematics import exp, log, log_sum_exp
from partialpool.errors import FamilyError, FormulaError, nearest
from partialpool.families.additions import addition_of
from partialpool.families.base import Family
from partialpool.families.parameters import Parameter, Shares
from partialpool.families.registry import FamilyLike, as_family
from partialpool.families.responses import Array
from partialpool.frame.values import Factor, Value

__all__ = ["Mixture", "mixture"]

ORDERS = ("mu", "none")
"""What may tell components of the same family apart."""

NO_REFERENCE = "NA"
"""Value of `refcat` for mixing proportions that are all predicted."""

_WITH_ATOMS = ("xbeta", "zero_inflated_asym_laplace", "zero_inflated_beta", "zero_one_inflated_beta")
"""Continuous families that give some values a probability, beside a density for the others."""


def mixture(
    *families: FamilyLike, nmix: int | Sequence[int] = 1, order: str | None = None, refcat: int | str | None = None
) -> Mixture:
    """Return the family of responses that come from one of several families, in unknown proportions.

    The distributional parameters of component k have its number behind their names: `mu1`, `sigma1`, `mu2`, ... The main
    formula predicts all of `mu1`, `mu2`, ...; each may have a formula of its own, `bf("y ~ x", "mu2 ~ 1")`. The mixing
    proportions `theta1`, `theta2`, ... sum to one. Without a formula they are estimated, with a Dirichlet prior of class
    `theta`; `bf("y ~ x", theta1=1, theta2=2)` holds them at 1/3 and 2/3; with formulas, `bf("y ~ x", "theta2 ~ z")`, they
    are the softmax of their predictors, that of the reference being 0.

    Parameters
    ----------
    *families
        Families of the components: as objects (`student(link_nu="identity")`), constructors, or names.
    nmix
        How many times each family occurs, for all or one number each.
    order
        `"mu"`: the intercepts of `mu1`, `mu2`, ... increase, so that components of the same family cannot change places;
        `"none"`: nothing tells them apart but their priors. By default `"mu"` if all families are the same.
    refcat
        Which proportion is the reference where the others are predicted: its number; by default the one without a
        formula. `"NA"`: none is, all are predicted, and only their priors identify them.

    Raises
    ------
    FamilyError
        If there are fewer than two components, or some that cannot be mixed.

    Examples
    --------
    >>> mixture("gaussian", nmix=2)
    mixture(gaussian(link='identity', link_sigma='log'), gaussian(link='identity', link_sigma='log'), order='mu')
    >>> mixture("gaussian", "student").dpars
    ('mu1', 'sigma1', 'mu2', 'sigma2', 'nu2', 'theta1', 'theta2')
    """
    found = [as_family(family) for family in families]
    counts = [nmix] * len(found) if isinstance(nmix, int) else list(nmix)
    if len(counts) != len(found) or any(not isinstance(n, int) or n < 1 for n in counts):
        raise FamilyError(f"nmix={nmix!r} must be a positive whole number, or one for each of {len(found)} families")
    components = tuple(family for family, n in zip(found, counts, strict=True) for _ in range(n))
    if order is None:
        order = "mu" if len({component.name for component in components}) == 1 else "none"
    return Mixture(components, order, refcat)


@dataclass(frozen=True, repr=False)
class Mixture(Family):
    """Responses of component k with probability theta_k: density sum_k theta_k f_k(y), mean sum_k theta_k E_k.

    Parameters
    ----------
    components
        Their families.
    order, refcat
        As in `mixture`.
    mixing
        Where the proportions come from, known once the formula is: `"estimated"`, `"fixed"` or `"predicted"`.
    reference
        Name of the proportion that is the reference of those that are predicted.

    References
    ----------
    Frühwirth-Schnatter (2006), Finite mixture and Markov switching models, Springer.
    """

    components: tuple[Family, ...]
    order: str = "none"
    refcat: int | str | None = None
    mixing: str = field(default="estimated", compare=False)
    reference: str = field(default="", compare=False)

    name = "mixture"

    def __post_init__(self) -> None:
        _check_components(self.components)
        _check_options(self)
        names = [name for component in self.components for name in component.additions]
        common = frozenset(name for name in names if all(name in component.additions for component in self.components))
        needed = tuple(dict.fromkeys(name for component in self.components for name in component.data))
        if missing := [addition_of(name) for name in needed if addition_of(name) not in common]:
            raise FamilyError(f"{self} cannot be: not all of its families take the addition term {missing[0]}()")
        if len({component.response.kind for component in self.components}) > 1:
            common -= {"cens", "trunc"}  # bounds are compared with the support, which is not the same for all
        suffixed = [
            replace(parameter, name=f"{parameter.name}{k}") for k, c in self._numbered for parameter in c.parameters
        ]
        thetas = [Parameter(theta, ("identity",), lower=0.0, intercept_prior="logistic(0, 1)") for theta in self.thetas]
        derived = {
            "parameters": (*suffixed, *thetas),
            "response": self.components[0].response,
            "additions": common,
            "data": needed,
            "observed": tuple(dict.fromkeys(name for component in self.components for name in component.observed)),
            "draw_options": tuple(
                name for name in self.components[0].draw_options if all(name in c.draw_options for c in self.components)
            ),
            "log_scale": any(component.log_scale for component in self.components),
            "ordered": self.main_dpars if self.order == "mu" else (),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)
        if len(set(self.dpars)) < len(self.dpars):
            raise FamilyError(f"{self} cannot be: two of its parameters have the same name ({', '.join(self.dpars)})")

    @property
    def sources(self) -> tuple[Any, ...]:
        """What its density depends on."""
        return (Mixture, self.reference, *(component.sources for component in self.components))

    # Names ----------------------------------------------------------------------------------------------------------

    @property
    def _numbered(self) -> list[tuple[int, Family]]:
        return list(enumerate(self.components, start=1))

    @property
    def thetas(self) -> tuple[str, ...]:
        """Names of the mixing proportions."""
        return tuple(f"theta{k}" for k, _ in self._numbered)

    @property
    def main_dpars(self) -> tuple[str, ...]:
        """`mu1`, `mu2`, ..."""
        return tuple(f"{dpar}{k}" for k, component in self._numbered for dpar in component.main_dpars)

    def owner(self, dpar: str) -> tuple[Family, str]:
        """Return the component that a parameter belongs to, and its name there; the mixture for a proportion."""
        for k, component in self._numbered:
            name = dpar.removesuffix(str(k))
            if f"{name}{k}" == dpar and name in component.dpars:
                return component, name
        return self, dpar

    def part(self, number: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what belongs to a component (counted from 1), by the names that it has there.

        Examples
        --------
        >>> mixture("poisson", nmix=2).part(2, {"mu1": 3.0, "mu2": 5.0, "theta2": 0.4})
        {'mu': 5.0}
        """
        component = self.components[number - 1]
        return {name: values[f"{name}{number}"] for name in component.dpars if f"{name}{number}" in values}

    # What the formula decides ---------------------------------------------------------------------------------------

    def bound(self, y: Value, columns: Mapping[str, Value]) -> Family:
        """Return the mixture of the components for the response of a fit."""
        return replace(self, components=tuple(component.bound(y, columns) for component in self.components))

    def arranged(self, predicted: Collection[str], fixed: Mapping[str, float | str]) -> Family:
        """Return the mixture whose proportions are estimated, fixed or predicted.

        Raises
        ------
        FormulaError
            If a proportion has neither a formula nor a number where others have, or both have all.
        """
        formulas = [theta for theta in self.thetas if theta in predicted]
        numbers = [theta for theta in self.thetas if theta in fixed]
        if formulas and numbers:
            raise FormulaError(f"{formulas[0]} has a formula and {numbers[0]} a number: predict the thetas or fix them")
        if numbers:
            _check_numbers(self.thetas, fixed)
            return replace(self, mixing="fixed")
        if formulas:
            return replace(self, mixing="predicted", reference=self._reference(formulas))
        return self

    def _reference(self, formulas: list[str]) -> str:
        """Return the name of the proportion without a formula; empty if all are to have one."""
        without = [theta for theta in self.thetas if theta not in formulas]
        if self.refcat == NO_REFERENCE:
            if without:
                raise FormulaError(f"with refcat='NA' all thetas are predicted: give {', '.join(without)} a formula")
            return ""
        if self.refcat is not None:
            expected = self.thetas[int(self.refcat) - 1]
            if without != [expected]:
                raise FormulaError(f"{expected} is the reference: give formulas to all thetas but this one")
        if len(without) != 1:
            advice = "leave one out, or set mixture(..., refcat='NA')" if not without else "one is the reference"
            raise FormulaError(f"formulas are given for {len(formulas)} of {len(self.thetas)} thetas: {advice}")
        return without[0]

    def held(self, fixed: Mapping[str, float | str]) -> dict[str, float | str]:
        """Return what parameters are held at; proportions are divided by their sum."""
        held = super().held(fixed)
        total = sum(float(held[theta]) for theta in self.thetas if theta in held)
        return held | {theta: float(held[theta]) / total for theta in self.thetas if theta in held}

    @property
    def unlisted(self) -> tuple[str, ...]:
        """Proportions: numbers for them are data."""
        return self.thetas

    @property
    def single_dpars(self) -> tuple[str, ...]:
        """Parameters that are one number each: proportions only if they are fixed."""
        return tuple(dpar for dpar in self.dpars if dpar not in self.thetas or self.mixing == "fixed")

    @property
    def shares(self) -> tuple[Shares, ...]:
        """The mixing proportions, where they are estimated."""
        return (Shares("theta", self.thetas),) if self.mixing == "estimated" else ()

    def completed(self, parameters: Mapping[str, Array], groups: Mapping[str, Factor]) -> dict[str, Array]:
        """Return all parameters; proportions that are predicted are the softmax of their predictors."""
        if self.mixing != "predicted":
            return dict(parameters)
        etas = {theta: parameters.get(theta, np.zeros((1, 1))) for theta in self.thetas}
        total = reduce(log_sum_exp, etas.values())
        return {**parameters, **{theta: exp(eta - total) for theta, eta in etas.items()}}

    # The distribution -----------------------------------------------------------------------------------------------

    def log_density(self, y: Any, *args: Any, **given: Any) -> Any:
        """Return log(sum_k theta_k f_k(y)), in mathematics."""
        terms = [
            log(given[theta]) + component.log_density(y, **self.part(k, given), **self._columns(component, given))
            for (k, component), theta in zip(self._numbered, self.thetas, strict=True)
        ]
        return reduce(log_sum_exp, terms)

    def mean(self, *args: Any, **given: Any) -> Any:
        """Return sum_k theta_k E_k."""
        return self._weighted(lambda c, part: c.mean(**part), given)

    def cdf(self, y: Any, *args: Any, **given: Any) -> Any:
        """Return sum_k theta_k F_k(y)."""
        return self._weighted(lambda c, part: c.cdf(y, **part), given)

    def survival(self, y: Any, *args: Any, **given: Any) -> Any:
        """Return sum_k theta_k (1 - F_k(y))."""
        return self._weighted(lambda c, part: c.survival(y, **part), given)

    @property
    def has_cdf(self) -> bool:
        """Whether all components have a distribution function."""
        return all(component.has_cdf for component in self.components)

    def draw(self, rng: np.random.Generator, *args: Any, **given: Any) -> Array:
        """Return draws of components that are drawn with probabilities theta."""
        draws = [c.draw(rng, **self.part(k, given), **self._columns(c, given)) for k, c in self._numbered]
        return self.chosen(rng, draws, given)

    def chosen(self, rng: np.random.Generator, draws: Sequence[Array], given: Mapping[str, Array]) -> Array:
        """Return for each element the draw of one component, chosen with the probabilities theta."""
        upper = np.cumsum(np.stack(np.broadcast_arrays(*(given[theta] for theta in self.thetas))), axis=0)
        shape = np.broadcast_shapes(upper.shape[1:], *(draw.shape for draw in draws))
        u = rng.random(shape) * upper[-1]
        which = (u >= upper[:-1]).sum(axis=0)
        return np.asarray(np.choose(which, [np.broadcast_to(draw, shape) for draw in draws]))

    def _weighted(self, compute: Callable[[Family, dict[str, Any]], Any], given: Mapping[str, Any]) -> Any:
        parts = (compute(c, {**self.part(k, given), **self._columns(c, given)}) for k, c in self._numbered)
        return sum(given[theta] * part for theta, part in zip(self.thetas, parts, strict=True))

    def _columns(self, component: Family, given: Mapping[str, Any]) -> dict[str, Any]:
        return {name: given[name] for name in component.data}

    def check_response(self, values: Value, name: str = "y", *args: Any, **options: Any) -> Array:
        """Return the response as numbers that every component may have; see `Family.check_response`."""
        checked = [component.check_response(values, name, *args, **options) for component in self.components]
        return checked[0]

    # Storage and display --------------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Return components, order and reference as plain data.

        Examples
        --------
        >>> mixture("poisson", nmix=2).to_dict()["mix"]
        [{'family': 'poisson', 'link': 'log'}, {'family': 'poisson', 'link': 'log'}]
        """
        mix = [component.to_dict() for component in self.components]
        return {"family": self.name, "mix": mix, "order": self.order, "refcat": self.refcat}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Mixture:
        """Return the mixture that `to_dict` wrote."""
        return cls(tuple(map(as_family, data["mix"])), data["order"], data.get("refcat"))

    def __repr__(self) -> str:
        refcat = "" if self.refcat is None else f", refcat={self.refcat!r}"
        return f"mixture({', '.join(map(repr, self.components))}, order={self.order!r}{refcat})"

    def __str__(self) -> str:
        return f"mixture({', '.join(map(str, self.components))})"

    def _link_name(self, dpar: str) -> str:
        owner, name = self.owner(dpar)
        return "identity" if owner is self else owner.link_of(name).name


def _check_components(components: Sequence[Family]) -> None:
    if len(components) < 2:
        raise FamilyError(
            "a mixture has at least two components: mixture(gaussian, student), or mixture(gaussian, nmix=2)"
        )
    for family in components:
        if reason := _obstacle(family):
            raise FamilyError(f"family {family.name} cannot be part of a mixture: {reason}")
    whole = [family.response.discrete for family in components]
    if len(set(whole)) > 1:
        raise FamilyError(
            f"{components[whole.index(True)].name} has whole numbers and {components[whole.index(False)].name} any "
            "numbers as responses: their densities cannot be mixed"
        )
    atoms = {family.name for family in components if family.name in _WITH_ATOMS}
    if atoms and len({family.name for family in components}) > 1:
        raise FamilyError(f"family {min(atoms)} gives single values a probability, and can only be mixed with its like")


def _obstacle(family: Family) -> str:
    """Return why a family cannot be a component; empty if it can."""
    if family.components:
        return "it is a mixture itself; give mixture() all components at once"
    if family.name.startswith("hurdle_") and not family.response.discrete:
        return "values at the hurdle have a probability, others a density"
    if type(family).add_rows is not Family.add_rows or family.main_dpars != ("mu",):
        return "its responses are categories or vectors, or its density is not a formula"
    return "it has further parameters beside distributional ones" if family.shares else ""


def _check_options(mixed: Mixture) -> None:
    if mixed.order not in ORDERS:
        raise FamilyError(f"order={mixed.order!r}; {nearest(str(mixed.order), ORDERS)}")
    if mixed.order == "mu" and len({component.name for component in mixed.components}) > 1:
        raise FamilyError("order='mu' is for components of the same family; use order='none'")
    refcat, n = mixed.refcat, len(mixed.components)
    if not (refcat is None or refcat == NO_REFERENCE or (isinstance(refcat, int) and 1 <= refcat <= n)):
        raise FamilyError(f"refcat={refcat!r} must be the number of a component from 1 to {n}, 'NA', or None")


def _check_numbers(thetas: Sequence[str], fixed: Mapping[str, float | str]) -> None:
    if missing := [theta for theta in thetas if theta not in fixed]:
        raise FormulaError(f"some thetas are fixed: give {', '.join(missing)} a number too")
    if tied := [theta for theta in thetas if isinstance(fixed[theta], str)]:
        raise FormulaError(f"{tied[0]} is tied to {fixed[tied[0]]!r}: thetas can be fixed at numbers only")
