"""What is written beside panels and axes: names of variables, broken into lines where they are long, and numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["tick_labels", "wrap_name"]

# A line may end after these: the underscores between parts, the opening of an index, the comma or colon within.
_PIECE = re.compile(r"__|[\[,:;._ (]")


def wrap_name(name: str, width: int) -> str:
    """Return the name in lines of at most `width` characters where it can be broken; a dollar sign is escaped.

    Lines break after underscores, brackets, commas, colons and blanks. A part that is longer than `width` stays whole.

    Examples
    --------
    >>> print(wrap_name("r_channel[Email,promoBundle]", 20))
    r_channel[Email,
    promoBundle]
    """
    lines, line = [], ""
    for piece in _pieces(name):
        if line and len(line) + len(piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
    # matplotlib reads what stands between two dollar signs as mathematics.
    return "\n".join([*lines, line]).replace("$", r"\$")


def _pieces(name: str) -> list[str]:
    ends = [match.end() for match in _PIECE.finditer(name)]
    starts = [0, *ends]
    return [name[start:end] for start, end in zip(starts, [*ends, len(name)], strict=True) if end > start]


def tick_labels(breaks: Sequence[float] | Sequence[str]) -> list[str]:
    """Return the labels of an axis: all with the decimals that tell them apart; powers of ten where that is shorter.

    Examples
    --------
    >>> tick_labels([0.0, 0.25, 0.5])
    ['0.00', '0.25', '0.50']
    >>> tick_labels([-2e-6, 0.0, 2e-6])
    ['-2e-06', '0', '2e-06']
    """
    values = np.asarray(list(breaks), dtype=np.float64)
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return ["" for _ in values]
    largest = float(np.abs(finite).max())
    step = float(np.diff(np.unique(finite)).min(initial=largest)) or 1.0
    decimals = next((d for d in range(6) if _is_whole(finite * 10.0**d, step * 10.0**d)), 6)
    if largest < 1e-3 or largest >= 1e6 or decimals > 5:
        digits = int(np.clip(np.ceil(np.log10(max(largest / step, 1.0))) + 1, 1, 12))
        return [f"{value:.{digits}g}" if np.isfinite(value) else "" for value in values]
    return [f"{value:.{decimals}f}" if np.isfinite(value) else "" for value in values + 0.0]


def _is_whole(values: NDArray[np.float64], step: float) -> bool:
    return bool(np.all(np.abs(values - np.round(values)) < 1e-6 * step))
