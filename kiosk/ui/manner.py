"""The manner in which the page at hand is drawn: what its parts fall back on.

A page is built in one go on the UI thread, from one theme in one language. Parts that are not told
a colour take that of the manner in use, and texts and arrows know which way people read, so that a
page need not hand this down to every part.
"""

from typing import Final, NamedTuple

from kiosk.ui.theme import DAYLIGHT, Palette


class Manner(NamedTuple):
    """Colours, and whether lines run from right to left."""

    palette: Palette
    rtl: bool = False


SIDES: Final = {"left": "right", "right": "left"}
_in_use: list[Manner] = [Manner(DAYLIGHT)]


def use(palette: Palette, *, rtl: bool = False) -> None:
    """What is built from now on is drawn like this. On the UI thread only."""
    _in_use[0] = Manner(palette, rtl)


def palette() -> Palette:
    """The colours in use."""
    return _in_use[0].palette


def rtl() -> bool:
    """Lines run from right to left."""
    return _in_use[0].rtl


def side(of: str) -> str:
    """Where something stands that a page built from left to right puts at a side."""
    return SIDES.get(of, of) if rtl() else of
