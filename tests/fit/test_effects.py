import numpy as np
import pandas as pd
import pytest
from hand_made_fits import fit_with_draws
from scipy import special, stats

import made_up
import oracle
import partialpool as pp


def draw(fit, name):
    return fit.draws[name].ravel()


def test_fixef_lists_intercepts_first(sleep):
    table = sleep.fixef(probs=[0.055, 0.945])
    assert list(table.index) == ["Intercept", "sigma_Intercept", "Days", "sigma_Days"]
    assert list(table.columns) == ["Estimate", "Est.Error", "Q5.5", "Q94.5"]
    values = draw(sleep, "b_sigma_Days")
    expected = [values.mean(), values.std(ddof=1), *np.quantile(values, [0.055, 0.945])]
    np.testing.assert_allclose(table.loc["sigma_Days"].to_numpy(), expected, rtol=1e-12)


def test_fixef_of_some_coefficients_and_their_draws(sleep):
    assert list(sleep.fixef(pars=["Days", "Intercept"]).index) == ["Days", "Intercept"]
    assert list(sleep.fixef(pars="Days").index) == ["Days"]
    draws = sleep.fixef(summary=False)
    np.testing.assert_array_equal(draws["Days"], draw(sleep, "b_Days"))
    with pytest.raises(pp.DataError, match="no population-level coefficient 'Day'; did you mean 'Days'"):
        sleep.fixef(pars="Day")


def test_fixef_of_a_model_without_coefficients_is_empty(season_pass):
    assert season_pass.fixef().shape == (0, 4)
    assert season_pass.vcov().shape == (0, 0)


def test_vcov(sleep):
    names = ["b_Intercept", "b_sigma_Intercept", "b_Days", "b_sigma_Days"]
    draws = np.array([draw(sleep, name) for name in names])
    np.testing.assert_allclose(sleep.vcov().to_numpy(), np.cov(draws), rtol=1e-12)
    np.testing.assert_allclose(sleep.vcov(correlation=True).to_numpy(), np.corrcoef(draws), rtol=1e-12)
    assert list(sleep.vcov().columns) == list(sleep.vcov().index) == list(sleep.fixef().index)


def test_ranef_has_every_level_and_coefficient(sleep):
    effects = sleep.ranef()["Subject"]
    assert effects.dims == ("level", "statistic", "coefficient")
    assert effects.shape == (18, 4, 2)
    for level in ("308", "372"):
        for coef, variable in (("Intercept", "r_Subject"), ("sigma_Intercept", "r_Subject__sigma")):
            values = draw(sleep, f"{variable}[{level},Intercept]")
            expected = [values.mean(), values.std(ddof=1), *np.quantile(values, [0.025, 0.975])]
            ours = effects.sel(level=level, coefficient=coef)
            np.testing.assert_allclose(ours.to_numpy(), expected, rtol=1e-12)


def test_ranef_draws(season_pass):
    draws = season_pass.ranef(summary=False)["channel"]
    assert draws.dims == ("draw", "level", "coefficient")
    for level in ("Mail", "Park", "Email"):
        for coef in ("Intercept", "promoBundle"):
            ours = draws.sel(level=level, coefficient=coef).to_numpy()
            np.testing.assert_array_equal(ours, draw(season_pass, f"r_channel[{level},{coef}]"))


def test_coef_adds_what_both_sides_have(crossed):
    sums = crossed.coef()["plate"]
    values = draw(crossed, "b_Intercept") + draw(crossed, "r_plate[b,Intercept]")
    assert float(sums.sel(level="b", statistic="Est.Error", coefficient="Intercept")) == pytest.approx(
        values.std(ddof=1)
    )


def test_coef_of_what_does_not_vary_is_the_same_for_all_levels(sleep):
    sums = sleep.coef(summary=False)["Subject"]
    assert list(sums.coefficient.to_numpy()) == ["Intercept", "sigma_Intercept", "Days", "sigma_Days"]
    for level in ("308", "372"):
        np.testing.assert_array_equal(sums.sel(level=level, coefficient="Days"), draw(sleep, "b_Days"))


def test_coef_without_a_population_level_part_is_the_effect_itself(season_pass):
    np.testing.assert_array_equal(season_pass.coef()["channel"], season_pass.ranef()["channel"])


ORDERED = pd.DataFrame(made_up.data()).assign(rating=np.arange(48) % 4 + 1)


@pytest.mark.parametrize(
    ("family", "on_the_scale_of_thresholds"),
    [
        (pp.cumulative("probit"), lambda p: stats.norm.ppf(np.cumsum(p, axis=-1)[..., :-1])),
        (pp.sratio(), lambda p: special.logit(p / np.cumsum(p[..., ::-1], axis=-1)[..., ::-1])[..., :-1]),
        (pp.cratio(), lambda p: -special.logit(p / np.cumsum(p[..., ::-1], axis=-1)[..., ::-1])[..., :-1]),
        (pp.acat(), lambda p: np.log(p[..., 1:] / p[..., :-1])),
    ],
    ids=["cumulative", "sratio", "cratio", "acat"],
)
def test_coef_of_thresholds_is_what_decides_about_categories(family, on_the_scale_of_thresholds):
    fit = made_up.fit("rating ~ x + (1 + x | g)", family, ORDERED, draws={"spread": 0.25})
    found = fit.coef(summary=False)["g"]
    assert found["coefficient"].values.tolist() == ["x", "Intercept[1]", "Intercept[2]", "Intercept[3]"]
    new = pd.DataFrame({"x": 0.0, "g": found["level"].values})
    expected = on_the_scale_of_thresholds(fit.posterior_epred(new))
    np.testing.assert_allclose(found.values[:, :, 1:], expected, rtol=1e-9)
    np.testing.assert_array_equal(
        found.values[:, :, 0], fit.draws["b_x"].reshape(-1, 1) + fit.ranef(summary=False)["g"].sel(coefficient="x")
    )


def test_coef_of_category_specific_effects_has_their_variation_by_group():
    fit = made_up.fit("rating ~ cs(x) + (0 + x | g)", pp.acat(), ORDERED)
    found = fit.coef(summary=False)["g"]
    assert found["coefficient"].values.tolist() == [f"{name}[{k}]" for name in ("Intercept", "x") for k in (1, 2, 3)]
    effect = fit.ranef(summary=False)["g"].sel(coefficient="x").values
    np.testing.assert_allclose(found.sel(coefficient="x[2]"), fit.draws["bcs_x[2]"].reshape(-1, 1) + effect)


def test_effects_of_some_groups(crossed):
    assert list(crossed.ranef(groups="sample")) == list(crossed.coef(groups=["sample"])) == ["sample"]
    with pytest.raises(pp.DataError, match=r"no effects by a group 'plat'.*'plate'"):
        crossed.ranef(groups="plat")


def test_var_corr_of_correlated_effects(season_pass):
    found = season_pass.VarCorr()
    assert list(found) == ["channel"]
    sd = [draw(season_pass, f"sd_channel__{name}") for name in ("Intercept", "promoBundle")]
    rho = draw(season_pass, "cor_channel__Intercept__promoBundle")
    assert found["channel"]["sd"].loc["promoBundle", "Estimate"] == pytest.approx(sd[1].mean())
    cor, cov = found["channel"]["cor"], found["channel"]["cov"]
    assert cor.dims == ("coefficient", "statistic", "coefficient_2")
    estimate = cor.sel(statistic="Estimate").to_numpy()
    np.testing.assert_allclose(estimate, [[1, rho.mean()], [rho.mean(), 1]])
    assert float(cor.sel(statistic="Est.Error")[0, 0]) == 0.0
    product = sd[0] * sd[1] * rho
    cell = cov.sel(coefficient="promoBundle", coefficient_2="Intercept").to_numpy()
    np.testing.assert_allclose(cell, [product.mean(), product.std(ddof=1), *np.quantile(product, [0.025, 0.975])])
    assert float(cov.sel(coefficient="Intercept", coefficient_2="Intercept", statistic="Estimate")) == pytest.approx(
        np.mean(sd[0] ** 2)
    )


def test_var_corr_draws(season_pass):
    found = season_pass.VarCorr(summary=False)["channel"]
    assert found["sd"].shape == (season_pass.ndraws(), 2)
    assert found["cov"].shape == (season_pass.ndraws(), 2, 2)
    np.testing.assert_array_equal(
        found["cor"].sel(coefficient="Intercept", coefficient_2="promoBundle"),
        draw(season_pass, "cor_channel__Intercept__promoBundle"),
    )


def test_var_corr_has_the_residuals_where_their_scale_is_estimated(crossed, sleep, schools):
    found = crossed.VarCorr(robust=True)
    assert list(found) == ["plate", "sample", "residual__"]
    assert found["residual__"]["sd"].iloc[0, 0] == pytest.approx(np.median(draw(crossed, "sigma")))
    assert set(found["plate"]) == {"sd"}
    assert list(sleep.VarCorr()) == ["Subject"]
    assert list(schools.VarCorr()) == ["school"]


def test_correlations_that_the_model_fixes_are_zero():
    frame = oracle.load("012").frame.assign(z=lambda d: np.cos(np.arange(len(d))))
    fit = fit_with_draws("Reaction ~ Days + (1 + Days | Subject) + (0 + z | Subject)", frame)
    cor = fit.VarCorr()["Subject"]["cor"].sel(statistic="Estimate").to_pandas()
    assert cor.loc["Intercept", "z"] == cor.loc["z", "Days"] == 0.0
    assert cor.loc["Intercept", "Days"] == pytest.approx(draw(fit, "cor_Subject__Intercept__Days").mean())
    plain = fit_with_draws("Reaction ~ Days + (Days || Subject)", frame)
    assert set(plain.VarCorr()["Subject"]) == {"sd"}


def test_levels_are_called_as_in_the_data():
    data = pd.DataFrame({"y": np.arange(6.0), "g": ["new york", "rome", "oslo"] * 2})
    fit = fit_with_draws("y ~ 1 + (1 | g)", data)
    assert "r_g[new.york,Intercept]" in fit.variables()
    assert list(fit.ranef()["g"].level.to_numpy()) == ["new york", "oslo", "rome"]


def test_a_model_without_groups_has_no_group_level_effects():
    fit = fit_with_draws("mpg ~ wt", oracle.load("004").frame)
    for method in (fit.ranef, fit.coef):
        with pytest.raises(pp.DataError, match="no group-level effects"):
            method()
    assert list(fit.VarCorr()) == ["residual__"]
