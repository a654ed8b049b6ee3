"""Puts a display together: the hall screen, or the display of one window.

The window has the main thread; the feed and the control channel have the worker's (see
`kiosk.ui.runtime`). Kivy is imported only after it has been configured, so imports of `kiosk.ui`
stand inside functions here.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx
import structlog
from pydantic import ValidationError

from kiosk import control
from kiosk.board_feed import (
    BoardChanged,
    BoardFeed,
    BrokerLogin,
    CallDue,
    CommandCame,
    DeviceCard,
    FeedEvent,
    FeedSettings,
    Interest,
)
from kiosk.config import ConfigError, KioskConfig, MqttSection, mqtt_password
from kiosk.control import RunOptions
from kiosk.display_state import DisplayState
from kiosk.fittings import Fittings, Told, visible
from kiosk.lang import SOURCE_LANGUAGE, Languages
from kiosk.orders import Desk, Orders, obey
from kiosk.ui.theme_file import look_of
from kiosk.watchdog import Watchdog
from kiosk.window_devices import WindowDevices
from kiosk.wiring_devices import build_hall_devices, build_window_devices, fittings_of
from queue_server.contract import paths
from queue_server.contract.ids import DeviceId, HallId, WindowId
from queue_server.contract.messages import Catalogue

if TYPE_CHECKING:
    from kiosk.ui.display_app import DisplayApp, Picture
    from kiosk.ui.runtime import WindowSettings

ASK_WITHIN_S: Final = 5.0
ASK_AGAIN_S: Final = 2.0
"""Between two tries to learn the hall's id."""
FRAMES_PER_S: Final = 15
"""Enough for pictures that only change, and half the idle work of the kiosk's 30."""

log = structlog.get_logger(__name__)


def run_hall(config: KioskConfig, looking: RunOptions | None = None) -> int:
    """Run the hall screen until it is told to stop.

    Returns:
        The exit status: 0 after SIGTERM or SIGINT, 1 when a part of it failed.

    Raises:
        ConfigError: The broker or its password is missing.
    """
    interest = Interest(zone=config.display.zone, board=True, calls=True)
    back = _Back(config, interest, looking or RunOptions(), build_hall_devices(config))

    def picture(width_px: int, height_px: int) -> "Picture":
        from kiosk.ui.display_app import HallPicture  # noqa: PLC0415 - see the module

        languages = Languages(config.languages, demo=config.demo)
        return HallPicture(width_px, height_px, languages, look_of(config.theme).day)

    return _run(config, back, picture)


def run_window(config: KioskConfig, looking: RunOptions | None = None) -> int:
    """Run the display of the window that `display.window_id` names; otherwise as `run_hall`.

    Raises:
        ConfigError: The broker, its password or the window is missing.
    """
    window_id = config.display.window_id
    if window_id is None:
        raise ConfigError(
            Path("the configuration"), "display.window_id", "say which window this display is at."
        )
    devices = build_window_devices(config)
    interest = Interest(
        zone=config.display.zone,
        board=devices.wants_board,
        windows=frozenset({WindowId(window_id)}),
        calls=devices.wants_calls,
    )
    back = _Back(config, interest, looking or RunOptions(), devices)

    def picture(width_px: int, height_px: int) -> "Picture":
        from kiosk.ui.display_app import WindowPicture  # noqa: PLC0415 - see the module

        languages = Languages(config.languages, demo=config.demo)
        return WindowPicture(width_px, height_px, languages, window_id, look_of(config.theme).day)

    return _run(config, back, picture)


class _Back:
    """Everything behind the window: runs in the worker's loop."""

    def __init__(
        self,
        config: KioskConfig,
        interest: Interest,
        looking: RunOptions,
        devices: WindowDevices,
    ) -> None:
        if config.mqtt is None:
            raise ConfigError(
                Path("the configuration"), "mqtt", "a display needs to know the hall's broker."
            )
        self._config = config
        self._mqtt: MqttSection = config.mqtt
        self._password = mqtt_password(config) or ""
        self._interest = interest
        self.looking = looking
        self._feed: BoardFeed | None = None
        self._devices = devices
        self._fittings = Fittings(
            fittings_of(self._devices.all), self._fitted, lambda: datetime.now(UTC)
        )
        self.panel: control.Panel | None = None
        self.show: Callable[[FeedEvent], None] = lambda _event: None
        self.watchdog = Watchdog(os.environ)

    def painted(self, rev: int) -> None:
        """What is on the screen; from any thread."""
        if self._feed is not None:
            self._feed.rendered(rev)

    async def main(self) -> None:
        """Run until cancelled."""
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(httpx.AsyncClient())
            tasks = await stack.enter_async_context(asyncio.TaskGroup())
            tasks.create_task(self._follow(http), name="feed")
            tasks.create_task(self._devices.run(), name="devices")
            tasks.create_task(self._fittings.run(), name="fittings")
            tasks.create_task(self.watchdog.show_life(), name="life")
            if self.looking.control is not None and self.panel is not None:
                serving = control.serve(self.looking.control, self.panel, _say_control)
                tasks.create_task(serving, name="control")

    async def _follow(self, http: httpx.AsyncClient) -> None:
        hall = HallId(self._mqtt.hall_id) if self._mqtt.hall_id else await self._ask_hall(http)
        mqtt = self._mqtt
        # The demo's read-only login may publish nothing; an enrolled device's name is its login.
        own = mqtt.username == self._config.device_id
        settings = FeedSettings(
            hall=hall,
            login=BrokerLogin.from_url(mqtt.url, mqtt.username or "", self._password),
            server_url=self._config.server.url,
            interest=self._interest,
            card=self._card() if own else None,
        )
        config = self._config
        words = Languages(config.languages, demo=config.demo)
        desk = Desk(config.device_id, config.place, words, lambda: datetime.now(UTC), config.zone)
        orders = Orders(None, lambda: True, desk)
        async with BoardFeed(settings, http=http) as feed, asyncio.TaskGroup() as tasks:
            self._feed = feed
            feed.fitted(self._fittings.told())
            async for event in feed:
                if isinstance(event, CommandCame):
                    tasks.create_task(obey(feed, orders, event.command), name="command")
                self._devices.take(event)
                # A window's picture is of its window only; board and calls are for its devices.
                if not (isinstance(event, BoardChanged | CallDue) and self._interest.windows):
                    self.show(event)

    def _fitted(self, devices: Told) -> None:
        if self._feed is not None:
            self._feed.fitted(devices)

    def _card(self) -> DeviceCard:
        window_id = self._config.display.window_id if self._interest.windows else None
        return DeviceCard(
            DeviceId(self._config.device_id),
            _program_version(),
            role="window-display" if self._interest.windows else "hall-screen",
            place=visible(self._config.place),
            window_id=WindowId(window_id) if window_id else None,
        )

    async def _ask_hall(self, http: httpx.AsyncClient) -> HallId:
        """The hall's id as the server tells it; asked until there is an answer."""
        url = self._config.server.url + paths.CATALOGUE
        told = False
        while True:
            try:
                answer = await http.get(url, timeout=ASK_WITHIN_S)
                catalogue = Catalogue.model_validate_json(answer.raise_for_status().content)
            except (httpx.HTTPError, ValidationError) as error:
                if not told:
                    log.warning("hall_unknown", url=url, reason=type(error).__name__)
                told = True
                await asyncio.sleep(ASK_AGAIN_S)
            else:
                return HallId(catalogue.hall_id)


def _run(config: KioskConfig, back: _Back, picture: "Callable[[int, int], Picture]") -> int:
    from kiosk.ui import runtime  # noqa: PLC0415 - see the module

    runtime.configure(_window_settings(config))
    from kivy.clock import Clock  # noqa: PLC0415
    from kivy.config import Config  # noqa: PLC0415

    Config.set("graphics", "maxfps", str(FRAMES_PER_S))
    from kiosk.ui.display_app import Clocks, DisplayApp  # noqa: PLC0415
    from kiosk.ui.display_panel import DisplayPanel  # noqa: PLC0415

    failures: list[BaseException] = []

    def failed(error: BaseException) -> None:
        failures.append(error)
        Clock.schedule_once(lambda _elapsed_s: app.stop(), 0)

    worker = runtime.Worker(back.main, failed)
    clocks = Clocks(time.monotonic, lambda: datetime.now(UTC).astimezone(config.zone))
    app = DisplayApp(picture, DisplayState(spoken=_first_languages(config)), clocks, back.painted)
    back.panel = DisplayPanel(app, back.looking.pictures)
    back.show = app.inbox.post
    _stop_on_signals(app)
    Clock.schedule_once(lambda _elapsed_s: worker.start(), 0)
    Clock.schedule_once(lambda _elapsed_s: _say("ready {}x{}".format(*app.size_px)), 0)
    back.watchdog.start(Clock.schedule_interval)
    app.run()
    ended = worker.stop()
    back.watchdog.close()
    for error in failures:
        log.error("worker_failed", exc_info=error)
    if not ended:
        log.error("worker_stuck")
    return 1 if failures else 0


def _first_languages(config: KioskConfig) -> tuple[str, ...]:
    """Languages until the hall tells its own: those that were asked for, else the source's.

    The default of the setting is no sign of what a hall speaks, and an English hall must not
    show a Chinese character even for a second.
    """
    asked = "languages" in config.model_fields_set
    return config.languages if asked else (SOURCE_LANGUAGE,)


def _window_settings(config: KioskConfig) -> "WindowSettings":
    from kiosk.ui.runtime import Screen, WindowSettings  # noqa: PLC0415 - see the module

    screen = config.screen
    full = Screen.FULL if screen.fullscreen else Screen.WINDOW
    return WindowSettings(
        screen.width_px,
        screen.height_px,
        Screen.OFFSCREEN if screen.offscreen else full,
        screen.rotation_deg,
        screen.show_cursor,
    )


def _program_version() -> str:
    try:
        return version("bianmin")
    except PackageNotFoundError:
        return "0"


def _stop_on_signals(app: "DisplayApp") -> None:
    """SIGTERM and SIGINT end the window; Kivy's loop notices within a frame."""

    def stop(_number: int, _frame: object) -> None:
        app.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _say_control(where: str) -> None:
    _say(f"control {where}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
