"""Data in: any data frame, its factors and contrasts, expressions over its columns, and design matrices by R's rules."""
