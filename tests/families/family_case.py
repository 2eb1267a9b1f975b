"""One row of the table of families."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """A family at some parameters.

    `reference` makes SciPy's distribution of the parameters and data; `tolerance` is that of SciPy's own log density.
    """

    family: str
    reference: Callable[..., Any]
    y: np.ndarray
    parameters: dict[str, np.ndarray | float]
    data: dict[str, np.ndarray] = field(default_factory=dict)

    @property
    def given(self) -> dict[str, Any]:
        return {**self.parameters, **self.data}

    @property
    def distribution(self) -> Any:
        return self.reference(**self.given)
