"""Everything that partialpool raises or warns of: one small tree of errors, one of warnings.

Bad input never reaches the user as anything else. A message says what was found, where (a caret under the place in the
formula; the column, level or row) and what to do about it.
"""

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Iterable

__all__ = [
    "ConvergenceWarning",
    "DataError",
    "DataWarning",
    "FamilyError",
    "FormulaError",
    "PartialPoolError",
    "PartialPoolWarning",
    "PriorError",
    "SamplingError",
    "StorageError",
    "nearest",
    "warn",
]


class PartialPoolError(Exception):
    """Root of all errors that partialpool raises."""


class FormulaError(PartialPoolError):
    """A formula cannot be read, or names something that is not supported."""


class DataError(PartialPoolError):
    """The data do not fit the formula or the family."""


class PriorError(PartialPoolError):
    """A prior cannot be read, or matches no parameter of the model."""


class FamilyError(PartialPoolError):
    """A family, link or distributional parameter is unknown or misused."""


class SamplingError(PartialPoolError):
    """Sampling could not start or could not go on."""


class StorageError(PartialPoolError):
    """A saved fit cannot be written or read."""


class PartialPoolWarning(UserWarning):
    """Root of all warnings that partialpool issues."""


class DataWarning(PartialPoolWarning):
    """Something about the data that the user should know, such as rows dropped for missing values."""


class ConvergenceWarning(PartialPoolWarning):
    """The draws may not represent the posterior; the message names the remedy."""


def nearest(name: str, known: Iterable[str], *, limit: int = 3) -> str:
    """Return a phrase that suggests the known names most like `name` (whatever their case), or lists them.

    Examples
    --------
    >>> nearest("chanel", ["channel", "promo"])
    "did you mean 'channel'?"
    >>> nearest("zzz", ["a", "b"])
    "known: 'a', 'b'"
    """
    names = [str(candidate) for candidate in known]
    if not names:
        return "there are none"
    folded = [candidate.casefold() for candidate in names]
    close = difflib.get_close_matches(str(name).casefold(), dict.fromkeys(folded), n=limit)
    if close:
        meant = [names[folded.index(candidate)] for candidate in close]
        return "did you mean " + " or ".join(repr(candidate) for candidate in meant) + "?"
    shown = names[:12]
    return "known: " + ", ".join(repr(candidate) for candidate in shown) + (", ..." if len(names) > len(shown) else "")


def warn(message: str, category: type[Warning]) -> None:
    """Issue a warning that points to the user's line: the first on the stack that is not of this package."""
    level, frame = 2, sys._getframe(1)
    between = (__package__, "functools")  # which stands between a cached property and its caller
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] in between:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)
