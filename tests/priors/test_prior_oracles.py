"""Default tables, user rows and tables in force of brms; and its log prior at given parameter values."""

import numpy as np
import pytest

import oracle
from partialpool.errors import PriorError
from partialpool.priors.collation import order_by_class, order_rows
from partialpool.priors.prior import Prior, PriorTable
from partialpool.priors.resolution import resolve

SHRINKAGE = {"140_horseshoe": "horseshoe", "142_lasso": "lasso"}
FACTOR_CLASSES = {"L": "cor", "Lrescor": "rescor", "Llncor": "lncor"}


def rows_of(figures, key):
    table = []
    for cells in figures[key]:
        cells = dict(cells, prior=cells["prior"].replace("lkj_corr_cholesky", "lkj"))
        cells["class"] = FACTOR_CLASSES.get(cells["class"], cells["class"])
        table.append(Prior.from_dict(cells))
    return PriorTable(tuple(table))


def constants_of(figures):
    names = ("min_Y", "Y", "min_eigenMsar", "max_eigenMsar")
    found = {name: figures["standata"][name]["values"] for name in names if name in figures["standata"]}
    if "Y" in found and all(isinstance(y, float | int) for y in np.ravel(found["Y"])):
        found["min_Y"] = float(np.min(found.pop("Y")))
    return {name: float(np.ravel(value)[0]) for name, value in found.items() if name != "Y"} | {
        name: limit for name, limit in (("min_eigenMsar", -1.0), ("max_eigenMsar", 1.0)) if name not in found
    }


def resolved(figures):
    return resolve(rows_of(figures, "default_prior"), rows_of(figures, "prior"), constants_of(figures))


@pytest.mark.parametrize("name", oracle.names())
def test_order_of_default_table(name):
    table = rows_of(oracle.load(name).figures, "default_prior")
    assert list(order_rows(reversed(table))) == list(table)


@pytest.mark.parametrize("name", oracle.names())
def test_order_of_table_in_force(name):
    table = [
        row for row in rows_of(oracle.load(name).figures, "prior_final") if row.class_ not in FACTOR_CLASSES.values()
    ]
    assert list(order_by_class(reversed(table))) == table


@pytest.mark.parametrize("name", sorted(set(oracle.names()) - set(SHRINKAGE)))
def test_table_in_force(name):
    figures = oracle.load(name).figures
    expected = {row.key: row for row in rows_of(figures, "prior_final")}
    table = resolved(figures).table
    assert {row.key: row for row in table} == expected
    assert len(table) == len(expected)


@pytest.mark.parametrize(("name", "word"), SHRINKAGE.items())
def test_shrinkage_priors_are_refused_by_name(name, word):
    with pytest.raises(PriorError, match=rf"{word}\(\) is not supported yet"):
        resolved(oracle.load(name).figures)
