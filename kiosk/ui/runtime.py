"""Kivy's surroundings: configuration before the first import, pictures, and the worker thread.

Kivy reads its configuration while it is imported, so `configure` must run before anything imports
`kivy`; it refuses to run too late. Figures behind the settings are in docs/kiosk.md.

Network, devices and timers live in a `Worker`: one thread with its own asyncio loop. It talks to
the UI only by posting frozen events, which the UI receives in order on its own thread; sharing one
loop would starve I/O while frames are drawn.
"""

import asyncio
import logging
import os
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from PIL.Image import Image

E = TypeVar("E")

FONT_NAME: Final = "Bianmin"
MAX_FPS: Final = 30
EVENTS_MAX: Final = 4096
"""More events than this waiting for a frame means that the UI has stopped; then we say so."""


class Screen(StrEnum):
    """Where the window appears."""

    WINDOW = "window"
    FULL = "fullscreen"
    OFFSCREEN = "offscreen"


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """The window.

    Attributes:
        width_px: Width before rotation.
        height_px: Height before rotation.
        screen: On a screen or in memory.
        rotation_deg: 0, 90, 180 or 270; turns picture and touch.
        show_cursor: Only for work at a desk.
        home: Kivy's own directory; a fresh temporary one by default.
    """

    width_px: int
    height_px: int
    screen: Screen = Screen.WINDOW
    rotation_deg: int = 0
    show_cursor: bool = False
    home: Path | None = None


@cache
def font_path(*, bold: bool = False) -> Path:
    """The file of our face; Regular has every Han character, Bold those of GB 2312."""
    name = "NotoSansSC-Bold.ttf" if bold else "NotoSansSC-Regular.ttf"
    return Path(str(files("assets") / "fonts" / name))


@cache
def arabic_path(*, bold: bool = False) -> Path:
    """The file of the face for Arabic letters."""
    name = "NotoSansArabic-Bold.ttf" if bold else "NotoSansArabic-Regular.ttf"
    return Path(str(files("assets") / "fonts" / name))


def configure(settings: WindowSettings) -> None:
    """Set Kivy up for this process. Call it once, before anything imports kivy.

    Raises:
        RuntimeError: Kivy has already been imported.
        FileNotFoundError: A font file is missing.
    """
    if "kivy.config" in sys.modules:
        raise RuntimeError("kivy was imported before kiosk.ui.runtime.configure")
    for bold in (False, True):
        if not font_path(bold=bold).is_file():
            raise FileNotFoundError(f"font file {font_path(bold=bold)}")
    _environment(settings)
    from kivy.config import Config  # noqa: PLC0415 - must come after the environment is set

    for section, key, value in _options(settings):
        Config.set(section, key, value)
    # Kivy's default input section reads /dev/input beside SDL, which doubles every tap. SDL alone
    # delivers touch; the mouse provider stays for a desk and for Xvfb, without its red dots.
    Config.remove_section("input")
    Config.add_section("input")
    Config.set("input", "mouse", "mouse,disable_multitouch")


def _environment(settings: WindowSettings) -> None:
    home = settings.home or Path(tempfile.mkdtemp(prefix="bianmin-kivy-"))
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "KIVY_HOME": str(home),
        "KIVY_NO_ARGS": "1",
        "KIVY_NO_CONSOLELOG": "1",
        "KIVY_NO_FILELOG": "1",
        "KIVY_AUDIO": "sdl2",
        # SDL must not turn a touch into a mouse press as well: that is one tap too many.
        "SDL_TOUCH_MOUSE_EVENTS": "0",
        "SDL_MOUSE_TOUCH_EVENTS": "0",
    }
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")
    logging.getLogger("kivy").setLevel(logging.ERROR)
    if settings.screen is Screen.OFFSCREEN:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"


def _options(settings: WindowSettings) -> tuple[tuple[str, str, str], ...]:
    regular, bold = str(font_path()), str(font_path(bold=True))
    full = settings.screen is Screen.FULL
    return (
        ("kivy", "log_enable", "0"),
        ("kivy", "exit_on_escape", "0"),
        ("kivy", "default_font", repr([FONT_NAME, regular, regular, bold, bold])),
        ("kivy", "keyboard_mode", ""),
        ("graphics", "maxfps", str(MAX_FPS)),
        ("graphics", "multisamples", "0"),
        ("graphics", "width", str(settings.width_px)),
        ("graphics", "height", str(settings.height_px)),
        ("graphics", "rotation", str(settings.rotation_deg)),
        ("graphics", "resizable", "0"),
        ("graphics", "borderless", "1" if full else "0"),
        ("graphics", "fullscreen", "auto" if full else "0"),
        ("graphics", "show_cursor", "1" if settings.show_cursor else "0"),
        ("graphics", "allow_screensaver", "0"),
        ("modules", "inspector", ""),
    )


def pixels() -> "Image":
    """What the window shows now. On the UI thread only."""
    from kivy.core.window import Window  # noqa: PLC0415 - opens the window: never at import
    from kivy.graphics.opengl import (  # noqa: PLC0415
        GL_RGB,
        GL_UNSIGNED_BYTE,
        glReadPixels,
    )
    from PIL import Image  # noqa: PLC0415

    Window.dispatch("on_draw")
    width, height = Window.system_size
    read = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    image = Image.frombytes("RGB", (width, height), read)
    return image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def screenshot(path: Path) -> None:
    """Write what the window shows now as a PNG. On the UI thread only.

    Raises:
        OSError: The file cannot be written.
    """
    part = path.with_name(path.name + ".part")
    pixels().save(part, format="PNG", compress_level=6)
    part.replace(path)


class UiInbox(Generic[E]):
    """Carries events from any thread to the UI thread, in order, once a frame.

    Args:
        receive: Called on the UI thread with each event.
    """

    def __init__(self, receive: Callable[[E], None]) -> None:
        from kivy.clock import Clock  # noqa: PLC0415 - Kivy is configured by now

        self._receive = receive
        self._events: deque[E] = deque()
        self._wake = Clock.create_trigger(self._drain)

    def post(self, event: E) -> None:
        """Hand an event over; from any thread.

        Raises:
            RuntimeError: The UI has taken nothing for thousands of events.
        """
        if len(self._events) >= EVENTS_MAX:
            raise RuntimeError("the UI takes no events any more")
        self._events.append(event)
        self._wake()

    def _drain(self, _elapsed_s: float) -> None:
        while self._events:
            self._receive(self._events.popleft())


class Worker:
    """One thread with one asyncio loop for everything that is not drawing.

    Args:
        main: The root coroutine; cancelled by `stop`.
        failed: Called (on the worker's thread) when `main` ended by an exception: the program
            must end then, visibly, and be restarted by its supervisor.
        name: Of the thread, for logs.
    """

    def __init__(
        self,
        main: Callable[[], Coroutine[Any, Any, None]],
        failed: Callable[[BaseException], None],
        name: str = "worker",
    ) -> None:
        self._main = main
        self._failed = failed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread and wait until its loop runs."""
        self._thread.start()
        self._ready.wait()

    def call(self, function: Callable[..., object], *args: object) -> None:
        """Run a function on the worker's loop, soon; from any thread. Ignored once it ended."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(function, *args)

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Cancel the root coroutine and wait for it to clean up.

        Returns:
            Whether it ended in time.
        """
        if self._task is not None:
            self.call(self._task.cancel)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            try:
                runner.run(self._guarded())
            except asyncio.CancelledError:
                return
            except BaseException as error:  # noqa: BLE001 - a task root: it is handed on
                self._failed(error)
            finally:
                self._ready.set()

    async def _guarded(self) -> None:
        self._task = asyncio.current_task()
        self._ready.set()
        await self._main()
