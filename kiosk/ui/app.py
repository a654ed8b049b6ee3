"""The kiosk's window: draws what the presenter shows, and posts taps back.

A page is drawn anew when something on it changed; never while a finger is down, so that a change
cannot take a button away from under it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk import session as flow
from kiosk.care_state import Care
from kiosk.guidance import Page, Place
from kiosk.lang import Languages
from kiosk.shown import RawTap, Shown
from kiosk.signals import Kind
from kiosk.ui import lockdown, manner, shell, strip
from kiosk.ui.fit import Fitted
from kiosk.ui.focus import placed
from kiosk.ui.guided import GuidedView
from kiosk.ui.mirror import turned
from kiosk.ui.runtime import UiInbox
from kiosk.ui.scene import Scene
from kiosk.ui.screens import (
    appointment,
    attract,
    choose,
    confirm,
    guide,
    helping,
    home,
    identify,
    message,
    progress,
    search,
    staff,
    ticket,
)
from kiosk.ui.theme import Theme
from kiosk.visit import Screen

PAGES: Final[Mapping[Screen, Callable[[Scene], Widget]]] = MappingProxyType(
    {
        Screen.HOME: home.build,
        Screen.SECTIONS: choose.sections,
        Screen.ITEMS: choose.items,
        Screen.SEARCH: search.build,
        Screen.GUIDE: guide.build,
        Screen.CONFIRM: confirm.build,
        Screen.IDENTIFY: identify.build,
        Screen.PRIORITY: choose.priority,
        Screen.NO_PAPER: message.no_paper,
        Screen.ISSUING: message.issuing,
        Screen.UNSURE: message.unsure,
        Screen.REFUSED: message.refused,
        Screen.DUPLICATE: message.duplicate,
        Screen.PRINTING: ticket.build,
        Screen.ASK_PRINTED: message.ask_printed,
        Screen.TICKET: ticket.build,
        Screen.FINDING: message.finding,
        Screen.FOUND: ticket.build,
        Screen.HELP: helping.build,
        Screen.PROGRESS: progress.ask,
        Screen.STANDING: progress.standing,
        Screen.GIVE_BACK: progress.give_back,
        Screen.GIVING_BACK: progress.giving_back,
        Screen.ATTRACT: attract.build,
        Screen.OUT_OF_SERVICE: attract.out_of_service,
        Screen.STAFF_CODE: staff.code,
        Screen.STAFF: staff.panel,
        Screen.APPOINTMENT: appointment.build,
    }
)
LIVE: Final = frozenset({Screen.ATTRACT, Screen.HOME, Screen.ITEMS, Screen.CONFIRM})
"""Pages that show the board's figures."""
BARE: Final = frozenset({Screen.ATTRACT, Screen.OUT_OF_SERVICE})
"""Pages that stand for hours: without header and footer, which would burn into the panel."""
CLOCK_S: Final = 1.0


class KioskApp(App):  # type: ignore[misc] # Kivy has no types
    """See the module.

    Args:
        theme: For the window's size.
        languages: Of the language strip.
        post: Takes a tap; called on the UI thread.
        now: The wall clock in local time.
        painted: Told the rev of the board that is on the screen.
        read: Takes what stands on a page, while somebody is guided.
        touched: Takes a touch that only asks what a thing is: number of the page, index.
    """

    def __init__(
        self,
        theme: Theme,
        languages: Languages,
        post: Callable[[RawTap], None],
        now: Callable[[], datetime],
        painted: Callable[[int], None] = lambda _rev: None,
        read: Callable[[Page], None] = lambda _page: None,
        touched: Callable[[int, int], None] = lambda _number, _index: None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._languages = languages
        self._post = post
        self._now = now
        self._painted = painted
        self._shown: Shown | None = None
        self._drawn: tuple[Any, ...] = ()
        self._serial = -1
        self._leaves: dict[str, int] = {}
        self._minute = -1
        self._sheet: shell.TimeoutSheet | strip.Sheet | None = None
        self._frame = BoxLayout(orientation="vertical", size_hint_y=None, pos_hint={"x": 0, "y": 0})
        self._above = BoxLayout(size_hint_y=None, pos_hint={"x": 0, "top": 1})
        self._open_sheet = ""
        # Before the next frame, in which new buttons also get their places: drawn any earlier, a
        # finger that comes down in between would find none of them where it sees them.
        self._redraw = Clock.create_trigger(self._refresh, -1)
        self.inbox: UiInbox[Shown] = UiInbox(self.receive)
        self.guided = GuidedView(post, read, touched)

    @property
    def shown(self) -> Shown | None:
        """What is on the screen."""
        return self._shown

    @property
    def up_to_date(self) -> bool:
        """The page on the screen is the one of the newest state."""
        shown = self._shown
        return shown is not None and self._drawn[:-1] == _content(shown)

    def build(self) -> Widget:
        """The root."""
        Window.clearcolor = self._theme.palette.paper
        root = FloatLayout()
        root.add_widget(self._above)
        root.add_widget(self._frame)
        root.add_widget(self.guided.ring)
        Window.fbind("on_touch_down", self._touched)
        lockdown.refuse_to_close(self._key)
        self._corner = lockdown.CornerHold(self._corner_held)
        Clock.schedule_interval(self._pulse, CLOCK_S)
        return root

    def _touched(self, _window: object, _touch: object) -> bool:
        """Every finger counts, also one beside all buttons: it may be in a hurry."""
        self._post(RawTap(Kind.TOUCHED, self._serial))
        return False

    def open_settings(self, *_args: object) -> bool:
        """Kivy's own settings stay shut, whoever asks for them."""
        return True

    def _key(self) -> None:
        """Any key of a keyboard wakes a kiosk that rests; it does nothing else."""
        shown = self._shown
        if shown is not None and shown.session.screen is Screen.ATTRACT:
            self._post(RawTap(Kind.WAKE, shown.session.serial))

    def _corner_held(self) -> None:
        """The hidden way for staff; only where nobody has begun anything."""
        shown = self._shown
        if shown is not None and flow.offers(shown.session, Kind.STAFF):
            self._post(RawTap(Kind.STAFF, shown.session.serial))

    def _seen(self, serial: int, _elapsed_s: float) -> None:
        """The frame after the one that drew a new screen: now it can be seen."""
        self._post(RawTap(Kind.PAINTED, serial))

    def receive(self, shown: Shown) -> None:
        """A new state; on the UI thread."""
        self._shown = shown
        self._redraw()

    def _pulse(self, _elapsed_s: float) -> None:
        """The time in the header, and what a finger held back."""
        self._redraw()

    def _refresh(self, _elapsed_s: float = 0.0) -> None:
        shown = self._shown
        if shown is None:
            return
        # A mouse that hovers over the window is in that list too, for as long as it is there.
        if any(touch.is_touch for touch in EventLoop.touches):
            Clock.schedule_once(self._pulse, 0.05)
            return
        if shown.session.serial != self._serial:
            self._leaves = {}
            self._open_sheet = ""
            self._serial = shown.session.serial
            Clock.schedule_once(partial(self._seen, self._serial), 0)
        now = self._now()
        key = (*_content(shown), now.minute)
        if key != self._drawn:
            self._drawn = key
            self._draw(self._scene(shown), now)
        self._warn(shown)

    def _scene(self, shown: Shown) -> Scene:
        speech = self._languages.speech(shown.session.language)
        serial = shown.session.serial

        def press(kind: Kind, value: str) -> None:
            self._post(RawTap(kind, serial, value))

        resting = shown.session.screen in BARE  # for everybody who comes: with nobody's switches
        theme = self._theme if resting else self._theme.suited(shown.session.comfort)
        return Scene(shown, speech, theme, press, self._leaves, self.lay_sheet)

    def lay_sheet(self, name: str) -> None:
        """Open one of `strip.SHEETS` over the page, or close it."""
        self._open_sheet = name
        self._drawn = ()
        self._redraw()

    def _draw(self, scene: Scene, now: datetime) -> None:
        theme = scene.theme
        manner.use(theme.palette, rtl=scene.speech.rtl)
        Window.clearcolor = theme.palette.paper
        self._frame.clear_widgets()
        self._frame.height = theme.page_px
        self._above.clear_widgets()
        self._above.height = theme.height_px - theme.page_px
        if scene.session.screen in BARE:
            self._draw_bare(scene)
            return
        if theme.low:
            self._above.add_widget(placed(shell.above(scene, now), Place.HEAD))
        holder = BoxLayout(padding=(theme.margin_px, theme.px(36 if theme.portrait else 24)))
        holder.add_widget(Fitted(scene, PAGES[scene.session.screen](scene)))
        header = placed(shell.header(scene, self._languages, now), Place.HEAD)
        self._frame.add_widget(header)
        self._frame.add_widget(holder)
        if theme.portrait:
            self._frame.add_widget(placed(shell.switch_row(scene), Place.FOOT))
        self._frame.add_widget(placed(shell.footer(scene), Place.FOOT))
        self._drop_sheet()
        if self._open_sheet:
            sheet = strip.Sheet(scene, self._open_sheet, self._languages)
            self._sheet = placed(sheet, Place.SHEET)
            self.root.add_widget(turned(self._sheet))
        turned(self._above)
        turned(self._frame)
        self.guided.drawn(self.root, scene, header)
        self._tell_rev(scene)

    def _draw_bare(self, scene: Scene) -> None:
        self._above.height, self._frame.height = 0, scene.theme.height_px
        page = PAGES[scene.session.screen](scene)
        self._frame.add_widget(turned(page))
        self._drop_sheet()
        self.guided.drawn(self.root, scene, page)
        self._tell_rev(scene)

    def _tell_rev(self, scene: Scene) -> None:
        board = scene.world.board
        if board is not None and scene.session.screen in LIVE:
            self._painted(board.rev)

    def _warn(self, shown: Shown) -> None:
        left_s = shown.warning_left_s
        if left_s is None:
            if isinstance(self._sheet, shell.TimeoutSheet):
                self._drop_sheet()
        elif not isinstance(self._sheet, shell.TimeoutSheet):
            self._drop_sheet()
            self._sheet = placed(shell.TimeoutSheet(self._scene(shown), left_s), Place.WARNING)
            self.root.add_widget(turned(self._sheet))
            self.guided.look_soon()
        else:
            self._sheet.count_down(left_s)

    def _drop_sheet(self) -> None:
        if self._sheet is not None:
            self.root.remove_widget(self._sheet)
            self._sheet = None
            self.guided.look_soon()


def _content(shown: Shown) -> tuple[Any, ...]:
    """What a page depends on; when it is the same, the page is the same."""
    session = shown.session
    world = session.world
    catalogue = world.catalogue
    return (
        session.serial,
        session.language,
        session.voice,
        session.visit,
        catalogue.hash if catalogue else None,
        world.server,
        world.printer,
        world.reader,
        world.scanner,
        world.camera,
        world.interrupted,
        world.torn,
        world.gives_alone,
        _care(shown),
        world.board if session.screen in LIVE else None,
    )


def _care(shown: Shown) -> Care:
    """What the caretaker found; the minute only where it moves the page or is shown."""
    care, screen = shown.session.world.care, shown.session.screen
    return care if screen in BARE or screen is Screen.HOME else replace(care, local=None)
