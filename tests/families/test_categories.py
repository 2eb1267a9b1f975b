"""Families of several categories: what they learn from a response, what they refuse, means and draws."""

import numpy as np
import pytest
from scipy import special, stats

import partialpool as pp
from partialpool.errors import DataError, FamilyError
from partialpool.families import as_family, brmsfamily, from_dict
from partialpool.families.normal_means import expected_shares, normal_nodes
from partialpool.families.outcomes import draw, epred
from partialpool.families.random_categories import dirichlet_shares, multinomial_counts
from partialpool.frame.values import Factor, Matrix

N = 40_000
SIMPLEX = Matrix(np.array([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]), ("a", "b", "c"))
COUNTS = Matrix(np.array([[3.0, 0.0, 2.0], [1.0, 1.0, 4.0]]), ("a", "b", "c"))
MATRICES = {
    "multinomial": COUNTS,
    "dirichlet_multinomial": COUNTS,
    "dirichlet": SIMPLEX,
    "dirichlet2": SIMPLEX,
    "logistic_normal": SIMPLEX,
}


def factor(*values, levels=("A", "B", "C")):
    return Factor(np.array([levels.index(v) if v in levels else -1 for v in values], dtype=np.int32), levels)


def bound(name, y=None, **options):
    return brmsfamily(name, **options).bound(MATRICES[name] if y is None else y, {})


# What binding finds -------------------------------------------------------------------------------------------------


def test_a_parameter_for_each_category_but_the_first():
    family = bound("categorical", factor("A", "C", "B"))
    assert (family.categories, family.dpars, family.main_dpars) == (("A", "B", "C"), ("muB", "muC"), ("muB", "muC"))
    assert family.link_of("muB").name == "logit"
    assert family.link_of("muB").inverse(3.0) == 3.0
    assert family == as_family("categorical")  # what binding adds is no choice of the user


@pytest.mark.parametrize(
    ("name", "dpars"),
    [
        ("multinomial", ("mub", "muc")),
        ("dirichlet_multinomial", ("mub", "muc", "phi")),
        ("dirichlet", ("mub", "muc", "phi")),
        ("dirichlet2", ("mua", "mub", "muc")),
        ("logistic_normal", ("mub", "muc", "sigmab", "sigmac")),
    ],
)
def test_parameters_of_matrices(name, dpars):
    family = bound(name)
    assert family.dpars == dpars
    assert all(link.name == family.link for link in map(family.link_of, family.main_dpars))
    assert family.categories == ("a", "b", "c")


def test_the_reference_category_is_a_choice():
    assert bound("dirichlet", refcat="b").dpars == ("mua", "muc", "phi")
    assert bound("multinomial", refcat=None).dpars == ("mua", "mub", "muc")
    assert bound("logistic_normal", refcat="c").dpars == ("mua", "mub", "sigmaa", "sigmab")
    assert bound("categorical", np.array([3.0, 5.0, 4.0, 5.0]), refcat=4).dpars == ("mu3", "mu5")
    with pytest.raises(FamilyError, match=r"refcat='z' is not a category.*'a', 'b', 'c'"):
        bound("multinomial", refcat="z")
    with pytest.raises(FamilyError, match="logistic_normal needs a reference category"):
        brmsfamily("logistic_normal", refcat=None)


def test_names_keep_letters_and_digits():
    levels = ("not at all", "very-good", "x_2.5", "été")
    family = bound("categorical", factor("été", levels=levels))
    assert family.dpars == ("muverygood", "mux25", "muété")
    with pytest.raises(DataError, match="categories 'a b' and 'ab' would both be called 'ab'"):
        bound("categorical", factor("ab", levels=("a b", "ab", "c")))
    with pytest.raises(DataError, match=r"category '\?' has no letter or digit"):
        bound("categorical", factor("a", levels=("a", "?")))


@pytest.mark.parametrize(
    ("y", "categories", "numbers"),
    [
        (np.array([10, 2, 2, 1]), ("1", "2", "10"), [3, 2, 2, 1]),
        (np.array([10.0, 2.0, 1.0]), ("1", "2", "10"), [3, 2, 1]),
        (np.array([True, False]), ("FALSE", "TRUE"), [2, 1]),
        (factor("B", "A", "C"), ("A", "B", "C"), [2, 1, 3]),
    ],
)
def test_categories_of_any_kind_of_column(y, categories, numbers):
    family = bound("categorical", y)
    assert family.categories == categories
    np.testing.assert_array_equal(family.check_response(y), numbers)
    assert family.category_values == tuple(range(1, len(categories) + 1))


def test_categories_of_new_rows_are_found_by_name():
    family = bound("categorical", factor("B", "A", "C"))
    np.testing.assert_array_equal(family.check_response(factor("C", "A", levels=("C", "A"))), [3, 1])
    with pytest.raises(DataError, match="response 'y' is 'D' in row 2, which is no category of the fit"):
        family.check_response(factor("A", "D", levels=("A", "D")))
    with pytest.raises(DataError, match="missing in row 2"):
        family.check_response(factor("A", None))


def test_plain_data_and_back():
    family = pp.categorical(refcat=None)
    assert family.to_dict() == {"family": "categorical", "link": "logit", "refcat": None}
    assert from_dict(family.to_dict()) == family
    with pytest.raises(FamilyError, match="link 'probit' is not available for mu of family dirichlet"):
        pp.dirichlet(link="probit")


# What they refuse ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MATRICES)
def test_one_column_is_no_matrix(name):
    with pytest.raises(DataError, match=rf"family {name} takes a matrix .* not one column: write cbind\(a, b, c\)"):
        bound(name, np.array([1.0, 2.0]))
    with pytest.raises(DataError, match="not a factor"):
        bound(name, factor("A"))
    with pytest.raises(DataError, match="at least two categories, and the response has 1"):
        bound(name, Matrix(np.ones((2, 1)), ("a",)))


@pytest.mark.parametrize(
    ("rows", "trials", "message"),
    [
        ([[1, 2, 3], [1, -1, 4]], [6, 4], r"non-negative integers, but row 2 is \(1, -1, 4\); family dirichlet"),
        ([[1, 2, 3], [0.5, 0.25, 0.25]], [6, 1], r"non-negative integers, but row 2 is \(0.5, 0.25, 0.25\)"),
        (
            [[1, 2, 3], [1, 1, 4], [1, 2, 2]],
            [6, 7, 6],
            r"counts that add up to the number of trials, but row 2 is \(1, 1, 4 with 7 trials\) and so is 1 more row; "
            r"pass the sum of the columns to trials\(\)",
        ),
    ],
)
@pytest.mark.parametrize("name", ["multinomial", "dirichlet_multinomial"])
def test_counts(name, rows, trials, message):
    y = Matrix(np.array(rows, dtype=float), ("a", "b", "c"))
    with pytest.raises(DataError, match=message):
        bound(name, y).check_response(y, "cbind(a, b, c)", {"trials": np.array(trials, dtype=float)})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[0.2, 0.3, 0.5], [0.0, 0.4, 0.6]], r"proportions above 0, but row 2 is \(0, 0.4, 0.6\); replace zeros"),
        (
            [[0.2, 0.3, 0.4], [0.1, 0.4, 0.6]],
            r"add up to 1, but row 1 is \(0.2, 0.3, 0.4\) and so is 1 more row; divide",
        ),
        ([[0.2, np.nan, 0.4]], "missing in row 1"),
    ],
)
@pytest.mark.parametrize("name", ["dirichlet", "dirichlet2", "logistic_normal"])
def test_simplexes(name, rows, message):
    y = Matrix(np.array(rows), ("a", "b", "c"))
    with pytest.raises(DataError, match=message):
        bound(name, y).check_response(y, "cbind(a, b, c)")


def test_counts_need_trials():
    with pytest.raises(FamilyError, match=r"multinomial needs the addition term trials\(\)"):
        bound("multinomial").check_response(COUNTS)


def test_rows_are_called_as_the_data_call_them():
    y = Matrix(np.array([[0.5, 0.5], [0.5, 0.6]]), ("a", "b"))
    with pytest.raises(DataError, match="but the second is"):
        bound("dirichlet", y).check_response(y, row_name=["the first", "the second"].__getitem__)


def test_numbers_are_no_categories():
    with pytest.raises(DataError, match=r"the response has numbers such as 1\.5"):
        bound("categorical", np.array([1.0, 1.5]))
    with pytest.raises(DataError, match="family multinomial takes a matrix of counts"):
        bound("categorical", COUNTS)


# Means and draws ----------------------------------------------------------------------------------------------------

ETAS = {"mub": np.array([[0.4, -1.0]]), "muc": np.array([[1.3, 0.2]])}
SHARES = special.softmax(np.array([[0.0, 0.4, 1.3], [0.0, -1.0, 0.2]]), axis=1)


def moments(family, parameters, data=None):
    wide = {name: np.broadcast_to(value, (N, 2)) for name, value in parameters.items()}
    draws = draw(family, np.random.default_rng(11), wide, ["trials"] if data else [], data)
    assert draws.shape == (N, 2, 3)
    return draws, draws.mean(axis=0), draws.var(axis=0)


@pytest.mark.parametrize("refcat", ["a", "b", None])
def test_multinomial_counts(refcat):
    trials = np.array([10.0, 3.0])
    logs = np.log(SHARES) + 5.0  # the same shares, whatever is added to all predictors
    names = ("mua", "mub", "muc")
    base = {"a": logs[:, 0], "b": logs[:, 1], None: 0.0}[refcat]
    etas = {name: (logs[:, k] - base)[None] for k, name in enumerate(names) if refcat is None or name != f"mu{refcat}"}
    family = bound("multinomial", refcat=refcat)
    expected = trials[:, None] * SHARES
    np.testing.assert_allclose(epred(family, etas, ["trials"], {"trials": trials})[0], expected, rtol=1e-13)
    draws, mean, var = moments(family, etas, {"trials": trials})
    np.testing.assert_array_equal(draws.sum(axis=2), np.broadcast_to(trials, (N, 2)))
    spread = expected * (1 - SHARES)
    assert (abs(mean - expected) < 5 * np.sqrt(spread / N)).all()
    assert (abs(var - spread) < 5 * spread * np.sqrt(3 / N)).all()


def test_dirichlet_multinomial_counts():
    trials, phi = np.array([10.0, 3.0]), 2.5
    family = bound("dirichlet_multinomial")
    given = {**ETAS, "phi": np.array([[phi]])}
    expected = trials[:, None] * SHARES
    np.testing.assert_allclose(epred(family, given, ["trials"], {"trials": trials})[0], expected, rtol=1e-13)
    draws, mean, var = moments(family, given, {"trials": trials})
    spread = expected * (1 - SHARES) * ((trials + phi) / (1 + phi))[:, None]
    assert (abs(mean - expected) < 5 * np.sqrt(spread / N)).all()
    assert (abs(var - spread) < 6 * spread * np.sqrt(3 / N)).all()
    seen = np.mean((draws[:, 1] == [1, 0, 2]).all(axis=1))
    probability = stats.dirichlet_multinomial.pmf([1, 0, 2], phi * SHARES[1], 3)
    assert abs(seen - probability) < 4 * np.sqrt(probability / N)


@pytest.mark.parametrize("name", ["dirichlet", "dirichlet2"])
def test_dirichlet_shares(name):
    phi = 3.0
    family = bound(name)
    alphas = phi * SHARES
    given = {**ETAS, "phi": np.array([[phi]])}
    if name == "dirichlet2":
        given = {dpar: alphas[:, k][None] for k, dpar in enumerate(family.dpars)}
    np.testing.assert_allclose(epred(family, given)[0], SHARES, rtol=1e-13)
    draws, _, _ = moments(family, given)
    np.testing.assert_allclose(draws.sum(axis=2), 1.0, rtol=1e-12)
    for row in range(2):
        for k in range(3):
            marginal = stats.beta(alphas[row, k], phi - alphas[row, k])
            assert stats.kstest(draws[:, row, k], marginal.cdf).pvalue > 1e-4


def test_shares_of_tiny_parameters_do_not_vanish():
    shares = dirichlet_shares(np.random.default_rng(1), np.full((4000, 2), [1e-5, 3e-5]))
    assert np.isfinite(shares).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert abs((shares[:, 0] > 0.5).mean() - 0.25) < 4 * np.sqrt(0.25 * 0.75 / 4000)
    assert np.isfinite(dirichlet_shares(np.random.default_rng(1), np.zeros((5, 3)))).all()


def test_counts_of_many_trials():
    counts = multinomial_counts(np.random.default_rng(1), 10**12, np.array([[0.5, 0.5 - 1e-17, 1e-17]]))
    assert counts.sum() == 1e12


def logistic_normal(rho, sigmas, mus):
    family = bound("logistic_normal", refcat="b")
    given = {"mua": mus[0], "muc": mus[1], "sigmaa": sigmas[0], "sigmac": sigmas[1], "lncor__a__c": rho}
    return family, {name: np.full((1, 2), value) for name, value in given.items()}


@pytest.mark.parametrize(
    ("rho", "sigmas", "mus"),
    [(0.5, (0.7, 1.2), (0.3, -1.0)), (-0.9, (2.0, 0.1), (1.0, 2.0)), (1.0, (1.0, 1.0), (0, 0))],
)
def test_logistic_normal_draws_and_their_mean(rho, sigmas, mus):
    family, given = logistic_normal(rho, sigmas, mus)
    draws, mean, var = moments(family, given)
    np.testing.assert_allclose(draws.sum(axis=2), 1.0, rtol=1e-12)
    expected = epred(family, given)
    assert expected.shape == (1, 2, 3)
    assert (abs(mean - expected[0]) < 5 * np.sqrt(var / N)).all()
    ratios = np.log(draws[:, 0, [0, 2]] / draws[:, 0, [1]])
    tolerance = 5 * np.sqrt(2 / N)
    np.testing.assert_allclose(ratios.std(axis=0), sigmas, rtol=tolerance)
    assert abs(np.corrcoef(ratios.T)[0, 1] - rho) < tolerance


# Quadrature ---------------------------------------------------------------------------------------------------------


def fine_grid(location, factor, step):
    """Mean of the softmax over a fine grid, in another way than the package takes."""
    size = len(location)
    axis = np.arange(-8, 8 + step / 2, step)
    nodes = np.stack(np.meshgrid(*[axis] * size, indexing="ij"), axis=-1).reshape(-1, size)
    weights = stats.norm.pdf(nodes).prod(axis=1)
    z = np.column_stack([np.zeros(len(nodes)), location + nodes @ factor.T])
    return weights @ special.softmax(z, axis=1) / weights.sum()


@pytest.mark.parametrize("scale", [0.0, 0.1, 1.0, 4.0, 30.0])
@pytest.mark.parametrize("location", [-5.0, 0.0, 2.0])
def test_quadrature_of_one_log_ratio(location, scale):
    found = expected_shares(np.array([[[location]]]), np.array([[[[scale]]]]), 0)[0, 0]
    expected = fine_grid(np.array([location]), np.array([[scale]]), 0.001)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-7)


@pytest.mark.parametrize("scale", [0.2, 1.0, 3.0])
def test_quadrature_of_two_log_ratios(scale):
    root = scale * np.linalg.cholesky(np.array([[1.0, 0.6], [0.6, 1.0]]))
    found = expected_shares(np.array([[[0.4, -1.0]]]), root[None, None], 0)[0, 0]
    np.testing.assert_allclose(found, fine_grid(np.array([0.4, -1.0]), root, 0.05), rtol=0, atol=1e-7)


def test_quadrature_of_many_log_ratios_is_symmetric_to_three_digits():
    found = expected_shares(np.zeros((1, 1, 6)), 1.5 * np.eye(6)[None, None], 3)[0, 0]
    assert found.sum() == pytest.approx(1.0)
    others = np.delete(found, 3)
    assert others.max() - others.min() < 1e-3


def test_every_draw_and_row_has_its_own_mean():
    rng = np.random.default_rng(2)
    locations, factors = rng.normal(size=(3, 4, 2)), rng.normal(size=(3, 4, 2, 2))
    together = expected_shares(locations, factors, 1)
    for draw_, row in ((0, 0), (2, 3), (1, 2)):
        alone = expected_shares(locations[draw_, row][None, None], factors[draw_, row][None, None], 1)
        np.testing.assert_allclose(together[draw_, row], alone[0, 0], atol=2e-7)
    shared = expected_shares(locations, factors[:, :1], 1)
    np.testing.assert_allclose(shared[:, 0], together[:, 0], atol=2e-7)


def test_nodes_are_as_many_as_the_spread_needs():
    assert len(normal_nodes([1.0])[1]) < len(normal_nodes([5.0])[1])
    nodes, weights = normal_nodes([1.0, 2.0])
    assert weights.sum() == pytest.approx(1.0)
    np.testing.assert_allclose((nodes.T * weights) @ nodes, np.eye(2), atol=1e-5)
