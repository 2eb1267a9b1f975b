"""Which variables a plot shows, on which scale, and the long table of their draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, nearest
from partialpool.fit.draws import Draws
from partialpool.plots.source import draws_from

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Transformation", "Transformations", "chain_table", "long_table", "select_draws"]

Transformation: TypeAlias = str | Callable[[NDArray[np.float64]], NDArray[np.float64]]
Transformations: TypeAlias = Transformation | Mapping[str, Transformation]


def _inv_logit(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(0.5 * (1 + np.tanh(x / 2)))


def _logit(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.log(p) - np.log1p(-p))


_TRANSFORMS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "abs": np.abs,
    "exp": np.exp,
    "expm1": np.expm1,
    "inv_logit": _inv_logit,
    "log": np.log,
    "log10": np.log10,
    "log1p": np.log1p,
    "log2": np.log2,
    "logit": _logit,
    "plogis": _inv_logit,
    "qlogis": _logit,
    "sqrt": np.sqrt,
    "square": np.square,
    "tanh": np.tanh,
}


def select_draws(
    source: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
) -> Draws:
    """Return the draws to be plotted: the variables named, or found by an expression, transformed where asked.

    Parameters
    ----------
    source
        Whatever `draws_from` takes.
    pars
        Names of variables. A name without an index takes all its elements.
    regex_pars
        Regular expressions, searched for in the names.
    transformations
        One function for all variables, or a dictionary from names to functions. A function is a callable that takes and
        returns an array, or one of the words `exp`, `log`, `sqrt`, `inv_logit`, ... A transformed variable is renamed:
        `exp(b_x)`, or `t(b_x)` where the function has no name.

    Raises
    ------
    DataError
        If a name or an expression matches nothing, or a transformation is unknown, names a variable that is not
        plotted, or does not give a finite number for each draw.

    Examples
    --------
    >>> import numpy as np
    >>> select_draws({"b_x": np.zeros((4, 100)), "sigma": np.ones((4, 100))}, regex_pars="^b_", transformations="exp").names
    ('exp(b_x)',)
    """
    draws = draws_from(source).select(pars, regex_pars)
    if transformations is None:
        return draws
    functions = _by_name(transformations, draws.names)
    names = tuple(_renamed(name, functions[name]) if name in functions else name for name in draws.names)
    columns = [_apply(functions[name], name, draws[name]) if name in functions else draws[name] for name in draws.names]
    return Draws(names, np.stack(columns, axis=2))


def _by_name(transformations: Transformations, names: Sequence[str]) -> dict[str, Transformation]:
    if not isinstance(transformations, Mapping):
        return dict.fromkeys(names, transformations)
    for name in transformations:
        if name not in names:
            raise DataError(f"`transformations` names {name!r}, which is not plotted; {nearest(name, names)}")
    return dict(transformations)


def _renamed(name: str, function: Transformation) -> str:
    word = function if isinstance(function, str) else getattr(function, "__name__", "t")
    return f"{'t' if word == '<lambda>' else word}({name})"


def _apply(function: Transformation, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
    if not isinstance(function, str) and not callable(function):
        raise DataError(f"a transformation is a function or the name of one, or several by variable; got {function!r}")
    if isinstance(function, str) and function not in _TRANSFORMS:
        raise DataError(f"no transformation named {function!r}; {nearest(function, _TRANSFORMS)}")
    chosen = _TRANSFORMS[function] if isinstance(function, str) else function
    with np.errstate(all="ignore"):
        result = np.asarray(chosen(values), dtype=np.float64)
    if result.shape != values.shape:
        raise DataError(f"the transformation of {name!r} gave shape {result.shape} for draws of shape {values.shape}")
    if not np.isfinite(result).all():
        count = int((~np.isfinite(result)).sum())
        raise DataError(f"{_renamed(name, function)} is not finite for {count} of {result.size} draws")
    return result


def long_table(draws: Draws) -> pd.DataFrame:
    """Return one row for each draw of each variable: columns parameter, chain, draw (from 1 on) and value.

    `parameter` and `chain` are categoricals in the order of the draws, so that plots keep it.
    """
    import pandas as pd

    n_chains, n_draws, n_variables = draws.values.shape
    chains = [str(i + 1) for i in range(n_chains)]
    return pd.DataFrame(
        {
            "parameter": _ordered(np.repeat(draws.names, n_chains * n_draws), draws.names),
            "chain": _ordered(np.tile(np.repeat(chains, n_draws), n_variables), chains),
            "draw": np.tile(np.arange(1, n_draws + 1), n_chains * n_variables),
            "value": draws.values.transpose(2, 0, 1).ravel(),
        }
    )


def _ordered(values: Any, categories: Sequence[str]) -> pd.Categorical[Any]:
    import pandas as pd

    return pd.Categorical(values, categories=list(categories), ordered=True)


def chain_table(
    draws: Draws, compute: Callable[[NDArray[np.float64]], Mapping[str, NDArray[np.float64] | NDArray[np.int64]]]
) -> pd.DataFrame:
    """Return what `compute` makes of each variable in each chain, as one long table.

    Parameters
    ----------
    draws
        The draws.
    compute
        Takes the draws [chain, draw] of one variable and returns columns by name, each of shape [chain, n], or [n] where
        it is the same for all chains.

    Returns
    -------
    DataFrame
        Columns parameter and chain (categoricals in the order of the draws), and those of `compute`.
    """
    import pandas as pd

    chains = [str(i + 1) for i in range(draws.n_chains)]
    parts = []
    for i, name in enumerate(draws.names):
        columns = compute(draws.values[:, :, i])
        length = max(column.shape[-1] for column in columns.values())
        flat = {key: np.broadcast_to(column, (len(chains), length)).ravel() for key, column in columns.items()}
        parts.append(pd.DataFrame({"parameter": name, "chain": np.repeat(chains, length), **flat}))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(
        parameter=_ordered(table["parameter"], draws.names),
        chain=_ordered(table["chain"], chains),
    )
