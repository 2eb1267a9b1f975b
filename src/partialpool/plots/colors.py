"""Colour schemes of the plots: six shades of a hue, and colours that tell chains and groups apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from partialpool.errors import DataError, nearest

__all__ = ["DIVERGENCE", "INK", "ColorScheme", "color_scheme", "distinct_colors", "set_color_scheme"]

DIVERGENCE = "#D7191C"
"""Colour of divergent transitions in every plot."""

INK = "#262626"
"""Colour of text and of marks that carry no scheme."""

# Okabe & Ito (2008) without their yellow, too faint for a line on white; gray for black. They are in such an order that
# as many as possible can be told apart with any of the three colour deficiencies: green and blue cannot by tritanopes.
_DISTINCT = ("#0072B2", "#E69F00", "#56B4E9", "#CC79A7", "#5B5B5B", "#D55E00", "#009E73")

# Hue in degrees and chroma of each scheme, in the OKLCH space.
_HUES: dict[str, tuple[float, float]] = {
    "blue": (245.0, 1.0),
    "brightblue": (258.0, 1.45),
    "gray": (0.0, 0.0),
    "green": (150.0, 1.0),
    "orange": (58.0, 1.15),
    "pink": (355.0, 1.15),
    "purple": (305.0, 1.1),
    "red": (25.0, 1.2),
    "teal": (195.0, 0.85),
    "yellow": (92.0, 1.0),
}
_LIGHTNESS = (0.88, 0.79, 0.66, 0.57, 0.44, 0.33)
_CHROMA = (0.04, 0.065, 0.09, 0.1, 0.095, 0.08)
_DEFAULT = "partialpool"


@dataclass(frozen=True)
class ColorScheme:
    """Shades that a plot takes its colours from.

    Attributes
    ----------
    name
        Name under which the scheme is set.
    shades
        Six shades, from light to dark, as hexadecimal colours.
    chains_differ_in_hue
        Whether chains have distinct hues; otherwise they are told apart by shades.
    """

    name: str
    shades: tuple[str, ...]
    chains_differ_in_hue: bool = False

    @property
    def light(self) -> str:
        """The lightest shade: fills."""
        return self.shades[0]

    @property
    def light_highlight(self) -> str:
        """The second shade: fills that must stand out from `light`."""
        return self.shades[1]

    @property
    def mid(self) -> str:
        """The third shade: bars and thin lines."""
        return self.shades[2]

    @property
    def dark(self) -> str:
        """The fifth shade: outlines."""
        return self.shades[4]

    @property
    def dark_highlight(self) -> str:
        """The darkest shade: points."""
        return self.shades[5]

    def chain_colors(self, n_chains: int) -> list[str]:
        """Return one colour for each chain."""
        if self.chains_differ_in_hue:
            return distinct_colors(n_chains)
        steps = np.round(np.linspace(5, 0, n_chains)).astype(int) if n_chains > 1 else np.array([4])
        return [self.shades[i] for i in steps]


def distinct_colors(n: int) -> list[str]:
    """Return `n` colours that the colour-blind can tell apart, as far as `n` allows.

    Up to seven are the hues of Okabe and Ito; more are spread over the viridis map.

    Examples
    --------
    >>> distinct_colors(2)
    ['#0072B2', '#E69F00']
    """
    return list(_DISTINCT[:n]) if n <= len(_DISTINCT) else _viridis(n)


def _viridis(n: int) -> list[str]:
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return [to_hex(colormaps["viridis"](x)) for x in np.linspace(0.92, 0.0, n)]


def _oklch_hex(lightness: float, chroma: float, hue: float) -> str:
    """Return the sRGB colour of an OKLCH triple (Ottosson 2020), clipped to the gamut."""
    a, b = chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue))
    to_lms = np.array(
        [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.2914855480]]
    )
    to_rgb = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    linear = np.clip(to_rgb @ (to_lms @ [lightness, a, b]) ** 3, 0, 1)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * channel):02X}" for channel in srgb)


def _shades(hue: float, strength: float) -> tuple[str, ...]:
    return tuple(_oklch_hex(L, strength * C, hue) for L, C in zip(_LIGHTNESS, _CHROMA, strict=True))


def _build(name: str) -> ColorScheme:
    if name == _DEFAULT:
        return ColorScheme(name, _shades(*_HUES["blue"]), chains_differ_in_hue=True)
    if name == "viridis":
        return ColorScheme(name, tuple(_viridis(6)))
    if name.startswith("mix-") and name.count("-") == 2:
        both = [_build(part).shades for part in name.split("-")[1:]]
        return ColorScheme(name, tuple(both[i % 2][i] for i in range(6)))
    if name in _HUES:
        return ColorScheme(name, _shades(*_HUES[name]))
    raise DataError(
        f"no colour scheme is named {name!r}; {nearest(name, [_DEFAULT, *_HUES, 'viridis', 'mix-blue-red'])}"
    )


_current = _build(_DEFAULT)


def color_scheme(name: str | None = None) -> ColorScheme:
    """Return the colour scheme of that name, or the one in use.

    Raises
    ------
    DataError
        If no scheme has that name.

    Examples
    --------
    >>> color_scheme("teal").name
    'teal'
    """
    return _current if name is None else _build(name)


def set_color_scheme(name: str = _DEFAULT) -> str:
    """Make plots drawn from now on use a colour scheme, and return the name of the one used before.

    Parameters
    ----------
    name
        `partialpool` (blue, with chains in distinct hues), a single hue (`blue`, `brightblue`, `gray`, `green`,
        `orange`, `pink`, `purple`, `red`, `teal`, `yellow`), `viridis`, or two of them alternating: `mix-blue-red`.

    Raises
    ------
    DataError
        If no scheme has that name.

    Examples
    --------
    >>> before = set_color_scheme("teal")
    >>> set_color_scheme(before)
    'teal'
    """
    global _current
    before = _current.name
    _current = _build(str(name))
    return before
