"""Density, fit and random draws of each family belong together: ranks of simulated parameters are uniform."""

from dataclasses import replace

import pytest

from calibration import Case, calibrate, case_of
from partialpool.families.registry import family_names

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize("family", family_names())
def test_ranks_are_uniform(family):
    p_values = calibrate(case_of(family), 60).p_values()
    assert min(p_values.values()) > 1e-5, p_values


def test_ranks_that_are_not_uniform_are_seen():
    ranks = calibrate(Case("gaussian"), 60)
    shrunk = replace(ranks, values=ranks.values // 2)
    assert max(shrunk.p_values().values()) < 1e-5
