"""Design matrices by R's rules: which factors are coded by contrasts and which by dummies, in which order, under which names.

References
----------
Chambers & Hastie (1992), Statistical Models in S, section 2.4.1 (coding of factors by what is marginal to a term).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from partialpool.errors import DataError
from partialpool.formula.nodes import Name, Node, Source, Term
from partialpool.formula.parser import parse
from partialpool.formula.printing import label
from partialpool.frame.columns import Frame, pointed
from partialpool.frame.contrasts import Coding, Contrast, code_levels
from partialpool.frame.evaluate import evaluate
from partialpool.frame.missing import SUBSTITUTES, used_columns
from partialpool.frame.naming import sanitise
from partialpool.frame.values import Factor, Matrix, State, Value

__all__ = ["Design"]

_LOGICAL = ("FALSE", "TRUE")


@dataclass(frozen=True)
class _Block:
    """Columns of one factor of a term: their values [row, column] and what R calls them."""

    values: NDArray[np.float64]
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Design:
    """How the terms of a predictor become the columns of a matrix, for the data of the fit and for new data.

    Attributes
    ----------
    terms
        Terms in R's order, the factors of each in the order in which the terms, main effects first, name them.
    has_intercept
        Whether the first column is an intercept.
    dummies
        For each term, the positions of its factors that are coded by one column per level instead of by contrasts.
    state
        What the expressions learnt.
    codings
        Contrasts of the categorical factors, by the text of their expression.
    labels
        Names of the columns as R writes them.
    names
        Names of the columns as public names of coefficients.
    assign
        For each column the 1-based number of its term, 0 for the intercept.
    """

    terms: tuple[Term, ...]
    has_intercept: bool
    dummies: tuple[frozenset[int], ...]
    state: State
    codings: Mapping[str, Contrast]
    labels: tuple[str, ...]
    names: tuple[str, ...]
    assign: tuple[int, ...]
    source: Source | None = None

    @classmethod
    def learn(
        cls,
        terms: tuple[Term, ...],
        intercept: bool,
        frame: Frame,
        *,
        contrasts: Mapping[str, Coding] | None = None,
        cmc: bool = True,
        source: Source | None = None,
    ) -> Design:
        """Learn the design from the data of the fit.

        Parameters
        ----------
        terms
            Terms of the predictor.
        intercept
            Whether it has an intercept.
        frame
            Complete rows of the data.
        contrasts
            Codings by the name of a column (or text of a factor's expression); see `contrasts`.
        cmc
            Whether the first factor of a formula without intercept gets one column per level.
        source
            Text of the formula, for a caret in messages.

        Raises
        ------
        DataError
            If a column is missing or of the wrong kind, a factor has one level, or two columns get the same name.

        Examples
        --------
        >>> from partialpool.formula.algebra import expand
        >>> from partialpool.formula.parser import parse
        >>> formula = parse("y ~ f * x")
        >>> terms = expand(formula.rhs, formula.source).terms
        >>> frame = Frame.read({"f": ["b", "a", "b"], "x": [1.0, 2.0, 3.0]})
        >>> design = Design.learn(terms, True, frame)
        >>> design.names
        ('Intercept', 'fb', 'x', 'fb:x')
        >>> design.matrix(frame)[0]
        array([1., 1., 1., 1.])
        """
        terms = _in_order_of_appearance(terms)
        state = State()
        values = _values(terms, frame, state, source)
        codings = _codings(values, contrasts or {}, source)
        reserved = [node for term in terms for node in term.factors if term.factors == (Name("Intercept", node.span),)]
        if reserved and intercept:
            message = "Intercept is the column of ones, which the formula has already; write '0 + Intercept'"
            raise DataError(pointed(message, None if source is None else (source, reserved[0].span)))
        dummies = _dummies(terms, frozenset(codings), bool(intercept or reserved or not cmc))
        blocks = _term_blocks(terms, dummies, values, codings)
        labels = ("(Intercept)",) * intercept + tuple(name for block in blocks for name in block.names)
        assign = (0,) * intercept + tuple(i + 1 for i, block in enumerate(blocks) for _ in block.names)
        names = _public_names(labels)
        return cls(terms, intercept, dummies, state.frozen(), codings, labels, names, assign, source)

    @property
    def columns_used(self) -> tuple[str, ...]:
        """Names of the columns of the data that the design needs."""
        names = (name for term in self.terms for factor in term.factors for name in used_columns(factor))
        return tuple(dict.fromkeys(name for name in names if name != "Intercept"))

    def matrix(self, frame: Frame, *, missing: Literal["error", "zero"] = "error") -> NDArray[np.float64]:
        """Return the design matrix of a frame: shape [row, column], row by row in memory.

        Parameters
        ----------
        frame
            The data of the fit or new data; only `columns_used` are needed.
        missing
            What a missing level of a factor gives: an error, or zeros in all its columns (the mean of all levels under
            sum contrasts). A missing number is an error always.

        Raises
        ------
        DataError
            If a column is missing or has changed its kind, a level did not occur in the data of the fit, or a value is
            missing or infinite.
        """
        values = _values(self.terms, frame, self.state, self.source, missing=missing == "zero")
        blocks = _term_blocks(self.terms, self.dummies, values, self.codings)
        ones = [np.ones((frame.n_rows, 1))] if self.has_intercept else []
        parts = [*ones, *(block.values for block in blocks)]
        return np.ascontiguousarray(np.hstack(parts)) if parts else np.empty((frame.n_rows, 0))

    def to_dict(self) -> dict[str, Any]:
        """Return the design as JSON-able data."""
        return {
            "terms": [[label(factor) for factor in term.factors] for term in self.terms],
            "has_intercept": self.has_intercept,
            "dummies": [sorted(positions) for positions in self.dummies],
            "state": self.state.entries,
            "codings": {name: contrast.to_dict() for name, contrast in self.codings.items()},
            "labels": list(self.labels),
            "assign": list(self.assign),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Design:
        """Return the design that `to_dict` wrote down."""
        terms = tuple(Term(tuple(parse(f"~ {text}").rhs for text in texts)) for texts in data["terms"])
        labels = tuple(data["labels"])
        return cls(
            terms=terms,
            has_intercept=data["has_intercept"],
            dummies=tuple(frozenset(positions) for positions in data["dummies"]),
            state=State(data["state"], learning=False),
            codings={name: Contrast.from_dict(contrast) for name, contrast in data["codings"].items()},
            labels=labels,
            names=_public_names(labels),
            assign=tuple(data["assign"]),
        )


def _in_order_of_appearance(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Order the factors of each term as the terms, main effects first, name them: `~ b:a + a + b` has a term `a:b`.

    So does brms, which writes the terms out in this order before it makes columns of them.
    """
    factors = dict.fromkeys(factor for term in terms for factor in term.factors)
    place = {factor: i for i, factor in enumerate(factors)}
    return tuple(Term(tuple(sorted(term.factors, key=lambda factor: place[factor]))) for term in terms)


def _values(
    terms: tuple[Term, ...], frame: Frame, state: State, source: Source | None, *, missing: bool = False
) -> dict[Node, Value]:
    distinct = dict.fromkeys(factor for term in terms for factor in term.factors)
    return {factor: _value(factor, frame, state, source, missing=missing) for factor in distinct}


def _value(node: Node, frame: Frame, state: State, source: Source | None, *, missing: bool) -> Value:
    if not any(name in frame or name not in SUBSTITUTES or name == "Intercept" for name in used_columns(node)):
        where = None if source is None else (source, node.span)
        raise DataError(
            pointed(f"{label(node)} is a constant, not a column; a known summand is written offset()", where)
        )
    value = evaluate(node, frame, state, source, missing=missing)
    if isinstance(value, Factor):
        return value
    if not isinstance(value, Matrix) and value.dtype == np.bool_:
        return Factor(value.astype(np.int32), _LOGICAL)
    numbers = value.values if isinstance(value, Matrix) else value
    if missing and np.isnan(numbers).any():
        evaluate(node, frame, state, source)  # says where
    return value


def _codings(
    values: Mapping[Node, Value], contrasts: Mapping[str, Coding], source: Source | None
) -> dict[str, Contrast]:
    codings = {}
    for node, value in values.items():
        name = label(node)
        given = contrasts.get(node.text if isinstance(node, Name) else name)
        where = None if source is None else (source, node.span)
        if isinstance(value, Factor):
            try:
                codings[name] = code_levels(value.levels, value.coding or given, ordered=value.ordered, label=name)
            except DataError as error:
                raise DataError(pointed(str(error), where)) from None
        elif given is not None:
            raise DataError(pointed(f"{name} is numeric and takes no contrasts; factor({name}) makes one", where))
    return codings


def _dummies(
    terms: tuple[Term, ...], categorical: frozenset[str], contrasts_throughout: bool
) -> tuple[frozenset[int], ...]:
    """Say which factors of each term take dummies.

    A factor is coded by contrasts if what is left of the term without it is nothing, or part of a term before. Where
    there is no intercept, the first categorical factor of the formula takes dummies in any case.
    """
    sets = [frozenset(label(factor) for factor in term.factors) for term in terms]
    result: list[frozenset[int]] = []
    for i, term in enumerate(terms):
        names = [label(factor) for factor in term.factors]
        result.append(
            frozenset(
                k
                for k, name in enumerate(names)
                if name in categorical
                and sets[i] - {name}
                and not any(sets[i] - {name} <= before for before in sets[:i])
            )
        )
    if contrasts_throughout:
        return tuple(result)
    for i, term in enumerate(terms):
        first = next((k for k, factor in enumerate(term.factors) if label(factor) in categorical), None)
        if first is not None:
            result[i] |= {first}
            break
    return tuple(result)


def _term_blocks(
    terms: tuple[Term, ...],
    dummies: tuple[frozenset[int], ...],
    values: Mapping[Node, Value],
    codings: Mapping[str, Contrast],
) -> list[_Block]:
    return [
        reduce(
            _product,
            [_block(factor, values[factor], codings, k in full) for k, factor in enumerate(term.factors)],
        )
        for term, full in zip(terms, dummies, strict=True)
    ]


def _block(node: Node, value: Value, codings: Mapping[str, Contrast], full: bool) -> _Block:
    name = label(node)
    if isinstance(value, Factor):
        contrast = codings[name]
        matrix = np.eye(len(contrast.levels)) if full else contrast.matrix
        columns = contrast.levels if full else contrast.names
        with_missing = np.vstack([matrix, np.zeros(matrix.shape[1])])
        return _Block(with_missing[value.codes], tuple(name + column for column in columns))
    if isinstance(value, Matrix):
        return _Block(value.values, tuple(name + column for column in value.names))
    return _Block(value.astype(np.float64)[:, None], (name,))


def _product(left: _Block, right: _Block) -> _Block:
    """Multiply all columns of two blocks; those of the left one vary fastest."""
    values = (right.values[:, :, None] * left.values[:, None, :]).reshape(len(left.values), -1)
    return _Block(values, tuple(f"{a}:{b}" for b in right.names for a in left.names))


def _public_names(labels: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(sanitise(text) for text in labels)
    first: dict[str, str] = {}
    for text, name in zip(labels, names, strict=True):
        if name in first:
            raise DataError(
                f"columns {first[name]!r} and {text!r} would both be called {name!r}; rename a column or a level"
            )
        first[name] = text
    return names
