"""Bayesian multilevel regression from a formula: the language and results of brms, natively in Python."""

__version__ = "0.1.0"
