"""All benchmarks: prints a table, and saves the figures as JSON beside this file.

Run it as `python benchmarks/run.py`. Times depend on the machine and on what else it does; ratios and shares mean more.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from pathlib import Path

import numpy as np

from models import BYTES_PER_ROW, crossed, season_pass
from processes import analysis, import_seconds, peak_megabytes
from timing import seconds_per_gradient, stream_bandwidth

RESULTS = Path(__file__).parent / "results.json"
MEMORY_STREAM = 2**30
"""Bytes read to measure the bandwidth of the memory: far more than any cache holds."""


def gradients() -> dict[str, float]:
    """Return costs of gradients on one core, beside the time that the memory needs for the same bytes."""
    rng = np.random.default_rng(2)
    small = season_pass()
    figures = {
        "season-pass gradient, us": 1e6
        * seconds_per_gradient(small.program, 0.3 * rng.normal(size=small.param_unc_num()))
    }
    stream = stream_bandwidth(MEMORY_STREAM)
    figures["memory stream of one core, GB/s"] = stream / 1e9
    for n_rows in (102_400, 1_024_000):
        model = crossed(n_rows)
        seconds = seconds_per_gradient(model.program, 0.1 * rng.normal(size=model.param_unc_num()), budget=4.0)
        cached = stream_bandwidth(BYTES_PER_ROW * n_rows)
        figures[f"crossed, {n_rows:,} rows, ns a row"] = 1e9 * seconds / n_rows
        figures[f"crossed, {n_rows:,} rows, share of the memory stream"] = BYTES_PER_ROW * n_rows / seconds / stream
        figures[f"crossed, {n_rows:,} rows, share of a stream of this size"] = BYTES_PER_ROW * n_rows / seconds / cached
    return figures


def whole_processes() -> dict[str, float]:
    """Return times of imports and analyses from the start of the process."""
    first = analysis(fresh=True)
    again = [analysis(fresh=False) for _ in range(4)][1:]
    return {
        "import partialpool, s": import_seconds("partialpool"),
        "season-pass, first time ever, whole process, s": first["process"],
        "season-pass, whole process, s": min(run["process"] for run in again),
        "season-pass, 4 x 10,000 iterations, brm() alone, s": min(run["brm"] for run in again),
    }


def memory() -> dict[str, float]:
    """Return the memory of a large model beside that of the bare import, and of its data."""
    base = "import numpy as np, partialpool as pp, pandas, numba, partialpool.brm"
    folder = str(Path(__file__).parent)
    model = f"import sys; sys.path.insert(0, {folder!r})\nfrom models import crossed\nm = crossed(1_024_000)\nm.program"
    return {
        "imports, MB": peak_megabytes(base),
        "crossed, 1,024,000 rows, peak with its data, MB": peak_megabytes(model),
        "data that its gradient reads, MB": BYTES_PER_ROW * 1_024_000 / 1e6,
    }


def main() -> None:
    """Measure, print and save."""
    figures: dict[str, float] = {}
    for part in (gradients, whole_processes, memory):
        for name, value in part().items():
            figures[name] = value
            print(f"{name:<58} {value:10.3f}", flush=True)
    machine = {"processor": platform.processor() or platform.machine(), "python": sys.version.split()[0]}
    RESULTS.write_text(
        json.dumps({"date": time.strftime("%Y-%m-%d"), "machine": machine, "figures": figures}, indent=1) + "\n"
    )
    print(f"saved in {RESULTS.name}")


if __name__ == "__main__":
    main()
