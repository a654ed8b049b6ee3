"""The window of a hall screen or of one window's display.

Frozen events come in from the worker's thread, a picture goes out, and what was painted is told
back. Drawing happens when something changed, never for its own sake: once a second the words are
made anew, which costs no frame where they are the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.display_face import window_face
from kiosk.display_state import DisplayState, take
from kiosk.display_view import hall_view
from kiosk.feed_events import FeedEvent
from kiosk.lang import Languages
from kiosk.ui import inspection, manner
from kiosk.ui.runtime import UiInbox
from kiosk.ui.screens.hall import HallScreen
from kiosk.ui.screens.window_display import REFERENCE_SHORT_PX, WindowScreen
from kiosk.ui.theme import DAYLIGHT, Palette
from kiosk.ui.theme_display import SHIFT_EVERY_S, SHIFTS, DisplayTheme

TICK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Clocks:
    """The display's clocks: monotonic seconds, and the wall clock in local time."""

    steady_s: Callable[[], float]
    wall: Callable[[], datetime]


class Picture(Protocol):
    """What a display draws of its state. `palette`: the colours it is drawn in."""

    palette: Palette

    @property
    def sheet(self) -> Widget:
        """The widget of all of it."""
        ...

    def draw(self, state: DisplayState, now_s: float, now: datetime) -> bool:
        """Bring the picture in line; whether anything was drawn."""
        ...

    @property
    def screen(self) -> str:
        """What kind of picture is shown, for the control channel."""
        ...


class HallPicture:
    """The hall screen."""

    def __init__(
        self, width_px: int, height_px: int, languages: Languages, palette: Palette = DAYLIGHT
    ) -> None:
        self._languages = languages
        self.palette = palette
        self._hall = HallScreen(DisplayTheme(width_px, height_px, palette=palette))
        self.screen = "connecting"

    @property
    def sheet(self) -> Widget:
        """The widget of all of it."""
        return self._hall.sheet

    def draw(self, state: DisplayState, now_s: float, now: datetime) -> bool:
        """Bring the picture in line; whether anything was drawn."""
        board = state.board
        shape = (len(board.serving), len(board.waiting)) if board else (0, 0)
        capacity = self._hall.fit(*shape)
        view = hall_view(state, self._languages, now_s, now, capacity)
        self.screen = "board" if view.poster is None else "poster" if board else "connecting"
        return self._hall.show(view)


class WindowPicture:
    """A window's display."""

    def __init__(
        self,
        width_px: int,
        height_px: int,
        languages: Languages,
        window_id: str,
        palette: Palette = DAYLIGHT,
    ) -> None:
        self._languages = languages
        self._window_id = window_id
        self.palette = palette
        self._window = WindowScreen(DisplayTheme(width_px, height_px, REFERENCE_SHORT_PX, palette))
        self.screen = "connecting"

    @property
    def sheet(self) -> Widget:
        """The widget of all of it."""
        return self._window.sheet

    def draw(self, state: DisplayState, now_s: float, now: datetime) -> bool:
        """Bring the picture in line; whether anything was drawn."""
        del now  # it has no clock
        face = window_face(state, self._languages, self._window_id, now_s)
        self.screen = "connecting" if state.window is None else face.tone.value
        return self._window.show(face)


class DisplayApp(App):  # type: ignore[misc] # Kivy has no types
    """See the module.

    Args:
        picture: Makes the picture for a width and height in pixels.
        state: What is known at the start.
        clocks: Where the time comes from.
        painted: Told the rev that is on the screen, after it was painted.
    """

    def __init__(
        self,
        picture: Callable[[int, int], Picture],
        state: DisplayState,
        clocks: Clocks,
        painted: Callable[[int], None] = lambda _rev: None,
    ) -> None:
        super().__init__()
        self._make = picture
        self._clocks = clocks
        self._painted = painted
        self._state = state
        self._drawn = state
        self._started_s = clocks.steady_s()
        self._soon = Clock.create_trigger(self._draw, -1)
        self._picture: Picture | None = None
        self.inbox: UiInbox[FeedEvent] = UiInbox(self.receive)

    def build(self) -> Widget:
        """The root; the picture has the size that the window really has."""
        self._picture = self._make(*self.size_px)
        self._picture_ground()
        root = FloatLayout()
        root.add_widget(self._picture.sheet)
        Clock.schedule_interval(self._tick, TICK_S)
        self._draw(0.0)
        return root

    def _picture_ground(self) -> None:
        if self._picture is not None:
            manner.use(self._picture.palette)
            Window.clearcolor = self._picture.palette.paper

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the window as people see it."""
        width, height = Window.size
        return int(width), int(height)

    def receive(self, event: FeedEvent) -> None:
        """News from the feed; on the UI thread. Many at once are one drawing."""
        clocks = self._clocks
        self._state = take(self._state, event, clocks.steady_s(), clocks.wall())
        self._soon()

    def seen(self) -> Mapping[str, object]:
        """What is shown, for the control channel and for tests."""
        picture, state = self._picture, self._drawn
        if picture is None:
            return {"screen": None, "settled": False, "texts": [], "touch": []}
        width, height = self.size_px
        return {
            "screen": picture.screen,
            "settled": state is self._state,
            "epoch": state.mark.epoch if state.mark else None,
            "rev": state.mark.rev if state.mark else None,
            "stale": state.stale,
            "connected": state.connected,
            "size": [width, height],
            **inspection.look(picture.sheet, height),
        }

    def _tick(self, _elapsed_s: float) -> None:
        """The time of day, turns of pages, and calls that are new no longer."""
        picture = self._picture
        if picture is not None:
            step = int((self._clocks.steady_s() - self._started_s) // SHIFT_EVERY_S)
            picture.sheet.pos = SHIFTS[step % len(SHIFTS)]
        self._draw(0.0)

    def _draw(self, _elapsed_s: float) -> None:
        picture, state = self._picture, self._state
        if picture is None:
            return
        picture.draw(state, self._clocks.steady_s(), self._clocks.wall())
        before, self._drawn = self._drawn.mark, state
        if state.mark != before:
            # Runs after this frame was drawn and shown: Kivy's clock ticks first, then it draws.
            Clock.schedule_once(self._tell, 0)

    def _tell(self, _elapsed_s: float) -> None:
        mark = self._drawn.mark
        if mark is not None:
            self._painted(mark.rev)
