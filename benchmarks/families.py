"""Cost of each family: ns for a row's log density with its gradient, beside the transcendental functions it takes.

Run it as `python benchmarks/families.py [family ...]`; it prints a table and saves `families.json` beside this file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

import partialpool as pp
from calibration import case_of, covariates, responses
from function_counts import functions_per_row
from partialpool.families.registry import family_names
from timing import seconds_per_gradient

ROWS = 51_200
RESULTS = Path(__file__).parent / "families.json"


def main() -> None:
    """Measure, print and save."""
    rng = np.random.default_rng(3)
    figures = {}
    for name in sys.argv[1:] or family_names():
        case = case_of(name)
        family = pp.brmsfamily(name, **case.options)
        data = covariates(ROWS) | responses(family, rng, ROWS)
        formula = pp.bf(*case.formula) if isinstance(case.formula, tuple) else case.formula
        model = pp.brm(formula, data, family, empty=True).model
        u = 0.1 * rng.normal(size=model.param_unc_num())
        nanoseconds = 1e9 * seconds_per_gradient(model.program, u, budget=0.5) / ROWS
        functions = functions_per_row(model)
        figures[name] = {"ns_per_row": round(nanoseconds, 2), "dpars": len(family.dpars), "functions": functions}
        print(f"{name:30s} {nanoseconds:8.2f} ns/row, {functions:g} functions", flush=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
