"""The manner in which the page at hand is drawn: what its parts fall back on.

A page is built in one go on the UI thread, from one theme in one language. Parts that are not told
a colour take that of the manner in use, so that a page need not hand it down to every text.
"""

from kiosk.ui.theme import DAYLIGHT, Palette

_palette: list[Palette] = [DAYLIGHT]


def use(palette: Palette) -> None:
    """What is built from now on is drawn like this. On the UI thread only."""
    _palette[0] = palette


def palette() -> Palette:
    """The colours in use."""
    return _palette[0]
