"""A display as the control channel sees it: looked at on the UI thread only, never touched."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from kivy.clock import Clock

from kiosk.ui import runtime
from kiosk.ui.display_app import DisplayApp

T = TypeVar("T")
NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class DisplayPanel:
    """`kiosk.control.Panel` of a display.

    Args:
        app: The display's window.
        pictures: Where pictures go; None refuses them.
    """

    def __init__(self, app: DisplayApp, pictures: Path | None) -> None:
        self._app = app
        self._pictures = pictures

    async def look(self) -> dict[str, object]:
        """What is shown: texts, rev, epoch, whether it may be out of date."""
        return await self._on_ui(lambda: dict(self._app.seen()))

    async def screenshot(self, name: str) -> Path:
        """Write a picture.

        Raises:
            ValueError: No place for pictures was given, or the name is no plain word.
            OSError: It cannot be written.
        """
        folder = self._pictures
        if folder is None:
            raise ValueError("start the display with --screenshot-dir")
        if not NAME.fullmatch(name):
            raise ValueError("a name is made of letters, digits, _ and -")
        file = folder / f"{name}.png"

        def shoot() -> Path:
            folder.mkdir(parents=True, exist_ok=True)
            runtime.screenshot(file)
            return file

        return await self._on_ui(shoot)

    async def tap(self, x: int, y: int, times: int) -> None:
        """Refused.

        Raises:
            ValueError: Always.
        """
        raise ValueError(f"a display takes no taps ({x}, {y}, {times})")

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
