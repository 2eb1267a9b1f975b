"""Tables in files: data that come in, draws that go out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from partialpool.errors import DataError, StorageError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.fit.fit import Fit

__all__ = ["read_table", "write_draws"]


def read_table(path: Path, factors: Sequence[str] = ()) -> pd.DataFrame:
    """Return the table of a file.

    Parameters
    ----------
    path
        A file .csv, .tsv or .parquet; text may be compressed (.csv.gz).
    factors
        Columns that are factors whatever they look like, with their values as levels in order.

    Raises
    ------
    DataError
        If the file cannot be read as a table, or has no such column.
    """
    frame = _read(path)
    for name in factors:
        if name not in frame.columns:
            raise DataError(f"--factor {name}: {path.name} has no such column; {nearest(name, frame.columns)}")
        ordered = frame[name].astype("category")
        frame[name] = ordered.cat.rename_categories([str(level) for level in ordered.cat.categories])
    return frame


def _read(path: Path) -> pd.DataFrame:
    import pandas as pd

    kind = next((suffix for suffix in path.suffixes[::-1] if suffix.lower() not in (".gz", ".bz2", ".xz", ".zip")), "")
    try:
        match kind.lower():
            case ".csv":
                return pd.read_csv(path)
            case ".tsv":
                return pd.read_csv(path, sep="\t")
            case ".parquet" | ".pq":
                return pd.read_parquet(path)
    except (OSError, ValueError) as error:  # what pandas and pyarrow raise for files that are not what they claim to be
        raise DataError(f"{path} cannot be read as a table: {error}") from error
    raise DataError(f"{path} is not .csv, .tsv or .parquet, by its name")


def write_draws(fit: Fit, path: Path) -> None:
    """Write the draws of a fit, one row a draw.

    Raises
    ------
    StorageError
        If the file is neither .csv nor .parquet by its name, or cannot be written.
    """
    frame = fit.as_draws_df()
    try:
        match path.suffix.lower():
            case ".csv":
                frame.to_csv(path, index=False)
            case ".parquet":
                frame.to_parquet(path, index=False)
            case suffix:
                raise StorageError(f"draws are written as .csv or .parquet, not as {suffix or 'a file without ending'}")
    except OSError as error:
        raise StorageError(f"the draws cannot be written to {path}: {error.strerror}") from error
