"""The calibration study of all families: `python benchmarks/calibrate.py [--replications 300] [family ...]`.

Writes, beside this file, `calibration.json` (p value of each quantity's ranks) and `calibration.png` (empirical distribution of
the ranks less the uniform one, with the band that holds 99 % of the curves of a calibrated quantity).
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

from calibration import calibrate, case_of
from partialpool.families.registry import family_names

HERE = Path(__file__).parent


def band(replications: int, *, coverage: float = 0.99) -> float:
    """Return how far the empirical distribution of uniform numbers stays from theirs with some probability."""
    from scipy.stats import kstwo

    return float(kstwo.ppf(coverage, replications))


def deviations(family: str, names: tuple[str, ...], uniform: np.ndarray) -> pd.DataFrame:
    """Return the empirical distribution of each quantity's ranks less the uniform one, on a grid."""
    grid = np.linspace(0, 1, 101)
    return pd.concat(
        pd.DataFrame(
            {
                "family": family,
                "quantity": name,
                "rank": grid,
                "deviation": np.searchsorted(np.sort(uniform[:, k]), grid, side="right") / len(uniform) - grid,
            }
        )
        for k, name in enumerate(names)
    )


def draw(frame: pd.DataFrame, limit: float) -> None:
    """Write the plot."""
    from plotnine import aes, facet_wrap, geom_hline, geom_line, ggplot, labs, theme

    from partialpool import theme_partialpool

    plot = (
        ggplot(frame, aes("rank", "deviation", group="quantity"))
        + geom_hline(yintercept=[-limit, limit], linetype="dashed", color="#888888")
        + geom_line(alpha=0.6, color="#2f6f9f")
        + facet_wrap("family", ncol=6)
        + labs(x="rank among posterior draws", y="deviation from uniform", title="Simulation-based calibration")
        + theme_partialpool()
        + theme(figure_size=(16, 2 + 1.6 * np.ceil(frame["family"].nunique() / 6)))
    )
    plot.save(HERE / "calibration.png", dpi=110, verbose=False)


def main() -> None:
    """Calibrate, print a table and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", default=family_names())
    parser.add_argument("--replications", type=int, default=300)
    arguments = parser.parse_args()
    p_values, frames = {}, []
    for family in arguments.families:
        start = time.perf_counter()
        ranks = calibrate(case_of(family), arguments.replications)
        p_values[family] = ranks.p_values()
        frames.append(deviations(family, ranks.names, ranks.uniform()))
        least = min(p_values[family].items(), key=lambda item: item[1])
        print(f"{family:30s} {len(ranks.names):3d} quantities, least p {least[1]:.4f} ({least[0]})", end="  ")
        print(f"{time.perf_counter() - start:6.1f} s", flush=True)
    record = {"replications": arguments.replications, "p_values": p_values}
    (HERE / "calibration.json").write_text(json.dumps(record, indent=1) + "\n")
    draw(pd.concat(frames), band(arguments.replications))


if __name__ == "__main__":
    main()
