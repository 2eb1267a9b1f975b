import numpy as np
import pytest
from scipy.stats import gaussian_kde, multivariate_normal, norm

from partialpool.errors import DataError
from partialpool.plots.contours import density_regions
from partialpool.plots.kernel_density import Density, bandwidth, estimate_density, height_factors


@pytest.fixture
def sample():
    return np.random.default_rng(5).gamma(3.0, size=(4, 250))


def exact(values, x, width):
    return norm.pdf((x[:, np.newaxis] - values.ravel()) / width).mean(axis=1) / width


@pytest.mark.parametrize("adjust", [0.3, 1.0, 3.0])
def test_density_is_the_sum_of_kernels(sample, adjust):
    density = estimate_density(sample, adjust=adjust, n_dens=200)
    expected = exact(sample, density.x, bandwidth(sample, adjust=adjust))
    np.testing.assert_allclose(density.y, expected, atol=1e-3 * expected.max())


def test_density_agrees_with_scipy(sample):
    flat = sample.ravel()
    density = estimate_density(sample, bw="nrd")
    peer = gaussian_kde(flat, bw_method=bandwidth(sample, "nrd") / flat.std(ddof=1))
    np.testing.assert_allclose(density.y, peer(density.x), atol=1e-3 * density.y.max())


def test_density_integrates_to_one(sample):
    density = estimate_density(sample, limits=(-5, 30), n_dens=4000)
    assert np.trapezoid(density.y, density.x) == pytest.approx(1, abs=1e-6)


def test_grid_ends_at_the_outermost_draws(sample):
    density = estimate_density(sample)
    assert (density.x[0], density.x[-1], density.x.size) == (sample.min(), sample.max(), 1024)


def test_mass_beyond_bounds_is_reflected():
    values = np.random.default_rng(2).exponential(size=4000)
    bounded = estimate_density(values, bounds=(0, np.inf), limits=(-1, 20), n_dens=4000)
    assert bounded.x[0] == 0
    assert np.trapezoid(bounded.y, bounded.x) == pytest.approx(1, abs=1e-4)
    assert bounded.y[0] > 1.5 * estimate_density(values, limits=(0, 20)).y[0]


def test_bandwidth_rules():
    values = np.random.default_rng(3).normal(size=500)
    spread = min(values.std(ddof=1), np.subtract(*np.quantile(values, [0.75, 0.25])) / 1.34)
    assert bandwidth(values) == pytest.approx(0.9 * spread * 500**-0.2)
    assert bandwidth(values, "nrd", 2.0) == pytest.approx(2 * 1.06 * spread * 500**-0.2)
    assert bandwidth(values, 0.7, 0.5) == pytest.approx(0.35)


@pytest.mark.parametrize("value", [3.0, 0.0, -2.0])
def test_constants_have_a_bandwidth(value):
    assert bandwidth(np.full(32, value)) == pytest.approx(0.9 * (abs(value) or 1.0) / 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"bw": "sj"}, "no rule for a bandwidth is named 'sj'"),
        ({"bw": -1.0}, "must be positive; got bw = -1.0"),
        ({"adjust": 0.0}, "must be positive"),
        ({"n_dens": 1}, "at least two points"),
        ({"bounds": (5.0, np.inf)}, r"lie outside bounds = \(5, inf\)"),
    ],
)
def test_arguments_of_densities(sample, arguments, message):
    with pytest.raises(DataError, match=message):
        estimate_density(sample, **arguments)


def test_heights_of_areas():
    x = np.linspace(0, 1, 3)
    curves = [Density(x, peak * np.array([0.0, 1.0, 0.0])) for peak in (9.0, 1.0, 4.0)]
    peaks = {
        method: [curve.y.max() * factor for curve, factor in zip(curves, height_factors(curves, method), strict=True)]
        for method in ("equal area", "equal height", "scaled height")
    }
    np.testing.assert_allclose(peaks["equal area"], [1, 1 / 9, 4 / 9])
    np.testing.assert_allclose(peaks["equal height"], [1, 1, 1])
    np.testing.assert_allclose(peaks["scaled height"], [1, 1 / 3, 2 / 3])
    with pytest.raises(DataError, match="did you mean 'equal height'"):
        height_factors(curves, "equal heights")


def shoelace(table):
    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    return 0.5 * (np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def test_regions_of_a_normal_have_the_area_of_its_ellipses():
    covariance = np.array([[1.0, 0.6], [0.6, 1.0]])
    x, y = multivariate_normal(cov=covariance, seed=7).rvs(40_000).T
    regions = density_regions(x, y, [0.5, 0.9])
    for prob in (0.5, 0.9):
        area = sum(shoelace(ring) for _, ring in regions[regions["prob"] == prob].groupby("ring"))
        ellipse = -2 * np.log(1 - prob) * np.pi * np.sqrt(np.linalg.det(covariance))
        assert area == pytest.approx(ellipse, rel=0.08)


def test_regions_leave_out_holes():
    rng = np.random.default_rng(8)
    angle, radius = rng.uniform(0, 2 * np.pi, 20_000), 5 + 0.3 * rng.normal(size=20_000)
    ring = density_regions(radius * np.cos(angle), radius * np.sin(angle), [0.8])
    area = sum(shoelace(part) for _, part in ring.groupby("ring"))
    spread = np.hypot(0.3, 1.25 * bandwidth(radius * np.cos(angle)))
    assert area == pytest.approx(2 * np.pi * 5 * 2 * norm.ppf(0.9) * spread, rel=0.1)


def test_regions_end_where_the_draws_end():
    x, y = np.random.default_rng(9).exponential(size=(2, 5000))
    regions = density_regions(x, y, [0.95])
    assert regions["x"].min() > -0.15
    assert regions["y"].min() > -0.15


def test_probabilities_of_regions():
    with pytest.raises(DataError, match=r"`probs` are probabilities between 0 and 1; got \[0.5, 1.0\]"):
        density_regions(np.arange(9.0), np.arange(9.0), [0.5, 1.0])
