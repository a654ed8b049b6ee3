"""The UI as the control channel sees it: looked at and touched on the UI thread only."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.input.motionevent import MotionEvent

from kiosk import session as flow
from kiosk.ui import inspection, runtime
from kiosk.ui.app import KioskApp
from kiosk.ui.theme import Theme

T = TypeVar("T")
DOWN_S: Final = 0.06
"""How long a finger rests: a quick human tap is 50 to 100 ms."""
NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Finger(MotionEvent):  # type: ignore[misc] # Kivy has no types
    """A touch like that of a touch screen, at a place of the window (origin at the bottom left)."""

    def __init__(self, number: int, x: float, y: float) -> None:
        window = EventLoop.window
        place = {"x": x / (window.width - 1.0), "y": y / (window.height - 1.0)}
        super().__init__("control", number, place, is_touch=True, type_id="touch")
        self.profile = ["pos"]

    def depack(self, args: dict[str, float]) -> None:
        """Kivy's hook: where the touch is, as parts of the window."""
        self.sx, self.sy = args["x"], args["y"]
        super().depack(args)

    def down(self) -> None:
        """The finger touches."""
        EventLoop.post_dispatch_input("begin", self)

    def up(self) -> None:
        """The finger leaves."""
        EventLoop.post_dispatch_input("end", self)


class UiPanel:
    """See the module.

    Args:
        app: The kiosk's window.
        theme: For its size.
        pictures: Where pictures go; None refuses them.
        clock_s: The presenter's clock.
    """

    def __init__(
        self, app: KioskApp, theme: Theme, pictures: Path | None, clock_s: Callable[[], float]
    ) -> None:
        self._app = app
        self._theme = theme
        self._pictures = pictures
        self._clock_s = clock_s
        self._touches = 0

    async def look(self) -> dict[str, object]:
        """What stands on the screen, and whether it takes taps yet."""
        return await self._on_ui(self._look)

    async def screenshot(self, name: str) -> Path:
        """Write a picture.

        Raises:
            ValueError: No place for pictures was given, or the name is no plain word.
            OSError: It cannot be written.
        """
        if self._pictures is None:
            raise ValueError("start the kiosk with --screenshot-dir")
        if not NAME.fullmatch(name):
            raise ValueError("a name is made of letters, digits, _ and -")
        file = self._pictures / f"{name}.png"

        def shoot() -> Path:
            self._pictures_dir().mkdir(parents=True, exist_ok=True)
            runtime.screenshot(file)
            return file

        return await self._on_ui(shoot)

    async def tap(self, x: int, y: int, times: int) -> None:
        """Touch a place; `times` touches follow each other as fast as a hurried finger.

        A finger does not wait for the screen: the touches come in their own time and the UI takes
        them when it can, as it would from a touch screen.
        """
        done: list[asyncio.Future[None]] = []
        for _ in range(times):
            self._touches += 1
            finger = Finger(self._touches, x, self._theme.height_px - 1 - y)
            done.append(asyncio.ensure_future(self._on_ui(finger.down)))
            await asyncio.sleep(DOWN_S)
            done.append(asyncio.ensure_future(self._on_ui(finger.up)))
            await asyncio.sleep(DOWN_S)
        await asyncio.gather(*done)

    def _pictures_dir(self) -> Path:
        if self._pictures is None:
            raise ValueError("no place for pictures")
        return self._pictures

    def _look(self) -> dict[str, object]:
        shown = self._app.shown
        seen: dict[str, Any] = dict(inspection.look(self._app.root, self._theme.height_px))
        size = [self._theme.width_px, self._theme.height_px]
        if shown is None:
            return {"screen": None, "settled": False, "size": size, **seen}
        session = shown.session
        ticket = session.visit.ticket
        return {
            "screen": session.screen.value,
            "serial": session.serial,
            "settled": flow.settled(session, self._clock_s()) and self._app.up_to_date,
            "language": session.language,
            "warning_left_s": shown.warning_left_s,
            "ticket": ticket.model_dump(mode="json") if ticket else None,
            "paper": session.visit.paper.value,
            "reader_ready": session.world.reader.ready,
            "printer_ready": session.world.printer.ready,
            "server": session.world.server.value,
            "size": size,
            **seen,
        }

    async def _on_ui(self, function: Callable[[], T]) -> T:
        """Run a function on the UI thread and wait for what it gives."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def run(_elapsed_s: float) -> None:
            try:
                result = function()
            except Exception as error:  # noqa: BLE001 - handed to who asked
                loop.call_soon_threadsafe(_settle, future, error, None)
            else:
                loop.call_soon_threadsafe(_settle, future, None, result)

        Clock.schedule_once(run, 0)
        return await future


def _settle(future: "asyncio.Future[Any]", error: Exception | None, result: object) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
