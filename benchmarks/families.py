"""Cost of each family: ns for a row's log density with its gradient, beside the transcendental functions it takes.

Run it as `python benchmarks/families.py [family ...]`; it prints a table and saves `families.json` beside this file.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from pathlib import Path

import numpy as np

import partialpool as pp
from calibration import case_of, covariates, responses
from partialpool.engine import vecmath
from partialpool.families.registry import family_names
from partialpool.model.model import Model
from timing import seconds_per_gradient

ROWS = 51_200
RESULTS = Path(__file__).parent / "families.json"
_ARITHMETIC = {"select", "sqrt", "vector_function"}


def functions_of(model: Model) -> int | None:
    """Return how many special functions the generated kernel of a model calls for each row; None for hand-made ones."""
    kernels = [op.kernel.function for section in model._tape._sections for op in section.ops]
    generated = [function for function in kernels if function.__module__.startswith("partialpool_generated")]
    if not generated:
        return None
    body = inspect.getsource(generated[-1]).split("total = 0.0", 1)[-1]
    names = "|".join(sorted(set(vecmath.__all__) - _ARITHMETIC, key=len, reverse=True))
    return len(re.findall(rf"\b(?:{names})\(", body))


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
        functions = functions_of(model)
        figures[name] = {"ns_per_row": round(nanoseconds, 2), "dpars": len(family.dpars), "functions": functions}
        print(
            f"{name:30s} {nanoseconds:8.2f} ns/row, {functions if functions is not None else '-'} functions", flush=True
        )
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
