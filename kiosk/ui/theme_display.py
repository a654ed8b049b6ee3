"""Sizes of the displays: what can be read from where, and where things stand.

**How the legible size is computed.** A digit should be at least 1/100 of the distance high: 100 mm
at 10 m, 34 minutes of arc, about seven times the 5 minutes that normal sight needs (ISO 8596). The
panel is taken as 55 inches at 16:9, whose short side is 55 x 25.4 x 9 / sqrt(16^2 + 9^2) = 685 mm;
so 100 mm are 14.6 % of the short side, 158 px of 1080. Numbers are drawn with `NUMBER_PX` = 160
reference pixels of height and are squeezed in width rather than made smaller.

All lengths at the reference are pixels of a panel whose short side is 1080.
"""

import math
from dataclasses import dataclass
from typing import Final

from kiosk.ui.theme import DAYLIGHT, Palette

PANEL_SHORT_MM: Final = 55 * 25.4 * 9 / math.hypot(16, 9)
REFERENCE_SHORT_PX: Final = 1080
NUMBER_PX: Final = 160
"""Height of the digits of a number being called or served: 101 mm on the panel above."""
NUMBER_MOST_PX: Final = 232
CAPITAL: Final = 0.733
"""Height of capitals and digits of our faces, in em (OS/2 sCapHeight of Noto Sans SC)."""
NUMBER_WIDE: Final = 3.35
"""Width of "B012" in bold for digits of height 1."""
SHIFT_MOST_PX: Final = 4
"""How far the picture wanders against burn-in."""
SHIFTS: Final = ((0, 0), (3, 2), (-2, 4), (-4, -1), (1, -4), (4, -3), (-3, 3), (2, -2))
"""Where it wanders, one step each `SHIFT_EVERY_S`; no step is larger than the eye forgives."""
SHIFT_EVERY_S: Final = 180.0

MARGIN_PX: Final = 24
GAP_PX: Final = 14
PAD_PX: Final = 18
HEADER_PX: Final = 88
HEADER_TALL_PX: Final = 152
NOTICE_PX: Final = 70
NOTICE_TALL_PX: Final = 108
"""Two lines, where a line is short."""
SIDE_PX: Final = 376
SIDE_WIDE_PX: Final = 500
BESIDE_FROM_PX: Final = 640
"""From this width on a window's name stands beside its number, below it above the number."""
BESIDE_HIGH_PX: Final = 188
STACKED_FROM_PX: Final = 430
STACKED_HIGH_PX: Final = 252
ROW_MOST_PX: Final = 300
WAITING_ROW_PX: Final = 70
RECENTS: Final = 4
"""Last calls that are shown; on a high screen in two columns."""
RECENT_ROW_PX: Final = 50
SIDE_TITLE_PX: Final = 48


@dataclass(frozen=True, slots=True)
class Rect:
    """A place on the screen in pixels; `top` counts from the upper edge."""

    x: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first pixel right of it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first pixel below it."""
        return self.top + self.height

    def inset(self, across: int, along: int) -> "Rect":
        """The same without a border."""
        return Rect(
            self.x + across, self.top + along, self.width - 2 * across, self.height - 2 * along
        )

    def columns(self, count: int, gap: int) -> "tuple[Rect, ...]":
        """Cut into columns of the same width."""
        width = (self.width - gap * (count - 1)) // count
        return tuple(
            Rect(self.x + at * (width + gap), self.top, width, self.height) for at in range(count)
        )

    def rows(self, count: int, gap: int, most: int = 1 << 20) -> "tuple[Rect, ...]":
        """Cut into rows of the same height, at most so high, from the top."""
        height = min(most, (self.height - gap * (count - 1)) // count)
        return tuple(
            Rect(self.x, self.top + at * (height + gap), self.width, height) for at in range(count)
        )

    def cut_top(self, height: int, gap: int) -> "tuple[Rect, Rect]":
        """A strip of some height at the top, and the rest below a gap."""
        return (
            Rect(self.x, self.top, self.width, height),
            Rect(self.x, self.top + height + gap, self.width, self.height - height - gap),
        )

    def cut_left(self, width: int, gap: int) -> "tuple[Rect, Rect]":
        """A strip of some width at the left, and the rest beyond a gap."""
        return (
            Rect(self.x, self.top, width, self.height),
            Rect(self.x + width + gap, self.top, self.width - width - gap, self.height),
        )


@dataclass(frozen=True, slots=True)
class DisplayTheme:
    """The tokens for one display.

    Attributes:
        width_px: Width of the window.
        height_px: Height of the window.
        reference_px: What the short side is at the reference.
        palette: The colours, those of the kiosk.
    """

    width_px: int
    height_px: int
    reference_px: int = REFERENCE_SHORT_PX
    palette: Palette = DAYLIGHT

    @property
    def portrait(self) -> bool:
        """Higher than wide."""
        return self.height_px > self.width_px

    @property
    def scale(self) -> float:
        """What a length at the reference is multiplied with."""
        return min(self.width_px, self.height_px) / self.reference_px

    def px(self, reference_px: float) -> int:
        """A length given at the reference, in pixels of this window, at least 1."""
        return max(1, round(reference_px * self.scale))

    def millimetres(self, px: float) -> float:
        """How high something is on a 55-inch panel."""
        return px * PANEL_SHORT_MM / min(self.width_px, self.height_px)

    @property
    def page(self) -> Rect:
        """Everything but the margin, which the wandering picture never leaves."""
        margin = self.px(MARGIN_PX) + SHIFT_MOST_PX
        return Rect(0, 0, self.width_px, self.height_px).inset(margin, margin)


@dataclass(frozen=True, slots=True)
class Grid:
    """How windows are laid out on a hall screen.

    Attributes:
        columns: Side by side.
        rows: One below the other.
        beside: The window stands beside its number, else above it.
    """

    columns: int
    rows: int
    beside: bool

    @property
    def capacity(self) -> int:
        """Windows on one page."""
        return self.columns * self.rows


@dataclass(frozen=True, slots=True)
class HallPlaces:
    """Where the parts of a hall screen stand."""

    header: Rect
    cells: tuple[Rect, ...]
    beside: bool
    waiting: Rect
    recent: Rect
    notice: Rect


def hall_grid(theme: DisplayTheme, windows: int, groups: int) -> Grid:
    """The arrangement with the largest rows that holds all windows, else the one that holds most.

    In all of them a number's digits have `NUMBER_PX`.
    """
    area = _frame(theme, windows, groups)[1]
    grids = [
        _grid(theme, area, columns, beside=beside)
        for columns, beside in ((1, True), (2, True), (1, False), (2, False), (3, False))
    ]
    found = [grid for grid in grids if grid is not None]
    if not found:
        return Grid(1, 1, beside=False)
    fitting = [grid for grid in found if grid.capacity >= windows]
    if fitting:
        best = min(fitting, key=lambda grid: (grid.columns, not grid.beside))
        return Grid(best.columns, max(-(-windows // best.columns), min(3, best.rows)), best.beside)
    return max(found, key=lambda grid: grid.capacity)


def _grid(theme: DisplayTheme, area: Rect, columns: int, *, beside: bool) -> Grid | None:
    gap = theme.px(GAP_PX)
    width = area.columns(columns, gap)[0].width
    if width < theme.px(BESIDE_FROM_PX if beside else STACKED_FROM_PX):
        return None
    high = theme.px(BESIDE_HIGH_PX if beside else STACKED_HIGH_PX)
    rows = (area.height + gap) // (high + gap)
    return Grid(columns, rows, beside) if rows else None


def _side_width(theme: DisplayTheme, windows: int) -> int:
    few = 4
    return theme.px(SIDE_WIDE_PX if windows <= few else SIDE_PX)


def _frame(theme: DisplayTheme, windows: int, groups: int) -> tuple[Rect, Rect, Rect, Rect]:
    """Header, area of the windows, side, notice."""
    gap = theme.px(GAP_PX)
    high = theme.px(HEADER_TALL_PX if theme.portrait else HEADER_PX)
    header, rest = theme.page.cut_top(high, theme.px(6))
    notice_px = theme.px(NOTICE_TALL_PX if theme.portrait else NOTICE_PX)
    height = rest.height - notice_px - gap
    middle, notice = rest.cut_top(height, gap)
    if theme.portrait:
        lines = -(-min(max(groups, 2), 8) // 2)
        side = 2 * theme.px(SIDE_TITLE_PX) + lines * theme.px(WAITING_ROW_PX)
        side += RECENTS // 2 * theme.px(RECENT_ROW_PX) + 3 * gap
        area, below = middle.cut_top(middle.height - side - gap, gap)
        return header, area, below, notice
    side_width = _side_width(theme, windows)
    area, right = middle.cut_left(middle.width - side_width - gap, gap)
    return header, area, right, notice


def hall_places(theme: DisplayTheme, grid: Grid, windows: int, groups: int) -> HallPlaces:
    """Where everything stands for a number of windows and groups."""
    header, area, side, notice = _frame(theme, windows, groups)
    gap = theme.px(GAP_PX)
    cells = tuple(
        row.columns(grid.columns, gap)[at]
        for at in range(grid.columns)
        for row in area.rows(grid.rows, gap, theme.px(ROW_MOST_PX))
    )
    lines = RECENTS // 2 if theme.portrait else RECENTS
    recent_px = theme.px(SIDE_TITLE_PX) + lines * theme.px(RECENT_ROW_PX) + theme.px(12)
    waiting, recent = side.cut_top(side.height - recent_px - gap, gap)
    return HallPlaces(header, cells, grid.beside, waiting, recent, notice)
