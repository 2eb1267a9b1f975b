"""Families that users write: a log density as a Python function of symbols, and what predictions need beside it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import FamilyError, nearest
from partialpool.families.additions import addition_of
from partialpool.families.base import COMMON_ADDITIONS, Family
from partialpool.families.links import LINKS
from partialpool.families.parameters import STANDARD, Parameter, location
from partialpool.families.responses import REAL, Array, Response
from partialpool.families.user_functions import called, check_arguments, code_digest, is_compiled, wanted
from partialpool.frame.values import Value

if TYPE_CHECKING:
    from partialpool.engine.tape import Section, Slot

__all__ = ["CustomFamily", "custom_family"]

Bounds = Sequence[float | None] | Mapping[str, float | None]
Support = Callable[..., Any] | tuple[float | None, float | None]

_KINDS = ("real", "int")
_COLUMNS = re.compile(r"trials|dec|v(int|real)[1-9]\d*")


def custom_family(
    name: str,
    dpars: Sequence[str] = ("mu",),
    links: str | Sequence[str] | Mapping[str, str] = "identity",
    type: str = "real",  # noqa: A002  (brms' name)
    lb: Bounds | None = None,
    ub: Bounds | None = None,
    *,
    log_density: Callable[..., Any],
    random: Callable[..., Any] | None = None,
    mean: Callable[..., Any] | None = None,
    cdf: Callable[..., Any] | None = None,
    vars: Sequence[str] = (),  # noqa: A002  (brms' name)
    support: Support | None = None,
) -> CustomFamily:
    """Return a family with a log density of your own.

    `log_density(y, mu, phi, ...)` takes the response, then by their names the distributional parameters, on their natural
    scale, and the columns of `vars`. It is called once with symbols, and returns the formula of the log density, written
    with arithmetic and the functions of `partialpool.mathematics`: that of a built-in family is made in no other way. Where
    a formula is not enough, it may be a function compiled by `numba.njit`, which takes numbers in the order response,
    parameters, columns, and at last an array: into it, it writes the derivatives by the parameters, and it returns the log
    density. It must not raise exceptions. It is compiled anew in each session unless it was made with `cache=True`.

    Other arrays that the density needs are known to it like any variable of the code around it.

    Parameters
    ----------
    name
        What to call the family.
    dpars
        Names of the distributional parameters, `mu` first. Those that other families have, `sigma`, `shape`, `phi`, ...,
        have the default priors that they have there; others have flat ones.
    links
        Link of all parameters, or of each, or by name (`identity` for those not named).
    type
        `"real"` or `"int"`: whether responses are any numbers or whole ones.
    lb, ub
        Bounds of the parameters where they are not predicted: one for each, None where there is none, or by name. By
        default those that parameters of these names have in other families.
    log_density
        Log density (or log probability); see above.
    random
        `random(rng, mu, ...)`: random responses, given arrays of parameters and columns by their names (those that it
        asks for), of the shape of the parameters.
    mean
        `mean(mu, ...)`: means of the response, likewise.
    cdf
        `cdf(y, mu, ...)`: probability of a response of at most y, in the vocabulary of the density. With it, responses may
        be censored and truncated.
    vars
        Columns that the functions take: `"vint1"`, `"vint2"`, ... of the addition term `vint(a, b)`, `"vreal1"`, ... of
        `vreal(c)`, and `"trials"`.
    support
        Which responses there may be: a pair of the smallest and the largest (None where there is none), or a function of
        an array of responses, and of the columns that it asks for by name, that says which of them are possible.

    Raises
    ------
    FamilyError
        If the functions do not fit the parameters, or something is unknown.

    Examples
    --------
    >>> import partialpool as pp
    >>> from partialpool.mathematics import lgamma, log
    >>> def log_density(y, mu):
    ...     return y * log(mu) - mu - lgamma(y + 1)
    >>> counts = pp.custom_family("counts", ["mu"], links="log", type="int", log_density=log_density, support=(0, None))
    >>> fit = pp.brm("y ~ 1", {"y": [0, 2, 5]}, counts, empty=True)
    >>> fit.model.param_names()
    ['Intercept']
    """
    names = tuple(dpars)
    columns = tuple(re.sub(r"\[n\]$", "", column) for column in vars)
    _check_names(name, names, columns, type)
    chosen = _chosen_links(names, links)
    lower, upper = _bounds("lb", lb, names), _bounds("ub", ub, names)
    parameters = tuple(
        _parameter(dpar, link, lower[dpar], upper[dpar]) for dpar, link in zip(names, chosen, strict=True)
    )
    functions = {"log_density": log_density, "random": random, "mean": mean, "cdf": cdf}
    for role, function in functions.items():
        if function is not None and not callable(function):
            raise FamilyError(f"{role} of custom family {name!r} must be a function, not {function!r}")
    kind = CompiledFamily if is_compiled(log_density) else CustomFamily
    return kind(name, parameters, chosen, type, log_density, columns, random, mean, cdf, support)


@dataclass(frozen=True, repr=False)
class CustomFamily(Family):
    """A family whose log density is a formula that a user's function writes.

    Parameters
    ----------
    name, parameters, links
        Its name, its parameters, and the name of the link of each.
    type, density, vars, random, average, distribution, support
        As in `custom_family`; `average` is its `mean`, `distribution` its `cdf`, `density` its `log_density`.
    """

    name: str
    parameters: tuple[Parameter, ...]
    links: tuple[str, ...]
    type: str
    density: Callable[..., Any] = field(repr=False)
    vars: tuple[str, ...] = ()
    random: Callable[..., Any] | None = None
    average: Callable[..., Any] | None = None
    distribution: Callable[..., Any] | None = None
    support: Support | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_arguments(self.name, self.density, self.dpars, self.vars)
        taken = {addition_of(column) for column in self.vars}
        events = {"cens", "trunc"} if self.has_cdf else set()
        derived = {
            "response": _response(self),
            "additions": COMMON_ADDITIONS | {"vint", "vreal"} | taken | events | self._more_additions(),
            "data": self.vars,
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def _more_additions(self) -> set[str]:
        """Return the addition terms that a density as a formula allows."""
        errors = {"se"} if "sigma" in self.dpars else set()
        return errors | ({"mi"} if self.type == "real" else set())

    @property
    def is_code(self) -> bool:
        """True."""
        return True

    @property
    def sources(self) -> tuple[Any, ...]:
        """What the density depends on."""
        return CustomFamily, self.name, self.parameters, self.links, self.vars, self.density, self.distribution

    def log_density(self, y: Any, *args: Any, **given: Any) -> Any:
        """Return what the user's function returns.

        Raises
        ------
        FamilyError
            If it fails, or returns no formula.
        """
        return self._formula("log_density", self.density, y, given)

    def cdf(self, y: Any, *args: Any, **given: Any) -> Any:
        """Return what the user's function of probabilities returns."""
        return self._formula("cdf", self._given("cdf", self.distribution), y, given)

    def mean(self, *args: Any, **given: Any) -> Any:
        """Return the mean by the user's function."""
        average = self._given("mean", self.average)
        return np.asarray(called(self.name, "mean", average, (), wanted(average, given)), dtype=np.float64)

    def draw(self, rng: np.random.Generator, *args: Any, **given: Any) -> Array:
        """Return random responses by the user's function."""
        random = self._given("random", self.random)
        drawn = np.asarray(called(self.name, "random", random, (rng,), wanted(random, given)), dtype=np.float64)
        shape = np.broadcast_shapes(*(np.shape(value) for value in given.values()))
        if drawn.shape != shape:
            raise FamilyError(
                f"random of custom family {self.name!r} returned an array of shape {drawn.shape}, not {shape}: it must "
                "return one response for each element of the parameters"
            )
        return drawn

    @property
    def has_cdf(self) -> bool:
        """Whether a `cdf` was given."""
        return self.distribution is not None

    def _given(self, role: str, function: Callable[..., Any] | None) -> Callable[..., Any]:
        if function is None:
            takes = ", ".join(["rng"] * (role == "random") + ["y"] * (role == "cdf") + list(self.dpars))
            raise FamilyError(
                f"custom family {self.name!r} was made without {role}, which is needed here: "
                f"pass {role}=, a function of ({takes}), to custom_family()"
            )
        return function

    def _formula(self, role: str, function: Callable[..., Any], y: Any, given: Mapping[str, Any]) -> Any:
        value = called(self.name, role, function, (y,), wanted(function, given))
        sympy = sys.modules.get("sympy")
        if sympy is not None and isinstance(y, sympy.Basic) and not isinstance(value, sympy.Expr | float | int):
            raise FamilyError(f"{role} of custom family {self.name!r} returned {value!r}, which is no formula")
        return value

    def _link_name(self, dpar: str) -> str:
        return self.links[self.dpars.index(dpar)]

    def to_dict(self) -> dict[str, Any]:
        """Return the family as plain data, its density by a digest alone: code is not stored."""
        return {
            "family": "custom",
            "name": self.name,
            "dpars": list(self.dpars),
            "links": list(self.links),
            "lb": [parameter.lower for parameter in self.parameters],
            "ub": [parameter.upper for parameter in self.parameters],
            "type": self.type,
            "vars": list(self.vars),
            "digest": code_digest(self.density),
        }

    def __repr__(self) -> str:
        links = ", ".join(f"{dpar}={link!r}" for dpar, link in zip(self.dpars, self.links, strict=True))
        return f"custom_family({self.name!r}, {links})"


class CompiledFamily(CustomFamily):
    """A family whose log density is a function that numba compiles, with the derivatives that it writes itself."""

    def _more_additions(self) -> set[str]:
        return set()

    def log_density(self, y: Any, *args: Any, **given: Any) -> Any:
        """Return the log density of arrays."""
        slopes = np.empty(len(self.dpars))
        rows = np.broadcast_arrays(y, *(given[name] for name in (*self.dpars, *self.vars)))
        values = [self.density(*map(float, row), slopes) for row in zip(*(column.flat for column in rows), strict=True)]
        return np.reshape(values, rows[0].shape)

    def add_rows(
        self, section: Section, slots: Mapping[str, Slot], additions: Collection[str], columns: Mapping[str, Value]
    ) -> Slot | None:
        """Add the op that calls the function for each row; see `Family.add_rows`."""
        from partialpool.engine.ops.compiled_rows import CompiledRows, compiled_kernel
        from partialpool.engine.ops.inverse_link import InverseLink

        try:
            kernel = compiled_kernel(self.density, len(self.dpars), len(self.vars))
        except Exception as error:  # whatever numba finds wrong with the function
            shown = str(error).strip().splitlines()
            raise FamilyError(
                f"log_density of custom family {self.name!r} cannot be compiled for numbers: {shown[-1] if shown else ''}"
            ) from error
        natural = []
        for dpar in self.dpars:
            slot = slots[dpar]
            if slot.region == "row" and self._link_name(dpar) != "identity":
                predictor, slot = slot, section.slot()
                section.add(InverseLink(predictor, slot, self._link_name(dpar)))
            natural.append(slot)
        data = {name: np.ascontiguousarray(columns[name], dtype=np.float64) for name in ("y", *self.vars)}
        out = section.slot()
        weights: NDArray[np.float64] | None = columns.get("weights")  # type: ignore[assignment]
        section.add(CompiledRows(kernel, out, tuple(natural), tuple(data.values()), weights))
        return out


# Checks and choices


def _check_names(name: str, dpars: Sequence[str], columns: Sequence[str], kind: str) -> None:
    if not (isinstance(name, str) and name.isidentifier()):
        raise FamilyError(f"a custom family is called by a name such as 'beta_binomial2', not {name!r}")
    if not dpars or dpars[0] != "mu" or len(set(dpars)) < len(dpars):
        raise FamilyError(f"dpars={list(dpars)!r}: the names of the parameters differ, and the first is 'mu'")
    for dpar in dpars:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", dpar) or dpar == "y":
            raise FamilyError(f"{dpar!r} cannot be the name of a distributional parameter: use letters and digits")
    for column in columns:
        if not _COLUMNS.fullmatch(column):
            raise FamilyError(
                f"vars has {column!r}; it may have 'trials', 'vint1', 'vint2', ..., 'vreal1', 'vreal2', ..."
            )
    if kind not in _KINDS:
        raise FamilyError(f"type={kind!r}; {nearest(str(kind), _KINDS)}")


def _chosen_links(dpars: Sequence[str], links: str | Sequence[str] | Mapping[str, str]) -> tuple[str, ...]:
    if isinstance(links, str):
        chosen = (links,) * len(dpars)
    elif isinstance(links, Mapping):
        if unknown := [dpar for dpar in links if dpar not in dpars]:
            raise FamilyError(f"links names {unknown[0]!r}, which is no parameter; {nearest(unknown[0], dpars)}")
        chosen = tuple(links.get(dpar, "identity") for dpar in dpars)
    else:
        chosen = tuple(links)
    if len(chosen) == 1:
        chosen *= len(dpars)
    if len(chosen) != len(dpars):
        raise FamilyError(f"{len(chosen)} links are given for {len(dpars)} parameters")
    return chosen


def _bounds(side: str, bounds: Bounds | None, dpars: Sequence[str]) -> dict[str, Any]:
    if bounds is None:
        attribute = {"lb": "lower", "ub": "upper"}[side]
        return {dpar: getattr(STANDARD[dpar], attribute) if dpar in STANDARD else None for dpar in dpars}
    if isinstance(bounds, Mapping):
        if unknown := [dpar for dpar in bounds if dpar not in dpars]:
            raise FamilyError(f"{side} names {unknown[0]!r}, which is no parameter; {nearest(unknown[0], dpars)}")
        return {dpar: bounds.get(dpar) for dpar in dpars}
    if len(bounds) != len(dpars):
        raise FamilyError(f"{side} has {len(bounds)} bounds for {len(dpars)} parameters")
    missing = (bound is None or bound != bound or abs(bound) == np.inf for bound in bounds)
    return {
        dpar: None if none else float(bound)  # type: ignore[arg-type]
        for dpar, bound, none in zip(dpars, bounds, missing, strict=True)
    }


def _parameter(dpar: str, link: str, lower: Any, upper: Any) -> Parameter:
    links = (link, *(name for name in LINKS if name != link)) if link in LINKS else tuple(LINKS)
    if dpar == "mu":
        return replace(location(*links), lower=lower, upper=upper)
    if dpar in STANDARD:
        return replace(STANDARD[dpar], links=links, lower=lower, upper=upper)
    return Parameter(dpar, links, lower, upper)


def _response(family: CustomFamily) -> Response:
    support = family.support
    discrete = family.type == "int"
    whole = "whole numbers" if discrete else "numbers"

    def holds(y: Array, additions: Mapping[str, Array]) -> NDArray[np.bool_]:
        right = np.isfinite(y) & ((y == np.floor(y)) | (not discrete))
        if callable(support):
            allowed = called(family.name, "support", support, (y,), wanted(support, additions))
            return np.asarray(right & np.asarray(allowed, dtype=np.bool_))
        low, high = support or (None, None)
        return np.asarray(right & (y >= (-np.inf if low is None else low)) & (y <= (np.inf if high is None else high)))

    if support is None and not discrete:
        return REAL
    if callable(support):
        return Response("custom", f"{whole} that its `support` allows", holds, discrete=discrete)
    low, high = support or (None, None)
    ends = (("least", low), ("most", high))
    limits = [f"of at {side} {bound:g}" for side, bound in ends if bound is not None]
    return Response("custom", " ".join([whole, " and ".join(limits)]).strip(), holds, discrete=discrete)
