import numpy as np
import pytest

from partialpool.errors import DataError
from partialpool.fit.draws import Draws
from partialpool.plots.selection import chain_table, long_table, select_draws


def test_names_come_in_the_order_asked_for_and_what_expressions_find_behind_them(named_draws):
    chosen = select_draws(named_draws, pars=["sd_channel__Intercept", "b_promoBundle"], regex_pars="^b_")
    assert chosen.names == ("sd_channel__Intercept", "b_promoBundle", "b_Intercept")
    for name in chosen.names:
        np.testing.assert_array_equal(chosen[name], named_draws[name])


def test_expressions_are_searched_for_anywhere(named_draws):
    assert select_draws(named_draws, regex_pars="r_channel").names[0] == "cor_channel__Intercept__promoBundle"


def test_transformations_of_all(named_draws):
    chosen = select_draws(named_draws, regex_pars="^b_", transformations="plogis")
    assert chosen.names == ("plogis(b_Intercept)", "plogis(b_promoBundle)")
    np.testing.assert_allclose(chosen.values[:, :, 0], 1 / (1 + np.exp(-named_draws["b_Intercept"])), rtol=1e-14)


def test_transformations_of_some(named_draws):
    chosen = select_draws(
        named_draws,
        regex_pars="^b_|^sd",
        transformations={"b_Intercept": np.exp, "sd_channel__Intercept": lambda x: x**2},
    )
    assert chosen.names == ("exp(b_Intercept)", "b_promoBundle", "t(sd_channel__Intercept)")
    np.testing.assert_array_equal(chosen.values[:, :, 2], named_draws["sd_channel__Intercept"] ** 2)


@pytest.mark.parametrize(
    ("word", "function"),
    [("log", np.log), ("sqrt", np.sqrt), ("logit", lambda p: np.log(p / (1 - p))), ("square", np.square)],
)
def test_words_for_transformations(word, function):
    draws = {"p": np.random.default_rng(1).uniform(0.01, 0.99, size=(2, 20))}
    np.testing.assert_allclose(select_draws(draws, transformations=word).values[:, :, 0], function(draws["p"]))


@pytest.mark.parametrize(
    ("transformations", "message"),
    [
        ("logg", "no transformation named 'logg'; did you mean 'log'"),
        ({"b_x": "exp"}, "`transformations` names 'b_x', which is not plotted"),
        ("log", r"log\(b_Intercept\) is not finite for 480 of 480 draws"),
        (lambda x: x.mean(), r"gave shape \(\) for draws of shape \(4, 120\)"),
    ],
)
def test_transformations_that_fail(named_draws, transformations, message):
    with pytest.raises(DataError, match=message):
        select_draws(named_draws, "b_Intercept", transformations=transformations)


def test_unknown_variables(named_draws):
    with pytest.raises(DataError, match="did you mean 'b_promoBundle'"):
        select_draws(named_draws, "b_promobundle")


def test_long_table_has_each_draw_once():
    values = np.arange(2 * 3 * 2, dtype=float).reshape(2, 3, 2)
    table = long_table(Draws(("z", "a"), values))
    assert list(table["parameter"].cat.categories) == ["z", "a"]
    for row in table.itertuples():
        assert row.value == values[int(row.chain) - 1, row.draw - 1, ["z", "a"].index(row.parameter)]
    assert len(table) == values.size


def test_chain_table_repeats_what_chains_share():
    draws = Draws(("z", "a"), np.arange(12, dtype=float).reshape(2, 3, 2))
    table = chain_table(draws, lambda values: {"grid": np.array([1, 2]), "end": values[:, [0, -1]]})
    assert table.columns.tolist() == ["parameter", "chain", "grid", "end"]
    assert table["parameter"].tolist() == ["z"] * 4 + ["a"] * 4
    assert table["chain"].tolist() == ["1", "1", "2", "2"] * 2
    assert table["grid"].tolist() == [1, 2] * 4
    assert table["end"].tolist() == [0.0, 4.0, 6.0, 10.0, 1.0, 5.0, 7.0, 11.0]
