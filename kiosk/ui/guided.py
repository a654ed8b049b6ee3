"""The screen's share of guidance: the ring around what is in focus, captions, touches that speak.

Reads each page off the widgets once it has its places (`kiosk.ui.focus`), and shows what the
worker says of it. While nobody is guided nothing is read and nothing is shown.
"""

from collections.abc import Callable
from typing import Final

from kivy.clock import Clock
from kivy.graphics import Color, Line
from kivy.uix.widget import Widget

from kiosk.guidance import Page, Place
from kiosk.shown import Guided, Press, RawTap
from kiosk.signals import Kind
from kiosk.ui import focus
from kiosk.ui.focus import Stop
from kiosk.ui.runtime import UiInbox
from kiosk.ui.scene import Scene, middle
from kiosk.ui.theme import Theme
from kiosk.ui.widgets import Icon, Panel, Text, Touch
from kiosk.visit import Session, Voice

SETTLED_S: Final = 0.2
"""Lists that cut themselves into leaves have done so by then."""
LOW_PX: Final = 150
"""Height of a caption over a page that stands low."""
LEAST_PX: Final = 14
"""The smallest letters of a caption; most are much larger, for most sentences are short."""
AT_ONCE: Final = frozenset({Kind.VOICE, Kind.LANGUAGE, Kind.STAY})
"""Whoever touches these need not hear them first: they say themselves what they did."""


class Ring(Widget):  # type: ignore[misc] # Kivy has no types
    """Around the part in focus: ink between two lines of the card's colour.

    One of the two stands out on any ground of the theme, light, dark or accent.
    """

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None), size=(0, 0))

    def around(self, widget: Widget | None, theme: Theme) -> None:
        """Draw it around a widget of the window, or nowhere."""
        self.canvas.clear()
        if widget is None or widget.get_root_window() is None:
            return
        x, y = widget.to_window(*widget.pos)
        out_px = theme.px(6)
        box = (
            x - out_px,
            y - out_px,
            widget.width + 2 * out_px,
            widget.height + 2 * out_px,
            theme.radius_px,
        )
        with self.canvas:
            for colour, wide_px in ((theme.palette.card, 8), (theme.palette.ink, 4)):
                Color(*colour)
                Line(rounded_rectangle=box, width=theme.px(wide_px))


def beside(header: Widget, theme: Theme) -> tuple[float, float, float, float]:
    """The larger part of the header that has nothing to touch, as x, y, width, height."""
    if theme.low:
        return 0, header.top, theme.width_px, theme.px(LOW_PX)
    touches = [part for part in header.walk(restrict=True) if isinstance(part, Touch)]
    left_px = min((touch.to_window(*touch.pos)[0] for touch in touches), default=header.width)
    right_px = max((touch.to_window(touch.right, touch.y)[0] for touch in touches), default=0)
    if left_px >= header.width - right_px:
        return 0, header.y, left_px - theme.tight_px, header.height
    x_px = right_px + theme.tight_px
    return x_px, header.y, header.width - x_px, header.height


def caption(scene: Scene, words: str, box: tuple[float, float, float, float]) -> Widget:
    """What is being said, to be read."""
    theme, colours = scene.theme, scene.colours
    x, y, width, height = box
    bar = Panel(
        orientation="horizontal",
        ground=colours.ink,
        edge=colours.ink,
        radius_px=0,
        padding=(theme.gap_px, theme.px(4)),
        spacing=theme.tight_px,
        size_hint=(None, None),
        pos=(x, y),
        size=(width, height),
    )
    bar.add_widget(middle(Icon(name="sound-on", edge_px=theme.px(48), tint=colours.card)))
    words_px = max(theme.px(17), LEAST_PX)
    bar.add_widget(
        Text(words=words, size_px=theme.body_px, floor_px=words_px, grow=False, ink=colours.card)
    )
    return bar


class GuidedView:
    """See the module.

    Args:
        post: Takes a tap, as the window's own.
        read: Takes each page that was read; on the UI thread.
        touched: Takes a first touch: page number and index; on the UI thread.
    """

    def __init__(
        self,
        post: Callable[[RawTap], None],
        read: Callable[[Page], None],
        touched: Callable[[int, int], None],
    ) -> None:
        self._post = post
        self._read = read
        self._touched = touched
        self._page = Page(0, -1, "", ())
        self._stops: list[Stop] = []
        self._at = -1
        self._scene: Scene | None = None
        self._root: Widget | None = None
        self._header: Widget | None = None
        self._words = ""
        self._caption: Widget | None = None
        self.ring = Ring()
        self.inbox: UiInbox[Guided | Press] = UiInbox(self.take)

    # --- what is drawn ----------------------------------------------------------------------------

    def drawn(self, root: Widget, scene: Scene, header: Widget) -> None:
        """The page is new; it is read once it has its places."""
        self._root, self._scene, self._header = root, scene, header
        self.look_soon()

    def look_soon(self) -> None:
        """Something on the page may have changed."""
        Clock.schedule_once(self._look, 0)
        Clock.schedule_once(self._look, SETTLED_S)

    def _look(self, _elapsed_s: float) -> None:
        scene, root = self._scene, self._root
        if scene is None or root is None:
            return
        session = scene.session
        if session.voice is Voice.OFF:
            self._stops, self._at, self._words = [], -1, ""
            self.ring.around(None, scene.theme)
            self._show_caption()
            return
        self._stops = focus.stops(root, session, scene.theme.title_px)
        for stop in self._stops:
            if isinstance(stop.widget, Touch):
                stop.widget.first = self._first
        self._tell(session)
        self._place_ring()
        self._show_caption()

    def _tell(self, session: Session) -> None:
        parts = tuple(stop.part for stop in self._stops)
        here = (session.serial, session.language, parts)
        if here != (self._page.serial, self._page.language, self._page.parts):
            self._page = Page(self._page.number + 1, *here)
            self._at = -1
            self._read(self._page)

    def _place_ring(self) -> None:
        if self._scene is not None and self._root is not None:
            if self._root.children[0] is not self.ring:
                self._root.remove_widget(self.ring)
                self._root.add_widget(self.ring)
            inside = 0 <= self._at < len(self._stops)
            self.ring.around(self._stops[self._at].widget if inside else None, self._scene.theme)

    def _show_caption(self) -> None:
        """Over the hall's name: nothing that is needed now lies beneath, and no page moves."""
        root, scene, header = self._root, self._scene, self._header
        if root is None or scene is None or header is None:
            return
        if self._caption is not None:
            root.remove_widget(self._caption)
            self._caption = None
        if self._words and scene.session.voice is not Voice.OFF:
            self._caption = focus.aside(caption(scene, self._words, beside(header, scene.theme)))
            root.add_widget(self._caption)

    # --- what comes from the worker ---------------------------------------------------------------

    def take(self, told: Guided | Press) -> None:
        """On the UI thread."""
        if isinstance(told, Press):
            self._press(told)
            return
        if told.caption != self._words:
            self._words = told.caption
            self._show_caption()
        if told.number == self._page.number and told.at != self._at:
            self._at = told.at
            self._place_ring()

    def _press(self, told: Press) -> None:
        """As a finger: it counts for the page it was meant for only."""
        if told.number != self._page.number or told.index >= len(self._stops):
            return
        widget = self._stops[told.index].widget
        if isinstance(widget, Touch):
            self._post(RawTap(Kind.TOUCHED, self._page.serial))
            widget.act()
            self.look_soon()

    # --- fingers ----------------------------------------------------------------------------------

    def _first(self, touch: Touch) -> bool:
        """Whether a touch counts; if not, it was the one that makes the thing speak."""
        index = next((n for n, stop in enumerate(self._stops) if stop.widget is touch), None)
        if index is None or index == self._at or touch.kind in AT_ONCE:
            self.look_soon()
            return True
        if self._stops[index].part.place is Place.SHEET:
            return True
        self._at = index
        self._place_ring()
        self._touched(self._page.number, index)
        return False
