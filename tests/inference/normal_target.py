"""The normal distribution of two coordinates that chains are tried on."""

RHO, SD = 0.8, (1.0, 3.0)
"""Correlation of the coordinates, and their standard deviations."""
