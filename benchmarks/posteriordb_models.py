"""Posteriors of posteriordb as formulas: what data they need, which priors, and how Stan's parameters become ours.

The data are read from a copy of posteriordb; none is kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import partialpool as pp

Vector = NDArray[Any]
Columns = dict[str, Any]


@dataclass(frozen=True)
class Posterior:
    """A posterior as a formula.

    Attributes
    ----------
    formula
        The formula, with the intercept where Stan's program has it.
    centred
        Where the prior of the intercept is flat: the formula that is sampled, with the intercept at the means.
    columns
        Columns of the data frame, from the file.
    family
        The family.
    priors
        The priors, given the file (some hold prior parameters).
    map
        What Stan's unconstrained parameters are in ours; None where there is no map.
    note
        How the model differs from the Stan program, if it does.
    """

    formula: Any
    columns: Callable[[Mapping[str, Any]], Columns]
    family: Any = None
    priors: Callable[[Mapping[str, Any]], Sequence[Any]] = lambda data: ()
    map: Sequence[Part] | None = None
    centred: str = ""
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A piece of Stan's parameter vector, as it stands there.

    Attributes
    ----------
    name
        Our parameter that it is: `b`, `b.1`, `sd_1`, `z_1`, `sigma`.
    bounds
        Bounds of a parameter that is unbounded here.
    scale, mean
        For effects that Stan has as such: our standard deviation and, where they vary around it, our mean.
    n_levels
        Number of levels 1, 2, ... that Stan has, if some of them do not occur in the data.
    """

    name: str
    bounds: tuple[float, float] | None = None
    scale: str = ""
    mean: str = ""
    n_levels: int = 0


def names(*parts: str | Part) -> tuple[Part, ...]:
    return tuple(part if isinstance(part, Part) else Part(part) for part in parts)


def bounded(name: str, low: float, high: float) -> Part:
    return Part(name, bounds=(low, high))


def effects(name: str, scale: str, mean: str = "", n_levels: int = 0) -> Part:
    return Part(name, scale=scale, mean=mean, n_levels=n_levels)


def flat(*classes: str) -> list[Any]:
    return [pp.prior("", class_=class_) for class_ in classes]


def normal(scale: float, *classes: str) -> list[Any]:
    return [pp.prior(f"normal(0, {scale})", class_=class_) for class_ in classes]


def plain(*columns: str) -> Callable[[Mapping[str, Any]], Columns]:
    """Return what picks columns of the file by name."""
    return lambda data: {name: data[name] for name in columns}


def uncentred(formula: str) -> Any:
    return pp.bf(formula, center=False)


LINEAR = names("b", "sigma")
LOGISTIC = names("b")


def linear(formula: str, *columns: str, cauchy: bool = False, derive: Any = None) -> Posterior:
    prior = [pp.prior("cauchy(0, 2.5)", class_="sigma")] if cauchy else flat("sigma")
    return Posterior(uncentred(formula), derive or plain(*columns), None, lambda data: prior, LINEAR, formula)


def logistic(formula: str, *columns: str, derive: Any = None, map: Sequence[Part] = ()) -> Posterior:  # noqa: A002
    return Posterior(
        uncentred(formula), derive or plain(*columns), pp.bernoulli(), map=map or LOGISTIC, centred=formula
    )


# Derived columns --------------------------------------------------------------------------------------------------


def kidiq_centred(data: Mapping[str, Any]) -> Columns:
    hs, iq = (np.array(data[name], dtype=float) for name in ("mom_hs", "mom_iq"))
    return {
        "kid_score": data["kid_score"],
        "c_hs": hs - hs.mean(),
        "c_iq": iq - iq.mean(),
        "z_hs": (hs - hs.mean()) / (2 * hs.std(ddof=1)),
        "z_iq": (iq - iq.mean()) / (2 * iq.std(ddof=1)),
        "mom_hs": hs,
        "mom_iq": iq,
        "mom_work": data["mom_work"],
    }


def wells(data: Mapping[str, Any]) -> Columns:
    dist, arsenic, educ = (np.array(data[name], dtype=float) for name in ("dist", "arsenic", "educ"))
    return {
        "switched": data["switched"],
        "dist": dist,
        "arsenic": arsenic,
        "educ": educ,
        "assoc": data["assoc"],
        "c_dist100": (dist - dist.mean()) / 100,
        "c_arsenic": arsenic - arsenic.mean(),
        "c_educ4": (educ - educ.mean()) / 4,
    }


def matrix(data: Mapping[str, Any]) -> Columns:
    X = np.array(data["X"], dtype=float)
    return {"y": data["y"], **{f"X{i + 1}": column for i, column in enumerate(X.T)}}


def diamonds(data: Mapping[str, Any]) -> Columns:
    X = np.array(data["X"], dtype=float)
    return {"Y": data["Y"], **{f"X{i + 1}": column for i, column in enumerate(X.T) if i > 0}}


def lagged(data: Mapping[str, Any]) -> Columns:
    y, k = np.array(data["y"], dtype=float), data["K"]
    return {"y": y[k:], **{f"lag{i}": y[k - i : len(y) - i] for i in range(1, k + 1)}}


def dogs(data: Mapping[str, Any]) -> Columns:
    """Return one row a trial: how many shocks were avoided and received before it."""
    y = np.array(data["y"], dtype=float)
    before = np.cumsum(y, axis=1) - y
    trials = np.arange(y.shape[1])
    return {"y": y.ravel(), "n_avoid": (trials - before).ravel(), "n_shock": before.ravel()}


def numbered(*columns: str, index: str, size: str) -> Callable[[Mapping[str, Any]], Columns]:
    """Return what picks columns, and adds the number of the row."""
    return lambda data: {**{name: data[name] for name in columns}, index: np.arange(len(data[size]))}


def rats(data: Mapping[str, Any]) -> Columns:
    return {"y": data["y"], "c_x": np.array(data["x"]) - data["xbar"], "rat": data["rat"]}


def kilpisjarvi_priors(data: Mapping[str, Any]) -> Sequence[Any]:
    return [
        pp.prior(f"normal({data['pmualpha']}, {data['psalpha']})", class_="b", coef="Intercept"),
        pp.prior(f"normal({data['pmubeta']}, {data['psbeta']})", class_="b", coef="x"),
        *flat("sigma"),
    ]


# The posteriors ---------------------------------------------------------------------------------------------------

EARNINGS = ("earn", "height", "male")
MESQUITE = ("weight", "diam1", "diam2", "canopy_height", "total_height", "density", "group")
VOLUME, AREA, SHAPE = "log(diam1 * diam2 * canopy_height)", "log(diam1 * diam2)", "log(diam1 / diam2)"
NES = ("partyid7", "real_ideo", "race_adj", "age_discrete", "educ1", "gender", "income")
RADON = ("log_radon", "floor_measure", "log_uppm", "county_idx")
ELECTION = ("y", "black", "female", "v_prev_full", "age", "edu", "age_edu", "state", "region_full")
WIDE = "uniform(0, 100)"


def sd_between(low: float, high: float, *classes: str) -> list[Any]:
    return [pp.prior(f"uniform({low}, {high})", class_=class_, lb=low, ub=high) for class_ in classes]


def radon(formula: str, order: Sequence[Part], *, group: bool = True, county: bool = True) -> Posterior:
    priors = normal(10, "b") + normal(1, "sigma", *(["sd"] if group else []))
    columns = RADON if county else RADON[:2]
    return Posterior(uncentred(formula), plain(*columns), None, lambda data: priors, order)


def radon_family(data: str) -> dict[str, Posterior]:
    level = "(1 | county_idx)"
    return {
        f"{data}-radon_pooled": radon("log_radon ~ 1 + floor_measure", LINEAR, group=False, county=False),
        f"{data}-radon_county_intercept": radon(
            "log_radon ~ 0 + factor(county_idx) + floor_measure", LINEAR, group=False
        ),
        f"{data}-radon_partially_pooled_noncentered": radon(
            f"log_radon ~ 1 + {level}", names("z_1", "b", "sd_1", "sigma")
        ),
        f"{data}-radon_variable_intercept_noncentered": radon(
            f"log_radon ~ 1 + floor_measure + {level}", names("z_1", "b.2", "b.1", "sd_1", "sigma")
        ),
        f"{data}-radon_variable_slope_noncentered": radon(
            "log_radon ~ 1 + floor_measure + (0 + floor_measure | county_idx)",
            names("b.1", "z_1", "b.2", "sd_1", "sigma"),
        ),
        f"{data}-radon_variable_intercept_slope_noncentered": radon(
            "log_radon ~ 1 + floor_measure + (1 + floor_measure || county_idx)",
            names("sigma", "sd_1", "z_1", "b"),
        ),
        f"{data}-radon_hierarchical_intercept_noncentered": radon(
            f"log_radon ~ 1 + log_uppm + floor_measure + {level}", names("z_1", "b.2", "b.3", "b.1", "sd_1", "sigma")
        ),
    }


POSTERIORS: dict[str, Posterior] = {
    "kidiq-kidscore_momhs": linear("kid_score ~ 1 + mom_hs", "kid_score", "mom_hs", cauchy=True),
    "kidiq-kidscore_momiq": linear("kid_score ~ 1 + mom_iq", "kid_score", "mom_iq", cauchy=True),
    "kidiq-kidscore_momhsiq": linear(
        "kid_score ~ 1 + mom_hs + mom_iq", *("kid_score", "mom_hs", "mom_iq"), cauchy=True
    ),
    "kidiq-kidscore_interaction": linear(
        "kid_score ~ 1 + mom_hs * mom_iq", *("kid_score", "mom_hs", "mom_iq"), cauchy=True
    ),
    "kidiq_with_mom_work-kidscore_interaction_c": linear("kid_score ~ 1 + c_hs * c_iq", derive=kidiq_centred),
    "kidiq_with_mom_work-kidscore_interaction_c2": linear(
        "kid_score ~ 1 + I(mom_hs - 0.5) * I(mom_iq - 100)", derive=kidiq_centred
    ),
    "kidiq_with_mom_work-kidscore_interaction_z": linear("kid_score ~ 1 + z_hs * z_iq", derive=kidiq_centred),
    "kidiq_with_mom_work-kidscore_mom_work": linear("kid_score ~ 1 + factor(mom_work)", derive=kidiq_centred),
    "earnings-earn_height": linear("earn ~ 1 + height", *EARNINGS),
    "earnings-logearn_height": linear("log(earn) ~ 1 + height", *EARNINGS),
    "earnings-log10earn_height": linear("log10(earn) ~ 1 + height", *EARNINGS),
    "earnings-logearn_height_male": linear("log(earn) ~ 1 + height + male", *EARNINGS),
    "earnings-logearn_interaction": linear("log(earn) ~ 1 + height * male", *EARNINGS),
    "earnings-logearn_interaction_z": linear("log(earn) ~ 1 + scale(height) * male", *EARNINGS),
    "earnings-logearn_logheight_male": linear("log(earn) ~ 1 + log(height) + male", *EARNINGS),
    "mesquite-mesquite": linear(
        "weight ~ 1 + diam1 + diam2 + canopy_height + total_height + density + group", *MESQUITE
    ),
    "mesquite-logmesquite": linear(
        "log(weight) ~ 1 + log(diam1) + log(diam2) + log(canopy_height) + log(total_height) + log(density) + group",
        *MESQUITE,
    ),
    "mesquite-logmesquite_logvolume": linear(f"log(weight) ~ 1 + {VOLUME}", *MESQUITE),
    "mesquite-logmesquite_logva": linear(f"log(weight) ~ 1 + {VOLUME} + {AREA} + group", *MESQUITE),
    "mesquite-logmesquite_logvas": linear(
        f"log(weight) ~ 1 + {VOLUME} + {AREA} + {SHAPE} + log(total_height) + log(density) + group", *MESQUITE
    ),
    "mesquite-logmesquite_logvash": linear(
        f"log(weight) ~ 1 + {VOLUME} + {AREA} + {SHAPE} + log(total_height) + group", *MESQUITE
    ),
    "kilpisjarvi_mod-kilpisjarvi": Posterior(
        "y ~ 0 + Intercept + x", plain("y", "x"), priors=kilpisjarvi_priors, map=LINEAR
    ),
    **{
        f"{name}-blr": Posterior(
            *("y ~ 0 + X1 + X2 + X3 + X4 + X5", matrix),
            priors=lambda data: normal(10, "b", "sigma"),
            map=LINEAR,
        )
        for name in ("sblrc", "sblri")
    },
    "diamonds-diamonds": Posterior(
        "Y ~ 1 + " + " + ".join(f"X{i}" for i in range(2, 26)),
        diamonds,
        priors=lambda data: [
            *normal(1, "b"),
            pp.prior("student_t(3, 8, 10)", class_="Intercept"),
            pp.prior("student_t(3, 0, 10)", class_="sigma"),
        ],
        map=names("b", "Intercept", "sigma"),
    ),
    "eight_schools-eight_schools_noncentered": Posterior(
        "y | se(sigma) ~ 1 + (1 | school)",
        numbered("y", "sigma", index="school", size="y"),
        priors=lambda data: [*normal(5, "Intercept"), pp.prior("cauchy(0, 5)", class_="sd")],
        map=names("z_1", "Intercept", "sd_1"),
    ),
    "arK-arK": Posterior(
        uncentred("y ~ 1 + lag1 + lag2 + lag3 + lag4 + lag5"),
        lagged,
        priors=lambda data: [*normal(10, "b"), pp.prior("cauchy(0, 2.5)", class_="sigma")],
        map=LINEAR,
    ),
    "low_dim_gauss_mix-low_dim_gauss_mix": Posterior(
        "y ~ 1",
        plain("y"),
        pp.mixture(pp.gaussian(), pp.gaussian()),
        lambda data: [
            *normal(2, "sigma1", "sigma2"),
            *(pp.prior("normal(0, 2)", class_="Intercept", dpar=dpar) for dpar in ("mu1", "mu2")),
            pp.prior("dirichlet(c(5, 5))", class_="theta"),
        ],
        names("ordered_Intercept", "sigma1", "sigma2", "theta"),
    ),
    **{
        f"nes{year}-nes": linear(
            "partyid7 ~ 1 + real_ideo + race_adj + factor(age_discrete) + educ1 + gender + income", *NES
        )
        for year in range(1972, 2001, 4)
    },
    "wells_data-wells_dist": logistic("switched ~ 1 + dist", derive=wells),
    "wells_data-wells_dist100_model": logistic("switched ~ 1 + I(dist/100)", derive=wells),
    "wells_data-wells_dist100ars_model": logistic("switched ~ 1 + I(dist/100) + arsenic", derive=wells),
    "wells_data-wells_interaction_model": logistic("switched ~ 1 + I(dist/100) * arsenic", derive=wells),
    "wells_data-wells_interaction_c_model": logistic("switched ~ 1 + c_dist100 * c_arsenic", derive=wells),
    "wells_data-wells_dae_model": logistic("switched ~ 1 + I(dist/100) + arsenic + I(educ/4)", derive=wells),
    "wells_data-wells_dae_c_model": logistic(
        "switched ~ 1 + c_dist100 * c_arsenic + I(educ/4)", derive=wells, map=names("b.1", "b.2", "b.3", "b.5", "b.4")
    ),
    "wells_data-wells_daae_c_model": logistic(
        "switched ~ 1 + c_dist100 * c_arsenic + assoc + I(educ/4)",
        derive=wells,
        map=names("b.1", "b.2", "b.3", "b.6", "b.4", "b.5"),
    ),
    "wells_data-wells_dae_inter_model": logistic("switched ~ 1 + (c_dist100 + c_arsenic + c_educ4)^2", derive=wells),
    "nes_logit_data-nes_logit_model": logistic("vote ~ 1 + income", "vote", "income"),
    "GLM_Poisson_Data-GLM_Poisson_model": Posterior(
        uncentred("C ~ 1 + year + I(year^2) + I(year^3)"),
        plain("C", "year"),
        pp.poisson(),
        map=(bounded("b.1", -20, 20), *(bounded(f"b.{i}", -10, 10) for i in (2, 3, 4))),
        centred="C ~ 1 + year + I(year^2) + I(year^3)",
        note="priors are flat; Stan's are uniform within bounds far out",
    ),
    "GLM_Binomial_data-GLM_Binomial_model": Posterior(
        uncentred("C | trials(N) ~ 1 + year + I(year^2)"),
        plain("C", "N", "year"),
        pp.binomial(),
        lambda data: normal(100, "b"),
        LOGISTIC,
    ),
    "GLMM_Poisson_data-GLMM_Poisson_model": Posterior(
        uncentred("C ~ 1 + year + I(year^2) + I(year^3) + (1 | obs)"),
        numbered("C", "year", index="obs", size="C"),
        pp.poisson(),
        lambda data: sd_between(0, 5, "sd"),
        (
            *(bounded("b.1", -20, 20), bounded("b.2", -10, 10), bounded("b.3", -10, 20), bounded("b.4", -10, 10)),
            *(effects("z_1", "sd_1"), Part("sd_1")),
        ),
        centred="C ~ 1 + year + I(year^2) + I(year^3) + (1 | obs)",
        note="priors are flat; Stan's are uniform within bounds far out",
    ),
    "GLMM_data-GLMM1_model": Posterior(
        "obs ~ 1 + (1 | obssite)",
        plain("obs", "obssite"),
        pp.poisson(),
        lambda data: [*normal(10, "Intercept"), *sd_between(0, 5, "sd")],
        (effects("z_1", "sd_1", "Intercept"), Part("Intercept"), Part("sd_1")),
    ),
    "seeds_data-seeds_stanified_model": Posterior(
        uncentred("n | trials(N) ~ 1 + x1 * x2 + (1 | plate)"),
        numbered("n", "N", "x1", "x2", index="plate", size="n"),
        pp.binomial(),
        lambda data: [*normal(1, "b"), pp.prior("cauchy(0, 1)", class_="sd")],
        (*names("b.1", "b.2", "b.4", "b.3"), effects("z_1", "sd_1"), Part("sd_1")),
    ),
    "sesame_data-sesame_one_pred_a": linear("watched ~ 1 + encouraged", "watched", "encouraged"),
    **radon_family("radon_all"),
    **radon_family("radon_mn"),
    "radon_mod-radon_county": Posterior(
        "y ~ 1 + (1 | county)",
        plain("y", "county"),
        priors=lambda data: [*normal(1, "Intercept"), *sd_between(0, 100, "sd", "sigma")],
        map=(effects("z_1", "sd_1", "Intercept"), *names("Intercept", "sd_1", "sigma")),
    ),
    "pilots-pilots": Posterior(
        "y ~ 1 + (1 | group_id) + (1 | scenario_id)",
        plain("y", "group_id", "scenario_id"),
        priors=lambda data: [*normal(10 * 2**0.5, "Intercept"), *sd_between(0, 100, "sd", "sigma")],
        note="one mean; Stan's program has two, of which only the sum is identified",
    ),
    "election88-election88_full": Posterior(
        uncentred(
            "y ~ 1 + black * female + v_prev_full + (1 | age) + (1 | edu) + (1 | age_edu) + (1 | state) + (1 | region_full)"
        ),
        plain(*ELECTION),
        pp.bernoulli(),
        lambda data: [*normal(100, "b"), *sd_between(0, 100, "sd")],
        (
            # Groups are numbered by their names: age, age_edu, edu, region_full, state.
            *(effects(f"z_{i}", f"sd_{i}", n_levels=51 if i == 5 else 0) for i in (1, 3, 2, 5, 4)),
            *names("b", "sd_1", "sd_3", "sd_2", "sd_5", "sd_4"),
        ),
    ),
    "rats_data-rats_model": Posterior(
        uncentred("y ~ 1 + c_x + (1 + c_x || rat)"),
        rats,
        priors=lambda data: [*normal(100, "b"), *flat("sd", "sigma")],
        map=(
            effects("z_1.1", "sd_1.1", "b.1"),
            effects("z_1.2", "sd_1.2", "b.2"),
            *names("b.1", "b.2", "sigma", "sd_1.1", "sd_1.2"),
        ),
    ),
    "dogs-dogs": Posterior(
        uncentred("y ~ 1 + n_avoid + n_shock"), dogs, pp.bernoulli(), lambda data: normal(100, "b"), LOGISTIC
    ),
}

NOT_EXPRESSED: dict[str, str] = {
    "gp_pois_regr-gp_pois_regr": "Gaussian process",
    "gp_pois_regr-gp_regr": "Gaussian process; prior on the residual variance",
    "seeds_data-seeds_model": "prior on the precision of effects",
    "surgical_data-surgical_model": "prior on the variance of effects",
    "ovarian-logistic_regression_rhs": "horseshoe prior",
    "prostate-logistic_regression_rhs": "horseshoe prior",
    "mcycle_splines-accel_splines": "smooth terms",
    "mcycle_gp-accel_gp": "Gaussian process",
    "irt_2pl-irt_2pl": "nonlinear formula",
    "loss_curves-losscurve_sislob": "nonlinear formula",
    "dugongs_data-dugongs_model": "nonlinear formula",
    "traffic_accident_nyc-bym2_offset_only": "conditional autoregressive term",
}
