"""Priors: their text, their tables, their densities, and the rules that say which of them is in force."""
