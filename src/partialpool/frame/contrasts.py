"""Contrasts: how the levels of a factor become columns of a design matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError, nearest
from partialpool.frame.columns import printed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CODINGS", "Coding", "Contrast", "code_levels", "contrasts"]

Coding: TypeAlias = "str | tuple[str, str | None] | NDArray[Any] | Sequence[Sequence[float]] | pd.DataFrame"


@dataclass(frozen=True, eq=False)
class Contrast:
    """The coding of one factor.

    Attributes
    ----------
    levels
        Levels of the factor, in their order.
    matrix
        Shape [level, column], float64.
    names
        Names of the columns: what is appended to the name of the factor.
    """

    levels: tuple[str, ...]
    matrix: NDArray[np.float64]
    names: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the contrast as JSON-able data."""
        return {"levels": list(self.levels), "matrix": self.matrix.tolist(), "names": list(self.names)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Contrast:
        """Return the contrast that `to_dict` wrote down."""
        levels, names = tuple(data["levels"]), tuple(data["names"])
        matrix = np.array(data["matrix"], dtype=np.float64).reshape(len(levels), len(names))
        return cls(levels, matrix, names)


def contrasts(column: Any, coding: Coding | None = None) -> pd.DataFrame:
    """Return how the levels of a column are coded: a data frame with one row per level and one column per contrast.

    Parameters
    ----------
    column
        Series, array or list of categories, texts or booleans.
    coding
        `"treatment"` (default of unordered factors), `"poly"` (default of ordered ones), `"sum"`, `"helmert"`, `"sas"`,
        or a matrix or data frame with one row per level.

    Raises
    ------
    DataError
        If the column is numeric or has fewer than two levels, or the coding does not fit.

    Examples
    --------
    >>> print(contrasts(["Mail", "Park", "Email"], "sum"))
           1  2
    Email  1  0
    Mail   0  1
    Park  -1 -1
    """
    import pandas as pd

    from partialpool.frame.read import read_column

    read = read_column(str(getattr(column, "name", None) or "x"), column).drop_unused_levels()
    if read.kind in ("numeric", "integer"):
        raise DataError(f"column {read.name!r} is numeric and has no contrasts; make it a categorical first")
    levels = read.levels if read.is_categorical else ("FALSE", "TRUE")
    contrast = code_levels(levels, coding, ordered=read.is_ordered, label=read.name)
    matrix = contrast.matrix
    whole = matrix.astype(int) if np.array_equal(matrix, np.round(matrix)) else matrix
    return pd.DataFrame(whole, index=list(contrast.levels), columns=list(contrast.names))


def code_levels(levels: tuple[str, ...], coding: Coding | None, *, ordered: bool = False, label: str) -> Contrast:
    """Return the contrast of a factor's levels.

    Parameters
    ----------
    levels
        Levels in their order.
    coding
        Name of a coding (with or without `contr.`), a pair of such a name and the base level, a matrix, a data frame,
        or None for the default.
    ordered
        Whether the factor is ordered; its default is then `poly`.
    label
        What the factor is called in messages.

    Raises
    ------
    DataError
        If the factor has one level, or the coding is unknown or has the wrong shape.
    """
    if len(levels) < 2:
        only = f"one level, {levels[0]!r}" if levels else "no levels"
        raise DataError(f"factor {label!r} has {only}; a contrast needs two or more: drop it from the formula")
    if coding is None:
        coding = "poly" if ordered else "treatment"
    if isinstance(coding, str):
        coding = (coding, None)
    if isinstance(coding, tuple) and len(coding) == 2 and isinstance(coding[0], str):
        name, base = coding
        return _named(levels, name, base if isinstance(base, str) else None, label)
    return _custom(levels, coding, label)


def _named(levels: tuple[str, ...], name: str, base: str | None, label: str) -> Contrast:
    name = name.removeprefix("contr.").lower()
    if name not in CODINGS:
        raise DataError(f"no coding named {name!r} for factor {label!r}; {nearest(name, CODINGS)}")
    if base is None:
        matrix, names = CODINGS[name](levels)
        return Contrast(levels, matrix, names)
    if name not in ("treatment", "sas"):
        raise DataError(f"coding {name!r} of factor {label!r} has no base level; only 'treatment' has")
    if base not in levels:
        raise DataError(f"factor {label!r} has no level {base!r}; {nearest(base, levels)}")
    return Contrast(levels, *_without(levels, levels.index(base)))


def _custom(levels: tuple[str, ...], coding: Any, label: str) -> Contrast:
    names = tuple(str(name) for name in coding.columns) if hasattr(coding, "columns") else None
    if hasattr(coding, "index") and hasattr(coding, "loc"):
        rows = [printed(row) for row in coding.index]
        if sorted(rows) == sorted(levels):
            coding = coding.set_axis(rows, axis=0).loc[list(levels)]
        elif list(coding.index) != list(range(len(rows))):
            raise DataError(
                f"the contrast matrix of factor {label!r} has rows for {', '.join(rows)}; "
                f"the levels are {', '.join(levels)}"
            )
    try:
        matrix = np.asarray(coding, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(f"the contrasts of factor {label!r} are neither the name of a coding nor a matrix") from None
    if matrix.ndim == 1:
        matrix = matrix[:, None]
    n = len(levels)
    if matrix.ndim != 2 or matrix.shape[0] != n or not 1 <= matrix.shape[1] < n:
        raise DataError(
            f"the contrast matrix of factor {label!r} has shape {matrix.shape}; "
            f"it needs one row for each of its {n} levels and at most {n - 1} columns"
        )
    if not np.isfinite(matrix).all():
        raise DataError(f"the contrast matrix of factor {label!r} has values that are not finite")
    return Contrast(levels, matrix, names or _numbered(matrix.shape[1]))


def _numbered(k: int) -> tuple[str, ...]:
    return tuple(str(i + 1) for i in range(k))


def _without(levels: tuple[str, ...], base: int) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    names = tuple(level for i, level in enumerate(levels) if i != base)
    return np.delete(np.eye(len(levels)), base, axis=1), names


def _treatment(levels: tuple[str, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Each level but the first against the first."""
    return _without(levels, 0)


def _sas(levels: tuple[str, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Each level but the last against the last."""
    return _without(levels, len(levels) - 1)


def _sum(levels: tuple[str, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Each level but the last against the mean of all."""
    k = len(levels) - 1
    return np.vstack([np.eye(k), -np.ones(k)]), _numbered(k)


def _helmert(levels: tuple[str, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Each level but the first against the mean of those before it."""
    n = len(levels)
    row, column = np.arange(n)[:, None], np.arange(1, n)[None, :]
    return np.where(row < column, -1.0, np.where(row == column, column, 0.0)), _numbered(n - 1)


def _poly(levels: tuple[str, ...]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Orthonormal polynomials of equally spaced scores: linear, quadratic, cubic, ..."""
    n = len(levels)
    scores = np.arange(1.0, n + 1) - (n + 1) / 2
    q, r = np.linalg.qr(np.vander(scores, n, increasing=True))
    names = tuple((".L", ".Q", ".C")[i] if i < 3 else f"^{i + 1}" for i in range(n - 1))
    return (q * np.sign(np.diag(r)))[:, 1:], names


CODINGS = {"treatment": _treatment, "sum": _sum, "helmert": _helmert, "poly": _poly, "sas": _sas}
"""Codings by name."""
