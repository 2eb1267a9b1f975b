"""Tables in files: data that come in, draws that go out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from partialpool.errors import DataError, StorageError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from partialpool.fit.fit import Fit

__all__ = ["read_table", "refuse_unwritable", "write_draws"]

_DRAWS = (".csv", ".parquet")
_REPORTS = (".html", ".htm")


def refuse_unwritable(data: Path, out: Path | None, draws: Path | None, report: Path | None) -> None:
    """Refuse names of files that could not be written after the wait, or would replace what is there already.

    Raises
    ------
    StorageError
        If a folder is not there, an ending is not that of the kind of file, or two files are one.
    """
    taken = {data.resolve(): "the data"}
    for option, path, endings in (("--out", out, ()), ("--draws", draws, _DRAWS), ("--report", report, _REPORTS)):
        if path is None:
            continue
        folder = path.absolute().parent
        if not folder.is_dir():
            raise StorageError(f"{option}: there is no folder {folder}; make it first, or write elsewhere")
        if endings and path.suffix.lower() not in endings:
            raise StorageError(f"{option} {path}: the name must end in {' or '.join(endings)}")
        place = path.resolve()
        if place in taken:
            raise StorageError(f"{option} {path} would replace {taken[place]}; write to another file")
        taken[place] = f"what {option} writes"


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
        If the file cannot be read as a table, has two columns of one name, or not one of a factor.
    """
    frame = _read(path)
    for name in factors:
        if name not in frame.columns:
            raise DataError(f"--factor {name}: {path.name} has no such column; {nearest(name, frame.columns)}")
        ordered = frame[name].astype("category")
        frame[name] = ordered.cat.rename_categories([str(level) for level in ordered.cat.categories])
    return frame


def _read(path: Path) -> pd.DataFrame:
    kind = next((suffix for suffix in path.suffixes[::-1] if suffix.lower() not in (".gz", ".bz2", ".xz", ".zip")), "")
    try:
        match kind.lower():
            case ".csv":
                return _read_text(path, ",")
            case ".tsv":
                return _read_text(path, "\t")
            case ".parquet" | ".pq":
                import pandas as pd

                return pd.read_parquet(path)
    except (OSError, ValueError) as error:  # what pandas and pyarrow raise for files that are not what they claim to be
        raise DataError(f"{path} cannot be read as a table: {error}") from error
    raise DataError(f"{path} is not .csv, .tsv or .parquet, by its name")


def _read_text(path: Path, separator: str) -> pd.DataFrame:
    import pandas as pd

    # Read as a table, the second of two columns of one name is given another.
    header = pd.read_csv(path, sep=separator, header=None, nrows=1, dtype=str).iloc[0].dropna()
    if header.duplicated().any():
        raise DataError(f"{path} has two columns named {header[header.duplicated()].iloc[0]!r}; rename one")
    return pd.read_csv(path, sep=separator)


def write_draws(fit: Fit, path: Path) -> None:
    """Write the draws of a fit, one row a draw.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    frame = fit.as_draws_df()
    try:
        if path.suffix.lower() == ".parquet":
            frame.to_parquet(path, index=False)
        else:
            frame.to_csv(path, index=False)
    except OSError as error:
        raise StorageError(f"the draws cannot be written to {path}: {error.strerror}") from error
