"""Whole processes: how long from start to printed summary, how long an import, how much memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

ANALYSIS = """
import time
import partialpool as pp
data = pp.datasets.load("season_pass")
frame = data.assign(bought=data["Pass"] == "YesPass", n=1).groupby(["Promo", "Channel"], observed=True)[["bought", "n"]]
frame = frame.sum().reset_index()
start = time.perf_counter()
fit = pp.brm("bought | trials(n) ~ 0 + (1 + Promo | Channel)", frame, pp.binomial("logit"),
             pp.prior("normal(0, 1)", class_="sd"), iter=10_000, seed=42, control={"adapt_delta": 0.95}, progress=False)
print("seconds in brm", time.perf_counter() - start)
print(fit.summary(prob=0.89))
"""


def analysis(*, fresh: bool) -> dict[str, float]:
    """Return seconds of a process that fits the season-pass model and prints it; `fresh` starts with an empty cache."""
    with tempfile.TemporaryDirectory() as empty:
        environment = {**os.environ, "PARTIALPOOL_CACHE_DIR": empty} if fresh else dict(os.environ)
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", ANALYSIS], env=environment, capture_output=True, text=True, check=True
        )
        whole = time.perf_counter() - start
    in_brm = next(float(line.split()[-1]) for line in done.stdout.splitlines() if line.startswith("seconds in brm"))
    return {"process": whole, "brm": in_brm}


def import_seconds(module: str, *, runs: int = 7) -> float:
    """Return the median time that a module's import takes in a new process, without the interpreter's own start."""
    code = f"import time; s = time.perf_counter(); import {module}; print(time.perf_counter() - s)"
    seconds = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(runs)
    ]
    return statistics.median(seconds)


def peak_megabytes(code: str) -> float:
    """Return the largest memory of a process that runs some code (on Linux)."""
    # Not ru_maxrss: a child starts with its parent's.
    program = f"{code}\nprint(next(l.split()[1] for l in open('/proc/self/status') if l.startswith('VmHWM')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1]) * 1024 / 1e6
