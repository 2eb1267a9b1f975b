"""Tapes of one op of categories over rows whose predictors are inputs, and the same densities from their definitions."""

from __future__ import annotations

import mpmath as mp
import numpy as np

from partialpool.engine.ops.categorical import Categorical
from partialpool.engine.ops.dirichlet_rows import SCRATCH, DirichletMultinomialRows, DirichletRows, SimplexTable
from partialpool.engine.ops.linear import Linear
from partialpool.engine.ops.logistic_normal import LogisticNormalRows, LogRatioTable
from partialpool.engine.ops.multinomial import CountTable, Multinomial
from partialpool.engine.ops.shares import Shares
from partialpool.engine.ops.softmax import Proportions, Softmax, side_by_side
from partialpool.engine.tape import Tape


def row_input(tape, section, n_rows):
    """A row slot with an input for each row."""
    slot, values = section.slot(), tape.input(n_rows)
    section.add(Linear(slot, None, values, section.blocked(np.eye(n_rows))))
    return slot


def softmax_program(kind, y, *, reference=None, phi_by_row=False, weights=None):
    """Inputs: the predictors category by category (rows within), then phi if the density has one."""
    n, size = len(y), len(y[0]) if kind != "categorical" else 1 + int(np.max(y))
    tape = Tape()
    section = tape.section(n)
    etas = tuple(None if k == reference else row_input(tape, section, n) for k in range(size))
    shares, out = Proportions.reserve(section, size), section.slot()
    section.add(Softmax(etas, shares, side_by_side(section, 2)))
    if kind == "categorical":
        section.add(Categorical(out, shares, np.asarray(y, dtype=np.int32), weights))
    elif kind == "multinomial":
        section.add(Multinomial(out, shares, CountTable.of(np.asarray(y, float), section), weights))
    else:
        phi = row_input(tape, section, n) if phi_by_row else tape.input(1)
        scratch = side_by_side(section, SCRATCH + 1)
        y = np.asarray(y, dtype=np.float64)
        if kind == "dirichlet":
            section.add(DirichletRows(out, shares, phi, SimplexTable.of(y, section), scratch, weights))
        else:
            section.add(DirichletMultinomialRows(out, shares, phi, CountTable.of(y, section), scratch, weights))
    return tape.compile(), out


def shares_program(y):
    """A Dirichlet density of one positive input for each category."""
    n, size = np.shape(y)
    tape = Tape()
    section = tape.section(n)
    alphas = tuple(row_input(tape, section, n) for _ in range(size))
    shares, total, out = Proportions.reserve(section, size), section.slot(), section.slot()
    section.add(Shares(alphas, shares, total, side_by_side(section, 2)))
    table = SimplexTable.of(np.asarray(y, dtype=np.float64), section)
    section.add(DirichletRows(out, shares, total, table, side_by_side(section, SCRATCH + 1)))
    return tape.compile()


def logistic_normal_program(y, reference, *, sigma_by_row, weights=None):
    """Inputs: the factor L row by row, locations (category by category), scales likewise."""
    n, size = len(y), len(y[0]) - 1
    tape = Tape()
    section = tape.section(n)
    L = tape.input(size * size)
    mus = tuple(row_input(tape, section, n) for _ in range(size))
    sigmas = tuple(row_input(tape, section, n) if by_row else tape.input(1) for by_row in sigma_by_row)
    out, scratch = section.slot(), side_by_side(section, 3 * size + 1)
    table = LogRatioTable.of(np.asarray(y, dtype=np.float64), reference, section)
    section.add(LogisticNormalRows(out, L, mus, sigmas, table, scratch, weights))
    return tape.compile()


def exact_density(kind, y, etas, phi=None):
    """Log density of one row from its definition, in mpmath."""
    largest = max(etas)
    total = mp.fsum(mp.e ** (eta - largest) for eta in etas)
    p = [mp.e ** (eta - largest) / total for eta in etas]
    if kind == "categorical":
        return mp.log(p[int(y)])
    y = [mp.mpf(float(one)) for one in y]
    if kind == "dirichlet":
        return exact_dirichlet(y, [phi * one for one in p])
    n = mp.fsum(y)
    choose = mp.loggamma(n + 1) - mp.fsum(mp.loggamma(one + 1) for one in y)
    if kind == "multinomial":
        return choose + mp.fsum(one * mp.log(share) for one, share in zip(y, p, strict=True))
    terms = (mp.loggamma(one + phi * share) - mp.loggamma(phi * share) for one, share in zip(y, p, strict=True))
    return choose + mp.loggamma(phi) - mp.loggamma(n + phi) + mp.fsum(terms)


def exact_dirichlet(y, alphas):
    """Log density of a Dirichlet distribution, in mpmath."""
    constant = mp.loggamma(mp.fsum(alphas)) - mp.fsum(mp.loggamma(alpha) for alpha in alphas)
    return constant + mp.fsum((alpha - 1) * mp.log(one) for alpha, one in zip(alphas, y, strict=True))


def exact_slope(function, values, at):
    """Derivative of a function of several numbers by one of them, from central differences in many digits."""
    h = mp.mpf(10) ** -16

    def shifted(step):
        return function([value + step if i == at else value for i, value in enumerate(values)])

    return (shifted(h) - shifted(-h)) / (2 * h)
