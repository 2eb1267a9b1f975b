"""Rows of prior tables: what a user writes with `prior()` and `set_prior()`, and what `default_prior()` lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeAlias, cast, overload

from partialpool.errors import PriorError, nearest
from partialpool.priors.printing import as_html, as_text, bound_text
from partialpool.priors.syntax import check_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Bound", "Prior", "PriorLike", "PriorTable", "as_prior_table", "empty_prior", "prior", "set_prior"]

Bound: TypeAlias = float | str | None
"""A bound of a parameter: a number, the name of a constant of the data (`"min_Y"`), or None where none is set."""

Key: TypeAlias = tuple[str, str, str, str, str, str]
"""What a row is about: class, coef, group, resp, dpar, nlpar."""


@dataclass(frozen=True)
class Prior:
    """One row of a prior table.

    Attributes
    ----------
    prior
        Text of the distribution, `"normal(0, 1)"`; empty for a flat prior, or one inherited from a less specific row.
    class_
        Class of the parameters: `"b"`, `"Intercept"`, `"sd"`, `"cor"`, `"sigma"`, ...
    coef, group, resp, dpar, nlpar
        What the row is restricted to: coefficient, grouping factor, response, distributional or nonlinear parameter.
    lb, ub
        Bounds; None where none is set.
    tag
        Name of a part of the log prior; not supported yet in models.
    source
        `"default"`, `"user"` or, in the table in force, `"(vectorized)"`.

    Examples
    --------
    >>> row = Prior("normal(0, 1)", class_="b", coef="x")
    >>> print(row)
    b_x ~ normal(0, 1)
    >>> Prior.from_dict(row.as_dict()) == row
    True
    """

    prior: str = ""
    class_: str = "b"
    coef: str = ""
    group: str = ""
    resp: str = ""
    dpar: str = ""
    nlpar: str = ""
    lb: Bound = None
    ub: Bound = None
    tag: str = ""
    source: str = "user"

    @property
    def key(self) -> Key:
        """The parameters that the row is about: class, coef, group, resp, dpar, nlpar."""
        return self.class_, self.coef, self.group, self.resp, self.dpar, self.nlpar

    @property
    def place(self) -> str:
        """The row's key in words, for messages: `class_='sd', group='g'`."""
        named = zip(("class_", "coef", "group", "resp", "dpar", "nlpar"), self.key, strict=True)
        return ", ".join(f"{name}={value!r}" for name, value in named if value or name == "class_")

    def as_dict(self) -> dict[str, Any]:
        """Return the row as a plain dict with the column names of the table (`"class"`, not `"class_"`)."""
        return {name.rstrip("_"): value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Prior:
        """Return the row that a dict describes; what it leaves out is empty.

        Raises
        ------
        PriorError
            For a name that is not a column of a prior table.
        """
        known = {field.name.rstrip("_"): field.name for field in fields(cls)}
        for name in row:
            if name not in known:
                raise PriorError(f"a prior table has no column {name!r}; {nearest(name, known)}")
        return cls(**{known[name]: _cell(name, value) for name, value in row.items()})

    def __add__(self, other: PriorLike) -> PriorTable:
        return as_prior_table(self) + other

    def __str__(self) -> str:
        further = [part for part in (self.resp, self.dpar, self.nlpar, self.coef) if part]
        group = [self.group, ""] if self.group and further else [self.group] if self.group else []
        name = "_".join([*([self.class_] if self.class_ else []), *group, *further])
        limits = [
            f"{side}={bound_text(value)}"
            for side, value in (("lower", self.lb), ("upper", self.ub))
            if value is not None
        ]
        return f"{'<' + ','.join(limits) + '> ' if limits else ''}{name} ~ {self.prior or '(flat)'}"


@dataclass(frozen=True)
class PriorTable(Sequence[Prior]):
    """Rows of priors, in order; `+` appends. What is printed shows inherited priors as `filled` gives them.

    Examples
    --------
    >>> print(prior("normal(0, 1)") + prior("exponential(1)", class_="sd", group="g"))
              prior class coef group resp dpar nlpar lb ub tag source
       normal(0, 1)     b                                        user
     exponential(1)    sd          g                             user
    """

    rows: tuple[Prior, ...] = ()

    @overload
    def __getitem__(self, index: int) -> Prior: ...
    @overload
    def __getitem__(self, index: slice) -> PriorTable: ...
    def __getitem__(self, index: int | slice) -> Prior | PriorTable:
        return PriorTable(self.rows[index]) if isinstance(index, slice) else self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Prior]:
        return iter(self.rows)

    def __add__(self, other: PriorLike) -> PriorTable:
        return PriorTable(self.rows + as_prior_table(other).rows)

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as plain dicts."""
        return [row.as_dict() for row in self]

    @property
    def frame(self) -> pd.DataFrame:
        """The table as a data frame; bounds that are not set are empty text."""
        import pandas as pd

        columns = [field.name.rstrip("_") for field in fields(Prior)]
        rows = [{**row.as_dict(), "lb": bound_text(row.lb), "ub": bound_text(row.ub)} for row in self]
        return pd.DataFrame(rows, columns=columns)

    def __str__(self) -> str:
        return as_text(filled(self).as_dicts())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return as_html(filled(self).as_dicts())


PriorLike: TypeAlias = "Prior | PriorTable | Iterable[Prior | PriorTable] | pd.DataFrame | None"
"""What is taken as priors: nothing, a row, a table, a list of them, or a data frame with the columns of a table."""


def as_prior_table(priors: PriorLike) -> PriorTable:
    """Return priors, in whatever form they came, as one table.

    Raises
    ------
    PriorError
        If something else than priors is among them.

    Examples
    --------
    >>> len(as_prior_table([prior("normal(0, 1)"), prior("normal(0, 5)", class_="Intercept")]))
    2
    """
    if priors is None:
        return PriorTable()
    if isinstance(priors, PriorTable):
        return priors
    if isinstance(priors, Prior):
        return PriorTable((priors,))
    if hasattr(priors, "to_dict") and hasattr(priors, "columns"):
        return PriorTable(tuple(Prior.from_dict(row) for row in _records(cast("pd.DataFrame", priors))))
    if isinstance(priors, str) or not isinstance(priors, Iterable):
        raise PriorError(
            f"expected priors made with prior() or set_prior(), not {priors!r}; write prior({priors!r}, class_=...)"
        )
    tables = [as_prior_table(part) for part in priors]
    return PriorTable(tuple(row for table in tables for row in table))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(map(str, frame.columns), cells, strict=True)) for cells in frame.itertuples(index=False)]


def filled(table: PriorTable) -> PriorTable:
    """Return the table with what each row inherits written out; `"(flat)"` where there is nothing to inherit.

    Rows that inherit have the source `"(vectorized)"`.

    Examples
    --------
    >>> row = filled(Prior("normal(0, 1)") + Prior(coef="x"))[1]
    >>> row.prior, row.source
    ('normal(0, 1)', '(vectorized)')
    """
    index = {row.key: row for row in table}
    return PriorTable(tuple(_filled_row(row, index) for row in table))


def _filled_row(row: Prior, index: Mapping[Key, Prior]) -> Prior:
    lines = inherited_from(row.key)
    above = [index[key] for key in lines if key in index]
    giver = next((line for line in above if line.prior), above[-1])
    lb, ub = (nearest_bound(above, side) for side in ("lb", "ub"))
    source = row.source if row.prior or len(above) == 1 else "(vectorized)"
    return replace(row, prior=giver.prior or "(flat)", lb=lb, ub=ub, tag=giver.tag, source=source)


def inherited_from(key: Key) -> list[Key]:
    """Return the rows that a parameter may have its prior from, most specific first: coef, group, class.

    Examples
    --------
    >>> inherited_from(("sd", "x", "g", "", "", ""))
    [('sd', 'x', 'g', '', '', ''), ('sd', '', 'g', '', '', ''), ('sd', '', '', '', '', '')]
    """
    class_, coef, group, *rest = key
    return list(dict.fromkeys((class_, c, g, *rest) for c, g in ((coef, group), ("", group), ("", ""))))  # type: ignore[misc]


def nearest_bound(rows: Iterable[Prior], side: str) -> Bound:
    """Return the first bound that rows set, most specific row first; None where none does."""
    return next((bound for row in rows if (bound := getattr(row, side)) is not None), None)


def empty_prior() -> PriorTable:
    """Return a prior table without rows."""
    return PriorTable()


def prior(
    prior: str,
    class_: str = "b",
    coef: str = "",
    group: str = "",
    resp: str = "",
    dpar: str = "",
    nlpar: str = "",
    lb: Bound = None,
    ub: Bound = None,
    tag: str = "",
) -> Prior:
    """Return a prior on a class of parameters, or on some of them.

    Parameters
    ----------
    prior
        The distribution in Stan's terms, such as `"normal(0, 1)"`; `""` for a flat prior.
    class_
        `"b"` for population-level coefficients, `"Intercept"`, `"sd"` and `"cor"` for group-level terms, the name of a
        distributional parameter (`"sigma"`, `"shape"`, ...), and so on. `default_prior` lists those of a model.
    coef, group, resp, dpar, nlpar
        Restrict it to a coefficient, grouping factor, response, distributional or nonlinear parameter.
    lb, ub
        Bounds of the whole class; None keeps those that it has.
    tag
        Name of a part of the log prior; not supported yet in models.

    Raises
    ------
    PriorError
        If the text is not a distribution.

    Examples
    --------
    >>> print(prior("student_t(3, 0, 2.5)", class_="sd", group="patient"))
    sd_patient ~ student_t(3, 0, 2.5)
    """
    check_text(prior)
    row = Prior(prior.strip(), class_, coef, group, resp, dpar, nlpar, _bound("lb", lb), _bound("ub", ub), tag)
    for name in ("class_", "coef", "group", "resp", "dpar", "nlpar", "tag"):
        if not isinstance(getattr(row, name), str):
            raise PriorError(f"{name} of a prior is text, not {getattr(row, name)!r}; set_prior() takes lists")
    if not class_:
        raise PriorError(f"the prior {prior!r} names no class of parameters; say class_='b', 'Intercept', 'sd', ...")
    return replace(row, dpar="") if dpar == "mu" else row


def set_prior(
    prior: str | Sequence[str],
    class_: str | Sequence[str] = "b",
    coef: str | Sequence[str] = "",
    group: str | Sequence[str] = "",
    resp: str | Sequence[str] = "",
    dpar: str | Sequence[str] = "",
    nlpar: str | Sequence[str] = "",
    lb: Bound | Sequence[Bound] = None,
    ub: Bound | Sequence[Bound] = None,
    tag: str | Sequence[str] = "",
) -> PriorTable:
    """Return one prior for each element of the arguments; single values are repeated.

    The arguments are those of `prior`, each a value or a list.

    Raises
    ------
    PriorError
        If lists differ in length, or a text is not a distribution.

    Examples
    --------
    >>> print(set_prior("normal(0, 1)", coef=["x", "z"]))
            prior class coef group resp dpar nlpar lb ub tag source
     normal(0, 1)     b    x                                   user
     normal(0, 1)     b    z                                   user
    """
    columns = [
        list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        for value in (prior, class_, coef, group, resp, dpar, nlpar, lb, ub, tag)
    ]
    length = 0 if any(not column for column in columns) else max(len(column) for column in columns)
    if wrong := sorted({len(column) for column in columns} - {1, length}):
        raise PriorError(f"lists given to set_prior() differ in length: {wrong[0]} and {length}")
    full = [column * length if len(column) == 1 else column for column in columns]
    return PriorTable(tuple(_prior_row(*cells) for cells in zip(*full, strict=True)))


def _prior_row(*cells: Any) -> Prior:
    return prior(*cells)


def _bound(side: str, value: Bound) -> Bound:
    if value is None or value == "":
        return None
    try:
        number = float(value)
    except ValueError:
        return str(value).strip()
    except TypeError:
        raise PriorError(f"{side} of a prior is a number, not {value!r}") from None
    if number != number:
        raise PriorError(f"{side} of a prior is a number, not {value!r}")
    return number


def _cell(column: str, value: Any) -> Any:
    """Return a cell of a dict or data frame as the field it becomes: missing values are empty."""
    missing = value is None or value != value
    if column in ("lb", "ub"):
        return None if missing else _bound(column, value)
    return "" if missing else str(value)
