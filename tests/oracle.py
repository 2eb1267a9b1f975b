"""Oracle figures: what brms computed for small models, and the data it was given."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FOLDER = Path(__file__).parent / "oracles"


@dataclass(frozen=True, eq=False)
class Oracle:
    """One model.

    Attributes
    ----------
    name
        Name of its files.
    frame
        The data, with factors as categoricals (ordered ones ordered) and texts as texts.
    figures
        Everything else, as the JSON file has it.
    """

    name: str
    frame: pd.DataFrame
    figures: dict[str, Any]

    @property
    def formulas(self) -> list[str]:
        """Formulas (the first is the main one) and options, as texts."""
        formula = self.figures["formula"]
        return [formula] if isinstance(formula, str) else formula

    def data(self, name: str) -> np.ndarray:
        """Return one array of what brms hands to Stan, in the shape that it has there."""
        entry = self.figures["standata"][name]
        return np.asarray(entry["values"]).reshape(entry["dims"])


def names() -> list[str]:
    """Names of all oracles."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


@cache
def load(name: str) -> Oracle:
    """Return an oracle by its name, or by the number that the name begins with."""
    path = next(FOLDER.glob(f"{name}*.json"))
    figures = json.loads(path.read_text())
    frame = pd.read_csv(
        path.parent / figures["data_file"], dtype=_dtypes(figures), keep_default_na=False, na_values=["NA"]
    )
    return Oracle(path.stem, frame, figures)


def _dtypes(figures: dict[str, Any]) -> dict[str, Any]:
    return {name: _dtype(name, kind, figures) for name, kind in figures["column_types"].items()}


def _dtype(name: str, kind: str, figures: dict[str, Any]) -> Any:
    if kind in ("factor", "ordered"):
        return pd.CategoricalDtype(figures["factor_levels"][name], ordered=kind == "ordered")
    return {"integer": "Int64", "double": "float64", "logical": "boolean", "character": "str"}[kind]
