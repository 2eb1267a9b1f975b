"""Who buys the season pass of a theme park? The analysis step by step: tables, models, plots, report."""
