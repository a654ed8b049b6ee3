"""The kiosk's real window, presenter and memory in one process, one thread and one clock.

Only the hall (an HTTP application in the same process) and the devices are made up. Time passes
when a test says so, so a whole visit takes as long as its pages take to be built, and every run is
the same. Fingers are Kivy's own `UnitTestTouch`es at places of the window.

Kivy allows one window a process: whoever uses this runs as a program of its own.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx

from kiosk import session as flow
from kiosk.errands import Errands
from kiosk.lang import Languages
from kiosk.outbox import Outbox
from kiosk.presenter import Devices, Presenter
from kiosk.server_link import HallServer
from kiosk.shown import RawTap
from kiosk.ui import runtime
from kiosk.ui.theme import Theme
from kiosk.watch import ServerWatch
from queue_server.contract.ids import RequestKey
from tests import fakes_kiosk as fakes
from tests.fakes_devices import FakePrinter, FakeReader, FakeScanner
from tests.fakes_server import TOKEN, FakeHall, application

Look = dict[str, Any]
FRAME_S = 1 / 30
DOWN_S = 0.06
READ_S = 1.0
"""A quick reader; longer than the pause in which no tap counts."""
STRIDE_S = 0.25
TURNS_MOST = 1000


class HandLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0
        super().__init__()

    def time(self) -> float:
        """Seconds, as they were told."""
        return self.now_s

    def turn(self) -> None:
        """Do what can be done now."""
        for _ in range(TURNS_MOST):
            self.call_soon(self.stop)
            self.run_forever()
            if not self._ready:  # type: ignore[attr-defined] # asyncio's own; nothing says it else
                return
        raise AssertionError("something runs in a circle")


class SlowPrinter(FakePrinter):
    """Takes as long as a thermal printer does."""

    took_s = 1.5

    async def print(self, job: Any) -> Any:
        await asyncio.sleep(self.took_s)
        return await super().print(job)


@dataclass
class Fitted:
    """What the kiosk is fitted with."""

    printer: FakePrinter = field(default_factory=SlowPrinter)
    reader: FakeReader = field(default_factory=FakeReader)
    scanner: FakeScanner = field(default_factory=FakeScanner)


class Stage:
    """See the module.

    Args:
        size: Of the window.
        screen: In memory, or on an X screen.
    """

    def __init__(
        self, size: tuple[int, int], screen: runtime.Screen = runtime.Screen.OFFSCREEN
    ) -> None:
        runtime.configure(runtime.WindowSettings(*size, screen))
        from kivy.config import Config  # noqa: PLC0415 - after configure

        Config.set("graphics", "maxfps", "0")
        from kivy.base import runTouchApp  # noqa: PLC0415 - after configure
        from kivy.clock import Clock  # noqa: PLC0415

        from kiosk.ui.app import KioskApp  # noqa: PLC0415

        self.loop = HandLoop()
        asyncio.set_event_loop(self.loop)
        self._began_s = self.loop.now_s = Clock.time()  # events that are under way know that time
        Clock.time = self.loop.time
        self.size = size
        self.hall = FakeHall()
        self.fitted = Fitted()
        self.outbox = Outbox(Path(mkdtemp(prefix="bianmin-stage-")) / "outbox.sqlite3")
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(application(self.hall)),
            base_url="http://hall",
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        self._keys = 0
        self.presenter = self._presenter()
        self.app = KioskApp(Theme(*size), Languages(("zh_CN", "en")), self._post, self._now)
        self.presenter._show = self.app.inbox.post
        self._task = self.loop.create_task(self.presenter.run())
        self.app._run_prepare()
        runTouchApp(embedded=True)
        self.pass_s(1.0)

    def _presenter(self) -> Presenter:
        server = HallServer(self._http, Path(mkdtemp(prefix="bianmin-stage-")) / "catalogue.json")
        errands = Errands(
            server=server,
            outbox=self.outbox,
            printer=self.fitted.printer,
            languages=Languages(("zh_CN", "en")),
            width_mm=80,
            now=self._now,
        )
        return Presenter(
            errands,
            Devices(self.fitted.printer, self.fitted.reader, self.fitted.scanner),
            ServerWatch(server),
            lambda _shown: None,
            clock_s=self.loop.time,
            new_key=self._key,
            default_language="zh_CN",
        )

    def _key(self) -> RequestKey:
        self._keys += 1
        return RequestKey(f"00000000-0000-7000-8000-{self._keys:012d}")

    def _now(self) -> Any:
        return fakes.AT + timedelta(seconds=self.loop.now_s - self._began_s)

    def _post(self, tap: RawTap) -> None:
        self.loop.call_soon(self.presenter.tap, tap)

    @property
    def ended(self) -> bool:
        """The worker's side broke."""
        return self._task.done()

    # --- time ------------------------------------------------------------------------------------

    def frame(self, *, draw: bool = False) -> None:
        """One turn of Kivy's loop and of the worker's."""
        from kivy.base import EventLoop  # noqa: PLC0415 - after configure
        from kivy.clock import Clock  # noqa: PLC0415
        from kivy.lang import Builder  # noqa: PLC0415

        self.loop.now_s += FRAME_S
        self.loop.turn()
        Clock.tick()
        EventLoop.dispatch_input()
        Builder.sync()
        Clock.tick_draw()
        Builder.sync()
        if draw:
            EventLoop.window.dispatch("on_draw")
            EventLoop.window.dispatch("on_flip")
        self.loop.turn()
        if self._task.done():
            self._task.result()

    def pass_s(self, seconds: float, stride_s: float = STRIDE_S) -> None:
        """Let time pass, in strides of the presenter's own ticks."""
        until_s = self.loop.now_s + seconds
        while self.loop.now_s < until_s:
            self.loop.now_s += max(0.0, min(stride_s, until_s - self.loop.now_s) - FRAME_S)
            self.frame()

    def until(
        self, condition: Callable[[], bool], within_s: float = 20.0, stride_s: float = STRIDE_S
    ) -> None:
        """Let time pass until something holds; in long strides where nobody does anything.

        Raises:
            AssertionError: It never did.
        """
        deadline_s = self.loop.now_s + within_s
        while not condition():
            assert self.loop.now_s < deadline_s, f"still on {self.screen}"
            self.pass_s(stride_s, stride_s)

    # --- eyes ------------------------------------------------------------------------------------

    @property
    def screen(self) -> str:
        """The page on the window."""
        shown = self.app.shown
        return shown.session.screen.value if shown else ""

    def look(self) -> Look:
        """Texts and things to touch on the window, and its page."""
        from kiosk.ui import inspection  # noqa: PLC0415 - after configure

        seen = inspection.look(self.app.root, self.size[1])
        return {"screen": self.screen, **seen}

    @property
    def words(self) -> str:
        """Everything that can be read now."""
        return "\n".join(str(text["text"]) for text in self.look()["texts"])

    @property
    def settled(self) -> bool:
        """A tap counts now."""
        return flow.settled(self.presenter.session, self.loop.time()) and self.app.up_to_date

    def place(self, kind: str, value: str | None = None) -> tuple[float, float]:
        """The middle of something to touch.

        Raises:
            AssertionError: It is not on the page.
        """
        touches = self.look()["touch"]
        for one in touches:
            if one["kind"] == kind and value in {None, one["value"]}:
                return one["x"] + one["w"] / 2, one["y"] + one["h"] / 2
        raise AssertionError(f"no {kind} {value} on {self.screen}: {touches}")

    # --- hands -----------------------------------------------------------------------------------

    def finger(self, x: float, y: float) -> Any:
        """A finger over a place that has not touched yet."""
        from kivy.tests.common import UnitTestTouch  # noqa: PLC0415 - after configure

        return UnitTestTouch(x, self.size[1] - 1 - y)

    def touch(self, x: float, y: float) -> None:
        """A quick touch."""
        finger = self.finger(x, y)
        finger.touch_down()
        self.frame()
        self.loop.now_s += DOWN_S
        finger.touch_up()
        self.frame()

    def tap(self, kind: str, value: str | None = None, times: int = 1) -> None:
        """Read the page, then touch something, perhaps in a hurry."""
        self.pass_s(READ_S)
        self.frame(draw=True)
        where = self.place(kind, value)
        for _ in range(times):
            self.touch(*where)
        self.frame()
        self.frame()

    def go(self, *steps: str | tuple[str, str]) -> None:
        """Tap one thing after the other."""
        for step in steps:
            self.tap(*((step,) if isinstance(step, str) else step))
        self.pass_s(READ_S)

    def close(self) -> None:
        """End the worker's side."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            self.loop.run_until_complete(self._task)
        self.outbox.close()
