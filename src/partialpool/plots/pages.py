"""Several plots side by side, a few variables a page: brms' `plot(fit)`; and any plot by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from plotnine import ggplot, theme
from plotnine.composition import Compose

from partialpool.arguments import is_whole
from partialpool.errors import DataError, nearest
from partialpool.fit.draws import Draws
from partialpool.plots.areas import mcmc_areas, mcmc_areas_ridges
from partialpool.plots.autocorrelation import mcmc_acf
from partialpool.plots.densities import mcmc_dens, mcmc_dens_overlay
from partialpool.plots.histograms import mcmc_hist
from partialpool.plots.intervals import mcmc_intervals
from partialpool.plots.pairs import mcmc_pairs
from partialpool.plots.ranks import mcmc_rank_overlay
from partialpool.plots.selection import Transformations, select_draws
from partialpool.plots.source import divergent_draws, draws_from
from partialpool.plots.traces import mcmc_trace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Pages", "mcmc_plot", "plot_fit"]

Page: TypeAlias = ggplot | Compose

_PLOTS: dict[str, Callable[..., ggplot]] = {
    "acf": mcmc_acf,
    "areas": mcmc_areas,
    "areas_ridges": mcmc_areas_ridges,
    "dens": mcmc_dens,
    "dens_overlay": mcmc_dens_overlay,
    "hist": mcmc_hist,
    "intervals": mcmc_intervals,
    "pairs": mcmc_pairs,
    "rank_overlay": mcmc_rank_overlay,
    "trace": mcmc_trace,
}
# Every panel has an axis beneath it, so that the panels of a row stand at one height.
_FREE = {"acf": "free_x", "rank_overlay": "free_x"}
_COLUMNS = ("hist", "dens", "dens_overlay", "trace", "rank_overlay", "acf")

# Group-level values, latent values and bookkeeping: too many, or of no interest, for a first look.
_NOT_AT_FIRST = re.compile(r"^(r|z|s|zs|zgp|Xme|Yl|Ymi|rcar|prior)_|^(lp__|lprior|Intercept)|^Ymi")


@dataclass(frozen=True)
class Pages(Sequence[Page]):
    """Pages of plots: a sequence of plotnine objects that a notebook shows one below the other.

    Attributes
    ----------
    items
        The pages.
    """

    items: tuple[Page, ...]

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __iter__(self) -> Iterator[Page]:
        return iter(self.items)

    def __repr__(self) -> str:
        return f"<Pages: {len(self)}>"

    def __and__(self, other: Any) -> Pages:
        """Return the pages with a layer, scale or theme added to every plot of each."""
        return Pages(tuple(page & other if isinstance(page, Compose) else page + other for page in self))

    def draw(self) -> list[Figure]:
        """Return a matplotlib figure for each page."""
        return [_drawn(page) for page in self]

    def save(self, filename: str | Path, dpi: int | None = None) -> list[Path]:
        """Write the pages to files and return their paths.

        Parameters
        ----------
        filename
            Where to write. A PDF holds all pages; of other formats there is a file for each page, `name-1.png`,
            `name-2.png` and so on, where there is more than one.
        dpi
            Dots per inch.
        """
        path = Path(filename)
        if path.suffix.lower() == ".pdf":
            return [self._save_pdf(path, dpi)]
        paths = [path.with_stem(f"{path.stem}-{i + 1}") if len(self) > 1 else path for i in range(len(self))]
        for page, target in zip(self, paths, strict=True):
            _save_page(page, target, dpi)
        return paths

    def _save_pdf(self, path: Path, dpi: int | None) -> Path:
        from matplotlib import pyplot as plt
        from matplotlib.backends.backend_pdf import PdfPages

        with PdfPages(path) as pdf:
            for figure in self.draw():
                pdf.savefig(figure, dpi=dpi or "figure")
                plt.close(figure)
        return path

    def _repr_html_(self) -> str:
        """Return the pages as images, for notebooks."""
        import base64
        from io import BytesIO

        images = []
        for page in self:
            buffer = BytesIO()
            _save_page(page, buffer, 200)
            data = base64.b64encode(buffer.getvalue()).decode("ascii")
            images.append(f'<img src="data:image/png;base64,{data}" style="max-width: 100%; width: {_width(page)}px">')
        return "\n".join(images)


def _drawn(page: Page) -> Figure:
    """Draw a copy, because drawing a composition changes it."""
    return deepcopy(page).draw()


def _save_page(page: Page, target: Any, dpi: int | None) -> None:
    from matplotlib import pyplot as plt

    figure = _drawn(_with_dpi(page, dpi) if dpi else page)
    figure.savefig(target)
    plt.close(figure)


def _with_dpi(page: Page, dpi: int) -> Page:
    resolution = theme(dpi=dpi)
    return page & resolution if isinstance(page, Compose) else page + resolution


def _width(page: Page) -> int:
    last = page.last_plot if isinstance(page, Compose) else page
    return int(96 * last.theme.getp("figure_size")[0])


def plot_fit(
    fit: object,
    pars: str | Sequence[str] | None = None,
    regex_pars: str | Sequence[str] | None = None,
    transformations: Transformations | None = None,
    *,
    combo: Sequence[str] = ("hist", "trace"),
    nvariables: int = 5,
    bins: int = 30,
    np: object = None,
) -> Pages:
    """Return the first look at a fit: the distribution and the trace of each variable, some variables a page.

    Parameters
    ----------
    fit, pars, regex_pars, transformations
        The draws, and which of them: see `partialpool.plots.selection.select_draws`. By default all but group-level
        values (`r_...`), latent values, the log density, and what is held fixed.
    combo
        What stands in each column: `hist`, `dens`, `dens_overlay`, `trace`, `rank_overlay` or `acf`.
    nvariables
        How many variables to show a page.
    bins
        Bins of histograms.
    np
        Sampler statistics for traces: see `mcmc_trace`.

    Raises
    ------
    DataError
        If variables or arguments are not as described.

    Examples
    --------
    >>> import numpy as np
    >>> draws = {"b_x": np.random.default_rng(1).normal(size=(4, 100)), "sigma": np.ones((4, 100))}
    >>> len(plot_fit(draws))
    1
    """
    draws = select_draws(_first_look(draws_from(fit), pars, regex_pars), pars, regex_pars, transformations)
    _check(combo, nvariables)
    divergent = divergent_draws(np, fit, draws)
    chunks = [draws.names[i : i + nvariables] for i in range(0, len(draws.names), nvariables)]
    return Pages(tuple(_page(draws.select(chunk), combo, bins, divergent) for chunk in chunks))


def _first_look(draws: Draws, pars: object, regex_pars: object) -> Draws:
    if pars is not None or regex_pars is not None:
        return draws
    varies = draws.flat.max(axis=0) > draws.flat.min(axis=0)
    names = [name for name, moves in zip(draws.names, varies, strict=True) if moves and not _NOT_AT_FIRST.search(name)]
    return draws.select(names) if names else draws


def _check(combo: Sequence[str], nvariables: int) -> None:
    if isinstance(combo, str) or not isinstance(combo, Sequence) or not combo:
        raise DataError(f"`combo` is a list of one or more plots, such as ['hist', 'trace']; got {combo!r}")
    for name in combo:
        if name not in _COLUMNS:
            raise DataError(f"`combo` has no plot {name!r}; {nearest(str(name), _COLUMNS)}")
    if not is_whole(nvariables) or nvariables < 1:
        raise DataError(f"nvariables must be a whole number of at least 1; got {nvariables!r}")


def _page(draws: Draws, combo: Sequence[str], bins: int, divergent: Any) -> Page:
    extra: Mapping[str, dict[str, Any]] = {"hist": {"bins": bins}, "trace": {"np": divergent}}
    height = max(2.4, 1.65 * len(draws.names) + 0.4)
    size = theme(figure_size=(4.6 * len(combo), height))
    columns = [
        _PLOTS[name](draws, facet_args={"ncol": 1, "scales": _FREE.get(name, "free")}, **extra.get(name, {})) + size
        for name in combo
    ]
    page: Page = columns[0]
    for column in columns[1:]:
        page = page | column
    return page


def mcmc_plot(source: object, type: str = "intervals", **kwargs: Any) -> ggplot:  # noqa: A002 - brms' name
    """Return the plot `mcmc_<type>` of a fit; further arguments go to it.

    Raises
    ------
    DataError
        If there is no such plot, or its arguments are not as it describes.

    Examples
    --------
    >>> import numpy as np
    >>> plot = mcmc_plot({"b_x": np.random.default_rng(1).normal(size=(4, 100))}, type="areas", prob=0.89)
    """
    if not isinstance(type, str) or type not in _PLOTS:
        raise DataError(f"no plot of draws is named {type!r}; {nearest(str(type), _PLOTS)}")
    return _PLOTS[type](source, **kwargs)
