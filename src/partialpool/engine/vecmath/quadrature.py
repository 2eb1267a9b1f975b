"""Integrals over (0, 1) by Gauss and Legendre's rule: nodes and weights.

Of 32 nodes: exact to the last digit for what decays by forty e-folds, as a polynomial of moderate degree or a normal density
does, over the interval.
"""

from __future__ import annotations

import numpy as np

__all__ = ["NODES", "WEIGHTS"]

_nodes, _weights = np.polynomial.legendre.leggauss(32)
NODES = 0.5 * (1.0 + _nodes)
WEIGHTS = 0.5 * _weights
