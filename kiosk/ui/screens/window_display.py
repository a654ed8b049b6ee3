"""The display over one window: its number, the number called, one sentence."""

from typing import Final

from kiosk.display_face import WindowFace
from kiosk.display_words import Tone
from kiosk.ui.display_parts import Sheet, Slot, text_width
from kiosk.ui.screens.hall_cell import look_of
from kiosk.ui.theme_display import NUMBER_WIDE, DisplayTheme, Rect

REFERENCE_SHORT_PX: Final = 600
SIDE_PX: Final = 250
SIGNS: Final = {
    Tone.NEW_CALL: "bell",
    Tone.CALLING: "bell",
    Tone.PAUSED: "pause",
    Tone.CLOSED: "clock",
    Tone.FREE: "check-circle",
}


class WindowScreen:
    """Draws a `WindowFace`.

    Args:
        theme: For the window's size, at a reference of `REFERENCE_SHORT_PX`.
    """

    def __init__(self, theme: DisplayTheme) -> None:
        self._theme = theme
        self.sheet = Sheet(theme)
        self._side = Slot(theme)
        self._main = Slot(theme)
        for slot in (self._side, self._main):
            self.sheet.add_widget(slot)

    def show(self, face: WindowFace) -> bool:
        """Bring the display in line with a face.

        Returns:
            Whether anything was drawn.
        """
        theme = self._theme
        gap = theme.px(16)
        if theme.portrait:
            side, main = theme.page.cut_top(theme.px(240), gap)
        else:
            side, main = theme.page.cut_left(theme.px(SIDE_PX), gap)
        sign = (face.window_id, face.label, face.name, face.tone)
        drawn = self._side.show(side, sign, lambda slot: self._paint_side(slot, face))
        return self._main.show(main, face, lambda slot: self._paint_main(slot, face)) or drawn

    def _paint_side(self, slot: Slot, face: WindowFace) -> None:
        """The window's number, as on the wall, in every state at the same place."""
        theme = self._theme
        look = look_of(face.tone, theme)
        slot.ground(slot.rect, look.badge, look.edge, theme.px(3))
        inner = slot.rect.inset(theme.px(20), theme.px(24))
        head = Rect(inner.x, inner.top, inner.width, theme.px(52))
        slot.text("  ".join(face.label), head, theme.px(30), look.on_badge, halign="center")
        _head, rest = inner.cut_top(head.height, 0)
        names = (face.name,) if face.name and not theme.portrait else ()
        name_h = theme.px(130) if names else 0
        figure, below = rest.cut_top(rest.height - name_h, 0)
        slot.figure(face.window_id, figure, min(theme.px(140), figure.height), look.on_badge)
        slot.stack(names, below, (theme.px(32),), look.on_badge, halign="center")

    def _paint_main(self, slot: Slot, face: WindowFace) -> None:
        theme = self._theme
        look = look_of(face.tone, theme)
        slot.ground(slot.rect, look.ground, look.edge, max(look.edge_px, theme.px(2)))
        inner = slot.rect.inset(theme.px(30), theme.px(18))
        if face.stale:
            mark, inner = inner.cut_top(theme.px(52), theme.px(6))
            self._stale(slot, mark, face.stale)
        if face.number:
            self._number(slot, face, inner)
        else:
            self._state(slot, face, inner)

    def _number(self, slot: Slot, face: WindowFace, room: Rect) -> None:
        theme = self._theme
        look = look_of(face.tone, theme)
        words_h = int(room.height * 0.36)
        upper, lower = room.cut_top(room.height - words_h, 0)
        cap = min(int(upper.width / NUMBER_WIDE), upper.height - theme.px(20))
        slot.figure(face.number or "", upper, cap, look.ink)
        sign = SIGNS.get(face.tone)
        sizes = (theme.px(48), theme.px(30))
        if sign:
            edge = theme.px(84)
            slot.icon(sign, lower.x, lower.top + lower.height // 2, edge, look.ink)
            _taken, lower = lower.cut_left(edge, theme.px(20))
            slot.stack(face.sentences, lower, sizes, look.ink)
        else:
            slot.stack(face.sentences, lower, sizes, look.soft, halign="center")

    def _state(self, slot: Slot, face: WindowFace, room: Rect) -> None:
        """Without a number: what the window is doing, in words."""
        theme = self._theme
        look = look_of(face.tone, theme)
        edge = theme.px(120)
        words = theme.px(230)
        top = room.top + max(0, (room.height - edge - words) // 2)
        sign = SIGNS.get(face.tone, "window")
        slot.icon(sign, room.x + (room.width - edge) // 2, top + edge // 2, edge, look.ink)
        place = Rect(room.x, top + edge, room.width, words)
        slot.stack(face.sentences, place, (theme.px(78), theme.px(46)), look.ink, halign="center")

    def _stale(self, slot: Slot, rect: Rect, words: tuple[str, ...]) -> None:
        theme, colours = self._theme, self._theme.palette
        text = "  ".join(words)
        size, pad, edge = theme.px(24), theme.px(16), theme.px(32)
        width = min(rect.width, text_width(text, size, bold=True) + edge + 3 * pad)
        box = Rect(rect.x + (rect.width - width) // 2, rect.top, width, rect.height)
        slot.ground(box, colours.warning_pale, colours.warning, theme.px(3))
        slot.icon("network-off", box.x + pad, box.top + box.height // 2, edge, colours.warning)
        start = box.x + pad + edge + pad // 2
        place = Rect(start, box.top, box.right - start - pad // 2, box.height)
        slot.text(text, place, size, colours.warning, bold_face=True)
