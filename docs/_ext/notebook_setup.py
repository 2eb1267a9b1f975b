"""What every executed page runs first, unseen: no progress bars, tables of three digits, plots that are sharp on any screen."""

from __future__ import annotations

import pandas as pd
import plotnine

from partialpool.inference import progress

__all__: list[str] = []

# Nobody watches a page being built.
progress._in_notebook = lambda: False

plotnine.options.figure_format = "retina"
pd.set_option("display.precision", 3)
pd.set_option("display.max_columns", 20)
