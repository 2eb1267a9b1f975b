"""The cumulative model of ordered categories with a category of its own before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from partialpool.families.ordinal import ORDINAL_PARAMETERS, OrdinalFamily
from partialpool.families.parameters import STANDARD

if TYPE_CHECKING:
    from partialpool.engine.tape import Section, Slot

__all__ = ["HurdleCumulative"]


@dataclass(frozen=True, repr=False)
class HurdleCumulative(OrdinalFamily):
    """Category 0 (or the first level) with probability hu; the others as in `cumulative`, times 1 - hu.

    Predictions are probabilities of the categories, [draw, row, category].

    Parameters
    ----------
    link
        Link of mu.
    link_hu, link_disc
        Links of the probability of category 0 and of the discrimination, where they are predicted.
    threshold
        `"flexible"`, `"equidistant"` or `"sum_to_zero"`.
    """

    link: str = "logit"
    link_hu: str = "logit"
    link_disc: str = "log"
    threshold: str = "flexible"

    name = "hurdle_cumulative"
    parameters = (ORDINAL_PARAMETERS[0], STANDARD["hu"], ORDINAL_PARAMETERS[1])
    increasing = True
    extra = 1

    @property
    def kernel_name(self) -> str:
        """Name of the distribution over the thresholds."""
        return "cumulative"

    def start_rows(self, section: Section, slots: Mapping[str, Slot], columns: Mapping[str, Any]) -> Slot:
        """Return the row slot with the log probability of crossing the hurdle, or not."""
        from partialpool.families.composition import likelihood
        from partialpool.families.distributions.bernoulli import Bernoulli

        # Whether the hurdle is not crossed is a Bernoulli response of probability hu.
        hurdle = Bernoulli(link=self.link_of("hu").name)
        weighted = ["weights"] if "weights" in columns else []
        kernel = likelihood(hurdle, {"mu": "row" if slots["hu"].region == "row" else "scalar"}, weighted)
        stays = {**columns, "y": np.asarray(columns["y"] == 0, dtype=np.float64)}
        out = section.slot()
        section.add(kernel.op({"mu": slots["hu"]}, stays, out))
        return out
