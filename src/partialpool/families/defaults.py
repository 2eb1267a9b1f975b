"""Default priors, by the rules of brms: wide, and scaled to the response."""

from __future__ import annotations

import math

import numpy as np

from partialpool.families.base import Family
from partialpool.families.links import as_link
from partialpool.families.responses import Array
from partialpool.formula.printing import printed_number
from partialpool.frame.operators import rounded
from partialpool.frame.values import Factor, Matrix, Value

__all__ = ["intercept_prior", "parameter_prior", "response_scale", "scale_prior"]

_SCALING_LINKS = ("identity", "log", "inverse", "sqrt", "1/mu^2")
"""Links through which location and spread of the response say something about the intercept."""

_SMALLEST_SCALE = 2.5
_MAD_TO_SD = 1.4826


def response_scale(
    family: Family, y: Value, link: str | None = None, offset: Array | None = None
) -> tuple[float, float]:
    """Return location and scale of the response on the scale of the predictor, for default priors.

    The location is the median, the scale 1.4826 times the median absolute deviation but at least 2.5, both rounded to
    one decimal; 0 and 2.5 where the response is categorical or the link gives no hint.

    Parameters
    ----------
    family
        The family.
    y
        The response, shape [row]; missing values do not count.
    link
        Name of the link; by default that of mu, in a mixture none. A family whose mu is a mean of logarithms always
        looks at logarithms.
    offset
        Offsets of the predictor, shape [row]: the location lies lower by their mean.

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.families import gaussian, poisson
    >>> response_scale(gaussian(), np.array([210.0, 250.0, 280.0, 300.0, 410.0]))
    (280.0, 44.5)
    >>> response_scale(poisson(), np.array([0.0, 2.0, 5.0, 7.0]))
    (1.2, 2.5)
    """
    name = "log" if family.log_scale else link or _own_link(family)
    if name not in _SCALING_LINKS or isinstance(y, Factor | Matrix) or y.dtype == np.bool_:
        return 0.0, _SMALLEST_SCALE
    mean_offset = 0.0 if offset is None else math.fsum(offset) / len(offset)
    z = _on_link_scale(np.asarray(y, dtype=np.float64), name)
    if len(z) == 0:
        return 0.0 - mean_offset, _SMALLEST_SCALE
    center = float(np.median(z))
    with np.errstate(invalid="ignore"):
        spread = _MAD_TO_SD * float(np.median(np.abs(z - center)))
    location = float(rounded(center, 1)) if math.isfinite(center) else 0.0
    scale = float(rounded(spread, 1)) if math.isfinite(spread) else 0.0
    return location - mean_offset, max(_SMALLEST_SCALE, scale)


def _own_link(family: Family) -> str:
    return "identity" if family.components else family.link_of(family.dpars[0]).name


def _on_link_scale(y: Array, link: str) -> Array:
    """Return the values that the link has a number for: there is no logarithm of a negative one."""
    if link in ("log", "inverse", "1/mu^2"):
        y = np.where(y == 0, 0.1, y)
    with np.errstate(all="ignore"):
        z = as_link(link).link(y)
    return z[~np.isnan(z)]


def intercept_prior(family: Family, dpar: str, y: Value, offset: Array | None = None) -> str:
    """Return the default prior of the intercept of a distributional parameter that is predicted; `""` is flat.

    Where its link is the identity, it is that of the parameter itself.

    Parameters
    ----------
    family
        The family.
    dpar
        Name of the parameter.
    y
        The response, shape [row].
    offset
        Offsets of the predictor of mu, shape [row].

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.families import bernoulli, student
    >>> intercept_prior(bernoulli(), "mu", np.array([0.0, 1.0]))
    'student_t(3, 0, 2.5)'
    >>> intercept_prior(student(), "nu", np.array([0.0, 1.0]))
    'normal(2.7, 0.8)'
    """
    parameter, link = family.parameter(dpar), family.link_of(dpar).name
    natural = link == "identity" and parameter.prior
    return _filled(parameter.prior if natural else parameter.intercept_prior, family, y, link, offset)


def parameter_prior(family: Family, dpar: str, y: Value) -> str:
    """Return the default prior of a distributional parameter that is not predicted; `""` is flat.

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.families import gaussian
    >>> parameter_prior(gaussian(), "sigma", np.array([210.0, 250.0, 280.0, 300.0, 410.0]))
    'student_t(3, 0, 44.5)'
    """
    return _filled(family.parameter(dpar).prior, family, y, "identity")


def scale_prior(family: Family, y: Value) -> str:
    """Return the default prior of the standard deviations of a response's terms, whatever parameter they belong to.

    Examples
    --------
    >>> import numpy as np
    >>> from partialpool.families import poisson
    >>> scale_prior(poisson(), np.array([0.0, 2.0, 5.0, 7.0]))
    'student_t(3, 0, 2.5)'
    """
    return _filled("student_t(3, 0, {scale})", family, y)


def _filled(prior: str, family: Family, y: Value, link: str | None = None, offset: Array | None = None) -> str:
    """Return a prior with the places for location and scale of the response filled, as they are through a link."""
    if "{" not in prior:
        return prior
    location, scale = response_scale(family, y, link, offset)
    return prior.format(location=printed_number(location), scale=printed_number(scale))
