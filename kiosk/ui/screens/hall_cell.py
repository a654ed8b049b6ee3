"""One window on a hall screen, beside its number or above it."""

from dataclasses import dataclass
from typing import Final

from kiosk.display_view import Cell
from kiosk.display_words import Tone
from kiosk.ui.display_parts import Painter, Slot, text_width
from kiosk.ui.theme import Rgba
from kiosk.ui.theme_display import (
    NUMBER_MOST_PX,
    NUMBER_PX,
    NUMBER_WIDE,
    PAD_PX,
    DisplayTheme,
    Rect,
)

SIGNS: Final = {Tone.NEW_CALL: "bell", Tone.CALLING: "bell", Tone.PAUSED: "pause"}
"""The sign of a tone, beside its word."""
STATE_PX: Final = 60
TWO_LINES_PX: Final = 74
"""The room that two languages need one below the other."""
NAME_LEAST_PX: Final = 20
"""A name is set on two lines rather than smaller than this."""
NUMBER_SHARE: Final = 0.78
"""The part of a wide cell that a number may take."""
SMALLER: Final = 0.56
"""A second language beside the first."""


@dataclass(frozen=True, slots=True)
class Look:
    """The colours of a tone."""

    ground: Rgba
    edge: Rgba
    ink: Rgba
    soft: Rgba
    badge: Rgba
    on_badge: Rgba
    edge_px: int = 2


def look_of(tone: Tone, theme: DisplayTheme) -> Look:
    """How a window in that tone is coloured."""
    c = theme.palette
    thick = theme.px(5)
    match tone:
        case Tone.NEW_CALL:
            return Look(c.accent, c.accent, c.on_accent, c.on_accent, c.card, c.accent)
        case Tone.CALLING:
            soft = c.accent
            return Look(c.accent_pale, c.accent, c.accent, soft, c.accent, c.on_accent, thick)
        case Tone.SERVING:
            return Look(c.card, c.line, c.ink, c.ink_soft, c.accent, c.on_accent)
        case Tone.FREE:
            return Look(c.card, c.line, c.accent, c.ink_soft, c.accent, c.on_accent)
        case Tone.PAUSED:
            soft = c.warning
            return Look(c.warning_pale, c.warning_pale, c.warning, soft, c.warning, c.card)
        case Tone.CLOSED:
            return Look(c.paper, c.line, c.ink_soft, c.ink_soft, c.ink_soft, c.card)


def painter(cell: Cell, *, beside: bool) -> Painter:
    """Draws a window's cell, with the window beside the number or above it."""
    if beside:
        return lambda slot: _beside(slot, cell)
    return lambda slot: _stacked(slot, cell)


def _beside(slot: Slot, cell: Cell) -> None:
    """Window and words at the left, the number at the right."""
    theme = slot.theme
    look = look_of(cell.tone, theme)
    slot.ground(slot.rect, look.ground, look.edge, look.edge_px)
    inner = slot.rect.inset(theme.px(PAD_PX), theme.px(PAD_PX - 4))
    gap = theme.px(14)
    cap = min(theme.px(NUMBER_MOST_PX), inner.height - theme.px(14))
    cap = max(theme.px(NUMBER_PX), min(cap, int(inner.width * NUMBER_SHARE / NUMBER_WIDE)))
    wide = min(int(cap * NUMBER_WIDE), inner.width - theme.px(140) - gap)
    left, right = inner.cut_left(inner.width - wide - gap, gap)
    badge_h = min(theme.px(124), int(inner.height * 0.46))
    badge_w = min(left.width, theme.px(220))
    _badge(slot, cell, Rect(left.x, left.top, badge_w, badge_h), look)
    below = Rect(left.x, left.top + badge_h, left.width, left.height - badge_h)
    _caption(slot, cell, below, look)
    _number(slot, cell, right, cap, look)


def _stacked(slot: Slot, cell: Cell) -> None:
    """Window and words above the number."""
    theme = slot.theme
    look = look_of(cell.tone, theme)
    slot.ground(slot.rect, look.ground, look.edge, look.edge_px)
    inner = slot.rect.inset(theme.px(PAD_PX), theme.px(PAD_PX - 6))
    gap = theme.px(6)
    top, rest = inner.cut_top(inner.height - theme.px(NUMBER_PX + 15) - gap, gap)
    badge, words = top.cut_left(theme.px(104), theme.px(16))
    _badge(slot, cell, badge, look)
    _caption(slot, cell, words, look)
    _number(slot, cell, rest, theme.px(NUMBER_PX), look)


def _badge(slot: Slot, cell: Cell, rect: Rect, look: Look) -> None:
    """The window's number as a sign; beside it the sign of a call."""
    theme = slot.theme
    slot.ground(rect, look.badge)
    sign = SIGNS.get(cell.tone) if cell.tone in {Tone.NEW_CALL, Tone.CALLING} else None
    inside = rect.inset(theme.px(10), theme.px(8))
    cap = min(theme.px(72), inside.height - theme.px(8))
    edge = min(theme.px(60), int(rect.height * 0.58))
    if sign and inside.width > edge * 2:
        slot.icon(sign, inside.right - edge, rect.top + rect.height // 2, edge, look.on_badge)
        inside = Rect(inside.x, inside.top, inside.width - edge, inside.height)
    slot.figure(cell.window_id, inside, cap, look.on_badge)


def _caption(slot: Slot, cell: Cell, rect: Rect, look: Look) -> None:
    """What to do while a number is called, else the window's name."""
    theme = slot.theme
    wide = rect.width > theme.px(260)
    big, small = (theme.px(44), theme.px(28)) if wide else (theme.px(29), theme.px(21))
    calling = cell.tone in {Tone.NEW_CALL, Tone.CALLING}
    if calling and rect.height < theme.px(TWO_LINES_PX):
        slot.text("  ".join(cell.words), rect, theme.px(30), look.ink, bold_face=True)
        return
    if calling:
        slot.stack(cell.words, rect, (big, small), look.ink)
        return
    lines = (cell.name,) if cell.name else cell.words if cell.number else ()
    name_px = theme.px(40) if wide else theme.px(25)
    if lines and (single := _on_one_line(lines[0], rect.width, name_px, theme.px(NAME_LEAST_PX))):
        name_px = single
    slot.stack(lines, rect, (name_px, small), look.soft)


def _on_one_line(words: str, width: int, size_px: int, least_px: int) -> int | None:
    """The size at which a name needs no second line; None where that would be too small."""
    sizes = range(size_px, least_px - 1, -1)
    return next((size for size in sizes if text_width(words, size, bold=True) <= width), None)


def _number(slot: Slot, cell: Cell, rect: Rect, cap: int, look: Look) -> None:
    """The number, or in its place what the window is doing."""
    theme = slot.theme
    if cell.number:
        slot.figure(cell.number, rect, cap, look.ink, align="left")
        return
    sign = SIGNS.get(cell.tone)
    if sign:
        edge = theme.px(72)
        slot.icon(sign, rect.x, rect.top + rect.height // 2, edge, look.ink)
        _taken, rect = rect.cut_left(edge, theme.px(18))
    size = theme.px(STATE_PX)
    slot.stack(cell.words, rect, (size, int(size * SMALLER)), look.ink)
