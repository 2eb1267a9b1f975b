"""The calibration study of all families: `python benchmarks/calibrate.py [--replications 500] [family ...]`.

Each family's results take their place in `calibration.json` beside this file: how often each rank occurred, of each
quantity, and the p value of uniform ranks. `calibration.png` shows all of the file: the empirical distribution of the ranks
less the uniform one, with the band that holds 99 % of the curves of a calibrated quantity.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from calibration import Ranks, calibrate, case_of
from partialpool.families.registry import family_names

HERE = Path(__file__).parent
RESULTS = HERE / "calibration.json"


def record(ranks: Ranks) -> dict[str, Any]:
    """Return the result of a family as plain data."""
    counts = {
        name: np.bincount(ranks.values[:, k].astype(int), minlength=ranks.n_draws + 1).tolist()
        for k, name in enumerate(ranks.names)
    }
    return {"replications": len(ranks.values), "p_values": ranks.p_values(), "counts": counts}


def deviations(family: str, result: dict[str, Any]) -> pd.DataFrame:
    """Return the empirical distribution of each quantity's ranks less the uniform one, in units of the 99 % band."""
    from scipy.stats import kstwo

    band = kstwo.ppf(0.99, result["replications"])
    frames = []
    for quantity, counts in result["counts"].items():
        uniform = np.arange(len(counts) + 1) / len(counts)
        reached = np.concatenate([[0], np.cumsum(counts)]) / result["replications"]
        frames.append(
            pd.DataFrame(
                {"family": family, "quantity": quantity, "rank": uniform, "deviation": (reached - uniform) / band}
            )
        )
    return pd.concat(frames)


def figure(results: dict[str, Any]) -> Any:
    """Return the plot of some results, a panel for each family."""
    from plotnine import aes, facet_wrap, geom_hline, geom_line, ggplot, labs, theme

    from partialpool import theme_partialpool

    frame = pd.concat(deviations(family, result) for family, result in results.items())
    return (
        ggplot(frame, aes("rank", "deviation", group="quantity"))
        + geom_hline(yintercept=[-1, 1], linetype="dashed", color="#888888")
        + geom_line(alpha=0.6, color="#2f6f9f")
        + facet_wrap("family", ncol=6)
        + labs(
            x="rank of the simulated value among posterior draws",
            y="deviation from uniform, 1 at the edge of the band",
            title="Simulation-based calibration",
        )
        + theme_partialpool()
        + theme(figure_size=(16, 2 + 1.6 * np.ceil(len(results) / 6)))
    )


def main() -> None:
    """Calibrate, print a table and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", default=family_names())
    parser.add_argument("--replications", type=int, default=500)
    arguments = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for family in arguments.families:
        start = time.perf_counter()
        result = record(calibrate(case_of(family), arguments.replications))
        p_values = result["p_values"]
        least = min(p_values, key=p_values.__getitem__)
        print(f"{family:30s} {len(p_values):3d} quantities, least p {p_values[least]:.4f} ({least})", end="  ")
        print(f"{time.perf_counter() - start:6.1f} s", flush=True)
        results[family] = result
        RESULTS.write_text(json.dumps(dict(sorted(results.items())), separators=(",", ":")) + "\n")
    figure(results).save(HERE / "calibration.png", dpi=80, verbose=False)


if __name__ == "__main__":
    main()
