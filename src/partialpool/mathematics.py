"""Functions for densities of custom families and for expressions of your own: of symbols, numbers and arrays alike.

A log density written with them is differentiated and compiled; given arrays, the same function computes with NumPy.
Comparisons are Python's operators, except that equality is `equal(a, b)`; conditions combine with `both` and `either`, and
choose with `where`. The branch that is not chosen may be undefined.

Examples
--------
>>> from partialpool.mathematics import inv_logit, log, log1m
>>> log(inv_logit(0.0)) == log1m(inv_logit(0.0))
True
"""

from partialpool.engine import mathematics as _vocabulary
from partialpool.engine.mathematics import *  # noqa: F403

__all__ = list(_vocabulary.__all__)
