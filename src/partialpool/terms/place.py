"""Where in a model a predictor stands: which distributional parameter, of which response."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Place"]


@dataclass(frozen=True)
class Place:
    """A distributional or nonlinear parameter of a response. The main parameter, mu, has no name here.

    Examples
    --------
    >>> Place(dpar="sigma", resp="y1").name("b")
    'b_sigma_y1'
    >>> Place().name("b")
    'b'
    """

    dpar: str = ""
    resp: str = ""
    nlpar: str = ""

    @property
    def prefix(self) -> str:
        """The names that are not empty, joined as brms joins them: parameter, response, nonlinear parameter."""
        return "_".join(part for part in (self.dpar, self.resp, self.nlpar) if part)

    def name(self, class_: str) -> str:
        """Return a name with the place behind it."""
        return "_".join(part for part in (class_, self.prefix) if part)

    def qualify(self, coefficient: str) -> str:
        """Return the name of a coefficient with the place before it."""
        return "_".join(part for part in (self.prefix, coefficient) if part)
