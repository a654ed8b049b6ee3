"""Numbers in very large type, cut to their letters.

A font's line is twice as high as its digits, so a label with digits of 160 px needs 316 px of
room. A `Figure` is as high as its digits, and stands exactly in the middle of its box.
"""

from typing import Final

from kiosk.ui import fonts
from kiosk.ui.theme import Rgba
from kiosk.ui.theme_display import CAPITAL
from kiosk.ui.widgets import Text

OVERSHOOT: Final = 0.03
"""How far the round 0 stands out above and below at most, in em."""
SQUEEZE_LEAST: Final = 0.78
"""A wider text is first made narrower down to this, so that it keeps its height; then smaller."""
FLAT: Final = frozenset("ABCDEFGHIKLMNOPRSTUVWXYZ0123456789:-+ ")
"""Characters without a part below the line."""
TAIL: Final = 0.21
"""How far others reach below it, in em."""


def figure_width(words: str, cap_px: float) -> float:
    """How wide a text is with capitals of that height."""
    return fonts.width(words, round(cap_px / CAPITAL), bold=True)


class Figure(Text):
    """A short text whose capitals are `cap_px` high; centred in its box."""

    def __init__(self, words: str, cap_px: float, ink: Rgba) -> None:
        self._squeeze = 1.0
        size_px = round(cap_px / CAPITAL)
        super().__init__(
            words, size_px=size_px, grow=False, bold_face=True, ink=ink, halign="center"
        )

    def _set(self, *_args: object) -> None:
        if self.width <= 1:
            return
        font_px = self.size_px
        natural_px = max(1.0, fonts.width(self.words, font_px, bold=True))
        squeeze = min(1.0, self.width / natural_px)
        if squeeze < SQUEEZE_LEAST:
            font_px = int(font_px * squeeze / SQUEEZE_LEAST)
            squeeze = SQUEEZE_LEAST
        tall_px = (CAPITAL + 2 * OVERSHOOT + (0 if FLAT.issuperset(self.words) else TAIL)) * font_px
        font_px = int(font_px * min(1.0, self.height / tall_px))
        self._squeeze = squeeze
        self.font_size = font_px
        self.bold = True
        self.text = self.words
        self.texture_update()

    def texture_update(self, *largs: object) -> None:
        """Draw the text, then keep only the band of its capitals."""
        super().texture_update(*largs)
        whole = self._label.texture
        if whole is None:
            return
        wide, high = whole.size
        beyond = round(OVERSHOOT * self.font_size)
        tail = 0 if FLAT.issuperset(self.words) else round(TAIL * self.font_size)
        under = high - int(self._label.get_ascent())
        bottom = max(0, under - beyond - tail)
        high = min(high - bottom, round(CAPITAL * self.font_size) + 2 * beyond + tail)
        self.texture = whole.get_region(0, bottom, wide, high)
        self.texture_size = [int(wide * self._squeeze), high]
