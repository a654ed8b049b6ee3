"""What stands around the windows of a hall screen: header, queues, last calls, notice, poster."""

from typing import Final

from kiosk.display_view import Header, Poster, Recent, Waiting
from kiosk.ui import fonts, typeset
from kiosk.ui.display_parts import Slot, text_width
from kiosk.ui.theme_display import PAD_PX, RECENT_ROW_PX, RECENTS, SIDE_TITLE_PX, DisplayTheme, Rect
from kiosk.ui.widgets import SLACK_PX

NOTICE_TEXT_PX: Final = 30
NOTICE_TEXT_AT_PX: Final = PAD_PX + 40 + 16
"""Where the notice begins, right of its sign."""


def draw_header(slot: Slot, header: Header) -> None:
    """The hall's name, the mark of old news, the business date, the time."""
    theme, colours = slot.theme, slot.theme.palette
    rect = slot.rect
    line, below = rect.cut_top(rect.height * 5 // 8, 0) if theme.portrait else (rect, rect)
    clock_w = theme.px(190)
    clock = Rect(line.right - clock_w, line.top, clock_w, line.height)
    slot.figure(header.clock, clock, theme.px(48), colours.ink, align="right")
    day_px = theme.px(26)
    day_w = text_width(header.day, day_px)
    day_x = below.x if theme.portrait else clock.x - day_w
    day = Rect(day_x, below.top, day_w, below.height)
    slot.text(header.day, day, day_px, colours.ink_soft)
    end = clock.x if theme.portrait else day.x
    if header.stale:
        mark_end = below.right if theme.portrait else day.x - theme.px(28)
        mark = _stale(
            slot, header.stale, Rect(below.x, below.top, mark_end - below.x, below.height)
        )
        end = end if theme.portrait else mark
    _names(slot, header.names, Rect(line.x, line.top, end - line.x, line.height))


def _names(slot: Slot, names: tuple[str, ...], room: Rect) -> None:
    """The hall's name: side by side where there is room, else one below the other."""
    theme, colours = slot.theme, slot.theme.palette
    if not names:
        return
    gap = theme.px(24)
    for big, small in ((46, 30), (42, 27), (38, 24)):
        sizes = [theme.px(big)] + [theme.px(small)] * (len(names) - 1)
        widths = [
            text_width(name, size, bold=at == 0)
            for at, (name, size) in enumerate(zip(names, sizes, strict=True))
        ]
        if sum(widths) + gap * len(widths) <= room.width:
            break
    else:
        place = Rect(room.x, room.top, room.width - gap, room.height)
        slot.stack(names, place, (theme.px(38), theme.px(24)), colours.ink)
        return
    for at, (name, size, width) in enumerate(zip(names, sizes, widths, strict=True)):
        place, room = room.cut_left(width, gap)
        ink = colours.ink if at == 0 else colours.ink_soft
        slot.text(name, place, size, ink, bold_face=at == 0)


def _stale(slot: Slot, words: tuple[str, ...], room: Rect) -> int:
    """The mark that what is shown may be out of date, at the right of its room.

    Returns:
        Where it begins.
    """
    theme, colours = slot.theme, slot.theme.palette
    text = "  ".join(words)
    size, pad, edge = theme.px(27), theme.px(20), theme.px(36)
    width = text_width(text, size, bold=True) + edge + 3 * pad
    height = min(room.height, theme.px(62))
    rect = Rect(room.right - width, room.top + (room.height - height) // 2, width, height)
    slot.ground(rect, colours.warning_pale, colours.warning, theme.px(3))
    slot.icon("network-off", rect.x + pad, rect.top + height // 2, edge, colours.warning)
    start = rect.x + pad + edge + pad // 2
    place = Rect(start, rect.top, rect.right - pad // 2 - start, height)
    slot.text(text, place, size, colours.warning, bold_face=True)
    return rect.x


def _panel(slot: Slot, title: str, beside: str) -> Rect:
    """A card with a title and something at its right; the room below it."""
    theme, colours = slot.theme, slot.theme.palette
    slot.ground(slot.rect, colours.card, colours.line, theme.px(2))
    inner = slot.rect.inset(theme.px(PAD_PX), theme.px(4))
    head, rest = inner.cut_top(theme.px(SIDE_TITLE_PX), 0)
    small = theme.px(21)
    taken = text_width(beside, small) if beside else 0
    left, right = head.cut_left(head.width - taken, 0)
    slot.text(title, left, theme.px(26), colours.accent, bold_face=True)
    slot.text(beside, right, small, colours.ink_soft)
    return Rect(rest.x, rest.top, rest.width, rest.height - theme.px(4))


def _rows(slot: Slot, rest: Rect, count: int, most_px: int) -> list[Rect]:
    """Places of a list, one column or on a high screen two, with hairlines above them."""
    theme, colours = slot.theme, slot.theme.palette
    columns = 2 if theme.portrait else 1
    lines = max(1, -(-count // columns))
    places = [
        place
        for column in rest.columns(columns, theme.px(40))
        for place in column.rows(lines, 0, most_px)
    ][:count]
    for place in places:
        hair = Rect(place.x, place.top, place.width, max(1, theme.px(1.5)))
        slot.ground(hair, colours.line)
    return places


def draw_waiting(slot: Slot, waiting: Waiting) -> None:
    """Each group with its count and its wait."""
    theme, colours = slot.theme, slot.theme.palette
    rest = _panel(slot, waiting.title, waiting.unit)
    places = _rows(slot, rest, len(waiting.queues), theme.px(92))
    roomy = rest.width > theme.px(420)
    wide = theme.px(150 if roomy else 138)
    for queue, place in zip(waiting.queues, places, strict=True):
        name, right = place.cut_left(place.width - wide - theme.px(10), theme.px(10))
        name_px = theme.px(28 if roomy else 26)
        slot.text(queue.name, name, name_px, colours.ink, floor_px=theme.px(19))
        count, wait = right.inset(0, theme.px(3)).cut_top(right.height // 2 - theme.px(3), 0)
        slot.figure(queue.count, count, theme.px(26), colours.ink, align="right")
        wait_px = theme.px(21)
        width = min(wide, text_width(queue.wait, wait_px))
        beneath = Rect(wait.right - width, wait.top, width, wait.height)
        slot.text(queue.wait, beneath, wait_px, colours.ink_soft, floor_px=theme.px(17))


def draw_recent(slot: Slot, recent: Recent, pages: tuple[int, int]) -> None:
    """The last calls, newest first; in the title's line, which page of windows is shown."""
    theme, colours = slot.theme, slot.theme.palette
    rest = _panel(slot, recent.title, f"{pages[0] + 1}/{pages[1]}" if pages[1] > 1 else "")
    if not recent.calls:
        line, _rest = rest.cut_top(min(rest.height, theme.px(RECENT_ROW_PX)), 0)
        slot.text(recent.nothing, line, theme.px(25), colours.ink_soft)
    calls = recent.calls[:RECENTS]
    high = theme.px(RECENT_ROW_PX)
    for past, place in zip(calls, _rows(slot, rest, len(calls), high), strict=True):
        number, others = place.cut_left(theme.px(106), theme.px(8))
        slot.figure(past.number, number, theme.px(24), colours.ink, align="left")
        clock_w = text_width(past.clock, theme.px(22))
        where, clock = others.cut_left(others.width - clock_w, 0)
        slot.text(past.where, where, theme.px(25), colours.ink)
        slot.text(past.clock, clock, theme.px(22), colours.ink_soft)


def notice_page(words: str, turn: int, rect: Rect, theme: DisplayTheme) -> str:
    """What of a notice is shown in a turn: a line, two on a high screen."""
    if not words:
        return ""
    size = theme.px(NOTICE_TEXT_PX)
    room = rect.width - theme.px(PAD_PX + NOTICE_TEXT_AT_PX) - SLACK_PX

    def measure(text: str) -> float:
        return fonts.width(text, size, bold=False)

    lines = typeset.wrap(words, room, measure)
    at_once = 2 if theme.portrait else 1
    pages = [lines[at : at + at_once] for at in range(0, len(lines), at_once)]
    return "\n".join(pages[turn % len(pages)])


def draw_notice(slot: Slot, words: str) -> None:
    """One line; longer notices come page by page, never running."""
    theme, colours = slot.theme, slot.theme.palette
    slot.ground(slot.rect, colours.accent_pale)
    middle = slot.rect.top + slot.rect.height // 2
    slot.icon("info", slot.rect.x + theme.px(PAD_PX), middle, theme.px(40), colours.accent)
    _icon, place = slot.rect.cut_left(theme.px(NOTICE_TEXT_AT_PX), 0)
    place = Rect(place.x, place.top, place.width - theme.px(PAD_PX), place.height)
    slot.text(words, place, theme.px(NOTICE_TEXT_PX), colours.ink)


def draw_poster(slot: Slot, poster: Poster) -> None:
    """One thing said large."""
    theme, colours = slot.theme, slot.theme.palette
    rect = slot.rect
    edge = theme.px(150)
    lines = rect.inset(theme.px(60), 0)
    height = edge + theme.px(260)
    top = rect.top + max(0, (rect.height - height) // 2)
    slot.icon(
        poster.icon,
        rect.x + (rect.width - edge) // 2,
        top + edge // 2,
        edge,
        colours.accent,
    )
    place = Rect(lines.x, top + edge, lines.width, theme.px(260))
    sizes = (theme.px(84), theme.px(48))
    slot.stack(poster.sentences, place, sizes, colours.ink, halign="center")
