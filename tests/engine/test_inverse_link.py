"""Parameters from their predictors: value and slope of each link."""

import numpy as np
import pytest
from category_tapes import row_input

from partialpool.engine.ops.categorical import Categorical
from partialpool.engine.ops.inverse_link import INVERSE_LINKS, InverseLink
from partialpool.engine.ops.softmax import Proportions, Softmax, side_by_side
from partialpool.engine.tape import Tape
from partialpool.families.links import LINKS

ETA = np.array([0.02, 0.7, 1.3, 4.0, 9.0])
ANY = np.concatenate([-ETA, ETA, [-30.0]])


def values_at(link, eta):
    tape = Tape()
    section = tape.section(len(eta))
    predictor, natural = row_input(tape, section, len(eta)), section.slot()
    section.add(InverseLink(predictor, natural, link))
    return tape.compile().rows(0, eta[None], [natural], 0, len(eta))[0, 0]


@pytest.mark.parametrize("link", INVERSE_LINKS)
def test_values_are_those_of_the_link(link):
    eta = ETA if link in ("inverse", "sqrt", "1/mu^2") else ANY
    np.testing.assert_allclose(values_at(link, eta), LINKS[link].inverse(eta), rtol=1e-12)


@pytest.mark.parametrize("link", INVERSE_LINKS)
def test_slopes_are_differences(link):
    # The density is the log probability of the first of two categories, the parameter being the second one's predictor.
    tape = Tape()
    section = tape.section(len(ETA))
    predictor, natural, out = row_input(tape, section, len(ETA)), section.slot(), section.slot()
    section.add(InverseLink(predictor, natural, link))
    shares = Proportions.reserve(section, 2)
    section.add(Softmax((None, natural), shares, side_by_side(section, 2)))
    section.add(Categorical(out, shares, np.zeros(len(ETA), dtype=np.int32)))
    program, h = tape.compile(), 1e-5
    _, gradient = program.log_density_gradient(ETA)
    ends = [program.rows(0, (ETA + step)[None], [out], 0, len(ETA))[0, 0] for step in (h, -h)]
    np.testing.assert_allclose(gradient, (ends[0] - ends[1]) / (2 * h), rtol=1e-6, atol=1e-9)
