"""Which component of a mixture each row belongs to: probabilities given its response."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack, cast

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import FamilyError
from partialpool.fit.prediction import log_memberships
from partialpool.fit.request import Options, Request
from partialpool.fit.row_tables import row_index, row_table
from partialpool.fit.tables import DEFAULT_PROBS

if TYPE_CHECKING:
    import xarray as xr

    from partialpool.fit.fit import Fit

__all__ = ["pp_mixture"]

Array: TypeAlias = NDArray[np.float64]


def pp_mixture(
    fit: Fit,
    newdata: Any = None,
    re_formula: str | bool | None = None,
    *,
    log: bool = False,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = DEFAULT_PROBS,
    **options: Unpack[Options],
) -> xr.DataArray | Array:
    """Return the probabilities that rows come from each component of a mixture, given their responses.

    That of component k is theta_k f_k(y) / sum_j theta_j f_j(y), for each draw of the parameters. Weights of rows do not
    count.

    Parameters
    ----------
    fit
        Fit of a mixture.
    newdata, re_formula, **options
        As in `Fit.posterior_linpred`; new rows need a response.
    log
        Whether to return logarithms of the probabilities.
    summary
        Whether to return estimates, their errors and quantiles, [row, statistic, component], instead of draws.
    robust, probs
        As in `Fit.fitted`.

    Returns
    -------
    Labelled array [row, statistic, component], or with `summary=False` an array [draw, row, component].

    Raises
    ------
    FamilyError
        If the family of the fit is no mixture.

    Examples
    --------
    >>> import numpy as np, partialpool as pp
    >>> rng = np.random.default_rng(1)
    >>> y = np.concatenate([rng.normal(-3, 1, 40), rng.normal(3, 1, 60)])
    >>> fit = pp.brm("y ~ 1", {"y": y}, pp.mixture("gaussian", nmix=2), iter=600, chains=2, seed=1, progress=False)
    >>> pp.pp_mixture(fit).sel(row=0, statistic="Estimate").round(1).values
    array([1., 0.])
    """
    names = [f"P(K = {k} | Y)" for k in range(1, 1 + len(fit.model.spec.family.components))]
    if not names:
        raise FamilyError(f"family {fit.model.spec.family} is no mixture: its rows belong to no components")
    request = Request.of(fit, newdata, re_formula, **options)

    def compute(request: Request, rows: slice) -> Array:
        found = log_memberships(request)
        return found if log else np.exp(found, out=found)

    if not summary:
        return compute(request, slice(None))
    table = row_table(request, compute, row_index(fit, newdata), robust, probs, "component", names)
    return cast("xr.DataArray", table)
