"""Fits that several tests look at."""

from __future__ import annotations

import warnings

import pytest
from hand_made_fits import fit_with_draws

import oracle
import partialpool as pp


@pytest.fixture(scope="session")
def season_pass():
    """The multilevel model of season passes, sampled."""
    published = oracle.load("001")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pp.ConvergenceWarning)
        return pp.brm(
            published.formulas[0],
            data=published.frame,
            family=pp.binomial(),
            prior=pp.prior("normal(0, 1)", class_="sd"),
            iter=2000,
            seed=42,
            control={"adapt_delta": 0.95},
            progress=False,
        )


@pytest.fixture(scope="session")
def sleep():
    """Reaction times whose spread is predicted too, effects correlated across both predictors; draws by hand."""
    published = oracle.load("014")
    return fit_with_draws(pp.bf(*published.formulas), published.frame)


@pytest.fixture(scope="session")
def crossed():
    """Two crossed groups and an estimated residual standard deviation; draws by hand."""
    published = oracle.load("019")
    return fit_with_draws(published.formulas[0], published.frame)


@pytest.fixture(scope="session")
def schools():
    """A meta-analysis: the residual standard deviation is fixed at 0; draws by hand."""
    published = oracle.load("094")
    return fit_with_draws(published.formulas[0], published.frame, constants={"sigma": 0.0})
