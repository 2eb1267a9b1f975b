"""The family of a response: what a file of `distributions` states, and what follows from it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from partialpool.engine.mathematics import log, log_diff_exp, where
from partialpool.errors import FamilyError, nearest
from partialpool.families.additions import check_additions
from partialpool.families.events import check_events
from partialpool.families.links import Link, as_link
from partialpool.families.parameters import Parameter, Shares
from partialpool.families.responses import Array, Observed, Response, numbered
from partialpool.frame.values import Factor, Value

if TYPE_CHECKING:
    from partialpool.engine.tape import Section, Slot

__all__ = ["COMMON_ADDITIONS", "CONTINUOUS_ADDITIONS", "DISCRETE_ADDITIONS", "Family"]

COMMON_ADDITIONS = frozenset({"weights", "subset", "index"})
"""Addition terms that every family takes."""

DISCRETE_ADDITIONS = COMMON_ADDITIONS | {"cens", "trunc"}
"""Addition terms of families with a cdf whose response is whole numbers."""

CONTINUOUS_ADDITIONS = DISCRETE_ADDITIONS | {"mi"}
"""Addition terms of families with a cdf whose response is continuous."""


class Family(ABC):
    """A family with its links chosen. Subclasses are frozen dataclasses: one field for each link, named as brms names it.

    A subclass states the attributes below and the methods that raise here. What it writes with the functions of
    `engine.mathematics` serves kernels, tests and predictions alike; its parameters come by name, on the natural scale.

    Attributes
    ----------
    name
        As brms calls it.
    parameters
        Distributional parameters, `mu` first.
    response
        What it demands of the response.
    additions
        Addition terms that it takes.
    data
        Addition terms whose column its density needs: the formula must have them.
    observed
        Those of `data` that are observed with the response: its mean and random responses do without.
    log_scale
        Whether mu is the mean of the logarithm of the response.
    categories
        Names of the categories of the response, once the family is bound to it.
    components
        Families that it mixes; empty for a family that is no mixture.
    draw_options
        What may be asked of `draw` beside the parameters: names of flags.
    ordered
        Distributional parameters whose intercepts must increase, in this order.
    rescaled
        Distributional parameters whose range depends on all rows. Where one is estimated as one number, the model has a
        free number in its place, `tmp_xi`, which `add_rescaled` turns into the parameter.
    correlated
        Names of the normal variables behind a response whose correlations, `lncor`, the model estimates.
    """

    is_family: ClassVar[bool] = True
    name: str
    parameters: tuple[Parameter, ...]
    response: Response
    additions: frozenset[str] = COMMON_ADDITIONS
    data: tuple[str, ...] = ()
    observed: tuple[str, ...] = ()
    log_scale: bool = False
    categories: tuple[str, ...] = ()
    rescaled: tuple[str, ...] = ()
    correlated: tuple[str, ...] = ()
    components: tuple[Family, ...] = ()
    draw_options: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for parameter in self.parameters:
            as_link(self._link_name(parameter.name), parameter.links, f"{parameter.name} of family {self.name}")

    # What a family states -------------------------------------------------------------------------------------------

    @abstractmethod
    def log_density(self, y: Any, *args: Any, **given: Any) -> Any:
        """Return the log density (log probability) of y, in mathematics.

        Write the logarithm of a parameter as `log(mu)`, of its complement as `log1m(mu)`, the complement itself as
        `1 - mu`: the link has an exact form of each.
        """

    @abstractmethod
    def mean(self, *args: Any, **given: Any) -> Any:
        """Return the mean of the response, for arrays."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, *args: Any, **given: Any) -> Array:
        """Return random responses, of the shape that the arrays of parameters broadcast to."""

    def cdf(self, y: Any, *args: Any, **given: Any) -> Any:
        """Return the probability of a response of at most y, in mathematics."""
        raise FamilyError(f"family {self.name} has no cumulative distribution function")

    def survival(self, y: Any, *args: Any, **given: Any) -> Any:
        """Return the probability of a response above y, in mathematics; stated where 1 - cdf would lose digits."""
        return 1 - self.cdf(y, *args, **given)

    def log_cdf(self, y: Any, *args: Any, **given: Any) -> Any:
        """Return log(cdf) within the support, in mathematics.

        It is stated where the logarithm of an array of probabilities would underflow; the compiler finds it by itself.
        """
        return log(self.cdf(y, *args, **given))

    def log_survival(self, y: Any, *args: Any, **given: Any) -> Any:
        """Return log(survival) within the support, in mathematics; stated where `log_cdf` is."""
        return log(self.survival(y, *args, **given))

    def log_interval(self, lower: Any, upper: Any, *args: Any, **given: Any) -> Any:
        """Return the log probability of a response above `lower` and at most `upper`, within the support, in mathematics.

        By default the difference of the smaller tails.
        """
        below, up_to = self.log_cdf(lower, *args, **given), self.log_cdf(upper, *args, **given)
        above, beyond = self.log_survival(lower, *args, **given), self.log_survival(upper, *args, **given)
        return where(up_to < above, log_diff_exp(up_to, below), log_diff_exp(above, beyond))

    def size_biased(self, *args: Any, **given: Any) -> tuple[Family, dict[str, Any], float] | None:
        """Return the distribution with the density y * f(y) / mean, where it is known: the mean of a part of f is its.

        Returns
        -------
        Family, parameters, and what is added to a response of these; None where it is no family.
        """
        return None

    def truncated_mean(self, lower: Any, upper: Any, *args: Any, **given: Any) -> Any:
        """Return the mean of responses above `lower` and at most `upper`, for arrays; by quadrature unless stated."""
        from partialpool.families.truncation import mean_of_part

        return mean_of_part(self, lower, upper, given)

    @property
    def has_cdf(self) -> bool:
        """Whether it has a distribution function, as censoring and truncation ask for."""
        return type(self).cdf is not Family.cdf or type(self).log_cdf is not Family.log_cdf

    def exposed(self, parameters: Mapping[str, Any], denom: Any) -> dict[str, Any]:
        """Return the parameters of the response over an exposure, as `rate(denom)` asks for."""
        return {**parameters, "mu": parameters["mu"] * denom}

    def bound(self, y: Value, columns: Mapping[str, Value]) -> Family:
        """Return the family for the response of a fit, from which it may take categories and thresholds.

        Parameters
        ----------
        y
            The response as the formula evaluates it.
        columns
            Columns of the addition terms.
        """
        return self

    def arranged(self, predicted: Collection[str], fixed: Mapping[str, float | str]) -> Family:
        """Return the family for a formula, which may decide what further parameters it has.

        Parameters
        ----------
        predicted
            Parameters that have a formula of their own.
        fixed
            Parameters that are a number, or the name of the parameter that they equal.
        """
        return self

    def held(self, fixed: Mapping[str, float | str]) -> dict[str, float | str]:
        """Return what each parameter that is not estimated is held at, given what the formula fixes."""
        return {p.name: p.value for p in self.parameters if p.value is not None} | dict(fixed)

    def completed(self, parameters: Mapping[str, Array], groups: Mapping[str, Factor]) -> dict[str, Array]:
        """Return all that its methods take of parameters, on their natural scale.

        Parameters
        ----------
        parameters
            Those that have a formula or a draw: [draw, row] or [draw, 1].
        groups
            Group of each row, by the name of the addition term (`bhaz_gr`).
        """
        return dict(parameters)

    @property
    def horizon(self) -> float:
        """The largest response that predictions return; beyond it the data say nothing."""
        return math.inf

    def owner(self, dpar: str) -> tuple[Family, str]:
        """Return the family that a distributional parameter belongs to, and its name there."""
        return self, dpar

    def add_rows(
        self, section: Section, slots: Mapping[str, Slot], additions: Collection[str], columns: Mapping[str, Value]
    ) -> Slot | None:
        """Add ops for the log density of the rows, and return the row slot that holds it.

        None where the density is the formula of `log_density`, which the compiler turns into an op.

        Parameters
        ----------
        section
            Rows of the response.
        slots
            Slot of each distributional parameter: a row slot of its linear predictor, or one number on the natural scale.
        additions
            Names of the addition terms.
        columns
            The response, `y`, and the columns of the addition terms.
        """
        return None

    def add_rescaled(
        self, section: Section, dpar: str, slots: Mapping[str, Slot], columns: Mapping[str, Value]
    ) -> Slot:
        """Add ops that turn the free number of a parameter of `rescaled` into the parameter, and return its slot.

        Parameters
        ----------
        section
            Rows of the response, in one block.
        dpar
            Name of the parameter.
        slots
            As in `add_rows`; that of the parameter holds the free number.
        columns
            The response, `y`, and the columns of the addition terms.
        """
        raise NotImplementedError

    @property
    def category_values(self) -> tuple[float, ...]:
        """Values of the response that stand for its categories, once the family is bound; empty for other responses.

        Predictions of categories are probabilities, [draw, row, category].
        """
        return ()

    @property
    def is_code(self) -> bool:
        """Whether its density is a function of the user's, which cannot be stored."""
        return any(component.is_code for component in self.components)

    @property
    def sources(self) -> tuple[Any, ...]:
        """What its density depends on, of which the key of its kernel is made."""
        return (self,)

    @property
    def shares(self) -> tuple[Shares, ...]:
        """Vectors of shares that it has beside its distributional parameters, declared after them."""
        return ()

    @property
    def known(self) -> tuple[str, ...]:
        """Those of `data` that predictions need."""
        return tuple(name for name in self.data if name not in self.observed)

    @property
    def unlisted(self) -> tuple[str, ...]:
        """Distributional parameters that are not among the saved variables where they are held at a number."""
        return ()

    @property
    def single_dpars(self) -> tuple[str, ...]:
        """Distributional parameters that are one number each where they have no formula."""
        return self.dpars

    @property
    def main_dpars(self) -> tuple[str, ...]:
        """Distributional parameters that the main formula predicts."""
        return ("mu",)

    # What follows ---------------------------------------------------------------------------------------------------

    @property
    def dpars(self) -> tuple[str, ...]:
        """Names of the distributional parameters."""
        return tuple(parameter.name for parameter in self.parameters)

    def parameter(self, name: str) -> Parameter:
        """Return one distributional parameter.

        Raises
        ------
        FamilyError
            If the family has none of that name.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise FamilyError(f"family {self.name} has no parameter {name!r}; {nearest(name, self.dpars)}")

    def link_of(self, dpar: str) -> Link:
        """Return the link of a distributional parameter."""
        self.parameter(dpar)
        return as_link(self._link_name(dpar))

    def links_line(self, predicted: Collection[str] = ("mu",)) -> str:
        """Return the links as a summary prints them; a parameter that is not predicted has the identity.

        Examples
        --------
        >>> from partialpool.families import gaussian
        >>> gaussian().links_line()
        'mu = identity; sigma = identity'
        >>> gaussian().links_line(["mu", "sigma"])
        'mu = identity; sigma = log'
        """
        return "; ".join(
            f"{dpar} = {self._link_name(dpar) if dpar in predicted else 'identity'}" for dpar in self.dpars
        )

    def check_response(
        self,
        values: Value,
        name: str = "y",
        additions: Mapping[str, NDArray[Any]] | None = None,
        *,
        missing_allowed: bool = False,
        row_name: Callable[[int], str] | None = None,
    ) -> Array:
        """Return the response as float64 numbers, [row] or for a matrix [row, column], or say what is wrong with it.

        Parameters
        ----------
        values
            The response as the formula evaluates it: an array or a factor.
        name
            What to call it.
        additions
            Columns of the addition terms by name, shape [row]: `trials`, ...
        missing_allowed
            Whether NaN stands for a value to estimate.
        row_name
            How to call a row (0-based position) in a message; by its 1-based number where it is None.

        Raises
        ------
        DataError
            If a value does not meet the family's demand, or an addition term that it needs is missing.
        """
        additions = {} if additions is None else additions
        check_additions(self, additions, row_name or numbered)
        observed = Observed(values, name, self.name, additions, missing_allowed, row_name or numbered)
        y = self.response.check(observed)
        check_events(y, additions, name, row_name or numbered)
        return y

    def to_dict(self) -> dict[str, Any]:
        """Return name and links as plain data.

        Examples
        --------
        >>> from partialpool.families import negbinomial
        >>> negbinomial().to_dict()
        {'family': 'negbinomial', 'link': 'log', 'link_shape': 'log'}
        """
        values = {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
        return {"family": self.name, **plain}

    def __repr__(self) -> str:
        links = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self))  # type: ignore[arg-type]
        return f"{self.name}({links})"

    def __str__(self) -> str:
        return self.name

    def _link_name(self, dpar: str) -> str:
        return str(getattr(self, link_argument(dpar)))


def link_argument(dpar: str) -> str:
    """Return the name of the argument that sets the link of a parameter."""
    return "link" if dpar == "mu" else f"link_{dpar}"
