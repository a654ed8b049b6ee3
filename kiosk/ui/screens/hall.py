"""The hall screen: a place per window, who waits for what, the last calls, a notice."""

from collections.abc import Hashable

from kiosk.display_view import QUEUES_MOST, HallView
from kiosk.ui.display_parts import Painter, Sheet, Slot
from kiosk.ui.screens import hall_cell, hall_side
from kiosk.ui.theme_display import PAD_PX, DisplayTheme, HallPlaces, Rect, hall_grid, hall_places

Part = tuple[Rect, Hashable, Painter]
"""Where something stands, what it says, and how it is drawn."""


class HallScreen:
    """Draws a `HallView`, one slot a part.

    Args:
        theme: For the window's size.
    """

    def __init__(self, theme: DisplayTheme) -> None:
        self._theme = theme
        self.sheet = Sheet(theme)
        self._slots: dict[str, Slot] = {}
        self._shape = (-1, -1)
        self._capacity = 1
        self._places: HallPlaces | None = None

    def fit(self, windows: int, groups: int) -> int:
        """Lay the screen out for a number of windows and groups.

        Returns:
            How many windows stand on one page.
        """
        if (windows, groups) != self._shape:
            self._shape = (windows, groups)
            grid = hall_grid(self._theme, windows, min(groups, QUEUES_MOST))
            self._capacity = grid.capacity
            self._places = hall_places(self._theme, grid, windows, min(groups, QUEUES_MOST))
        return self._capacity

    def show(self, view: HallView) -> bool:
        """Bring the screen in line with a view; `fit` came before.

        Returns:
            Whether anything was drawn.
        """
        if self._places is None:
            raise RuntimeError("fit the screen before showing anything")
        parts = self._parts(view, self._places)
        drawn = [self._slots[name].hide() for name in self._slots if name not in parts]
        for name, (rect, content, paint) in parts.items():
            if name not in self._slots:
                self._slots[name] = Slot(self._theme)
                self.sheet.add_widget(self._slots[name])
            drawn.append(self._slots[name].show(rect, content, paint))
        return any(drawn)

    def _parts(self, view: HallView, places: HallPlaces) -> dict[str, Part]:
        """Everything that is to be seen."""
        header = view.header
        parts: dict[str, Part] = {
            "header": (places.header, header, lambda slot: hall_side.draw_header(slot, header))
        }
        line = hall_side.notice_page(view.notice, view.turn, places.notice, self._theme)
        if line:
            parts["notice"] = (places.notice, line, lambda s: hall_side.draw_notice(s, line))
        poster = view.poster
        if poster is not None:
            whole = self._between(places)
            parts["poster"] = (whole, poster, lambda slot: hall_side.draw_poster(slot, poster))
            return parts
        return parts | self._windows(view, places)

    def _windows(self, view: HallView, places: HallPlaces) -> dict[str, Part]:
        waiting, recent, pages = view.waiting, view.recent, (view.page, view.pages)
        parts: dict[str, Part] = {
            "waiting": (places.waiting, waiting, lambda s: hall_side.draw_waiting(s, waiting)),
            "recent": (
                places.recent,
                (recent, pages),
                lambda slot: hall_side.draw_recent(slot, recent, pages),
            ),
        }
        for at, (rect, cell) in enumerate(zip(places.cells, view.cells, strict=False)):
            painter = hall_cell.painter(cell, beside=places.beside)
            parts[f"cell-{at}"] = (rect, cell, painter)
        return parts

    def _between(self, places: HallPlaces) -> Rect:
        """All the room between header and notice."""
        pad = self._theme.px(PAD_PX)
        top = places.header.bottom + pad
        height = places.notice.top - top - pad
        return Rect(places.header.x, top, places.header.width, height)
