"""Default tables, user rows and tables in force of brms; and its log prior at given parameter values."""

import numpy as np
import pytest

import oracle
from partialpool.errors import PriorError
from partialpool.priors.order import order_by_class, order_rows
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


# --- the log prior

# Parameters that brms counts in the likelihood or that have no prior of their own.
WITHOUT_PRIOR = (
    "z_",
    "zs_",
    "zgp_",
    "zme_",
    "zerr",
    "zcar",
    "nszcar",
    "rcar",
    "Ymi",
    "Yl",
    "udf_",
    "sderr_raw",
    "disc",
)
CLASS_OF = {
    "bs": "b",
    "bsp": "b",
    "bcs": "b",
    "L": "cor",
    "Lrescor": "rescor",
    "Llncor": "lncor",
}
# Equidistant thresholds have one free intercept; those of mixture components are elements of an ordered vector.
RENAMED = {"first_Intercept": ["Intercept"], "ordered_Intercept": ["Intercept_mu1", "Intercept_mu2"]}
COEFFICIENTS = {
    "005_lm_0Intercept": {"b": ["Intercept", "wt"]},
    "103_gp_exact": {"lscale_1": ["gptimes"]},
    "104_gp_approx": {"lscale_1": ["gptimes"]},
    "106_gp_2d": {"lscale_1": ["gpx1x2x1", "gpx1x2x2"]},
    "108_mo": {"simo_1": ["moincome1"], "simo_2": ["moincome:age1"]},
}


def places(name, priors):
    """Return class and restriction of a parameter by its name in the parameters block."""
    base, *suffix = name.split("_")
    rows = [row for row in priors.table if row.class_ == CLASS_OF.get(base, base)]
    suffix = [part for part in suffix if not part.isdigit()]
    for row in rows:
        if sorted(filter(None, (row.resp, row.dpar, row.nlpar))) == sorted(suffix):
            return row
    return rows[0]


def log_density(in_force, values):
    law = in_force.distribution
    if law is None:
        return 0.0
    if np.ndim(values) == 3:
        return sum(law.log_density(matrix) for matrix in np.asarray(values))
    if in_force.row.class_ in ("cor", "rescor", "lncor", "simo", "theta", "sbhaz"):
        return law.log_density(np.asarray(values))
    values = np.ravel(values)
    return float(np.sum(law.log_density(values))) - law.log_normaliser(values.size, in_force.lb, in_force.ub)


def log_prior(name, figures, constrained):
    priors, total = resolved(figures), 0.0
    for block in figures["param_names_constrained"]["parameters_block"]:
        if block["name"].startswith(WITHOUT_PRIOR):
            continue
        for parameter in RENAMED.get(block["name"], [block["name"]]):
            total += log_prior_of(parameter, name, priors, constrained)
    return total


def log_prior_of(parameter, name, priors, constrained):
    values = constrained[parameter]["values"]
    values = values[0] if parameter == "Intercept" and "first_Intercept" in constrained else values
    row = places(parameter, priors)
    coefs = COEFFICIENTS.get(name, {}).get(parameter, [])
    parts = np.ravel(values) if len(coefs) > 1 else [values]
    return sum(
        log_density(priors.lookup(row.class_, coef, row.group, row.resp, row.dpar, row.nlpar), part)
        for coef, part in zip(coefs or [row.coef], parts, strict=True)
    )


# With gr(by = ), brms normalises the bounded prior of sd once per coefficient instead of once per coefficient and level of
# the by-variable. A constant only; the density is ours.
LEFT_OUT = {"020_gr_by": 2 * np.log(2)}


# 053_gev: its xi is a transform of the sampled parameter that depends on the data, and is not among the figures.
@pytest.mark.parametrize("name", sorted(set(oracle.names()) - set(SHRINKAGE) - {"053_gev"}))
def test_log_prior(name):
    figures = oracle.load(name).figures
    for point in figures["log_prob"]:
        expected = point["constrained"]["lprior"]["values"] + LEFT_OUT.get(name, 0.0)
        assert log_prior(name, figures, point["constrained"]) == pytest.approx(expected, rel=1e-10, abs=1e-10)
