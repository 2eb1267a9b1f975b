"""Saved fits: one zip file of arrays and plain data, with a version. Nothing in it is code, and nothing is run on loading.

Members: `fit.json` (version, formula, family, priors, settings, columns of the data), `draws.npy` and, where there are such,
`warmup.npy`, one array for each sampler statistic, and one for each column of the data. Arrays are read with pickles
refused. The model is built anew from formula, data and priors, so a loaded fit predicts as the saved one did.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import warnings
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataWarning, PartialPoolError, StorageError, nearest
from partialpool.families.base import Family
from partialpool.families.registry import FamilyLike, as_family
from partialpool.families.stored import is_stored_as, stored_family
from partialpool.fit.archive import read_archive, read_description, write_archive
from partialpool.fit.draws import Draws
from partialpool.fit.fit import Fit
from partialpool.formula.model_formula import ModelFormula, formula_from_dict
from partialpool.frame.columns import Column, Frame
from partialpool.inference.nuts import Settings
from partialpool.model.recipe import SAMPLE_PRIOR, Recipe
from partialpool.priors.prior import Prior, PriorTable

if TYPE_CHECKING:
    from partialpool.frame.contrasts import Coding

__all__ = ["FORMAT_VERSION", "kept_fit", "load", "save"]

FORMAT_VERSION = 1

_KIND = "partialpool fit"
_REFIT = ("on_change", "always", "never")
_Members = dict[str, NDArray[Any]]


def save(fit: Fit, path: str | PathLike[str]) -> None:
    """Write a fit to one file.

    Parameters
    ----------
    fit
        The fit.
    path
        The file; its directory must exist. A file that is there is replaced, at once and whole.

    Raises
    ------
    StorageError
        If the file cannot be written, or the fit holds what cannot be saved.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from partialpool import brm
    >>> fit = brm("y ~ 1", {"y": [1.0, 2.0, 4.0]}, empty=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(fit, pathlib.Path(folder) / "fit.ppfit")
    ...     load(pathlib.Path(folder) / "fit.ppfit").formula == fit.formula
    True
    """
    write_archive(_as_path(path), *_packed(fit))


def load(path: str | PathLike[str], family: FamilyLike | None = None) -> Fit:
    """Return the fit that a file holds.

    Parameters
    ----------
    path
        The file.
    family
        The family of the fit; needed where it is a custom one, or has such among its components, as code is not stored.

    Warns
    -----
    DataWarning
        If the density of the custom family that is passed is not the one of the fit, or it cannot be told.

    Raises
    ------
    StorageError
        If there is no such file, it is not a saved fit, is damaged, was written by a later version, or has another family
        than the one that is passed.
    """
    target = _as_path(path)
    try:
        description, members = read_archive(target)
        _check_kind(description, target)
        passed = None if family is None else as_family(family)
        chosen = stored_family(description["recipe"]["family"], passed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataWarning)  # it was said when the fit was made
            return _unpacked(description, members, chosen)
    except OSError as error:
        raise StorageError(f"{target} cannot be read: {error.strerror or error}") from error
    except StorageError:
        raise
    except PartialPoolError as error:
        raise StorageError(f"the model in {target} cannot be built: {error}") from error
    except Exception as error:  # a file may be wrong in any way
        raise StorageError(f"{target} is not a saved fit, or is damaged ({error or type(error).__name__})") from error


def _as_path(path: str | PathLike[str]) -> Path:
    try:
        named = Path(path)
    except TypeError:
        named = Path()
    if not named.name:
        raise StorageError(f"a fit is kept in a file that is named by a text or a path, not by {path!r}")
    return named


def kept_fit(
    path: str | PathLike[str], recipe: Recipe, settings: Settings, *, refit: str, empty: bool = False
) -> Fit | None:
    """Return the fit kept in a file if it still holds, else None.

    Parameters
    ----------
    path
        The file.
    recipe, settings
        What is asked for now.
    refit
        `"on_change"`: a fit of other formula, data, family, priors or settings does not hold; `"always"`: none does;
        `"never"`: whatever is there holds.
    empty
        Whether a fit without draws is asked for. One with draws, but fewer than asked for, does not hold either: its
        sampling was interrupted.

    Raises
    ------
    StorageError
        If the file is there but cannot be read, there is no place for it, or `refit` is not one of the three.
    """
    if not isinstance(refit, str) or refit not in _REFIT:
        raise StorageError(f"file_refit={refit!r}; {nearest(refit, _REFIT)}")
    target = _as_path(path)
    if not target.absolute().parent.is_dir():  # said now, not after the draws are made
        raise StorageError(f"there is no folder {target.absolute().parent} to keep a fit in; make it first")
    if target.is_dir():
        raise StorageError(f"{target} is a folder; name a file to keep the fit in")
    if refit == "always" or not target.exists():
        if not os.access(target.absolute().parent, os.W_OK):
            raise StorageError(f"nothing can be written to the folder {target.absolute().parent}")
        return None
    if refit == "on_change" and not _has_family(target, recipe.family):
        return None
    fit = load(path, recipe.family if refit == "on_change" or recipe.family.is_code else None)
    if refit == "never":
        return fit
    if settings.seed is None:  # any seed will do
        settings = dataclasses.replace(settings, seed=fit.settings.seed)
    same = _fingerprint(fit.recipe, fit.settings) == _fingerprint(recipe, settings)
    return fit if same and fit.is_empty == empty and (empty or _is_complete(fit)) else None


def _has_family(path: Path, family: Family) -> bool:
    """Return whether the fit in a file has a family; True where the file cannot be read, which `load` will say."""
    try:
        return is_stored_as(family, read_description(Path(path))["recipe"]["family"])
    except Exception:  # a file may be wrong in any way
        return True


def _is_complete(fit: Fit) -> bool:
    return fit.draws.values.shape[:2] == (fit.settings.chains, fit.settings.n_kept)


def _fingerprint(recipe: Recipe, settings: Settings) -> str:
    """Return a digest of all that decides the draws."""
    description, members = _packed_recipe(recipe)
    described, starts = _packed_settings(settings)
    members |= starts
    digest = hashlib.sha256(json.dumps([description, described], sort_keys=True).encode())
    for name, values in sorted(members.items()):
        digest.update(name.encode() + str(values.dtype).encode() + np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def _packed(fit: Fit) -> tuple[dict[str, Any], _Members]:
    from partialpool import __version__

    recipe, members = _packed_recipe(fit.recipe)
    settings, starts = _packed_settings(fit.settings)
    members |= starts
    description = {
        "kind": _KIND,
        "version": FORMAT_VERSION,
        "written_by": __version__,
        "recipe": recipe,
        "settings": settings,
        "names": None if fit.is_empty else list(fit.draws.names),
    }
    if not fit.is_empty:
        members["draws"] = fit.draws.values
    if fit.warmup is not None:
        members["warmup"] = fit.warmup.values
    members |= {f"stats/{name}": values for name, values in fit.sampler_stats.items()}
    members |= {f"warmup_stats/{name}": values for name, values in fit.warmup_stats.items()}
    return description, members


def _packed_recipe(recipe: Recipe) -> tuple[dict[str, Any], _Members]:
    columns, members = [], {}
    for i, column in enumerate(recipe.frame.columns.values()):
        columns.append({"name": column.name, "kind": column.kind, "levels": list(column.levels)})
        members[f"data/{i}"] = column.values
        members[f"missing/{i}"] = column.missing
    members["rows"] = recipe.frame.row_numbers
    description = {
        "formula": recipe.formula.to_dict(),
        "family": recipe.family.to_dict(),
        "prior": recipe.prior.as_dicts(),
        "sample_prior": recipe.sample_prior,
        "contrasts": _described_contrasts(recipe.contrasts),
        "columns": columns,
        "row_labels": None if recipe.frame.row_labels is None else list(recipe.frame.row_labels),
    }
    return description, members


def _described_contrasts(contrasts: Mapping[str, Coding] | None) -> dict[str, Any] | None:
    """Return codings as plain data: names as they are, matrices with the names of their columns."""
    if contrasts is None:
        return None
    described: dict[str, Any] = {}
    for name, coding in contrasts.items():
        if isinstance(coding, str):
            described[name] = coding
        elif isinstance(coding, tuple):
            described[name] = list(coding)
        else:
            matrix = np.asarray(coding, dtype=np.float64)
            columns = getattr(coding, "columns", None)
            shown = None if columns is None else [str(column) for column in columns]
            described[name] = {"matrix": matrix.tolist(), "columns": shown}
    return described


def _read_contrasts(described: Mapping[str, Any] | None) -> dict[str, Coding] | None:
    if described is None:
        return None
    read: dict[str, Coding] = {}
    for name, coding in described.items():
        if isinstance(coding, str):
            read[name] = coding
        elif isinstance(coding, list):
            read[name] = (coding[0], coding[1])
        else:
            read[name] = _read_matrix(coding)
    return read


def _read_matrix(coding: Mapping[str, Any]) -> Coding:
    matrix = np.asarray(coding["matrix"], dtype=np.float64)
    if coding["columns"] is None:
        return matrix
    import pandas as pd

    return pd.DataFrame(matrix, columns=coding["columns"])


def _packed_settings(settings: Settings) -> tuple[dict[str, Any], _Members]:
    """Return the settings that decide the draws: plain data, and starting points (also those that a function gives)."""
    kept = {field.name: _plain(getattr(settings, field.name)) for field in dataclasses.fields(settings)}
    for name in ("cores", "progress"):  # these change no draw
        del kept[name]
    kept["control"] = {name: _plain(value) for name, value in settings.control.items()}
    init = settings.init
    if callable(init):
        init = np.array([init(chain) for chain in range(settings.chains)])
    if not isinstance(init, np.ndarray):
        return kept, {}
    return {**kept, "init": None}, {"init": np.asarray(init, dtype=np.float64)}


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _unpacked(description: dict[str, Any], members: _Members, family: Family) -> Fit:
    recipe = _unpacked_recipe(description["recipe"], members, family)
    kept = description["settings"]
    settings = Settings(**{**kept, "init": members["init"] if kept["init"] is None else kept["init"]})
    model = recipe.model()
    if description["names"] is None:
        return Fit(recipe, model, settings)
    names = tuple(description["names"])
    stats = {name.removeprefix("stats/"): v for name, v in members.items() if name.startswith("stats/")}
    warmup_stats = {n.removeprefix("warmup_stats/"): v for n, v in members.items() if n.startswith("warmup_stats/")}
    if not set(model.variables) <= set(names):
        raise ValueError("its draws are not those of its model")
    draws = _checked_draws(names, members["draws"])
    if any(values.shape != draws.values.shape[:2] for values in stats.values()):
        raise ValueError("there are not as many statistics as draws")
    warmup = _checked_draws(model.variables, members["warmup"]) if "warmup" in members else None
    return Fit(recipe, model, settings, draws, stats, warmup, warmup_stats)


def _checked_draws(names: tuple[str, ...], values: NDArray[Any]) -> Draws:
    if values.ndim != 3 or values.shape[2] != len(names) or values.dtype != np.float64:
        raise ValueError("the array of draws does not fit its names")
    return Draws(names, values)


def _checked_column(column: Column, n_rows: int) -> Column:
    kinds = {"numeric": np.float64, "integer": np.int64, "boolean": np.bool_}
    if column.values.dtype != kinds.get(column.kind, np.int32) or column.missing.dtype != np.bool_:
        raise ValueError(f"column {column.name!r} is not of its kind")
    if column.values.shape != (n_rows,) or column.missing.shape != (n_rows,):
        raise ValueError(f"column {column.name!r} has not as many values as there are rows")
    if column.is_categorical and not ((column.values >= -1) & (column.values < len(column.levels))).all():
        raise ValueError(f"column {column.name!r} has values that are none of its levels")
    return column


def _unpacked_recipe(description: dict[str, Any], members: _Members, family: Family) -> Recipe:
    columns = {
        entry["name"]: _checked_column(
            Column(entry["name"], entry["kind"], members[f"data/{i}"], members[f"missing/{i}"], tuple(entry["levels"])),
            len(members["rows"]),
        )
        for i, entry in enumerate(description["columns"])
    }
    labels = description["row_labels"]
    if labels is not None and len(labels) != len(members["rows"]):
        raise ValueError("the labels of the rows do not fit them")
    frame = Frame(columns, members["rows"], None if labels is None else tuple(labels))
    if description["sample_prior"] not in SAMPLE_PRIOR:
        raise ValueError("it does not say whether priors were sampled")
    formula = formula_from_dict(description["formula"])
    if not isinstance(formula, ModelFormula):
        raise ValueError("the formula is not that of a model of one response")
    return Recipe(
        formula,
        family,
        frame,
        PriorTable(tuple(Prior.from_dict(row) for row in description["prior"])),
        description["sample_prior"],
        _read_contrasts(description["contrasts"]),
    )


def _check_kind(description: Any, path: Path) -> None:
    if not isinstance(description, dict) or description.get("kind") != _KIND:
        raise ValueError("it holds something else")
    if description["version"] > FORMAT_VERSION:
        raise StorageError(
            f"{path} was written by partialpool {description['written_by']}, in a format that this version does not know; "
            "update partialpool to read it"
        )
