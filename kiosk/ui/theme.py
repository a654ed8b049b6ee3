"""Design tokens of kiosk and displays: colours, type, space, corners.

One accent colour (jade), warm paper, dark ink. Red and amber are kept for faults and warnings and
never stand without words or an icon. All lengths are pixels of the real window; a `Theme` is made
for one window size, so nothing here is scaled a second time.

Sizes at the reference (1080×1920 on a 21.5" panel, 4.1 px/mm): capitals of body text are 6 mm,
touch targets 25 mm. Landscape panels (1280×1024, 1024×768) are smaller but stand closer to the
eye; the scale keeps capitals ≥ 4.7 mm and targets ≥ 19 mm there.
"""

import math
from dataclasses import dataclass, field, replace
from typing import Final

from kiosk.comfort import BOTTOM_MM, Comfort
from kiosk.ui.theme_file import (
    TEXT_PAIRS,
    Look,
    Palette,
    Rgba,
    contrast,
    rgba,
    shipped,
)

__all__ = [
    "CLEAR_DAY",
    "CONTRAST",
    "DAYLIGHT",
    "TEXT_PAIRS",
    "Palette",
    "Rgba",
    "Theme",
    "contrast",
    "rgba",
]

REFERENCE_SHORT_PX: Final = 1080
LANDSCAPE_FACTOR: Final = 0.92
CAPITAL: Final = 0.733
"""Height of capitals and digits of our faces, in em (OS/2 sCapHeight of Noto Sans SC)."""
CAPITAL_LEAST_MM: Final = 4.8
"""No capital is ever lower (experience.md)."""
REACH_MM: Final = 1120.0
"""How high somebody in a wheelchair reaches with ease (experience.md)."""
COMMON_PANELS: Final = ((1.28, 17.0), (1.4, 15.0), (math.inf, 21.5))
"""Inches of the panels that are built with a longer side so many times the shorter one."""
TOUCH_MIN_PX: Final = 44
"""No touch target is ever smaller (experience.md)."""


DAYLIGHT: Final = shipped().day
"""The palette as people find it."""
CLEAR_DAY: Final = shipped().large
"""For large type: the same colours, deep enough for ≥ 7:1."""
CONTRAST: Final = shipped().contrast
"""For high contrast: white and yellow on black, every edge drawn."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The tokens for one window.

    Attributes:
        width_px: Width of the window.
        height_px: Height of the window.
        text_factor: 1.0, or more for large type.
        palette: The colours.
        px_per_mm: Of the panel; 0 takes that of a common panel of this shape.
        bottom_mm: Height of the picture's lower edge above the floor.
        low: Everything to touch stands in the lower part.
        look: What the theme's file says.
    """

    width_px: int
    height_px: int
    text_factor: float = 1.0
    palette: Palette = DAYLIGHT
    px_per_mm: float = 0.0
    bottom_mm: float = BOTTOM_MM
    low: bool = False
    look: Look = field(default_factory=shipped)

    def suited(self, comfort: Comfort) -> "Theme":
        """The same window, as somebody wants it."""
        look = self.look
        day = look.large if comfort.large else look.day
        return replace(
            self,
            text_factor=self.text_factor * (look.type_px["large"] if comfort.large else 1.0),
            palette=look.contrast if comfort.contrast else day,
            low=comfort.low and self.lowers,
        )

    @property
    def density(self) -> float:
        """Pixels per millimetre of the panel."""
        if self.px_per_mm:
            return self.px_per_mm
        ratio = max(self.width_px, self.height_px) / min(self.width_px, self.height_px)
        inches = next(inches for most, inches in COMMON_PANELS if ratio <= most)
        return math.hypot(self.width_px, self.height_px) / (inches * 25.4)

    @property
    def reach_px(self) -> int:
        """How much of the window, from its lower edge, is within low reach."""
        reach_px = round((REACH_MM - self.bottom_mm) * self.density)
        return min(self.height_px, max(self.height_px // 2, reach_px))

    @property
    def lowers(self) -> bool:
        """The panel goes higher than low reach, so the switch does something."""
        return self.reach_px < self.height_px

    @property
    def page_px(self) -> int:
        """Height of header, page and footer together; what is above them only tells things."""
        return self.reach_px if self.low else self.height_px

    @property
    def portrait(self) -> bool:
        """Higher than wide."""
        return self.height_px >= self.width_px

    @property
    def scale(self) -> float:
        """What a length at the reference is multiplied with."""
        short_px = min(self.width_px, self.height_px)
        return short_px / REFERENCE_SHORT_PX * (1.0 if self.portrait else LANDSCAPE_FACTOR)

    def px(self, reference_px: float) -> int:
        """A length given at the reference, in whole pixels of this window, at least 1."""
        return max(1, round(reference_px * self.scale))

    def sp(self, reference_px: float) -> int:
        """A font size given at the reference, in pixels of this window, never too small to read."""
        wanted_px = max(reference_px * self.scale, CAPITAL_LEAST_MM * self.density / CAPITAL)
        return math.ceil(wanted_px * self.text_factor)

    # --- type, from large to small -------------------------------------------------------------
    @property
    def number_px(self) -> int:
        """The ticket's number: as large as it can be for everybody."""
        return self.px(self.look.type_px["number" if self.portrait else "number_landscape"])

    @property
    def display_px(self) -> int:
        """The hall's name on the first screen, single figures."""
        return self._big_px(self.look.type_px["display"])

    @property
    def title_px(self) -> int:
        """One a screen: what this screen asks."""
        return self._big_px(self.look.type_px["title"])

    def _big_px(self, reference_px: float) -> int:
        """What is large already grows less than running text."""
        return math.ceil(reference_px * self.scale * math.sqrt(self.text_factor))

    @property
    def heading_px(self) -> int:
        """Names on tiles, labels of main buttons."""
        return self.sp(self.look.type_px["heading"])

    @property
    def body_px(self) -> int:
        """Running text."""
        return self.sp(self.look.type_px["body"])

    @property
    def caption_px(self) -> int:
        """The smallest text there is."""
        return self.sp(self.look.type_px["caption"])

    # --- space -----------------------------------------------------------------------------------
    @property
    def margin_px(self) -> int:
        """From the window's edge to the content."""
        return self.px(self.look.space_px["margin"])

    @property
    def gap_px(self) -> int:
        """Between things that stand beside each other."""
        return self.px(self.look.space_px["gap"])

    @property
    def tight_px(self) -> int:
        """Inside one thing."""
        return self.px(self.look.space_px["tight"])

    @property
    def pad_px(self) -> int:
        """From the edge of a card to what it holds."""
        return self.px(self.look.space_px["pad"])

    @property
    def radius_px(self) -> int:
        """Corners of cards and tiles."""
        return self.px(self.look.space_px["radius"])

    @property
    def radius_small_px(self) -> int:
        """Corners of chips and small buttons."""
        return self.px(self.look.space_px["radius_small"])

    @property
    def hairline_px(self) -> int:
        """Thickness of borders."""
        return max(1, self.px(2))

    # --- touch -----------------------------------------------------------------------------------
    @property
    def touch_px(self) -> int:
        """Smallest edge of anything to touch: ≥ 19 mm on the panels we know."""
        return max(TOUCH_MIN_PX, self.px(104))

    @property
    def button_px(self) -> int:
        """Height of a main button."""
        return max(TOUCH_MIN_PX, self.px(136 if self.portrait else 116))
