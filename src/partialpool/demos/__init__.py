"""Whole analyses, from data to report, as a user would write them."""
