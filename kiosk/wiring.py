"""Puts a kiosk together: configuration in, a running window out.

The UI has the main thread, everything else the worker's (see `kiosk.ui.runtime`). Kivy is imported
only after it has been configured, so imports of `kiosk.ui` stand inside functions here.
"""

import asyncio
import math
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Final

import httpx
import structlog
from uuid_utils import uuid7

from kiosk import exits, memory
from kiosk.board_feed import (
    BoardChanged,
    BoardFeed,
    BrokerLogin,
    CommandCame,
    DeviceCard,
    FeedSettings,
    Interest,
)
from kiosk.config import KioskConfig, device_token, mqtt_password
from kiosk.control import Panel, RunOptions, serve
from kiosk.demand import tally
from kiosk.errands import Errands
from kiosk.fittings import Fittings, Told, visible
from kiosk.lang import Languages
from kiosk.offline_duty import OfflineDuty
from kiosk.offline_giver import OfflineGiver
from kiosk.orders import Desk, Orders, obey
from kiosk.outbox import Outbox
from kiosk.presenter import Presenter
from kiosk.server_link import HallServer
from kiosk.session import RESTING
from kiosk.shown import RawTap, Shown
from kiosk.visit import Screen, World
from kiosk.watch import BOARD_EVERY_S, ServerWatch
from kiosk.watchdog import Watchdog
from kiosk.wiring_care import build_caretaker
from kiosk.wiring_devices import build_devices, build_guidance, fittings_of, speech_preparation
from queue_server.contract.ids import DeviceId, HallId, RequestKey

if TYPE_CHECKING:
    from kiosk.ui.app import KioskApp
    from kiosk.ui.runtime import WindowSettings
    from kiosk.ui.theme import Theme

BOARD_WITH_FEED_S: Final = 15.0
"""With MQTT the board comes by itself; asking then only shows that the server answers."""
MM_PER_INCH: Final = 25.4
HALL_KNOWN_EVERY_S: Final = 0.5

log = structlog.get_logger(__name__)


def program_version() -> str:
    """The version of the wheel; "0" in a source tree that was never installed."""
    try:
        return version("bianmin")
    except PackageNotFoundError:
        return "0"


def window_settings(config: KioskConfig) -> "WindowSettings":
    """The screen's table as Kivy's surroundings want it."""
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


def http_client(config: KioskConfig, token: str) -> httpx.AsyncClient:
    """A client for the hall's server with this device's token."""
    return httpx.AsyncClient(
        base_url=config.server.url,
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
    )


def _wall() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class _Back:
    """The worker's side: built inside its loop, because everything in it belongs to that loop."""

    def __init__(self, config: KioskConfig, token: str, password: str, options: RunOptions) -> None:
        self._config = config
        self._token = token
        self._password = password
        self._options = options
        self._devices = build_devices(config)
        every = (getattr(self._devices, each.name) for each in fields(self._devices))
        self._languages = Languages(config.languages, demo=config.demo)
        self.guidance = build_guidance(config, self._languages)
        fitted = fittings_of((*every, *self.guidance.all))
        self._fittings = Fittings(fitted, self._fitted, lambda: datetime.now(UTC))
        self._feed: BoardFeed | None = None
        self._presenter: Presenter | None = None
        self._world = World()
        self.panel: Panel | None = None
        self.show: Callable[[Shown], None] = lambda _shown: None
        self.end: Callable[[int], None] = lambda _code: None
        self.watchdog = Watchdog(os.environ)

    def tap(self, tap: RawTap) -> None:
        """A tap from the UI; on the worker's loop."""
        if self._presenter is not None:
            self._presenter.tap(tap)

    def painted(self, rev: int) -> None:
        """The board on the screen; from any thread."""
        if self._feed is not None:
            self._feed.rendered(rev)

    async def main(self) -> None:
        """Run until cancelled."""
        config = self._config
        with Outbox(config.data_dir / "outbox.sqlite3") as outbox:
            async with http_client(config, self._token) as http:
                server = HallServer(http, config.data_dir / "catalogue.json")
                has_feed = config.mqtt is not None
                duty = OfflineDuty(server, outbox.offline, _wall)
                watch = ServerWatch(
                    server, BOARD_WITH_FEED_S if has_feed else BOARD_EVERY_S, heard=duty.heard
                )
                self._presenter = Presenter(
                    self._errands(server, outbox, duty),
                    self._devices,
                    watch,
                    self._shown,
                    clock_s=time.monotonic,
                    new_key=lambda: RequestKey(str(uuid7())),
                    default_language=self._languages.codes[0],
                    speaks=config.speaker is not None,
                    care=build_caretaker(
                        config,
                        outbox.offline,
                        duty.true_now,
                        self._devices.printer,
                        self._desk(),
                        program_version(),
                        lambda code: self.end(code),  # noqa: PLW0108 - set after this object is made
                    ),
                    search_missed=tally(config).missed,
                    alive=self.watchdog.worker_alive,
                )
                self.guidance.ways.tap = self._presenter.tap
                self.guidance.ways.voice = self._presenter.voice
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._presenter.run(), name="presenter")
                    tasks.create_task(duty.run(), name="offline-duty")
                    tasks.create_task(self.guidance.run(), name="guidance")
                    if config.speaker or config.headphones:
                        ahead = speech_preparation(
                            config,
                            lambda: self._world.catalogue,
                            self._languages,
                            lambda: self.guidance.guides or not self._idle(),
                        )
                        tasks.create_task(ahead.run(), name="speech-preparation")
                    tasks.create_task(self._fittings.run(), name="fittings")
                    if has_feed:
                        tasks.create_task(self._follow_feed(http, watch), name="feed")
                    if self._options.control is not None and self.panel is not None:
                        serving = serve(self._options.control, self.panel, _say_control)
                        tasks.create_task(serving, name="control")

    def _errands(self, server: HallServer, outbox: Outbox, duty: OfflineDuty) -> Errands:
        alone = OfflineGiver(
            outbox.offline,
            duty.true_now,
            self._config.device_id,
            sha256(self._token.encode()).hexdigest(),
            duty.hurry,
        )
        return Errands(
            server=server,
            outbox=outbox,
            printer=self._devices.printer,
            languages=self._languages,
            width_mm=self._config.printer.width_mm if self._config.printer else 80,
            now=_wall,
            zone=self._config.zone,
            alone=alone,
        )

    def _shown(self, shown: Shown) -> None:
        self._world = shown.session.world
        self.guidance.take(shown)
        self.show(shown)

    def _fitted(self, devices: Told) -> None:
        if self._feed is not None:
            self._feed.fitted(devices)

    async def _follow_feed(self, http: httpx.AsyncClient, watch: ServerWatch) -> None:
        """Live figures by MQTT, and this kiosk's own birth, will and beat."""
        settings = await self._feed_settings()
        orders = Orders(self._devices.printer, self._idle, self._desk())
        async with BoardFeed(settings, http=http) as feed, asyncio.TaskGroup() as tasks:
            self._feed = feed
            feed.fitted(self._fittings.told())
            async for event in feed:
                if isinstance(event, BoardChanged):
                    watch.take_board(event.board)
                elif isinstance(event, CommandCame):
                    tasks.create_task(obey(feed, orders, event.command), name="command")

    def _idle(self) -> bool:
        presenter = self._presenter
        return presenter is not None and presenter.session.screen in RESTING

    def _desk(self) -> Desk:
        config = self._config
        return Desk(
            config.device_id,
            config.place,
            self._languages,
            lambda: datetime.now(UTC),
            config.zone,
        )

    async def _feed_settings(self) -> FeedSettings:
        """The hall's id comes with the catalogue, unless the configuration names it."""
        mqtt = self._config.mqtt
        if mqtt is None:
            raise RuntimeError("no broker configured")
        hall_id = mqtt.hall_id
        while hall_id is None:
            catalogue = self._world.catalogue
            hall_id = catalogue.hall_id if catalogue else None
            if hall_id is None:
                await asyncio.sleep(HALL_KNOWN_EVERY_S)
        return FeedSettings(
            hall=HallId(hall_id),
            login=BrokerLogin.from_url(mqtt.url, mqtt.username or "", self._password),
            server_url=self._config.server.url,
            interest=Interest(calls=False),
            card=DeviceCard(
                DeviceId(self._config.device_id),
                program_version(),
                role="kiosk",
                place=visible(self._config.place),
            ),
        )


def _say_control(where: str) -> None:
    sys.stdout.write(f"control {where}\n")
    sys.stdout.flush()


def run_kiosk(config: KioskConfig, options: RunOptions) -> int:
    """Run the kiosk until it is told to stop.

    Returns:
        The exit status: one of `kiosk.exits`, or 1 when a part of it failed.

    Raises:
        ConfigError: A secret is missing.
        BadDeviceUrl: A device's address cannot be used.
        OutboxError: The kiosk's own memory cannot be opened.
    """
    back = _Back(config, device_token(config), mqtt_password(config) or "", options)
    Outbox(config.data_dir / "outbox.sqlite3").close()  # says at once when it cannot be opened
    from kiosk.ui import runtime  # noqa: PLC0415 - see the module

    runtime.configure(window_settings(config))
    return _run_window(config, options, back)


def _run_window(config: KioskConfig, options: RunOptions, back: _Back) -> int:
    from kivy.clock import Clock  # noqa: PLC0415 - see the module

    from kiosk.ui import runtime  # noqa: PLC0415
    from kiosk.ui.app import KioskApp  # noqa: PLC0415
    from kiosk.ui.panel import UiPanel  # noqa: PLC0415

    theme = theme_of(config)
    failures: list[BaseException] = []

    def failed(error: BaseException) -> None:
        failures.append(error)
        Clock.schedule_once(lambda _elapsed_s: app.stop(), 0)

    worker = runtime.Worker(back.main, failed)
    app = KioskApp(
        theme,
        Languages(config.languages, demo=config.demo),
        lambda tap: worker.call(back.tap, tap),
        lambda: datetime.now(UTC).astimezone(config.zone),
        back.painted,
        lambda page: worker.call(back.guidance.page, page),
        lambda number, index: worker.call(back.guidance.touched, number, index),
    )
    back.guidance.ways.ui = app.guided.inbox.post
    back.panel = UiPanel(app, theme, options.pictures, time.monotonic)
    back.show = app.inbox.post
    asked: list[int] = []

    def end(code: int) -> None:
        asked.append(code)
        Clock.schedule_once(lambda _elapsed_s: app.stop(), 0)

    back.end = end
    _stop_on_signals(app)
    Clock.schedule_once(lambda _elapsed_s: worker.start(), 0)
    Clock.schedule_once(lambda _elapsed_s: _say_ready(theme.width_px, theme.height_px), 0)
    back.watchdog.start(Clock.schedule_interval)
    memory.QuietCollector(lambda: _nobody_at(app)).start(
        Clock.schedule_once, Clock.schedule_interval
    )
    app.run()
    ended = worker.stop()
    back.watchdog.close()
    for error in failures:
        log.error("worker_failed", exc_info=error)
    if not ended:
        log.error("worker_stuck")
    return 1 if failures else (asked or [exits.STOPPED])[0]


def _nobody_at(app: "KioskApp") -> bool:
    """The screen rests, or waits to be touched."""
    return app.shown is None or app.shown.session.screen in {Screen.HOME, Screen.ATTRACT}


def theme_of(config: KioskConfig) -> "Theme":
    """The design tokens for this panel, as it hangs."""
    from kiosk.ui.theme import Theme  # noqa: PLC0415 - see the module
    from kiosk.ui.theme_file import look_of  # noqa: PLC0415

    width_px, height_px = _upright(config)
    inches = config.screen.diagonal_in
    density = math.hypot(width_px, height_px) / (inches * MM_PER_INCH) if inches else 0.0
    look = look_of(config.theme)
    return Theme(
        width_px,
        height_px,
        palette=look.day,
        px_per_mm=density,
        bottom_mm=config.screen.bottom_mm,
        look=look,
    )


def _upright(config: KioskConfig) -> tuple[int, int]:
    """Width and height as people see them, after rotation."""
    screen = config.screen
    size = (screen.width_px, screen.height_px)
    return size if screen.rotation_deg in {0, 180} else (size[1], size[0])


def _stop_on_signals(app: "KioskApp") -> None:
    """SIGTERM and SIGINT end the window; Kivy's loop notices within a frame."""

    def stop(_number: int, _frame: object) -> None:
        app.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _say_ready(width_px: int, height_px: int) -> None:
    sys.stdout.write(f"ready {width_px}x{height_px}\n")
    sys.stdout.flush()
