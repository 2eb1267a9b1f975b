"""Distributional parameters: their links, bounds and default priors.

The names are brms', and a name means the same in every family: `sigma` a scale, `shape` a shape, `hu` the probability
of not crossing a hurdle, ...
"""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = [
    "ANY_LINKS",
    "BOUNDED_LINKS",
    "COUNT_LINKS",
    "POSITIVE_LINKS",
    "PROBABILITY_LINKS",
    "REAL_LINKS",
    "STANDARD",
    "Parameter",
    "Shares",
    "location",
]

REAL_LINKS = ("identity", "log", "inverse", "softplus", "squareplus")
"""Links of the location of a response that may take any value."""

BOUNDED_LINKS = ("logit", "probit", "probit_approx", "cloglog", "cauchit", "softit")
"""Links onto (0, 1)."""

ANY_LINKS = (*REAL_LINKS, *BOUNDED_LINKS)
"""Links of the mean of a response that may take any value, those onto (0, 1) included."""

PROBABILITY_LINKS = (*BOUNDED_LINKS, "identity", "log")
"""Links of a probability."""

COUNT_LINKS = ("log", "identity", "sqrt", "softplus", "squareplus")
"""Links of the mean of a count."""

POSITIVE_LINKS = ("log", "identity", "inverse", "softplus", "squareplus")
"""Links of the mean of a positive response."""

_SCALE_LINKS = ("log", "identity", "softplus", "squareplus")


@dataclass(frozen=True)
class Parameter:
    """A distributional parameter of a family.

    Attributes
    ----------
    name
        `mu`, `sigma`, ...
    links
        Names of the links that it may have, the default first.
    lower, upper
        Bounds on the natural scale, for the parameter as such (not predicted); None where there is none. An upper bound
        `"min_Y"` is the smallest response.
    prior
        Default prior where it is not predicted, or predicted without a link; `""` is flat. `{scale}` stands for the scale
        of the response.
    intercept_prior
        Default prior of its intercept where it is predicted; `{location}` and `{scale}` stand for those of the response
        through the link of the parameter.
    value
        Number that it is held at where it has no formula and none is given; None where it is estimated.
    """

    name: str
    links: tuple[str, ...]
    lower: float | None = None
    upper: float | str | None = None
    prior: str = ""
    intercept_prior: str = ""
    value: float | None = None

    def with_prior(self, prior: str) -> Parameter:
        """Return the parameter with another default prior for when it is not predicted."""
        return replace(self, prior=prior)

    def with_links(self, *links: str) -> Parameter:
        """Return the parameter with other links."""
        return replace(self, links=links)


@dataclass(frozen=True)
class Shares:
    """Positive numbers that sum to one, which a family has beside its distributional parameters.

    Attributes
    ----------
    name
        Name in the parameters block, and the class of its prior.
    elements
        Public name of each number. Those that are distributional parameters of the family are listed as such.
    groups
        Groups of rows that have such numbers of their own, those of the first group standing first among the elements;
        empty where all rows share them.
    """

    name: str
    elements: tuple[str, ...]
    groups: tuple[str, ...] = ()


def location(
    *links: str,
    lower: float | None = None,
    upper: float | None = None,
    intercept_prior: str = "student_t(3, {location}, {scale})",
) -> Parameter:
    """Return the parameter `mu` of a family."""
    return Parameter("mu", links, lower, upper, "", intercept_prior)


_WIDE = "student_t(3, 0, 2.5)"


def _probability(name: str) -> Parameter:
    return Parameter(name, ("logit", "identity"), 0.0, 1.0, "beta(1, 1)", "logistic(0, 1)")


def _positive(name: str, prior: str, intercept_prior: str) -> Parameter:
    return Parameter(name, _SCALE_LINKS, 0.0, None, prior, intercept_prior)


STANDARD: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (
        _positive("sigma", "student_t(3, 0, {scale})", "student_t(3, 0, {scale})"),
        _positive("shape", "gamma(0.01, 0.01)", _WIDE),
        _positive("phi", "gamma(0.01, 0.01)", _WIDE),
        _positive("kappa", "gamma(2, 0.01)", "normal(5.0, 0.8)"),
        _positive("beta", "gamma(1, 0.1)", "normal(1.7, 1.3)"),
        _positive("disc", "lognormal(0, 1)", "normal(0, 1)"),
        _positive("bs", "gamma(1, 1)", "normal(-0.6, 1.3)"),
        Parameter("ndt", _SCALE_LINKS, 0.0, "min_Y", "uniform(0, min_Y)"),
        Parameter("nu", ("logm1", "identity"), 1.0, None, "gamma(2, 0.1)", "normal(2.7, 0.8)"),
        Parameter("xi", ("log1p", "identity"), None, None, "normal(0, 2.5)", "normal(0, 4)"),
        Parameter("alpha", ("identity", "log", "softplus", "squareplus"), None, None, "normal(0, 4)", "normal(0, 4)"),
        *(_probability(name) for name in ("zi", "hu", "zoi", "coi", "bias", "quantile")),
    )
}
"""Parameters beside mu as most families have them, by name."""
