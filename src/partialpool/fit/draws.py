"""Posterior draws under flat names, as brms names them: the one shape in which draws travel between modules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from partialpool.arguments import listed
from partialpool.errors import DataError, nearest

__all__ = ["Draws"]

_SHOWN = 8  # names in the repr


@dataclass(frozen=True, repr=False)
class Draws:
    """Draws of several variables.

    Attributes
    ----------
    names
        Flat names, as brms writes them: `b_promoBundle`, `sd_channel__Intercept`, `r_channel[Mail,Intercept]`.
    values
        Array of shape [chain, draw, variable].

    Examples
    --------
    >>> import numpy as np
    >>> draws = Draws(("b_Intercept", "b_x", "sigma"), np.zeros((4, 100, 3)))
    >>> draws
    <Draws: 4 chains of 100 draws of 3 variables: b_Intercept, b_x, sigma>
    >>> draws.select(regex="^b_").names
    ('b_Intercept', 'b_x')
    """

    names: tuple[str, ...]
    values: NDArray[np.float64]

    @property
    def n_chains(self) -> int:
        """Number of chains."""
        return int(self.values.shape[0])

    @property
    def n_per_chain(self) -> int:
        """Number of draws of each chain."""
        return int(self.values.shape[1])

    @property
    def flat(self) -> NDArray[np.float64]:
        """All draws of all chains, one chain after the other: shape [chain * draw, variable]."""
        return self.values.reshape(-1, self.values.shape[2])

    def __repr__(self) -> str:
        shown = ", ".join(self.names[:_SHOWN]) + (", ..." if len(self.names) > _SHOWN else "")
        return f"<Draws: {self.n_chains} chains of {self.n_per_chain} draws of {len(self.names)} variables: {shown}>"

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """Return the draws of one variable: shape [chain, draw]."""
        if name not in self.names:
            raise DataError(f"no draws of a variable named {name!r}; {nearest(name, self.names)}")
        return self.values[:, :, self.names.index(name)]

    def select(self, variable: str | Sequence[str] | None = None, regex: str | Sequence[str] | None = None) -> Draws:
        """Return the variables that are named, in the order asked for, then those that a regular expression is found in.

        Parameters
        ----------
        variable
            Exact names. A name without an index also takes all its elements: `"r_channel"` takes
            `r_channel[Mail,Intercept]`.
        regex
            Regular expressions, searched for in the names.

        Raises
        ------
        DataError
            If a name or an expression matches nothing.
        """
        if variable is None and regex is None:
            return self
        keep: dict[int, None] = {}
        for name in [] if variable is None else listed("variable", variable):
            found = [i for i, known in enumerate(self.names) if known == name or known.startswith(f"{name}[")]
            if not found:
                raise DataError(f"no draws of a variable named {name!r}; {nearest(name, self.names)}")
            keep.update(dict.fromkeys(found))
        for pattern in [] if regex is None else listed("regex", regex):
            try:
                compiled = re.compile(pattern)
            except re.error as error:
                raise DataError(f"{pattern!r} is not a regular expression: {error}") from error
            found = [i for i, known in enumerate(self.names) if compiled.search(known)]
            if not found:
                raise DataError(f"the expression {pattern!r} is found in no variable; {nearest(pattern, self.names)}")
            keep.update(dict.fromkeys(found))
        order = list(keep)
        return Draws(tuple(self.names[i] for i in order), np.ascontiguousarray(self.values[:, :, order]))
