"""Design tokens of kiosk and displays: colours, type, space, corners.

One accent colour (jade), warm paper, dark ink. Red and amber are kept for faults and warnings and
never stand without words or an icon. All lengths are pixels of the real window; a `Theme` is made
for one window size, so nothing here is scaled a second time.

Sizes at the reference (1080×1920 on a 21.5" panel, 4.1 px/mm): capitals of body text are 6 mm,
touch targets 25 mm. Landscape panels (1280×1024, 1024×768) are smaller but stand closer to the
eye; the scale keeps capitals ≥ 4.7 mm and targets ≥ 19 mm there.
"""

import math
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from kiosk.comfort import BOTTOM_MM, Comfort

Rgba = tuple[float, float, float, float]

REFERENCE_SHORT_PX: Final = 1080
LANDSCAPE_FACTOR: Final = 0.92
SRGB_KNEE: Final = 0.04045
"""Below it sRGB is linear (IEC 61966-2-1)."""
CAPITAL: Final = 0.733
"""Height of capitals and digits of our faces, in em (OS/2 sCapHeight of Noto Sans SC)."""
CAPITAL_LEAST_MM: Final = 4.8
"""No capital is ever lower (experience.md)."""
LARGE_FACTOR: Final = 1.3
"""How much larger large type is."""
REACH_MM: Final = 1120.0
"""How high somebody in a wheelchair reaches with ease (experience.md)."""
COMMON_PANELS: Final = ((1.28, 17.0), (1.4, 15.0), (math.inf, 21.5))
"""Inches of the panels that are built with a longer side so many times the shorter one."""
TOUCH_MIN_PX: Final = 44
"""No touch target is ever smaller (experience.md)."""


def rgba(hexadecimal: str, alpha: float = 1.0) -> Rgba:
    """Kivy's colour for "#RRGGBB".

    Raises:
        ValueError: Not six hexadecimal digits.
    """
    digits = hexadecimal.removeprefix("#")
    if len(digits) != len("RRGGBB"):
        raise ValueError(f"not a colour: {hexadecimal!r}")
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return (red, green, blue, alpha)


def _luminance(colour: Rgba) -> float:
    """Relative luminance (WCAG 2.2, definition of relative luminance)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= SRGB_KNEE else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Rgba, other: Rgba) -> float:
    """Contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Palette(NamedTuple):
    """Colours by what they are for. `TEXT_PAIRS` lists which text may stand on which ground."""

    paper: Rgba = rgba("#F6F2EA")
    """The window's ground."""
    card: Rgba = rgba("#FFFFFF")
    """Tiles and panels on the paper."""
    line: Rgba = rgba("#DDD5C6")
    """Hairlines and borders; never the only sign of anything."""
    ink: Rgba = rgba("#24211C")
    """Text."""
    ink_soft: Rgba = rgba("#5E574B")
    """Secondary text."""
    accent: Rgba = rgba("#0B6456")
    """The one accent: main buttons, numbers, icons."""
    accent_down: Rgba = rgba("#084A40")
    """The accent under a finger."""
    accent_pale: Rgba = rgba("#E2EFEA")
    """A ground that says "chosen" or "this belongs together"."""
    on_accent: Rgba = rgba("#FFFFFF")
    """Text and icons on the accent."""
    warning: Rgba = rgba("#7A4A00")
    """Text and icon of a warning."""
    warning_pale: Rgba = rgba("#FDF0D5")
    """Ground of a warning."""
    danger: Rgba = rgba("#9B2C20")
    """Text and icon of a fault."""
    danger_pale: Rgba = rgba("#FBE9E5")
    """Ground of a fault."""
    veil: Rgba = rgba("#24211C", 0.55)
    """Over the screen when a question stands in front of it."""
    clear: Rgba = (0.0, 0.0, 0.0, 0.0)


DAYLIGHT: Final = Palette()
"""The palette as people find it."""

CLEAR_DAY: Final = Palette(
    ink_soft=rgba("#48423A"),
    accent=rgba("#07493F"),
    accent_down=rgba("#05352D"),
    warning=rgba("#5C3800"),
    danger=rgba("#7A1F15"),
)
"""For large type: the same colours, deep enough for ≥ 7:1."""

CONTRAST: Final = Palette(
    paper=rgba("#000000"),
    card=rgba("#000000"),
    line=rgba("#FFFFFF"),
    ink=rgba("#FFFFFF"),
    ink_soft=rgba("#F2F2F2"),
    accent=rgba("#FFD93B"),
    accent_down=rgba("#FFF1B0"),
    accent_pale=rgba("#262626"),
    on_accent=rgba("#000000"),
    warning=rgba("#FFD93B"),
    warning_pale=rgba("#262626"),
    danger=rgba("#FFB8A8"),
    danger_pale=rgba("#3A0A05"),
    veil=rgba("#000000", 0.75),
)
"""For strong contrast: white and yellow on black, every edge drawn."""

TEXT_PAIRS: Final = (
    ("ink", "paper"),
    ("ink", "card"),
    ("ink", "accent_pale"),
    ("ink_soft", "paper"),
    ("ink_soft", "card"),
    ("ink_soft", "accent_pale"),
    ("accent", "paper"),
    ("accent", "card"),
    ("accent", "accent_pale"),
    ("on_accent", "accent"),
    ("on_accent", "accent_down"),
    ("warning", "warning_pale"),
    ("warning", "card"),
    ("danger", "danger_pale"),
    ("danger", "card"),
)
"""Every (text, ground) pair in use; a test measures each at ≥ 4.5:1."""


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
    """

    width_px: int
    height_px: int
    text_factor: float = 1.0
    palette: Palette = DAYLIGHT
    px_per_mm: float = 0.0
    bottom_mm: float = BOTTOM_MM
    low: bool = False

    def suited(self, comfort: Comfort) -> "Theme":
        """The same window, as somebody wants it."""
        day = CLEAR_DAY if comfort.large else self.palette
        return replace(
            self,
            text_factor=self.text_factor * (LARGE_FACTOR if comfort.large else 1.0),
            palette=CONTRAST if comfort.contrast else day,
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
        return self.px(190 if self.portrait else 136)

    @property
    def display_px(self) -> int:
        """The hall's name on the first screen, single figures."""
        return self._big_px(68)

    @property
    def title_px(self) -> int:
        """One a screen: what this screen asks."""
        return self._big_px(54)

    def _big_px(self, reference_px: float) -> int:
        """What is large already grows less than running text."""
        return math.ceil(reference_px * self.scale * math.sqrt(self.text_factor))

    @property
    def heading_px(self) -> int:
        """Names on tiles, labels of main buttons."""
        return self.sp(40)

    @property
    def body_px(self) -> int:
        """Running text."""
        return self.sp(34)

    @property
    def caption_px(self) -> int:
        """The smallest text there is."""
        return self.sp(29)

    # --- space -----------------------------------------------------------------------------------
    @property
    def margin_px(self) -> int:
        """From the window's edge to the content."""
        return self.px(48)

    @property
    def gap_px(self) -> int:
        """Between things that stand beside each other."""
        return self.px(24)

    @property
    def tight_px(self) -> int:
        """Inside one thing."""
        return self.px(12)

    @property
    def pad_px(self) -> int:
        """From the edge of a card to what it holds."""
        return self.px(32)

    @property
    def radius_px(self) -> int:
        """Corners of cards and tiles."""
        return self.px(24)

    @property
    def radius_small_px(self) -> int:
        """Corners of chips and small buttons."""
        return self.px(16)

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
